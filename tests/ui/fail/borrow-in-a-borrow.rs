use scorepath::prelude::*;

#[stochastic]
fn f(x: Real, rows: &[&[Real]]) -> Real {
    x * rows[0][0]
}

fn main() {}
