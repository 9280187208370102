//! The continuous uniform distribution.

use super::{Distribution, ParameterError, Stream, Support, check, ends_path, outside};
use crate::number::{Mode, Primal, Real};

/// The uniform distribution on an interval.
///
/// # Density
/// $p(x) = \frac{1}{b - a}$ with respect to length.
///
/// # Parameters
/// `low` $a$ and `high` $b$, the ends of the interval, finite, $a < b$.
///
/// # Support
/// $a \le x \le b$, both ends included; the log density is minus infinity outside, where the density
/// jumps.
///
/// # Derivatives
/// Pathwise in both parameters, $x = (1-u) a + u b$. By score function only where neither end
/// moves: the derivative of a moving end is a boundary term, which no score contains.
///
/// # Numerics
/// The width may exceed the largest number. A draw that rounding carries past an end is that end.
///
/// # Errors
/// Reported at the site: `low` or `high` not finite, `high` not above `low`.
///
/// # Example
/// ```
/// use scorepath::distribution::Uniform;
///
/// let d = <Uniform>::new(-2.0, 5.0);
/// assert_eq!(d.log_density(3.0).value(), -7.0_f64.ln());
/// assert_eq!(d.log_density(5.5).value(), f64::NEG_INFINITY);
/// ```
///
/// # Source
/// Johnson, Kotz and Balakrishnan (1995), Continuous Univariate Distributions 2, equation 26.1.
#[derive(Clone, Copy, Debug)]
pub struct Uniform<M: Mode = Primal> {
    low: Real<M>,
    high: Real<M>,
}

impl<M: Mode> Uniform<M> {
    /// Between `low` and `high`.
    #[inline(always)]
    pub fn new(low: impl Into<Real<M>>, high: impl Into<Real<M>>) -> Self {
        Self { low: low.into(), high: high.into() }
    }

    /// The mean, $(a + b) / 2$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        self.low.midpoint(self.high)
    }

    /// The variance, $(b - a)^2 / 12$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        (self.high - self.low).powi(2) / 12.0
    }

    /// Log density at `x`.
    #[doc(alias("log_prob", "logpdf"))]
    #[track_caller]
    #[inline(always)]
    pub fn log_density(&self, x: impl Into<Real<M>>) -> Real<M> {
        let x = x.into();
        let (low, high) = (self.low.peek(), self.high.peek());
        if x.peek() < low {
            return outside(x, self.low, "Uniform::log_density");
        }
        if x.peek() > high {
            return outside(x, self.high, "Uniform::log_density");
        }
        // Half the width cannot overflow.
        let (width, half) = (high - low, 0.5 * high - 0.5 * low);
        let log =
            if width < f64::INFINITY { width.ln() } else { half.ln() + core::f64::consts::LN_2 };
        let inverse = 0.5 / half;
        // Zero, or NaN where `x` is.
        let nothing = (x.peek() - x.peek()).abs();
        Real::from_partials(nothing - log, [(self.low, inverse), (self.high, -inverse)])
            .with_bits(x.bits() | self.low.bits() | self.high.bits())
    }

    #[inline(always)]
    fn at(&self, u: f64) -> f64 {
        let (low, high) = (self.low.peek(), self.high.peek());
        let width = high - low;
        let x = if width < f64::INFINITY { low + width * u } else { low * (1.0 - u) + high * u };
        x.min(high)
    }
}

impl<M: Mode> Distribution<M> for Uniform<M> {
    type Value = Real<M>;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> Real<M> {
        ends_path([self.low, self.high]);
        Real::constant(self.at(stream.open01()))
    }

    #[inline(always)]
    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        let u = stream.open01();
        Some(Real::from_partials(self.at(u), [(self.low, 1.0 - u), (self.high, u)]))
    }

    #[track_caller]
    #[inline(always)]
    fn log_density(&self, x: &Real<M>) -> Real<M> {
        self.log_density(x)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        Support::Interval { low: self.low, high: self.high }
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        check::finite("low", self.low)?;
        check::finite("high", self.high)?;
        if self.low.peek() < self.high.peek() {
            return Ok(());
        }
        Err(ParameterError::new("high", "above `low`", self.high.peek()))
    }
}
