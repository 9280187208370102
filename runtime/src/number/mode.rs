//! Which dual number a program runs on.

use num_dual::DualSVec64;

use super::provenance::{Provenance, Tracked, Untracked};
use super::scalar::Scalar;

/// Which number a [`Real`](super::Real) is: a plain `f64`, or a dual number with some tangent lanes.
///
/// Helpers without draws are generic in it: `fn softplus<M: Mode>(x: Real<M>) -> Real<M>`. The set
/// of modes is closed; a new number (reverse mode, say) is added in this file alone.
pub trait Mode: sealed::Sealed + Copy + core::fmt::Debug + 'static {
    /// The number inside a `Real`.
    #[doc(hidden)]
    type Scalar: Scalar;
    /// What a `Real` remembers of where its derivative came from.
    #[doc(hidden)]
    type Provenance: Provenance;
    /// How many derivatives with respect to the parameters are carried: 0 or 1.
    const ORDER: usize;
}

mod sealed {
    pub trait Sealed {}
}

/// Plain `f64`: no derivative, no provenance, no cost.
#[derive(Clone, Copy, Debug)]
pub struct Primal;

/// First derivatives in `LANES` directions at once, on [`num_dual::DualSVec64`].
#[derive(Clone, Copy, Debug)]
pub struct Tangent<const LANES: usize>;

impl sealed::Sealed for Primal {}
impl Mode for Primal {
    type Scalar = f64;
    type Provenance = Untracked;
    const ORDER: usize = 0;
}

impl<const LANES: usize> sealed::Sealed for Tangent<LANES> {}
impl<const LANES: usize> Mode for Tangent<LANES> {
    type Scalar = DualSVec64<LANES>;
    type Provenance = Tracked;
    const ORDER: usize = 1;
}
