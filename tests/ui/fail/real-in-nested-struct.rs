use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    struct Pair {
        first: Real,
    }
    x
}

fn main() {}
