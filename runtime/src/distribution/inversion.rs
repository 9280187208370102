//! Inversion by sequential search, for counts with a mean of a dozen or less.

use super::Stream;

/// How many counts are tried: beyond, none has a chance above 1e-20 where the mean is at most 12.
const COUNTS: usize = 64;
/// How many of them are tried at once, without a branch that would be predicted wrongly.
const BLOCK: usize = 8;

/// The numbers 1 to 64 and their reciprocals.
const STEPS: [(f64, f64); COUNTS] = {
    let mut steps = [(0.0, 0.0); COUNTS];
    let mut index = 0;
    while index < COUNTS {
        let count = index as f64 + 1.0;
        steps[index] = (count, 1.0 / count);
        index += 1;
    }
    steps
};

/// A count by inversion of one random word, given the probability of 0 and the ratio of the
/// probabilities of `k` and `k - 1` as a function of `(k, 1/k)`.
///
/// What rounding leaves beyond all counts tried, 1e-15 at most, goes to 0; trying again instead
/// makes the compiler prepare all the probabilities before the first comparison. Source: Devroye
/// (1986), Non-Uniform Random Variate Generation, section III.2.
#[inline(always)]
pub(super) fn sequential(stream: &mut Stream, none: f64, ratio: impl Fn(f64, f64) -> f64) -> u64 {
    let target = stream.half_open01();
    let (mut mass, mut sum, mut count) = (none, none, 0);
    for block in STEPS.chunks_exact(BLOCK) {
        for &(k, reciprocal) in block {
            count += u64::from(target >= sum);
            mass *= ratio(k, reciprocal);
            sum += mass;
        }
        if target < sum {
            return count;
        }
    }
    0
}
