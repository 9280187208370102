use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    fn square(x: Real) -> f64 {
        1.0
    }
    x
}

fn main() {}
