use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: &mut [Real]) -> Real {
    x
}

fn main() {}
