use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: Real<Primal>) -> Real {
    x
}

fn main() {}
