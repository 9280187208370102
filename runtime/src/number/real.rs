//! [`Real`]: the scalar of annotated functions.

use super::event::Operation;
use super::mode::{Mode, Primal};
use super::provenance::{CONTINUOUS, KINKED, Provenance};
use super::scalar::Scalar;
use super::watch::{self, Operands};

/// A real number that carries its derivative with respect to the parameters of a query.
///
/// Inside an annotated function `Real` behaves like `f64`: it has its methods and operators, mixes
/// with it, and is `Copy`. In mode [`Primal`] it *is* an `f64`. Outside, `Real` in a signature stands
/// for the caller's `f64`.
///
/// `f64`, `i32`, `u32` and smaller integers convert with `Real::from(x)` or `x.into()`; of wider
/// ones write `n as f64`, which may round. Rounding, comparing and the like are jumps; `max`, `min`,
/// `abs`, `clamp` and [`Real::sort`] are kinks; all else is smooth. In a differentiating mode a number
/// stays on its thread.
///
/// # Provenance
///
/// Beside value and tangent a `Real` remembers whether it depends on a continuous draw, and through
/// which draws its derivative arrives. A comparison of such a number makes the query switch those
/// draws to the score function, so that no derivative is lost silently. Hence comparing, rounding
/// or printing a number can change the plan of a query, never make it wrong.
///
/// ```
/// use scorepath::{Real, Tangent, number::Parts};
///
/// let x = Real::<Tangent<2>>::variable(3.0, 0);
/// let y = Real::<Tangent<2>>::variable(4.0, 1);
/// let r = x.hypot(y);
/// assert_eq!(r.primal(), 5.0);
/// assert!((r.tangent(0) - 0.6).abs() < 1e-15 && (r.tangent(1) - 0.8).abs() < 1e-15);
/// ```
#[derive(Clone, Copy)]
pub struct Real<M: Mode = Primal> {
    pub(super) scalar: M::Scalar,
    pub(super) provenance: M::Provenance,
}

/// The parts of a number, by name. Not in the prelude: inside a replicate reading the primal of a
/// moving number follows the rule of [`Real::value`].
pub trait Parts {
    /// The value, in the unit of the number.
    fn primal(&self) -> f64;
    /// The derivative with respect to the parameter of `lane`; 0 beyond the last lane.
    fn tangent(&self, lane: usize) -> f64;
}

impl<M: Mode> Parts for Real<M> {
    #[track_caller]
    #[inline]
    fn primal(&self) -> f64 {
        self.plain(Operation::Plain("primal"))
    }

    #[track_caller]
    #[inline]
    fn tangent(&self, lane: usize) -> f64 {
        self.plain(Operation::Plain("tangent"));
        if lane < M::Scalar::LANES { self.scalar.tangent(lane) } else { 0.0 }
    }
}

impl<M: Mode> Real<M> {
    /// A number that moves with no parameter.
    #[inline(always)]
    pub fn constant(value: f64) -> Self {
        Self::new(M::Scalar::constant(value), 0)
    }

    /// The parameter of `lane`: derivative 1 in that lane, 0 in the others. In a lane that the mode
    /// does not have it is a constant.
    #[inline(always)]
    pub fn variable(value: f64, lane: usize) -> Self {
        Self::new(M::Scalar::variable(value, lane), 0)
    }

    /// The plain value.
    ///
    /// The derivative ends here, which must not happen silently: on a number that moves with a
    /// pathwise draw it makes the query draw that site by score function; on one that moves with a
    /// parameter alone it is [`Error::DerivativeDropped`](crate::Error::DerivativeDropped). Write
    /// `detach(x).value()` where the derivative is to be dropped on purpose.
    #[track_caller]
    #[inline(always)]
    pub fn value(self) -> f64 {
        self.plain(Operation::Plain("value"))
    }

    #[inline(always)]
    pub(crate) fn new(scalar: M::Scalar, bits: u64) -> Self {
        Self { scalar, provenance: M::Provenance::from_bits(bits) }
    }

    /// The value, for the library's own checks: no jump, no loss.
    #[inline(always)]
    pub(crate) fn peek(&self) -> f64 {
        self.scalar.primal()
    }

    #[inline(always)]
    pub(crate) fn scalar(&self) -> M::Scalar {
        self.scalar
    }

    #[inline(always)]
    pub(crate) fn bits(&self) -> u64 {
        self.provenance.bits()
    }

    #[inline(always)]
    pub(crate) fn kinked(&self) -> u64 {
        self.bits() & KINKED
    }

    #[inline(always)]
    pub(crate) fn with_bits(self, bits: u64) -> Self {
        Self::new(self.scalar, bits)
    }

    /// Whether any tangent is nonzero, or may have been flattened by a kink.
    #[inline(always)]
    pub(crate) fn moves(&self) -> bool {
        self.bits() & KINKED != 0 || self.moves_here()
    }

    /// Whether any tangent is nonzero.
    #[inline(always)]
    pub(crate) fn moves_here(&self) -> bool {
        self.scalar.moves_against(&M::Scalar::constant(self.scalar.primal()))
    }

    /// The lanes with a nonzero tangent.
    #[inline(always)]
    pub(crate) fn moving_lanes(&self) -> u64 {
        self.scalar.moving_lanes(&M::Scalar::constant(self.scalar.primal()))
    }

    /// The same value, derivative zero, depending on a continuous draw.
    #[inline(always)]
    pub(crate) fn still(self, like: &Self) -> Self {
        Self::new(M::Scalar::still(self.scalar.primal(), &like.scalar), CONTINUOUS)
    }

    /// A function of `self` by value and first derivative.
    #[inline(always)]
    pub(super) fn chain(self, value: f64, first: f64) -> Self {
        Self { scalar: self.scalar.chain(value, first), provenance: self.provenance }
    }

    #[inline(always)]
    pub(super) fn chain_at_edge(self, value: f64, first: f64) -> Self {
        Self { scalar: self.scalar.chain_at_edge(value, first), provenance: self.provenance }
    }

    /// Chain rule where the derivative may under- or overflow: a lane that does not move stays 0, and
    /// a moving number that is flattened to rounding is marked as by a kink.
    #[inline(always)]
    pub(super) fn chain_in_range(self, value: f64, first: f64) -> Self {
        if M::ORDER == 0 || (first.abs() > 0.0 && first.abs() < f64::INFINITY) {
            return self.chain(value, first);
        }
        // In line, with a flag as the only thing that crosses a call: a number that does is forced into
        // memory on the hot path as well.
        if first == 0.0 {
            let kinked = watch::flattened(self.bits(), self.moves());
            // Also where the argument's own derivative is infinite.
            return Self::new(M::Scalar::still(value, &self.scalar), self.bits() | kinked);
        }
        Self::new(self.scalar.chain_at_edge(value, first), self.bits())
    }

    #[inline(always)]
    pub(super) fn chain2(self, other: Self, value: f64, first: f64, second: f64) -> Self {
        Self {
            scalar: self.scalar.chain2(other.scalar, value, first, second),
            provenance: self.provenance.join(other.provenance),
        }
    }

    /// A function of several numbers by its value and partial derivatives, chained once: how a
    /// density computed in `f64` becomes a `Real`.
    ///
    /// ```
    /// use scorepath::{Real, Tangent, number::Parts};
    ///
    /// let (x, y) = (Real::<Tangent<2>>::variable(2.0, 0), Real::<Tangent<2>>::variable(5.0, 1));
    /// let product = Real::from_partials(10.0, [(x, 5.0), (y, 2.0)]);
    /// assert_eq!((product.tangent(0), product.tangent(1)), (5.0, 2.0));
    /// ```
    #[inline(always)]
    pub fn from_partials<const N: usize>(value: f64, partials: [(Self, f64); N]) -> Self {
        let mut sum = M::Scalar::constant(0.0);
        let mut bits = 0;
        for (argument, partial) in partials {
            sum = sum.add(argument.scalar.chain(0.0, partial));
            bits |= argument.bits();
        }
        Self::new(sum.with_primal(value), bits)
    }

    /// The primal, by the rule of `value`.
    #[track_caller]
    #[inline(always)]
    pub(super) fn plain(&self, operation: Operation) -> f64 {
        if M::Provenance::TRACKED && (self.bits() & (CONTINUOUS | KINKED) != 0 || self.moves()) {
            (*self).report_plain(operation);
        }
        self.scalar.primal()
    }

    // By value: a reference would force the caller's number into memory.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn report_plain(self, operation: Operation) {
        let operands = Operands { bits: self.bits(), lanes: self.moving_lanes() };
        watch::plain(operands, operation, core::panic::Location::caller());
    }
}
