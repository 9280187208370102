//! Every site of a function has a name of its own, also where the user gives none.

use scorepath::prelude::*;

#[stochastic]
fn f(x: Real) -> Real {
    let z = sample!(Normal::new(x, 1.0));
    let z = z + sample!(Normal::new(sample!(Normal::new(x, 1.0)), sample!(Exponential::new(1.0))));
    let z: Real = z + sample!(Normal::new(x, 1.0), name = "z");
    z + sample!(Normal::new(x, 1.0))
}

fn main() {
    let report = f(1.0).gradient().replicates(8).run().unwrap();
    let names: Vec<&str> = report.sites().iter().map(|site| site.name()).collect();
    for name in ["z", "z#2", "Normal:8", "Normal:8#2", "Exponential:8", "Normal:10"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
}
