//! The score function (log-derivative trick, REINFORCE).
//!
//! $\nabla_\theta E[f(x)] = E[f(x) \nabla_\theta \ln p(x; \theta)]$: the draw stands still and the
//! likelihood ratio $W$ moves. *Unbiased if* the support does not move with the parameters, which is
//! checked at every draw. Only the tangent of $\ln p$ is kept, so the compiler drops the logarithms
//! of its value. Source: Williams (1992), doi:10.1007/BF00992696; Schulman et al. (2015),
//! arXiv:1506.05254; Foerster et al. (2018), arXiv:1802.05098.

use crate::distribution::{Distribution, Outcome as _, Smoothness, Stream};
use crate::number::watch::{self, Pause};
use crate::number::{CONTINUOUS, Mode, Real, SITES, Scalar};
use crate::program::{Context, Failure, Site};

#[inline(always)]
pub(super) fn draw<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
    stream: &mut Stream,
    baseline: Option<f64>,
) -> D::Value {
    let pause = Pause::unless(D::VETTED);
    let (value, log_density) = distribution.scored(stream);
    check_support(context, site, distribution);
    drop(pause);
    let score = log_density.scalar().with_primal(0.0);
    context.score(score);
    if let Some(baseline) = baseline {
        context.accrue(score.chain(0.0, -baseline));
    }
    let bits = if D::LATTICE { 0 } else { CONTINUOUS };
    value.still(&log_density, bits)
}

/// Refuses laws whose score lacks a term, as an edge or an outcome of probability 0 moves: the sites
/// that move it have to be scored too, and where a parameter does there is no remedy.
#[inline(always)]
fn check_support<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
) {
    if D::SMOOTHNESS == Smoothness::Edges {
        for edge in distribution.support().edges().into_iter().flatten().filter(Real::moves) {
            moving_support::<M, D>(context, site, edge);
        }
    }
    // Only what moves here: where a kink holds a probability at 0, its outcome does not enter.
    if let Some(probability) = distribution.vanishing().filter(Real::moves_here) {
        moving_support::<M, D>(context, site, probability);
    }
}

#[inline(always)]
fn moving_support<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    moving: Real<M>,
) {
    let sites = moving.bits() & SITES;
    if sites == 0 {
        watch::moving_support(&site.landmark, D::name(), moving.moving_lanes());
    } else {
        context.ledger.fail(Failure::MovingSupport { site, sites });
    }
}
