//! The normal distribution.

use super::{Distribution, ParameterError, Stream, check, ends_path};
use crate::number::{Mode, Primal, Real, Scalar};

/// Half the logarithm of 2 pi.
pub(super) const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;

/// The normal (Gaussian) distribution.
///
/// # Density
/// $p(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)$ with respect to length.
///
/// # Parameters
/// `loc` $\mu$, any finite number; `scale` $\sigma$, the standard deviation, finite and > 0.
///
/// # Support
/// All real numbers; the log density is minus infinity at either infinity.
///
/// # Derivatives
/// Pathwise in both parameters, $x = \mu + \sigma z$; score function in both.
///
/// # Numerics
/// The quotient $(x-\mu)/\sigma$ is formed before it is squared, so `scale` may be as small as 1e-150.
///
/// # Errors
/// Reported at the site: `loc` not finite, `scale` not finite and positive.
///
/// # Example
/// ```
/// use scorepath::distribution::Normal;
///
/// let d = <Normal>::new(1.0, 2.0).log_density(3.0);
/// assert!((d.value() + 2.112_085_713_764_618).abs() < 1e-15);
/// ```
///
/// # Source
/// Johnson, Kotz and Balakrishnan (1994), Continuous Univariate Distributions 1, equation 13.1.
/// Draws by the ziggurat of Doornik (2005) in `rand_distr`.
#[derive(Clone, Copy, Debug)]
pub struct Normal<M: Mode = Primal> {
    loc: Real<M>,
    scale: Real<M>,
}

impl<M: Mode> Normal<M> {
    /// With mean `loc` and standard deviation `scale`.
    #[inline(always)]
    pub fn new(loc: impl Into<Real<M>>, scale: impl Into<Real<M>>) -> Self {
        Self { loc: loc.into(), scale: scale.into() }
    }

    /// The mean, $\mu$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        self.loc
    }

    /// The variance, $\sigma^2$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        self.scale.powi(2)
    }

    /// The value of a standard draw. With a literal `loc` of 0, as in most programs that scale by
    /// themselves, the sum is left out: it would stand in the way of everything that follows.
    #[inline(always)]
    fn at(&self, z: f64) -> f64 {
        let (loc, deviation) = (self.loc.peek(), self.scale.peek() * z);
        if loc == 0.0 && self.loc.scalar().is_bare() { deviation } else { loc + deviation }
    }

    /// Log density at `x`.
    #[doc(alias("log_prob", "logpdf"))]
    #[inline(always)]
    pub fn log_density(&self, x: impl Into<Real<M>>) -> Real<M> {
        let x = x.into();
        let inverse = 1.0 / self.scale.peek();
        let z = (x.peek() - self.loc.peek()) / self.scale.peek();
        if z.is_infinite() {
            return Real::constant(f64::NEG_INFINITY);
        }
        let slope = z * inverse;
        Real::from_partials(
            -0.5 * z * z - self.scale.peek().ln() - HALF_LN_TAU,
            [(x, -slope), (self.loc, slope), (self.scale, (z * z - 1.0) * inverse)],
        )
    }
}

impl<M: Mode> Distribution<M> for Normal<M> {
    type Value = Real<M>;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> Real<M> {
        ends_path([self.loc, self.scale]);
        Real::constant(self.at(stream.standard_normal()))
    }

    #[inline(always)]
    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        let z = stream.standard_normal();
        Some(Real::from_partials(self.at(z), [(self.loc, 1.0), (self.scale, z)]))
    }

    #[inline(always)]
    fn log_density(&self, x: &Real<M>) -> Real<M> {
        self.log_density(x)
    }

    #[inline(always)]
    fn scored(&self, stream: &mut Stream) -> (Real<M>, Real<M>) {
        let z = stream.standard_normal();
        let scale = self.scale.peek();
        let inverse = 1.0 / scale;
        let log_density = Real::from_partials(
            -0.5 * z * z - scale.ln() - HALF_LN_TAU,
            [(self.loc, z * inverse), (self.scale, (z * z - 1.0) * inverse)],
        );
        (Real::constant(self.at(z)), log_density)
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        check::location_scale(self.loc, self.scale)
    }
}
