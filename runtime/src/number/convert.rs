//! Into and out of `Real`, formatting, constants.

use core::fmt;
use core::str::FromStr;

use super::event::Operation;
use super::mode::Mode;
use super::real::Real;

macro_rules! from_plain {
    ($($plain:ty),*) => {$(
        impl<M: Mode> From<$plain> for Real<M> {
            #[inline(always)]
            fn from(value: $plain) -> Self {
                Self::constant(value.into())
            }
        }
    )*};
}

from_plain!(f64, i8, i16, i32, u8, u16, u32);

impl<M: Mode> From<&Real<M>> for Real<M> {
    #[inline(always)]
    fn from(value: &Real<M>) -> Self {
        *value
    }
}

impl<M: Mode> From<&f64> for Real<M> {
    #[inline(always)]
    fn from(value: &f64) -> Self {
        Self::constant(*value)
    }
}

/// By the rule of [`Real::value`].
impl<M: Mode> From<Real<M>> for f64 {
    #[track_caller]
    #[inline(always)]
    fn from(value: Real<M>) -> Self {
        value.plain(Operation::Plain("f64::from"))
    }
}

impl<M: Mode> FromStr for Real<M> {
    type Err = core::num::ParseFloatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::constant)
    }
}

impl<M: Mode> Default for Real<M> {
    fn default() -> Self {
        Self::constant(0.0)
    }
}

macro_rules! format_as_value {
    ($($trait:ident),*) => {$(
        /// The value as `f64` prints it, by the rule of [`Real::value`].
        impl<M: Mode> fmt::$trait for Real<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::$trait::fmt(&self.plain(Operation::Plain("fmt")), f)
            }
        }
    )*};
}

format_as_value!(Display, Debug, LowerExp, UpperExp);

/// The constants of `f64`, as plain numbers: `Real::INFINITY`, `Real::EPSILON`.
impl<M: Mode> Real<M> {
    /// Positive infinity.
    pub const INFINITY: f64 = f64::INFINITY;
    /// Negative infinity.
    pub const NEG_INFINITY: f64 = f64::NEG_INFINITY;
    /// Not a number.
    pub const NAN: f64 = f64::NAN;
    /// The distance from 1 to the next larger number.
    pub const EPSILON: f64 = f64::EPSILON;
    /// The largest finite number.
    pub const MAX: f64 = f64::MAX;
    /// The smallest finite number.
    pub const MIN: f64 = f64::MIN;
    /// The smallest positive normal number.
    pub const MIN_POSITIVE: f64 = f64::MIN_POSITIVE;
    /// The base of the representation.
    pub const RADIX: u32 = f64::RADIX;
    /// Significant digits in base 2.
    pub const MANTISSA_DIGITS: u32 = f64::MANTISSA_DIGITS;
    /// Significant digits in base 10.
    pub const DIGITS: u32 = f64::DIGITS;
    /// One more than the least normal power of 2.
    pub const MIN_EXP: i32 = f64::MIN_EXP;
    /// The largest power of 2 plus one.
    pub const MAX_EXP: i32 = f64::MAX_EXP;
    /// The least normal power of 10.
    pub const MIN_10_EXP: i32 = f64::MIN_10_EXP;
    /// The largest power of 10.
    pub const MAX_10_EXP: i32 = f64::MAX_10_EXP;
}
