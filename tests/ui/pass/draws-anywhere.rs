//! Draws in one another, in branches, before an early return, and in the arguments of macros.

use scorepath::prelude::*;

macro_rules! twice {
    ($draw:expr) => {
        $draw + $draw
    };
}

#[stochastic]
fn anywhere(mu: Real, early: bool) -> Real {
    let z = sample!(Normal::new(sample!(Normal::new(mu, 1.0)), 1.0));
    println!("{}", sample!(Poisson::new(3.0)));
    assert!(sample!(Poisson::new(1.0)) < 100, "{}", sample!(Poisson::new(1.0)));
    let text = format!("{:?}", sample!(Bernoulli::new(0.5)));
    if early && text.len() > 3 {
        return sample!(Normal::new(mu, 1.0));
    }
    let y = match sample!(Bernoulli::new(0.5)) {
        true => sample!(Normal::new(mu, 1.0)),
        false if early => sample! { Normal::new(mu, 2.0) },
        false => scorepath::sample![Normal::new(mu, 3.0)],
    };
    let mut left = 3;
    while left > 0 {
        left -= 1;
        if sample!(Bernoulli::new(0.5), name = "stop") {
            break;
        }
        cost!(sample!(Normal::new(0.0, 1.0)));
    }
    let prior = Normal::new(mu, 1.0);
    z + y + twice!(sample!(prior)) + sample!(Normal::new(mu, 1.0), baseline = mu, strategy = ScoreFunction)
}

fn main() {
    let report = anywhere(0.5, false).gradient().replicates(64).run().unwrap();
    let sites: Vec<&str> = report.sites().iter().map(|site| site.name()).collect();
    for name in ["z", "Poisson:14", "Poisson:15", "Bernoulli:16", "stop", "prior:34"] {
        assert!(sites.contains(&name), "{name} in {sites:?}");
    }
    anywhere(0.5, true).expectation().replicates(64).run().unwrap();
}
