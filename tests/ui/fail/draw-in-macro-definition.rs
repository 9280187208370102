use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    macro_rules! shot {
        () => {
            sample!(Normal::new(x, 1.0))
        };
    }
    shot!()
}

fn main() {}
