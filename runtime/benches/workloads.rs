//! Workloads beside hand-written twins, in one run: `cargo bench --bench workloads`.
//!
//! Each twin is what an expert writes for that one program: derivatives by hand, one thread, sums
//! for means and standard errors. Both sides run interleaved on one thread and the best of the
//! repetitions counts, so that the ratio survives a noisy machine.

#![allow(missing_docs, reason = "a program, not a library")]

mod asian;
mod digital;
mod quadratic;
mod queue;

use std::hint::black_box;
use std::time::Instant;

/// A workload: nanoseconds a replicate of ours and of the twin, at most so many times apart.
struct Workload {
    name: &'static str,
    replicates: u64,
    limit: f64,
    ours: fn(u64, u64) -> Vec<f64>,
    twin: fn(u64, u64) -> Vec<f64>,
}

const WORKLOADS: &[Workload] = &[
    Workload {
        name: "w1p quadratic, pathwise",
        replicates: 1_000_000,
        limit: 1.25,
        ours: quadratic::pathwise,
        twin: quadratic::pathwise_by_hand,
    },
    Workload {
        name: "w1s quadratic, score function",
        replicates: 1_000_000,
        limit: 1.5,
        ours: quadratic::score,
        twin: quadratic::score_by_hand,
    },
    Workload {
        name: "w2a Asian call, pathwise",
        replicates: 100_000,
        limit: 1.35,
        ours: asian::gradient,
        twin: asian::gradient_by_hand,
    },
    Workload {
        name: "w2a Asian call, expectation",
        replicates: 100_000,
        limit: 1.1,
        ours: asian::expectation,
        twin: asian::expectation_by_hand,
    },
    Workload {
        name: "w2d digital call, score function",
        replicates: 100_000,
        limit: 2.0,
        ours: digital::gradient,
        twin: digital::gradient_by_hand,
    },
    Workload {
        name: "w5p queue, pathwise",
        replicates: 10_000,
        limit: 1.35,
        ours: queue::gradient,
        twin: queue::gradient_by_hand,
    },
];

/// Repetitions; the best one counts.
const REPETITIONS: u64 = 15;

fn nanoseconds(run: fn(u64, u64) -> Vec<f64>, replicates: u64, seed: u64) -> f64 {
    let start = Instant::now();
    black_box(run(black_box(replicates), black_box(seed)));
    start.elapsed().as_secs_f64() * 1e9 / replicates as f64
}

/// Means and sums of squared deviations as a twin keeps them: plain sums.
struct Sums<const N: usize> {
    count: f64,
    sum: [f64; N],
    squares: [f64; N],
}

impl<const N: usize> Sums<N> {
    fn new() -> Self {
        Self { count: 0.0, sum: [0.0; N], squares: [0.0; N] }
    }

    #[inline(always)]
    fn add(&mut self, x: [f64; N]) {
        self.count += 1.0;
        for (i, x) in x.into_iter().enumerate() {
            self.sum[i] += x;
            self.squares[i] += x * x;
        }
    }

    /// Means, then standard errors.
    fn finish(&self) -> Vec<f64> {
        let n = self.count;
        let means = self.sum.iter().map(|s| s / n);
        let errors = self.sum.iter().zip(&self.squares);
        let errors = errors.map(|(s, q)| ((q / n - (s / n).powi(2)) / n).sqrt());
        means.chain(errors).collect()
    }
}

/// Means, then standard errors, of a report.
fn flatten(report: &scorepath::Report) -> Vec<f64> {
    let all = || std::iter::once(report.value()).chain(report.gradient().iter().copied());
    all().map(|e| e.mean).chain(all().map(|e| e.standard_error.unwrap_or(f64::NAN))).collect()
}

fn main() {
    let repetitions = std::env::var("SCOREPATH_REPETITIONS").ok().and_then(|n| n.parse().ok());
    let repetitions = repetitions.unwrap_or(REPETITIONS);
    let filter = std::env::args().skip(1).find(|a| !a.starts_with('-')).unwrap_or_default();
    println!("{:34} {:>9} {:>9} {:>7} {:>7}", "workload", "ours/ns", "hand/ns", "ratio", "limit");
    for workload in WORKLOADS.iter().filter(|w| w.name.contains(&filter)) {
        let (mut ours, mut twin) = (f64::INFINITY, f64::INFINITY);
        for seed in 0..repetitions {
            ours = ours.min(nanoseconds(workload.ours, workload.replicates, seed));
            twin = twin.min(nanoseconds(workload.twin, workload.replicates, seed));
        }
        let Workload { name, limit, .. } = workload;
        println!("{name:34} {ours:9.1} {twin:9.1} {:7.2} {limit:7.2}", ours / twin);
        agree(workload);
    }
}

/// Both sides estimate the same numbers.
fn agree(workload: &Workload) {
    let (a, b) = ((workload.ours)(workload.replicates, 1), (workload.twin)(workload.replicates, 2));
    let half = a.len() / 2;
    for i in 0..half {
        let error = a[i + half].hypot(b[i + half]);
        let z = (a[i] - b[i]) / error;
        assert!(
            z.abs() < 5.0,
            "{}: {} beside {} ({z:.1} standard errors)",
            workload.name,
            a[i],
            b[i]
        );
    }
}
