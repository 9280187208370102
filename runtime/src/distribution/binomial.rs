//! The binomial distribution.

use rand_distr::Distribution as _;

use super::inversion::sequential;
use super::normal::HALF_LN_TAU;
use super::{Distribution, ParameterError, Stream, Support, check, ends_path};
use crate::number::special::{deviance, ln_1p, residual, stirling_error};
use crate::number::{Mode, Primal, Real};

/// The largest number of trials: up to 2^53 every count is a number of its own.
const LARGEST: u64 = 1 << 53;

/// From this mean of the rarer outcome on draws are made by rejection, below by inversion.
const REJECTION: f64 = 10.0;

/// The binomial distribution: successes in a number of independent trials.
///
/// # Density
/// $P(k) = \binom{n}{k} p^k (1-p)^{n-k}$ for $k = 0, \dots, n$.
///
/// # Parameters
/// `trials` $n$, at most $2^{53}$, a constant; `probability` $p$ of a success, in $[0, 1]$.
///
/// # Support
/// $0 \le k \le n$; the log density is minus infinity above $n$, and where $p$ is 0 or 1 of every
/// other count than the one that is certain, with derivative 0.
///
/// # Derivatives
/// Score function. Where $p$ is exactly 0 or 1 and moves, the score function would never see the
/// outcome that is about to become possible, and is refused.
///
/// # Numerics
/// By Loader's saddle-point form with the rounding of $np$ corrected; the derivative
/// $(k - np) / (p(1-p))$ with one rounding of its numerator.
///
/// # Errors
/// Reported at the site: `trials` above $2^{53}$, where counts would be rounded; `probability`
/// outside $[0, 1]$.
///
/// # Example
/// ```
/// use scorepath::distribution::Binomial;
///
/// let d = <Binomial>::new(10, 0.3).log_density(3);
/// assert!((d.value() + 1.321_151_277_766_888_6).abs() < 1e-15);
/// ```
///
/// # Source
/// Johnson, Kemp and Kotz (2005), Univariate Discrete Distributions, equation 3.2; Loader (2000), Fast
/// and accurate computation of binomial probabilities. Draws by inversion where the rarer outcome
/// has a mean below 10, else by Kachitvichyanukul and Schmeiser (1988), doi:10.1145/42372.42381,
/// in `rand_distr`, whose loops end and whose casts hold for the trials admitted here.
#[derive(Clone, Copy, Debug)]
pub struct Binomial<M: Mode = Primal> {
    trials: u64,
    probability: Real<M>,
}

impl<M: Mode> Binomial<M> {
    /// Of `trials` trials with probability `probability` of a success each.
    #[inline(always)]
    pub fn new(trials: u64, probability: impl Into<Real<M>>) -> Self {
        Self { trials, probability: probability.into() }
    }

    /// The mean, $n p$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        self.trials as f64 * self.probability
    }

    /// The variance, $n p (1-p)$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        self.mean() * (1.0 - self.probability)
    }

    /// Logarithm of the probability of `successes`.
    #[doc(alias("log_prob", "logpmf"))]
    #[inline(always)]
    pub fn log_density(&self, successes: u64) -> Real<M> {
        let (p, q) = (self.probability.peek(), 1.0 - self.probability.peek());
        let (n, k) = (self.trials as f64, successes as f64);
        let impossible = successes > self.trials
            || (p == 0.0 && successes > 0)
            || (q == 0.0 && successes < self.trials);
        if impossible {
            return Real::constant(f64::NEG_INFINITY);
        }
        let slope = match successes {
            _ if self.trials == 0 => 0.0,
            0 => -n / q,
            all if all == self.trials => n / p,
            _ => residual(k, n, p) / (p * q),
        };
        Real::from_partials(log_mass(n, k, p, q), [(self.probability, slope)])
    }
}

/// The log density of a possible count; Loader (2000), equation 3.
#[inline(always)]
fn log_mass(n: f64, k: f64, p: f64, q: f64) -> f64 {
    if k == 0.0 {
        return if n == 0.0 { 0.0 } else { n * ln_1p(-p) };
    }
    if k == n {
        return n * p.ln();
    }
    let rest = n - k;
    let (np, nq) = (n * p, n * q);
    // What rounding took from the products, and from q = 1 - p.
    let np_low = -residual(np, n, p);
    let nq_low = -residual(nq, n, q) + n * ((1.0 - q) - p);
    let deviances = deviance(k, np, np_low) + deviance(rest, nq, nq_low);
    let errors = stirling_error(n) - stirling_error(k) - stirling_error(rest);
    errors - deviances - HALF_LN_TAU - 0.5 * (k * (rest / n)).ln()
}

#[inline(never)]
fn reject(trials: u64, probability: f64, stream: &mut Stream) -> u64 {
    // Fails for no probability that `validate` admits.
    rand_distr::Binomial::new(trials, probability)
        .map_or(u64::MAX, |sampler| sampler.sample(stream))
}

impl<M: Mode> Distribution<M> for Binomial<M> {
    type Value = u64;
    const LATTICE: bool = true;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> u64 {
        ends_path([self.probability]);
        let (n, p) = (self.trials as f64, self.probability.peek());
        let rarer = p.min(1.0 - p);
        if n * rarer >= REJECTION {
            return reject(self.trials, p, stream);
        }
        let none = (n * ln_1p(-rarer)).exp();
        let odds = rarer / (1.0 - rarer);
        let count = sequential(stream, none, |k, reciprocal| odds * ((n + 1.0 - k) * reciprocal));
        if p > 0.5 { self.trials - count } else { count }
    }

    #[inline(always)]
    fn log_density(&self, successes: &u64) -> Real<M> {
        self.log_density(*successes)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        Support::Naturals { last: Some(self.trials) }
    }

    #[inline(always)]
    fn vanishing(&self, see: &mut impl FnMut(Real<M>)) {
        let p = self.probability.peek();
        if self.trials > 0 && (p == 0.0 || p == 1.0) {
            see(self.probability);
        }
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        if self.trials > LARGEST {
            return Err(ParameterError::new("trials", "at most 2^53", self.trials as f64));
        }
        check::probability("probability", self.probability)
    }
}
