//! Runs all passes under one plan, and again under a better plan until nothing speaks against it.

use std::sync::{Mutex, PoisonError};

use super::chunk::{Block, Job};
use super::combine::means_serve;
use super::moments::{CHUNK, Moments, Overflow};
use super::query::{Progress, Settings};
use super::reduce::{Part, Stop, Tree, Trouble, merge_notes};
use crate::error::{Error, Occurrence};
use crate::estimator::{Place, Plan, Reason, Refusal};
use crate::number::event::{Event, Kind, Note, Violation};
use crate::program::{Failure, Site, Stochastic};

/// A program, its parameters and how they are cut into passes.
pub(super) struct Search<'q, S> {
    pub(super) program: &'q S,
    pub(super) names: &'q [String],
    pub(super) settings: &'q Settings,
    pub(super) seed: u64,
    pub(super) replicates: u64,
    pub(super) block: Block<S>,
    /// Numbers of the first parameter of each pass.
    pub(super) passes: Vec<usize>,
    pub(super) threads: usize,
}

/// What a run gave.
pub(super) struct Run {
    /// Moments of each pass.
    pub(super) moments: Vec<Moments>,
    pub(super) notes: Vec<Note>,
}

/// What to do after a stop.
enum Next {
    Again,
    Fail(Box<Error>),
}

impl Next {
    fn fail(error: Error) -> Self {
        Self::Fail(Box::new(error))
    }
}

impl<S: Stochastic> Search<'_, S> {
    /// Runs until the plan is sound for every replicate.
    pub(super) fn run(&self, plan: &mut Plan) -> Result<Run, Error> {
        loop {
            match self.attempt(plan) {
                Ok(run) => return Ok(run),
                Err(Next::Again) => {}
                Err(Next::Fail(error)) => return Err(*error),
            }
        }
    }

    fn attempt(&self, plan: &mut Plan) -> Result<Run, Next> {
        let chunks = self.replicates.div_ceil(CHUNK as u64);
        self.settings.progress.iter().for_each(Progress::begin);
        // The first chunk of every pass, one after the other: most of a plan is found here.
        let mut parts = Vec::with_capacity(self.passes.len());
        for &pass in &self.passes {
            match (self.block)(&self.job(plan, pass, None), 0..1) {
                Ok(part) => parts.push(part),
                Err(stop) => return Err(self.after(stop, pass, plan)),
            }
        }
        if chunks > 1 {
            for (index, &pass) in self.passes.iter().enumerate() {
                match self.rest(plan, pass, chunks, &parts[index].moments) {
                    Ok(part) => {
                        merge_notes(&mut parts[index].notes, part.notes, Note::join);
                        parts[index].moments = part.moments;
                    }
                    Err(stop) => return Err(self.after(stop, pass, plan)),
                }
            }
        }
        let mut notes = Vec::new();
        let moments = parts.into_iter().map(|part| {
            // Passes run the same replicates, so what several of them saw happened once.
            merge_notes(&mut notes, part.notes, Note::overlay);
            part.moments
        });
        Ok(Run { moments: moments.collect(), notes })
    }

    fn job<'p>(&'p self, plan: &'p Plan, pass: usize, first: Option<&'p Moments>) -> Job<'p, S> {
        Job {
            program: self.program,
            plan,
            forced: &self.settings.strategies,
            seed: self.seed,
            replicates: self.replicates,
            max_draws: self.settings.max_draws,
            means: means_serve(self.settings.baseline, self.replicates),
            first_parameter: pass,
            first_chunk: first,
            traced: false,
            violation: None,
        }
    }

    /// All chunks, the first of which has run.
    fn rest(&self, plan: &Plan, pass: usize, chunks: u64, first: &Moments) -> Result<Part, Stop> {
        let job = self.job(plan, pass, Some(first));
        let progress = &self.settings.progress;
        let run = |range: std::ops::Range<u64>| {
            let length = range.end - range.start;
            let part = (self.block)(&job, range);
            if let (Ok(_), Some(progress)) = (&part, progress) {
                let total = self.replicates * self.passes.len() as u64;
                progress.advance(length * CHUNK as u64, total);
            }
            part
        };
        let tree = Tree::new(&run, chunks, self.threads);
        tree.reduce(0..chunks)
    }

    /// The better plan after a stop, or the error.
    fn after(&self, mut stop: Stop, pass: usize, plan: &mut Plan) -> Next {
        if stop.trouble.events().any(Event::inside_std) {
            // Once more, slower, to learn which draw came before.
            let job = Job { traced: true, ..self.job(plan, pass, None) };
            if let Err(again) = (self.block)(&job, stop.chunk..stop.chunk + 1) {
                stop = again;
            }
        }
        for met in &stop.met {
            if let Err(refusal) = plan.adopt(met, &self.settings.strategies) {
                return self.refuse(refusal, stop.replicate);
            }
        }
        match stop.trouble {
            Trouble::Panic(payload) => std::panic::resume_unwind(payload),
            Trouble::Skipped => unreachable!("a skipped chunk lies behind the one that stopped"),
            Trouble::Demotions(demotions) => {
                let mut changed = false;
                for demotion in &demotions {
                    let reason = Reason::of_event(&demotion.event);
                    match plan.demote(demotion.sites, &reason) {
                        Ok(one) => changed |= one,
                        Err(refusal) => return self.refuse(refusal, stop.replicate),
                    }
                }
                let event = demotions.first().map(|demotion| &demotion.event);
                self.again_if(
                    changed,
                    event.map_or(Reason::NoPath, Reason::of_event),
                    stop.replicate,
                )
            }
            Trouble::Failure(failure) => self.failed(failure, stop.replicate, plan),
            Trouble::Violation(violation) => {
                let parameters = self.everywhere(&violation, stop.chunk, plan);
                Next::fail(self.violated(&violation, parameters, stop.replicate))
            }
            Trouble::NonFinite(moments) => {
                Next::fail(self.not_finite(*moments, stop.chunk, pass, plan))
            }
        }
    }

    /// The first replicate of a chunk whose value or derivative is not finite, by bisection: the
    /// hot path does not look at single replicates.
    fn not_finite(&self, moments: Moments, chunk: u64, pass: usize, plan: &Plan) -> Error {
        let first = chunk * CHUNK as u64;
        let count = (self.replicates - first).min(CHUNK as u64);
        let run = |count: u64| {
            let job = Job { replicates: first + count, ..self.job(plan, pass, None) };
            match (self.block)(&job, chunk..chunk + 1) {
                Err(Stop { trouble: Trouble::NonFinite(moments), .. }) => Some(*moments),
                _ => None,
            }
        };
        let (mut good, mut bad, mut found) = (0, count, moments);
        while bad - good > 1 {
            let middle = u64::midpoint(good, bad);
            match run(middle) {
                Some(moments) => (bad, found) = (middle, moments),
                None => good = middle,
            }
        }
        let overflow = found.overflow().unwrap_or(Overflow::Value);
        let name = match overflow {
            Overflow::Value => None,
            Overflow::Derivative(lane) => self.names.get(pass + lane),
        };
        Error::NonFinite {
            quantity: name.map_or("value".into(), |name| format!("derivative in {name}")),
            found: found.mean(overflow),
            function: S::NAME.into(),
            at: self.at(Place::of_program::<S>(), first + bad - 1),
        }
    }

    fn failed(&self, failure: Failure, replicate: u64, plan: &mut Plan) -> Next {
        let here = |site: &'static Site| self.at(Place::of_landmark(&site.landmark), replicate);
        match failure {
            Failure::NewSite => Next::Again,
            Failure::NoPath { site, jump } => {
                let reason = jump.map_or(Reason::NoPath, |event| Reason::of_event(&event));
                self.demote(plan, plan.bit_of(site), reason, replicate)
            }
            Failure::MovingSupport { site, sites } => {
                self.demote(plan, sites, Reason::MovesSupport { site: site.key() }, replicate)
            }
            Failure::InvalidParameter { site, distribution, error } => {
                Next::fail(Error::InvalidParameter {
                    site: site.key(),
                    distribution: distribution.into(),
                    error,
                    at: here(site),
                })
            }
            Failure::TooManyDraws { site } => Next::fail(Error::TooManyDraws {
                site: site.key(),
                limit: self.settings.max_draws,
                at: here(site),
            }),
        }
    }

    fn demote(&self, plan: &mut Plan, sites: u64, reason: Reason, replicate: u64) -> Next {
        match plan.demote(sites, &reason) {
            Ok(changed) => self.again_if(changed, reason, replicate),
            Err(refusal) => self.refuse(refusal, replicate),
        }
    }

    /// Another attempt, if the plan is another one.
    fn again_if(&self, changed: bool, reason: Reason, replicate: u64) -> Next {
        if changed {
            return Next::Again;
        }
        Next::fail(Error::ForeignNumber { reason, replicate, seed: self.seed })
    }

    fn at(&self, place: Place, replicate: u64) -> Occurrence {
        Occurrence { place, replicate, seed: self.seed }
    }

    fn violated(&self, violation: &Violation, parameters: Vec<String>, replicate: u64) -> Error {
        match violation.kind {
            Kind::MovingThreshold(event) => Error::MovingThreshold {
                operation: event.operation.name().to_owned(),
                parameters,
                at: self.at(Place::of_event(&event), replicate),
            },
            Kind::DerivativeDropped(event) => Error::DerivativeDropped {
                operation: event.operation.name().to_owned(),
                parameters,
                at: self.at(Place::of_event(&event), replicate),
            },
            Kind::MovingSupport { landmark, distribution, jump } => Error::MovingSupport {
                site: landmark.key(),
                distribution: distribution.into(),
                jump: jump.map(|event| Reason::of_event(&event)),
                parameters,
                at: self.at(Place::of_landmark(landmark), replicate),
            },
        }
    }

    /// The names of the parameters of a violation, over all passes.
    fn everywhere(&self, violation: &Violation, chunk: u64, plan: &Plan) -> Vec<String> {
        let mut names = Vec::new();
        for &pass in &self.passes {
            let found = Mutex::new(Violation { lanes: 0, ..*violation });
            let job = Job { violation: Some(&found), ..self.job(plan, pass, None) };
            // What becomes of the replicates themselves is of no interest any more.
            drop((self.block)(&job, chunk..chunk + 1));
            let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
            names.extend(self.named(found.lanes, pass));
        }
        names
    }

    fn named(&self, lanes: u64, pass: usize) -> Vec<String> {
        let names = self.names.iter().skip(pass).enumerate().take(64);
        names.filter(|(lane, _)| lanes >> lane & 1 == 1).map(|(_, name)| name.clone()).collect()
    }

    fn refuse(&self, refusal: Refusal, replicate: u64) -> Next {
        Next::fail(refused(refusal, replicate, self.seed))
    }
}

/// The error of a plan that cannot be made.
pub(super) fn refused(refusal: Refusal, replicate: u64, seed: u64) -> Error {
    match refusal {
        Refusal::Ambiguous { name, candidates } => Error::AmbiguousSite { name, candidates },
        Refusal::Unavailable { site, place, distribution, strategy } => {
            Error::UnavailableStrategy { site, place, distribution, strategy }
        }
        Refusal::Invalid { site, place, strategy, reason } => {
            let at = Occurrence { place, replicate, seed };
            Error::InvalidStrategy { site, strategy, reason, at }
        }
    }
}
