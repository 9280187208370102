//! A report depends on the program, its arguments and the seed, to the last bit: not on threads,
//! passes, plans or the query.

use scorepath::distribution::{Distribution, Stream};
use scorepath::prelude::*;
use scorepath::{Error, Estimate, Gradient, Report, SiteReport, detach};
use scorepath_tests::trap::assert_right;

const SEED: u64 = 7;

/// Every number of a report, as bits.
fn bits(report: &Report) -> Vec<u64> {
    let bits = |e: &Estimate| [e.mean.to_bits(), e.standard_error.map_or(0, f64::to_bits)];
    std::iter::once(&report.value()).chain(report.gradient()).flat_map(bits).collect()
}

/// Strategies and reasons.
fn plan(report: &Report) -> String {
    let site = |s: &SiteReport| format!("{} {:?} {:?}", s.key(), s.strategy(), s.reason());
    report.sites().iter().map(site).collect::<Vec<_>>().join("\n")
}

fn query<S: Stochastic>(program: &S) -> Gradient<S> {
    program.gradient().replicates(20_000).seed(SEED)
}

/// A mixture of everything, with a jump that first happens in a later chunk.
#[stochastic]
fn mixture(mu: Real, rate: Real, shift: Real) -> Real {
    let x = sample!(Normal::new(mu, 1.0));
    let rare = sample!(Bernoulli::new(0.001));
    let n = sample!(Poisson::new(rate), baseline = 1.0);
    cost!(x * n as f64);
    let y = sample!(Exponential::new(rate + x * x));
    if rare && y > 0.3 {
        let late = sample!(Normal::new(shift, 2.0));
        return late.max(x) + y;
    }
    (y + shift).sin() * x
}

#[test]
fn threads_change_no_bit() -> Result<(), Error> {
    let baselines = [Baseline::Optimal, Baseline::Mean, Baseline::None];
    for baseline in baselines {
        let run =
            |threads| query(&mixture(0.3, 2.0, 0.5)).baseline(baseline).threads(threads).run();
        let one = run(1)?;
        assert_eq!(one.sites().len(), 5);
        for threads in [0, 2, 7] {
            let other = run(threads)?;
            assert_eq!(bits(&one), bits(&other), "{threads} threads");
            assert_eq!(plan(&one), plan(&other), "{threads} threads");
            assert_eq!(one.notes(), other.notes(), "{threads} threads");
            assert_eq!(one.to_string(), other.to_string());
        }
    }
    Ok(())
}

#[test]
fn threads_change_no_bit_of_an_expectation() -> Result<(), Error> {
    let program = mixture(0.3, 2.0, 0.5);
    let run = |threads| program.expectation().replicates(20_001).seed(SEED).threads(threads).run();
    let one = run(1)?;
    assert_eq!(bits(&one), bits(&run(2)?));
    assert_eq!(bits(&one), bits(&run(7)?));
    Ok(())
}

/// A different mistake in every range of an exponential draw, each rare.
#[stochastic]
fn mistakes(theta: Real, scale: Real) -> Real {
    let e = sample!(Noise(rand_distr::Exp::new(1.0).unwrap()));
    let z = sample!(Normal::new(0.0, 1.0));
    if e > 7.5 {
        return sample!(Normal::new(theta, scale - 5.0), name = "broken");
    }
    if e > 7.0 && z > theta {
        return theta;
    }
    if e > 6.5 {
        return theta.value() * z;
    }
    if e > 6.0 {
        return theta / 0.0;
    }
    e
}

#[test]
fn threads_change_no_error() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..24 {
        let run = |threads| {
            let query = mistakes(0.3, 1.0).gradient().replicates(20_000).seed(seed);
            query.threads(threads).run().unwrap_err()
        };
        let one = run(1);
        for threads in [2, 7] {
            assert_eq!(one.to_string(), run(threads).to_string(), "seed {seed}, {threads} threads");
        }
        kinds.insert(one.to_string().split([' ', '`', ':']).next().map(str::to_owned));
        let plain = |threads| {
            let query = mistakes(0.3, 1.0).expectation().replicates(20_000).seed(seed);
            query.threads(threads).run().unwrap_err().to_string()
        };
        assert_eq!(plain(1), plain(7));
    }
    assert!(kinds.len() > 1, "{kinds:?}");
}

#[test]
fn a_given_plan_changes_no_bit() -> Result<(), Error> {
    let searched = query(&mixture(0.3, 2.0, 0.5)).run()?;
    let given = query(&mixture(0.3, 2.0, 0.5)).plan(searched.plan()).run()?;
    assert_eq!(bits(&searched), bits(&given));
    assert_eq!(plan(&searched), plan(&given));
    let text = serde_json::to_string(searched.plan()).unwrap();
    let read: scorepath::Plan = serde_json::from_str(&text).unwrap();
    let given = query(&mixture(0.3, 2.0, 0.5)).plan(&read).run()?;
    assert_eq!(bits(&searched), bits(&given));
    assert_eq!(plan(&searched), plan(&given));
    Ok(())
}

#[test]
fn a_given_plan_is_still_checked() -> Result<(), Error> {
    // Found where the jump never happens.
    let query = |mu: f64| step(mu).gradient().replicates(10_000).seed(SEED);
    let calm = query(-9.0).run()?;
    assert_eq!(calm.sites()[0].strategy(), Strategy::Pathwise);
    let report = query(0.3).plan(calm.plan()).run()?;
    assert_eq!(bits(&report), bits(&query(0.3).run()?));
    assert_eq!(report.sites()[0].strategy(), Strategy::ScoreFunction);
    assert_right(report.gradient()[0], 1.0 + 0.391_042_693_975, 0.03);
    Ok(())
}

#[test]
fn a_plan_of_another_program_changes_nothing() -> Result<(), Error> {
    let other = step(0.3).gradient().run()?;
    let report = query(&recorded(0.5, 1.5)).plan(other.plan()).run()?;
    assert_eq!(bits(&report), bits(&query(&recorded(0.5, 1.5)).run()?));
    assert!(report.sites().iter().all(|s| s.function() == "recorded"), "{report}");
    Ok(())
}

#[test]
fn a_plan_that_asks_for_the_impossible_is_mended_or_refused() {
    let program = mixture(0.3, 2.0, 0.5);
    let searched = query(&program).run().unwrap();
    let text = serde_json::to_string(searched.plan()).unwrap();
    let text = text.replace("ScoreFunction", "Pathwise");
    let plan: scorepath::Plan = serde_json::from_str(&text).unwrap();
    match query(&program).plan(&plan).run() {
        Ok(report) => assert_eq!(bits(&report), bits(&searched)),
        Err(error) => assert!(matches!(error, Error::UnavailableStrategy { .. }), "{error:?}"),
    }
}

#[stochastic]
fn step(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    if z.max(-1.0).is_finite() && mu.max(-1.0) == -1.0 {
        return z;
    }
    if z > 0.5 { z + 1.0 } else { z }
}

/// Twenty parameters; the last of them move the draw, a jump and a tie.
#[stochastic]
fn twenty(a: [Real; 20]) -> Real {
    body(a, sample!(Normal::new(a[0] + a[19], 1.0), name = "z"), sample!(Poisson::new(a[10] + 1.0)))
}

/// The same with four of them.
#[stochastic]
fn four(a: [Real; 4], c: [f64; 20]) -> Real {
    let mut all = c.map(Real::from);
    (all[0], all[7], all[10], all[19]) = (a[0], a[1], a[2], a[3]);
    body(all, sample!(Normal::new(a[0] + a[3], 1.0), name = "z"), sample!(Poisson::new(a[2] + 1.0)))
}

fn body<M: Mode>(a: [Real<M>; 20], z: Real<M>, n: u64) -> Real<M> {
    let sum: Real<M> = a.iter().zip(1..).map(|(x, k)| x * f64::from(k)).sum();
    let jump = if z > 0.5 { z * z } else { a[7] * z };
    sum * jump + (3.0 + a[0]).min(n as f64 + 3.0 * a[19])
}

fn arguments() -> [f64; 20] {
    std::array::from_fn(|i| if i == 0 || i == 19 { 0.0 } else { 0.01 * i as f64 })
}

#[test]
fn passes_change_no_bit() -> Result<(), Error> {
    let c = arguments();
    let whole = query(&twenty(c)).run()?;
    let part = query(&four([c[0], c[7], c[10], c[19]], c)).run()?;
    assert_eq!(bits(&whole)[..2], bits(&part)[..2]);
    for (index, name) in [0, 7, 10, 19].into_iter().zip(part.names()) {
        let (w, p) = (whole.gradient()[index], part.derivative(name).unwrap());
        assert_eq!(w.mean.to_bits(), p.mean.to_bits(), "a[{index}]");
        assert_eq!(w.standard_error, p.standard_error, "a[{index}]");
    }
    let strategies =
        |report: &Report| report.sites().iter().map(SiteReport::strategy).collect::<Vec<_>>();
    assert_eq!(strategies(&whole), strategies(&part));
    for threads in [1, 2, 7] {
        assert_eq!(bits(&whole), bits(&query(&twenty(c)).threads(threads).run()?));
    }
    Ok(())
}

#[test]
fn passes_do_not_count_ties_twice() -> Result<(), Error> {
    let c = arguments();
    let whole = query(&twenty(c)).run()?;
    let part = query(&four([c[0], c[7], c[10], c[19]], c)).run()?;
    assert_eq!(part.notes().len(), 1);
    assert_eq!(whole.notes(), part.notes());
    Ok(())
}

#[test]
fn all_queries_report_the_same_value() -> Result<(), Error> {
    let program = mixture(0.3, 2.0, 0.5);
    for replicates in [1, 2, 100, 256, 257, 1000, 20_000] {
        let plain = program.expectation().replicates(replicates).seed(SEED).run()?;
        let gradient = program.gradient().replicates(replicates).seed(SEED).run()?;
        assert_eq!(bits(&plain), bits(&gradient)[..2], "{replicates} replicates");
    }
    Ok(())
}

/// Has a path except where `blocked`.
#[derive(Clone, Copy)]
struct Sometimes<M: Mode> {
    loc: Real<M>,
    blocked: bool,
}

impl<M: Mode> Distribution<M> for Sometimes<M> {
    type Value = Real<M>;

    fn draw(&self, stream: &mut Stream) -> Real<M> {
        Real::constant(detach(self.loc).value() + stream.standard_normal())
    }

    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        (!self.blocked).then(|| self.loc + stream.standard_normal())
    }

    fn log_density(&self, x: &Real<M>) -> Real<M> {
        -0.5 * (x - self.loc).powi(2)
    }
}

#[stochastic]
fn sometimes(a: [Real; 9]) -> Real {
    let blocked = sample!(Bernoulli::new(0.01));
    let z = sample!(Sometimes { loc: a[0] + a[8], blocked });
    z * z
}

#[test]
fn a_path_that_ends_in_the_first_chunk_restarts_it() -> Result<(), Error> {
    let mut a = [0.0; 9];
    a[0] = 0.3;
    let report = query(&sometimes(a)).run()?;
    assert_eq!(report.sites()[1].strategy(), Strategy::ScoreFunction);
    assert_right(report.gradient()[0], 0.6, 0.05);
    // The two parameters do the same, though not in the same pass.
    assert_eq!(report.gradient()[0], report.gradient()[8]);
    let given = query(&sometimes(a)).plan(report.plan()).run()?;
    assert_eq!(bits(&report), bits(&given));
    Ok(())
}

#[stochastic]
fn recorded(mu: Real, rate: Real) -> Real {
    let x = sample!(Normal::new(mu, 2.0));
    let y = sample!(Exponential::new(rate));
    if x > 0.0 { x * y } else { y }
}

/// The same seed gives the same numbers in every release; a change needs a reason.
#[test]
fn recorded_values() -> Result<(), Error> {
    let report = recorded(0.5, 1.5).gradient().replicates(1000).seed(1).run()?;
    let found = [report.value().mean, report.gradient()[0].mean, report.gradient()[1].mean];
    assert_eq!(found, [0.934_452_300_820_278_4, 0.215_888_539_744_181, -0.622_968_200_546_852_9]);
    Ok(())
}
