//! From moments to estimates: the baselines applied.

use super::moments::{Fold, Lane, Moments};
use crate::estimator::Baseline;
use crate::report::Estimate;

/// Fewest replicates in a fold for which a coefficient is fitted.
const FEWEST: f64 = 32.0;

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
            let f = moments.f;
            let mean = all.g - (f * all.s - moments.fs[lane] / (n * (n - 1.0)));
            let residual = all.gg - 2.0 * f * all.gs + f * f * all.ss;
            Estimate::new(mean, residual.max(0.0), n)
        }
        Baseline::Optimal | Baseline::Mean | Baseline::None => Estimate::new(all.g, all.gg, n),
    }
}

/// Each fold with the coefficient of the other one.
fn cross_fitted(moments: &Moments, lane: usize) -> Estimate {
    let [even, odd] = &moments.folds;
    let mut sum = 0.0;
    let mut residual = 0.0;
    for (own, other) in [(even, odd), (odd, even)] {
        let beta = coefficient(other, lane);
        let own_lane = &own.lanes[lane];
        sum += own.count * (own_lane.g - beta * own_lane.s);
        residual += (own_lane.gg - 2.0 * beta * own_lane.gs + beta * beta * own_lane.ss).max(0.0);
    }
    let n = even.count + odd.count;
    // Two means were taken out, one a fold.
    Estimate::new(sum / n, residual * (n - 1.0) / (n - 2.0), n)
}

/// The best multiple of the score as one fold shows it; where the score is the same in all its
/// replicates, up to rounding, their mean value.
fn coefficient(fold: &Fold, lane: usize) -> f64 {
    let Lane { s, ss, gs, .. } = fold.lanes[lane];
    if ss > 1e-12 * fold.count * s * s { gs / ss } else { fold.f }
}
