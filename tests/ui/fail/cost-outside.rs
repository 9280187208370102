use scorepath::prelude::*;

fn helper(x: Real) {
    let _ = cost!(x);
}

fn main() {}
