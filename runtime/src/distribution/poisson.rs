//! The Poisson distribution.

use rand_distr::Distribution as _;

use super::inversion::sequential;
use super::normal::HALF_LN_TAU;
use super::{Distribution, ParameterError, Stream, Support, ends_path};
use crate::number::special::{deviance, stirling_error};
use crate::number::{Mode, Primal, Real};

/// The largest rate: up to 2^53 every count is a number of its own.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// From this rate on draws are made by rejection, below by inversion.
const REJECTION: f64 = 12.0;

/// The Poisson distribution.
///
/// # Density
/// $P(k) = \frac{\lambda^k e^{-\lambda}}{k!}$ for $k = 0, 1, 2, \dots$
///
/// # Parameters
/// `rate` $\lambda$, the mean, in $[0, 2^{53}]$. A rate of 0 gives 0.
///
/// # Support
/// All natural numbers; where $\lambda = 0$ the log density is minus infinity above 0, with derivative 0.
///
/// # Derivatives
/// Score function. Where $\lambda = 0$ and moves, the score function would never see an event, and is
/// refused.
///
/// # Numerics
/// By Loader's saddle-point form, without cancellation: right to 1e-13 at a rate of 1e15 too.
///
/// # Errors
/// Reported at the site: `rate` not in $[0, 2^{53}]$; above, counts would be rounded.
///
/// # Example
/// ```
/// use scorepath::distribution::Poisson;
///
/// let d = <Poisson>::new(2.5).log_density(3);
/// assert!((d.value() + 1.542_887_273_605_59).abs() < 1e-15);
/// ```
///
/// # Source
/// Johnson, Kemp and Kotz (2005), Univariate Discrete Distributions, equation 4.1; Loader (2000), Fast
/// and accurate computation of binomial probabilities. Draws by inversion below a rate of 12, else
/// by Ahrens and Dieter (1982), doi:10.1145/355993.355997, in `rand_distr`.
#[derive(Clone, Copy, Debug)]
pub struct Poisson<M: Mode = Primal> {
    rate: Real<M>,
}

impl<M: Mode> Poisson<M> {
    /// With mean `rate`.
    #[inline(always)]
    pub fn new(rate: impl Into<Real<M>>) -> Self {
        Self { rate: rate.into() }
    }

    /// The mean, $\lambda$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        self.rate
    }

    /// The variance, $\lambda$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        self.rate
    }

    /// Logarithm of the probability of `count`.
    #[doc(alias("log_prob", "logpmf"))]
    #[inline(always)]
    pub fn log_density(&self, count: u64) -> Real<M> {
        let (k, rate) = (count as f64, self.rate.peek());
        if count == 0 {
            return Real::from_partials(-rate, [(self.rate, -1.0)]);
        }
        if rate == 0.0 {
            return Real::constant(f64::NEG_INFINITY);
        }
        let value = -HALF_LN_TAU - 0.5 * k.ln() - stirling_error(k) - deviance(k, rate, 0.0);
        Real::from_partials(value, [(self.rate, (k - rate) / rate)])
    }
}

#[inline(never)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count below 2^54")]
fn reject(rate: f64, stream: &mut Stream) -> u64 {
    // Fails for no rate that `validate` admits.
    rand_distr::Poisson::new(rate).map_or(u64::MAX, |sampler| sampler.sample(stream) as u64)
}

impl<M: Mode> Distribution<M> for Poisson<M> {
    type Value = u64;
    const LATTICE: bool = true;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> u64 {
        ends_path([self.rate]);
        let rate = self.rate.peek();
        if rate < REJECTION {
            sequential(stream, (-rate).exp(), |_, reciprocal| rate * reciprocal)
        } else {
            reject(rate, stream)
        }
    }

    #[inline(always)]
    fn log_density(&self, count: &u64) -> Real<M> {
        self.log_density(*count)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        Support::Naturals { last: None }
    }

    #[inline(always)]
    fn vanishing(&self, see: &mut impl FnMut(Real<M>)) {
        if self.rate.peek() == 0.0 {
            see(self.rate);
        }
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        let rate = self.rate.peek();
        if (0.0..=LARGEST).contains(&rate) {
            return Ok(());
        }
        Err(ParameterError::new("rate", "in [0, 2^53]", rate))
    }
}
