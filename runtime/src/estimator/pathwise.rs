//! The pathwise (reparameterisation) derivative.
//!
//! With $x = g(\epsilon; \theta)$ and $\epsilon$ free of parameters,
//! $\nabla_\theta E[f(x)] = E[\nabla_\theta f(g(\epsilon; \theta))]$: the draw itself carries a tangent.
//! *Unbiased if* $f$ is absolutely continuous along the path, which is why a jump on such a draw
//! demotes its site. Cost: none beyond the dual arithmetic. Source: Glasserman (2003), Monte Carlo
//! Methods in Financial Engineering, section 7.2; Kingma and Welling (2014), arXiv:1312.6114.

use crate::distribution::{Distribution, Outcome as _, Stream};
use crate::number::Mode;
use crate::number::event::Event;
use crate::number::watch;

/// A draw with its derivative, or the jump that a user's own path makes, or neither if there is no
/// path.
#[inline(always)]
pub(super) fn draw<M: Mode, D: Distribution<M>>(
    distribution: &D,
    stream: &mut Stream,
    bits: u64,
) -> Result<D::Value, Option<Event>> {
    if !D::Value::DIFFERENTIABLE {
        return Err(None);
    }
    let (value, jump) = if D::VETTED {
        (distribution.pathwise(stream), None)
    } else {
        watch::suspicious(|| distribution.pathwise(stream))
    };
    match value {
        Some(value) if jump.is_none() => Ok(value.moving(bits)),
        _ => Err(jump),
    }
}
