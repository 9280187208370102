//! Draws in closures, several of which are alive at the same time.

use scorepath::prelude::*;

#[stochastic]
fn closures(mu: Real) -> Real {
    let near = || sample!(Normal::new(mu, 1.0));
    let far = |scale: f64| sample!(Normal::new(mu, scale));
    let nested = || near() + far(2.0);
    let many: Vec<Real> = (0..2)
        .flat_map(|i| (0..i).map(move |_| sample!(Normal::new(mu, 1.0))))
        .collect();
    let boxed: Box<dyn Fn() -> Real + '_> = Box::new(|| sample!(Normal::new(mu, 1.0)));
    let repeated = [|| sample!(Normal::new(mu, 1.0)); 2];
    nested() + near() + many.iter().copied().sum::<Real>() + boxed() + repeated[0]()
}

fn main() {
    let report = closures(0.5).gradient().replicates(64).run().unwrap();
    assert_eq!(report.gradient()[0].mean, 6.0);
}
