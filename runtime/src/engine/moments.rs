//! Streaming means, variances and covariances of a replicate's value, gradient and score.
//!
//! Within a chunk sums of deviations from its first replicate, between chunks Chan's rule; never
//! plain sums of squares, so a large mean costs no digits. The gradient's and the score's moments are
//! kept for even and odd replicates apart, for the baselines, and of a gradient is taken what a
//! constant baseline leaves, so that a large value costs no digits either; the value's are not, so that every
//! query reports the same value. Source: Chan, Golub and LeVeque (1983),
//! doi:10.1080/00031305.1983.10483115.

use crate::number::Scalar;

/// Replicates in a chunk.
pub(super) const CHUNK: usize = 256;

/// Most tangent lanes of a pass.
pub(super) const MOST_LANES: usize = 8;

/// Fewest scores whose mean says anything.
const FEWEST_SCORES: f64 = 64.0;

/// One number a lane.
type Lanes = [f64; MOST_LANES];

/// Moments of one derivative over one fold: score `s`, gradient `g` less `centre * s`, and centred sums
/// of products.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lane {
    pub(super) g: f64,
    pub(super) s: f64,
    pub(super) gg: f64,
    pub(super) ss: f64,
    pub(super) gs: f64,
}

/// Moments over one fold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fold {
    pub(super) count: f64,
    /// Mean value less `centre`, where scores are kept.
    pub(super) f: f64,
    pub(super) lanes: [Lane; MOST_LANES],
}

impl Fold {
    /// The moments of the union.
    fn merge(&mut self, other: &Self, lanes: usize) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            *self = *other;
            return;
        }
        let count = self.count + other.count;
        let (share, cross) = (other.count / count, self.count * other.count / count);
        self.f += (other.f - self.f) * share;
        for (a, b) in self.lanes.iter_mut().zip(&other.lanes).take(lanes) {
            let (dg, ds) = (b.g - a.g, b.s - a.s);
            a.gg += b.gg + dg * dg * cross;
            a.ss += b.ss + ds * ds * cross;
            a.gs += b.gs + dg * ds * cross;
            a.g += dg * share;
            a.s += ds * share;
        }
        self.count = count;
    }
}

/// A number of a replicate that is not finite, or too large to square.
#[derive(Clone, Copy, Debug)]
pub(super) enum Overflow {
    /// The value.
    Value,
    /// The derivative of a lane.
    Derivative(usize),
}

/// Moments of some replicates of one pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Moments {
    pub(super) lanes: usize,
    pub(super) count: f64,
    /// The constant baseline that is subtracted from all gradients: the query's first value.
    pub(super) centre: f64,
    /// Mean value, and its centred sum of squares.
    pub(super) f: f64,
    pub(super) ff: f64,
    /// Centred sums of products of value and score, where the mean value serves as baseline.
    pub(super) fs: Lanes,
    pub(super) folds: [Fold; 2],
}

impl Moments {
    /// The moments of both.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.count == 0.0 || other.count == 0.0 {
            if self.count == 0.0 {
                *self = other.clone();
            }
            return;
        }
        let count = self.count + other.count;
        let (share, cross) = (other.count / count, self.count * other.count / count);
        let df = other.f - self.f;
        for lane in 0..self.lanes {
            let ds = other.score(lane) - self.score(lane);
            self.fs[lane] += other.fs[lane] + df * ds * cross;
        }
        self.ff += other.ff + df * df * cross;
        self.f += df * share;
        self.count = count;
        for (a, b) in self.folds.iter_mut().zip(&other.folds) {
            a.merge(b, self.lanes);
        }
    }

    /// The moments of all replicates' derivatives, folds joined.
    pub(super) fn joined(&self) -> Fold {
        let mut all = self.folds[0];
        all.merge(&self.folds[1], self.lanes);
        all
    }

    /// The mean score.
    fn score(&self, lane: usize) -> f64 {
        let sum: f64 = self.folds.iter().map(|fold| fold.count * fold.lanes[lane].s).sum();
        sum / self.count
    }

    /// The mean score of a lane in its standard errors, if the scores say anything: infinite where
    /// all of them are the same and not 0.
    pub(super) fn doubt(&self, lane: usize) -> Option<f64> {
        let Fold { count, lanes, .. } = self.joined();
        let Lane { s, ss, .. } = lanes[lane];
        if s == 0.0 || count < FEWEST_SCORES {
            return None;
        }
        let settled = ss <= 1e-12 * count * s * s;
        Some(if settled { f64::INFINITY } else { s.abs() / (ss / (count - 1.0) / count).sqrt() })
    }

    /// Which number was not finite, or too large to square, in some replicate.
    pub(super) fn overflow(&self) -> Option<Overflow> {
        if !(self.f + self.ff).is_finite() {
            return Some(Overflow::Value);
        }
        let sound = |l: &Lane| (l.g + l.gg + l.s + l.ss + l.gs).is_finite();
        let bad = |&j: &usize| {
            !self.fs[j].is_finite() || !self.folds.iter().all(|fold| sound(&fold.lanes[j]))
        };
        (0..self.lanes).find(bad).map(Overflow::Derivative)
    }

    /// The mean of that number, over the fold in which it is not finite if there is one.
    pub(super) fn mean(&self, of: Overflow) -> f64 {
        match of {
            Overflow::Value => self.f,
            Overflow::Derivative(lane) => {
                let means = self.folds.iter().map(|fold| fold.lanes[lane].g);
                means.reduce(|a, b| if a.is_finite() { b } else { a }).unwrap_or(f64::NAN)
            }
        }
    }
}

/// Sums over the values of a chunk.
#[derive(Clone, Copy, Debug, Default)]
struct Values {
    origin: f64,
    f: f64,
    ff: f64,
    fs: Lanes,
}

/// Sums over the gradients of some replicates of a chunk, and over their scores, which have mean
/// zero and need no origin.
#[derive(Clone, Copy, Debug, Default)]
struct Derivatives {
    f: f64,
    origin: Lanes,
    g: Lanes,
    gg: Lanes,
    s: Lanes,
    ss: Lanes,
    gs: Lanes,
}

/// The replicates of a chunk, summed up as they come. Without scores there is nothing for a baseline
/// to do, and the first fold holds them all.
#[derive(Debug)]
pub(super) struct Accumulator {
    scored: bool,
    /// Whether products of value and score are asked for.
    means: bool,
    centre: f64,
    /// Whether the centre is yet to be set, by the first replicate of the query.
    uncentred: bool,
    values: Values,
    all: Derivatives,
    folds: [Derivatives; 2],
}

impl Accumulator {
    /// For one chunk; `scored` tells whether any score can be other than 0, `means` whether the mean
    /// value serves as baseline, `centre` is that of the query's first chunk, where that has run.
    pub(super) fn new(scored: bool, means: bool, centre: Option<f64>) -> Self {
        let (values, all, folds) = Default::default();
        let (uncentred, centre) = (centre.is_none(), centre.unwrap_or(0.0));
        Self { scored, means, centre, uncentred, values, all, folds }
    }

    /// Adds the replicate of number `row` in its chunk: its surrogate and its likelihood ratio.
    #[inline(always)]
    pub(super) fn add<T: Scalar>(&mut self, row: usize, surrogate: &T, weight: &T) {
        let first = row == 0;
        // The first line stands in both branches, which lets the compiler test `first` once in each.
        if !self.scored {
            self.values.add(first, surrogate.primal());
            self.all.add::<T, false>(first, surrogate, weight, 0.0);
            return;
        }
        if first && self.uncentred {
            self.centre = surrogate.primal();
        }
        let f = self.values.add(first, surrogate.primal());
        if self.means {
            for j in 0..T::LANES {
                self.values.fs[j] += f * weight.tangent(j);
            }
        }
        let fold = &mut self.folds[row % 2];
        fold.f += surrogate.primal() - self.centre;
        fold.add::<T, true>(row < 2, surrogate, weight, self.centre);
    }

    /// The moments of `count` replicates.
    pub(super) fn moments(&self, count: usize, lanes: usize) -> Moments {
        let folds = if self.scored {
            [self.folds[0].fold(count.div_ceil(2), lanes), self.folds[1].fold(count / 2, lanes)]
        } else {
            [self.all.fold(count, lanes), Fold::default()]
        };
        let (n, values) = (count as f64, &self.values);
        let mut moments = Moments {
            lanes,
            count: n,
            centre: self.centre,
            f: mean(values.origin, values.f, n),
            ff: square(values.ff, values.f, n),
            fs: Lanes::default(),
            folds,
        };
        for lane in 0..lanes {
            moments.fs[lane] = centred(values.fs[lane], values.f, n * moments.score(lane), n);
        }
        moments
    }
}

impl Values {
    /// Adds a value; returns its deviation.
    #[inline(always)]
    fn add(&mut self, first: bool, value: f64) -> f64 {
        if first {
            self.origin = value;
        }
        let f = value - self.origin;
        self.f += f;
        self.ff += f * f;
        f
    }
}

impl Derivatives {
    #[inline(always)]
    fn add<T: Scalar, const SCORED: bool>(
        &mut self,
        first: bool,
        surrogate: &T,
        weight: &T,
        centre: f64,
    ) {
        let gradient = |j| {
            let g = surrogate.tangent(j);
            if SCORED { g - centre * weight.tangent(j) } else { g }
        };
        if first {
            for j in 0..T::LANES {
                self.origin[j] = gradient(j);
            }
        }
        for j in 0..T::LANES {
            let (g, s) = (gradient(j) - self.origin[j], weight.tangent(j));
            self.g[j] += g;
            self.gg[j] += g * g;
            if SCORED {
                self.s[j] += s;
                self.ss[j] += s * s;
                self.gs[j] += g * s;
            }
        }
    }

    fn fold(&self, count: usize, lanes: usize) -> Fold {
        let mut fold = Fold::default();
        if count == 0 {
            return fold;
        }
        let n = count as f64;
        fold.count = n;
        fold.f = self.f / n;
        for (j, lane) in fold.lanes[..lanes].iter_mut().enumerate() {
            let (g, s) = (self.g[j], self.s[j]);
            *lane = Lane {
                g: mean(self.origin[j], g, n),
                s: s / n,
                gg: square(self.gg[j], g, n),
                ss: square(self.ss[j], s, n),
                gs: centred(self.gs[j], g, s, n),
            };
        }
        fold
    }
}

/// The mean, from the sum of deviations; an infinite first number stays what it is.
fn mean(origin: f64, sum: f64, n: f64) -> f64 {
    if origin.is_finite() { origin + sum / n } else { origin }
}

/// A sum of centred squares: not negative by rounding, and not finite if it was not.
fn square(squares: f64, x: f64, n: f64) -> f64 {
    let sum = centred(squares, x, x, n);
    if sum < 0.0 { 0.0 } else { sum }
}

/// The sum of centred products, from the sum of products and the two sums.
fn centred(products: f64, x: f64, y: f64, n: f64) -> f64 {
    products - x * y / n
}
