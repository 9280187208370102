//! Runs replicates: in chunks, on threads, in passes, until the plan is sound.

mod chunk;
mod combine;
mod moments;
mod query;
mod reduce;
mod search;

pub(crate) use chunk::sample;
pub use query::{Expectation, Gradient};
