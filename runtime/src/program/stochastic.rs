//! The trait that annotated functions implement.

use rand::Rng;

use super::context::Context;
use super::parameters::{Lanes, Layout};
use crate::engine;
use crate::number::{Mode, Real};

/// A random variable: an annotated function applied to its arguments.
///
/// Implemented by `#[stochastic]`; its methods are the queries.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an applied `#[stochastic]` function",
    label = "not a random variable"
)]
pub trait Stochastic: Clone + Sync + Sized {
    /// The function's name.
    #[doc(hidden)]
    const NAME: &'static str;
    /// File and line of the annotated function.
    #[doc(hidden)]
    const PLACE: (&'static str, u32);
    /// How many parameters there are, where the type tells.
    #[doc(hidden)]
    const COUNT: Option<usize>;
    /// The parameters as numbers of a mode.
    #[doc(hidden)]
    type Lifted<M: Mode>;

    /// What tells this program from others.
    #[doc(hidden)]
    fn key() -> String {
        let (file, line) = Self::PLACE;
        format!("{} at {file}:{line}", Self::NAME)
    }

    /// Names and counts the parameters.
    #[doc(hidden)]
    fn layout(&self, layout: &mut Layout);
    /// Turns the parameters into numbers of a mode.
    #[doc(hidden)]
    fn lift<M: Mode>(&self, lanes: &mut Lanes) -> Self::Lifted<M>;
    /// Runs the body once.
    #[doc(hidden)]
    fn run<M: Mode>(&self, lifted: &Self::Lifted<M>, context: &Context<'_, M>) -> Real<M>;

    /// One draw of the returned value plus its costs. NaN if a distribution refuses its parameters
    /// or the draws do not end; `expectation()` says why.
    ///
    /// ```
    /// use rand::{SeedableRng, rngs::SmallRng};
    /// use scorepath::prelude::*;
    ///
    /// #[stochastic]
    /// fn shot(aim: Real) -> Real {
    ///     sample!(Normal::new(aim, 1.0))
    /// }
    ///
    /// let x = shot(3.0).sample(&mut SmallRng::seed_from_u64(1));
    /// assert!((x - 3.0).abs() < 6.0);
    /// ```
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        engine::sample(self, rng.next_u64())
    }

    /// The expected value, by plain Monte Carlo. Nothing is differentiated, so there is nothing to
    /// decide: the report has no sites.
    fn expectation(&self) -> engine::Expectation<Self> {
        engine::Expectation::new(self.clone())
    }

    /// The expected value and its gradient with respect to every parameter.
    ///
    /// ```
    /// use scorepath::prelude::*;
    ///
    /// #[stochastic]
    /// fn loss(theta: Real) -> Real {
    ///     (sample!(Normal::new(theta, 1.0)) - 2.0).powi(2)
    /// }
    ///
    /// // Gradient descent with small queries; the plan is searched for once.
    /// let mut plan = None;
    /// let mut theta = 0.0;
    /// for step in 0..200 {
    ///     let mut query = loss(theta).gradient().replicates(64).seed(step);
    ///     if let Some(plan) = &plan {
    ///         query = query.plan(plan);
    ///     }
    ///     let report = query.run()?;
    ///     theta -= 0.05 * report.gradient()[0].mean;
    ///     plan = Some(report.plan().clone());
    /// }
    /// assert!((theta - 2.0).abs() < 0.2);
    /// # Ok::<(), scorepath::Error>(())
    /// ```
    fn gradient(&self) -> engine::Gradient<Self> {
        engine::Gradient::new(self.clone())
    }
}
