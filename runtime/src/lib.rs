#![doc = include_str!("../README.md")]

extern crate self as scorepath;

pub mod distribution;
mod engine;
mod error;
mod estimator;
pub mod number;
pub mod prelude;
mod program;
mod report;

#[doc(hidden)]
pub mod __private;

pub use engine::{Expectation, Gradient};
pub use error::{Error, Occurrence};
pub use estimator::{Baseline, Place, Plan, Reason, SiteReport};
pub use number::{Mode, Primal, Real, Tangent, detach};
pub use program::{Parameters, Stochastic, Strategy};
pub use report::{Estimate, Note, Report};
pub use scorepath_macros::{Parameters, stochastic};
