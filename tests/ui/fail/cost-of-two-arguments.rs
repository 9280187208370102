use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    cost!(x, 2.0);
    x
}

fn main() {}
