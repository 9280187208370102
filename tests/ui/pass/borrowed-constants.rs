//! Constants behind elided and named lifetimes, which outlive the numbers of a replicate.

use scorepath::prelude::*;

struct Series<'s> {
    points: &'s [f64],
}

#[stochastic]
fn elided(x: Real, data: &[f64], series: &Series<'_>, words: &[&str]) -> Real {
    x * data[0] * series.points[0] * words.len() as f64
}

#[stochastic]
fn named<'a, 'b: 'a>(weights: &'a [Real], data: &'a [f64], words: &'b [&'a str]) -> Real {
    let longest: &'a str = words[0];
    weights[0] * data[0] * longest.len() as f64
}

#[stochastic]
fn outer<'a>(x: Real, weights: &[Real], data: &'a [f64]) -> Real {
    let local = [1.0, 2.0];
    call!(named(weights, data, &["ab"])) + call!(named(&[x, x], &local, &["a"]))
}

/// The random variable may leave the place that made it.
fn made(data: &[f64]) -> named<'_, '_> {
    named(data, data, &["abc"])
}

fn main() {
    let data = vec![2.0];
    let series = Series { points: &data };
    let report = elided(1.0, &data, &series, &["a", "b"]).expectation().replicates(2).run();
    assert_eq!(report.unwrap().value().mean, 8.0);
    assert_eq!(made(&data).expectation().replicates(2).run().unwrap().value().mean, 12.0);
    let report = outer(1.0, &data, &data).expectation().replicates(2).run();
    assert_eq!(report.unwrap().value().mean, 9.0);
}
