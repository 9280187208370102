use scorepath::prelude::*;

#[derive(Clone, Parameters)]
struct Policy<S> {
    bias: Option<S>,
}

fn main() {}
