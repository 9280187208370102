//! From moments to estimates: the baselines applied.

use super::moments::Moments;
use crate::estimator::Baseline;
use crate::report::Estimate;

/// Fewest replicates in a fold for which a coefficient is fitted.
const FEWEST: f64 = 32.0;

/// The estimate of one derivative.
pub(super) fn combine(moments: &Moments, lane: usize, baseline: Baseline) -> Estimate {
    let joined = moments.joined();
    let all = joined.lanes[lane];
    let n = joined.count;
    let scored = moments.folds.iter().all(|fold| fold.lanes[lane].ss > 0.0);
    let fitted = scored && moments.folds.iter().all(|fold| fold.count >= FEWEST);
    match baseline {
        Baseline::Optimal if fitted => cross_fitted(moments, lane),
        Baseline::Optimal | Baseline::Mean if n > 1.0 && all.ss > 0.0 => {
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
        let beta = other.lanes[lane].gs / other.lanes[lane].ss;
        let own_lane = &own.lanes[lane];
        sum += own.count * (own_lane.g - beta * own_lane.s);
        residual += (own_lane.gg - 2.0 * beta * own_lane.gs + beta * beta * own_lane.ss).max(0.0);
    }
    let n = even.count + odd.count;
    // Two means were taken out, one a fold.
    Estimate::new(sum / n, residual * (n - 1.0) / (n - 2.0), n)
}
