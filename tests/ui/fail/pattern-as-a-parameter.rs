use scorepath::prelude::*;

#[stochastic]
fn f((x, y): (Real, Real)) -> Real {
    x + y
}

fn main() {}
