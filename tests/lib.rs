//! What the statistical tests share: the exact law of one replicate, by quadrature or by summing
//! outcomes, and the comparison of a report with it. Each test file is a subject, beside this one.

pub mod trap;

use core::fmt;

use scorepath::{Baseline, Error, Gradient, Report, Stochastic};

/// Replicates of a query, unless a test says otherwise.
pub const REPLICATES: u64 = 200_000;

/// What is known of a program.
#[derive(Clone, Copy, Debug)]
pub struct Exact<const P: usize> {
    /// The expected value.
    pub value: f64,
    /// Its derivatives, in the order of the parameters.
    pub gradient: [f64; P],
}

/// Parameters, value and gradient of a program of `reference/expectations.json`.
///
/// # Panics
/// If the file lacks it.
pub fn reference<const P: usize>(id: &str, names: [&str; P]) -> ([f64; P], Exact<P>) {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("reference/expectations.json")).expect("JSON");
    let programs = file["programs"].as_array().expect("a list");
    let program = programs.iter().find(|program| program["id"] == id).expect(id);
    let number = |value: &serde_json::Value| -> f64 {
        value.as_str().expect("a number as text").parse().expect("a number")
    };
    let exact = Exact {
        value: number(&program["value"]),
        gradient: names.map(|name| number(&program["gradient"][name])),
    };
    (names.map(|name| number(&program["params"][name])), exact)
}

/// One replicate as the estimator's formula writes it.
#[derive(Clone, Copy, Debug)]
pub struct Replicate<const P: usize> {
    /// The value.
    pub value: f64,
    /// The estimate of the gradient, without baseline.
    pub gradient: [f64; P],
    /// The total score of the scored draws.
    pub score: [f64; P],
}

impl<const P: usize> Replicate<P> {
    /// All draws along the path.
    pub fn along(value: f64, gradient: [f64; P]) -> Self {
        Self { value, gradient, score: [0.0; P] }
    }

    /// Scored draws, and a value that depends on the parameters through them only.
    pub fn scored(value: f64, score: [f64; P]) -> Self {
        Self { value, gradient: score.map(|s| value * s), score }
    }

    /// With the derivative of the value itself, at fixed scored draws.
    #[must_use]
    pub fn plus(mut self, direct: [f64; P]) -> Self {
        for (sum, term) in self.gradient.iter_mut().zip(direct) {
            *sum += term;
        }
        self
    }
}

/// Mean and variance of one replicate of an estimator, and how well a sample shows them.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// The mean.
    pub mean: f64,
    /// The variance.
    pub variance: f64,
    /// Times `1 / sqrt(n)`, the relative standard error of a sample variance: the square root of the
    /// kurtosis less 1, and more where a fitted baseline moves the variance too.
    pub spread: f64,
    /// The standard deviation before a baseline, which is the unit of rounding errors.
    pub scale: f64,
    /// Product of the standard deviations of the baseline (times the square root of the number of
    /// replicates it is fitted on) and the score: what a fitted baseline costs, in the order 1/n.
    pub fitting: f64,
}

/// All outcomes of a replicate, with their probabilities.
#[derive(Clone, Debug)]
pub struct Law<const P: usize> {
    outcomes: Vec<(f64, Replicate<P>)>,
}

impl<const P: usize> Law<P> {
    /// From outcomes with weights in proportion to their probabilities.
    pub fn new(outcomes: impl IntoIterator<Item = (f64, Replicate<P>)>) -> Self {
        let mut outcomes: Vec<_> = outcomes.into_iter().collect();
        let total: f64 = outcomes.iter().map(|(weight, _)| weight).sum();
        for (weight, _) in &mut outcomes {
            *weight /= total;
        }
        Self { outcomes }
    }

    /// Of a draw with density `density` between `low` and `high`, by the midpoint rule with 2^18
    /// cells: where the replicate jumps by J its error is at most J times the mass of one cell.
    pub fn integral(
        [low, high]: [f64; 2],
        density: impl Fn(f64) -> f64,
        replicate: impl Fn(f64) -> Replicate<P>,
    ) -> Self {
        let cells = 1 << 18;
        let width = (high - low) / f64::from(cells);
        Self::new((0..cells).map(|cell| {
            let x = low + (f64::from(cell) + 0.5) * width;
            (density(x), replicate(x))
        }))
    }

    /// Of one standard normal number.
    pub fn normal(replicate: impl Fn(f64) -> Replicate<P>) -> Self {
        Self::integral([-12.0, 12.0], |e| (-0.5 * e * e).exp(), replicate)
    }

    /// Of one exponential number with rate 1.
    pub fn exponential(replicate: impl Fn(f64) -> Replicate<P>) -> Self {
        Self::integral([0.0, 60.0], |e| (-e).exp(), replicate)
    }

    /// Of `D` standard normal numbers, by the midpoint rule with cells of side `step`. For smooth
    /// replicates the error is of the order of exp(-2 pi^2 / step^2), nothing at a step of 0.5.
    pub fn normals<const D: usize>(
        step: f64,
        replicate: impl Fn([f64; D]) -> Replicate<P>,
    ) -> Self {
        let line = normal_cells(step, 0.0);
        let mut points = vec![([0.0; D], 1.0)];
        for dimension in 0..D {
            let along = |(point, weight): ([f64; D], f64)| {
                line.iter().map(move |(x, mass)| {
                    let mut point = point;
                    point[dimension] = *x;
                    (point, weight * mass)
                })
            };
            points = points.into_iter().flat_map(along).collect();
        }
        Self::new(points.into_iter().map(|(e, weight)| (weight, replicate(e))))
    }

    /// Of a count from 0 to `last`.
    pub fn counts(
        last: u32,
        mass: impl Fn(f64) -> f64,
        replicate: impl Fn(f64) -> Replicate<P>,
    ) -> Self {
        Self::new((0..=last).map(f64::from).map(|k| (mass(k), replicate(k))))
    }

    /// The expectation of a function of the replicate.
    pub fn mean(&self, f: impl Fn(&Replicate<P>) -> f64) -> f64 {
        self.outcomes.iter().map(|(weight, replicate)| weight * f(replicate)).sum()
    }

    /// The moments of `x`, whose variance moves with the mean of the values by `slope`.
    fn moments(&self, x: impl Fn(&Replicate<P>) -> f64, slope: f64) -> Moments {
        let (mean, value) = (self.mean(&x), self.mean(|r| r.value));
        let variance = self.mean(|r| (x(r) - mean).powi(2));
        // What one replicate adds to the sample variance, to the order 1/n.
        let influence =
            |r: &Replicate<P>| (x(r) - mean).powi(2) - variance + slope * (r.value - value);
        let spread = self.mean(|r| influence(r).powi(2)).sqrt() / variance;
        Moments { mean, variance, spread, scale: variance.sqrt(), fitting: 0.0 }
    }

    /// The moments of the value.
    pub fn value(&self) -> Moments {
        self.moments(|r| r.value, 0.0)
    }

    /// The moments of the derivative in one parameter, less the baseline times the score.
    pub fn derivative(&self, parameter: usize, baseline: Baseline) -> Moments {
        let g = |r: &Replicate<P>| r.gradient[parameter];
        let s = |r: &Replicate<P>| r.score[parameter];
        let plain = self.moments(g, 0.0);
        let information = self.mean(|r| s(r).powi(2));
        let covariance = self.mean(|r| (g(r) - plain.mean) * s(r));
        let coefficient = match baseline {
            _ if information == 0.0 => 0.0,
            Baseline::Optimal => covariance / information,
            Baseline::Mean => self.mean(|r| r.value),
            _ => 0.0,
        };
        // The derivative of the variance in the coefficient, where the mean value is that.
        let slope = match baseline {
            Baseline::Mean => 2.0 * (coefficient * information - covariance),
            _ => 0.0,
        };
        let moments = self.moments(|r| g(r) - coefficient * s(r), slope);
        let fitting = match baseline {
            Baseline::Optimal => moments.variance.sqrt(),
            Baseline::Mean => (self.value().variance * information).sqrt(),
            _ => 0.0,
        };
        Moments { fitting, scale: plain.scale.max(moments.scale), ..moments }
    }
}

/// Midpoints of cells of width `step` with their standard normal density, up to 9 standard deviations
/// away; one of the cells' edges is `edge`, where a replicate may bend without an error above
/// `step^2 / 24` times its second derivative.
pub fn normal_cells(step: f64, edge: f64) -> Vec<(f64, f64)> {
    let cells = |step: f64| (0..).map(move |i| edge + (f64::from(i) + 0.5) * step);
    let above = cells(step).take_while(|x| *x < 9.0);
    let below = cells(-step).take_while(|x| *x > -9.0);
    above.chain(below).map(|x| (x, (-0.5 * x * x).exp())).collect()
}

/// How a report and what is known differ.
#[derive(Debug)]
pub enum Mismatch {
    /// The query failed.
    Refused(Error),
    /// A mean is 4 standard errors or more from the truth.
    Mean {
        /// `value`, or the number of the parameter.
        what: String,
        /// The estimate.
        found: f64,
        /// The truth.
        exact: f64,
        /// The standard error.
        standard_error: f64,
    },
    /// The variance of a replicate is 4 of its standard errors or more from the known one.
    Variance {
        /// `value`, or the number of the parameter.
        what: String,
        /// Standard error squared times the number of replicates.
        found: f64,
        /// The known variance.
        exact: f64,
        /// The relative standard error of a sample variance.
        relative_error: f64,
    },
    /// The law that a test wrote down has another mean than the truth that it wrote down.
    Law {
        /// `value`, or the number of the parameter.
        what: String,
        /// The mean of the law.
        mean: f64,
        /// The truth.
        exact: f64,
    },
    /// Tails so heavy that the sample variance says nothing.
    Powerless(f64),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Compares an estimate, its mean and standard error from `count` replicates, with the truth and
/// with the known law of a replicate.
///
/// - `z = (mean - exact) / standard_error` is below 4.
/// - The variance of a replicate, `standard_error^2 count`, is within 4 of its own standard errors
///   of the known one, see [`Moments::spread`]. This is also the ceiling that gives the first line
///   its power.
///
/// # Errors
/// The first difference.
pub fn compare(
    what: &str,
    [mean, standard_error]: [f64; 2],
    count: u64,
    exact: f64,
    law: &Moments,
) -> Result<(), Mismatch> {
    let n = count as f64;
    // Quadrature is no better than 1e-3 at jumps; at 2e5 replicates this is half a standard error.
    if (law.mean - exact).abs() > 1e-3 * law.scale + 1e-9 * exact.abs() {
        return Err(Mismatch::Law { what: what.into(), mean: law.mean, exact });
    }
    let variance = standard_error * standard_error * n;
    // Sums of n numbers have relative rounding errors of n 2^-53, here below 1e-9.
    let nothing = 1e-9 * (law.scale + exact.abs());
    if law.variance.sqrt() <= nothing.max(1e-6 * law.scale) {
        // What is left is the error of the baseline, times the mean score or times each score.
        let fitting = 4.0 * law.fitting;
        if (mean - exact).abs() > nothing + 4.0 * fitting / n {
            return Err(Mismatch::Mean { what: what.into(), found: mean, exact, standard_error });
        }
        if variance > 1e-9 * law.scale * law.scale + nothing * nothing + fitting * fitting / n {
            let what = what.into();
            return Err(Mismatch::Variance {
                what,
                found: variance,
                exact: 0.0,
                relative_error: 0.0,
            });
        }
        return Ok(());
    }
    let near = (mean - exact).abs() < 4.0 * standard_error;
    if !near {
        return Err(Mismatch::Mean { what: what.into(), found: mean, exact, standard_error });
    }
    let relative_error = law.spread / n.sqrt();
    if relative_error > 0.125 {
        return Err(Mismatch::Powerless(relative_error));
    }
    // Two equally likely outcomes have no spread, which leaves the terms of order 1/n.
    let near = (variance / law.variance - 1.0).abs() < 4.0 * relative_error + 4.0 / n;
    if !near {
        return Err(Mismatch::Variance {
            what: what.into(),
            found: variance,
            exact: law.variance,
            relative_error,
        });
    }
    Ok(())
}

/// Compares an estimate with the truth and its variance with an upper bound.
///
/// # Errors
/// The first difference.
pub fn bounded(
    what: &str,
    [mean, standard_error]: [f64; 2],
    count: u64,
    exact: f64,
    ceiling: f64,
) -> Result<(), Mismatch> {
    let near = (mean - exact).abs() < 4.0 * standard_error;
    if !near {
        return Err(Mismatch::Mean { what: what.into(), found: mean, exact, standard_error });
    }
    let found = standard_error * standard_error * count as f64;
    let below = found < ceiling;
    if !below {
        let what = what.into();
        return Err(Mismatch::Variance { what, found, exact: ceiling, relative_error: 0.0 });
    }
    Ok(())
}

/// Mean and standard error of the value and then of every derivative.
pub fn pairs(report: &Report) -> Vec<[f64; 2]> {
    let all = std::iter::once(report.value()).chain(report.gradient().iter().copied());
    all.map(|estimate| [estimate.mean, estimate.standard_error.unwrap_or(f64::NAN)]).collect()
}

/// Runs a query with a baseline and compares value and every derivative with the truth and with the
/// law of a replicate.
///
/// # Errors
/// The first difference.
///
/// # Panics
/// If the program has not `P` parameters.
pub fn check<S: Stochastic, const P: usize>(
    query: Gradient<S>,
    baseline: Baseline,
    exact: &Exact<P>,
    law: &Law<P>,
) -> Result<Report, Mismatch> {
    let report = query.baseline(baseline).run().map_err(Mismatch::Refused)?;
    let found = pairs(&report);
    assert_eq!(found.len(), P + 1, "a derivative for every parameter");
    compare("value", found[0], report.replicates(), exact.value, &law.value())?;
    for (j, exact) in exact.gradient.into_iter().enumerate() {
        let what = &report.names()[j];
        let law = law.derivative(j, baseline);
        compare(what, found[j + 1], report.replicates(), exact, &law)?;
    }
    Ok(report)
}
