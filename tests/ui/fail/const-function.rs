use scorepath::prelude::*;

#[stochastic]
const fn f(x: Real) -> Real {
    x
}

fn main() {}
