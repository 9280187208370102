//! What a replicate carries while it runs: the random stream, the likelihood ratio, the sums.

use core::cell::{Cell, RefCell};

use super::site::{Met, Site, SiteTable, Visit, look_up};
use crate::distribution::{Outcome, ParameterError, Stream};
use crate::number::event::Event;
use crate::number::{Mode, Scalar, watch};

/// A number of mode `M` in memory.
type Packed<M> = <<M as Mode>::Scalar as Scalar>::Packed;

/// The state of one replicate, shared by all draws in it (also by closures that are alive at the
/// same time, hence the cells).
///
/// Nothing that is not inlined may take a reference to it: then the compiler keeps the stream and
/// the sums in registers. What the cold paths need is in the ledger.
#[expect(missing_debug_implementations, reason = "hidden from users")]
pub struct Context<'q, M: Mode> {
    stream: Cell<Stream>,
    /// Likelihood ratio `W`: value 1, tangent the sum of the scores so far.
    weight: Cell<Packed<M>>,
    /// The part of the surrogate that is settled: costs times their ratio, minus baselines.
    surrogate: Cell<Packed<M>>,
    /// Whether the two above have changed since the replicate began.
    touched: Cell<bool>,
    draws_left: Cell<u64>,
    visits: &'q [(usize, Visit)],
    pub(crate) ledger: &'q Ledger<'q>,
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
    NoPath { site: &'static Site, jump: Option<Event> },
    /// Pathwise sites move the support of a scored draw.
    MovingSupport { site: &'static Site, sites: u64 },
}

/// Decides for a site that a query has not met, after these other new ones.
pub(crate) type Decide<'q> = &'q dyn Fn(&'static Site, &[(Met, Visit)]) -> Visit;

/// What goes wrong and what is met for the first time, over some chunks on one thread.
pub(crate) struct Ledger<'q> {
    pub(crate) failed: Cell<bool>,
    pub(crate) failure: RefCell<Option<Failure>>,
    pub(crate) met: RefCell<Vec<(Met, Visit)>>,
    table: &'q SiteTable,
    decide: Decide<'q>,
}

/// Payload of the unwinding that leaves a body: no panic, no message.
#[derive(Debug)]
pub(crate) struct Abandoned;

/// Leaves the body.
#[cold]
fn abandon() -> ! {
    std::panic::resume_unwind(Box::new(Abandoned))
}

impl<'q> Ledger<'q> {
    pub(crate) fn new(table: &'q SiteTable, decide: Decide<'q>) -> Self {
        let (failed, failure, met) = (Cell::new(false), RefCell::default(), RefCell::default());
        Self { failed, failure, met, table, decide }
    }

    /// Records why this replicate does not count; the first reason stands.
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&self, failure: Failure) {
        self.failed.set(true);
        watch::trip();
        self.failure.borrow_mut().get_or_insert(failure);
    }

    #[cold]
    #[inline(never)]
    fn out_of_draws(&self, site: &'static Site) -> ! {
        self.fail(Failure::TooManyDraws { site });
        abandon()
    }

    /// A distribution refused its parameters.
    #[cold]
    #[inline(never)]
    fn refuse(&self, site: &'static Site, distribution: &'static str, error: ParameterError) {
        self.fail(Failure::InvalidParameter { site, distribution, error });
    }

    /// What to do at a site that is not in the table. One that the query has not met is decided for
    /// now, and the replicate asks for a new plan when it ends.
    #[cold]
    #[inline(never)]
    pub(crate) fn meet(&self, site: &'static Site, distribution: &'static str) -> Visit {
        watch::pass(&site.landmark);
        if let Some(visit) = self.table.overflow(site) {
            return visit;
        }
        let mut met = self.met.borrow_mut();
        if let Some((_, visit)) = met.iter().find(|(met, _)| core::ptr::eq(met.site, site)) {
            return *visit;
        }
        let visit = (self.decide)(site, &met);
        met.push((Met { site, distribution, pathwise: true }, visit));
        drop(met);
        self.fail(Failure::NewSite);
        visit
    }

    /// A site that should be drawn along its path has none. If it was met just now, that decides
    /// for it; else this replicate does not count.
    #[cold]
    #[inline(never)]
    pub(crate) fn no_path(&self, site: &'static Site, jump: Option<Event>) {
        let mut met = self.met.borrow_mut();
        let fresh = met.iter_mut().find(|(met, _)| core::ptr::eq(met.site, site));
        match fresh {
            Some((fresh, visit)) if jump.is_none() => {
                fresh.pathwise = false;
                *visit = Visit::SCORE;
            }
            _ => {
                drop(met);
                self.fail(Failure::NoPath { site, jump });
            }
        }
    }
}

impl<'q, M: Mode> Context<'q, M> {
    /// The decisions come as an argument of their own, since nothing else writes to what it refers
    /// to; that lets look-ups leave a loop.
    pub(crate) fn new(ledger: &'q Ledger<'q>, visits: &'q [(usize, Visit)]) -> Self {
        Self {
            stream: Cell::new(Stream::from_seed(0)),
            weight: Cell::new(M::Scalar::start(1.0)),
            surrogate: Cell::new(M::Scalar::start(-0.0)),
            touched: Cell::new(false),
            draws_left: Cell::new(0),
            visits,
            ledger,
        }
    }

    /// Makes ready for the next replicate.
    #[inline(always)]
    pub(crate) fn restart(&self, draws: u64) {
        self.weight.set(M::Scalar::start(1.0));
        self.surrogate.set(M::Scalar::start(-0.0));
        self.touched.set(false);
        self.draws_left.set(draws);
    }

    /// Where the stream stands.
    #[inline(always)]
    pub(crate) fn stream(&self) -> Stream {
        self.stream.get()
    }

    /// Goes on from another state of the stream, or with another stream.
    #[inline(always)]
    pub(crate) fn advance(&self, stream: Stream) {
        self.stream.set(stream);
    }

    /// What to do at `site`.
    #[inline(always)]
    pub(crate) fn visit(&self, site: &'static Site) -> Visit {
        look_up(self.visits, site)
    }

    /// The likelihood ratio of the draws made so far.
    #[inline(always)]
    pub(crate) fn weight(&self) -> M::Scalar {
        M::Scalar::unpack(self.weight.get())
    }

    /// Multiplies the likelihood ratio by that of one more draw, by the tangent of its log density.
    #[inline(always)]
    pub(crate) fn score(&self, log_density: M::Scalar) {
        let weight = self.weight();
        self.touched.set(true);
        self.weight.set(weight.add(log_density).with_primal(weight.primal()).pack());
    }

    /// The part of the surrogate that is settled, if anything is or any draw was scored.
    #[inline(always)]
    pub(crate) fn settled(&self) -> Option<M::Scalar> {
        self.touched.get().then(|| M::Scalar::unpack(self.surrogate.get()))
    }

    /// Adds to the settled part of the surrogate.
    #[inline(always)]
    pub(crate) fn accrue(&self, amount: M::Scalar) {
        self.touched.set(true);
        self.surrogate.set(M::Scalar::unpack(self.surrogate.get()).add(amount).pack());
    }

    /// Counts a draw against the limit.
    #[inline(always)]
    pub(crate) fn count_draw(&self, site: &'static Site) {
        let left = self.draws_left.get();
        if left == 0 {
            self.ledger.out_of_draws(site);
        }
        self.draws_left.set(left.wrapping_sub(1));
    }

    /// What stands for a draw whose parameters are refused: NaN where its type has it, and the body
    /// is left at the next draw; else it is left here.
    #[inline(always)]
    pub(crate) fn refuse<V: Outcome<M>>(
        &self,
        site: &'static Site,
        distribution: &'static str,
        error: ParameterError,
    ) -> V {
        self.ledger.refuse(site, distribution, error);
        self.draws_left.set(0);
        match V::invalid() {
            Some(value) => value,
            None => abandon(),
        }
    }
}
