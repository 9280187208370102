use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: &'static [Real]) -> Real {
    x
}

fn main() {}
