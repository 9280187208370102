use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let z = sample!(Normal::new(x, 1.0));
    "z"
}

fn main() {}
