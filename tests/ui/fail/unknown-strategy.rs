use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let _ = sample!(Normal::new(x, 1.0), strategy = Reparameterised);
    x
}

fn main() {}
