use scorepath::prelude::*;

#[stochastic]
unsafe fn f(x: Real) -> Real {
    x
}

fn main() {}
