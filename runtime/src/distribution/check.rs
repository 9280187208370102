//! Checks of parameters, for `validate`. They look at primals and are no jumps.

use crate::number::{Mode, Real};

/// A parameter of a distribution that is not admissible.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{parameter} must be {requirement}, found {found}")]
#[non_exhaustive]
pub struct ParameterError {
    /// The parameter, `scale` or `probabilities[3]`.
    pub parameter: String,
    /// What it must be.
    pub requirement: &'static str,
    /// What it was.
    pub found: f64,
}

impl ParameterError {
    /// An error of a user's own distribution: "`parameter` must be `requirement`, found `found`".
    #[cold]
    pub fn new(parameter: impl Into<String>, requirement: &'static str, found: f64) -> Self {
        Self { parameter: parameter.into(), requirement, found }
    }
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident($x:ident) = $requirement:literal, $holds:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// If it is not.
        #[inline(always)]
        pub fn $name<M: Mode>(parameter: &str, value: Real<M>) -> Result<(), ParameterError> {
            let $x = value.peek();
            if $holds { Ok(()) } else { Err(ParameterError::new(parameter, $requirement, $x)) }
        }
    )*};
}

/// A finite `loc` and a finite, positive `scale`.
#[inline(always)]
pub(super) fn location_scale<M: Mode>(loc: Real<M>, scale: Real<M>) -> Result<(), ParameterError> {
    let (x, s) = (loc.peek(), scale.peek());
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "one condition, so that a loop with fixed parameters tests it once"
    )]
    let sound = x.is_finite() & (s > 0.0) & (s < f64::INFINITY);
    if sound {
        return Ok(());
    }
    finite("loc", loc)?;
    positive("scale", scale)
}

checks! {
    /// The parameter is finite.
    finite(x) = "finite", x.is_finite();
    /// The parameter is finite and positive.
    positive(x) = "finite and > 0", x > 0.0 && x < f64::INFINITY;
    /// The parameter is a probability, ends included.
    probability(x) = "in [0, 1]", (0.0..=1.0).contains(&x);
    /// The parameter is a probability other than 0.
    positive_probability(x) = "in (0, 1]", x > 0.0 && x <= 1.0;
}
