use scorepath::prelude::*;

fn helper(x: Real) {
    let _ = sample!(Normal::new(x, 1.0));
}

fn main() {}
