//! Locals, parameters, fields and labels of names that the expansion uses too.

use scorepath::prelude::*;

#[stochastic]
fn shot(shot: Real) -> Real {
    let shot = sample!(Normal::new(shot, 1.0));
    shot
}

#[stochastic]
fn context(context: Real, lanes: Real, layout: f64, lifted: f64, r#type: f64) -> Real {
    let cx = context + lanes;
    let __cx = cx * layout;
    __cx * lifted * r#type
}

#[stochastic]
fn walk(x: Real) -> Real {
    let walk = sample!(Normal::new(x, 1.0));
    let copy = walk;
    if copy < -100.0 { call!(walk(copy)) } else { walk }
}

fn main() {
    let shot = shot(1.0);
    assert_eq!(shot.gradient().replicates(8).run().unwrap().gradient()[0].mean, 1.0);
    let context = context(1.0, 2.0, 3.0, 4.0, 5.0);
    assert_eq!(context.expectation().replicates(2).run().unwrap().value().mean, 180.0);
    walk(1.0).expectation().replicates(2).run().unwrap();
}
