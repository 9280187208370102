//! The queries and their builders.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use rayon::ThreadPool;

use super::chunk::{Block, run_block};
use super::combine::combine;
use super::moments::MOST_LANES;
use super::search::{Run, Search, refused};
use crate::error::{Error, Occurrence};
use crate::estimator::{Baseline, Place, Plan};
use crate::number::{Primal, Tangent};
use crate::program::{Forced, Layout, Stochastic, Strategy};
use crate::report::{Estimate, Note, Report};

/// Draws in one replicate, unless the query says otherwise.
pub(super) const MAX_DRAWS: u64 = 10_000_000;

/// Replicates of the pilot that fixes how many a target standard error needs.
const PILOT: u64 = 65_536;

/// Most replicates that a target standard error leads to, unless the query says otherwise.
const MOST_REPLICATES: u64 = 1_000_000_000;

/// Most threads a core that a query starts, whatever it is told.
const THREADS_A_CORE: usize = 8;

/// Keeps the pilot's stream apart from the answer's.
const PILOT_SEED: u64 = 0x5851_f42d_4c95_7f2d;

/// A function that hears how far a run is.
type Listener = dyn Fn(u64, u64) + Send + Sync;

/// Whom to tell about progress.
#[derive(Clone)]
pub(super) struct Progress {
    listener: Arc<Listener>,
    done: Arc<std::sync::atomic::AtomicU64>,
}

impl Progress {
    pub(super) fn begin(&self) {
        self.done.store(0, std::sync::atomic::Ordering::Relaxed);
    }

    pub(super) fn advance(&self, replicates: u64, total: u64) {
        let before = self.done.fetch_add(replicates, std::sync::atomic::Ordering::Relaxed);
        (self.listener)((before + replicates).min(total), total);
    }
}

/// What all queries can be told.
#[derive(Clone)]
pub(super) struct Settings {
    replicates: Option<u64>,
    pub(super) seed: u64,
    threads: usize,
    pub(super) baseline: Baseline,
    pub(super) strategies: Vec<Forced>,
    plan: Option<Plan>,
    pub(super) max_draws: u64,
    standard_error: Option<f64>,
    pub(super) progress: Option<Progress>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            replicates: None,
            seed: 0,
            threads: 0,
            baseline: Baseline::default(),
            strategies: Vec::new(),
            plan: None,
            max_draws: MAX_DRAWS,
            standard_error: None,
            progress: None,
        }
    }
}

macro_rules! builder {
    ($query:ident) => {
        impl<S: Stochastic> $query<S> {
            pub(crate) fn new(program: S) -> Self {
                Self { program, settings: Settings::default() }
            }

            /// How many replicates to run; 10 000 by default. With `standard_error` the most that
            /// may be run, by default a thousand million. A standard error falls with the square
            /// root of the number.
            pub fn replicates(mut self, replicates: u64) -> Self {
                self.settings.replicates = Some(replicates);
                self
            }

            /// The seed, 0 by default. The same query with the same seed gives the same bits.
            pub fn seed(mut self, seed: u64) -> Self {
                self.settings.seed = seed;
                self
            }

            /// How many threads, at most eight a core; 0, the default, means as many as `rayon` finds.
            /// Does not change a bit of the report.
            pub fn threads(mut self, threads: usize) -> Self {
                self.settings.threads = threads;
                self
            }

            /// The most draws that one replicate may make, ten million by default; more is
            /// [`Error::TooManyDraws`]. A loop that never draws cannot be noticed.
            pub fn max_draws(mut self, draws: u64) -> Self {
                self.settings.max_draws = draws;
                self
            }

            /// Stops when every reported standard error, of the value and of each derivative, is at
            /// most `target`, each in its own unit. A note says so if that was not reached.
            ///
            /// Two stages: a pilot of 65 536 replicates on a stream of its own fixes the number, the
            /// answer uses fresh ones, at most `replicates`. A pilot without variance proves nothing
            /// and leads to the full number.
            pub fn standard_error(mut self, target: f64) -> Self {
                self.settings.standard_error = Some(target);
                self
            }

            /// The control variate of the score function; no effect where all sites are pathwise, and none on
            /// an expected value.
            pub fn baseline(mut self, baseline: Baseline) -> Self {
                self.settings.baseline = baseline;
                self
            }

            /// The strategy of one site, by its name or its key `function.name`; no effect on an expected
            /// value.
            ///
            /// It is never silently changed: where it would be wrong the query fails, with
            /// [`Error::InvalidStrategy`] or, for a score function whose support moves,
            /// [`Error::MovingSupport`]. See also [`Error::UnknownSite`], [`Error::AmbiguousSite`],
            /// [`Error::UnavailableStrategy`].
            pub fn strategy(mut self, site: impl Into<String>, strategy: Strategy) -> Self {
                self.settings.strategies.push((site.into(), strategy));
                self
            }

            /// A plan of an earlier query of the same program, which saves the search for one. All checks
            /// stay.
            pub fn plan(mut self, plan: &Plan) -> Self {
                self.settings.plan = Some(plan.clone());
                self
            }

            /// Calls `listener(done, total)` after every stretch of replicates, from any thread; more
            /// than eight parameters count each replicate once a pass. A pilot or a better plan
            /// starts again from 0.
            pub fn progress(mut self, listener: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
                let (listener, done) = (Arc::new(listener), Arc::default());
                self.settings.progress = Some(Progress { listener, done });
                self
            }

            /// Runs the query.
            ///
            /// # Errors
            /// See [`Error`]: every way in which the answer could be wrong or missing.
            ///
            /// # Panics
            /// A panic of the annotated function arrives as it was.
            pub fn run(self) -> Result<Report, Error> {
                let (program, settings) = (&self.program, &self.settings);
                let replicates = settings.budget(|replicates, seed| {
                    $query::measure(program, settings, replicates, seed)
                })?;
                let mut report = $query::measure(program, settings, replicates, settings.seed)?;
                settings.check_target(&mut report);
                Ok(report)
            }
        }

        impl<S> core::fmt::Debug for $query<S> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($query))
                    .field("replicates", &self.settings.replicates)
                    .field("seed", &self.settings.seed)
                    .finish_non_exhaustive()
            }
        }
    };
}

/// The query for an expected value. Built by [`Stochastic::expectation`].
#[derive(Clone)]
#[must_use = "a query does nothing until `.run()`"]
pub struct Expectation<S> {
    program: S,
    settings: Settings,
}

/// The query for an expected value and its gradient. Built by [`Stochastic::gradient`].
#[derive(Clone)]
#[must_use = "a query does nothing until `.run()`"]
pub struct Gradient<S> {
    program: S,
    settings: Settings,
}

builder!(Expectation);
builder!(Gradient);

impl<S: Stochastic> Gradient<S> {
    fn measure(
        program: &S,
        settings: &Settings,
        replicates: u64,
        seed: u64,
    ) -> Result<Report, Error> {
        let mut layout = Layout::default();
        program.layout(&mut layout);
        let names = layout.into_names();
        let lanes = lanes_for(S::COUNT, names.len());
        let program_key = S::key();
        let mut plan = settings.plan.as_ref().unwrap_or(&Plan::default()).adapted(&program_key);
        plan.request(&settings.strategies).map_err(|refusal| refused(refusal, 0, seed))?;
        let run = Search {
            program,
            names: &names,
            settings,
            seed,
            replicates,
            block: block::<S>(lanes),
            passes: (0..names.len().max(1)).step_by(MOST_LANES).collect(),
            threads: settings.thread_count(replicates),
        };
        let run = settings.on_threads(replicates, || run.run(&mut plan))?;
        plan.tidy();
        if let Some(name) = plan.unknown(&settings.strategies) {
            let known = plan.sites().iter().map(|s| s.key().to_owned()).collect();
            return Err(Error::UnknownSite { name: name.to_owned(), known });
        }
        settings.report::<S>(&run, replicates, names, plan)
    }
}

impl<S: Stochastic> Expectation<S> {
    fn measure(
        program: &S,
        settings: &Settings,
        replicates: u64,
        seed: u64,
    ) -> Result<Report, Error> {
        let mut plan = Plan::default();
        let run = Search {
            program,
            names: &[],
            settings,
            seed,
            replicates,
            block: run_block::<S, Primal>,
            passes: vec![0],
            threads: settings.thread_count(replicates),
        };
        let run = settings.on_threads(replicates, || run.run(&mut plan))?;
        settings.report::<S>(&run, replicates, Vec::new(), plan)
    }
}

impl Settings {
    /// How many replicates the answer takes.
    fn budget(&self, measure: impl Fn(u64, u64) -> Result<Report, Error>) -> Result<u64, Error> {
        let most = self.replicates.unwrap_or(match self.standard_error {
            None => 10_000,
            Some(_) => MOST_REPLICATES,
        });
        if most == 0 {
            return Err(Error::NoReplicates);
        }
        let Some(target) = self.standard_error else { return Ok(most) };
        if !(target > 0.0 && target.is_finite()) {
            return Err(Error::InvalidTarget { found: target });
        }
        let pilot = measure(PILOT.min(most), self.seed ^ PILOT_SEED)?;
        if pilot.any_without_variance() {
            return Ok(most);
        }
        let worst = pilot.largest_standard_error();
        // Two per cent more than the pilot says, which is itself an estimate.
        let needed = (1.02 * pilot.replicates() as f64 * (worst / target).powi(2)).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Ok((needed as u64).max(2).min(most))
    }

    /// Says so if a target was asked for and not reached.
    fn check_target(&self, report: &mut Report) {
        let Some(target) = self.standard_error else { return };
        let reached = report.largest_standard_error();
        if report.any_without_variance() {
            report.warn(Note::NoVariance);
        }
        // The pilot's own error may leave the answer a little above the target.
        if reached > 1.1 * target {
            report.warn(Note::TargetMissed { target, reached });
        }
    }

    /// How many threads are worth having: one for a single chunk, which then never touches a pool.
    fn thread_count(&self, replicates: u64) -> usize {
        if replicates <= super::moments::CHUNK as u64 {
            return 1;
        }
        let most = std::thread::available_parallelism().map_or(1, usize::from) * THREADS_A_CORE;
        if self.threads == 0 { rayon::current_num_threads() } else { self.threads.min(most) }
    }

    /// Runs where the threads are. A query of one chunk stays where it is.
    fn on_threads<T: Send>(
        &self,
        replicates: u64,
        run: impl FnOnce() -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let threads = self.thread_count(replicates);
        if self.threads == 0 || threads <= 1 {
            return run();
        }
        pool(threads)?.install(run)
    }

    fn report<S: Stochastic>(
        &self,
        run: &Run,
        replicates: u64,
        names: Vec<String>,
        plan: Plan,
    ) -> Result<Report, Error> {
        let whole = &run.moments[0];
        let value = Estimate::new(whole.f, whole.ff, whole.count);
        let lanes = run.moments.iter().flat_map(|pass| (0..pass.lanes).map(move |j| (pass, j)));
        let lanes: Vec<_> = lanes.take(names.len()).collect();
        let combined = lanes.iter().map(|&(pass, lane)| combine(pass, lane, self.baseline));
        let gradient: Vec<_> = combined.collect();
        self.check_finite::<S>(replicates, &value, &gradient, &names)?;
        let mut notes: Vec<_> = run.notes.iter().filter_map(Note::of).collect();
        let doubts = lanes
            .iter()
            .zip(&names)
            .filter_map(|((pass, lane), name)| Note::of_score(pass.doubt(*lane)?, name));
        notes.extend(doubts);
        Ok(Report::new(value, gradient, names, plan, replicates, self.seed, notes))
    }

    /// Sums of finite numbers may still overflow.
    fn check_finite<S: Stochastic>(
        &self,
        replicates: u64,
        value: &Estimate,
        gradient: &[Estimate],
        names: &[String],
    ) -> Result<(), Error> {
        let named = names.iter().map(|name| format!("derivative in {name}"));
        let all = std::iter::once(("value".to_owned(), value)).chain(named.zip(gradient));
        for (quantity, estimate) in all {
            let error = estimate.standard_error.unwrap_or(0.0);
            if !estimate.mean.is_finite() || !error.is_finite() {
                let place = Place::of_program::<S>();
                let at = Occurrence { place, replicate: replicates - 1, seed: self.seed };
                let (found, function) = (estimate.mean, S::NAME.to_owned());
                return Err(Error::NonFinite { quantity, found, function, at });
            }
        }
        Ok(())
    }
}

/// Pools by size, made once: a query in an optimisation loop should not pay for threads.
fn pool(threads: usize) -> Result<Arc<ThreadPool>, Error> {
    static POOLS: OnceLock<Mutex<BTreeMap<usize, Arc<ThreadPool>>>> = OnceLock::new();
    let pools = POOLS.get_or_init(Mutex::default);
    let mut pools = pools.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(pool) = pools.get(&threads) {
        return Ok(pool.clone());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = Arc::new(pool.map_err(|e| Error::Threads { message: e.to_string() })?);
    pools.insert(threads, pool.clone());
    Ok(pool)
}

/// Whether a body with `count` parameters is ever run with `lanes` lanes.
const fn needs(count: Option<usize>, lanes: usize) -> bool {
    match count {
        Some(count) => smallest(count, &[1, 2, 3, 4, 6, 8]) == lanes,
        // Slices: few instances, at the price of some idle lanes.
        None => lanes == 2 || lanes == 4 || lanes == 8,
    }
}

/// The smallest of `sizes` that holds `count` lanes, or the largest.
const fn smallest(count: usize, sizes: &[usize]) -> usize {
    let mut index = 0;
    while index + 1 < sizes.len() && sizes[index] < count {
        index += 1;
    }
    sizes[index]
}

/// The number of lanes for `count` parameters.
fn lanes_for(known: Option<usize>, count: usize) -> usize {
    match known {
        Some(count) => smallest(count, &[1, 2, 3, 4, 6, 8]),
        None => smallest(count, &[2, 4, 8]),
    }
}

/// The block for a number of lanes. The constant conditions keep the other instances of the body
/// out of the binary.
fn block<S: Stochastic>(lanes: usize) -> Block<S> {
    macro_rules! instances {
        ($($lanes:literal),*) => {$(
            if const { needs(S::COUNT, $lanes) } {
                if lanes == $lanes {
                    return run_block::<S, Tangent<$lanes>>;
                }
            }
        )*};
    }
    instances!(1, 2, 3, 4, 6, 8);
    unreachable!("every parameter count has its lanes")
}
