//! The surrogate: the scalar whose derivative is the replicate's estimate.
//!
//! $L = \sum_k c_k W_k + r W_{end} - \sum_i b_i (W_i - W_{i-1})$ for costs $c_k$, returned value $r$ and
//! baselines $b_i$. Its value part estimates the expectation, its derivative the gradient. It is a
//! running sum, so memory does not grow with the number of draws. Source: Foerster et al. (2018),
//! arXiv:1802.05098; Farquhar et al. (2019), arXiv:1909.10549.

use crate::number::{Mode, Real, Scalar};
use crate::program::Context;

/// Adds `amount` with the likelihood ratio of the draws made so far.
#[inline(always)]
pub(super) fn credit<M: Mode>(context: &Context<'_, M>, amount: Real<M>) {
    context.accrue(weighted(context, amount));
}

#[inline(always)]
fn weighted<M: Mode>(context: &Context<'_, M>, amount: Real<M>) -> M::Scalar {
    let amount = amount.scalar();
    if M::ORDER == 0 {
        return amount;
    }
    // The ratio has value 1, so the amount's own tangent needs no factor.
    amount.add(context.weight().chain(0.0, amount.primal()))
}

impl<M: Mode> Context<'_, M> {
    /// The surrogate of a replicate that returned `result`.
    #[inline(always)]
    pub(crate) fn settle(&self, result: Real<M>) -> M::Scalar {
        match self.settled() {
            None => result.scalar().dense(),
            Some(settled) => settled.add(weighted(self, result)),
        }
    }
}
