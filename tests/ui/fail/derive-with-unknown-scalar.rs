use scorepath::prelude::*;

#[derive(Clone, Parameters)]
#[parameters(scalar = T)]
struct Policy<S> {
    bias: S,
}

fn main() {}
