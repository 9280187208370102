//! Streaming means, variances and covariances of a replicate's value, gradient and score.
//!
//! Within a chunk sums of deviations from its first replicates, between chunks Chan's rule; never
//! plain sums of squares, so a large mean costs no digits. Even and odd replicates are two folds, kept apart for
//! the baselines. Source: Chan, Golub and LeVeque (1983), doi:10.1080/00031305.1983.10483115.

use crate::number::Scalar;

/// Replicates in a chunk.
pub(super) const CHUNK: usize = 256;

/// Most tangent lanes of a pass.
pub(super) const MOST_LANES: usize = 8;

/// Moments of one derivative over one fold: gradient `g`, score `s`, value `f`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lane {
    pub(crate) g: f64,
    pub(crate) s: f64,
    /// Centred sums of products.
    pub(crate) gg: f64,
    pub(crate) ss: f64,
    pub(crate) gs: f64,
    pub(crate) fs: f64,
}

/// Moments over one fold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fold {
    pub(crate) count: f64,
    pub(crate) f: f64,
    pub(crate) ff: f64,
    pub(crate) lanes: [Lane; MOST_LANES],
}

impl Fold {
    /// The moments of the union.
    pub(crate) fn merge(&mut self, other: &Self, lanes: usize) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            *self = *other;
            return;
        }
        let count = self.count + other.count;
        let (share, cross) = (other.count / count, self.count * other.count / count);
        let df = other.f - self.f;
        for (a, b) in self.lanes.iter_mut().zip(&other.lanes).take(lanes) {
            let (dg, ds) = (b.g - a.g, b.s - a.s);
            a.gg += b.gg + dg * dg * cross;
            a.ss += b.ss + ds * ds * cross;
            a.gs += b.gs + dg * ds * cross;
            a.fs += b.fs + df * ds * cross;
            a.g += dg * share;
            a.s += ds * share;
        }
        self.ff += other.ff + df * df * cross;
        self.f += df * share;
        self.count = count;
    }
}

/// A number of a replicate that is not finite.
#[derive(Clone, Copy, Debug)]
pub(super) enum Overflow {
    /// The value.
    Value,
    /// The derivative of a lane.
    Derivative(usize),
}

/// Moments of some replicates of one pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moments {
    pub(crate) lanes: usize,
    pub(crate) folds: [Fold; 2],
}

impl Moments {
    /// The moments of both.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.lanes = self.lanes.max(other.lanes);
        for (a, b) in self.folds.iter_mut().zip(&other.folds) {
            a.merge(b, self.lanes);
        }
    }

    /// Which number was not finite, or too large to square, in some replicate.
    pub(super) fn overflow(&self) -> Option<Overflow> {
        let folds = &self.folds;
        if !folds.iter().all(|fold| (fold.f + fold.ff).is_finite()) {
            return Some(Overflow::Value);
        }
        let sound = |lane: &Lane| (lane.g + lane.gg).is_finite();
        let bad = |&j: &usize| !folds.iter().all(|fold| sound(&fold.lanes[j]));
        (0..self.lanes).find(bad).map(Overflow::Derivative)
    }

    /// The mean of that number, over the fold in which it is not finite if there is one.
    pub(super) fn mean(&self, of: Overflow) -> f64 {
        let means = self.folds.iter().map(|fold| match of {
            Overflow::Value => fold.f,
            Overflow::Derivative(lane) => fold.lanes[lane].g,
        });
        means.reduce(|a, b| if a.is_finite() { b } else { a }).unwrap_or(f64::NAN)
    }

    /// The moments of all replicates, folds joined.
    pub(crate) fn joined(&self) -> Fold {
        let mut all = self.folds[0];
        all.merge(&self.folds[1], self.lanes);
        all
    }
}

/// One number a lane.
type Lanes = [f64; MOST_LANES];

/// Sums over some replicates of a chunk, of value and gradient relative to the first of them, so
/// that a large mean costs no digits.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    origin_f: f64,
    f: f64,
    ff: f64,
    origin_g: Lanes,
    g: Lanes,
    gg: Lanes,
}

/// The same with scores, which have mean zero and need no origin.
#[derive(Clone, Copy, Debug, Default)]
struct ScoredSums {
    plain: Sums,
    s: Lanes,
    ss: Lanes,
    gs: Lanes,
    fs: Lanes,
}

/// The replicates of a chunk, summed up as they come. Without scores there is nothing for a baseline
/// to do, and one fold holds them all.
#[derive(Debug)]
pub(super) struct Accumulator {
    scored: bool,
    plain: Sums,
    folds: [ScoredSums; 2],
}

impl Accumulator {
    /// For one chunk; `scored` tells whether any score can be other than 0.
    pub(super) fn new(scored: bool) -> Self {
        Self { scored, plain: Sums::default(), folds: [ScoredSums::default(); 2] }
    }

    /// Adds the replicate of number `row` in its chunk: its surrogate and its likelihood ratio.
    #[inline(always)]
    pub(super) fn add<T: Scalar>(&mut self, row: usize, surrogate: &T, weight: &T) {
        if self.scored {
            self.folds[row % 2].add(row < 2, surrogate, weight);
        } else {
            self.plain.add(row == 0, surrogate);
        }
    }

    /// The moments of `count` replicates.
    pub(super) fn moments(&self, count: usize, lanes: usize) -> Moments {
        let folds = if self.scored {
            [self.folds[0].fold(count.div_ceil(2), lanes), self.folds[1].fold(count / 2, lanes)]
        } else {
            [self.plain.fold(count, lanes), Fold::default()]
        };
        Moments { lanes, folds }
    }
}

impl Sums {
    #[inline(always)]
    fn add<T: Scalar>(&mut self, first: bool, surrogate: &T) {
        if first {
            self.origin_f = surrogate.primal();
            for j in 0..T::LANES {
                self.origin_g[j] = surrogate.tangent(j);
            }
        }
        let f = surrogate.primal() - self.origin_f;
        self.f += f;
        self.ff += f * f;
        for j in 0..T::LANES {
            let g = surrogate.tangent(j) - self.origin_g[j];
            self.g[j] += g;
            self.gg[j] += g * g;
        }
    }

    fn fold(&self, count: usize, lanes: usize) -> Fold {
        let mut fold = Fold::default();
        if count == 0 {
            return fold;
        }
        let n = count as f64;
        fold.count = n;
        fold.f = mean(self.origin_f, self.f, n);
        fold.ff = centred(self.ff, self.f, self.f, n).max(0.0);
        for (j, lane) in fold.lanes[..lanes].iter_mut().enumerate() {
            lane.g = mean(self.origin_g[j], self.g[j], n);
            lane.gg = centred(self.gg[j], self.g[j], self.g[j], n).max(0.0);
        }
        fold
    }
}

impl ScoredSums {
    #[inline(always)]
    fn add<T: Scalar>(&mut self, first: bool, surrogate: &T, weight: &T) {
        self.plain.add(first, surrogate);
        let f = surrogate.primal() - self.plain.origin_f;
        for j in 0..T::LANES {
            let (g, s) = (surrogate.tangent(j) - self.plain.origin_g[j], weight.tangent(j));
            self.s[j] += s;
            self.ss[j] += s * s;
            self.gs[j] += g * s;
            self.fs[j] += f * s;
        }
    }

    fn fold(&self, count: usize, lanes: usize) -> Fold {
        let mut fold = self.plain.fold(count, lanes);
        let n = fold.count.max(1.0);
        for (j, lane) in fold.lanes[..lanes].iter_mut().enumerate() {
            let s = self.s[j];
            lane.s = s / n;
            lane.ss = centred(self.ss[j], s, s, n).max(0.0);
            lane.gs = centred(self.gs[j], self.plain.g[j], s, n);
            lane.fs = centred(self.fs[j], self.plain.f, s, n);
        }
        fold
    }
}

/// The mean, from the sum of deviations; an infinite first number stays what it is.
fn mean(origin: f64, sum: f64, n: f64) -> f64 {
    if origin.is_finite() { origin + sum / n } else { origin }
}

/// The sum of centred products, from the sum of products and the two sums.
fn centred(products: f64, x: f64, y: f64, n: f64) -> f64 {
    products - x * y / n
}
