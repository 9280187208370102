//! Operations with a discontinuity: comparisons, signs, rounding, remainders, `atan2`.
//!
//! Each asks first whether the discontinuity moves. It does not where both operands have the same
//! tangent; then the operation costs this test and nothing is recorded.

use core::cmp::Ordering;
use core::panic::Location;

use super::event::Operation;
use super::mode::Mode;
use super::provenance::{KINKED, Provenance};
use super::real::Real;
use super::scalar::Scalar;
use super::watch::{self, Operands};

impl<M: Mode> Real<M> {
    /// Looks at a discontinuity at `self == other`.
    #[track_caller]
    #[inline(always)]
    pub(super) fn jump(&self, other: &Self, name: &'static str, outcome: bool) {
        if M::Provenance::TRACKED
            && ((self.bits() | other.bits()) & KINKED != 0
                || self.scalar.moves_against(&other.scalar)
                || watch::alert())
        {
            (*self).report_jump(*other, Operation::Jump(name), outcome);
        }
    }

    // By value: a reference would force the caller's numbers into memory.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn report_jump(self, other: Self, operation: Operation, outcome: bool) {
        let operands = Operands {
            bits: self.bits() | other.bits(),
            lanes: self.scalar.moving_lanes(&other.scalar),
        };
        watch::jump(operands, operation, outcome, Location::caller());
    }

    /// A step function of `self`: no derivative.
    #[track_caller]
    #[inline(always)]
    fn step(self, name: &'static str, value: f64) -> Self {
        self.jump(&Self::constant(0.0), name, false);
        Self::new(M::Scalar::still(value, &self.scalar), self.bits())
    }

    /// The largest whole number not above `self`. A jump.
    #[track_caller]
    #[inline]
    pub fn floor(self) -> Self {
        self.step("floor", self.peek().floor())
    }

    /// The smallest whole number not below `self`. A jump.
    #[track_caller]
    #[inline]
    pub fn ceil(self) -> Self {
        self.step("ceil", self.peek().ceil())
    }

    /// The nearest whole number, halves away from zero. A jump.
    #[track_caller]
    #[inline]
    pub fn round(self) -> Self {
        self.step("round", self.peek().round())
    }

    /// The nearest whole number, halves to even. A jump.
    #[track_caller]
    #[inline]
    pub fn round_ties_even(self) -> Self {
        self.step("round_ties_even", self.peek().round_ties_even())
    }

    /// The whole part. A jump.
    #[track_caller]
    #[inline]
    pub fn trunc(self) -> Self {
        self.step("trunc", self.peek().trunc())
    }

    /// The fractional part, `x - x.trunc()`. A jump.
    #[track_caller]
    #[inline]
    pub fn fract(self) -> Self {
        self.jump(&Self::constant(0.0), "fract", false);
        self.chain(self.peek().fract(), 1.0)
    }

    /// The sign as 1 or -1. A jump.
    #[track_caller]
    #[inline]
    pub fn signum(self) -> Self {
        self.step("signum", self.peek().signum())
    }

    /// Whether the sign bit is clear. A jump.
    #[track_caller]
    #[inline]
    pub fn is_sign_positive(self) -> bool {
        let outcome = self.peek().is_sign_positive();
        self.jump(&Self::constant(0.0), "is_sign_positive", outcome);
        outcome
    }

    /// Whether the sign bit is set. A jump.
    #[track_caller]
    #[inline]
    pub fn is_sign_negative(self) -> bool {
        let outcome = self.peek().is_sign_negative();
        self.jump(&Self::constant(0.0), "is_sign_negative", outcome);
        outcome
    }

    /// The magnitude of `self` with the sign of `sign`. A jump in the sign, a kink in `self`.
    #[track_caller]
    #[inline]
    pub fn copysign(self, sign: impl Into<Self>) -> Self {
        let sign = sign.into();
        sign.jump(&Self::constant(0.0), "copysign", false);
        let magnitude = self.abs();
        let flip = 1.0_f64.copysign(sign.peek());
        magnitude.chain2(sign, self.peek().copysign(sign.peek()), flip, 0.0)
    }

    /// The quotient of division with remainder. A jump.
    #[track_caller]
    #[inline]
    pub fn div_euclid(self, divisor: impl Into<Self>) -> Self {
        let divisor = divisor.into();
        let quotient = self / divisor;
        quotient.step("div_euclid", self.peek().div_euclid(divisor.peek()))
    }

    /// The remainder of division, never negative. A jump.
    #[track_caller]
    #[inline]
    pub fn rem_euclid(self, divisor: impl Into<Self>) -> Self {
        let divisor = divisor.into();
        (self / divisor).jump(&Self::constant(0.0), "rem_euclid", false);
        let (x, y) = (self.peek(), divisor.peek());
        self.chain2(divisor, x.rem_euclid(y), 1.0, -x.div_euclid(y))
    }

    /// The remainder of `%`.
    #[track_caller]
    #[inline]
    pub(super) fn remainder(self, divisor: Self) -> Self {
        (self / divisor).jump(&Self::constant(0.0), "%", false);
        let (x, y) = (self.peek(), divisor.peek());
        self.chain2(divisor, x % y, 1.0, -(x / y).trunc())
    }

    /// The angle of the point `(x, self)` in radians, in `(-pi, pi]`. A jump, at the half line where
    /// the angle wraps.
    #[track_caller]
    #[inline]
    pub fn atan2(self, x: impl Into<Self>) -> Self {
        let x = x.into();
        // The cut lies at y = 0, x < 0, so it moves wherever either coordinate does.
        self.jump(&Self::constant(0.0), "atan2", false);
        x.jump(&Self::constant(0.0), "atan2", false);
        let (y0, x0) = (self.peek(), x.peek());
        let (value, radius) = (y0.atan2(x0), x0.hypot(y0));
        Self {
            scalar: self
                .scalar
                .chain_at_edge(0.0, x0 / radius / radius)
                .add(x.scalar.chain_at_edge(0.0, -y0 / radius / radius))
                .with_primal(value),
            provenance: self.provenance.join(x.provenance),
        }
    }

    /// The total order of IEEE 754. A jump.
    #[track_caller]
    #[inline]
    pub fn total_cmp(&self, other: &Self) -> Ordering {
        let order = self.peek().total_cmp(&other.peek());
        self.jump(other, "total_cmp", order.is_lt());
        order
    }
}

macro_rules! comparisons {
    ([$($generics:tt)*] $left:ty, $right:ty, |$a:ident, $b:ident| $lift:expr) => {
        impl<$($generics)*> PartialEq<$right> for $left {
            #[track_caller]
            #[inline(always)]
            fn eq(&self, other: &$right) -> bool {
                let ($a, $b) = (self, other);
                let (a, b): (Real<M>, Real<M>) = $lift;
                let outcome = a.peek() == b.peek();
                a.jump(&b, "==", outcome);
                outcome
            }
            #[track_caller]
            #[inline(always)]
            #[expect(clippy::partialeq_ne_impl, reason = "the caller's line is lost through the provided method")]
            fn ne(&self, other: &$right) -> bool {
                let ($a, $b) = (self, other);
                let (a, b): (Real<M>, Real<M>) = $lift;
                let outcome = a.peek() != b.peek();
                a.jump(&b, "!=", outcome);
                outcome
            }
        }

        impl<$($generics)*> PartialOrd<$right> for $left {
            #[track_caller]
            #[inline(always)]
            fn partial_cmp(&self, other: &$right) -> Option<Ordering> {
                let ($a, $b) = (self, other);
                let (a, b): (Real<M>, Real<M>) = $lift;
                let order = a.peek().partial_cmp(&b.peek());
                a.jump(&b, "partial_cmp", order == Some(Ordering::Less));
                order
            }
            comparisons!(@op lt "<" < $right, |$a, $b| $lift);
            comparisons!(@op le "<=" <= $right, |$a, $b| $lift);
            comparisons!(@op gt ">" > $right, |$a, $b| $lift);
            comparisons!(@op ge ">=" >= $right, |$a, $b| $lift);
        }
    };
    (@op $method:ident $name:literal $op:tt $right:ty, |$a:ident, $b:ident| $lift:expr) => {
        #[track_caller]
        #[inline(always)]
        fn $method(&self, other: &$right) -> bool {
            let ($a, $b) = (self, other);
            let (a, b): (Real<M>, Real<M>) = $lift;
            let outcome = a.peek() $op b.peek();
            a.jump(&b, $name, outcome);
            outcome
        }
    };
}

comparisons!([M: Mode] Real<M>, Real<M>, |a, b| (*a, *b));
comparisons!([M: Mode] Real<M>, f64, |a, b| (*a, Real::constant(*b)));
comparisons!([M: Mode] f64, Real<M>, |a, b| (Real::constant(*a), *b));
