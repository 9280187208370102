//! The library under another name.

pub extern crate scorepath as sp;

mod facade {
    pub use sp as library;
}

use sp::prelude::*;

#[derive(Clone, Parameters)]
#[parameters(crate = ::sp)]
struct Policy<S> {
    bias: S,
}

#[stochastic(crate = ::sp)]
fn f(policy: Policy<Real>) -> Real {
    sample!(Normal::new(policy.bias, 1.0))
}

#[stochastic(crate = crate::facade::library)]
fn g(x: Real) -> Real {
    let policy = Policy { bias: x };
    call!(f(policy))
}

fn main() {
    let report = g(1.0).gradient().replicates(8).run().unwrap();
    assert_eq!(report.gradient()[0].mean, 1.0);
}
