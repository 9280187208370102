//! What generated code names. Not part of the public interface.

pub use crate::program::{Context, Lanes, Layout, Site, sum_counts};
