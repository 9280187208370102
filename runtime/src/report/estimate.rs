//! A mean with its standard error.

use core::fmt;

/// An estimated number, in the unit of the annotated function's result (a derivative: by the unit
/// of its parameter). Printed as `mean ± standard error`.
///
/// A standard error is itself an estimate. Where the variance is infinite it understates the error;
/// a standard error that does not shrink as replicates are added is the sign.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// The estimate.
    pub mean: f64,
    /// Its standard error; `None` where a single replicate tells nothing of it.
    pub standard_error: Option<f64>,
}

impl Estimate {
    /// The mean of `count` numbers with the given sum of squared deviations.
    pub(crate) fn new(mean: f64, squares: f64, count: f64) -> Self {
        let standard_error = (count > 1.0).then(|| (squares / (count - 1.0) / count).sqrt());
        Self { mean, standard_error }
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.standard_error {
            Some(error) => write!(f, "{} ± {error:.2e}", significant(self.mean, error)),
            None => write!(f, "{} ± ?", self.mean),
        }
    }
}

/// A number with the digits that its error leaves meaningful, and one more.
pub(crate) fn significant(value: f64, error: f64) -> String {
    let finest = if error > 0.0 && error.is_finite() { error.log10().floor() } else { -6.0 };
    let coarsest = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
    if !(-12.0..=12.0).contains(&finest) || coarsest > 12.0 {
        return format!("{value:.6e}");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 13")]
    let decimals = (1.0 - finest).max(0.0) as usize;
    format!("{value:.decimals$}")
}
