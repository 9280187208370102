//! Draws follow their law: Kolmogorov-Smirnov or chi-square at level 0.001, mean and variance by
//! z-score, and the same draws for the same seed.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and outcomes are small"
)]

use scorepath::distribution::{
    Bernoulli, Binomial, Categorical, Distribution, Exponential, Geometric, Laplace, LogNormal,
    Normal, Poisson, Stream, Uniform,
};
use scorepath::{Primal, Real, Stochastic, Tangent, sample, stochastic};

/// Draws a law.
const DRAWS: usize = 1_000_000;

/// A draw as a plain number.
trait Plain {
    fn plain(self) -> f64;
}
impl Plain for Real {
    fn plain(self) -> f64 {
        self.value()
    }
}
impl Plain for bool {
    fn plain(self) -> f64 {
        f64::from(u8::from(self))
    }
}
impl Plain for u64 {
    fn plain(self) -> f64 {
        self as f64
    }
}
impl Plain for usize {
    fn plain(self) -> f64 {
        self as f64
    }
}

fn draws<D: Distribution<Primal, Value: Plain>>(distribution: &D, seed: u64) -> Vec<f64> {
    assert_eq!(distribution.validate(), Ok(()));
    let mut stream = Stream::from_seed(seed);
    (0..DRAWS).map(|_| distribution.draw(&mut stream).plain()).collect()
}

/// Kolmogorov-Smirnov at level 0.001: $D \sqrt n < \sqrt{\ln(2/0.001)/2}$ in the limit.
fn follows(mut draws: Vec<f64>, distribution_function: impl Fn(f64) -> f64) {
    draws.sort_by(f64::total_cmp);
    let n = draws.len() as f64;
    let distance = draws.iter().enumerate().map(|(i, x)| {
        let p = distribution_function(*x);
        (p - i as f64 / n).abs().max((p - (i + 1) as f64 / n).abs())
    });
    let statistic = distance.fold(0.0, f64::max) * n.sqrt();
    let quantile = (2000.0_f64.ln() / 2.0).sqrt();
    assert!(statistic < quantile, "{statistic} above {quantile}");
}

/// Chi-square at level 0.001 over cells of neighbouring counts with an expectation of at least 20;
/// the quantile by Wilson and Hilferty (1931).
fn counts_follow(draws: &[f64], range: std::ops::RangeInclusive<u64>, mass: impl Fn(u64) -> f64) {
    let n = draws.len() as f64;
    let start = *range.start();
    let mut observed = vec![0.0; (range.end() - start + 1) as usize];
    let mut outside = 0.0;
    for x in draws {
        match observed.get_mut((*x as u64).wrapping_sub(start) as usize) {
            Some(count) => *count += 1.0,
            None => outside += 1.0,
        }
    }
    let (mut cell, mut statistic, mut cells, mut total) = ((0.0, 0.0), 0.0, 0.0, 0.0);
    for (k, count) in range.zip(observed) {
        cell = (cell.0 + count, cell.1 + n * mass(k));
        if cell.1 >= 20.0 {
            statistic += (cell.0 - cell.1).powi(2) / cell.1;
            cells += 1.0;
            total += cell.1;
            cell = (0.0, 0.0);
        }
    }
    // The last cell is everything else.
    let rest = n - total;
    if rest >= 20.0 {
        statistic += (cell.0 + outside - rest).powi(2) / rest;
        cells += 1.0;
    } else {
        assert!(cell.0 + outside < 60.0, "{} draws in the far tail", cell.0 + outside);
    }
    let c: f64 = 2.0 / (9.0 * (cells - 1.0));
    let quantile = (cells - 1.0) * (1.0 - c + 3.0902 * c.sqrt()).powi(3);
    assert!(statistic < quantile, "{statistic} above {quantile} with {cells} cells");
}

/// Mean and variance within four standard errors, the latter by the sample's fourth moment.
fn moments_match(draws: &[f64], mean: Real, variance: Real) {
    let (mean, deviation) = (mean.value(), variance.value().sqrt());
    let n = draws.len() as f64;
    let standard: Vec<_> = draws.iter().map(|x| (x - mean) / deviation).collect();
    let moment = |power| standard.iter().map(|z: &f64| z.powi(power)).sum::<f64>() / n;
    let (first, second, fourth) = (moment(1), moment(2), moment(4));
    assert!((first * n.sqrt()).abs() < 4.0, "mean: z = {}", first * n.sqrt());
    let z = (second - 1.0) * n.sqrt() / (fourth - second * second).sqrt();
    assert!(z.abs() < 4.0, "variance: z = {z}");
}

/// Standard normal distribution function; Abramowitz and Stegun (1964), 7.1.26, error below 1e-7.
fn phi(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let coefficients =
        [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let tail = coefficients.iter().fold(0.0, |sum, c| (sum + c) * t) * (-x * x).exp() / 2.0;
    if z > 0.0 { 1.0 - tail } else { tail }
}

#[test]
fn normal() {
    for (seed, (loc, scale)) in [(0.0, 1.0), (-3.0, 1e-150), (1e6, 1e150)].into_iter().enumerate() {
        let d = <Normal>::new(loc, scale);
        let draws = draws(&d, seed as u64);
        if scale > 1e-100 {
            moments_match(&draws, d.mean(), d.variance());
            follows(draws, |x| phi((x - loc) / scale));
        } else {
            assert!(draws.iter().all(|x| *x == loc));
        }
    }
}

#[test]
fn log_normal() {
    for (seed, (loc, scale)) in [(0.0, 0.25), (-650.0, 0.1), (300.0, 0.3)].into_iter().enumerate() {
        let d = <LogNormal>::new(loc, scale);
        let draws = draws(&d, 10 + seed as u64);
        if loc.abs() < 500.0 {
            moments_match(&draws, d.mean(), d.variance());
        }
        follows(draws, |x| phi((x.ln() - loc) / scale));
    }
}

#[test]
fn uniform() {
    for (seed, (low, high)) in [(0.0, 1.0), (-1e308, 1e308), (5.0, 5.001)].into_iter().enumerate() {
        let d = <Uniform>::new(low, high);
        let draws = draws(&d, 20 + seed as u64);
        assert!(draws.iter().all(|x| (low..=high).contains(x)));
        if high < 1e308 {
            moments_match(&draws, d.mean(), d.variance());
        }
        follows(draws, |x| (x / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0));
    }
}

#[test]
fn exponential() {
    for (seed, rate) in [1.0, 1e-150, 1e100].into_iter().enumerate() {
        let d = <Exponential>::new(rate);
        let draws = draws(&d, 30 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        follows(draws, |x| -(-rate * x).exp_m1());
    }
}

#[test]
fn laplace() {
    for (seed, (loc, scale)) in [(0.0, 1.0), (0.5, 1e-10), (-1e10, 1e150)].into_iter().enumerate() {
        let d = <Laplace>::new(loc, scale);
        let draws = draws(&d, 40 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        follows(draws, |x| {
            let tail = (-(x - loc).abs() / scale).exp() / 2.0;
            if x > loc { 1.0 - tail } else { tail }
        });
    }
}

#[test]
fn bernoulli() {
    let logit = |l| <Bernoulli>::from_logit(l);
    let laws = [<Bernoulli>::new(0.3), Bernoulli::new(1e-4), logit(-2.0), logit(7.0)];
    for (seed, d) in laws.into_iter().enumerate() {
        let draws = draws(&d, 50 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        counts_follow(&draws, 0..=1, |k| d.log_density(k == 1).exp().value());
    }
}

#[test]
fn binomial() {
    // Inversion and rejection, each also with the outcomes exchanged, and both sides of the switch.
    let laws = [
        (10, 0.3),
        (1000, 0.9995),
        (16_000_000, 3.14e-7),
        (9_000_000_000_000_000, 1e-15),
        (40, 0.2499),
        (40, 0.25),
        (40, 0.75),
        (1_000_000, 0.4),
        (1_000_000, 0.999),
    ];
    for (seed, (n, p)) in laws.into_iter().enumerate() {
        let d = <Binomial>::new(n, p);
        let draws = draws(&d, 60 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        let reach = 8.0 * d.variance().value().sqrt() + 20.0;
        let mean = d.mean().value();
        let range = (mean - reach).max(0.0) as u64..=((mean + reach) as u64).min(n);
        counts_follow(&draws, range, |k| d.log_density(k).exp().value());
    }
}

#[test]
fn binomial_of_very_many_trials() {
    for (seed, (n, p)) in [(1_u64 << 53, 0.3), (1 << 53, 0.999)].into_iter().enumerate() {
        let d = <Binomial>::new(n, p);
        let draws = draws(&d, 70 + seed as u64);
        let (mean, deviation) = (d.mean().value(), d.variance().value().sqrt());
        moments_match(&draws, d.mean(), d.variance());
        follows(draws, |k| phi((k + 0.5 - mean) / deviation));
    }
}

#[test]
fn geometric() {
    for (seed, p) in [0.2, 0.9, 1e-3].into_iter().enumerate() {
        let d = <Geometric>::new(p);
        let draws = draws(&d, 80 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        let last = (30.0 / p) as u64;
        counts_follow(&draws, 0..=last, |k| d.log_density(k).exp().value());
    }
}

#[test]
fn geometric_of_a_rare_success() {
    for (seed, p) in [1e-10, 1e-17].into_iter().enumerate() {
        let d = <Geometric>::new(p);
        let draws = draws(&d, 90 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        follows(draws, |k| -(-p * (k + 0.5)).exp_m1());
    }
}

#[test]
fn poisson() {
    for (seed, rate) in [0.5, 4.0, 11.999, 12.0, 30.0, 1e5].into_iter().enumerate() {
        let d = <Poisson>::new(rate);
        let draws = draws(&d, 100 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        let reach = 8.0 * rate.sqrt() + 20.0;
        let range = (rate - reach).max(0.0) as u64..=(rate + reach) as u64;
        counts_follow(&draws, range, |k| d.log_density(k).exp().value());
    }
}

#[test]
fn poisson_of_a_very_large_rate() {
    for (seed, rate) in [1e12, 1e15, (1_u64 << 53) as f64].into_iter().enumerate() {
        let d = <Poisson>::new(rate);
        let draws = draws(&d, 110 + seed as u64);
        moments_match(&draws, d.mean(), d.variance());
        follows(draws, |k| phi((k + 0.5 - rate) / rate.sqrt()));
    }
}

#[test]
fn categorical() {
    fn check<W: scorepath::distribution::Weights<Primal>>(
        d: &Categorical<W>,
        last: u64,
        seed: u64,
    ) {
        let draws = draws(d, seed);
        counts_follow(&draws, 0..=last, |k| d.log_density(k as usize).exp().value());
    }
    check(&Categorical::new([0.2, 0.3, 0.5]), 2, 120);
    check(&Categorical::from_logits([1000.0, 1001.0, 999.0]), 2, 121);
    let many: Vec<f64> = (0..40).map(|k| f64::from(k) * 1e300).collect();
    check(&Categorical::new(&many), 39, 122);
    let masked = [f64::NEG_INFINITY, 0.0, f64::NEG_INFINITY, 1.0, f64::NEG_INFINITY];
    check(&Categorical::from_logits(&masked[..]), 4, 123);
}

#[test]
#[should_panic(expected = "above")]
fn a_wrong_rate_is_found() {
    let draws = draws(&<Poisson>::new(4.0), 130);
    counts_follow(&draws, 0..=40, |k| <Poisson>::new(4.02).log_density(k).exp().value());
}

#[test]
#[should_panic(expected = "above")]
fn a_wrong_scale_is_found() {
    follows(draws(&<Normal>::new(0.0, 1.0), 131), |x| phi(x / 1.02));
}

/// `draw`, `pathwise` and the fused draw of the score function from the same random words.
fn one_value<D>(distribution: &D)
where
    D: Distribution<Tangent<2>, Value = Real<Tangent<2>>>,
{
    let mut streams = [7, 7, 7].map(Stream::from_seed);
    for _ in 0..10_000 {
        let drawn = distribution.draw(&mut streams[0]);
        let along = distribution.pathwise(&mut streams[1]).expect("a path");
        let (scored, log_density) = distribution.scored(&mut streams[2]);
        assert_eq!(drawn.to_bits(), along.to_bits());
        assert_eq!(drawn.to_bits(), scored.to_bits());
        let direct = distribution.log_density(&drawn).value();
        // Rounding of the draw, seen through the density, at less than 1e3 standard deviations.
        assert!((log_density.value() - direct).abs() < 1e-11, "{} {direct}", log_density.value());
    }
    let words = streams.map(|mut stream| stream.bits());
    assert!(words[0] == words[1] && words[1] == words[2]);
}

#[test]
fn every_strategy_draws_the_same_value() {
    let v = |x, lane| Real::<Tangent<2>>::variable(x, lane);
    one_value(&Normal::new(v(0.3, 0), v(1.2, 1)));
    one_value(&LogNormal::new(v(0.3, 0), v(1.2, 1)));
    one_value(&Uniform::new(v(-0.3, 0), v(1.2, 1)));
    one_value(&Laplace::new(v(0.3, 0), v(1.2, 1)));
    one_value(&Exponential::new(v(1.2, 0)));
}

/// Weights of every form at a site, where the mode comes from the program.
#[stochastic]
fn choices(weights: [Real; 2], list: &[Real], fixed: &[f64]) -> f64 {
    let [p, q] = weights;
    let a = sample!(Categorical::new([p, q, 1.0 - p]));
    let b = sample!(Categorical::from_logits(list));
    let c = sample!(Categorical::new([0.2, 0.8]));
    let d = sample!(Categorical::new(fixed));
    let e = sample!(Categorical::new(&[p, q]));
    let f = sample!(Bernoulli::new(0.5));
    (a + b + c + d + e) as f64 + f64::from(u8::from(f))
}

#[test]
fn categorical_takes_its_mode_from_the_site() {
    let program = choices([0.3, 0.2], &[1.0, 0.0], &[1.0, 1.0]);
    let report = program.gradient().replicates(200_000).seed(3).run().unwrap();
    // (q + 2 - 2p)/(1 + q) + e^0/(e + 1) + .8 + .5 + q/(p + q) + .5 at p = .3, q = .2.
    let second = 1.0 / (1.0 + 1.0_f64.exp());
    let slope = second * (1.0 - second);
    let exact = [-2.0 / 1.2 - 0.2 / 0.25, -0.4 / 1.44 + 0.3 / 0.25, -slope, slope];
    for (found, exact) in report.gradient().iter().zip(exact) {
        let error = found.standard_error.unwrap();
        assert!(((found.mean - exact) / error).abs() < 4.0 && error < 0.01, "{found:?}, {exact}");
    }
}

#[test]
fn the_same_draws_for_the_same_seed() {
    fn first<D: Distribution<Primal, Value: Plain>>(distribution: &D) -> String {
        let mut stream = Stream::from_seed(42);
        let draws: Vec<_> = (0..4).map(|_| distribution.draw(&mut stream).plain()).collect();
        format!("{} {draws:?}\n", D::name())
    }
    let table = [
        first(&<Normal>::new(0.0, 1.0)),
        first(&<LogNormal>::new(0.0, 1.0)),
        first(&<Uniform>::new(0.0, 1.0)),
        first(&<Exponential>::new(1.0)),
        first(&<Laplace>::new(0.0, 1.0)),
        first(&<Bernoulli>::new(0.5)),
        first(&<Bernoulli>::from_logit(0.5)),
        first(&<Binomial>::new(10, 0.3)),
        first(&<Binomial>::new(1000, 0.3)),
        first(&<Geometric>::new(0.1)),
        first(&<Poisson>::new(4.0)),
        first(&<Poisson>::new(400.0)),
        first(&<Categorical<_>>::new([0.2, 0.3, 0.5])),
        first(&<Categorical<_>>::from_logits([0.2, 0.3, 0.5])),
    ];
    insta::assert_snapshot!(table.concat(), @r"
    Normal [0.8343975468437959, -0.514962928147295, 1.40772757311975, 0.46445486122523566]
    LogNormal [2.303425923971081, 0.5975227454828566, 4.086658212505505, 1.591146556734215]
    Uniform [0.8143051451229099, 0.31882104006166123, 0.9838941681774888, 0.7011355981347557]
    Exponential [1.0640204579905184, 0.46727166671259024, 1.4997507741445462, 0.7259371703912869]
    Laplace [-0.46727166671259024, -0.7259371703912869, -1.0045866869548898, 1.55196004099804]
    Bernoulli [0.0, 1.0, 0.0, 0.0]
    Bernoulli [0.0, 1.0, 0.0, 0.0]
    Binomial [4.0, 2.0, 6.0, 4.0]
    Binomial [303.0, 331.0, 288.0, 282.0]
    Geometric [10.0, 4.0, 14.0, 6.0]
    Poisson [6.0, 3.0, 9.0, 5.0]
    Poisson [416.0, 389.0, 409.0, 419.0]
    Categorical [2.0, 1.0, 2.0, 2.0]
    Categorical [2.0, 1.0, 2.0, 2.0]
    ");
}
