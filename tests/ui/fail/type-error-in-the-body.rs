use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, n: usize) -> Real {
    let z = sample!(Normal::new(x, 1.0));
    let count: usize = n + 1.5;
    z
}

fn main() {}
