//! Programs without a jump: along the path, and with every draw scored.

use scorepath::prelude::*;
use scorepath::{Reason, Report};
use scorepath_tests::{Exact, Law, Mismatch, REPLICATES, Replicate, check, reference};

/// The strategies of the sites, in the order in which they were met.
fn strategies(report: &Report) -> Vec<Strategy> {
    report.sites().iter().map(scorepath::SiteReport::strategy).collect()
}

/// Checks a program of one draw `z` by the default plan, which is the path, and by score function.
fn both<S: Stochastic, const P: usize>(
    program: &S,
    exact: &Exact<P>,
    path: &Law<P>,
    scored: &Law<P>,
) -> Result<(), Mismatch> {
    let query = program.gradient().replicates(2 * REPLICATES).seed(1);
    let report = check(query.clone(), Baseline::Optimal, exact, path)?;
    assert_eq!(strategies(&report), [Strategy::Pathwise]);
    assert_eq!(report.sites()[0].reason(), &Reason::Continuous);
    let forced = query.clone().strategy("z", Strategy::Pathwise);
    check(forced, Baseline::Optimal, exact, path)?;
    let forced = query.strategy("z", Strategy::ScoreFunction);
    let report = check(forced, Baseline::Optimal, exact, scored)?;
    assert_eq!(strategies(&report), [Strategy::ScoreFunction]);
    Ok(())
}

/// `both` for a normal draw with location and scale, from value and slope of the integrand.
fn both_normal<S: Stochastic>(
    program: &S,
    [mu, s]: [f64; 2],
    exact: &Exact<2>,
    f: impl Fn(f64) -> [f64; 2],
) {
    let path = Law::normal(|e| {
        let [value, slope] = f(mu + s * e);
        Replicate::along(value, [slope, slope * e])
    });
    let scored = Law::normal(|e| Replicate::scored(f(mu + s * e)[0], [e / s, (e * e - 1.0) / s]));
    both(program, exact, &path, &scored).unwrap();
}

#[stochastic]
fn square(mu: Real, s: Real) -> Real {
    let z = sample!(Normal::new(mu, s));
    z * z
}

/// The same with the noise from outside.
#[stochastic]
fn square_of_noise(mu: Real, s: Real) -> Real {
    let z = sample!(Noise(rand_distr::Normal::new(0.0_f64, 1.0).unwrap()));
    (mu + s * z).powi(2)
}

#[test]
fn normal_square() {
    let (at, exact) = reference("normal_square", ["mu", "s"]);
    both_normal(&square(at[0], at[1]), at, &exact, |z| [z * z, 2.0 * z]);
    let path = Law::normal(|e| {
        let z = at[0] + at[1] * e;
        Replicate::along(z * z, [2.0 * z, 2.0 * z * e])
    });
    let noise = square_of_noise(at[0], at[1]).gradient().replicates(REPLICATES).seed(2);
    check(noise, Baseline::Optimal, &exact, &path).unwrap();
}

#[stochastic]
fn sine(mu: Real, s: Real) -> Real {
    let z = sample!(Normal::new(mu, s));
    z.sin()
}

#[test]
fn normal_sin() {
    let (at, exact) = reference("normal_sin", ["mu", "s"]);
    both_normal(&sine(at[0], at[1]), at, &exact, |z| [z.sin(), z.cos()]);
}

#[stochastic]
fn exponential_of_normal(mu: Real, s: Real) -> Real {
    let z = sample!(Normal::new(mu, s));
    z.exp()
}

#[test]
fn normal_exp() {
    let (at, exact) = reference("normal_exp", ["mu", "s"]);
    both_normal(&exponential_of_normal(at[0], at[1]), at, &exact, |z| [z.exp(), z.exp()]);
}

/// At a scale of 1 its fourth moments are so large that the score function needs more replicates.
#[test]
fn normal_exp_at_scale_1() {
    let (mu, e1) = (0.5, 1.0_f64.exp());
    let exact = Exact { value: e1, gradient: [e1, e1] };
    let path = Law::normal(|e| {
        let value = (mu + e).exp();
        Replicate::along(value, [value, value * e])
    });
    // The published variance of the derivative in mu.
    let published = path.derivative(0, Baseline::None).variance;
    assert!((published - 12.696_480_82).abs() < 1e-7, "{published}");
    let query = exponential_of_normal(mu, 1.0).gradient().replicates(20 * REPLICATES).seed(3);
    check(query, Baseline::Optimal, &exact, &path).unwrap();
}

#[stochastic]
fn wave(mu: Real, s: Real, k: f64) -> Real {
    let z = sample!(Normal::new(mu, s));
    (k * z).cos()
}

/// E cos(k z) = exp(-k^2 s^2 / 2) cos(k mu), for which one of the two estimators is the better one
/// at small k and the other at large k.
#[test]
fn normal_cos_of_three_frequencies() {
    let (mu, s) = (0.4, 0.8);
    for k in [0.5_f64, 1.5, 4.0] {
        let damping = (-0.5 * k * k * s * s).exp();
        let (sin, cos) = (k * mu).sin_cos();
        let exact = Exact {
            value: damping * cos,
            gradient: [-k * damping * sin, -k * k * s * damping * cos],
        };
        let f = |z: f64| [(k * z).cos(), -k * (k * z).sin()];
        both_normal(&wave(mu, s, k), [mu, s], &exact, f);
    }
}

#[stochastic]
fn half_normal(s: Real) -> Real {
    let z = sample!(Normal::new(0.0, s));
    z.abs() + z.abs().cos()
}

#[test]
fn halfnormal_x_plus_cos() {
    let ([s], exact) = reference("halfnormal_x_plus_cos", ["s"]);
    let f = |e: f64| (s * e.abs()) + (s * e.abs()).cos();
    let path = Law::normal(|e| Replicate::along(f(e), [(1.0 - (s * e.abs()).sin()) * e.abs()]));
    let scored = Law::normal(|e| Replicate::scored(f(e), [(e * e - 1.0) / s]));
    both(&half_normal(s), &exact, &path, &scored).unwrap();
}

#[stochastic]
fn option(mu: Real, s: Real) -> Real {
    let z = sample!(Normal::new(mu, s));
    (z - 1.0).max(0.0)
}

#[test]
fn bachelier() {
    let (at, exact) = reference("bachelier", ["mu", "s"]);
    let f = |z: f64| [(z - 1.0).max(0.0), f64::from(z > 1.0)];
    both_normal(&option(at[0], at[1]), at, &exact, f);
}

#[stochastic]
fn ramp(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    z.max(0.0)
}

#[test]
fn normal_above_zero() {
    let mu = 0.3;
    let exact = Exact { value: 0.566_761_242, gradient: [0.617_911_422] };
    let path = Law::normal(|e| {
        let z: f64 = mu + e;
        Replicate::along(z.max(0.0), [f64::from(z > 0.0)])
    });
    let scored = Law::normal(|e| Replicate::scored((mu + e).max(0.0), [e]));
    both(&ramp(mu), &exact, &path, &scored).unwrap();
}

#[stochastic]
fn life_squared(rate: Real) -> Real {
    let z = sample!(Exponential::new(rate));
    z * z
}

fn check_life_squared(rate: f64, exact: &Exact<1>) {
    // x = u / rate.
    let path = Law::exponential(|u| {
        let x = u / rate;
        Replicate::along(x * x, [-2.0 * x * x / rate])
    });
    let scored = Law::exponential(|u| Replicate::scored((u / rate).powi(2), [(1.0 - u) / rate]));
    both(&life_squared(rate), exact, &path, &scored).unwrap();
}

#[test]
fn exponential_square() {
    let ([rate], exact) = reference("exponential_square", ["rate"]);
    check_life_squared(rate, &exact);
    check_life_squared(1.5, &Exact { value: 2.0 / 2.25, gradient: [-4.0 / 3.375] });
}

#[stochastic]
fn censored(rate: Real, end: Real) -> Real {
    let z = sample!(Exponential::new(rate));
    z.min(end)
}

#[test]
fn exponential_censored() {
    let (rate, end) = (0.5, 2.0);
    let exact = Exact { value: 1.264_241_118, gradient: [-1.056_964_471, 0.367_879_441] };
    let path = Law::exponential(|u| {
        let x = u / rate;
        let slope = if x < end { -x / rate } else { 0.0 };
        Replicate::along(x.min(end), [slope, f64::from(x >= end)])
    });
    let scored = Law::exponential(|u| {
        let x = u / rate;
        let score = [(1.0 - u) / rate, 0.0];
        Replicate::scored(x.min(end), score).plus([0.0, f64::from(x >= end)])
    });
    both(&censored(rate, end), &exact, &path, &scored).unwrap();
}

#[stochastic]
fn shifted(a: Real, rate: Real) -> Real {
    let z = sample!(Exponential::new(rate));
    (a + z).powi(2)
}

#[test]
fn shifted_exponential() {
    let ([a, rate], exact) = reference("shifted_exponential", ["a", "rate"]);
    let path = Law::exponential(|u| {
        let (e, x) = (u / rate, a + u / rate);
        Replicate::along(x * x, [2.0 * x, -2.0 * x * e / rate])
    });
    let scored = Law::exponential(|u| {
        let x = a + u / rate;
        Replicate::scored(x * x, [0.0, (1.0 - u) / rate]).plus([2.0 * x, 0.0])
    });
    both(&shifted(a, rate), &exact, &path, &scored).unwrap();
}

#[stochastic]
fn cosine(loc: Real, scale: Real) -> Real {
    let z = sample!(Laplace::new(loc, scale));
    z.cos()
}

#[test]
fn laplace_cos() {
    let ([loc, scale], exact) = reference("laplace_cos", ["loc", "scale"]);
    let law = |replicate: &dyn Fn(f64) -> Replicate<2>| {
        Law::integral([-60.0, 60.0], |u| (-u.abs()).exp(), replicate)
    };
    let path = law(&|u| {
        let (sin, cos) = (loc + scale * u).sin_cos();
        Replicate::along(cos, [-sin, -sin * u])
    });
    let scored = law(&|u| {
        let score = [u.signum() / scale, (u.abs() - 1.0) / scale];
        Replicate::scored((loc + scale * u).cos(), score)
    });
    both(&cosine(loc, scale), &exact, &path, &scored).unwrap();
}

#[stochastic]
fn linear(mu: [Real; 3], log_sd: Real) -> Real {
    let sd = log_sd.exp();
    let x = [0, 1, 2].map(|i| sample!(Normal::new(mu[i], sd), name = "z"));
    x[0] + 2.0 * x[1] + 3.0 * x[2]
}

#[test]
fn normal_linear() {
    let (sd, w) = (0.6_f64, [1.0, 2.0, 3.0]);
    let exact = Exact { value: 6.0, gradient: [1.0, 2.0, 3.0, 0.0] };
    let value = |e: [f64; 3]| 6.0 + sd * (w[0] * e[0] + w[1] * e[1] + w[2] * e[2]);
    let path = Law::normals(0.5, |e: [f64; 3]| {
        Replicate::along(value(e), [1.0, 2.0, 3.0, value(e) - 6.0])
    });
    let scored = Law::normals(0.5, |e: [f64; 3]| {
        let squares: f64 = e.iter().map(|x| x * x - 1.0).sum();
        Replicate::scored(value(e), [e[0] / sd, e[1] / sd, e[2] / sd, squares])
    });
    both(&linear([1.0; 3], sd.ln()), &exact, &path, &scored).unwrap();
}

#[stochastic]
fn constant(mu: Real, s: Real) -> f64 {
    let z = sample!(Normal::new(mu, s));
    std::hint::black_box(&z);
    3.0
}

/// Along the path nothing moves; scored, every baseline other than none takes the noise away.
#[test]
fn normal_constant() {
    let exact = Exact { value: 3.0, gradient: [0.0, 0.0] };
    both_normal(&constant(0.3, 0.7), [0.3, 0.7], &exact, |_| [3.0, 0.0]);
    let query = constant(0.3, 0.7).gradient().replicates(REPLICATES).seed(6);
    let report = query.clone().run().unwrap();
    assert!(report.gradient().iter().all(|d| d.mean == 0.0 && d.standard_error == Some(0.0)));
    // Var = c^2 / s^2 without a baseline.
    let scored = Law::normal(|e| Replicate::scored(3.0, [e / 0.7, (e * e - 1.0) / 0.7]));
    assert!((scored.derivative(0, Baseline::None).variance - 9.0 / 0.49).abs() < 1e-9);
    let forced = query.strategy("z", Strategy::ScoreFunction);
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        check(forced.clone(), baseline, &exact, &scored).unwrap();
    }
}

#[stochastic]
fn newsvendor(order: Real, mean: Real) -> Real {
    let z = sample!(Exponential::new(1.0 / mean));
    (order - z).max(0.0) + 3.0 * (z - order).max(0.0)
}

#[test]
fn newsvendor_with_exponential_demand() {
    let (order, mean) = (12.0, 10.0);
    let exact = Exact { value: 14.047_768_476, gradient: [-0.204_776_848, 1.650_509_065] };
    let cost = |z: f64| (order - z).max(0.0) + 3.0 * (z - order).max(0.0);
    let slope = |z: f64| if z < order { -1.0 } else { 3.0 };
    let path = Law::exponential(|u| {
        let z = mean * u;
        Replicate::along(cost(z), [-slope(z), slope(z) * u])
    });
    let scored = Law::exponential(|u| {
        let z = mean * u;
        Replicate::scored(cost(z), [0.0, (u - 1.0) / mean]).plus([-slope(z), 0.0])
    });
    both(&newsvendor(order, mean), &exact, &path, &scored).unwrap();
}

#[stochastic]
fn newsvendor_normal(order: Real, mu: Real, sigma: Real) -> Real {
    let z = sample!(Normal::new(mu, sigma));
    (order - z).max(0.0) + 3.0 * (z - order).max(0.0)
}

#[test]
fn newsvendor_with_normal_demand() {
    let (order, mu, sigma) = (110.0, 100.0, 20.0);
    let exact =
        Exact { value: 25.823_724_592, gradient: [-0.234_150_155, 0.234_150_155, 1.408_261_307] };
    let cost = |z: f64| (order - z).max(0.0) + 3.0 * (z - order).max(0.0);
    let slope = |z: f64| if z < order { -1.0 } else { 3.0 };
    let path = Law::normal(|e| {
        let z = mu + sigma * e;
        Replicate::along(cost(z), [-slope(z), slope(z), slope(z) * e])
    });
    let scored = Law::normal(|e| {
        let z = mu + sigma * e;
        let score = [0.0, e / sigma, (e * e - 1.0) / sigma];
        Replicate::scored(cost(z), score).plus([-slope(z), 0.0, 0.0])
    });
    both(&newsvendor_normal(order, mu, sigma), &exact, &path, &scored).unwrap();
}
