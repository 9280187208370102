//! From moments to estimates: the baselines applied.

use super::moments::{Fold, Lane, Moments};
use crate::estimator::Baseline;
use crate::report::Estimate;

/// Fewest replicates in a fold for which a coefficient is fitted.
const FEWEST: f64 = 32.0;

/// Whether the mean value is the baseline of a query of so many replicates.
pub(super) fn means_serve(baseline: Baseline, replicates: u64) -> bool {
    match baseline {
        Baseline::Optimal => FEWEST > (replicates / 2) as f64,
        Baseline::Mean => true,
        Baseline::None => false,
    }
}

/// The estimate of one derivative.
///
/// Which estimator is used depends on the number of replicates alone, never on what they gave: a
/// choice that sees the data would be a bias.
pub(super) fn combine(moments: &Moments, lane: usize, baseline: Baseline) -> Estimate {
    let joined = moments.joined();
    let all = joined.lanes[lane];
    let n = joined.count;
    let fitted = moments.folds.iter().all(|fold| fold.count >= FEWEST);
    match baseline {
        Baseline::Optimal if fitted => cross_fitted(moments, lane),
        Baseline::Optimal | Baseline::Mean if n > 1.0 => {
            // Replicate r uses the mean of the others, (n f - f_r) / (n - 1).
            let f = moments.f - moments.centre;
            let mean = all.g - (f * all.s - moments.fs[lane] / (n * (n - 1.0)));
            Estimate::new(mean, residual(&all, f), n)
        }
        Baseline::Optimal | Baseline::Mean | Baseline::None => {
            // The centre is taken back.
            let mean = all.g + moments.centre * all.s;
            Estimate::new(mean, residual(&all, -moments.centre), n)
        }
    }
}

/// The centred sum of squares of `g - beta s`.
fn residual(lane: &Lane, beta: f64) -> f64 {
    let sum = lane.gg - 2.0 * beta * lane.gs + beta * beta * lane.ss;
    if sum < 0.0 { 0.0 } else { sum }
}

/// Each fold with the coefficient of the other one.
fn cross_fitted(moments: &Moments, lane: usize) -> Estimate {
    let [even, odd] = &moments.folds;
    let mut sum = 0.0;
    let mut squares = 0.0;
    for (own, other) in [(even, odd), (odd, even)] {
        let beta = coefficient(other, lane);
        let own_lane = &own.lanes[lane];
        sum += own.count * (own_lane.g - beta * own_lane.s);
        squares += residual(own_lane, beta);
    }
    let n = even.count + odd.count;
    // Two means were taken out, one a fold.
    Estimate::new(sum / n, squares * (n - 1.0) / (n - 2.0), n)
}

/// The best multiple of the score as one fold shows it; where the score is the same in all its
/// replicates, up to rounding, their mean value.
fn coefficient(fold: &Fold, lane: usize) -> f64 {
    let Lane { s, ss, gs, .. } = fold.lanes[lane];
    if ss > 1e-12 * fold.count * s * s { gs / ss } else { fold.f }
}
