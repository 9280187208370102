//! Stretches of code that are watched in another way, each as a guard that ends with its scope.

use super::{Session, take_findings, with_record};
use crate::number::event::{Event, Landmark, Violation};

/// While it lives, jumps on this thread are kinks: the user's promise of `continuous!`.
#[derive(Debug)]
pub struct Promise(());

impl Promise {
    /// Enters a `continuous!`.
    pub(crate) fn begin() -> Self {
        with_record(|record| record.continuous += 1);
        Self(())
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        with_record(|record| record.continuous = record.continuous.saturating_sub(1));
    }
}

/// While it lives, jumps are those of a user's density: what they move is its support.
pub(crate) struct Density {
    outer: Option<(&'static Landmark, &'static str)>,
}

impl Density {
    /// Enters the density of a site.
    pub(crate) fn begin(landmark: &'static Landmark, distribution: &'static str) -> Self {
        Self { outer: with_record(|record| record.density.replace((landmark, distribution))) }
    }
}

impl Drop for Density {
    fn drop(&mut self) {
        with_record(|record| record.density = self.outer);
    }
}

/// While it lives, this thread does not watch: validation, samplers and densities of a site look at
/// primals on purpose.
pub(crate) struct Pause {
    was_active: bool,
}

impl Pause {
    /// Stops watching, unless the code that follows reads primals through the library's own
    /// accessors and needs no pause.
    #[inline(always)]
    pub(crate) fn unless(vetted: bool) -> Option<Self> {
        if vetted { None } else { Some(Self::begin()) }
    }

    /// Stops watching.
    pub(crate) fn begin() -> Self {
        Self { was_active: with_record(|record| core::mem::replace(&mut record.active, false)) }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        with_record(|record| record.active = self.was_active);
    }
}

/// Runs a user's `pathwise`, in which every comparison of a moving number counts as depending on
/// the draw; returns the first jump seen, if any, and forgets it.
pub(crate) fn suspicious<T>(run: impl FnOnce() -> T) -> (T, Option<Event>) {
    let _session = Session::begin();
    with_record(|record| {
        record.path = true;
        record.leak();
    });
    let value = run();
    let findings = take_findings();
    let event = findings
        .demotions
        .first()
        .map(|d| d.event)
        .or_else(|| findings.violations.iter().find_map(Violation::event).copied());
    (value, event)
}
