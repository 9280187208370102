//! Every rule with an integrand that depends on the parameter itself, which moves the law upwards
//! and downwards: `E t (x^2 - 1)` with `x` from a law whose parameters are linear in `t`.

use scorepath::Gradient;
use scorepath::prelude::*;
use scorepath_tests::{Exact, Law, REPLICATES, Replicate, check};

/// Where the parameter stands.
const T: f64 = 0.3;

/// The second moments of the laws are analytic in `t`; central differences with step 1e-4 are right
/// to 1e-8 of them.
fn exact(second_moment: impl Fn(f64) -> f64) -> Exact<1> {
    let value = |t: f64| t * (second_moment(t) - 1.0);
    Exact { value: value(T), gradient: [(value(T + 1e-4) - value(T - 1e-4)) / 2e-4] }
}

/// One replicate along the path: `x` and its derivative.
fn along([x, slope]: [f64; 2]) -> Replicate<1> {
    Replicate::along(T * (x * x - 1.0), [x * x - 1.0 + 2.0 * T * x * slope])
}

/// One replicate scored: `x` and its score.
fn scored([x, score]: [f64; 2]) -> Replicate<1> {
    Replicate::scored(T * (x * x - 1.0), [score]).plus([x * x - 1.0])
}

/// Checks a query with every baseline.
fn every_baseline<S: Stochastic>(query: &Gradient<S>, exact: &Exact<1>, law: &Law<1>) {
    let query = query.clone().replicates(4 * REPLICATES).seed(71);
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        check(query.clone(), baseline, exact, law).unwrap();
    }
}

/// Checks a law with a path, by the path and scored.
fn continuous<S: Stochastic>(
    program: &S,
    exact: &Exact<1>,
    law: impl Fn(&dyn Fn(f64) -> Replicate<1>) -> Law<1>,
    path: impl Fn(f64) -> [f64; 2],
    score: impl Fn(f64) -> [f64; 2],
) {
    every_baseline(&program.gradient(), exact, &law(&|e| along(path(e))));
    let query = program.gradient().strategy("x", Strategy::ScoreFunction);
    every_baseline(&query, exact, &law(&|e| scored(score(e))));
}

/// Checks a law over counts from 0 to `last`.
fn discrete<S: Stochastic>(
    program: &S,
    exact: &Exact<1>,
    last: u32,
    mass: impl Fn(f64) -> f64,
    score: impl Fn(f64) -> f64,
) {
    let law = Law::counts(last, mass, |k| scored([k, score(k)]));
    every_baseline(&program.gradient(), exact, &law);
}

#[stochastic]
fn normal(t: Real, sign: f64) -> Real {
    let x = sample!(Normal::new(0.4 + sign * t, 0.7 + 0.5 * sign * t));
    t * (x * x - 1.0)
}

#[test]
fn of_the_normal() {
    for sign in [1.0, -1.0] {
        let at = |t: f64| (0.4 + sign * t, 0.7 + 0.5 * sign * t);
        let exact = exact(|t| at(t).0.powi(2) + at(t).1.powi(2));
        let (loc, scale) = at(T);
        continuous(
            &normal(T, sign),
            &exact,
            |replicate| Law::normal(replicate),
            |e| [loc + scale * e, sign + 0.5 * sign * e],
            |e| [loc + scale * e, sign * (e + 0.5 * (e * e - 1.0)) / scale],
        );
    }
}

#[stochastic]
fn log_normal(t: Real, sign: f64) -> Real {
    let x = sample!(LogNormal::new(0.1 + sign * t, 0.3 + 0.3 * sign * t));
    t * (x * x - 1.0)
}

#[test]
fn of_the_log_normal() {
    for sign in [1.0, -1.0] {
        let at = |t: f64| (0.1 + sign * t, 0.3 + 0.3 * sign * t);
        let exact = exact(|t| (2.0 * at(t).0 + 2.0 * at(t).1.powi(2)).exp());
        let (loc, scale) = at(T);
        let x = |e: f64| (loc + scale * e).exp();
        continuous(
            &log_normal(T, sign),
            &exact,
            |replicate| Law::normal(replicate),
            |e| [x(e), x(e) * sign * (1.0 + 0.3 * e)],
            |e| [x(e), sign * (e + 0.3 * (e * e - 1.0)) / scale],
        );
    }
}

#[stochastic]
fn exponential(t: Real, sign: f64) -> Real {
    let x = sample!(Exponential::new(1.2 + sign * t));
    t * (x * x - 1.0)
}

#[test]
fn of_the_exponential() {
    for sign in [1.0, -1.0] {
        let rate = |t: f64| 1.2 + sign * t;
        let exact = exact(|t| 2.0 / rate(t).powi(2));
        let rate = rate(T);
        continuous(
            &exponential(T, sign),
            &exact,
            |replicate| Law::exponential(replicate),
            |u| [u / rate, -sign * u / (rate * rate)],
            |u| [u / rate, sign * (1.0 - u) / rate],
        );
    }
}

#[stochastic]
fn laplace(t: Real, sign: f64) -> Real {
    let x = sample!(Laplace::new(0.4 + sign * t, 0.6 + 0.5 * sign * t));
    t * (x * x - 1.0)
}

#[test]
fn of_the_laplace() {
    for sign in [1.0, -1.0] {
        let at = |t: f64| (0.4 + sign * t, 0.6 + 0.5 * sign * t);
        let exact = exact(|t| at(t).0.powi(2) + 2.0 * at(t).1.powi(2));
        let (loc, scale) = at(T);
        continuous(
            &laplace(T, sign),
            &exact,
            |replicate| Law::integral([-60.0, 60.0], |u| (-u.abs()).exp(), replicate),
            |u| [loc + scale * u, sign * (1.0 + 0.5 * u)],
            |u| [loc + scale * u, sign * (u.signum() + 0.5 * (u.abs() - 1.0)) / scale],
        );
    }
}

#[stochastic]
fn uniform(t: Real, sign: f64) -> Real {
    let x = sample!(Uniform::new(-1.0 + sign * t, 2.0 + 0.5 * sign * t));
    t * (x * x - 1.0)
}

#[stochastic]
fn fixed_uniform(t: Real, sign: f64) -> Real {
    let x = sample!(Uniform::new(-1.0, 2.0 + sign), strategy = ScoreFunction);
    t * (x * x - 1.0)
}

/// Along the path; and scored with ends that stand still, where only the integrand moves.
#[test]
fn of_the_uniform() {
    let second = |low: f64, high: f64| (low * low + low * high + high * high) / 3.0;
    for sign in [1.0, -1.0] {
        let at = |t: f64| (-1.0 + sign * t, 2.0 + 0.5 * sign * t);
        let (low, high) = at(T);
        let law = Law::integral(
            [0.0, 1.0],
            |_| 1.0,
            |u| along([low + (high - low) * u, sign * (1.0 - 0.5 * u)]),
        );
        every_baseline(&uniform(T, sign).gradient(), &exact(|t| second(at(t).0, at(t).1)), &law);
        let law = Law::integral([-1.0, 2.0 + sign], |_| 1.0, |x| scored([x, 0.0]));
        let exact = exact(|_| second(-1.0, 2.0 + sign));
        every_baseline(&fixed_uniform(T, sign).gradient(), &exact, &law);
    }
}

#[stochastic]
fn noise(t: Real, sign: f64) -> Real {
    let e = sample!(Noise(rand_distr::Exp::new(1.0_f64).unwrap()));
    let x = sign * t * e - 0.5;
    t * (x * x - 1.0)
}

#[test]
fn of_noise() {
    for sign in [1.0, -1.0] {
        let exact = exact(|t| 2.0 * t * t - sign * t + 0.25);
        let law = Law::exponential(|e| along([sign * T * e - 0.5, sign * e]));
        every_baseline(&noise(T, sign).gradient(), &exact, &law);
    }
}

/// `t (x^2 - 1)` of a count.
fn result<M: Mode>(t: Real<M>, x: u64) -> Real<M> {
    t * (x as f64 * x as f64 - 1.0)
}

#[stochastic]
fn bernoulli(t: Real, sign: f64) -> Real {
    let x = sample!(Bernoulli::new(0.5 + sign * t));
    result(t, u64::from(x))
}

#[stochastic]
fn bernoulli_by_logit(t: Real, sign: f64) -> Real {
    let x = sample!(Bernoulli::from_logit(0.2 + sign * t));
    result(t, u64::from(x))
}

#[test]
fn of_the_bernoulli() {
    for sign in [1.0, -1.0] {
        let chance = |t: f64| 0.5 + sign * t;
        let p = chance(T);
        let mass = |p: f64| move |k: f64| if k > 0.0 { p } else { 1.0 - p };
        let score = |k: f64| sign * (k - p) / (p * (1.0 - p));
        discrete(&bernoulli(T, sign), &exact(chance), 1, mass(p), score);
        let chance = |t: f64| 1.0 / (1.0 + (-0.2 - sign * t).exp());
        let p = chance(T);
        let program = bernoulli_by_logit(T, sign);
        discrete(&program, &exact(chance), 1, mass(p), |k| sign * (k - p));
    }
}

#[stochastic]
fn categorical(t: Real, sign: f64) -> Real {
    let x = sample!(Categorical::new([1.0 + sign * t, Real::from(1.5), 0.7 - 0.5 * sign * t]));
    result(t, x as u64)
}

#[stochastic]
fn categorical_by_logits(t: Real, sign: f64) -> Real {
    let x = sample!(Categorical::from_logits([sign * t, Real::from(0.3), -0.5 * sign * t]));
    result(t, x as u64)
}

#[test]
fn of_the_categorical() {
    // Squares of the outcomes 0, 1, 2.
    let second = |w: [f64; 3]| (w[1] + 4.0 * w[2]) / w.iter().sum::<f64>();
    let pick = |of: [f64; 3], k: f64| {
        if k == 0.0 {
            of[0]
        } else if k == 1.0 {
            of[1]
        } else {
            of[2]
        }
    };
    for sign in [1.0, -1.0] {
        let slopes = [sign, 0.0, -0.5 * sign];
        let weights = |t: f64| [1.0 + sign * t, 1.5, 0.7 - 0.5 * sign * t];
        let (w, total) = (weights(T), weights(T).iter().sum::<f64>());
        let score = |k: f64| pick(slopes, k) / pick(w, k) - 0.5 * sign / total;
        let exact_weights = exact(|t| second(weights(t)));
        discrete(&categorical(T, sign), &exact_weights, 2, |k| pick(w, k) / total, score);

        let weights = |t: f64| [(sign * t).exp(), 0.3_f64.exp(), (-0.5 * sign * t).exp()];
        let (w, total) = (weights(T), weights(T).iter().sum::<f64>());
        let pull = slopes.iter().zip(w).map(|(slope, w)| slope * w).sum::<f64>() / total;
        let exact_logits = exact(|t| second(weights(t)));
        let program = categorical_by_logits(T, sign);
        let score = |k: f64| pick(slopes, k) - pull;
        discrete(&program, &exact_logits, 2, |k| pick(w, k) / total, score);
    }
}

#[stochastic]
fn binomial(t: Real, sign: f64) -> Real {
    let x = sample!(Binomial::new(7, 0.4 + 0.5 * sign * t));
    result(t, x)
}

#[test]
fn of_the_binomial() {
    for sign in [1.0, -1.0] {
        let chance = |t: f64| 0.4 + 0.5 * sign * t;
        let exact = exact(|t| 7.0 * chance(t) * (1.0 - chance(t)) + 49.0 * chance(t).powi(2));
        let p = chance(T);
        let ways = |k: f64| {
            (0..7).map(f64::from).filter(|j| *j < k).fold(1.0, |c, j| c * (7.0 - j) / (j + 1.0))
        };
        discrete(
            &binomial(T, sign),
            &exact,
            7,
            |k| ways(k) * p.powf(k) * (1.0 - p).powf(7.0 - k),
            |k| 0.5 * sign * (k - 7.0 * p) / (p * (1.0 - p)),
        );
    }
}

#[stochastic]
fn geometric(t: Real, sign: f64) -> Real {
    let x = sample!(Geometric::new(0.6 + 0.5 * sign * t));
    result(t, x)
}

#[test]
fn of_the_geometric() {
    for sign in [1.0, -1.0] {
        let chance = |t: f64| 0.6 + 0.5 * sign * t;
        let exact = exact(|t| (1.0 - chance(t)) * (2.0 - chance(t)) / chance(t).powi(2));
        let p = chance(T);
        discrete(
            &geometric(T, sign),
            &exact,
            200,
            |k| p * (1.0 - p).powf(k),
            |k| 0.5 * sign * (1.0 / p - k / (1.0 - p)),
        );
    }
}

#[stochastic]
fn poisson(t: Real, sign: f64) -> Real {
    let x = sample!(Poisson::new(2.0 + sign * t));
    result(t, x)
}

#[test]
fn of_the_poisson() {
    for sign in [1.0, -1.0] {
        let rate = |t: f64| 2.0 + sign * t;
        let exact = exact(|t| rate(t).powi(2) + rate(t));
        let rate = rate(T);
        let product =
            |k: f64| (1..60).map(f64::from).filter(|j| *j <= k).map(|j| rate / j).product::<f64>();
        discrete(&poisson(T, sign), &exact, 60, product, |k| sign * (k - rate) / rate);
    }
}
