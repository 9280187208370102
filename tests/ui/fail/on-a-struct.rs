use scorepath::prelude::*;

#[stochastic]
struct Policy {
    bias: f64,
}

fn main() {}
