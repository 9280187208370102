use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = sample!(Normal::new(x, 1.0), Normal::new(x, 2.0));
    x
}

fn main() {}
