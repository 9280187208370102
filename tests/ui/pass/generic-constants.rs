//! Constants of any type.

use std::fmt::Debug;

use scorepath::prelude::*;

#[stochastic]
fn weighted<T, U: ?Sized + Debug>(x: Real, items: &[T], owned: T, other: &U) -> Real
where
    T: Copy + Into<f64>,
{
    let shown = format!("{other:?}");
    let sum: f64 = items.iter().map(|item| (*item).into()).sum();
    x * sum * owned.into() * shown.len() as f64
}

trait Scale {
    const SCALE: f64;
}

#[derive(Clone)]
struct Double;

impl Scale for Double {
    const SCALE: f64 = 2.0;
}

/// The type parameter is in no parameter.
#[stochastic]
fn scaled<S: Scale>(x: Real) -> Real {
    x * S::SCALE
}

#[stochastic]
fn both(x: Real) -> Real {
    call!(scaled::<Double>(x)) + call!(weighted::<f64, str>(x, &[1.0], 1.0, ""))
}

fn main() {
    let value = weighted(1.0, &[1_u8, 2], 3, "ab").expectation().replicates(2).run().unwrap();
    assert_eq!(value.value().mean, 36.0);
    let value = both(1.0).expectation().replicates(2).run().unwrap();
    assert_eq!(value.value().mean, 4.0);
}
