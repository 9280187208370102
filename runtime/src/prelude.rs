//! Everything that an annotated function needs: `use scorepath::prelude::*;`.

pub use crate::distribution::{
    Bernoulli, Binomial, Categorical, Exponential, Geometric, Laplace, LogNormal, Noise, Normal,
    Poisson, Uniform,
};
pub use crate::estimator::Baseline;
pub use crate::number::{Mode, Primal, Real, detach};
pub use crate::program::{Parameters, Stochastic, Strategy};
pub use crate::{call, continuous, cost, sample};
pub use scorepath_macros::{Parameters, stochastic};
