use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = sample!(Normal::new(x, 1.0), name = "z", name = "y");
    x
}

fn main() {}
