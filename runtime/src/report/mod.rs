//! What a query answers.

mod estimate;
#[expect(clippy::module_inception, reason = "the room's main thing")]
mod report;

pub use estimate::Estimate;
pub use report::{Note, Report};
