use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = vec![sample!(Normal::new(x, 1.0)); 3];
    x
}

fn main() {}
