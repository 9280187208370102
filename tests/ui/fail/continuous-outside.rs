use scorepath::prelude::*;

fn helper(x: Real) {
    let _ = continuous!(x > 0.0);
}

fn main() {}
