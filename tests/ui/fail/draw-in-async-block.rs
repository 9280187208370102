use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = async { sample!(Normal::new(x, 1.0)) };
    x
}

fn main() {}
