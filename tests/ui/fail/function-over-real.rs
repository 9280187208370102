use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: impl Fn(Real) -> Real) -> Real {
    x
}

fn main() {}
