use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, y: std::sync::atomic::AtomicUsize) -> Real {
    x * y.load(std::sync::atomic::Ordering::Relaxed) as f64
}

fn main() {}
