//! The score function (log-derivative trick, REINFORCE).
//!
//! $\nabla_\theta E[f(x)] = E[f(x) \nabla_\theta \ln p(x; \theta)]$: the draw stands still and the
//! likelihood ratio $W$ moves. *Unbiased if* the support does not move with the parameters, which is
//! checked at every draw. Only the tangent of $\ln p$ is kept, so the compiler drops the logarithms
//! of its value. Source: Williams (1992), doi:10.1007/BF00992696; Schulman et al. (2015),
//! arXiv:1506.05254; Foerster et al. (2018), arXiv:1802.05098.

use super::supervised;
use crate::distribution::{Distribution, Outcome as _, Smoothness, Stream};
use crate::number::{CONTINUOUS, Mode, Real, Scalar};
use crate::program::{Context, Failure, Site};

#[inline(always)]
pub(super) fn draw<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
    stream: &mut Stream,
    baseline: Option<f64>,
) -> D::Value {
    let bits = if D::LATTICE { 0 } else { CONTINUOUS };
    let (value, score) = supervised(distribution, |distribution| {
        let still = Real::constant(0.0);
        let value = distribution.draw(stream).still(&still, bits);
        let score = distribution.log_density(&value);
        (value, score)
    });
    check_support(context, site, distribution);
    let score = score.scalar().with_primal(0.0);
    context.weight.set(context.weight.get().add(score));
    if let Some(baseline) = baseline {
        let settled = context.surrogate.get();
        context.surrogate.set(settled.add(score.chain(0.0, -baseline)));
    }
    value.still(&Real::new(score, 0), bits)
}

/// Refuses laws whose score lacks a term: an edge or an outcome of probability 0 that moves.
#[inline(always)]
fn check_support<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
) {
    if D::SMOOTHNESS == Smoothness::Edges {
        let edge = supervised(distribution, |d| d.support().moving_edge());
        if let Some(edge) = edge {
            moving_support(context, site, distribution, edge);
        }
    }
    let vanishing = supervised(distribution, D::vanishing).filter(Real::moves);
    if let Some(probability) = vanishing {
        moving_support(context, site, distribution, probability);
    }
}

#[cold]
#[inline(never)]
fn moving_support<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
    moving: Real<M>,
) {
    context.fail(Failure::MovingSupport {
        site,
        distribution: distribution.name(),
        sites: moving.bits() & crate::number::SITES,
        lanes: moving.moving_lanes(),
    });
}
