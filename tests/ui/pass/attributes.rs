//! Each attribute of the function goes where it means something.
#![deny(warnings)]

use scorepath::prelude::*;

#[stochastic]
#[cfg(any())]
fn absent(x: Missing) -> Nothing {}

#[stochastic]
#[cfg(not(target_os = "none"))]
#[cfg_attr(not(target_os = "none"), inline(always))]
#[expect(non_snake_case, reason = "a name of the paper")]
#[track_caller]
#[must_use]
fn Phi(X: Real, #[allow(unused_variables)] unused: f64) -> Real {
    X
}

#[stochastic]
#[allow(unused_variables)]
#[expect(unused_mut)]
fn silent(x: Real) -> Real {
    let mut unused = 1.0;
    x
}

#[deprecated]
#[stochastic]
fn old(x: Real) -> Real {
    x
}

fn main() {
    #[allow(deprecated)]
    let variable = old(1.0);
    assert!(variable.expectation().replicates(2).run().is_ok());
    assert!(Phi(1.0, 2.0).expectation().replicates(2).run().is_ok());
    assert!(silent(1.0).expectation().replicates(2).run().is_ok());
}
