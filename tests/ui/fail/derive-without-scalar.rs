use scorepath::prelude::*;

#[derive(Clone, Parameters)]
struct Policy {
    bias: Real,
}

fn main() {}
