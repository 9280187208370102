use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    sample!(x)
}

fn main() {}
