use scorepath::prelude::*;

#[stochastic]
async fn f(x: Real) -> Real {
    x
}

fn main() {}
