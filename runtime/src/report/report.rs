//! The report of a query and its table.

use core::fmt;

use super::estimate::{Estimate, significant};
use crate::estimator::{Place, Plan, SiteReport};
use crate::number::event::{self, Operation};

/// Something in the program that is worth a second look. The estimates stand.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Note {
    /// A parameter moves the threshold of a comparison with a discrete quantity: its derivative is
    /// 0 almost everywhere, which is right but looks like a mistake.
    DiscreteThreshold {
        /// The operation, as in the source.
        operation: String,
        /// Where.
        place: Place,
    },
    /// Two sides of a kink met exactly, where only one-sided derivatives exist; their mean was used.
    /// It matters only if such ties have positive probability, as with whole-number demand.
    Ties {
        /// The operation, as in the source.
        operation: String,
        /// Where.
        place: Place,
        /// How often.
        count: u64,
    },
    /// All replicates had the same score in a parameter: what it moves may be too rare to have been
    /// drawn, and then its derivative and standard error say nothing.
    ConstantScore {
        /// The parameter.
        parameter: String,
    },
    /// The mean score in a parameter, which is 0 for every density, is far from 0: a distribution
    /// whose `log_density` does not fit its `draw`, or whose support moves undeclared.
    ScoreMean {
        /// The parameter.
        parameter: String,
        /// The mean in its standard errors.
        z: f64,
    },
    /// No variance was seen, so a target standard error could not be checked: either the result does
    /// not depend on the draws, or what matters is rarer than the replicates. All of them were run.
    NoVariance,
    /// The most replicates that may be run do not reach the target standard error.
    TargetMissed {
        /// The target.
        target: f64,
        /// The largest standard error of the report.
        reached: f64,
    },
}

/// Standard errors beyond which a mean score is no accident.
const FAR: f64 = 6.0;

impl Note {
    /// What a mean score of `z` standard errors means.
    pub(crate) fn of_score(z: f64, parameter: &str) -> Option<Self> {
        let parameter = parameter.to_owned();
        match z {
            f64::INFINITY => Some(Self::ConstantScore { parameter }),
            z if z > FAR => Some(Self::ScoreMean { parameter, z }),
            _ => None,
        }
    }

    pub(crate) fn of(note: &event::Note) -> Option<Self> {
        let (Operation::Jump(name) | Operation::Plain(name) | Operation::Outside(name)) =
            note.event.operation
        else {
            return None;
        };
        let (operation, place) = (name.to_owned(), Place::of_event(&note.event));
        if note.tie {
            return Some(Self::Ties { operation, place, count: note.count });
        }
        // Only a comparison whose outcome changed depends on a draw.
        (note.outcomes == 3).then_some(Self::DiscreteThreshold { operation, place })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DiscreteThreshold { operation, place } => write!(
                f,
                "`{operation}` at {place} compares a discrete draw with a moving parameter; its derivative is 0 almost everywhere"
            ),
            Self::Ties { operation, place, count } => write!(
                f,
                "`{operation}` at {place} met {count} tie{}; only one-sided derivatives exist there and their mean was used",
                if *count == 1 { "" } else { "s" }
            ),
            Self::ConstantScore { parameter } => write!(
                f,
                "the score in `{parameter}` was the same in all replicates; what it moves may be too rare for them"
            ),
            Self::ScoreMean { parameter, z } => write!(
                f,
                "the mean score in `{parameter}` is {z:.1} standard errors from 0; does a `log_density` not fit its `draw`?"
            ),
            Self::TargetMissed { target, reached } => write!(
                f,
                "the largest standard error is {reached:.2e}, above the target {target:.2e}; allow more replicates"
            ),
            Self::NoVariance => f.write_str(
                "no variance was seen in some estimate, so the target standard error was not checked",
            ),
        }
    }
}

/// Value, gradient, standard errors, and the strategy of every site with its reason.
///
/// Printing it gives a table: the value and one row a parameter, then one row a site.
///
/// ```
/// use scorepath::prelude::*;
///
/// #[stochastic]
/// fn hit(aim: Real, width: f64) -> Real {
///     let shot = sample!(Normal::new(aim, 1.0));
///     if shot.abs() < width { Real::from(1.0) } else { Real::from(0.0) }
/// }
///
/// let report = hit(0.3, 1.0).gradient().replicates(100_000).seed(1).run()?;
/// println!("{report}");
/// let slope = report.derivative("aim").unwrap();
/// assert!(slope.mean + 3.0 * slope.standard_error.unwrap() < 0.0);
/// assert_eq!(report.sites()[0].strategy(), Strategy::ScoreFunction);
/// # Ok::<(), scorepath::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Report {
    value: Estimate,
    gradient: Vec<Estimate>,
    names: Vec<String>,
    plan: Plan,
    replicates: u64,
    seed: u64,
    notes: Vec<Note>,
}

impl Report {
    pub(crate) fn new(
        value: Estimate,
        gradient: Vec<Estimate>,
        names: Vec<String>,
        plan: Plan,
        replicates: u64,
        seed: u64,
        notes: Vec<Note>,
    ) -> Self {
        Self { value, gradient, names, plan, replicates, seed, notes }
    }

    /// The expected value.
    pub fn value(&self) -> Estimate {
        self.value
    }

    /// The derivatives, number `i` with respect to parameter `names()[i]`; empty for `expectation()`.
    pub fn gradient(&self) -> &[Estimate] {
        &self.gradient
    }

    /// The derivative with respect to one parameter, by its name: `aim`, `weights[3]`,
    /// `policy.bias`.
    pub fn derivative(&self, name: &str) -> Option<Estimate> {
        let index = self.names.iter().position(|known| known == name)?;
        self.gradient.get(index).copied()
    }

    /// The names of the parameters.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The sites that the run met, with strategy and reason; empty for `expectation()`, which has
    /// nothing to decide.
    pub fn sites(&self) -> &[SiteReport] {
        self.plan.sites()
    }

    /// How many replicates were run.
    pub fn replicates(&self) -> u64 {
        self.replicates
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The plan, to hand to another query.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What is worth a second look.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    pub(crate) fn warn(&mut self, note: Note) {
        self.notes.push(note);
    }

    fn standard_errors(&self) -> impl Iterator<Item = f64> + '_ {
        let all = core::iter::once(&self.value).chain(&self.gradient);
        all.map(|estimate| estimate.standard_error.unwrap_or(0.0))
    }

    pub(crate) fn any_without_variance(&self) -> bool {
        self.standard_errors().any(|error| error == 0.0)
    }

    pub(crate) fn largest_standard_error(&self) -> f64 {
        self.standard_errors().fold(0.0, f64::max)
    }

    fn estimate_rows(&self) -> Vec<[String; 3]> {
        let row = |name: &str, estimate: &Estimate| {
            let error = estimate.standard_error;
            [
                name.to_owned(),
                significant(estimate.mean, error.unwrap_or(f64::NAN)),
                error.map_or("?".to_owned(), |error| format!("{error:.2e}")),
            ]
        };
        let mut rows = vec![["", "estimate", "standard error"].map(String::from)];
        rows.push(row("value", &self.value));
        for (name, estimate) in self.names.iter().zip(&self.gradient) {
            rows.push(row(&format!("d/d {name}"), estimate));
        }
        rows
    }

    fn site_rows(&self) -> Vec<[String; 5]> {
        let mut rows =
            vec![["site", "distribution", "line", "strategy", "reason"].map(String::from)];
        rows.extend(self.sites().iter().map(|site| {
            [
                site.key().to_owned(),
                site.distribution().to_owned(),
                site.place().to_string(),
                site.strategy().to_string(),
                site.reason().to_string(),
            ]
        }));
        rows
    }
}

/// Rows as aligned columns, numbers flush right if asked for.
fn table<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    rows: &[[String; N]],
    flush_right: bool,
) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = width(column).unwrap_or(0);
            let padding = " ".repeat(width - cell.chars().count());
            let cell = if flush_right && column > 0 {
                format!("{padding}{cell}  ")
            } else {
                format!("{cell}{padding}  ")
            };
            line.push_str(&cell);
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        table(f, &self.estimate_rows(), true)?;
        let plural = if self.replicates == 1 { "" } else { "s" };
        write!(f, "{} replicate{plural}, seed {}", self.replicates, self.seed)?;
        if self.replicates < 64 {
            f.write_str("; below 64 a standard error is unreliable")?;
        }
        writeln!(f)?;
        if !self.sites().is_empty() {
            writeln!(f)?;
            table(f, &self.site_rows(), false)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}
