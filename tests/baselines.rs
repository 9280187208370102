//! Baselines are unbiased at any number of replicates, by averaging whole queries over many seeds, and
//! so is `baseline = expr`; a baseline that sees its own replicate is not, and is rejected.

use scorepath::distribution::{Distribution, Stream};
use scorepath::prelude::*;
use scorepath_tests::{Exact, Law, Mismatch, Moments, REPLICATES, Replicate, check, compare};

/// Queries that are averaged.
const SEEDS: u64 = 20_000;

/// Offset, scale and the exact derivative in the location of E x^2.
const D: f64 = 1.5;
const S: f64 = 2.0;

#[stochastic]
fn square(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, S), strategy = ScoreFunction);
    z * z
}

/// Mean of numbers, and its standard error.
fn average(numbers: &[f64]) -> [f64; 2] {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let squares: f64 = numbers.iter().map(|x| (x - mean).powi(2)).sum();
    [mean, (squares / (n - 1.0) / n).sqrt()]
}

/// The law of a whole estimate of known mean and variance; how far the sample variance may be from
/// it is taken from the sample's own fourth moment.
fn whole(numbers: &[f64], mean: f64, variance: f64) -> Moments {
    let n = numbers.len() as f64;
    let centre = numbers.iter().sum::<f64>() / n;
    let moment = |power| numbers.iter().map(|x| (x - centre).powi(power)).sum::<f64>() / n;
    let spread = (moment(4) / moment(2).powi(2) - 1.0).sqrt();
    Moments { mean, variance, spread, scale: variance.sqrt(), fitting: 0.0 }
}

/// The variance of a query of `k` replicates with the mean of the others as its baseline, where the
/// value depends on the parameter through the draw only. It is then the sample covariance of value
/// and score, of variance `m22 / k - (k-2) c^2 / (k (k-1)) + vf vs / (k (k-1))`.
///
/// Source: Kendall and Stuart (1977), The Advanced Theory of Statistics 1, chapter 13.
fn leave_one_out(k: f64, law: &Law<1>) -> f64 {
    let mean = law.mean(|r| r.value);
    let covariance = law.mean(|r| r.gradient[0]);
    let mixed = law.mean(|r| ((r.value - mean) * r.score[0]).powi(2));
    let variances = law.mean(|r| (r.value - mean).powi(2)) * law.mean(|r| r.score[0].powi(2));
    mixed / k + (variances - (k - 2.0) * covariance * covariance) / (k * (k - 1.0))
}

/// The estimates of the first derivative for many seeds.
fn over_seeds<S: Stochastic>(program: &S, replicates: u64, baseline: Baseline) -> Vec<f64> {
    let query = program.gradient().replicates(replicates).baseline(baseline);
    (0..SEEDS).map(|seed| query.clone().seed(seed).run().unwrap().gradient()[0].mean).collect()
}

fn quadratic_law() -> Law<1> {
    Law::normal(|e| Replicate::scored((D + S * e).powi(2), [e / S]))
}

#[test]
fn few_replicates() {
    let law = quadratic_law();
    for k in [2, 4, 16] {
        let variance = leave_one_out(k as f64, &law);
        // Too few for the optimal one, which is then the mean.
        for baseline in [Baseline::Mean, Baseline::Optimal] {
            let found = over_seeds(&square(D), k, baseline);
            let law = whole(&found, 2.0 * D, variance);
            compare("mu", average(&found), SEEDS, 2.0 * D, &law).unwrap();
        }
        let found = over_seeds(&square(D), k, Baseline::None);
        let law = whole(&found, 2.0 * D, law.derivative(0, Baseline::None).variance / k as f64);
        compare("mu", average(&found), SEEDS, 2.0 * D, &law).unwrap();
    }
}

#[stochastic]
fn coin(logit: Real, target: f64) -> f64 {
    let b = sample!(Bernoulli::from_logit(logit));
    (f64::from(u8::from(b)) - target).powi(2)
}

/// The published variances of two replicates that are each other's baseline.
#[test]
fn two_replicates_of_a_coin() {
    for (target, published) in [(0.45, 6.25e-4), (0.499, 2.5e-7)] {
        let (f1, f0): (f64, f64) = ((1.0_f64 - target).powi(2), target * target);
        let outcome = |f: f64, score: f64| (0.5, Replicate::scored(f, [score]));
        let variance = leave_one_out(2.0, &Law::new([outcome(f1, 0.5), outcome(f0, -0.5)]));
        assert!((variance / published - 1.0).abs() < 1e-6, "{variance}, {published}");
        let slope = (1.0 - 2.0 * target) / 4.0;
        let found = over_seeds(&coin(0.0, target), 2, Baseline::Mean);
        let law = whole(&found, slope, variance);
        compare("logit", average(&found), SEEDS, slope, &law).unwrap();
    }
}

/// From 64 replicates on each fold uses the coefficient of the other one. With `r` the rest under the
/// best coefficient, of variance `v`, a coefficient fitted on `m` replicates has the variance
/// `E r^2 s^2 / (m (E s^2)^2)` to the order 1/m, and adds that times `E s^2` to `v`. Here `r` is
/// `S (e^3 - 3 e) + 2 D (e^2 - 1)`, `v` is 42 and `E r^2 e^2` 258, so 258 / 42 / m is added, 19 % at 32.
/// As much again is left for the higher orders.
#[test]
fn two_folds() {
    let law = quadratic_law();
    let best = law.derivative(0, Baseline::Optimal).variance;
    let coefficient = D * D + 3.0 * S * S;
    let rest = |r: &Replicate<1>| r.gradient[0] - coefficient * r.score[0] - 2.0 * D;
    let mixed = law.mean(|r| (rest(r) * r.score[0]).powi(2));
    let relative = mixed / law.mean(|r| r.score[0].powi(2)) / best;
    assert!((relative - 258.0 / 42.0).abs() < 1e-6, "{relative}");
    for k in [64, 65, 100] {
        let found = over_seeds(&square(D), k, Baseline::Optimal);
        let [mean, error] = average(&found);
        assert!((mean - 2.0 * D).abs() < 4.0 * error, "{k}: {mean} +- {error}");
        let ratio = error * error * SEEDS as f64 * k as f64 / best;
        let excess = relative / (k / 2) as f64;
        let slack = 4.0 * whole(&found, mean, best).spread / (SEEDS as f64).sqrt();
        assert!(ratio > 1.0 - slack && ratio < 1.0 + 2.0 * excess + slack, "{k}: {ratio}");
    }
}

#[stochastic]
fn rare(rate: Real) -> f64 {
    let events = sample!(Poisson::new(rate));
    if events > 0 { 4.0 } else { -3.0 }
}

/// At a rate of 1/64 most queries of 16 replicates, and most folds of 32, see no event, so that all
/// their scores are -1. Which baseline they then use may depend on the other replicates, or the
/// other fold, only; a rule that looks at all of them is biased. Whatever the baseline is between
/// the two values, the variance is largest with -3, which leaves 7 times the score where there are
/// events: `49 (1 / rate - q) - 49 q^2` with `q = exp(-rate)`.
fn unbiased_on_rare_events(replicates: u64, baseline: Baseline) {
    let rate = 1.0_f64 / 64.0;
    let q = (-rate).exp();
    let found = over_seeds(&rare(rate), replicates, baseline);
    let [mean, error] = average(&found);
    let ceiling = 49.0 * (1.0 / rate - q - q * q) / replicates as f64 / SEEDS as f64;
    let z = (mean - 7.0 * q) / error;
    assert!(z.abs() < 4.0 && error * error < ceiling, "{mean} +- {error}, z = {z}");
}

#[test]
fn mean_of_a_rare_event() {
    unbiased_on_rare_events(16, Baseline::Mean);
}

#[test]
fn two_folds_without_variance() {
    unbiased_on_rare_events(64, Baseline::Optimal);
}

#[test]
fn two_folds_of_a_rare_event() {
    unbiased_on_rare_events(256, Baseline::Optimal);
}

#[test]
fn one_replicate() {
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        let query = square(D).gradient().replicates(1).baseline(baseline);
        let report = query.clone().seed(1).run().unwrap();
        assert_eq!(report.gradient()[0].standard_error, None);
        let found = over_seeds(&square(D), 1, baseline);
        let law = quadratic_law().derivative(0, Baseline::None);
        compare("mu", average(&found), SEEDS, 2.0 * D, &law).unwrap();
    }
}

/// Baselines by hand on the same numbers: `estimate` sees values and scores of `k` replicates.
fn by_hand(k: usize, estimate: impl Fn(&[(f64, f64)]) -> f64) -> Vec<f64> {
    let mut stream = Stream::from_seed(91);
    let mut query = || {
        let replicates: Vec<_> = (0..k)
            .map(|_| {
                let e = stream.standard_normal();
                ((D + S * e).powi(2), e / S)
            })
            .collect();
        estimate(&replicates)
    };
    (0..SEEDS).map(|_| query()).collect()
}

/// The mean of `(f - b) s`.
fn with_constant(replicates: &[(f64, f64)], b: f64) -> f64 {
    replicates.iter().map(|(f, s)| (f - b) * s).sum::<f64>() / replicates.len() as f64
}

fn mean_value(replicates: &[(f64, f64)]) -> f64 {
    replicates.iter().map(|(f, _)| f).sum::<f64>() / replicates.len() as f64
}

/// The control: a mean that includes the replicate itself shrinks the derivative by (k - 1) / k, and
/// a coefficient that is fitted on the replicates it is used for is biased too.
#[test]
fn baselines_that_see_their_own_replicate() {
    for k in [2, 4, 16] {
        let n = k as f64;
        let variance = leave_one_out(n, &quadratic_law());
        let found = by_hand(k, |r| with_constant(r, mean_value(r)));
        let law = whole(&found, 2.0 * D, variance);
        let error = compare("mu", average(&found), SEEDS, 2.0 * D, &law).unwrap_err();
        assert!(matches!(error, Mismatch::Mean { .. }), "{error}");
        // The same numbers with the factor taken out pass.
        let mended: Vec<_> = found.iter().map(|x| x * n / (n - 1.0)).collect();
        let law = whole(&mended, 2.0 * D, variance);
        compare("mu", average(&mended), SEEDS, 2.0 * D, &law).unwrap();
    }
    let found = by_hand(8, |r| {
        let scores = r.iter().map(|(_, s)| s).sum::<f64>() / 8.0;
        let mean = with_constant(r, 0.0);
        let covariance: f64 = r.iter().map(|(f, s)| (f * s - mean) * (s - scores)).sum();
        let variance: f64 = r.iter().map(|(_, s)| (s - scores).powi(2)).sum();
        mean - covariance / variance * scores
    });
    let [mean, error] = average(&found);
    let law = whole(&found, 2.0 * D, error * error * SEEDS as f64);
    let error = compare("mu", [mean, error], SEEDS, 2.0 * D, &law).unwrap_err();
    assert!(matches!(error, Mismatch::Mean { .. }), "{error}");
}

#[stochastic]
fn against_constant(mu: Real, b: f64) -> Real {
    let z = sample!(Normal::new(mu, S), strategy = ScoreFunction, baseline = b);
    z * z
}

/// `(f - b) e / s` by the option of the site, for which the mean of the values is no baseline any
/// more; none is needed at the best constant, d^2 + 3 s^2.
#[test]
fn a_constant_at_the_site() {
    let exact = Exact { value: D * D + S * S, gradient: [2.0 * D] };
    for b in [0.0, 5.0, D * D + 3.0 * S * S, -7.0] {
        let law = Law::normal(|e| {
            let f = (D + S * e).powi(2);
            Replicate { value: f, gradient: [(f - b) * e / S], score: [e / S] }
        });
        let query = against_constant(D, b).gradient().replicates(REPLICATES).seed(92);
        check(query.clone(), Baseline::None, &exact, &law).unwrap();
        // On top of it the optimal one finds the same rest whatever the constant.
        check(query, Baseline::Optimal, &exact, &law).unwrap();
        let best = law.derivative(0, Baseline::Optimal).variance;
        assert!((best / (8.0 * D * D + 6.0 * S * S) - 1.0).abs() < 1e-9);
    }
}

#[stochastic]
fn two_steps(mu: Real) -> Real {
    let x = sample!(Normal::new(mu, 1.0), strategy = ScoreFunction);
    let expected = x * x + 2.0 * mu * x + mu * mu + 1.0;
    let y = sample!(Normal::new(mu, 1.0), strategy = ScoreFunction, baseline = expected);
    (x + y).powi(2)
}

/// A baseline that knows the first draw when it stands before the second: E ((x + y)^2 | x).
#[test]
fn a_function_of_earlier_draws_at_the_site() {
    let mu = 0.6;
    let exact = Exact { value: 4.0 * mu * mu + 2.0, gradient: [8.0 * mu] };
    let law = Law::normals(0.5, |e: [f64; 2]| {
        let (x, y) = (mu + e[0], mu + e[1]);
        let (f, b) = ((x + y).powi(2), (x + mu).powi(2) + 1.0);
        Replicate { value: f, gradient: [f * (e[0] + e[1]) - b * e[1]], score: [e[0] + e[1]] }
    });
    let query = two_steps(mu).gradient().replicates(REPLICATES).seed(93);
    for baseline in [Baseline::None, Baseline::Optimal] {
        check(query.clone(), baseline, &exact, &law).unwrap();
    }
}

/// A normal law that always gives the same, known point: the way for a baseline to see its draw.
#[derive(Clone, Copy)]
struct Known<M: Mode = Primal> {
    point: Real<M>,
    loc: Real<M>,
}

impl<M: Mode> Distribution<M> for Known<M> {
    type Value = Real<M>;

    fn draw(&self, _: &mut Stream) -> Real<M> {
        self.point
    }

    fn log_density(&self, x: &Real<M>) -> Real<M> {
        Normal::new(self.loc, S).log_density(x)
    }
}

#[stochastic]
fn against_itself(mu: Real, seen: bool) -> Real {
    let e = sample!(Noise(rand_distr::Normal::new(D, S).unwrap()));
    let b = if seen { e * e } else { Real::from(0.0) };
    let z = sample!(Known { point: e, loc: mu }, baseline = b);
    z * z
}

#[test]
fn a_site_that_sees_its_own_draw() {
    let exact = Exact { value: D * D + S * S, gradient: [2.0 * D] };
    let law = quadratic_law();
    let query = |seen| against_itself(D, seen).gradient().replicates(REPLICATES).seed(94);
    check(query(false), Baseline::None, &exact, &law).unwrap();
    let error = check(query(true), Baseline::None, &exact, &law).unwrap_err();
    let Mismatch::Mean { found, .. } = &error else { panic!("{error}") };
    // 0 but for the rounding of 1e5 terms of size 1.
    assert!(found.abs() < 1e-11, "{found}");
}
