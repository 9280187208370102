//! The categorical distribution.

use core::marker::PhantomData;

use super::{Distribution, ParameterError, Stream, Support, ends_path};
use crate::number::special::ln_1p;
use crate::number::{Mode, Primal, Real};

/// The categorical distribution: one of $K$ outcomes, counted from 0.
///
/// # Density
/// $P(k) = \frac{w_k}{\sum_j w_j}$; by logits $\ell$, $P(k) = \frac{e^{\ell_k}}{\sum_j e^{\ell_j}}$.
///
/// # Parameters
/// `weights` $w$, finite and at least 0, not all 0: **they are normalised**, so they need not sum to 1,
/// and derivatives are those of the normalised probabilities. Or `logits` $\ell$, finite or minus
/// infinity (an outcome that is masked), not all minus infinity. An array by value, or a slice or
/// array or vector by reference; of `Real` or of plain numbers.
///
/// # Support
/// $0 \le k < K$; the log density of other values, and of outcomes with probability 0, is minus
/// infinity, with derivative 0.
///
/// # Derivatives
/// Score function. Where a weight is exactly 0 and moves, the score function would never see the
/// outcome that is about to become possible, and is refused.
///
/// # Numerics
/// Of the probability of a likely outcome the rest is summed, not subtracted from 1, so $\ln P$ and its
/// derivatives keep their relative accuracy. Logits are shifted by the largest. Draws go through the
/// outcomes in order, without allocation; their probability is right to 2^-53.
///
/// # Errors
/// Reported at the site: a weight not finite or negative; no weight, or a sum that is 0 or not finite;
/// a logit that is NaN or plus infinity; no logit, or all minus infinity.
///
/// # Example
/// ```
/// use scorepath::distribution::Categorical;
///
/// let d = <Categorical<_>>::new([1.0, 3.0]).log_density(1);
/// assert_eq!(d.value(), 0.75_f64.ln());
/// ```
///
/// # Source
/// Devroye (1986), Non-Uniform Random Variate Generation, section III.2 (sequential search).
#[derive(Clone, Copy, Debug)]
#[expect(clippy::doc_markdown, reason = "indices in formulas")]
pub struct Categorical<W, M: Mode = Primal> {
    weights: W,
    logarithmic: bool,
    mode: PhantomData<M>,
}

/// A list of weights: an array, or a reference to an array, slice or vector, of `Real` or plain numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the weights of a `Categorical`",
    note = "write an array, or a reference to an array, slice or vector, of `Real` or plain numbers"
)]
pub trait Weights<M: Mode> {
    /// One weight.
    type Weight: Copy + Into<Real<M>>;
    /// All of them.
    fn as_slice(&self) -> &[Self::Weight];
}

macro_rules! weights {
    ($([$($generics:tt)*] $list:ty;)*) => {$(
        impl<M: Mode, T: Copy + Into<Real<M>>, $($generics)*> Weights<M> for $list {
            type Weight = T;
            #[inline(always)]
            fn as_slice(&self) -> &[T] {
                &self[..]
            }
        }
    )*};
}

weights! {
    [const K: usize] [T; K];
    [const K: usize] &[T; K];
    [] &[T];
    [] &Vec<T>;
}

impl<M: Mode, W: Weights<M>> Categorical<W, M> {
    /// With probabilities in proportion to `weights`.
    #[inline(always)]
    pub fn new(weights: W) -> Self {
        Self { weights, logarithmic: false, mode: PhantomData }
    }

    /// With probabilities in proportion to the exponentials of `logits`.
    #[inline(always)]
    pub fn from_logits(logits: W) -> Self {
        Self { weights: logits, logarithmic: true, mode: PhantomData }
    }

    #[inline(always)]
    fn reals(&self) -> impl Iterator<Item = Real<M>> {
        self.weights.as_slice().iter().map(|&weight| weight.into())
    }

    /// The largest logit.
    #[inline(always)]
    fn largest(&self) -> f64 {
        self.reals().fold(f64::NEG_INFINITY, |largest, logit| largest.max(logit.peek()))
    }

    /// The weights as plain numbers, logits relative to the largest.
    #[inline(always)]
    fn plain(&self) -> impl Iterator<Item = f64> {
        let shift = if self.logarithmic { self.largest() } else { 0.0 };
        self.reals().map(move |weight| {
            if self.logarithmic { (weight.peek() - shift).exp() } else { weight.peek() }
        })
    }

    /// Logarithm of the probability of `outcome`.
    #[doc(alias("log_prob", "logpmf"))]
    #[inline(always)]
    pub fn log_density(&self, outcome: usize) -> Real<M> {
        let Some(&own) = self.weights.as_slice().get(outcome) else {
            return Real::constant(f64::NEG_INFINITY);
        };
        let own = own.into();
        if self.logarithmic { self.by_logits(own, outcome) } else { self.by_weights(own, outcome) }
    }

    #[inline(always)]
    fn by_weights(&self, own: Real<M>, outcome: usize) -> Real<M> {
        let weight = own.peek();
        if weight == 0.0 {
            return Real::constant(f64::NEG_INFINITY);
        }
        let others = self.reals().enumerate().filter(|(index, _)| *index != outcome);
        let rest = others.fold(Real::constant(0.0), |sum, (_, other)| sum + other);
        let total = weight + rest.peek();
        Real::from_partials(
            log_share(weight, rest.peek()),
            [(own, rest.peek() / total / weight), (rest, -1.0 / total)],
        )
    }

    #[inline(always)]
    fn by_logits(&self, own: Real<M>, outcome: usize) -> Real<M> {
        if own.peek() == f64::NEG_INFINITY {
            return Real::constant(f64::NEG_INFINITY);
        }
        let largest = self.largest();
        let mut rest = 0.0;
        let mut pull = Real::constant(0.0);
        for (_, other) in self.reals().enumerate().filter(|(index, _)| *index != outcome) {
            let weight = (other.peek() - largest).exp();
            rest += weight;
            pull = Real::from_partials(0.0, [(pull, 1.0), (other, weight)]);
        }
        let distance = own.peek() - largest;
        let weight = distance.exp();
        let total = weight + rest;
        let value = if distance == 0.0 { -ln_1p(rest) } else { distance - total.ln() };
        Real::from_partials(value, [(own, rest / total), (pull, -1.0 / total)])
    }
}

/// `ln(weight / (weight + rest))`.
#[inline(always)]
fn log_share(weight: f64, rest: f64) -> f64 {
    if weight > rest { -ln_1p(rest / weight) } else { (weight / (weight + rest)).ln() }
}

impl<M: Mode, W: Weights<M>> Distribution<M> for Categorical<W, M> {
    type Value = usize;
    const LATTICE: bool = true;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> usize {
        ends_path(self.reals());
        let target = stream.half_open01() * self.plain().sum::<f64>();
        let mut sum = 0.0;
        let (mut outcome, mut last) = (0, 0);
        for (index, weight) in self.plain().enumerate() {
            sum += weight;
            outcome += usize::from(target >= sum);
            last = if weight > 0.0 { index } else { last };
        }
        // Only rounding of the smallest numbers leads past the last one.
        outcome.min(last)
    }

    #[inline(always)]
    fn log_density(&self, outcome: &usize) -> Real<M> {
        self.log_density(*outcome)
    }

    #[inline(always)]
    fn support(&self) -> Support<M> {
        let last = self.weights.as_slice().len().checked_sub(1);
        Support::Naturals { last: last.map(|last| last as u64) }
    }

    #[inline(always)]
    fn vanishing(&self, see: &mut impl FnMut(Real<M>)) {
        let never = if self.logarithmic { f64::NEG_INFINITY } else { 0.0 };
        self.reals().filter(|weight| weight.peek() == never).for_each(see);
    }

    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        let fair = |weight: f64| {
            if self.logarithmic { weight < f64::INFINITY } else { weight >= 0.0 }
        };
        let total: f64 = if self.logarithmic {
            self.largest()
        } else {
            self.reals().map(|weight| weight.peek()).sum()
        };
        let enough = self.logarithmic || total > 0.0;
        if self.reals().all(|weight| fair(weight.peek())) && total.is_finite() && enough {
            return Ok(());
        }
        Err(self.refusal(total))
    }
}

impl<M: Mode, W: Weights<M>> Categorical<W, M> {
    /// What is wrong with the weights.
    #[cold]
    #[inline(never)]
    fn refusal(&self, total: f64) -> ParameterError {
        let list = if self.logarithmic { "logits" } else { "weights" };
        if self.weights.as_slice().is_empty() {
            return ParameterError::new(format!("the number of {list}"), "> 0", 0.0);
        }
        for (index, weight) in self.reals().enumerate() {
            let weight = weight.peek();
            let name = || format!("{list}[{index}]");
            if self.logarithmic && (weight.is_nan() || weight == f64::INFINITY) {
                return ParameterError::new(name(), "finite or -inf", weight);
            }
            if !self.logarithmic && !(0.0..f64::INFINITY).contains(&weight) {
                return ParameterError::new(name(), "finite and >= 0", weight);
            }
        }
        if self.logarithmic {
            return ParameterError::new("the largest of the logits", "finite", total);
        }
        ParameterError::new("the sum of the weights", "finite and > 0", total)
    }
}
