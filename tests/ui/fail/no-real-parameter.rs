use scorepath::prelude::*;

#[stochastic]
fn f(x: f64) -> Real {
    sample!(Normal::new(x, 1.0))
}

fn main() {}
