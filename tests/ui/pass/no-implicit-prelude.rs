//! The expansion names everything by its full path.
#![no_implicit_prelude]

use ::scorepath::{
    Real, Stochastic, call, continuous, cost, distribution::Normal, sample, stochastic,
};

#[derive(::core::clone::Clone, ::scorepath::Parameters)]
struct Policy<S, T> {
    weights: [S; 2],
    constant: T,
}

#[stochastic]
fn f<T: ::core::convert::Into<f64>>(x: Real, policy: &Policy<Real, T>, w: &[Real]) -> Real {
    let z = sample!(Normal::new(x, policy.weights[0]), name = "z", strategy = ScoreFunction);
    cost!(x);
    let y = if continuous!(z > 0.0) { w[0] } else { x };
    let constant: T = ::core::clone::Clone::clone(&policy.constant);
    if z < -1e9 { call!(f(y, policy, w)) } else { y * constant.into() }
}

fn main() {
    let policy = Policy { weights: [1.0, 2.0], constant: 3.0_f32 };
    let report = f(1.0, &policy, &[1.0]).gradient().replicates(64).run();
    ::core::assert!(report.is_ok());
}
