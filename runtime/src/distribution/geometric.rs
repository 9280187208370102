//! The geometric distribution.

use super::{Distribution, ParameterError, Stream, Support, ends_path};
use crate::number::special::{ln_1p, residual};
use crate::number::{Mode, Primal, Real};

/// The smallest probability that can be drawn from: a count beyond 64 bits has then a chance below
/// 1e-80.
const SMALLEST: f64 = 1e-17;

/// The geometric distribution: how many failures come before the first success.
///
/// # Density
/// $P(k) = p (1-p)^k$ for $k = 0, 1, 2, \dots$ (not the number of trials, which is $k + 1$).
///
/// # Parameters
/// `probability` $p$ of a success, in $[10^{-17}, 1]$.
///
/// # Support
/// All natural numbers; where $p = 1$ the log density is minus infinity above 0, with derivative 0.
///
/// # Derivatives
/// Score function. Where $p = 1$ and moves, the score function would never see a failure, and is
/// refused.
///
/// # Numerics
/// The derivative $(1 - (k+1)p) / (p (1-p))$ is formed with one rounding of its numerator. Counts above
/// 2^53 are drawn to 53 bits.
///
/// # Errors
/// Reported at the site: `probability` not in $[10^{-17}, 1]$; below, counts would not fit 64 bits.
///
/// # Example
/// ```
/// use scorepath::distribution::Geometric;
///
/// let d = <Geometric>::new(0.5).log_density(2);
/// assert_eq!(d.value(), -3.0 * 2.0_f64.ln());
/// ```
///
/// # Source
/// Johnson, Kemp and Kotz (2005), Univariate Discrete Distributions, equation 5.8. Draws are the whole
/// part of an exponential, Devroye (1986), Non-Uniform Random Variate Generation, section X.2.
#[derive(Clone, Copy, Debug)]
pub struct Geometric<M: Mode = Primal> {
    probability: Real<M>,
}

impl<M: Mode> Geometric<M> {
    /// With probability `probability` of a success.
    #[inline(always)]
    pub fn new(probability: impl Into<Real<M>>) -> Self {
        Self { probability: probability.into() }
    }

    /// The mean, $(1-p) / p$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        (1.0 - self.probability) / self.probability
    }

    /// The variance, $(1-p) / p^2$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        self.mean() / self.probability
    }

    /// Logarithm of the probability of `failures`.
    #[doc(alias("log_prob", "logpmf"))]
    #[inline(always)]
    pub fn log_density(&self, failures: u64) -> Real<M> {
        let (p, rest) = (self.probability.peek(), 1.0 - self.probability.peek());
        if failures == 0 {
            return Real::from_partials(p.ln(), [(self.probability, 1.0 / p)]);
        }
        if rest == 0.0 {
            return Real::constant(f64::NEG_INFINITY);
        }
        let k = failures as f64;
        let slope = residual(1.0, k + 1.0, p) / (p * rest);
        Real::from_partials(p.ln() + k * ln_1p(-p), [(self.probability, slope)])
    }
}

impl<M: Mode> Distribution<M> for Geometric<M> {
    type Value = u64;
    const LATTICE: bool = true;
    const VETTED: bool = true;

    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, saturating"
    )]
    fn draw(&self, stream: &mut Stream) -> u64 {
        ends_path([self.probability]);
        (stream.standard_exponential() / -ln_1p(-self.probability.peek())) as u64
    }

    #[inline(always)]
    fn log_density(&self, failures: &u64) -> Real<M> {
        self.log_density(*failures)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        Support::Naturals { last: None }
    }

    #[inline(always)]
    fn vanishing(&self, see: &mut impl FnMut(Real<M>)) {
        if self.probability.peek() == 1.0 {
            see(self.probability);
        }
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        let p = self.probability.peek();
        if (SMALLEST..=1.0).contains(&p) {
            return Ok(());
        }
        Err(ParameterError::new("probability", "in [1e-17, 1]", p))
    }
}
