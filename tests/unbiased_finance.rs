//! Option prices and their derivatives, by the path and by score function.

use scorepath::prelude::*;
use scorepath::{Error, Reason};
use scorepath_tests::{Exact, Law, REPLICATES, Replicate, check, normal_cells, reference};

const PARAMETERS: [&str; 4] = ["S", "r", "sigma", "T"];

/// `exp(-r t) max(s - strike, 0)`.
fn payoff<M: Mode>(s: Real<M>, rate: Real<M>, time: Real<M>, strike: f64) -> Real<M> {
    (-rate * time).exp() * (s - strike).max(0.0)
}

#[stochastic]
fn call_option(spot: Real, rate: Real, sigma: Real, time: Real, strike: f64) -> Real {
    let x =
        sample!(Normal::new(spot.ln() + (rate - 0.5 * sigma * sigma) * time, sigma * time.sqrt()));
    payoff(x.exp(), rate, time, strike)
}

/// The same with the price itself as the draw.
#[stochastic]
fn call_on_price(spot: Real, rate: Real, sigma: Real, time: Real, strike: f64) -> Real {
    let log = spot.ln() + (rate - 0.5 * sigma * sigma) * time;
    let x = sample!(LogNormal::new(log, sigma * time.sqrt()));
    payoff(x, rate, time, strike)
}

/// Location and scale of the log price, each with its derivative in the four parameters.
struct LogPrice {
    loc: f64,
    scale: f64,
    loc_slope: [f64; 4],
    scale_slope: [f64; 4],
}

impl LogPrice {
    fn new([spot, rate, sigma, time]: [f64; 4]) -> Self {
        let (root, drift) = (time.sqrt(), rate - 0.5 * sigma * sigma);
        Self {
            loc: spot.ln() + drift * time,
            scale: sigma * root,
            loc_slope: [1.0 / spot, time, -sigma * time, drift],
            scale_slope: [0.0, 0.0, root, 0.5 * sigma / root],
        }
    }

    fn at(&self, e: f64) -> f64 {
        self.loc + self.scale * e
    }

    fn slope(&self, e: f64) -> [f64; 4] {
        std::array::from_fn(|j| self.loc_slope[j] + self.scale_slope[j] * e)
    }

    fn score(&self, e: f64) -> [f64; 4] {
        let [by_loc, by_scale] = [e / self.scale, (e * e - 1.0) / self.scale];
        std::array::from_fn(|j| self.loc_slope[j] * by_loc + self.scale_slope[j] * by_scale)
    }
}

/// The laws of the call by the path and by score function.
fn call_laws(at: [f64; 4], strike: f64) -> [Law<4>; 2] {
    let [_, rate, _, time] = at;
    let discount = (-rate * time).exp();
    let log = LogPrice::new(at);
    let value = |e: f64| discount * (log.at(e).exp() - strike).max(0.0);
    let direct = |e: f64| [0.0, -time * value(e), 0.0, -rate * value(e)];
    let path = Law::normal(|e| {
        let price = log.at(e).exp();
        let by_log = if price > strike { discount * price } else { 0.0 };
        Replicate::along(value(e), log.slope(e).map(|d| d * by_log)).plus(direct(e))
    });
    let scored = Law::normal(|e| Replicate::scored(value(e), log.score(e)).plus(direct(e)));
    [path, scored]
}

fn check_call<S: Stochastic>(program: &S, exact: &Exact<4>, [path, scored]: &[Law<4>; 2]) {
    let query = program.gradient().replicates(REPLICATES).seed(31);
    let report = check(query.clone(), Baseline::Optimal, exact, path).unwrap();
    assert_eq!(report.sites()[0].reason(), &Reason::Continuous);
    let query = query.strategy("x", Strategy::ScoreFunction);
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        check(query.clone(), baseline, exact, scored).unwrap();
    }
}

#[test]
fn bs_call() {
    let (at, exact) = reference("bs_call", PARAMETERS);
    let laws = call_laws(at, 100.0);
    let [spot, rate, sigma, time] = at;
    check_call(&call_option(spot, rate, sigma, time, 100.0), &exact, &laws);
    check_call(&call_on_price(spot, rate, sigma, time, 100.0), &exact, &laws);
}

/// A call and a digital option on a price of 100 with strike 105.
const AT: [f64; 4] = [100.0, 0.05, 0.2, 1.0];
const STRIKE: f64 = 105.0;

#[test]
fn european_call() {
    let exact = Exact {
        value: 8.021_352_235,
        gradient: [0.542_228_334, 46.201_481_123, 39.670_523_808, 6.277_126_437],
    };
    let laws = call_laws(AT, STRIKE);
    // The known variances of delta, both ways, and of vega by score function.
    let published = [
        (laws[0].derivative(0, Baseline::None).variance, 0.351_516_345),
        (laws[1].derivative(0, Baseline::None).variance, 1.800_920_926),
        (laws[1].derivative(2, Baseline::None).variance, 65_588.456),
    ];
    for (found, published) in published {
        assert!((found / published - 1.0).abs() < 1e-5, "{found}, {published}");
    }
    let [spot, rate, sigma, time] = AT;
    check_call(&call_option(spot, rate, sigma, time, STRIKE), &exact, &laws);
    check_call(&call_on_price(spot, rate, sigma, time, STRIKE), &exact, &laws);
}

/// Pays 1 if the price ends above the strike.
#[stochastic]
fn digital(spot: Real, rate: Real, sigma: Real, time: Real, strike: f64) -> Real {
    let log = spot.ln() + (rate - 0.5 * sigma * sigma) * time;
    let x = sample!(LogNormal::new(log, sigma * time.sqrt()));
    let paid = if x > strike { 1.0 } else { 0.0 };
    paid * (-rate * time).exp()
}

/// The same with the noise as the draw, which no estimator can differentiate.
#[stochastic]
fn digital_of_noise(spot: Real, sigma: Real, strike: f64) -> f64 {
    let z = sample!(Normal::new(0.0, 1.0));
    let price = spot * (sigma * z - 0.5 * sigma * sigma).exp();
    if price > strike { 1.0 } else { 0.0 }
}

/// Delta of the digital option, for another copy of it with only the price as a parameter.
#[stochastic]
fn digital_of_spot(spot: Real, strike: f64) -> f64 {
    let log = spot.ln() + 0.03;
    let x = sample!(LogNormal::new(log, 0.2));
    if x > strike { 1.0 } else { 0.0 }
}

#[test]
fn digital_option() {
    let [spot, rate, sigma, time] = AT;
    let discount = (-rate * time).exp();
    let log = LogPrice::new(AT);
    // Of the value exp(-r T) P(x > K): in r and T by the chain rule, with the density phi(d2) in the
    // location taken from delta = exp(-r T) phi(d2) / (S sigma sqrt T).
    let (value, delta, vega) = (0.440_014_106, 0.018_890_725_6, -0.200_334_595);
    let by_loc = delta * spot;
    let d2 = (log.loc - STRIKE.ln()) / log.scale;
    let by_scale = -by_loc * d2;
    let theta = by_loc * log.loc_slope[3] + by_scale * log.scale_slope[3] - rate * value;
    let exact = Exact { value, gradient: [delta, by_loc * time - time * value, vega, theta] };
    let law = Law::normal(|e| {
        let value = if log.at(e) > STRIKE.ln() { discount } else { 0.0 };
        let direct = [0.0, -time * value, 0.0, -rate * value];
        Replicate::scored(value, log.score(e)).plus(direct)
    });
    let published = law.derivative(0, Baseline::None).variance;
    assert!((published / 0.000_773_938 - 1.0).abs() < 1e-4, "{published}");
    let query = digital(spot, rate, sigma, time, STRIKE).gradient();
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        let query = query.clone().replicates(REPLICATES).seed(32);
        let report = check(query, baseline, &exact, &law).unwrap();
        assert_eq!(report.sites()[0].strategy(), Strategy::ScoreFunction);
    }
    let error = query.strategy("x", Strategy::Pathwise).run().unwrap_err();
    assert!(matches!(error, Error::InvalidStrategy { .. }), "{error}");

    let error = digital_of_noise(spot, sigma, STRIKE).gradient().run().unwrap_err();
    let Error::MovingThreshold { .. } = &error else { panic!("{error}") };

    // Undiscounted, and by the price alone.
    let exact = Exact { value: value / discount, gradient: [delta / discount] };
    let law =
        Law::normal(|e| Replicate::scored(f64::from(log.at(e) > STRIKE.ln()), [log.score(e)[0]]));
    let query = digital_of_spot(spot, STRIKE).gradient().replicates(REPLICATES).seed(33);
    check(query, Baseline::Optimal, &exact, &law).unwrap();
}

/// A call that dies if the price touches 85 on the way, by the probability of the bridge between its
/// ends.
#[stochastic]
fn barrier(spot: Real, rate: Real, sigma: Real, time: Real) -> Real {
    let x =
        sample!(Normal::new(spot.ln() + (rate - 0.5 * sigma * sigma) * time, sigma * time.sqrt()));
    let ends = (spot / 85.0).ln() * (x - 85.0_f64.ln());
    let survival = 1.0 - (-2.0 * ends / (sigma * sigma * time)).exp();
    payoff(x.exp(), rate, time, 100.0) * survival
}

#[test]
fn bs_down_out_bridge() {
    let (at, exact) = reference("bs_down_out_bridge", PARAMETERS);
    let [spot, rate, sigma, time] = at;
    let (discount, variance, log) = ((-rate * time).exp(), sigma * sigma * time, LogPrice::new(at));
    let (start, wall) = ((spot / 85.0).ln(), 85.0_f64.ln());
    // Value, slope in x, and derivatives in the parameters at fixed x.
    let parts = |x: f64| {
        let (call, end) = (discount * (x.exp() - 100.0).max(0.0), x - wall);
        let death = (-2.0 * start * end / variance).exp();
        let by_call = if call > 0.0 { discount * x.exp() * (1.0 - death) } else { 0.0 };
        let value = call * (1.0 - death);
        // d(1 - death) = death d(2 start end / variance).
        let exponent = 2.0 * start * end / variance;
        let bend = call * death;
        let direct = [
            bend * 2.0 * end / variance / spot,
            -time * value,
            -2.0 * bend * exponent / sigma,
            -rate * value - bend * exponent / time,
        ];
        (value, by_call + bend * 2.0 * start / variance, direct)
    };
    let path = Law::normal(|e| {
        let (value, slope, direct) = parts(log.at(e));
        Replicate::along(value, log.slope(e).map(|d| d * slope)).plus(direct)
    });
    let scored = Law::normal(|e| {
        let (value, _, direct) = parts(log.at(e));
        Replicate::scored(value, log.score(e)).plus(direct)
    });
    check_call(&barrier(spot, rate, sigma, time), &exact, &[path, scored]);
}

#[stochastic]
fn geometric_asian(spot: Real, rate: Real, sigma: Real, time: Real) -> Real {
    let step = time / 3.0;
    let mut log = spot.ln();
    let mut sum = Real::from(0.0);
    for _ in 0..3 {
        let x =
            sample!(Normal::new(log + (rate - 0.5 * sigma * sigma) * step, sigma * step.sqrt()));
        log = x;
        sum += log;
    }
    payoff((sum / 3.0).exp(), rate, time, 100.0)
}

#[test]
fn bs_geometric_asian() {
    let (at, exact) = reference("bs_geometric_asian", PARAMETERS);
    let [spot, rate, sigma, time] = at;
    let (step, discount) = (time / 3.0, (-rate * time).exp());
    let (root, drift) = (step.sqrt(), rate - 0.5 * sigma * sigma);
    // The mean of the logarithms is ln S + 2 drift step + sigma sqrt(step) (3 e0 + 2 e1 + e2) / 3:
    // it needs fine cells along u = (3 e0 + 2 e1 + e2) / sqrt 14, with an edge where the payoff
    // bends, and coarse ones across.
    let (spread, centre) = (sigma * root * 14.0_f64.sqrt() / 3.0, spot.ln() + 2.0 * drift * step);
    let value = |u: f64| discount * ((centre + spread * u).exp() - 100.0).max(0.0);
    let direct = |value: f64| [0.0, -time * value, 0.0, -rate * value];
    let path = |u: f64| {
        let by_mean = if value(u) > 0.0 { discount * (centre + spread * u).exp() } else { 0.0 };
        let slope = [
            1.0 / spot,
            2.0 * step,
            -2.0 * sigma * step + spread / sigma * u,
            2.0 / 3.0 * drift + spread * u / (2.0 * time),
        ];
        Replicate::along(value(u), slope.map(|d| d * by_mean)).plus(direct(value(u)))
    };
    // Each step has location x + drift step and scale sigma sqrt(step); the price moves the first.
    let scored = |u: f64, e: [f64; 3]| {
        let (sum, scale) = (e.iter().sum::<f64>(), sigma * root);
        let squares: f64 = e.iter().map(|x| x * x - 1.0).sum();
        let score = [
            e[0] / (scale * spot),
            sum * step / scale,
            -sum * sigma * step / scale + squares / sigma,
            sum * drift / (3.0 * scale) + squares / (2.0 * time),
        ];
        Replicate::scored(value(u), score).plus(direct(value(u)))
    };
    let fine = normal_cells(0.05, (100.0_f64.ln() - centre) / spread);
    let path = Law::new(fine.iter().map(|(u, weight)| (*weight, path(*u))));
    let coarse = normal_cells(0.5, 0.0);
    let across = coarse.iter().flat_map(|a| coarse.iter().map(move |b| (*a, *b)));
    // The orthonormal directions (3, 2, 1), (1, -2, 1) and (2, -1, -4).
    let scored = Law::new(across.flat_map(|((a, weight_a), (b, weight_b))| {
        fine.iter().map(move |(u, weight)| {
            let (u0, a0, b0) = (u / 14.0_f64.sqrt(), a / 6.0_f64.sqrt(), b / 21.0_f64.sqrt());
            let e = [3.0 * u0 + a0 + 2.0 * b0, 2.0 * u0 - 2.0 * a0 - b0, u0 + a0 - 4.0 * b0];
            (weight * weight_a * weight_b, scored(*u, e))
        })
    }));
    check_call(&geometric_asian(spot, rate, sigma, time), &exact, &[path, scored]);
}
