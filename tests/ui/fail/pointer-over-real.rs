use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: fn(Real) -> Real) -> Real {
    x
}

fn main() {}
