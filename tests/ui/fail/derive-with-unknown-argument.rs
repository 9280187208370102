use scorepath::prelude::*;

#[derive(Clone, Parameters)]
#[parameters(scale = S)]
struct Policy<S> {
    bias: S,
}

fn main() {}
