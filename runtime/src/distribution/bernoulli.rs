//! The Bernoulli distribution.

use super::{Distribution, ParameterError, Stream, Support, check, ends_path};
use crate::number::special::{ln_1p, logistic, softplus};
use crate::number::{Mode, Primal, Real};

/// The Bernoulli distribution: one trial, `true` for success.
///
/// # Density
/// $P(\mathrm{true}) = p$, $P(\mathrm{false}) = 1 - p$; by logit $\ell$, $p = 1/(1 + e^{-\ell})$.
///
/// # Parameters
/// `probability` $p$ in $[0, 1]$, or `logit` $\ell = \ln\frac{p}{1-p}$, any finite number.
///
/// # Support
/// Both outcomes; the log density of one with probability 0 is minus infinity, with derivative 0.
///
/// # Derivatives
/// Score function. Where the probability is exactly 0 or 1 and moves, the score function would
/// never see the outcome that is about to become possible, and is refused.
///
/// # Numerics
/// Nothing is clamped: `probability` may be 1e-300, and its derivative is that of $\ln(1 - p)$ down to
/// the smallest numbers. By logit both tails keep their relative accuracy, for any finite logit.
/// Draws compare 64 random bits, so their probability is right to 2^-64, and exact at 0 and 1.
///
/// # Errors
/// Reported at the site: `probability` outside $[0, 1]$, `logit` not finite.
///
/// # Example
/// ```
/// use scorepath::distribution::Bernoulli;
///
/// assert_eq!(<Bernoulli>::new(0.5).log_density(true).value(), -2.0_f64.ln());
/// assert_eq!(<Bernoulli>::from_logit(800.0).log_density(false).value(), -800.0);
/// ```
///
/// # Source
/// Johnson, Kemp and Kotz (2005), Univariate Discrete Distributions, section 3.2.
#[derive(Clone, Copy, Debug)]
pub struct Bernoulli<M: Mode = Primal> {
    parameter: Parameter<M>,
}

#[derive(Clone, Copy, Debug)]
enum Parameter<M: Mode> {
    Probability(Real<M>),
    Logit(Real<M>),
}

impl<M: Mode> Bernoulli<M> {
    /// Success with probability `probability`.
    #[inline(always)]
    pub fn new(probability: impl Into<Real<M>>) -> Self {
        Self { parameter: Parameter::Probability(probability.into()) }
    }

    /// Success with log odds `logit`.
    #[inline(always)]
    pub fn from_logit(logit: impl Into<Real<M>>) -> Self {
        Self { parameter: Parameter::Logit(logit.into()) }
    }

    /// The mean, $p$.
    #[inline]
    pub fn mean(&self) -> Real<M> {
        self.mass(true)
    }

    /// The variance, $p (1-p)$.
    #[inline]
    pub fn variance(&self) -> Real<M> {
        self.mass(true) * self.mass(false)
    }

    /// Probability of `outcome`, with its derivative also where it is 0.
    #[doc(alias = "pmf")]
    #[inline(always)]
    pub fn mass(&self, outcome: bool) -> Real<M> {
        match self.parameter {
            Parameter::Probability(p) if outcome => p,
            Parameter::Probability(p) => 1.0 - p,
            Parameter::Logit(logit) => {
                let odds = if outcome { logit } else { -logit };
                let (mass, rest) = (logistic(odds.peek()), logistic(-odds.peek()));
                Real::from_partials(mass, [(odds, mass * rest)])
            }
        }
    }

    /// Logarithm of the probability of `outcome`.
    #[doc(alias("log_prob", "logpmf"))]
    #[inline(always)]
    pub fn log_density(&self, outcome: bool) -> Real<M> {
        match self.parameter {
            Parameter::Probability(p) => {
                let (x, rest) = (p.peek(), 1.0 - p.peek());
                if (if outcome { x } else { rest }) == 0.0 {
                    return Real::constant(f64::NEG_INFINITY);
                }
                let value = if outcome { x.ln() } else { ln_1p(-x) };
                Real::from_partials(value, [(p, if outcome { 1.0 / x } else { -1.0 / rest })])
            }
            Parameter::Logit(logit) => {
                let against = if outcome { -logit.peek() } else { logit.peek() };
                let slope = logistic(against);
                let partial = if outcome { slope } else { -slope };
                Real::from_partials(-softplus(against), [(logit, partial)])
            }
        }
    }
}

/// Whether a uniform 64-bit word falls into the lowest `probability` of its range.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "in [0, 2^64], saturating"
)]
fn below(word: u64, probability: f64) -> bool {
    const RANGE: f64 = 18_446_744_073_709_551_616.0;
    word < (probability * RANGE) as u64 || probability >= 1.0
}

impl<M: Mode> Distribution<M> for Bernoulli<M> {
    type Value = bool;
    const LATTICE: bool = true;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> bool {
        ends_path(match self.parameter {
            Parameter::Probability(x) | Parameter::Logit(x) => [x],
        });
        let word = stream.bits();
        match self.parameter {
            Parameter::Probability(p) => below(word, p.peek()),
            // The smaller of the two probabilities is the accurate one.
            Parameter::Logit(logit) if logit.peek() > 0.0 => !below(!word, logistic(-logit.peek())),
            Parameter::Logit(logit) => below(word, logistic(logit.peek())),
        }
    }

    #[inline(always)]
    fn log_density(&self, outcome: &bool) -> Real<M> {
        self.log_density(*outcome)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        Support::Naturals { last: Some(1) }
    }

    #[inline(always)]
    fn vanishing(&self, see: &mut impl FnMut(Real<M>)) {
        match self.parameter {
            Parameter::Probability(p) if p.peek() == 0.0 || p.peek() == 1.0 => see(p),
            _ => {}
        }
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        match self.parameter {
            Parameter::Probability(p) => check::probability("probability", p),
            Parameter::Logit(logit) => check::finite("logit", logit),
        }
    }
}
