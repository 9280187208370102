use scorepath::prelude::*;

#[stochastic]
extern "C" fn f(x: Real) -> Real {
    x
}

fn main() {}
