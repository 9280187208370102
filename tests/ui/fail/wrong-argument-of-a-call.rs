use scorepath::prelude::*;

#[stochastic]
fn g(x: Real, n: usize) -> Real {
    x * n as f64
}

#[stochastic]
fn f(x: Real) -> Real {
    call!(g(x, "three"))
}

fn main() {}
