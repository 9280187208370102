use scorepath::prelude::*;

#[stochastic]
fn f<F: Fn(Real) -> Real>(x: Real, y: F) -> Real {
    y(x)
}

fn main() {}
