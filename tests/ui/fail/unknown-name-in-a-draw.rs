use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    sample!(Normal::new(x, spread))
}

fn main() {}
