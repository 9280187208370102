use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) {
    let _ = x;
}

fn main() {}
