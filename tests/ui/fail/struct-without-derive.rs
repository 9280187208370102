use scorepath::prelude::*;

#[derive(Clone)]
struct Policy<S> {
    bias: S,
}

#[stochastic]
fn f(policy: Policy<Real>) -> Real {
    policy.bias
}

fn main() {}
