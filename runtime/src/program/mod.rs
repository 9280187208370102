//! A program with draws in it, as one replicate runs it.

mod context;
mod macros;
mod parameters;
mod site;
mod stochastic;

pub use context::Context;
pub(crate) use context::{Abandoned, Failure, Ledger};
pub use parameters::{Lanes, Layout, Parameters, sum_counts};
pub(crate) use site::{Forced, Met, SiteTable, Visit};
pub use site::{Site, Strategy};
pub use stochastic::Stochastic;
