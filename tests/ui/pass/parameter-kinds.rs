//! Every kind of parameter beside a constant, and the names of the components.

use scorepath::prelude::*;

#[derive(Clone, Parameters)]
struct Policy<S> {
    weights: [S; 2],
    bias: S,
    rows: Vec<S>,
    hidden: usize,
}

#[derive(Clone, Parameters)]
struct Pair<S>(S, Vec<(S, f64)>);

#[derive(Clone, Parameters)]
#[parameters(scalar = X)]
struct Nested<T, X> {
    inner: Pair<X>,
    label: T,
}

#[stochastic]
#[allow(clippy::too_many_arguments)]
fn kinds(
    one: Real,
    array: [Real; 2],
    slice: &[Real],
    matrix: &[[Real; 2]],
    vector: Vec<Real>,
    tuple: (Real, f64),
    policy: Policy<Real>,
    lent: &Policy<Real>,
    nested: Nested<&'static str, Real>,
    mut changed: scorepath::Real,
    scale: f64,
) -> Real {
    assert_eq!(nested.label, "label");
    changed += one;
    let mut sum = changed + array[0] * tuple.1 + slice.iter().copied().sum::<Real>();
    sum += matrix[0][1] + vector[0] + policy.weights[1] + lent.bias;
    sum += nested.inner.0 + nested.inner.1[0].0;
    (sum + policy.hidden as f64) * sample!(Normal::new(0.0, scale))
}

fn main() {
    let policy = Policy { weights: [1.0, 2.0], bias: 3.0, rows: vec![4.0], hidden: 5 };
    let nested = Nested { inner: Pair(1.0, vec![(2.0, 3.0)]), label: "label" };
    let variable = kinds(
        1.0,
        [2.0, 3.0],
        &[4.0, 5.0],
        &[[6.0, 7.0]],
        vec![8.0],
        (9.0, 10.0),
        policy.clone(),
        &policy,
        nested,
        11.0,
        0.5,
    );
    let report = variable.gradient().replicates(64).run().unwrap();
    for name in [
        "one",
        "array[1]",
        "slice[1]",
        "matrix[0][1]",
        "vector[0]",
        "tuple.0",
        "policy.weights[1]",
        "policy.rows[0]",
        "lent.bias",
        "nested.inner.0",
        "nested.inner.1[0].0",
        "changed",
    ] {
        assert!(report.derivative(name).is_some(), "{name}");
    }
    assert!(report.derivative("scale").is_none());
}
