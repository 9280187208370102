use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = call!(x.f(1.0));
    x
}

fn main() {}
