//! Distributions: what a `sample!` draws from.
//!
//! One file a family, all alike: the struct, its constructor, then `draw` beside `pathwise` beside
//! `log_density`. Constructors never fail; a bad parameter is reported at the site that draws, with
//! its line. Every scalar argument is `impl Into<Real<M>>`, so plain numbers work everywhere, and
//! distributions default to mode [`Primal`] outside a program:
//!
//! ```
//! use scorepath::distribution::Normal;
//!
//! let density = <Normal>::new(0.0, 1.0).log_density(1.0);
//! assert!((density.value() + 1.4189385332046727).abs() < 1e-15);
//! ```
//!
//! # A distribution of your own
//!
//! Implement [`Distribution`] for every mode; what you leave out is what the query cannot use.
//! Without `pathwise` the draw is scored; a parameter that moves the support must show up in
//! `support`, or its derivative would lack the boundary term.
//!
//! ```
//! use scorepath::prelude::*;
//! use scorepath::distribution::{Distribution, ParameterError, Stream, Support, check};
//!
//! /// The maximum of two uniform draws on `(0, width)`: density `2 x / width^2`.
//! #[derive(Clone, Copy)]
//! struct Ramp<M: Mode = Primal> {
//!     width: Real<M>,
//! }
//!
//! impl<M: Mode> Distribution<M> for Ramp<M> {
//!     type Value = Real<M>;
//!
//!     fn draw(&self, stream: &mut Stream) -> Real<M> {
//!         Real::constant(detach(self.width).value() * stream.open01().sqrt())
//!     }
//!
//!     fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
//!         Some(self.width * stream.open01().sqrt())
//!     }
//!
//!     fn log_density(&self, x: &Real<M>) -> Real<M> {
//!         (2.0 * x / self.width.powi(2)).ln()
//!     }
//!
//!     fn support(&self) -> Support<M> {
//!         Support::Interval { low: Real::constant(0.0), high: self.width }
//!     }
//!
//!     fn validate(&self) -> Result<(), ParameterError> {
//!         check::positive("width", self.width)
//!     }
//! }
//!
//! #[stochastic]
//! fn area(width: Real) -> Real {
//!     let side = sample!(Ramp { width });
//!     side * side
//! }
//!
//! let report = area(2.0).gradient().replicates(20_000).seed(1).run()?;
//! let z = (report.gradient()[0].mean - 2.0) / report.gradient()[0].standard_error.unwrap();
//! assert!(z.abs() < 4.0);
//! # Ok::<(), scorepath::Error>(())
//! ```

use core::panic::Location;

pub mod check;
mod outcome;
mod stream;

mod bernoulli;
mod binomial;
mod categorical;
mod exponential;
mod geometric;
mod inversion;
mod laplace;
mod log_normal;
mod noise;
mod normal;
mod poisson;
mod uniform;

pub use bernoulli::Bernoulli;
pub use binomial::Binomial;
pub use categorical::{Categorical, Weights};
pub use check::ParameterError;
pub use exponential::Exponential;
pub use geometric::Geometric;
pub use laplace::Laplace;
pub use log_normal::LogNormal;
pub use noise::Noise;
pub use normal::Normal;
pub use outcome::Outcome;
pub use poisson::Poisson;
pub use stream::Stream;
pub use uniform::Uniform;

use crate::number::event::Operation;
use crate::number::watch::{self, Operands};
use crate::number::{Mode, Primal, Real};

/// A law that can be drawn from and scored.
///
/// `draw` and `pathwise` must give the same primal from the same random words, so that
/// `expectation()` and `gradient()` report the same value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a distribution that can be drawn from here",
    label = "not a `Distribution`",
    note = "implement `scorepath::distribution::Distribution<M>` for every mode `M`, or wrap a `rand_distr` distribution as `Noise(d)`"
)]
pub trait Distribution<M: Mode> {
    /// What a draw is: `Real<M>` for continuous laws, a native integer or `bool` for discrete ones,
    /// arrays of these for vectors.
    type Value: Outcome<M>;

    /// Whether all values lie on a fixed lattice, so that no draw is continuous.
    const LATTICE: bool = false;

    /// How smooth the density is across the edges of its support.
    const SMOOTHNESS: Smoothness = Smoothness::Edges;

    /// Whether the implementation reads primals only through the library's own accessors, so that
    /// it needs no supervision. For the library's families.
    #[doc(hidden)]
    const VETTED: bool = false;

    /// One draw, derivative zero.
    fn draw(&self, stream: &mut Stream) -> Self::Value;

    /// Natural logarithm of the density (or probability) at `value`, with derivatives with respect
    /// to the parameters and to `value`. Minus infinity, with derivative zero, outside the support.
    fn log_density(&self, value: &Self::Value) -> Real<M>;

    /// One draw as a differentiable function of the parameters; `None` if there is no such path.
    #[doc(alias = "rsample")]
    fn pathwise(&self, stream: &mut Stream) -> Option<Self::Value> {
        let _ = stream;
        None
    }

    /// A draw, and its log density without derivative with respect to the draw itself. For families
    /// whose score is cheaper from the random words than from the value.
    #[doc(hidden)]
    #[inline(always)]
    fn scored(&self, stream: &mut Stream) -> (Self::Value, Real<M>) {
        let value = self.draw(stream).still(&Real::constant(0.0), 0);
        let log_density = self.log_density(&value);
        (value, log_density)
    }

    /// Where the density is positive. Edges that move with a parameter forbid the score function.
    fn support(&self) -> Support<M> {
        Support::RealLine
    }

    /// Calls `see` with the probability, or its logarithm, of every possible outcome whose
    /// probability is exactly 0 here. The score function would never see that outcome, so if such a
    /// number moves with a parameter the score function is refused.
    fn vanishing(&self, see: &mut impl FnMut(Real<M>)) {
        let _ = see;
    }

    /// Whether the parameters are admissible.
    ///
    /// # Errors
    /// The first parameter that is not, with its value.
    fn validate(&self) -> Result<(), ParameterError> {
        Ok(())
    }

    /// The name in reports; by default the name of the type.
    fn name() -> &'static str
    where
        Self: Sized,
    {
        last_segment(core::any::type_name::<Self>())
    }
}

/// The name of a type without its path and generics.
#[cold]
#[inline(never)]
fn last_segment(path: &'static str) -> &'static str {
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}

/// How smooth a density is across the edges of its support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Smoothness {
    /// It jumps at the edges, if there are any. A comparison of moving numbers inside `log_density`
    /// counts as a jump of the density too, and is refused.
    Edges,
    /// It goes to 0 continuously at the edges, and comparisons inside `log_density` are kinks: the
    /// author's promise.
    Continuous,
}

/// Where a density is positive.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Support<M: Mode = Primal> {
    /// All real numbers, or any other set that cannot move.
    RealLine,
    /// From `low` upwards.
    HalfLine {
        /// The lower edge.
        low: Real<M>,
    },
    /// From `low` to `high`.
    Interval {
        /// The lower edge.
        low: Real<M>,
        /// The upper edge.
        high: Real<M>,
    },
    /// Whole numbers from 0 to `last`, or without end.
    Naturals {
        /// The largest one, if there is one.
        last: Option<u64>,
    },
}

impl<M: Mode> Support<M> {
    /// The lower and upper edge, where there are any.
    #[inline(always)]
    pub fn edges(&self) -> [Option<Real<M>>; 2] {
        match *self {
            Self::RealLine | Self::Naturals { .. } => [None, None],
            Self::HalfLine { low } => [Some(low), None],
            Self::Interval { low, high } => [Some(low), Some(high)],
        }
    }
}

/// The first line of a family's `draw`: inside a user's own `pathwise` the derivatives of these
/// parameters would end here without a word.
#[inline(always)]
pub(crate) fn ends_path<M: Mode>(parameters: impl IntoIterator<Item = Real<M>>) {
    #[cold]
    #[inline(never)]
    fn tell<M: Mode>(parameters: impl IntoIterator<Item = Real<M>>) {
        for x in parameters.into_iter().filter(Real::moves) {
            let operands = Operands { bits: x.bits(), lanes: x.moving_lanes() };
            watch::drawn(operands, Location::caller());
        }
    }
    if M::ORDER > 0 && watch::alert() {
        tell(parameters);
    }
}

/// A log density at a point outside the support whose edge is `edge`: minus infinity. If the point
/// moves against an edge where the density jumps, that is a discontinuity.
#[cold]
#[track_caller]
pub(crate) fn outside<M: Mode>(x: Real<M>, edge: Real<M>, name: &'static str) -> Real<M> {
    (x - edge).report_outside(name);
    Real::constant(f64::NEG_INFINITY).with_bits(x.bits() | edge.bits())
}

impl<M: Mode> Real<M> {
    #[track_caller]
    fn report_outside(&self, name: &'static str) {
        if self.moves() || watch::alert() {
            (*self).report_jump(Self::constant(0.0), Operation::Outside(name), false);
        }
    }
}

impl<M: Mode, D: Distribution<M>> Distribution<M> for &D {
    type Value = D::Value;
    const LATTICE: bool = D::LATTICE;
    const SMOOTHNESS: Smoothness = D::SMOOTHNESS;
    const VETTED: bool = D::VETTED;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> Self::Value {
        (**self).draw(stream)
    }
    #[inline(always)]
    fn log_density(&self, value: &Self::Value) -> Real<M> {
        (**self).log_density(value)
    }
    #[inline(always)]
    fn pathwise(&self, stream: &mut Stream) -> Option<Self::Value> {
        (**self).pathwise(stream)
    }
    #[inline(always)]
    fn scored(&self, stream: &mut Stream) -> (Self::Value, Real<M>) {
        (**self).scored(stream)
    }
    #[inline(always)]
    fn support(&self) -> Support<M> {
        (**self).support()
    }
    #[inline(always)]
    fn vanishing(&self, see: &mut impl FnMut(Real<M>)) {
        (**self).vanishing(see);
    }
    #[inline(always)]
    fn validate(&self) -> Result<(), ParameterError> {
        (**self).validate()
    }
    fn name() -> &'static str {
        D::name()
    }
}
