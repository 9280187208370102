use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: Box<[Real]>) -> Real {
    x
}

fn main() {}
