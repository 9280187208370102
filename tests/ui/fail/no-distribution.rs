use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = sample!(name = "z");
    x
}

fn main() {}
