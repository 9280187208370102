//! What a replicate carries while it runs: the random stream, the likelihood ratio, the sums.

use core::cell::{Cell, RefCell};

use super::site::{Site, SiteTable, Visit};
use crate::distribution::{ParameterError, Stream};
use crate::number::{Mode, Scalar};

/// The state of one replicate, shared by all draws in it (also by closures that are alive at the
/// same time, hence the cells).
#[expect(missing_debug_implementations, reason = "hidden from users")]
pub struct Context<'q, M: Mode> {
    pub(crate) stream: Cell<Stream>,
    /// Likelihood ratio `W`: value 1, tangent the sum of the scores so far.
    pub(crate) weight: Cell<M::Scalar>,
    /// The part of the surrogate that is settled: costs times their ratio, minus baselines.
    pub(crate) surrogate: Cell<M::Scalar>,
    pub(crate) draws_left: Cell<u64>,
    pub(crate) failed: Cell<bool>,
    pub(crate) failure: RefCell<Option<Failure>>,
    pub(crate) table: &'q SiteTable,
    /// What to do at a site that this query has not met.
    pub(crate) decide: &'q dyn Fn(&'static Site, bool) -> Visit,
    /// Whether this chunk may decide for new sites, or has to ask for a new plan.
    pub(crate) discovering: bool,
}

/// Why a replicate was left or does not count, apart from what numbers met.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// A distribution refused its parameters.
    InvalidParameter { site: &'static Site, distribution: &'static str, error: ParameterError },
    /// The limit on draws was reached.
    TooManyDraws { site: &'static Site },
    /// A site that no chunk had met before.
    NewSite,
    /// A site drawn along the path has no path here, or a user's path jumps inside.
    NoPath { site: &'static Site, jump: Option<crate::number::watch::Event> },
    /// The law of a scored draw moves its support.
    MovingSupport { site: &'static Site, distribution: &'static str, sites: u64, lanes: u64 },
}

/// Payload of the unwinding that leaves a body: no panic, no message.
#[derive(Debug)]
pub(crate) struct Abandoned;

impl<'q, M: Mode> Context<'q, M> {
    pub(crate) fn new(
        table: &'q SiteTable,
        stream: Stream,
        decide: &'q dyn Fn(&'static Site, bool) -> Visit,
        discovering: bool,
    ) -> Self {
        Self {
            stream: Cell::new(stream),
            weight: Cell::new(M::Scalar::constant(1.0)),
            surrogate: Cell::new(M::Scalar::constant(0.0)),
            draws_left: Cell::new(0),
            failed: Cell::new(false),
            failure: RefCell::new(None),
            table,
            decide,
            discovering,
        }
    }

    /// Makes ready for the next replicate.
    #[inline(always)]
    pub(crate) fn restart(&self, draws: u64) {
        self.weight.set(M::Scalar::constant(1.0).dense());
        self.surrogate.set(M::Scalar::constant(0.0).dense());
        self.draws_left.set(draws);
    }

    /// Records why this replicate does not count; the first reason stands.
    #[cold]
    pub(crate) fn fail(&self, failure: Failure) {
        self.failed.set(true);
        self.failure.borrow_mut().get_or_insert(failure);
    }

    /// Leaves the body.
    #[cold]
    pub(crate) fn abandon(&self) -> ! {
        std::panic::resume_unwind(Box::new(Abandoned))
    }

    /// Counts a draw against the limit.
    #[inline(always)]
    pub(crate) fn count_draw(&self, site: &'static Site) {
        let left = self.draws_left.get();
        if left == 0 {
            self.out_of_draws(site);
        }
        self.draws_left.set(left.wrapping_sub(1));
    }

    #[cold]
    fn out_of_draws(&self, site: &'static Site) -> ! {
        self.fail(Failure::TooManyDraws { site });
        self.abandon()
    }

    /// A distribution refused its parameters: the draw becomes NaN where its type has one, and the
    /// body is left at the next draw; else it is left here.
    #[cold]
    pub(crate) fn refuse<V>(
        &self,
        site: &'static Site,
        distribution: &'static str,
        error: ParameterError,
        stand_in: Option<V>,
    ) -> V {
        self.fail(Failure::InvalidParameter { site, distribution, error });
        self.draws_left.set(0);
        match stand_in {
            Some(value) => value,
            None => self.abandon(),
        }
    }
}
