//! The Laplace distribution.

use super::{Distribution, ParameterError, Stream, check, ends_path};
use crate::number::{Mode, Primal, Real};

/// The Laplace (double exponential) distribution.
///
/// # Density
/// $p(x) = \frac{1}{2b} \exp\left(-\frac{|x-\mu|}{b}\right)$ with respect to length.
///
/// # Parameters
/// `loc` $\mu$, any finite number; `scale` $b$, the mean of $|x-\mu|$ (not the standard deviation,
/// which is $b\sqrt 2$), finite and > 0.
///
/// # Support
/// All real numbers.
///
/// # Derivatives
/// Pathwise in both parameters, $x = \mu + b s e$ with a sign $s$ and $e$ exponential; score function in
/// both. The density has a kink at $x = \mu$: there the derivative in `loc` and `x` is taken as 0,
/// and in `loc` it can be scored once only.
///
/// # Errors
/// Reported at the site: `loc` not finite, `scale` not finite and positive.
///
/// # Example
/// ```
/// use scorepath::distribution::Laplace;
///
/// let d = <Laplace>::new(0.5, 1.0).log_density(1.25);
/// assert_eq!(d.value(), -0.75 - 2.0_f64.ln());
/// ```
///
/// # Source
/// Johnson, Kotz and Balakrishnan (1995), Continuous Univariate Distributions 2, equation 24.1.
/// Draws by the exponential ziggurat of `rand_distr`.
#[derive(Clone, Copy, Debug)]
pub struct Laplace<M: Mode = Primal> {
    loc: Real<M>,
    scale: Real<M>,
}

impl<M: Mode> Laplace<M> {
    /// With mean `loc` and mean deviation `scale`.
    #[inline(always)]
    pub fn new(loc: impl Into<Real<M>>, scale: impl Into<Real<M>>) -> Self {
        Self { loc: loc.into(), scale: scale.into() }
    }

    /// The mean, $\mu$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        self.loc
    }

    /// The variance, $2 b^2$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        2.0 * self.scale.powi(2)
    }

    /// Log density at `x`.
    #[doc(alias("log_prob", "logpdf"))]
    #[track_caller]
    #[inline(always)]
    pub fn log_density(&self, x: impl Into<Real<M>>) -> Real<M> {
        // The magnitude of a `Real`, so that the kink leaves its mark on the result.
        let distance = (x.into() - self.loc).abs();
        let scale = self.scale.peek();
        let ratio = distance.peek() / scale;
        if ratio == f64::INFINITY {
            return Real::constant(f64::NEG_INFINITY);
        }
        Real::from_partials(
            -ratio - core::f64::consts::LN_2 - scale.ln(),
            [(distance, -1.0 / scale), (self.scale, (ratio - 1.0) / scale)],
        )
    }
}

/// The difference of two standard exponentials: one with a random sign.
#[inline(always)]
fn standard(stream: &mut Stream) -> f64 {
    let sign = stream.bits() & (1 << 63);
    f64::from_bits(stream.standard_exponential().to_bits() ^ sign)
}

impl<M: Mode> Distribution<M> for Laplace<M> {
    type Value = Real<M>;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> Real<M> {
        ends_path([self.loc, self.scale]);
        Real::constant(self.loc.peek() + self.scale.peek() * standard(stream))
    }

    #[inline(always)]
    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        Some(self.loc + self.scale * standard(stream))
    }

    #[track_caller]
    #[inline(always)]
    fn log_density(&self, x: &Real<M>) -> Real<M> {
        self.log_density(x)
    }

    #[inline(always)]
    fn scored(&self, stream: &mut Stream) -> (Real<M>, Real<M>) {
        let z = standard(stream);
        let scale = self.scale.peek();
        let inverse = 1.0 / scale;
        let log_density = Real::from_partials(
            -z.abs() - core::f64::consts::LN_2 - scale.ln(),
            [(self.loc, inverse.copysign(z)), (self.scale, (z.abs() - 1.0) * inverse)],
        );
        (Real::constant(self.loc.peek() + scale * z), log_density)
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        check::location_scale(self.loc, self.scale)
    }
}
