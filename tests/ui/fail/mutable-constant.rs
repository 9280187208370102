use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: &mut Vec<f64>) -> Real {
    x
}

fn main() {}
