//! w1: z ~ Normal(.5, 1.2), (z - 3)^2, gradient in both parameters.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, StandardNormal};
use scorepath::prelude::*;

use super::{Sums, flatten};

#[stochastic]
fn miss(aim: Real, spread: Real, target: f64) -> Real {
    let shot = sample!(Normal::new(aim, spread));
    (shot - target).powi(2)
}

pub(super) fn pathwise(replicates: u64, seed: u64) -> Vec<f64> {
    let query = miss(0.5, 1.2, 3.0).gradient().replicates(replicates).seed(seed).threads(1);
    flatten(&query.run().expect("the program is smooth"))
}

pub(super) fn pathwise_by_hand(replicates: u64, seed: u64) -> Vec<f64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut sums = Sums::<3>::new();
    for _ in 0..replicates {
        let e: f64 = StandardNormal.sample(&mut rng);
        let d = 0.5 + 1.2 * e - 3.0;
        sums.add([d * d, 2.0 * d, 2.0 * d * e]);
    }
    sums.finish()
}

pub(super) fn score(replicates: u64, seed: u64) -> Vec<f64> {
    let query = miss(0.5, 1.2, 3.0).gradient().strategy("shot", Strategy::ScoreFunction);
    flatten(&query.replicates(replicates).seed(seed).threads(1).run().expect("always valid"))
}

/// With the leave-one-out mean as baseline, in one pass: it needs the sums of f, s and f s.
pub(super) fn score_by_hand(replicates: u64, seed: u64) -> Vec<f64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let n = replicates as f64;
    let (mut f, mut ff) = (0.0, 0.0);
    let (mut s, mut fs, mut ss, mut fss, mut ffss) =
        ([0.0; 2], [0.0; 2], [0.0; 2], [0.0; 2], [0.0; 2]);
    for _ in 0..replicates {
        let e: f64 = StandardNormal.sample(&mut rng);
        let d = 0.5 + 1.2 * e - 3.0;
        let value = d * d;
        let score = [e / 1.2, (e * e - 1.0) / 1.2];
        f += value;
        ff += value * value;
        for j in 0..2 {
            let g = value * score[j];
            s[j] += score[j];
            fs[j] += g;
            ss[j] += score[j] * score[j];
            fss[j] += g * score[j];
            ffss[j] += g * g;
        }
    }
    let mean = f / n;
    let gradient: Vec<f64> = (0..2).map(|j| (fs[j] - (f * s[j] - fs[j]) / (n - 1.0)) / n).collect();
    let error = |j: usize| {
        let squares = ffss[j] - 2.0 * mean * fss[j] + mean * mean * ss[j];
        ((squares / n - gradient[j].powi(2)) / n).sqrt()
    };
    let value_error = ((ff / n - mean * mean) / n).sqrt();
    vec![mean, gradient[0], gradient[1], value_error, error(0), error(1)]
}
