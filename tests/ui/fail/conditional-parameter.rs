use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, #[cfg(unix)] y: Real) -> Real {
    x
}

fn main() {}
