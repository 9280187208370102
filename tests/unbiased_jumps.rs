//! Programs that jump: the default plan moves the draw to the score function, the path is refused
//! where it is asked for, and so is what no estimator sees.

use scorepath::prelude::*;
use scorepath::{Error, Reason};
use scorepath_tests::{Exact, Law, REPLICATES, Replicate, check, reference};

/// Checks a program whose draw `z` meets a jump: scored by default, never along the path.
fn scored_only<S: Stochastic, const P: usize>(program: &S, exact: &Exact<P>, law: &Law<P>) {
    let query = program.gradient().replicates(REPLICATES).seed(11);
    let report = check(query.clone(), Baseline::Optimal, exact, law).unwrap();
    assert_eq!(report.sites()[0].strategy(), Strategy::ScoreFunction);
    assert!(matches!(report.sites()[0].reason(), Reason::Jump { .. }));
    let forced = query.clone().strategy("z", Strategy::ScoreFunction);
    let same = check(forced, Baseline::Optimal, exact, law).unwrap();
    assert_eq!(same.gradient(), report.gradient());
    let error = query.strategy("z", Strategy::Pathwise).run().unwrap_err();
    assert!(
        matches!(error, Error::InvalidStrategy { strategy: Strategy::Pathwise, .. }),
        "{error}"
    );
}

/// The score of a normal draw of scale `s`, from its standardised value.
fn normal_score(e: f64, s: f64) -> [f64; 2] {
    [e / s, (e * e - 1.0) / s]
}

#[stochastic]
fn normal_above(mu: Real, s: Real, level: f64) -> f64 {
    let z = sample!(Normal::new(mu, s));
    if z > level { 1.0 } else { 0.0 }
}

#[test]
fn tail_normal() {
    let ([mu, s], exact) = reference("tail_normal", ["mu", "s"]);
    let half = Exact { value: 0.420_740_291, gradient: [0.391_042_694, 0.078_208_538_8] };
    for ([mu, s], level, exact) in [([mu, s], 1.0, exact), ([0.3, 1.0], 0.5, half)] {
        let law =
            Law::normal(|e| Replicate::scored(f64::from(mu + s * e > level), normal_score(e, s)));
        scored_only(&normal_above(mu, s, level), &exact, &law);
    }
}

#[stochastic]
fn log_normal_above(mu: Real, s: Real) -> f64 {
    let z = sample!(LogNormal::new(mu, s));
    if z > 2.0 { 1.0 } else { 0.0 }
}

#[test]
fn tail_lognormal() {
    let ([mu, s], exact) = reference("tail_lognormal", ["mu", "s"]);
    let law =
        Law::normal(|e| Replicate::scored(f64::from((mu + s * e).exp() > 2.0), normal_score(e, s)));
    scored_only(&log_normal_above(mu, s), &exact, &law);
}

#[stochastic]
fn exponential_above(rate: Real, level: f64) -> f64 {
    let z = sample!(Exponential::new(rate));
    f64::from(u8::from(z > level))
}

#[test]
fn tail_exponential() {
    let ([rate], exact) = reference("tail_exponential", ["rate"]);
    let law =
        Law::exponential(|u| Replicate::scored(f64::from(u / rate > 1.5), [(1.0 - u) / rate]));
    scored_only(&exponential_above(rate, 1.5), &exact, &law);
}

/// The share of days on which the stock of a newsvendor lasts: P = 1 - exp(-12 / mean).
#[stochastic]
fn fill_rate(mean: Real, stock: f64) -> f64 {
    let z = sample!(Exponential::new(1.0 / mean));
    if z <= stock { 1.0 } else { 0.0 }
}

/// The same with the stock as a parameter, which moves the threshold.
#[stochastic]
fn fill_rate_of_stock(mean: Real, stock: Real) -> f64 {
    let z = sample!(Exponential::new(1.0 / mean));
    if z <= stock { 1.0 } else { 0.0 }
}

#[test]
fn newsvendor_fill_rate() {
    let (mean, stock) = (10.0, 12.0_f64);
    let out = (-stock / mean).exp();
    let exact = Exact { value: 1.0 - out, gradient: [-out * stock / (mean * mean)] };
    let law =
        Law::exponential(|u| Replicate::scored(f64::from(mean * u <= stock), [(u - 1.0) / mean]));
    scored_only(&fill_rate(mean, stock), &exact, &law);
    let error = fill_rate_of_stock(mean, stock).gradient().run().unwrap_err();
    let Error::MovingThreshold { parameters, operation, .. } = &error else { panic!("{error}") };
    assert_eq!(
        (operation.as_str(), parameters.as_slice()),
        ("<=", ["stock".to_owned()].as_slice())
    );
}

#[stochastic]
fn laplace_above(loc: Real, scale: Real) -> f64 {
    let z = sample!(Laplace::new(loc, scale));
    if z > 1.0 { 1.0 } else { 0.0 }
}

#[test]
fn tail_laplace() {
    let ([loc, scale], exact) = reference("tail_laplace", ["loc", "scale"]);
    let law = Law::integral(
        [-60.0, 60.0],
        |u| (-u.abs()).exp(),
        |u| {
            let score = [u.signum() / scale, (u.abs() - 1.0) / scale];
            Replicate::scored(f64::from(loc + scale * u > 1.0), score)
        },
    );
    scored_only(&laplace_above(loc, scale), &exact, &law);
}

#[stochastic]
fn gap(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    if z > 0.5 { z * z } else { -z }
}

#[test]
fn two_arms_with_a_gap() {
    let mu = 0.3;
    let exact = Exact { value: 0.988_705_853, gradient: [0.748_551_873] };
    let law = Law::normal(|e| {
        let z = mu + e;
        Replicate::scored(if z > 0.5 { z * z } else { -z }, [e])
    });
    scored_only(&gap(mu), &exact, &law);
}

#[stochastic]
fn arms_that_meet(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    if z > 0.0 { z * z } else { -z }
}

#[stochastic]
fn arms_that_meet_by_promise(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    if continuous!(z > 0.0) { z * z } else { -z }
}

#[test]
fn branch_continuous() {
    let ([mu], exact) = reference("branch_continuous", ["mu"]);
    let f = |z: f64| if z > 0.0 { [z * z, 2.0 * z] } else { [-z, -1.0] };
    let scored = Law::normal(|e| Replicate::scored(f(mu + e)[0], [e]));
    scored_only(&arms_that_meet(mu), &exact, &scored);
    let path = Law::normal(|e| Replicate::along(f(mu + e)[0], [f(mu + e)[1]]));
    let query = arms_that_meet_by_promise(mu).gradient().replicates(REPLICATES).seed(12);
    let report = check(query, Baseline::Optimal, &exact, &path).unwrap();
    assert_eq!(report.sites()[0].strategy(), Strategy::Pathwise);
}

#[stochastic]
fn moving_threshold(t: Real) -> f64 {
    let z = sample!(Normal::new(0.0, 1.0));
    if z > t { 1.0 } else { 0.0 }
}

#[stochastic]
fn moving_draw(t: Real) -> f64 {
    let z = sample!(Normal::new(-t, 1.0));
    if z > 0.0 { 1.0 } else { 0.0 }
}

#[test]
fn branch_on_threshold_param() {
    let ([t], exact) = reference("branch_on_threshold_param", ["t"]);
    let query = moving_threshold(t).gradient().replicates(REPLICATES).seed(13);
    for query in [query.clone(), query.strategy("z", Strategy::ScoreFunction)] {
        let error = query.run().unwrap_err();
        let Error::MovingThreshold { parameters, .. } = &error else { panic!("{error}") };
        assert_eq!(parameters, &["t"]);
    }
    let law = Law::normal(|e| Replicate::scored(f64::from(e > t), [-e]));
    scored_only(&moving_draw(t), &exact, &law);
}

#[stochastic]
fn uniform_square(low: Real, high: Real) -> Real {
    let z = sample!(Uniform::new(low, high));
    z * z
}

#[stochastic]
fn uniform_from_zero(theta: Real) -> Real {
    let z = sample!(Uniform::new(0.0, theta));
    z * z
}

/// The score function is refused: it would lack the boundary term.
fn never_scored<S: Stochastic>(program: &S, parameters: &[&str]) {
    let forced = program.gradient().strategy("z", Strategy::ScoreFunction);
    let error = forced.run().unwrap_err();
    let Error::MovingSupport { parameters: found, .. } = &error else { panic!("{error}") };
    assert_eq!(found, parameters);
}

#[test]
fn uniform_between_two_parameters() {
    let (exact, [low, high]) =
        (Exact { value: 1.0 / 3.0, gradient: [1.0 / 3.0, 2.0 / 3.0] }, [0.0, 1.0]);
    let path = Law::integral(
        [0.0, 1.0],
        |_| 1.0,
        |u| Replicate::along(u * u, [2.0 * u * (1.0 - u), 2.0 * u * u]),
    );
    let program = uniform_square(low, high);
    let query = program.gradient().replicates(REPLICATES).seed(4);
    check(query, Baseline::Optimal, &exact, &path).unwrap();
    never_scored(&program, &["low", "high"]);
}

#[test]
fn uniform_theta_square() {
    let ([theta], exact) = reference("uniform_theta_square", ["theta"]);
    let two = Exact { value: 4.0 / 3.0, gradient: [4.0 / 3.0] };
    for (theta, exact) in [(theta, exact), (2.0, two)] {
        let path = Law::integral(
            [0.0, 1.0],
            |_| 1.0,
            |u| {
                let x = theta * u;
                Replicate::along(x * x, [2.0 * x * u])
            },
        );
        let program = uniform_from_zero(theta);
        let query = program.gradient().replicates(REPLICATES).seed(5);
        check(query, Baseline::Optimal, &exact, &path).unwrap();
        never_scored(&program, &["theta"]);
    }
}

#[stochastic]
fn uniform_below(theta: Real, level: f64) -> f64 {
    let z = sample!(Uniform::new(0.0, theta));
    if z < level { 1.0 } else { 0.0 }
}

/// A jump forbids the path and the moving edge the score, also where the boundary term happens to
/// be 0 because the integrand vanishes there.
#[test]
fn uniform_theta_below() {
    let ([theta], _) = reference("uniform_theta_below", ["theta"]);
    for (theta, level) in [(theta, 1.0), (2.0, 0.5), (2.0, 1.5)] {
        let query = uniform_below(theta, level).gradient();
        let forced = query.clone().strategy("z", Strategy::ScoreFunction);
        for query in [query.clone(), forced] {
            let error = query.run().unwrap_err();
            let Error::MovingSupport { parameters, .. } = &error else { panic!("{error}") };
            assert_eq!(parameters, &["theta"]);
        }
        let error = query.strategy("z", Strategy::Pathwise).run().unwrap_err();
        assert!(matches!(error, Error::InvalidStrategy { .. }), "{error}");
    }
}

/// The same law from an edge that stands still: x < level where u < level / theta, so that the
/// draw is a Bernoulli one.
#[stochastic]
fn uniform_below_rewritten(theta: Real, level: f64) -> f64 {
    let z = sample!(Bernoulli::new(level / theta));
    f64::from(u8::from(z))
}

#[test]
fn uniform_theta_below_rewritten() {
    let ([theta], exact) = reference("uniform_theta_below", ["theta"]);
    let other = Exact { value: 0.25, gradient: [-0.125] };
    for (theta, level, exact) in [(theta, 1.0, exact), (2.0, 0.5, other)] {
        let p = level / theta;
        let outcome = |x: f64| {
            let score = if x > 0.0 { -1.0 / theta } else { p / (theta * (1.0 - p)) };
            Replicate::scored(x, [score])
        };
        let law = Law::new([(p, outcome(1.0)), (1.0 - p, outcome(0.0))]);
        let query = uniform_below_rewritten(theta, level).gradient().replicates(REPLICATES);
        for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
            check(query.clone().seed(14), baseline, &exact, &law).unwrap();
        }
    }
}

/// Whether the second customer of a queue waits longer than 1: W = max(S - A, 0).
#[stochastic]
fn long_wait(service_rate: Real, arrival_rate: Real) -> f64 {
    let service = sample!(Exponential::new(service_rate));
    let arrival = sample!(Exponential::new(arrival_rate));
    let wait = (service - arrival).max(0.0);
    if wait > 1.0 { 1.0 } else { 0.0 }
}

#[test]
fn queue_long_wait() {
    let (mu, lambda) = (1.0_f64, 0.5);
    let exact = Exact {
        value: 0.122_626_480,
        // In lambda: mu / (lambda + mu)^2 exp(-mu).
        gradient: [-0.204_377_467, mu / (lambda + mu).powi(2) * (-mu).exp()],
    };
    // Given a long wait, A has rate lambda + mu and S = 1 + A + B with B of rate mu; else nothing
    // counts. Cells of 0.05 leave an error of 0.05^2 / 24 times the curvature, below 1e-3.
    let p = exact.value;
    let ticks: Vec<f64> = (0..600).map(|i| 0.05 * (f64::from(i) + 0.5)).collect();
    let mass = |x: f64, rate: f64| (-rate * (x - 0.025)).exp() - (-rate * (x + 0.025)).exp();
    let mut outcomes = vec![(1.0 - p, Replicate::scored(0.0, [0.0; 2]))];
    for (a, b) in ticks.iter().flat_map(|a| ticks.iter().map(move |b| (*a, *b))) {
        let weight = p * mass(a, lambda + mu) * mass(b, mu);
        let score = [1.0 / mu - (1.0 + a + b), 1.0 / lambda - a];
        outcomes.push((weight, Replicate::scored(1.0, score)));
    }
    let law = Law::new(outcomes);
    let program = long_wait(mu, lambda);
    let query = program.gradient().replicates(REPLICATES).seed(15);
    let report = check(query.clone(), Baseline::None, &exact, &law).unwrap();
    assert!(report.sites().iter().all(|s| s.strategy() == Strategy::ScoreFunction));
    for site in ["service", "arrival"] {
        let error = query.clone().strategy(site, Strategy::Pathwise).run().unwrap_err();
        assert!(matches!(error, Error::InvalidStrategy { .. }), "{error}");
    }
}
