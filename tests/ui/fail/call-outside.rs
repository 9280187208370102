use scorepath::prelude::*;

fn helper(x: Real) {
    let _ = call!(g(x));
}

fn main() {}
