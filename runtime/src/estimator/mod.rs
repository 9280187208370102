//! How a draw contributes to the derivative: one file a strategy.

mod baseline;
mod pathwise;
mod plan;
mod score_function;
mod surrogate;

pub use baseline::Baseline;
pub(crate) use plan::Refusal;
pub use plan::{Place, Plan, Reason, SiteReport};

use crate::distribution::{Distribution, Outcome as _};
use crate::number::watch::{self, Pause};
use crate::number::{CONTINUOUS, Mode, Promise, Real};
use crate::program::{Context, Site, Visit};

impl<M: Mode> Context<'_, M> {
    /// A draw at `site`, whose score is set against a baseline known before it if there is one; what
    /// `sample!` expands to.
    #[doc(hidden)]
    #[inline(always)]
    pub fn draw<D: Distribution<M>>(
        &self,
        site: &'static Site,
        baseline: Option<impl Into<Real<M>>>,
        distribution: &D,
    ) -> D::Value {
        let baseline = baseline.map(|baseline| baseline.into().peek());
        self.count_draw(site);
        let pause = Pause::unless(D::VETTED || M::ORDER == 0);
        let valid = distribution.validate();
        drop(pause);
        if let Err(error) = valid {
            let value: D::Value = self.refuse(site, D::name(), error);
            if !D::VETTED || M::ORDER == 0 {
                return value;
            }
            // In the memory form of a draw that can be made, so that no later operation has to ask.
            let like = distribution.log_density(&value);
            return value.still(&like, CONTINUOUS);
        }
        let mut stream = self.stream();
        if M::ORDER == 0 {
            let value = distribution.draw(&mut stream);
            self.advance(stream);
            return value;
        }
        if D::Value::PLAIN && !D::LATTICE {
            watch::leak();
        }
        let mut visit = self.visit(site);
        if visit == Visit::UNKNOWN {
            visit = self.ledger.meet(site, D::name());
        }
        if let Some(bits) = visit.path() {
            let mut trial = stream;
            match pathwise::draw(distribution, &mut trial, bits) {
                Ok(value) => {
                    self.advance(trial);
                    return value;
                }
                Err(jump) => self.ledger.no_path(site, jump),
            }
        }
        let value = score_function::draw(self, site, distribution, &mut stream, baseline);
        self.advance(stream);
        value
    }

    /// Adds a cost; what `cost!` expands to.
    #[doc(hidden)]
    #[inline(always)]
    pub fn add_cost(&self, cost: impl Into<Real<M>>) {
        surrogate::credit(self, cost.into());
    }

    /// Enters a `continuous!`.
    #[doc(hidden)]
    #[inline(always)]
    pub fn promise(&self) -> Promise {
        Promise::begin()
    }
}
