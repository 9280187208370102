use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    fn shot() -> f64 {
        sample!(Normal::new(0.0, 1.0)).value()
    }
    x + shot()
}

fn main() {}
