//! The exponential distribution.

use super::{Distribution, ParameterError, Stream, Support, check, ends_path, outside};
use crate::number::{Mode, Primal, Real};

/// The exponential distribution.
///
/// # Density
/// $p(x) = \lambda e^{-\lambda x}$ with respect to length.
///
/// # Parameters
/// `rate` $\lambda$, the reciprocal of the mean, finite and > 0.
///
/// # Support
/// $x \ge 0$; the log density is minus infinity below and at infinity.
///
/// # Derivatives
/// Pathwise, $x = e / \lambda$; score function.
///
/// # Errors
/// Reported at the site: `rate` not finite and positive.
///
/// # Example
/// ```
/// use scorepath::distribution::Exponential;
///
/// assert_eq!(<Exponential>::new(1.0).log_density(2.5).value(), -2.5);
/// ```
///
/// # Source
/// Johnson, Kotz and Balakrishnan (1994), Continuous Univariate Distributions 1, equation 19.1.
/// Draws by the ziggurat of `rand_distr`.
#[derive(Clone, Copy, Debug)]
pub struct Exponential<M: Mode = Primal> {
    rate: Real<M>,
}

impl<M: Mode> Exponential<M> {
    /// With rate `rate`, mean `1 / rate`.
    #[inline(always)]
    pub fn new(rate: impl Into<Real<M>>) -> Self {
        Self { rate: rate.into() }
    }

    /// The mean, $1 / \lambda$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        1.0 / self.rate
    }

    /// The variance, $1 / \lambda^2$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        1.0 / self.rate.powi(2)
    }

    /// Log density at `x`.
    #[doc(alias("log_prob", "logpdf"))]
    #[track_caller]
    #[inline(always)]
    pub fn log_density(&self, x: impl Into<Real<M>>) -> Real<M> {
        let x = x.into();
        if x.peek() < 0.0 {
            return outside(x, Real::constant(0.0), "Exponential::log_density");
        }
        if x.peek() == f64::INFINITY {
            return Real::constant(f64::NEG_INFINITY);
        }
        let rate = self.rate.peek();
        Real::from_partials(
            rate.ln() - rate * x.peek(),
            [(x, -rate), (self.rate, 1.0 / rate - x.peek())],
        )
    }
}

impl<M: Mode> Distribution<M> for Exponential<M> {
    type Value = Real<M>;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> Real<M> {
        ends_path([self.rate]);
        Real::constant(stream.standard_exponential() / self.rate.peek())
    }

    #[inline(always)]
    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        Some(stream.standard_exponential() / self.rate)
    }

    #[track_caller]
    #[inline(always)]
    fn log_density(&self, x: &Real<M>) -> Real<M> {
        self.log_density(x)
    }

    #[inline(always)]
    fn scored(&self, stream: &mut Stream) -> (Real<M>, Real<M>) {
        let standard = stream.standard_exponential();
        let rate = self.rate.peek();
        let inverse = 1.0 / rate;
        let log_density =
            Real::from_partials(rate.ln() - standard, [(self.rate, (1.0 - standard) * inverse)]);
        (Real::constant(standard / rate), log_density)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        Support::HalfLine { low: Real::constant(0.0) }
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        check::positive("rate", self.rate)
    }
}
