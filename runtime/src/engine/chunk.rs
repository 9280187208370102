//! One stretch of chunks on one thread.

use std::cell::Cell;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::moments::{Buffer, CHUNK, Moments};
use super::reduce::{Part, Stop, Trouble};
use crate::distribution::Stream;
use crate::estimator::Plan;
use crate::number::watch::{self, Session, Violation};
use crate::number::{Mode, Primal, Scalar};
use crate::program::{Abandoned, Context, Failure, Forced, Lanes, SiteTable, Stochastic, Visit};

/// What one pass over a program's replicates needs to know.
pub(super) struct Job<'q, S> {
    pub(super) program: &'q S,
    pub(super) plan: &'q Plan,
    pub(super) forced: &'q [Forced],
    pub(super) seed: u64,
    pub(super) replicates: u64,
    pub(super) max_draws: u64,
    /// Number of the first parameter of the pass.
    pub(super) first_parameter: usize,
    /// The moments of the first chunk, where it has run already.
    pub(super) first_chunk: Option<&'q Moments>,
}

/// Runs some chunks of a pass.
pub(super) type Block<S> = fn(&Job<'_, S>, Range<u64>, bool) -> Result<Part, Stop>;

/// Where the run is, readable after an unwinding.
#[derive(Default)]
struct Position {
    chunk: Cell<u64>,
    replicate: Cell<u64>,
}

/// The block of mode `M`; `discovering` lets it decide for sites that it meets first.
pub(super) fn run_block<S: Stochastic, M: Mode>(
    job: &Job<'_, S>,
    chunks: Range<u64>,
    discovering: bool,
) -> Result<Part, Stop> {
    let table = SiteTable::new(job.plan.decisions());
    let decide = |site, pathwise| {
        let later = table.met.borrow().len() - 1;
        job.plan.decide(site, later, pathwise, job.forced)
    };
    let session = (M::ORDER > 0).then(Session::begin);
    let stream = Stream::of_chunk(job.seed, chunks.start);
    let context = Context::<M>::new(&table, stream, &decide, discovering);
    let position = Position::default();
    let run = || replicates(job, chunks, &context, &position);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let trouble = match outcome {
        Ok(Ok(mut part)) => {
            part.met = table.met.take();
            part.notes = session.map(|s| s.notes()).unwrap_or_default();
            return Ok(part);
        }
        Ok(Err(trouble)) => trouble,
        // A failure that was recorded before a panic is the better explanation of it.
        Err(payload) => match context.failure.take() {
            Some(failure) => Trouble::Failure(failure),
            None if payload.is::<Abandoned>() => unreachable!("a body is left for a reason"),
            None => Trouble::Panic(payload),
        },
    };
    let met = table.met.take();
    Err(Stop { chunk: position.chunk.get(), replicate: position.replicate.get(), trouble, met })
}

fn replicates<S: Stochastic, M: Mode>(
    job: &Job<'_, S>,
    chunks: Range<u64>,
    context: &Context<'_, M>,
    position: &Position,
) -> Result<Part, Trouble> {
    let lifted = job.program.lift::<M>(&mut Lanes::starting_at(job.first_parameter));
    let mut buffer = Buffer::new(M::Scalar::LANES);
    let mut tree = super::reduce::Counter::default();
    for chunk in chunks {
        position.chunk.set(chunk);
        if let (0, Some(moments)) = (chunk, job.first_chunk) {
            tree.push(moments.clone());
            continue;
        }
        context.stream.set(Stream::of_chunk(job.seed, chunk));
        buffer.clear(M::ORDER > 0);
        let first = chunk * CHUNK as u64;
        let last = (first + CHUNK as u64).min(job.replicates);
        let mut pending: Option<Violation> = None;
        for replicate in first..last {
            if pending.is_none() {
                position.replicate.set(replicate);
            }
            context.restart(job.max_draws);
            let result = job.program.run(&lifted, context);
            let surrogate = context.settle(result);
            let weight = context.weight.get();
            if context.failed.get() || (M::ORDER > 0 && watch::tripped()) || !surrogate.is_finite()
            {
                examine::<M>(context, surrogate, &mut pending)?;
            }
            if M::ORDER > 0 {
                watch::next_replicate();
            }
            buffer.push(surrogate.primal(), |j| surrogate.tangent(j), |j| weight.tangent(j));
        }
        if let Some(violation) = pending {
            return Err(Trouble::Violation(violation));
        }
        tree.push(buffer.moments());
    }
    Ok(Part { moments: tree.finish(), ..Part::default() })
}

/// Looks at a replicate that may not count. A violation is kept for the end of the chunk, so that
/// all parameters that take part are named.
#[cold]
#[inline(never)]
fn examine<M: Mode>(
    context: &Context<'_, M>,
    surrogate: M::Scalar,
    pending: &mut Option<Violation>,
) -> Result<(), Trouble> {
    let findings = if M::ORDER > 0 { watch::take_findings() } else { watch::Findings::default() };
    if let Some(known) = pending {
        if let Some(other) = findings.violation {
            known.join(&other);
        }
        context.failed.set(false);
        context.failure.take();
        return Ok(());
    }
    let failure = context.failure.take();
    if let Some(failure @ (Failure::InvalidParameter { .. } | Failure::TooManyDraws { .. })) = failure {
        return Err(Trouble::Failure(failure));
    }
    if !findings.demotions.is_empty() {
        return Err(Trouble::Demotions(findings.demotions));
    }
    if let Some(failure) = failure {
        return Err(Trouble::Failure(failure));
    }
    if let Some(violation) = findings.violation {
        *pending = Some(violation);
        return Ok(());
    }
    Err(not_finite::<M>(surrogate))
}

fn not_finite<M: Mode>(surrogate: M::Scalar) -> Trouble {
    let value = surrogate.primal();
    if !value.is_finite() {
        return Trouble::NonFinite { lane: None, found: value };
    }
    let lane = (0..M::Scalar::LANES).find(|&j| !surrogate.tangent(j).is_finite());
    Trouble::NonFinite { lane, found: lane.map_or(value, |j| surrogate.tangent(j)) }
}

/// One draw of a program's value; NaN where it has none.
pub(crate) fn sample<S: Stochastic>(program: &S, seed: u64) -> f64 {
    let table = SiteTable::new([]);
    let decide = |_, _| Visit::Score;
    let context = Context::<Primal>::new(&table, Stream::from_seed(seed), &decide, true);
    context.restart(super::query::MAX_DRAWS);
    let lifted = program.lift::<Primal>(&mut Lanes::starting_at(0));
    let run = || context.settle(program.run(&lifted, &context));
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(value) if !context.failed.get() => value,
        Ok(_) => f64::NAN,
        Err(payload) if payload.is::<Abandoned>() => f64::NAN,
        Err(payload) => std::panic::resume_unwind(payload),
    }
}
