//! How a draw contributes to the derivative: one file a strategy.

mod baseline;
mod pathwise;
mod plan;
mod score_function;
mod surrogate;

pub use baseline::Baseline;
pub use plan::{Place, Plan, Reason, SiteReport};
pub(crate) use plan::Refusal;

use crate::distribution::{Distribution, Outcome as _};
use crate::number::{Mode, Promise, Real, watch};
use crate::program::{Context, Failure, Met, Site, Visit};

impl<M: Mode> Context<'_, M> {
    /// A draw at `site`; what `sample!` expands to.
    #[doc(hidden)]
    #[inline(always)]
    pub fn draw<D: Distribution<M>>(&self, site: &'static Site, distribution: &D) -> D::Value {
        self.draw_with(site, distribution, None)
    }

    /// A draw whose score is set against a baseline known before it.
    #[doc(hidden)]
    #[inline(always)]
    pub fn draw_against<D: Distribution<M>>(
        &self,
        site: &'static Site,
        baseline: impl Into<Real<M>>,
        distribution: &D,
    ) -> D::Value {
        self.draw_with(site, distribution, Some(baseline.into().peek()))
    }

    #[inline(always)]
    fn draw_with<D: Distribution<M>>(
        &self,
        site: &'static Site,
        distribution: &D,
        baseline: Option<f64>,
    ) -> D::Value {
        self.count_draw(site);
        if let Err(error) = supervised(distribution, D::validate) {
            return self.refuse(site, distribution.name(), error, D::Value::invalid());
        }
        let mut stream = self.stream.get();
        if M::ORDER == 0 {
            let value = distribution.draw(&mut stream);
            self.stream.set(stream);
            return value;
        }
        watch::pass(&site.landmark);
        let visit = match self.table.visit(site) {
            Visit::Unknown => self.first_visit(site, distribution),
            known => known,
        };
        let value = match visit {
            Visit::Pathwise(bit) => pathwise::draw(self, site, distribution, &mut stream, bit),
            Visit::Score | Visit::Unknown => {
                score_function::draw(self, site, distribution, &mut stream, baseline)
            }
        };
        self.stream.set(stream);
        if D::Value::PLAIN && !D::LATTICE {
            watch::leak();
        }
        value
    }

    /// Decides for a site that this query has not met.
    #[cold]
    #[inline(never)]
    fn first_visit<D: Distribution<M>>(&self, site: &'static Site, distribution: &D) -> Visit {
        let late = self.table.visit_late(site);
        if late != Visit::Unknown {
            return late;
        }
        let mut trial = self.stream.get();
        let pathwise = watch::unwatched(|| distribution.pathwise(&mut trial).is_some());
        let mut met = self.table.met.borrow_mut();
        met.push(Met { site, distribution: distribution.name(), pathwise });
        drop(met);
        if !self.discovering {
            self.fail(Failure::NewSite);
        }
        let visit = (self.decide)(site, pathwise);
        self.table.set(site, visit);
        visit
    }

    /// Adds a cost; what `cost!` expands to.
    #[doc(hidden)]
    #[inline(always)]
    pub fn add_cost(&self, cost: impl Into<Real<M>>) {
        surrogate::credit(self, cost.into());
    }

    /// Enters a `continuous!`.
    #[doc(hidden)]
    pub fn promise(&self) -> Promise {
        Promise::begin()
    }
}

/// Runs a part of a distribution; a user's own is not watched, as it looks at primals on purpose.
#[inline(always)]
fn supervised<M: Mode, D: Distribution<M>, T>(distribution: &D, run: impl FnOnce(&D) -> T) -> T {
    if D::VETTED || M::ORDER == 0 {
        run(distribution)
    } else {
        watch::unwatched(|| run(distribution))
    }
}
