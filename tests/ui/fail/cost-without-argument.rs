use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    cost!();
    x
}

fn main() {}
