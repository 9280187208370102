//! w2a: Asian call, S0 = K = 100, sigma .2, r .05, T 1, 64 steps, discounted.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, StandardNormal};
use scorepath::prelude::*;

use super::{Sums, flatten};

const STEPS: usize = 64;
const STRIKE: f64 = 100.0;

#[stochastic]
fn asian(spot: Real, sigma: Real, rate: Real, steps: usize) -> Real {
    let dt = 1.0 / steps as f64;
    let drift = (rate - 0.5 * sigma * sigma) * dt;
    let scale = sigma * dt.sqrt();
    let mut s = spot;
    let mut total = Real::from(0.0);
    for _ in 0..steps {
        let z = sample!(Normal::new(0.0, 1.0));
        s *= (drift + scale * z).exp();
        total += s;
    }
    (-rate).exp() * (total / steps as f64 - STRIKE).max(0.0)
}

pub(super) fn gradient(replicates: u64, seed: u64) -> Vec<f64> {
    let query = asian(100.0, 0.2, 0.05, STEPS).gradient();
    flatten(&query.replicates(replicates).seed(seed).threads(1).run().expect("a kink only"))
}

pub(super) fn expectation(replicates: u64, seed: u64) -> Vec<f64> {
    let query = asian(100.0, 0.2, 0.05, STEPS).expectation();
    flatten(&query.replicates(replicates).seed(seed).threads(1).run().expect("valid"))
}

pub(super) fn gradient_by_hand(replicates: u64, seed: u64) -> Vec<f64> {
    let (spot, sigma, rate) = (100.0, 0.2, 0.05);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let dt = 1.0 / STEPS as f64;
    let (drift, scale) = ((rate - 0.5 * sigma * sigma) * dt, sigma * dt.sqrt());
    let discount = f64::exp(-rate);
    let mut sums = Sums::<4>::new();
    for _ in 0..replicates {
        let mut s = spot;
        let (mut total, mut by_sigma, mut by_rate) = (0.0, 0.0, 0.0);
        let mut slope_sigma = 0.0;
        for step in 1..=STEPS {
            let z: f64 = StandardNormal.sample(&mut rng);
            s *= (drift + scale * z).exp();
            slope_sigma += dt.sqrt() * z - sigma * dt;
            total += s;
            by_sigma += s * slope_sigma;
            by_rate += s * (step as f64 * dt);
        }
        let steps = STEPS as f64;
        let payoff = discount * (total / steps - STRIKE).max(0.0);
        let inside = if payoff > 0.0 { discount / steps } else { 0.0 };
        sums.add([payoff, inside * total / spot, inside * by_sigma, inside * by_rate - payoff]);
    }
    sums.finish()
}

pub(super) fn expectation_by_hand(replicates: u64, seed: u64) -> Vec<f64> {
    let (spot, sigma, rate) = (100.0, 0.2, 0.05);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let dt = 1.0 / STEPS as f64;
    let (drift, scale) = ((rate - 0.5 * sigma * sigma) * dt, sigma * f64::sqrt(dt));
    let mut sums = Sums::<1>::new();
    for _ in 0..replicates {
        let mut s: f64 = spot;
        let mut total = 0.0;
        for _ in 0..STEPS {
            let z: f64 = StandardNormal.sample(&mut rng);
            s *= (drift + scale * z).exp();
            total += s;
        }
        sums.add([f64::exp(-rate) * (total / STEPS as f64 - STRIKE).max(0.0)]);
    }
    sums.finish()
}
