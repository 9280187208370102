use scorepath::prelude::*;

#[derive(Clone, Parameters)]
struct Policy<'a, S> {
    bias: &'a [S],
}

fn main() {}
