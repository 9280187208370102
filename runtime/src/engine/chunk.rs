//! One stretch of chunks on one thread.

use std::cell::Cell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use super::moments::{Accumulator, CHUNK, Moments};
use super::reduce::{Part, Stop, Trouble};
use crate::distribution::Stream;
use crate::estimator::Plan;
use crate::number::event::Violation;
use crate::number::watch::{self, Session};
use crate::number::{Mode, Primal, Scalar};
use crate::program::{
    Abandoned, Context, Failure, Forced, Lanes, Ledger, Met, Site, SiteTable, Stochastic, Visit,
};

/// What one pass over a program's replicates needs to know.
pub(super) struct Job<'q, S> {
    pub(super) program: &'q S,
    pub(super) plan: &'q Plan,
    pub(super) forced: &'q [Forced],
    pub(super) seed: u64,
    pub(super) replicates: u64,
    pub(super) max_draws: u64,
    /// Whether the mean value serves as baseline.
    pub(super) means: bool,
    /// Number of the first parameter of the pass.
    pub(super) first_parameter: usize,
    /// The moments of the first chunk, where it has run already.
    pub(super) first_chunk: Option<&'q Moments>,
    /// Whether to remember the draw made last, which costs time: to name an event that happened inside
    /// the standard library.
    pub(super) traced: bool,
    /// A violation whose parameters are being collected; the lanes of this pass are added.
    pub(super) violation: Option<&'q Mutex<Violation>>,
}

/// Runs some chunks of a pass.
pub(super) type Block<S> = fn(&Job<'_, S>, Range<u64>) -> Result<Part, Stop>;

/// Where the run is, readable after an unwinding.
#[derive(Default)]
struct Position {
    chunk: Cell<u64>,
    row: Cell<usize>,
}

impl Position {
    fn replicate(&self) -> u64 {
        self.chunk.get() * CHUNK as u64 + self.row.get() as u64
    }
}

/// The block of mode `M`.
pub(super) fn run_block<S: Stochastic, M: Mode>(
    job: &Job<'_, S>,
    chunks: Range<u64>,
) -> Result<Part, Stop> {
    let decide = |site: &'static Site, met: &[(Met, Visit)]| {
        job.plan.decide(site, met.iter().map(|(met, _)| met.site), job.forced)
    };
    let decisions = job.plan.decisions();
    let table = if job.traced { SiteTable::traced(decisions) } else { SiteTable::new(decisions) };
    let ledger = Ledger::new(&table, &decide);
    let session = (M::ORDER > 0).then(Session::begin);
    if job.violation.is_some() {
        watch::collect();
    }
    let position = Position::default();
    let run = || replicates::<S, M>(job, chunks, &ledger, table.entries(), &position);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let trouble = match outcome {
        Ok(Ok(mut part)) => {
            part.notes = session.map(Session::end).unwrap_or_default();
            return Ok(part);
        }
        Ok(Err(trouble)) => trouble,
        // A failure that was recorded before a panic is the better explanation of it.
        Err(payload) => match ledger.failure.take() {
            Some(failure) => Trouble::Failure(failure),
            None if payload.is::<Abandoned>() => unreachable!("a body is left for a reason"),
            None => Trouble::Panic(payload),
        },
    };
    let met = ledger.met.take().into_iter().map(|(met, _)| met).collect();
    Err(Stop { chunk: position.chunk.get(), replicate: position.replicate(), trouble, met })
}

fn replicates<S: Stochastic, M: Mode>(
    job: &Job<'_, S>,
    chunks: Range<u64>,
    ledger: &Ledger<'_>,
    visits: &[(usize, Visit)],
    position: &Position,
) -> Result<Part, Trouble> {
    // Made here, behind the catching of panics, so that its address is known to nobody else.
    let context = Context::<M>::new(ledger, visits);
    let lifted = job.program.lift::<M>(&mut Lanes::starting_at(job.first_parameter));
    let scored = M::ORDER > 0 && job.plan.scores();
    let mut tree = super::reduce::Counter::default();
    for chunk in chunks {
        position.chunk.set(chunk);
        if let (0, Some(moments)) = (chunk, job.first_chunk) {
            tree.push(moments.clone());
            continue;
        }
        context.advance(Stream::of_chunk(job.seed, chunk));
        let first = chunk * CHUNK as u64;
        let count = usize::try_from(job.replicates - first).unwrap_or(CHUNK).min(CHUNK);
        let mut accumulator =
            Accumulator::new(scored, job.means, job.first_chunk.map(|moments| moments.centre));
        for row in 0..count {
            position.row.set(row);
            context.restart(job.max_draws);
            let result = job.program.run(&lifted, &context);
            let surrogate = context.settle(result);
            accumulator.add(row, &surrogate, &context.weight());
            // Asked last, when no number has to survive the call.
            let seen = if M::ORDER > 0 { watch::raised() } else { ledger.failed.get() };
            if seen {
                examine(ledger, job.violation)?;
            }
        }
        let moments = accumulator.moments(count, M::Scalar::LANES);
        if moments.overflow().is_some() {
            return Err(Trouble::NonFinite(Box::new(moments)));
        }
        tree.push(moments);
    }
    Ok(Part { moments: tree.finish(), ..Part::default() })
}

/// Looks at a replicate in which something was seen. Once a violation is known, only the parameters
/// that take part in it are still of interest.
#[cold]
#[inline(never)]
fn examine(ledger: &Ledger<'_>, known: Option<&Mutex<Violation>>) -> Result<(), Trouble> {
    let findings = watch::take_findings();
    watch::forget();
    ledger.failed.set(false);
    let failure = ledger.failure.take();
    if let Some(known) = known {
        let mut violation = known.lock().unwrap_or_else(PoisonError::into_inner);
        findings.violations.iter().for_each(|other| violation.join(other));
        return Ok(());
    }
    match failure {
        Some(failure @ (Failure::InvalidParameter { .. } | Failure::TooManyDraws { .. })) => {
            Err(Trouble::Failure(failure))
        }
        _ if !findings.demotions.is_empty() => Err(Trouble::Demotions(findings.demotions)),
        Some(failure) => Err(Trouble::Failure(failure)),
        None => match findings.violations.first() {
            Some(violation) => Err(Trouble::Violation(*violation)),
            None => Ok(()),
        },
    }
}

/// One draw of a program's value; NaN where it has none.
pub(crate) fn sample<S: Stochastic>(program: &S, seed: u64) -> f64 {
    let table = SiteTable::new(core::iter::empty());
    let ledger = Ledger::new(&table, &|_, _| Visit::SCORE);
    let context = Context::<Primal>::new(&ledger, table.entries());
    context.advance(Stream::from_seed(seed));
    context.restart(super::query::MAX_DRAWS);
    let lifted = program.lift::<Primal>(&mut Lanes::starting_at(0));
    let run = || context.settle(program.run(&lifted, &context));
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(value) if !ledger.failed.get() => value,
        Ok(_) => f64::NAN,
        Err(payload) if payload.is::<Abandoned>() => f64::NAN,
        Err(payload) => std::panic::resume_unwind(payload),
    }
}
