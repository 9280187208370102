//! Streaming means, variances and covariances of a replicate's value, gradient and score.
//!
//! Within a chunk two passes over a small buffer, between chunks Chan's rule; never a sum of
//! squares, so a large mean costs no digits. Even and odd replicates are two folds, kept apart for
//! the baselines. Source: Chan, Golub and LeVeque (1983), doi:10.1080/00031305.1983.10483115.

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

    /// The moments of all replicates, folds joined.
    pub(crate) fn joined(&self) -> Fold {
        let mut all = self.folds[0];
        all.merge(&self.folds[1], self.lanes);
        all
    }
}

/// One column of a chunk: a number a replicate.
type Column = [f64; CHUNK];

/// What the replicates of one chunk gave.
#[derive(Debug)]
pub(super) struct Buffer {
    count: usize,
    value: Column,
    gradient: Vec<Column>,
    score: Vec<Column>,
    scored: bool,
}

impl Buffer {
    pub(super) fn new(lanes: usize) -> Self {
        Self {
            count: 0,
            value: [0.0; CHUNK],
            gradient: vec![[0.0; CHUNK]; lanes],
            score: vec![[0.0; CHUNK]; lanes],
            scored: false,
        }
    }

    /// Starts a chunk; `scored` tells whether any score can be other than 0.
    pub(super) fn clear(&mut self, scored: bool) {
        self.count = 0;
        self.scored = scored;
    }

    /// Adds a replicate.
    #[inline(always)]
    pub(super) fn push(
        &mut self,
        value: f64,
        gradient: impl Fn(usize) -> f64,
        score: impl Fn(usize) -> f64,
    ) {
        let row = self.count % CHUNK;
        self.value[row] = value;
        for (lane, column) in self.gradient.iter_mut().enumerate() {
            column[row] = gradient(lane);
        }
        if self.scored {
            for (lane, column) in self.score.iter_mut().enumerate() {
                column[row] = score(lane);
            }
        }
        self.count = row + 1;
    }

    /// The moments of the chunk.
    pub(super) fn moments(&self) -> Moments {
        let n = self.count;
        let counts = [n.div_ceil(2) as f64, (n / 2) as f64];
        let mut folds = [Fold::default(); 2];
        let f = centre(&self.value[..n], counts);
        let ff = products(&self.value[..n], f, &self.value[..n], f);
        for (k, fold) in folds.iter_mut().enumerate() {
            (fold.count, fold.f, fold.ff) = (counts[k], f[k], ff[k]);
        }
        for (lane, column) in self.gradient.iter().enumerate() {
            let column = &column[..n];
            let g = centre(column, counts);
            let gg = products(column, g, column, g);
            for (k, fold) in folds.iter_mut().enumerate() {
                (fold.lanes[lane].g, fold.lanes[lane].gg) = (g[k], gg[k]);
            }
            if !self.scored {
                continue;
            }
            let score = &self.score[lane][..n];
            let s = centre(score, counts);
            let ss = products(score, s, score, s);
            let gs = products(column, g, score, s);
            let fs = products(&self.value[..n], f, score, s);
            for (k, fold) in folds.iter_mut().enumerate() {
                let lane = &mut fold.lanes[lane];
                (lane.s, lane.ss, lane.gs, lane.fs) = (s[k], ss[k], gs[k], fs[k]);
            }
        }
        Moments { lanes: self.gradient.len(), folds }
    }
}

/// Sums over eight interleaved accumulators, which the compiler keeps in vector registers, folded
/// in one fixed order.
#[inline(always)]
fn fold_sums(terms: impl Fn(usize, usize) -> f64, n: usize) -> [f64; 2] {
    let mut sums = [0.0; 8];
    let whole = n - n % 8;
    for start in (0..whole).step_by(8) {
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum += terms(start + k, k % 2);
        }
    }
    for index in whole..n {
        sums[index % 8] += terms(index, index % 2);
    }
    let half = |k: usize| (sums[k] + sums[k + 2]) + (sums[k + 4] + sums[k + 6]);
    [half(0), half(1)]
}

/// The means of both folds.
fn centre(x: &[f64], counts: [f64; 2]) -> [f64; 2] {
    let sums = fold_sums(|i, _| x[i], x.len());
    [sums[0] / counts[0].max(1.0), sums[1] / counts[1].max(1.0)]
}

/// The centred sums of products of both folds.
fn products(x: &[f64], mx: [f64; 2], y: &[f64], my: [f64; 2]) -> [f64; 2] {
    let y = &y[..x.len()];
    fold_sums(|i, k| (x[i] - mx[k]) * (y[i] - my[k]), x.len())
}
