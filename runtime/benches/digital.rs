//! w2d: digital call 1{S_T > K}, undiscounted, each of the 64 steps drawn, score function.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, StandardNormal};
use scorepath::prelude::*;

use super::{Sums, flatten};

const STEPS: usize = 64;

#[stochastic]
fn digital(spot: Real, sigma: Real, rate: Real, steps: usize) -> Real {
    let dt = 1.0 / steps as f64;
    let drift = (rate - 0.5 * sigma * sigma) * dt;
    let scale = sigma * dt.sqrt();
    let mut log_price = spot.ln();
    for _ in 0..steps {
        log_price = sample!(Normal::new(log_price + drift, scale), name = "step");
    }
    if log_price.exp() > 100.0 { Real::from(1.0) } else { Real::from(0.0) }
}

pub(super) fn gradient(replicates: u64, seed: u64) -> Vec<f64> {
    let query = digital(100.0, 0.2, 0.05, STEPS).gradient();
    let report = query.replicates(replicates).seed(seed).threads(1).run().expect("drawn itself");
    flatten(&report)
}

/// Without a baseline; the 64 scores of a path are collected into three sums by hand.
pub(super) fn gradient_by_hand(replicates: u64, seed: u64) -> Vec<f64> {
    let (spot, sigma, rate) = (100.0, 0.2, 0.05);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let dt = 1.0 / STEPS as f64;
    let (drift, scale) = ((rate - 0.5 * sigma * sigma) * dt, sigma * dt.sqrt());
    let barrier = f64::ln(100.0 / spot);
    let mut sums = Sums::<4>::new();
    for _ in 0..replicates {
        let (mut x, mut z_sum, mut zz_sum, mut first) = (0.0, 0.0, 0.0, 0.0);
        for step in 0..STEPS {
            let z: f64 = StandardNormal.sample(&mut rng);
            if step == 0 {
                first = z;
            }
            x += drift + scale * z;
            z_sum += z;
            zz_sum += z * z;
        }
        let value = if x > barrier { 1.0 } else { 0.0 };
        let by_spot = first / scale / spot;
        let by_sigma = (zz_sum - STEPS as f64) / sigma - z_sum * sigma * dt / scale;
        let by_rate = z_sum * dt / scale;
        sums.add([value, value * by_spot, value * by_sigma, value * by_rate]);
    }
    sums.finish()
}
