use scorepath::prelude::*;

#[stochastic(name = "g")]
fn f(x: Real) -> Real {
    x
}

fn main() {}
