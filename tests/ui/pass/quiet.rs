//! The expansion is quiet under every lint that a user may deny.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_lifetimes,
    single_use_lifetimes,
    redundant_lifetimes,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    trivial_casts,
    trivial_numeric_casts,
    unsafe_code,
    unused_results,
    variant_size_differences,
    clippy::all,
    clippy::pedantic
)]

use scorepath::prelude::*;

/// Weights and a bias.
#[derive(Clone, Debug, Parameters)]
pub struct Policy<S> {
    /// One for each input.
    pub weights: [S; 2],
    /// Added at the end.
    pub bias: S,
    /// A constant.
    pub hidden: usize,
}

/// Seven parameters are as many as clippy allows.
#[stochastic]
pub fn seven(a: Real, b: Real, c: Real, d: Real, e: Real, f: Real, _unused: f64) -> Real {
    a + b + c + d + e + f
}

/// Everything borrowed.
#[stochastic]
#[must_use]
pub fn borrowed<'a, T: Into<f64>>(
    policy: &Policy<Real>,
    weights: &[Real],
    data: &'a [T],
    other: &'a T,
) -> Real {
    let z = sample!(Normal::new(policy.bias, 1.0));
    cost!(weights[0]);
    let chosen = data.first().unwrap_or(other).clone();
    if continuous!(z > 0.0) { z * chosen.into() } else { policy.weights[0] }
}

mod inner {
    use scorepath::prelude::*;

    /// A closure of the caller's.
    #[stochastic]
    pub(crate) fn applied(x: Real, f: impl Fn(f64) -> f64, n: usize) -> Real {
        let many: Vec<Real> = (0..n).map(|_| sample!(Normal::new(x, 1.0))).collect();
        many.into_iter().sum::<Real>() * f(2.0)
    }
}

/// Calls the other.
#[stochastic]
pub fn outer(mut x: Real) -> f64 {
    x += 1.0;
    let y = call!(inner::applied(x, |y| 2.0 * y, 3));
    detach(y).value()
}

fn main() {
    let policy = Policy { weights: [1.0, 2.0], bias: 0.5, hidden: 3 };
    let borrowed = borrowed(&policy, &[1.0], &[1.0_f32], &2.0).gradient().replicates(8).run();
    assert!(borrowed.is_ok());
    assert!(seven(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0).gradient().replicates(8).run().is_ok());
    assert!(outer(1.0).expectation().replicates(8).run().is_ok());
    assert_eq!(policy.hidden, 3);
}
