//! The log-normal distribution.

use super::normal::HALF_LN_TAU;
use super::{Distribution, ParameterError, Smoothness, Stream, Support, check, ends_path};
use crate::number::{Mode, Primal, Real};

/// The smallest positive number: what a draw that underflows becomes.
const SMALLEST: f64 = f64::from_bits(1);

/// The log-normal distribution: its logarithm is normal.
///
/// # Density
/// $p(x) = \frac{1}{x\sigma\sqrt{2\pi}} \exp\left(-\frac{(\ln x-\mu)^2}{2\sigma^2}\right)$ with respect to length.
///
/// # Parameters
/// `loc` $\mu$, the mean of $\ln x$, any finite number; `scale` $\sigma$, the standard deviation of
/// $\ln x$, finite and > 0.
///
/// # Support
/// $x > 0$; the log density is minus infinity at 0 and below, where the density vanishes
/// continuously, and at infinity.
///
/// # Derivatives
/// Pathwise in both parameters, $x = e^{\mu + \sigma z}$; score function in both.
///
/// # Numerics
/// A draw that would underflow to 0 is the smallest positive number; one that overflows is infinite.
/// The score of a draw is formed from $z$, so neither spoils it.
///
/// # Errors
/// Reported at the site: `loc` not finite, `scale` not finite and positive.
///
/// # Example
/// ```
/// use scorepath::distribution::LogNormal;
///
/// let d = <LogNormal>::new(0.0, 1.0).log_density(0.25);
/// assert!((d.value() + 0.493_550_199_921_184_97).abs() < 1e-15);
/// ```
///
/// # Source
/// Johnson, Kotz and Balakrishnan (1994), Continuous Univariate Distributions 1, equation 14.2.
#[derive(Clone, Copy, Debug)]
pub struct LogNormal<M: Mode = Primal> {
    loc: Real<M>,
    scale: Real<M>,
}

impl<M: Mode> LogNormal<M> {
    /// The law of $e^y$ with $y$ normal, mean `loc` and standard deviation `scale`.
    #[inline(always)]
    pub fn new(loc: impl Into<Real<M>>, scale: impl Into<Real<M>>) -> Self {
        Self { loc: loc.into(), scale: scale.into() }
    }

    /// The mean, $e^{\mu + \sigma^2/2}$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        (self.loc + 0.5 * self.scale.powi(2)).exp()
    }

    /// The variance, $(e^{\sigma^2} - 1) e^{2\mu + \sigma^2}$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        self.scale.powi(2).exp_m1() * (2.0 * self.loc + self.scale.powi(2)).exp()
    }

    /// Log density at `x`.
    #[doc(alias("log_prob", "logpdf"))]
    #[inline(always)]
    pub fn log_density(&self, x: impl Into<Real<M>>) -> Real<M> {
        let x = x.into();
        if x.peek() <= 0.0 || x.peek() == f64::INFINITY {
            return Real::constant(f64::NEG_INFINITY);
        }
        let log = x.peek().ln();
        let inverse = 1.0 / self.scale.peek();
        let z = (log - self.loc.peek()) / self.scale.peek();
        if z.is_infinite() {
            return Real::constant(f64::NEG_INFINITY);
        }
        let slope = z * inverse;
        Real::from_partials(
            -0.5 * z * z - self.scale.peek().ln() - log - HALF_LN_TAU,
            [
                (x, -(1.0 + slope) / x.peek()),
                (self.loc, slope),
                (self.scale, (z * z - 1.0) * inverse),
            ],
        )
    }

    #[inline(always)]
    fn at(&self, z: f64) -> f64 {
        (self.loc.peek() + self.scale.peek() * z).exp().max(SMALLEST)
    }
}

impl<M: Mode> Distribution<M> for LogNormal<M> {
    type Value = Real<M>;
    const SMOOTHNESS: Smoothness = Smoothness::Continuous;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> Real<M> {
        ends_path([self.loc, self.scale]);
        Real::constant(self.at(stream.standard_normal()))
    }

    #[inline(always)]
    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        let z = stream.standard_normal();
        let x = self.at(z);
        Some(Real::from_partials(x, [(self.loc, x), (self.scale, x * z)]))
    }

    #[inline(always)]
    fn log_density(&self, x: &Real<M>) -> Real<M> {
        self.log_density(x)
    }

    #[inline(always)]
    fn scored(&self, stream: &mut Stream) -> (Real<M>, Real<M>) {
        let z = stream.standard_normal();
        let (log, scale) = (self.loc.peek() + self.scale.peek() * z, self.scale.peek());
        let inverse = 1.0 / scale;
        let log_density = Real::from_partials(
            -0.5 * z * z - scale.ln() - log - HALF_LN_TAU,
            [(self.loc, z * inverse), (self.scale, (z * z - 1.0) * inverse)],
        );
        (Real::constant(self.at(z)), log_density)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        Support::HalfLine { low: Real::constant(0.0) }
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        check::location_scale(self.loc, self.scale)
    }
}
