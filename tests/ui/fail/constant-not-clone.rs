use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: std::sync::atomic::AtomicUsize) -> Real {
    x
}

fn main() {}
