use scorepath::prelude::*;

#[derive(Clone, Parameters)]
enum Policy<S> {
    Linear(S),
}

fn main() {}
