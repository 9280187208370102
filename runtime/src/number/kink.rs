//! Operations that are continuous but not smooth: `abs`, `max`, `min`, `clamp`, order statistics.
//!
//! A kink keeps the pathwise derivative. Its result carries the provenance of both sides and, where
//! they move differently, the sticky kinked bit: behind a kink a zero tangent no longer shows that
//! nothing moves (`((z - 0.5) / w).clamp(0.0, 1.0) > 0.5`). At an exact tie the derivative is the
//! mean of the two one-sided ones, which is what central differences give.

use core::panic::Location;

use super::event::Operation;
use super::mode::Mode;
use super::provenance::{CONTINUOUS, KINKED, Provenance};
use super::real::Real;
use super::scalar::Scalar;
use super::watch::{self, Operands};

/// `x` without derivative, on purpose.
///
/// On a number that moves with a pathwise draw the query switches that draw to the score function,
/// so that the meaning (cut the direct dependence on parameters, keep the law of the draws) does
/// not depend on the plan.
///
/// ```
/// use scorepath::{Real, Tangent, detach, number::Parts};
///
/// let x = Real::<Tangent<1>>::variable(2.0, 0);
/// assert_eq!((x * detach(x)).tangent(0), 2.0);
/// ```
#[doc(alias = "stop_gradient")]
#[track_caller]
#[inline]
pub fn detach<M: Mode>(x: Real<M>) -> Real<M> {
    if M::Provenance::TRACKED && x.moves() {
        let operands = Operands { bits: x.bits(), lanes: x.moving_lanes() };
        watch::detached(operands, Location::caller());
    }
    Real::new(M::Scalar::still(x.peek(), &x.scalar), x.bits() & !KINKED)
}

impl<M: Mode> Real<M> {
    /// The provenance of a kink between two sides.
    #[inline(always)]
    pub(super) fn kink_bits(&self, other: &Self) -> u64 {
        if !M::Provenance::TRACKED {
            return 0;
        }
        let bits = self.bits() | other.bits();
        let bends = self.scalar.moves_against(&other.scalar);
        if !bends || (bits & CONTINUOUS == 0 && !watch::leaked()) {
            return bits;
        }
        if watch::collecting() {
            watch::kink(self.scalar.moving_lanes(&other.scalar));
        }
        bits | KINKED
    }

    /// One of two sides by its primal, or their mean at a tie.
    #[track_caller]
    #[inline(always)]
    fn choose(self, other: Self, name: &'static str, value: f64, first: bool) -> Self {
        let bits = self.kink_bits(&other);
        if M::Provenance::TRACKED
            && self.peek() == other.peek()
            && self.scalar.moves_against(&other.scalar)
        {
            watch::tie(Operation::Jump(name), Location::caller());
            let mean = self.scalar.chain2(other.scalar, value, 0.5, 0.5);
            return Self::new(mean, bits);
        }
        Self::new(self.scalar.select(other.scalar, value, first), bits)
    }

    /// The larger of two numbers; the other one if one is NaN. A kink.
    #[track_caller]
    #[inline(always)]
    pub fn max(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        let first = self.peek() >= other.peek() || other.peek().is_nan();
        self.choose(other, "max", self.peek().max(other.peek()), first)
    }

    /// The smaller of two numbers; the other one if one is NaN. A kink.
    #[track_caller]
    #[inline(always)]
    pub fn min(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        let first = self.peek() <= other.peek() || other.peek().is_nan();
        self.choose(other, "min", self.peek().min(other.peek()), first)
    }

    /// The magnitude. A kink at 0, where the derivative is taken as 0.
    #[track_caller]
    #[inline(always)]
    pub fn abs(self) -> Self {
        self.choose(-self, "abs", self.peek().abs(), self.peek() > 0.0 || self.peek().is_nan())
    }

    /// `self` kept between `low` and `high`. Two kinks.
    ///
    /// # Panics
    /// As `f64::clamp`: if `low > high` or either is NaN.
    #[track_caller]
    #[inline]
    pub fn clamp(self, low: impl Into<Self>, high: impl Into<Self>) -> Self {
        let (low, high) = (low.into(), high.into());
        assert!(
            low.peek() <= high.peek(),
            "min > max, or either was NaN. min = {:?}, max = {:?}",
            low.peek(),
            high.peek()
        );
        if self.peek().is_nan() {
            return self;
        }
        self.max(low).min(high)
    }

    /// Sorts in ascending order, continuously: each order statistic is a kink of all the numbers.
    /// `sort_by` with a comparison is a jump instead, as the order of *other* data may follow it.
    #[track_caller]
    pub fn sort(numbers: &mut [Self]) {
        let Some(bits) = numbers.iter().map(Self::bits).reduce(|a, b| a | b) else { return };
        let bends = numbers.windows(2).any(|w| w[0].scalar.moves_against(&w[1].scalar));
        let kinked = bends && (bits & CONTINUOUS != 0 || watch::leaked());
        numbers.sort_by(|a, b| a.peek().total_cmp(&b.peek()));
        let tied =
            |w: &[Self]| w[0].peek() == w[1].peek() && w[0].scalar.moves_against(&w[1].scalar);
        if M::Provenance::TRACKED && numbers.windows(2).any(tied) {
            watch::tie(Operation::Jump("sort"), Location::caller());
        }
        for x in numbers {
            *x = x.with_bits(if kinked { bits | KINKED } else { bits });
        }
    }
}
