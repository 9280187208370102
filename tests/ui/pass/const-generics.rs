//! Arrays of any length, beside a type parameter and a lifetime.

use scorepath::prelude::*;

#[stochastic]
fn total<'a, T: Into<f64>, const N: usize, const M: usize>(
    x: [Real; N],
    rows: &'a [[T; M]; N],
) -> Real {
    let mut sum = Real::from(0.0);
    for (x, row) in x.into_iter().zip(rows) {
        for item in row.clone() {
            sum += x * item.into();
        }
    }
    sum
}

#[stochastic]
fn single(x: Real) -> Real {
    call!(total::<f32, 1, 2>([x], &[[1.0, 2.0]]))
}

fn main() {
    let report = total([1.0, 2.0], &[[1.0], [3.0]]).gradient().replicates(2).run().unwrap();
    assert_eq!(report.value().mean, 7.0);
    assert_eq!(report.gradient()[1].mean, 3.0);
    let report = single(1.0).expectation().replicates(2).run().unwrap();
    assert_eq!(report.value().mean, 3.0);
}
