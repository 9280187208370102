//! Closures and functions that the caller passes.

use scorepath::prelude::*;

#[stochastic]
fn applied(
    x: Real,
    by_value: impl Fn(f64) -> f64,
    by_reference: &impl Fn(&f64) -> f64,
    pointer: fn(f64) -> f64,
    dynamic: &(dyn Fn(f64) -> f64 + Sync),
    words: impl Iterator<Item = &str>,
) -> Real {
    x * by_value(1.0) * by_reference(&1.0) * pointer(4.0) * dynamic(1.0) * words.count() as f64
}

#[stochastic]
fn bounded<F: Fn(f64) -> f64>(x: Real, f: F) -> Real {
    x * f(1.0)
}

#[stochastic]
fn called(x: Real, f: impl Fn(f64) -> f64) -> Real {
    call!(bounded(x, |y| 2.0 * y)) + call!(bounded(x, f))
}

fn main() {
    let scale = 2.0;
    let by_reference = |x: &f64| x * scale;
    let words = ["a", "b"];
    let variable = applied(
        1.0,
        |x| x * scale,
        &by_reference,
        f64::sqrt,
        &|x| x + 1.0,
        words.iter().copied(),
    );
    assert_eq!(variable.expectation().replicates(2).run().unwrap().value().mean, 32.0);
    let report = called(1.0, |x| x * scale).expectation().replicates(2).run();
    assert_eq!(report.unwrap().value().mean, 4.0);
}
