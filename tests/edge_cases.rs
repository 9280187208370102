//! Edge cases that broke in other libraries, by number, for the families of this one.

use scorepath::distribution::{
    Bernoulli, Binomial, Categorical, Distribution, Exponential, Geometric, Laplace, LogNormal,
    Normal, ParameterError, Poisson, Stream, Support, Uniform,
};
use scorepath::number::Parts;
use scorepath::{Primal, Real, Stochastic, Tangent, sample, stochastic};

type M = Tangent<4>;
type R = Real<M>;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

fn v(value: f64, lane: usize) -> R {
    R::variable(value, lane)
}

/// Value and the first derivatives.
fn parts<const N: usize>(x: R) -> (f64, [f64; N]) {
    (x.primal(), std::array::from_fn(|lane| x.tangent(lane)))
}

/// A log density of minus infinity that moves with nothing.
fn impossible(x: R) {
    assert_eq!(parts(x), (-INF, [0.0; 4]));
}

fn near(found: f64, exact: f64) {
    assert!((found - exact).abs() <= 1e-12 * exact.abs(), "found {found:e}, exact {exact:e}");
}

fn refused<D: Distribution<Primal>>(distribution: &D) -> ParameterError {
    distribution.validate().expect_err(D::name())
}

#[test]
fn case_01_nan_is_refused_in_every_argument() {
    let errors = [
        refused(&<Normal>::new(NAN, 1.0)),
        refused(&<Normal>::new(0.0, NAN)),
        refused(&<LogNormal>::new(NAN, 1.0)),
        refused(&<LogNormal>::new(0.0, NAN)),
        refused(&<Uniform>::new(NAN, 1.0)),
        refused(&<Uniform>::new(0.0, NAN)),
        refused(&<Exponential>::new(NAN)),
        refused(&<Laplace>::new(NAN, 1.0)),
        refused(&<Laplace>::new(0.0, NAN)),
        refused(&<Bernoulli>::new(NAN)),
        refused(&<Bernoulli>::from_logit(NAN)),
        refused(&<Binomial>::new(3, NAN)),
        refused(&<Geometric>::new(NAN)),
        refused(&<Poisson>::new(NAN)),
        refused(&<Categorical<_>>::new([0.5, NAN])),
        refused(&<Categorical<_>>::from_logits([NAN, 0.5])),
    ];
    assert!(errors.iter().all(|error| error.found.is_nan()));
    assert_eq!(errors[14].to_string(), "weights[1] must be finite and >= 0, found NaN");
    assert_eq!(errors[15].to_string(), "logits[0] must be finite or -inf, found NaN");
}

#[test]
fn case_02_scales_and_rates_that_are_infinite_zero_or_negative_are_refused() {
    for bad in [INF, -INF, -1.5, -5e-324] {
        let errors = [
            refused(&<Normal>::new(0.0, bad)),
            refused(&<LogNormal>::new(0.0, bad)),
            refused(&<Exponential>::new(bad)),
            refused(&<Laplace>::new(0.0, bad)),
            refused(&<Poisson>::new(bad)),
            refused(&<Geometric>::new(bad)),
            refused(&<Binomial>::new(3, bad)),
            refused(&<Bernoulli>::new(bad)),
            refused(&<Categorical<_>>::new([1.0, bad])),
        ];
        assert!(errors.iter().all(|error| error.found == bad));
    }
    for error in [
        refused(&<Normal>::new(0.0, 0.0)),
        refused(&<LogNormal>::new(0.0, 0.0)),
        refused(&<Exponential>::new(0.0)),
        refused(&<Laplace>::new(0.0, -0.0)),
        refused(&<Geometric>::new(0.0)),
    ] {
        assert_eq!(error.found, 0.0);
    }
    let text = refused(&<Normal>::new(0.0, -1.5)).to_string();
    assert_eq!(text, "scale must be finite and > 0, found -1.5");
    for infinite in [INF, -INF] {
        refused(&<Normal>::new(infinite, 1.0));
        refused(&<LogNormal>::new(infinite, 1.0));
        refused(&<Laplace>::new(infinite, 1.0));
        refused(&<Bernoulli>::from_logit(infinite));
    }
}

#[test]
fn case_03_a_value_of_nan_gives_nan() {
    assert!(<Normal>::new(0.0, 1.0).log_density(NAN).is_nan());
    assert!(<LogNormal>::new(0.0, 1.0).log_density(NAN).is_nan());
    assert!(<Uniform>::new(0.0, 1.0).log_density(NAN).is_nan());
    assert!(<Exponential>::new(1.0).log_density(NAN).is_nan());
    assert!(<Laplace>::new(0.0, 1.0).log_density(NAN).is_nan());
}

#[test]
fn case_04_infinite_values_are_impossible() {
    for x in [INF, -INF] {
        impossible(Normal::new(v(0.0, 0), v(1.0, 1)).log_density(v(x, 2)));
        impossible(LogNormal::new(v(0.0, 0), v(1.0, 1)).log_density(v(x, 2)));
        impossible(Uniform::new(v(0.0, 0), v(1.0, 1)).log_density(v(x, 2)));
        impossible(Exponential::new(v(1.0, 0)).log_density(v(x, 2)));
        impossible(Laplace::new(v(0.0, 0), v(1.0, 1)).log_density(v(x, 2)));
    }
}

#[test]
fn case_05_values_outside_the_support_are_impossible() {
    for x in [-1.0, -5e-324, 0.0] {
        impossible(LogNormal::new(v(0.0, 0), v(1.0, 1)).log_density(v(x, 2)));
    }
    impossible(Exponential::new(v(1.0, 0)).log_density(v(-1e-300, 2)));
    for x in [-1e-12, 1.000_000_1] {
        impossible(Uniform::new(v(0.0, 0), v(1.0, 1)).log_density(v(x, 2)));
    }
    impossible(Binomial::new(10, v(0.3, 0)).log_density(11));
    impossible(Categorical::new([v(0.5, 0), v(0.5, 1)]).log_density(2));
    impossible(Categorical::from_logits([v(0.5, 0), v(0.5, 1)]).log_density(usize::MAX));
}

#[test]
fn case_06_the_edge_of_the_support_is_finite() {
    let found = Exponential::new(v(3.0, 0)).log_density(v(0.0, 1));
    assert_eq!(parts(found), (3.0_f64.ln(), [1.0 / 3.0, -3.0]));
}

/// The first lane's derivatives of probabilities that are exactly 0 but move.
fn vanishing(d: &impl Distribution<M>) -> Vec<f64> {
    let mut found = Vec::new();
    d.vanishing(&mut |probability: R| found.push(probability.tangent(0)));
    found.retain(|tangent| *tangent != 0.0);
    found
}

#[test]
fn case_08_bernoulli_of_probability_0_and_1() {
    for (p, certain) in [(0.0, false), (1.0, true)] {
        let d = Bernoulli::new(v(p, 0));
        let sign = if certain { 1.0 } else { -1.0 };
        assert_eq!(parts(d.log_density(certain)), (0.0, [sign]));
        impossible(d.log_density(!certain));
        // What enumeration needs: both masses, each with its derivative.
        assert_eq!(parts(d.mass(certain)), (1.0, [sign]));
        assert_eq!(parts(d.mass(!certain)), (0.0, [-sign]));
        assert_eq!(vanishing(&d), [1.0]);
        let mut stream = Stream::from_seed(8);
        assert!((0..100_000).all(|_| d.draw(&mut stream) == certain));
    }
    assert!(vanishing(&Bernoulli::new(v(1e-300, 0))).is_empty());
}

#[test]
fn case_09_bernoulli_of_tiny_probability() {
    for p in [1e-17, 1e-100, 1e-300] {
        assert_eq!(parts(Bernoulli::new(v(p, 0)).log_density(false)), (-p, [-1.0]));
        near(Bernoulli::new(v(p, 0)).log_density(true).tangent(0), 1.0 / p);
    }
}

#[test]
fn case_10_bernoulli_by_logit_in_both_tails() {
    for logit in [20.0_f64, 30.0, 40.0, 300.0, 700.0, 800.0] {
        let tiny = (-logit).exp() / (1.0 + (-logit).exp());
        for sign in [1.0, -1.0] {
            let d = Bernoulli::from_logit(v(sign * logit, 0));
            let likely = d.log_density(sign > 0.0);
            near(likely.primal(), -(-logit).exp().ln_1p());
            near(likely.tangent(0), sign * tiny);
            let unlikely = d.log_density(sign < 0.0);
            near(unlikely.primal(), -logit - (-logit).exp());
            near(unlikely.tangent(0), -sign * (1.0 - tiny));
            assert!(vanishing(&d).is_empty());
        }
    }
}

#[test]
fn case_11_categorical_logits_of_any_size() {
    let at = |shift: f64| {
        let logits = [v(1.0 + shift, 0), v(2.0 + shift, 1), v(-1.0 + shift, 2)];
        parts::<3>(Categorical::from_logits(logits).log_density(0))
    };
    // Shifts that leave the sums exact.
    for shift in [1024.0, -1024.0, 1_048_576.0] {
        assert_eq!(at(shift), at(0.0));
    }
    let d = Categorical::from_logits([v(1e308, 0), v(-1e308, 1), v(1e308, 2)]);
    assert_eq!(parts(d.log_density(0)), (-2.0_f64.ln(), [0.5, 0.0, -0.5]));
    assert_eq!(parts(d.log_density(1)), (-INF, [-0.5, 1.0, -0.5]));
    let d = Categorical::from_logits([v(1000.0, 0), v(-1000.0, 1)]);
    assert_eq!(parts(d.log_density(1)), (-2000.0, [-1.0, 1.0]));
}

#[test]
fn case_12_categorical_with_masked_outcomes() {
    let d = Categorical::from_logits([v(-INF, 0), v(0.0, 1), v(0.0, 2)]);
    assert_eq!(parts(d.log_density(1)), (-2.0_f64.ln(), [0.0, 0.5, -0.5]));
    impossible(d.log_density(0));
    let mut stream = Stream::from_seed(12);
    assert!((0..100_000).all(|_| d.draw(&mut stream) != 0));
    let text = refused(&<Categorical<_>>::from_logits([-INF, -INF])).to_string();
    assert_eq!(text, "the largest of the logits must be finite, found -inf");
    refused(&<Categorical<_>>::from_logits([0.0, INF]));
    let none: [f64; 0] = [];
    let text = refused(&<Categorical<_>>::from_logits(none)).to_string();
    assert_eq!(text, "the number of logits must be > 0, found 0");
}

#[test]
fn case_13_categorical_weights_of_zero_and_any_sum() {
    let d = Categorical::new([v(0.0, 0), v(0.5, 1), v(0.5, 2)]);
    assert_eq!(parts(d.log_density(1)), (-2.0_f64.ln(), [-1.0, 1.0, -1.0]));
    impossible(d.log_density(0));
    assert_eq!(vanishing(&d), [1.0]);
    let fixed = Categorical::new([R::constant(0.0), v(0.5, 0)]);
    assert!(vanishing(&fixed).is_empty());
    let mut stream = Stream::from_seed(13);
    assert!((0..100_000).all(|_| d.draw(&mut stream) != 0));
    // Normalised: a common factor drops out, and the derivatives along the weights sum to 0.
    let (value, partials) = parts::<2>(Categorical::new([v(2.0, 0), v(6.0, 1)]).log_density(1));
    near(value, 0.75_f64.ln());
    near(partials[0], -0.125);
    near(2.0 * partials[0], -6.0 * partials[1]);
    let text = refused(&<Categorical<_>>::new([0.0, 0.0])).to_string();
    assert_eq!(text, "the sum of the weights must be finite and > 0, found 0");
    refused(&<Categorical<_>>::new([1e308, 1e308]));
    refused(&<Categorical<_>>::new([2.0, -1.0]));
}

#[test]
fn case_14_binomial_that_is_certain() {
    assert_eq!(parts(Binomial::new(10, v(0.0, 0)).log_density(0)), (0.0, [-10.0]));
    assert_eq!(parts(Binomial::new(10, v(1.0, 0)).log_density(10)), (0.0, [10.0]));
    for p in [0.0, 0.4, 1.0] {
        let none = Binomial::new(0, v(p, 0));
        assert_eq!(parts(none.log_density(0)), (0.0, [0.0]));
        assert!(vanishing(&none).is_empty());
        assert_eq!(none.draw(&mut Stream::from_seed(14)), 0);
    }
    impossible(Binomial::new(10, v(0.0, 0)).log_density(1));
    impossible(Binomial::new(10, v(1.0, 0)).log_density(9));
    assert_eq!(vanishing(&Binomial::new(10, v(0.0, 0))), [1.0]);
    assert_eq!(vanishing(&Binomial::new(10, v(1.0, 0))), [1.0]);
    assert_eq!(Binomial::new(10, v(1.0, 0)).draw(&mut Stream::from_seed(14)), 10);
}

#[test]
fn case_15_binomial_of_many_trials_ends() {
    let d = <Binomial>::new(16_000_000, 3.14e-10);
    let mut stream = Stream::from_seed(15);
    let total: u64 = (0..1_000_000).map(|_| d.draw(&mut stream)).sum();
    // Of mean 5024 and nearly Poisson.
    let z = (total as f64 - 5024.0) / 5024.0_f64.sqrt();
    assert!(z.abs() < 4.0, "{z}");
    let largest = <Binomial>::new(1 << 53, 0.5);
    assert!((0..1000).all(|_| largest.draw(&mut stream) < 1 << 53));
    for trials in [(1 << 53) + 1, 1 << 63, u64::MAX] {
        assert_eq!(refused(&<Binomial>::new(trials, 0.5)).found, trials as f64);
    }
}

#[test]
fn case_16_poisson_of_any_rate() {
    let zero = Poisson::new(v(0.0, 0));
    assert_eq!(zero.validate(), Ok(()));
    assert_eq!(parts(zero.log_density(0)), (0.0, [-1.0]));
    impossible(zero.log_density(1));
    assert_eq!(vanishing(&zero), [1.0]);
    let mut stream = Stream::from_seed(16);
    for rate in [0.0, 1e-300] {
        assert!((0..1000).all(|_| <Poisson>::new(rate).draw(&mut stream) == 0));
    }
    near(<Poisson>::new(1e15).log_density(1_000_000_000_000_000).value(), -18.188_326_730_660_015);
    for rate in [1e6, 1e15] {
        let d = <Poisson>::new(rate);
        let squares = (0..100_000).map(|_| ((d.draw(&mut stream) as f64 - rate).powi(2)) / rate);
        // The variance of the mean of 1e5 squared standard normals is 2e-5.
        let z = (squares.sum::<f64>() / 1e5 - 1.0) / 2e-5_f64.sqrt();
        assert!(z.abs() < 4.0, "{z}");
    }
    for rate in [1e306, INF, 1e16] {
        let text = refused(&<Poisson>::new(rate)).to_string();
        assert_eq!(text, format!("rate must be in [0, 2^53], found {rate}"));
    }
}

#[test]
fn case_17_geometric_of_tiny_and_full_probability() {
    assert_eq!(refused(&<Geometric>::new(1e-300)).found, 1e-300);
    let mut stream = Stream::from_seed(17);
    let smallest = <Geometric>::new(1e-17);
    assert!((0..100_000).all(|_| smallest.draw(&mut stream) < u64::MAX));
    let certain = Geometric::new(v(1.0, 0));
    assert!((0..1000).all(|_| certain.draw(&mut stream) == 0));
    assert_eq!(parts(certain.log_density(0)), (0.0, [1.0]));
    impossible(certain.log_density(1));
    assert!(!vanishing(&certain).is_empty());
    // Derivative exactly 0 at the maximum, p = 1/(k + 1).
    assert_eq!(Geometric::new(v(0.125, 0)).log_density(7).tangent(0), 0.0);
    assert!(Geometric::new(v(0.5, 0)).log_density(u64::MAX).primal() < -1e18);
}

#[test]
fn case_29_uniform_of_extreme_width() {
    let wide = Uniform::new(v(-1e308, 0), v(1e308, 1));
    let (value, partials) = parts::<2>(wide.log_density(v(0.0, 2)));
    near(value, -709.889_355_822_726);
    near(partials[0], 5e-309);
    near(partials[1], -5e-309);
    let next = 1.0 + f64::EPSILON;
    let narrow = <Uniform>::new(1.0, next);
    // Both ends belong to the support.
    near(narrow.log_density(1.0).value(), 36.043_653_389_117_16);
    near(narrow.log_density(next).value(), 36.043_653_389_117_16);
    let mut stream = Stream::from_seed(29);
    for _ in 0..100_000 {
        assert!((1.0..=next).contains(&narrow.draw(&mut stream).value()));
        assert!(wide.draw(&mut stream).is_finite());
    }
    refused(&<Uniform>::new(1.0, 1.0));
    refused(&<Uniform>::new(2.0, 1.0));
}

#[test]
fn case_30_laplace_at_its_kink() {
    let found = Laplace::new(v(0.5, 0), v(2.0, 1)).log_density(v(0.5, 2));
    assert_eq!(parts(found), (-4.0_f64.ln(), [0.0, -0.5, 0.0]));
}

#[test]
fn case_33_moving_edges_are_declared() {
    let d = Uniform::new(R::constant(0.0), v(2.0, 0));
    let Support::Interval { low, high } = d.support() else { panic!("an interval") };
    assert_eq!((parts(low), parts(high)), ((0.0, [0.0]), (2.0, [1.0])));
}

/// Twice the mean of a uniform draw, by whatever strategy.
#[stochastic]
fn width(theta: Real) -> Real {
    let x = sample!(Uniform::new(0.0, theta));
    2.0 * x
}

/// The chance of the upper half: a jump, which asks for the score function.
#[stochastic]
fn upper_half(theta: Real) -> f64 {
    let x = sample!(Uniform::new(0.0, theta));
    if x > 1.0 { 1.0 } else { 0.0 }
}

#[test]
fn case_33_a_moving_edge_is_never_scored() {
    let gradient = width(2.0).gradient().replicates(10_000).seed(33).run().unwrap();
    let found = gradient.gradient()[0];
    let z = (found.mean - 1.0) / found.standard_error.unwrap();
    assert!(z.abs() < 4.0, "{found:?}");
    let error = upper_half(2.0).gradient().replicates(1000).seed(33).run().unwrap_err();
    assert!(matches!(error, scorepath::Error::MovingSupport { .. }), "{error}");
}
