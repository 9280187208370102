//! The fixed binary tree over chunks, sequential or on threads: the same bits either way.

use std::any::Any;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::moments::Moments;
use crate::number::event::{Demotion, Event, Note, Violation};
use crate::program::{Failure, Met};

/// What some chunks gave.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) moments: Moments,
    pub(super) notes: Vec<Note>,
}

impl Part {
    fn join(mut self, other: Self) -> Self {
        self.moments.merge(&other.moments);
        merge_notes(&mut self.notes, other.notes, Note::join);
        self
    }
}

/// Adds notes, one a line.
pub(super) fn merge_notes(notes: &mut Vec<Note>, others: Vec<Note>, combine: fn(&mut Note, &Note)) {
    for other in others {
        match notes.iter_mut().find(|note| note.same_line(&other)) {
            Some(note) => combine(note, &other),
            None => notes.push(other),
        }
    }
}

/// Why a run stopped, and at which replicate.
pub(super) struct Stop {
    pub(super) chunk: u64,
    pub(super) replicate: u64,
    pub(super) trouble: Trouble,
    pub(super) met: Vec<Met>,
}

/// Why a replicate does not count.
pub(super) enum Trouble {
    /// Pathwise sites have to be scored.
    Demotions(Vec<Demotion>),
    /// See [`Failure`].
    Failure(Failure),
    /// No plan is sound.
    Violation(Violation),
    /// A value or derivative of the chunk was infinite or NaN; the moments tell which.
    NonFinite(Box<Moments>),
    /// The user's own panic.
    Panic(Box<dyn Any + Send>),
    /// Not run, since an earlier chunk had stopped.
    Skipped,
}

impl Trouble {
    /// What happened to numbers.
    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        let (demotions, violation) = match self {
            Self::Demotions(demotions) => (demotions.as_slice(), None),
            Self::Violation(violation) => (&[][..], Some(violation)),
            _ => (&[][..], None),
        };
        demotions.iter().map(|demotion| &demotion.event).chain(violation.and_then(Violation::event))
    }
}

/// Merges the moments of consecutive chunks as the tree does: like a binary counter, each bit the
/// moments of an aligned power of two of chunks.
#[derive(Default)]
pub(super) struct Counter {
    pushed: u64,
    levels: Vec<Moments>,
}

impl Counter {
    pub(super) fn push(&mut self, moments: Moments) {
        self.pushed += 1;
        self.levels.push(moments);
        for _ in 0..self.pushed.trailing_zeros() {
            self.merge_last();
        }
    }

    fn merge_last(&mut self) {
        if let Some(right) = self.levels.pop() {
            if let Some(left) = self.levels.last_mut() {
                left.merge(&right);
            } else {
                self.levels.push(right);
            }
        }
    }

    pub(super) fn finish(mut self) -> Moments {
        while self.levels.len() > 1 {
            self.merge_last();
        }
        self.levels.pop().unwrap_or_default()
    }
}

/// Runs some chunks on the present thread.
pub(super) type Run<'r> = &'r (dyn Fn(Range<u64>) -> Result<Part, Stop> + Sync);

/// The tree over all chunks. Every node spans an aligned power of two of chunks, except on the
/// right edge.
pub(super) struct Tree<'r> {
    run: Run<'r>,
    /// Chunks that one call of `run` takes, a power of two.
    leaf: u64,
    parallel: bool,
    /// The first chunk known to stop; later ones need not run.
    stopped: AtomicU64,
}

impl<'r> Tree<'r> {
    /// For `chunks` chunks on `threads` threads. The leaf size changes the speed alone.
    pub(super) fn new(run: Run<'r>, chunks: u64, threads: usize) -> Self {
        let share = chunks / (8 * threads.max(1) as u64);
        let leaf = share.checked_ilog2().map_or(1, |log| 1 << log.min(6));
        Self { run, leaf, parallel: threads > 1, stopped: AtomicU64::new(u64::MAX) }
    }

    /// The moments of `chunks`, or the earliest stop.
    pub(super) fn reduce(&self, chunks: Range<u64>) -> Result<Part, Stop> {
        let length = chunks.end - chunks.start;
        if length <= self.leaf {
            return self.run_leaf(chunks);
        }
        let middle = chunks.start + (length - 1).checked_ilog2().map_or(0, |log| 1 << log);
        let left = || self.reduce(chunks.start..middle);
        let right = || self.reduce(middle..chunks.end);
        let (left, right) =
            if self.parallel { rayon::join(left, right) } else { (left(), right()) };
        match (left, right) {
            (Ok(left), Ok(right)) => Ok(left.join(right)),
            (Err(stop), Ok(_)) | (Ok(_), Err(stop)) => Err(stop),
            (Err(left), Err(right)) => {
                Err(if left.replicate <= right.replicate { left } else { right })
            }
        }
    }

    fn run_leaf(&self, chunks: Range<u64>) -> Result<Part, Stop> {
        if chunks.start > self.stopped.load(Ordering::Relaxed) {
            let (chunk, replicate) = (chunks.start, u64::MAX);
            return Err(Stop { chunk, replicate, trouble: Trouble::Skipped, met: Vec::new() });
        }
        let outcome = (self.run)(chunks);
        if let Err(stop) = &outcome {
            self.stopped.fetch_min(stop.chunk, Ordering::Relaxed);
        }
        outcome
    }
}
