use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: Option<Real>) -> Real {
    let z = sample!(Normal::new(x, 1.0), nam = "shot");
    z
}

fn main() {
    let _ = f(1.0, None).gradient().run();
}
