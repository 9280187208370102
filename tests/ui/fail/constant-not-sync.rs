use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: &std::cell::Cell<f64>) -> Real {
    x * y.get()
}

fn main() {}
