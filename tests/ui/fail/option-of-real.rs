use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: Option<Real>) -> Real {
    x
}

fn main() {}
