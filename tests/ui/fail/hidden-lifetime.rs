use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: std::slice::Iter<f64>) -> Real {
    x * y.len() as f64
}

fn main() {}
