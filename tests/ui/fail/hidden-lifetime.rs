use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: std::slice::Iter<f64>) -> Real {
    x
}

fn main() {}
