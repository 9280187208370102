//! The pathwise (reparameterisation) derivative.
//!
//! With $x = g(\epsilon; \theta)$ and $\epsilon$ free of parameters,
//! $\nabla_\theta E[f(x)] = E[\nabla_\theta f(g(\epsilon; \theta))]$: the draw itself carries a tangent.
//! *Unbiased if* $f$ is absolutely continuous along the path, which is why a jump on such a draw
//! demotes its site. Cost: none beyond the dual arithmetic. Source: Glasserman (2003), Monte Carlo
//! Methods in Financial Engineering, section 7.2; Kingma and Welling (2014), arXiv:1312.6114.

use crate::distribution::{Distribution, Outcome as _, Stream};
use crate::number::{CONTINUOUS, Mode, watch};
use crate::program::{Context, Failure, Site};

#[inline(always)]
pub(super) fn draw<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
    stream: &mut Stream,
    bit: u8,
) -> D::Value {
    let (value, jump) = if D::VETTED {
        (distribution.pathwise(stream), None)
    } else {
        watch::suspicious(|| distribution.pathwise(stream))
    };
    match value {
        Some(value) if jump.is_none() => value.moving(CONTINUOUS | 1 << bit),
        _ => no_path(context, site, distribution, jump),
    }
}

/// The distribution has no path for these parameters, or its path jumps: the replicate does not
/// count, and the site is scored from now on.
#[cold]
#[inline(never)]
fn no_path<M: Mode, D: Distribution<M>>(
    context: &Context<'_, M>,
    site: &'static Site,
    distribution: &D,
    jump: Option<watch::Event>,
) -> D::Value {
    context.fail(Failure::NoPath { site, jump });
    let mut stream = context.stream.get();
    watch::unwatched(|| distribution.draw(&mut stream))
}
