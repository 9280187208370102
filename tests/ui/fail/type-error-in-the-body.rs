use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let z = sample!(Normal::new(x, 1.0));
    let count: usize = z;
    z * count as f64
}

fn main() {}
