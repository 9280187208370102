//! The score function (log-derivative trick, REINFORCE).
//!
//! $\nabla_\theta E[f(x)] = E[f(x) \nabla_\theta \ln p(x; \theta)]$: the draw stands still and the
//! likelihood ratio $W$ moves. *Unbiased if* the support does not move with the parameters, which is
//! checked at every draw. Only the tangent of $\ln p$ is kept, so the compiler drops the logarithms
//! of its value. Source: Williams (1992), doi:10.1007/BF00992696; Schulman et al. (2015),
//! arXiv:1506.05254; Foerster et al. (2018), arXiv:1802.05098.

use crate::distribution::{Distribution, Outcome as _, Smoothness, Stream};
use crate::number::watch::{self, Density, Pause};
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
    let (value, log_density) = if D::VETTED {
        distribution.scored(stream)
    } else {
        supervised(site, distribution, stream)
    };
    check_support(context, site, distribution);
    let score = log_density.scalar().with_primal(0.0);
    context.score(score);
    if let Some(baseline) = baseline {
        context.accrue(score.chain(0.0, -baseline));
    }
    let bits = if D::LATTICE { 0 } else { CONTINUOUS };
    value.still(&log_density, bits)
}

/// Draws from a user's distribution and scores it. The sampler reads primals on purpose, but a jump
/// of the density at a place that moves would leave the score without a term.
#[inline]
fn supervised<M: Mode, D: Distribution<M>>(
    site: &'static Site,
    distribution: &D,
    stream: &mut Stream,
) -> (D::Value, Real<M>) {
    let pause = Pause::begin();
    let bits = if D::LATTICE { 0 } else { CONTINUOUS };
    let value = distribution.draw(stream).still(&Real::constant(0.0), bits);
    drop(pause);
    let trusted = D::SMOOTHNESS == Smoothness::Continuous;
    let pause = Pause::unless(!trusted);
    let density = Density::begin(&site.landmark, D::name());
    let log_density = distribution.log_density(&value);
    drop((density, pause));
    (value, log_density)
}

/// Refuses laws whose score lacks a term, as an edge or an outcome of probability 0 moves: the sites
/// that move it have to be scored too, and where a parameter does there is no remedy.
#[inline(always)]
fn check_support<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
) {
    let _pause = Pause::unless(D::VETTED);
    if D::SMOOTHNESS == Smoothness::Edges {
        for edge in distribution.support().edges().into_iter().flatten().filter(Real::moves) {
            moving_support::<M, D>(context, site, edge);
        }
    }
    // Only what moves here: where a kink holds a probability at 0, its outcome does not enter.
    distribution.vanishing(&mut |probability| {
        if probability.moves_here() {
            moving_support::<M, D>(context, site, probability);
        }
    });
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
