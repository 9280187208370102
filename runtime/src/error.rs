//! What can go wrong in a query: everything is typed and says where.

use core::fmt;

use crate::distribution::ParameterError;
use crate::estimator::{Place, Reason};
use crate::program::Strategy;

/// The replicate in which something happened. With the seed it can be run again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Occurrence {
    /// The line.
    pub place: Place,
    /// Number of the replicate, from 0.
    pub replicate: u64,
    /// The seed of the query.
    pub seed: u64,
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (replicate {}, seed {})", self.place, self.replicate, self.seed)
    }
}

impl Error {
    /// Where and when, for errors of a replicate.
    pub fn occurrence(&self) -> Option<&Occurrence> {
        match self {
            Self::InvalidParameter { at, .. }
            | Self::NonFinite { at, .. }
            | Self::TooManyDraws { at, .. }
            | Self::MovingThreshold { at, .. }
            | Self::MovingSupport { at, .. }
            | Self::DerivativeDropped { at, .. }
            | Self::InvalidStrategy { at, .. } => Some(at),
            _ => None,
        }
    }
}

/// Names in backticks, joined by commas; `a parameter` if there are none.
struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("a parameter");
        }
        for (index, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// What to say of a jump in a user's density.
struct InDensity<'a>(Option<&'a Reason>);

impl fmt::Display for InDensity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(jump) = self.0 else { return Ok(()) };
        write!(f, "; in its `log_density`: {jump}; if the density is continuous there, declare ")?;
        f.write_str("`SMOOTHNESS: Smoothness = Smoothness::Continuous`")
    }
}

/// Why a query has no answer.
///
/// The arguments are at fault: `InvalidParameter`, `NonFinite`, `NoReplicates`, `InvalidTarget`. The
/// program has no valid estimator, or none as asked: `MovingThreshold`, `MovingSupport`,
/// `DerivativeDropped`, `InvalidStrategy`, `UnavailableStrategy`, `UnknownSite`, `AmbiguousSite`.
/// Something ran out: `TooManyDraws`, `Threads`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A distribution was given a parameter that it does not admit.
    #[error("`{site}`: {distribution}: {error}; at {at}")]
    InvalidParameter {
        /// The site that draws.
        site: String,
        /// Its distribution.
        distribution: String,
        /// The parameter and its value.
        error: ParameterError,
        /// Where and when.
        at: Occurrence,
    },

    /// A replicate's value or one of its derivatives is infinite, NaN, or too large for a variance.
    #[error(
        "the {quantity} of `{function}` is {found}, {}; at {at}",
        if found.is_finite() { "too large to square" } else { "not finite" }
    )]
    NonFinite {
        /// `value`, or `derivative in aim`.
        quantity: String,
        /// What it was.
        found: f64,
        /// The annotated function.
        function: String,
        /// Where it stands, and when.
        at: Occurrence,
    },

    /// A replicate made more draws than the limit.
    #[error(
        "more than {limit} draws in one replicate, the last at `{site}`, {at}; a loop without end? raise the limit with `.max_draws(n)`"
    )]
    TooManyDraws {
        /// The site of the last draw.
        site: String,
        /// The limit.
        limit: u64,
        /// Where and when.
        at: Occurrence,
    },

    /// A parameter moves the place of a jump, which neither estimator sees.
    #[error(
        "`{operation}` at {at} jumps at a threshold that {} move{}, so the derivative would lack a term; \
         draw the compared quantity itself (`Normal::new(mu, sigma)`, not `mu + sigma * Normal::new(0, 1)`), \
         or use `max`, `min`, `abs`, `clamp` or `continuous!(..)` if it is only a kink",
        Names(parameters), if parameters.len() > 1 { "" } else { "s" }
    )]
    MovingThreshold {
        /// The operation, as in the source.
        operation: String,
        /// The parameters that move the threshold.
        parameters: Vec<String>,
        /// Where and when.
        at: Occurrence,
    },

    /// A parameter moves the support of a draw that has to be scored: an edge, or an outcome of
    /// probability 0 that enters.
    #[error(
        "`{site}`: the support of {distribution} moves with {}, so the score function would lack a \
         boundary term; at {at}{}; draw from a fixed support and scale, keep the program continuous in \
         the draw so that its path can be used, or keep probabilities away from 0 and 1",
        Names(parameters), InDensity(jump.as_ref())
    )]
    MovingSupport {
        /// The site that draws.
        site: String,
        /// Its distribution.
        distribution: String,
        /// What jumps in its density, if that is what moves.
        jump: Option<Reason>,
        /// The parameters that move its support.
        parameters: Vec<String>,
        /// Where and when.
        at: Occurrence,
    },

    /// A number that moves with a parameter became a plain one.
    #[error(
        "`{operation}` at {at} drops the derivative in {}; keep the number a `Real`, or write \
         `detach(x)` first if the derivative is to be dropped",
        Names(parameters)
    )]
    DerivativeDropped {
        /// The operation, as in the source.
        operation: String,
        /// The parameters whose derivative is lost.
        parameters: Vec<String>,
        /// Where and when.
        at: Occurrence,
    },

    /// A strategy that was asked for would give a wrong gradient.
    #[error("`{site}` cannot be {strategy}, as asked: {reason}; at {at}")]
    InvalidStrategy {
        /// The site.
        site: String,
        /// The strategy that was asked for.
        strategy: Strategy,
        /// What makes it wrong.
        reason: Reason,
        /// Where the site stands, and when.
        at: Occurrence,
    },

    /// A distribution does not have the strategy that was asked for.
    #[error("`{site}` at {place} cannot be {strategy}: {distribution} does not offer it")]
    UnavailableStrategy {
        /// The site.
        site: String,
        /// Where it stands.
        place: Place,
        /// Its distribution.
        distribution: String,
        /// The strategy that was asked for.
        strategy: Strategy,
    },

    /// `.strategy(..)` names a site that no replicate met.
    #[error("no site `{name}` was met; the sites are {}", Names(known))]
    UnknownSite {
        /// The name.
        name: String,
        /// The keys of the sites that were met.
        known: Vec<String>,
    },

    /// `.strategy(..)` names several sites.
    #[error("`{name}` fits several sites: {}; use one of these keys", Names(candidates))]
    AmbiguousSite {
        /// The name.
        name: String,
        /// The keys that it fits.
        candidates: Vec<String>,
    },

    /// A number that moves with a draw of another replicate or query was used.
    #[error(
        "a number was kept from another replicate or query: {reason} (replicate {replicate}, seed {seed}); \
         keep no `Real` outside the annotated function"
    )]
    ForeignNumber {
        /// What happened to it.
        reason: Reason,
        /// Number of the replicate, from 0.
        replicate: u64,
        /// The seed of the query.
        seed: u64,
    },

    /// `.replicates(0)`.
    #[error("a query needs at least 1 replicate, found 0")]
    NoReplicates,

    /// `.standard_error(target)` with a target that cannot be reached.
    #[error("the target standard error must be finite and > 0, found {found}")]
    InvalidTarget {
        /// The target.
        found: f64,
    },

    /// The operating system gave no threads.
    #[error("no thread pool: {message}")]
    Threads {
        /// What the system said.
        message: String,
    },
}
