//! The places in the source that draw, and what a query has decided for each.

use core::fmt;

use crate::number::CONTINUOUS;
use crate::number::event::Landmark;

/// How the derivative of a draw's law is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Strategy {
    /// Through the draw: it is a differentiable function of the parameters. Quiet, but wrong where
    /// the program jumps on it, so a query never keeps it there.
    #[doc(alias("rsample", "reparameterised"))]
    Pathwise,
    /// By the derivative of the log density, times what the draw brought about. Valid for any
    /// program, but noisier, and wrong where the support moves, which a query refuses.
    #[doc(alias("REINFORCE", "likelihood_ratio"))]
    ScoreFunction,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pathwise => "pathwise",
            Self::ScoreFunction => "score function",
        })
    }
}

/// One `sample!` in the source. There is one static for each, shared by all instances of a generic
/// function; its address is its identity.
#[derive(Debug)]
pub struct Site {
    pub(crate) landmark: Landmark,
    pub(crate) declared: Option<Strategy>,
}

impl Site {
    /// A site; called by `sample!`.
    #[doc(hidden)]
    pub const fn new(
        function: &'static str,
        name: &'static str,
        file: &'static str,
        line: u32,
        declared: Option<Strategy>,
    ) -> Self {
        let landmark = Landmark { function, name, file, line };
        Self { landmark, declared }
    }

    /// `function.name`.
    pub(crate) fn key(&self) -> String {
        self.landmark.key()
    }

    #[inline(always)]
    fn address(&'static self) -> usize {
        core::ptr::from_ref(self).addr()
    }
}

/// What a visit to a site has to do, in one word: the hot path reads it at every draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Visit(u64);

impl Visit {
    /// First time in this query.
    pub(crate) const UNKNOWN: Self = Self(0);
    /// Draw and score.
    pub(crate) const SCORE: Self = Self(1);

    /// Draw along the path and mark the value with one provenance bit.
    pub(crate) fn pathwise(bit: usize) -> Self {
        Self(CONTINUOUS | 1 << bit)
    }

    /// The provenance of a pathwise draw.
    #[inline(always)]
    pub(crate) fn path(self) -> Option<u64> {
        if self.0 & CONTINUOUS != 0 { Some(self.0) } else { None }
    }
}

/// A strategy that the user of a query asked for, by the name or the key of a site.
pub(crate) type Forced = (String, Strategy);

/// A site seen for the first time during a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met {
    pub(crate) site: &'static Site,
    pub(crate) distribution: &'static str,
    pub(crate) pathwise: bool,
}

/// The decisions of a plan, by site: a hash table without collisions, never written while a program
/// runs. So a look-up in a loop is one that the compiler can make once, before it.
#[derive(Debug)]
pub(crate) struct SiteTable {
    entries: Vec<(usize, Visit)>,
    /// Sites that found no place of their own, or all of them in a traced run.
    overflow: Vec<(usize, Visit)>,
}

/// Statics are at least this many bytes apart, as a power of two.
const STRIDE: u32 = 5;

/// Most places of a table, as a power of two.
const MOST_PLACES: u32 = 12;

impl SiteTable {
    /// The table of the given decisions.
    pub(crate) fn new(decisions: impl Iterator<Item = (&'static Site, Visit)>) -> Self {
        let decisions: Vec<_> = decisions.map(|(site, visit)| (site.address(), visit)).collect();
        let mut table = Self { entries: Vec::new(), overflow: Vec::new() };
        for log in 4..=MOST_PLACES {
            table.fill(1 << log, &decisions);
            if table.overflow.is_empty() {
                break;
            }
        }
        table
    }

    /// The same decisions, all of them behind the cold path, which remembers the draw made last.
    pub(crate) fn traced(decisions: impl Iterator<Item = (&'static Site, Visit)>) -> Self {
        let overflow = decisions.map(|(site, visit)| (site.address(), visit)).collect();
        Self { entries: Vec::new(), overflow }
    }

    fn fill(&mut self, places: usize, decisions: &[(usize, Visit)]) {
        self.entries = vec![(0, Visit::UNKNOWN); places];
        self.overflow.clear();
        for &decision in decisions {
            let entry = &mut self.entries[(decision.0 >> STRIDE) & (places - 1)];
            if entry.0 == 0 {
                *entry = decision;
            } else {
                self.overflow.push(decision);
            }
        }
    }

    /// For the fast look-up.
    pub(crate) fn entries(&self) -> &[(usize, Visit)] {
        &self.entries
    }

    /// What to do at a site that the fast look-up does not know.
    pub(crate) fn overflow(&self, site: &'static Site) -> Option<Visit> {
        self.overflow.iter().find(|(address, _)| *address == site.address()).map(|x| x.1)
    }
}

/// What to do at `site`, if it is in the table.
#[inline(always)]
pub(crate) fn look_up(entries: &[(usize, Visit)], site: &'static Site) -> Visit {
    let address = site.address();
    match entries.get((address >> STRIDE) & entries.len().wrapping_sub(1)) {
        Some(&(known, visit)) if known == address => visit,
        _ => Visit::UNKNOWN,
    }
}
