//! A function that runs itself.

use scorepath::prelude::*;

#[stochastic]
fn walk(x: Real, drift: Real, steps: usize) -> Real {
    if steps == 0 {
        return x;
    }
    let step = sample!(Normal::new(drift, 1.0));
    call!(walk(x + step, drift, steps - 1))
}

#[stochastic]
fn even(x: Real, steps: usize) -> Real {
    if steps == 0 { x } else { call!(odd(x, steps - 1)) }
}

#[stochastic]
fn odd(x: Real, steps: usize) -> Real {
    if steps == 0 { 0.0 * x } else { call!(even(x, steps - 1)) }
}

fn main() {
    let report = walk(0.0, 0.5, 4).gradient().replicates(64).seed(1).run().unwrap();
    assert_eq!(report.derivative("drift").unwrap().mean, 4.0);
    assert_eq!(even(1.0, 4).expectation().replicates(2).run().unwrap().value().mean, 1.0);
}
