//! The variance of one replicate, which is the squared standard error times the number of
//! replicates, against known formulas, within four of its own standard errors.

use scorepath::prelude::*;
use scorepath_tests::{Exact, Law, Moments, REPLICATES, Replicate, check, compare, pairs};

#[stochastic]
fn miss(mu: Real, s: Real, target: f64) -> Real {
    let z = sample!(Normal::new(mu, s));
    (z - target).powi(2)
}

/// Variances in `mu` and `s` by score function, with a constant `b` subtracted from the value.
///
/// With `f = (d + s e)^2` and `a = d^2 - b` the replicate in mu is `(f - b) e / s`. From the moments 1, 3
/// and 15 of e^2, e^4 and e^6 its variance is `15 s^2 + 8 d^2 + 6 a + a^2 / s^2`. In s it is
/// `(f - b) (e^2 - 1) / s`; (e^2 - 1)^2 has mean 2, times e^2 10, times e^4 78, so its variance is
/// `74 s^2 + 40 d^2 + 20 a + 2 a^2 / s^2`.
fn scored_variances(d: f64, s: f64, b: [f64; 2]) -> [f64; 2] {
    let (d2, s2, a) = (d * d, s * s, b.map(|b| d * d - b));
    [
        15.0 * s2 + 8.0 * d2 + 6.0 * a[0] + a[0] * a[0] / s2,
        74.0 * s2 + 40.0 * d2 + 20.0 * a[1] + 2.0 * a[1] * a[1] / s2,
    ]
}

fn near(found: f64, exact: f64, relative: f64) {
    assert!((found / exact - 1.0).abs() < relative, "{found}, {exact}");
}

#[test]
fn quadratic() {
    // mu, s, target; without baseline: path in mu and s, score in mu and s.
    let cases = [
        (1.0, 2.0, -0.5, [16.0, 41.0], [92.765_625, 433.531_25]),
        (0.3, 0.7, 1.1, [1.96, 6.48], [17.145_918_4, 76.331_836_7]),
    ];
    for (mu, s, target, path_known, score_known) in cases {
        let d: f64 = mu - target;
        let exact = Exact { value: d * d + s * s, gradient: [2.0 * d, 2.0 * s] };
        let query = miss(mu, s, target).gradient().replicates(REPLICATES).seed(61);
        let path = Law::normal(|e| {
            let x = d + s * e;
            Replicate::along(x * x, [2.0 * x, 2.0 * x * e])
        });
        let scored =
            Law::normal(|e| Replicate::scored((d + s * e).powi(2), [e / s, (e * e - 1.0) / s]));
        // 4 s^2 and 4 d^2 + 8 s^2, whatever the baseline.
        for (j, known) in path_known.into_iter().enumerate() {
            near(known, [4.0 * s * s, 4.0 * d * d + 8.0 * s * s][j], 1e-9);
            near(path.derivative(j, Baseline::None).variance, known, 1e-9);
        }
        // The best constants minimise the quadratics in a: a = -3 s^2 and a = -5 s^2, which leaves
        // 8 d^2 + 6 s^2 and 40 d^2 + 24 s^2.
        let (d2, s2) = (d * d, s * s);
        let cases = [
            (Baseline::None, [0.0; 2]),
            (Baseline::Mean, [d2 + s2; 2]),
            (Baseline::Optimal, [d2 + 3.0 * s2, d2 + 5.0 * s2]),
        ];
        let best = scored_variances(d, s, cases[2].1);
        near(best[0], 8.0 * d2 + 6.0 * s2, 1e-12);
        near(best[1], 40.0 * d2 + 24.0 * s2, 1e-12);
        for (baseline, b) in cases {
            check(query.clone(), baseline, &exact, &path).unwrap();
            let known = scored_variances(d, s, b);
            for (j, known) in known.into_iter().enumerate() {
                near(scored.derivative(j, baseline).variance, known, 1e-9);
            }
            if baseline == Baseline::None {
                near(known[0], score_known[0], 1e-8);
                near(known[1], score_known[1], 1e-8);
            }
            let forced = query.clone().strategy("z", Strategy::ScoreFunction);
            check(forced, baseline, &exact, &scored).unwrap();
        }
    }
}

#[stochastic]
fn total(mu: Real, turns: u32) -> Real {
    let mut sum = Real::from(0.0);
    for _ in 0..turns {
        sum += sample!(Normal::new(mu, 1.0), name = "x", strategy = ScoreFunction);
    }
    sum
}

#[stochastic]
fn total_of_costs(mu: Real, turns: u32) -> Real {
    for _ in 0..turns {
        let x = sample!(Normal::new(mu, 1.0), strategy = ScoreFunction);
        cost!(x);
    }
    Real::from(0.0)
}

/// Mean and variance, and the spread of the sample variance, of `e' A e + b' e` for standard normal
/// `e`: the cumulants are `tr A`, `2 tr A^2 + b'b` and, of fourth order, `48 tr A^4 + 48 b' A^2 b`.
fn quadratic_form<const T: usize>(a: [[f64; T]; T], b: [f64; T]) -> Moments {
    let product = |m: &[[f64; T]; T]| {
        let row = |i: usize| std::array::from_fn(|j| (0..T).map(|k| a[i][k] * m[k][j]).sum());
        std::array::from_fn::<[f64; T], T, _>(row)
    };
    let trace = |m: &[[f64; T]; T]| (0..T).map(|i| m[i][i]).sum::<f64>();
    let squared = product(&a);
    let fourth = product(&product(&squared));
    let dot = |x: &[f64; T]| x.iter().zip(&b).map(|(x, y)| x * y).sum::<f64>();
    let variance = 2.0 * trace(&squared) + dot(&b);
    let bent: [f64; T] = std::array::from_fn(|i| dot(&squared[i]));
    let excess = 48.0 * (trace(&fourth) + dot(&bent)) / (variance * variance);
    let spread = (excess + 2.0).sqrt();
    Moments { mean: trace(&a), variance, spread, scale: variance.sqrt(), fitting: 0.0 }
}

/// Ten normal draws of mean .7, their sum: with all costs credited to all draws, and with each cost
/// to the draws before it.
#[test]
fn credit() {
    const T: usize = 10;
    let mu = 0.7;
    // (mu T + sum e) (sum e).
    let all = quadratic_form([[1.0; T]; T], [mu * T as f64; T]);
    near(all.variance, 690.0, 1e-12);
    // sum over k of (mu + e_k) (e_1 + .. + e_k), made symmetric.
    let row = |i| std::array::from_fn(|j| if i == j { 1.0 } else { 0.5 });
    let later: [[f64; T]; T] = std::array::from_fn(row);
    let to_go = quadratic_form(later, std::array::from_fn(|i| mu * (T - i) as f64));
    near(to_go.variance, 253.65, 1e-12);
    let value = Moments { mean: 7.0, variance: 10.0, spread: 2.0_f64.sqrt(), ..all };
    let found = |report: scorepath::Report, law: &Moments| {
        let found = pairs(&report);
        compare("value", found[0], REPLICATES, 7.0, &value).unwrap();
        compare("mu", found[1], REPLICATES, 10.0, law).unwrap();
    };
    let query = total(mu, 10).gradient().baseline(Baseline::None);
    found(query.replicates(REPLICATES).seed(62).run().unwrap(), &all);
    let query = total_of_costs(mu, 10).gradient().baseline(Baseline::None);
    found(query.replicates(REPLICATES).seed(63).run().unwrap(), &to_go);
}

/// Checks that the law has a published variance, and the query the law, without baseline.
fn published<S: Stochastic>(
    program: &S,
    exact: &Exact<1>,
    law: &Law<1>,
    variance: f64,
    strategy: Strategy,
) {
    near(law.derivative(0, Baseline::None).variance, variance, 1e-5);
    let query = program.gradient().replicates(2 * REPLICATES).seed(64).strategy("z", strategy);
    check(query, Baseline::None, exact, law).unwrap();
}

#[stochastic]
fn choice(p: Real) -> f64 {
    let z = sample!(Bernoulli::new(p));
    if z { 4.0 } else { -3.0 }
}

#[test]
fn bernoulli() {
    let p = 0.4;
    let law = Law::new([
        (p, Replicate::scored(4.0, [1.0 / p])),
        (1.0 - p, Replicate::scored(-3.0, [-1.0 / (1.0 - p)])),
    ]);
    let exact = Exact { value: -0.2, gradient: [7.0] };
    // f1^2 / p + f0^2 / (1 - p) - (f1 - f0)^2.
    published(&choice(p), &exact, &law, 6.0, Strategy::ScoreFunction);
}

#[stochastic]
fn count_squared(rate: Real) -> f64 {
    let z = sample!(Poisson::new(rate));
    (z * z) as f64
}

#[test]
fn poisson() {
    let rate = 4.0_f64;
    let mut mass = (-rate).exp();
    let law = Law::new((0..80).map(f64::from).map(|k| {
        let outcome = (mass, Replicate::scored(k * k, [(k - rate) / rate]));
        mass *= rate / (k + 1.0);
        outcome
    }));
    let exact = Exact { value: 20.0, gradient: [9.0] };
    published(&count_squared(rate), &exact, &law, 608.25, Strategy::ScoreFunction);
}

#[stochastic]
fn life_squared(rate: Real) -> Real {
    let z = sample!(Exponential::new(rate));
    z * z
}

#[test]
fn exponential() {
    let rate = 1.5;
    let exact = Exact { value: 2.0 / 2.25, gradient: [-4.0 / 3.375] };
    let path = Law::exponential(|u| {
        let x = u / rate;
        Replicate::along(x * x, [-2.0 * x * x / rate])
    });
    let scored = Law::exponential(|u| Replicate::scored((u / rate).powi(2), [(1.0 - u) / rate]));
    let program = life_squared(rate);
    published(&program, &exact, &path, 7.023_319_616, Strategy::Pathwise);
    published(&program, &exact, &scored, 42.842_249_66, Strategy::ScoreFunction);
}

#[stochastic]
fn above(mu: Real) -> f64 {
    let z = sample!(Normal::new(mu, 1.0));
    if z > 0.5 { 1.0 } else { 0.0 }
}

#[test]
fn branch() {
    let mu = 0.3;
    let exact = Exact { value: 0.420_740_291, gradient: [0.391_042_694] };
    let law = Law::normal(|e| Replicate::scored(f64::from(mu + e > 0.5), [e]));
    published(&above(mu), &exact, &law, 0.346_034_441, Strategy::ScoreFunction);
}

/// Pays 1 after a year if a price of `spot` ends above 105; rate 5 %, volatility 20 %.
#[stochastic]
fn digital(spot: Real) -> f64 {
    let z = sample!(LogNormal::new(spot.ln() + 0.03, 0.2));
    if z > 105.0 { (-0.05_f64).exp() } else { 0.0 }
}

#[test]
fn digital_option() {
    let spot = 100.0_f64;
    let exact = Exact { value: 0.440_014_106, gradient: [0.018_890_725_6] };
    let law = Law::normal(|e| {
        let paid = spot.ln() + 0.03 + 0.2 * e > 105.0_f64.ln();
        let value = if paid { (-0.05_f64).exp() } else { 0.0 };
        Replicate::scored(value, [e / (0.2 * spot)])
    });
    published(&digital(spot), &exact, &law, 0.000_773_938, Strategy::ScoreFunction);
}
