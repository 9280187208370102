#![allow(missing_docs)]
use scorepath::prelude::*;

#[stochastic]
fn miss(aim: Real, spread: Real, target: f64) -> Real {
    let shot = sample!(Normal::new(aim, spread));
    (shot - target).powi(2)
}
#[stochastic]
fn jump(mu: Real, s: Real) -> Real {
    let z = sample!(Normal::new(mu, s));
    if z > 0.5 { z * z } else { -z }
}
#[stochastic]
fn bad(theta: Real) -> Real {
    let z = sample!(Normal::new(0.0, 1.0));
    if z > theta { z * z } else { -z }
}
fn main() -> Result<(), scorepath::Error> {
    let report = miss(0.5, 1.2, 3.0).gradient().replicates(1_000_000).seed(7).run()?;
    println!("{report}");
    println!("{}", jump(0.3, 1.0).gradient().replicates(1_000_000).seed(7).run()?);
    println!("{}", miss(0.5, 1.2, 3.0).gradient().strategy("shot", Strategy::ScoreFunction).replicates(1_000_000).seed(7).run()?);
    println!("{}", bad(0.3).gradient().run().unwrap_err());
    Ok(())
}
