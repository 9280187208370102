//! w5p: queue, W = max(0, W + S - A), 200 customers, A ~ Exp(.8), S ~ Exp(1), mean wait, pathwise.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, Exp1};
use scorepath::prelude::*;

use super::{Sums, flatten};

const CUSTOMERS: usize = 200;

#[stochastic]
fn mean_wait(arrivals: Real, services: Real, customers: usize) -> Real {
    let mut wait = Real::from(0.0);
    let mut total = Real::from(0.0);
    for _ in 0..customers {
        total += wait;
        let service = sample!(Exponential::new(services));
        let gap = sample!(Exponential::new(arrivals));
        wait = (wait + service - gap).max(0.0);
    }
    total / customers as f64
}

pub(super) fn gradient(replicates: u64, seed: u64) -> Vec<f64> {
    let query = mean_wait(0.8, 1.0, CUSTOMERS).gradient();
    flatten(&query.replicates(replicates).seed(seed).threads(1).run().expect("a kink only"))
}

pub(super) fn gradient_by_hand(replicates: u64, seed: u64) -> Vec<f64> {
    let (arrivals, services) = (0.8, 1.0);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut sums = Sums::<3>::new();
    for _ in 0..replicates {
        let (mut wait, mut by_arrivals, mut by_services) = (0.0, 0.0, 0.0);
        let (mut total, mut total_arrivals, mut total_services) = (0.0, 0.0, 0.0);
        for _ in 0..CUSTOMERS {
            total += wait;
            total_arrivals += by_arrivals;
            total_services += by_services;
            let e: f64 = Exp1.sample(&mut rng);
            let service = e / services;
            let e: f64 = Exp1.sample(&mut rng);
            let gap = e / arrivals;
            wait += service - gap;
            if wait > 0.0 {
                by_arrivals += gap / arrivals;
                by_services -= service / services;
            } else {
                (wait, by_arrivals, by_services) = (0.0, 0.0, 0.0);
            }
        }
        let n = CUSTOMERS as f64;
        sums.add([total / n, total_arrivals / n, total_services / n]);
    }
    sums.finish()
}
