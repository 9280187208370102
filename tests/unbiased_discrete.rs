//! Programs of discrete draws, with every baseline: the law is a sum over the outcomes.

use scorepath::prelude::*;
use scorepath_tests::{Exact, Law, REPLICATES, Replicate, check, reference};

/// Checks a program by the default plan and by score function, with every baseline.
fn all_baselines<S: Stochastic, const P: usize>(program: &S, exact: &Exact<P>, law: &Law<P>) {
    let query = program.gradient().replicates(2 * REPLICATES).seed(21);
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        let report = check(query.clone(), baseline, exact, law).unwrap();
        let mut forced = query.clone();
        for site in report.sites() {
            assert_eq!(site.strategy(), Strategy::ScoreFunction);
            forced = forced.strategy(site.key(), Strategy::ScoreFunction);
        }
        let same = forced.baseline(baseline).run().unwrap();
        assert_eq!(same.gradient(), report.gradient());
    }
}

/// Probability of `k` events at a rate.
fn poisson(rate: f64, k: f64) -> f64 {
    let factors = (1..=100).map(f64::from).filter(|j| *j <= k).map(|j| rate / j);
    factors.product::<f64>() * (-rate).exp()
}

/// Probability of `k` successes in `n` trials.
fn binomial(n: f64, p: f64, k: f64) -> f64 {
    let ways = (0..100).map(f64::from).filter(|j| *j < k);
    ways.fold(1.0, |c, j| c * (n - j) / (j + 1.0)) * p.powf(k) * (1.0 - p).powf(n - k)
}

/// Score of `k` successes in `n` trials.
fn binomial_score(n: f64, p: f64, k: f64) -> f64 {
    (k - n * p) / (p * (1.0 - p))
}

/// The probabilities in proportion to the exponentials.
fn softmax<const K: usize>(logits: [f64; K]) -> [f64; K] {
    let total: f64 = logits.iter().map(|l| l.exp()).sum();
    logits.map(|l| l.exp() / total)
}

#[stochastic]
fn count_squared(rate: Real) -> f64 {
    let x = sample!(Poisson::new(rate));
    (x * x) as f64
}

#[test]
fn poisson_square() {
    let ([rate], exact) = reference("poisson_square", ["rate"]);
    for (rate, exact) in [(rate, exact), (4.0, Exact { value: 20.0, gradient: [9.0] })] {
        let law = Law::counts(
            80,
            |k| poisson(rate, k),
            |k| Replicate::scored(k * k, [(k - rate) / rate]),
        );
        all_baselines(&count_squared(rate), &exact, &law);
    }
}

#[stochastic]
fn at_least_4(rate: Real) -> f64 {
    let x = sample!(Poisson::new(rate));
    if x >= 4 { 1.0 } else { 0.0 }
}

#[test]
fn poisson_tail() {
    let ([rate], exact) = reference("poisson_tail", ["rate"]);
    let law = Law::counts(
        80,
        |k| poisson(rate, k),
        |k| Replicate::scored(f64::from(k >= 4.0), [(k - rate) / rate]),
    );
    all_baselines(&at_least_4(rate), &exact, &law);
}

#[stochastic]
fn discount(rate: Real) -> f64 {
    let x = sample!(Poisson::new(rate));
    (-(x as f64)).exp()
}

#[test]
fn poisson_exponential() {
    let rate = 4.0;
    let exact = Exact { value: 0.079_780_015_7, gradient: [-0.050_430_588_1] };
    let law = Law::counts(
        80,
        |k| poisson(rate, k),
        |k| Replicate::scored((-k).exp(), [(k - rate) / rate]),
    );
    all_baselines(&discount(rate), &exact, &law);
}

#[stochastic]
fn successes_squared(p: Real) -> f64 {
    let x = sample!(Binomial::new(12, p));
    (x * x) as f64
}

#[test]
fn binomial_square() {
    let ([p], exact) = reference("binomial_square", ["p"]);
    let law = Law::counts(
        12,
        |k| binomial(12.0, p, k),
        |k| Replicate::scored(k * k, [binomial_score(12.0, p, k)]),
    );
    all_baselines(&successes_squared(p), &exact, &law);
}

#[stochastic]
fn thinned(p: Real) -> f64 {
    let first = sample!(Binomial::new(10, p));
    let second = sample!(Binomial::new(first, p));
    second as f64
}

#[test]
fn binomial_of_binomial() {
    for (p, slope) in [(0.3, 6.0), (0.7, 14.0)] {
        let exact = Exact { value: 10.0 * p * p, gradient: [slope] };
        let pairs = (0..=10_u8).flat_map(|n| (0..=n).map(move |k| (f64::from(n), f64::from(k))));
        let law = Law::new(pairs.map(|(n, k)| {
            let score = binomial_score(10.0, p, n) + binomial_score(n, p, k);
            (binomial(10.0, p, n) * binomial(n, p, k), Replicate::scored(k, [score]))
        }));
        all_baselines(&thinned(p), &exact, &law);
    }
}

#[stochastic]
fn class_squared(logits: [Real; 4]) -> f64 {
    let k = sample!(Categorical::from_logits(logits));
    (k * k) as f64
}

/// The same by probabilities that the program computes.
#[stochastic]
fn class_squared_by_weights(logits: [Real; 4]) -> f64 {
    let k = sample!(Categorical::new(logits.map(Real::exp)));
    (k * k) as f64
}

#[test]
fn categorical_logits_square() {
    let (logits, exact) = reference("categorical_logits_square", ["l0", "l1", "l2", "l3"]);
    let p = softmax(logits);
    let law = Law::new((0..4_u8).map(|k| {
        let score = [0, 1, 2, 3].map(|j: u8| f64::from(j == k) - p[usize::from(j)]);
        (p[usize::from(k)], Replicate::scored(f64::from(k * k), score))
    }));
    all_baselines(&class_squared(logits), &exact, &law);
    all_baselines(&class_squared_by_weights(logits), &exact, &law);
}

#[stochastic]
fn pairs_of_classes(logits: [Real; 3]) -> f64 {
    let mut counts = [0_u32; 3];
    for _ in 0..6 {
        counts[sample!(Categorical::from_logits(logits), name = "class")] += 1;
    }
    f64::from(counts[0] * counts[1])
}

#[test]
fn multinomial_product() {
    let (logits, exact) = reference("multinomial_product", ["l0", "l1", "l2"]);
    let p = softmax(logits);
    let counts = (0..=6_u8).flat_map(|a| (0..=6 - a).map(move |b| [a, b, 6 - a - b]));
    let law = Law::new(counts.map(|counts| {
        let [a, b, c] = counts.map(f64::from);
        let weight = binomial(6.0, p[0], a) * binomial(6.0 - a, p[1] / (p[1] + p[2]), b);
        (weight, Replicate::scored(a * b, [a - 6.0 * p[0], b - 6.0 * p[1], c - 6.0 * p[2]]))
    }));
    all_baselines(&pairs_of_classes(logits), &exact, &law);
}

#[stochastic]
fn one_more(logit: Real) -> f64 {
    let x = sample!(Bernoulli::from_logit(logit));
    1.0 + f64::from(u8::from(x))
}

/// A failure of probability 9.4e-14 is not seen, so there is no error to measure; the standard error
/// that the law gives, 3.1e-7 a replicate, bounds the distance all the same.
#[test]
fn bernoulli_logit_edge() {
    let ([logit], exact) = reference("bernoulli_logit_edge", ["l"]);
    let rest = (-logit).exp() / (1.0 + (-logit).exp());
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        let query = one_more(logit).gradient().replicates(REPLICATES).seed(22);
        let report = query.baseline(baseline).run().unwrap();
        // Two outcomes, of score `rest` and `rest - 1`, and a value of at most 2 for both.
        let error = 2.0 * (rest * (1.0 - rest) / REPLICATES as f64).sqrt();
        let found = report.gradient()[0].mean;
        assert!((found - exact.gradient[0]).abs() < 4.0 * error, "{found}");
        assert_eq!(report.value().mean, 2.0);
        assert!((2.0 - exact.value) < 1e-13);
    }
    // Where both outcomes are seen, on both sides, the value is 1 + p and the slope p (1 - p).
    for logit in [-2.0_f64, 0.5, 4.0] {
        let p = 1.0 / (1.0 + (-logit).exp());
        let exact = Exact { value: 1.0 + p, gradient: [p * (1.0 - p)] };
        let outcome = |x: f64| Replicate::scored(1.0 + x, [x - p]);
        let law = Law::new([(p, outcome(1.0)), (1.0 - p, outcome(0.0))]);
        all_baselines(&one_more(logit), &exact, &law);
    }
}

#[stochastic]
fn lottery(theta: Real) -> Real {
    let win = sample!(Bernoulli::new(theta));
    if win { Real::from(0.0) } else { -theta / 2.0 }
}

#[test]
fn bernoulli_with_a_moving_loss() {
    let theta = 0.4;
    let exact = Exact { value: -0.12, gradient: [theta - 0.5] };
    let win = Replicate::scored(0.0, [1.0 / theta]);
    let loss = Replicate::scored(-theta / 2.0, [-1.0 / (1.0 - theta)]).plus([-0.5]);
    let law = Law::new([(theta, win), (1.0 - theta, loss)]);
    // The published variance of the score function.
    let published = law.derivative(0, Baseline::None).variance;
    assert!((published - 0.006_666_67).abs() < 1e-8, "{published}");
    all_baselines(&lottery(theta), &exact, &law);
}

#[stochastic]
fn distance(p: Real, target: f64) -> f64 {
    let b = sample!(Bernoulli::new(p));
    (f64::from(u8::from(b)) - target).powi(2)
}

#[stochastic]
fn distance_by_logit(logit: Real, target: f64) -> f64 {
    let b = sample!(Bernoulli::from_logit(logit));
    (f64::from(u8::from(b)) - target).powi(2)
}

/// The toy of the REBAR paper: a slope of 0.1 down to 0.002 between nearly equal outcomes.
#[test]
fn bernoulli_near_a_tie() {
    for (target, slope) in [(0.45, 0.1), (0.499, 0.002), (0.49, 0.02)] {
        let [low, high] = [0.0_f64, 1.0].map(|b| (b - target).powi(2));
        let exact = Exact { value: 0.5 * (low + high), gradient: [slope] };
        let law = |score: f64| {
            let [low, high] =
                [(low, -score), (high, score)].map(|(f, s)| Replicate::scored(f, [s]));
            Law::new([(0.5, low), (0.5, high)])
        };
        all_baselines(&distance(0.5, target), &exact, &law(2.0));
        let exact = Exact { gradient: [slope / 4.0], ..exact };
        all_baselines(&distance_by_logit(0.0, target), &exact, &law(0.5));
    }
}

#[stochastic]
fn three_coins(logit: Real) -> f64 {
    let coins = [0.6, 0.51, 0.48].map(|target| {
        let b = sample!(Bernoulli::from_logit(logit));
        (f64::from(u8::from(b)) - target).powi(2)
    });
    coins.iter().sum()
}

#[test]
fn three_bernoullis_of_one_logit() {
    // Each coin gives t^2 or (1 - t)^2 with a mean slope of (1 - 2 t) / 4.
    let exact = Exact { value: 0.7605, gradient: [-0.045] };
    let law = Law::new((0..8_u8).map(|bits| {
        let coins = [0.6, 0.51, 0.48].into_iter().enumerate();
        let coins = coins.map(|(i, target)| (f64::from(bits >> i & 1), target));
        let (value, score) = coins.fold((0.0, 0.0), |(value, score), (b, target): (f64, f64)| {
            (value + (b - target).powi(2), score + b - 0.5)
        });
        (1.0, Replicate::scored(value, [score]))
    }));
    all_baselines(&three_coins(0.0), &exact, &law);
}

#[stochastic]
fn two_outcomes(p: Real, high: f64, low: f64) -> f64 {
    let b = sample!(Bernoulli::new(p));
    if b { high } else { low }
}

#[test]
fn bernoulli_of_two_values() {
    let (p, high, low) = (0.4, 4.0, -3.0);
    let exact = Exact { value: p * high + (1.0 - p) * low, gradient: [high - low] };
    let law = Law::new([
        (p, Replicate::scored(high, [1.0 / p])),
        (1.0 - p, Replicate::scored(low, [-1.0 / (1.0 - p)])),
    ]);
    all_baselines(&two_outcomes(p, high, low), &exact, &law);
}

#[stochastic]
fn failures_squared(p: Real) -> f64 {
    let k = sample!(Geometric::new(p));
    (k * k) as f64
}

/// E k^2 = (1 - p)(2 - p) / p^2, with derivative (3 p - 4) / p^3.
#[test]
fn geometric_square() {
    let p = 0.6_f64;
    let exact =
        Exact { value: (1.0 - p) * (2.0 - p) / (p * p), gradient: [(3.0 * p - 4.0) / p.powi(3)] };
    let law = Law::counts(
        200,
        |k| p * (1.0 - p).powf(k),
        |k| Replicate::scored(k * k, [1.0 / p - k / (1.0 - p)]),
    );
    all_baselines(&failures_squared(p), &exact, &law);
}

#[stochastic]
fn evidence(logits: [Real; 3]) -> Real {
    let guide = Categorical::from_logits(logits);
    let k = sample!(guide);
    [0.5_f64, 0.3, 0.2][k].ln() - guide.log_density(k)
}

#[test]
fn elbo_categorical() {
    let (logits, exact) = reference("elbo_categorical", ["l0", "l1", "l2"]);
    let q = softmax(logits);
    let law = Law::new([0, 1, 2].map(|k: usize| {
        let score = [0, 1, 2].map(|j| f64::from(u8::from(j == k)) - q[j]);
        let value = ([0.5, 0.3, 0.2][k] / q[k]).ln();
        (q[k], Replicate::scored(value, score).plus(score.map(|s| -s)))
    }));
    all_baselines(&evidence(logits), &exact, &law);
}
