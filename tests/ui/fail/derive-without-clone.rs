use scorepath::prelude::*;

#[derive(Parameters)]
struct Policy<S> {
    bias: S,
}

fn main() {}
