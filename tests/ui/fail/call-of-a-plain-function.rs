use scorepath::prelude::*;

fn helper<M: Mode>(x: Real<M>) -> Real<M> {
    x
}

#[stochastic]
fn f(x: Real) -> Real {
    call!(helper(x))
}

fn main() {}
