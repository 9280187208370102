//! Two first programs: `cargo run --release --example quickstart`.
//!
//! The first is the quadratic of the README. The second fits a Bayesian logistic regression to the
//! 23 space-shuttle flights before the Challenger accident of 28 January 1986, by gradient ascent
//! on its evidence lower bound.

use scorepath::prelude::*;
use scorepath::{Error, Plan};

/// Squared distance of a noisy shot from its target.
#[stochastic]
fn miss(aim: Real, spread: Real, target: f64) -> Real {
    let shot = sample!(Normal::new(aim, spread));
    (shot - target).powi(2)
}

/// Launch temperature in °F, and whether an O-ring showed thermal distress, in the order of the
/// flights (Dalal, Fowlkes and Hoadley 1989, doi:10.1080/01621459.1989.10478858).
#[rustfmt::skip]
const FLIGHTS: [(f64, bool); 23] = [
    (66.0, false), (70.0, true),  (69.0, false), (68.0, false), (67.0, false), (72.0, false),
    (73.0, false), (70.0, false), (57.0, true),  (63.0, true),  (70.0, true),  (78.0, false),
    (67.0, false), (53.0, true),  (67.0, false), (75.0, false), (70.0, false), (81.0, false),
    (76.0, false), (79.0, false), (75.0, true),  (76.0, false), (58.0, true),
];

/// Standard deviation of the Normal(0, 5) prior of both coefficients.
const PRIOR: f64 = 5.0;

/// The temperature as the model sees it: centred, in units of 10 °F.
fn centred(temperature: f64) -> f64 {
    (temperature - 69.6) / 10.0
}

/// Log density of the coefficients and the flights together.
fn log_joint<M: Mode>(intercept: Real<M>, slope: Real<M>) -> Real<M> {
    let prior = Normal::new(0.0, PRIOR);
    let likelihood = FLIGHTS.iter().map(|&(temperature, distress)| {
        Bernoulli::from_logit(intercept + slope * centred(temperature)).log_density(distress)
    });
    prior.log_density(intercept) + prior.log_density(slope) + likelihood.sum::<Real<M>>()
}

/// Evidence lower bound of a guide of two independent normal distributions. Knowing no correlation,
/// the best of them is a little narrower than the posterior.
#[stochastic]
fn evidence(mean: [Real; 2], log_sd: [Real; 2]) -> Real {
    let guide = [0, 1].map(|i| Normal::new(mean[i], log_sd[i].exp()));
    let intercept = sample!(guide[0]);
    let slope = sample!(guide[1]);
    log_joint(intercept, slope) - guide[0].log_density(intercept) - guide[1].log_density(slope)
}

/// Probability of distress at one temperature, over the guide.
#[stochastic]
fn distress(mean: [Real; 2], log_sd: [Real; 2], temperature: f64) -> Real {
    let intercept = sample!(Normal::new(mean[0], log_sd[0].exp()));
    let slope = sample!(Normal::new(mean[1], log_sd[1].exp()));
    Bernoulli::from_logit(intercept + slope * centred(temperature)).mean()
}

/// Mean and standard deviation of points with weights.
fn moments(points: &[(f64, f64)]) -> (f64, f64) {
    let total: f64 = points.iter().map(|(_, weight)| weight).sum();
    let mean = points.iter().map(|(x, weight)| weight * x).sum::<f64>() / total;
    let squares: f64 = points.iter().map(|(x, weight)| weight * (x - mean).powi(2)).sum();
    (mean, (squares / total).sqrt())
}

/// The posterior by a fine grid: mean and standard deviation of intercept and slope, and of the
/// probability of distress at 31 °F.
fn reference() -> [(f64, f64); 3] {
    let mut points = [const { Vec::new() }; 3];
    for (i, j) in (0..400).flat_map(|i| (0..400).map(move |j| (i, j))) {
        let (intercept, slope) = (-6.0 + 0.025 * f64::from(i), -12.0 + 0.04 * f64::from(j));
        let weight = log_joint::<Primal>(intercept.into(), slope.into()).value().exp();
        let at_31 = <Bernoulli>::from_logit(intercept + slope * centred(31.0)).mean().value();
        for (points, x) in points.iter_mut().zip([intercept, slope, at_31]) {
            points.push((x, weight));
        }
    }
    points.map(|points| moments(&points))
}

fn main() -> Result<(), Error> {
    println!("{}", miss(0.5, 1.2, 3.0).gradient().replicates(1_000_000).seed(7).run()?);

    let (mut mean, mut log_sd) = ([0.0; 2], [0.0; 2]);
    let mut plan = Plan::default();
    for step in 0..500_u16 {
        let query = evidence(mean, log_sd).gradient().replicates(256).seed(step.into());
        let report = query.plan(&plan).run()?;
        let rate = 20.0 / (100.0 + f64::from(step));
        for (parameter, derivative) in mean.iter_mut().chain(&mut log_sd).zip(report.gradient()) {
            *parameter += rate * derivative.mean;
        }
        plan = report.plan().clone();
    }
    println!("{}", evidence(mean, log_sd).gradient().replicates(100_000).plan(&plan).run()?);

    let [exact @ .., exact_at_31] = reference();
    println!("coefficient           fitted               exact");
    for (i, name) in ["intercept", "slope per 10 °F"].iter().enumerate() {
        let (mean, sd, exact) = (mean[i], log_sd[i].exp(), exact[i]);
        println!("{name:<15}  {mean:>6.2} ± {sd:.2}  {:>10.2} ± {:.2}", exact.0, exact.1);
    }
    let at_31 = distress(mean, log_sd, 31.0).expectation().replicates(100_000).run()?.value();
    println!("distress at 31 °F  {:>13.3}  {:>17.3}", at_31.mean, exact_at_31.0);
    Ok(())
}
