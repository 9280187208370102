use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> (Real, Real) {
    (x, x)
}

fn main() {}
