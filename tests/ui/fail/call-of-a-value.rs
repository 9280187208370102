use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = call!(f);
    x
}

fn main() {}
