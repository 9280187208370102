//! Many sites, many parameters, strategies that are asked for: what is named is what is meant.

use scorepath::prelude::*;
use scorepath::{Error, Reason, Report};
use scorepath_tests::trap::{assert_demoted, assert_moving, assert_right, line_of};

fn at(marker: &str) -> u32 {
    line_of(include_str!("traps_sites.rs"), marker)
}

const SLOPE: f64 = 0.391_042_693_975;

fn tag(above: bool) -> f64 {
    f64::from(u8::from(above))
}

fn gradient<S: Stochastic>(program: &S) -> Result<Report, Error> {
    program.gradient().replicates(50_000).seed(1).run()
}

fn strategy_of(report: &Report, key: &str) -> Strategy {
    report.sites().iter().find(|s| s.key() == key).expect("the site was met").strategy()
}

#[stochastic]
fn two_draws(mu: Real, nu: Real) -> Real {
    let jumps = sample!(Normal::new(mu, 1.0));
    let smooth = sample!(Normal::new(nu, 1.0));
    smooth * smooth + tag(jumps > 0.5) // at: one of two
}

#[test]
fn only_the_draw_that_jumps_is_demoted() -> Result<(), Error> {
    let report = gradient(&two_draws(0.3, 1.0))?;
    assert_demoted(&report, "jumps", ">", at("one of two"));
    assert_eq!(report.sites()[1].reason(), &Reason::Continuous);
    assert_eq!(report.sites()[1].strategy(), Strategy::Pathwise);
    assert_right(report.gradient()[0], SLOPE, 0.02);
    assert_right(report.gradient()[1], 2.0, 0.02);
    Ok(())
}

fn above<M: Mode>(x: Real<M>, y: f64) -> f64 {
    tag(x > y) // at: shared helper
}

#[stochastic]
fn shared_helper(mu: Real, nu: Real) -> Real {
    let a = sample!(Normal::new(mu, 1.0));
    let b = sample!(Normal::new(nu, 1.0));
    let c = sample!(Normal::new(mu * nu, 1.0));
    above(a, 0.5) + 2.0 * above(b, 0.2) + c
}

#[test]
fn a_helper_called_on_two_draws_demotes_both() -> Result<(), Error> {
    let report = gradient(&shared_helper(0.3, 0.0))?;
    assert_demoted(&report, "a", ">", at("shared helper"));
    assert_demoted(&report, "b", ">", at("shared helper"));
    assert_eq!(strategy_of(&report, "shared_helper.c"), Strategy::Pathwise);
    assert_right(report.gradient()[0], SLOPE, 0.02);
    assert_right(report.gradient()[1], 2.0 * SLOPE + 0.3, 0.02);
    Ok(())
}

/// Threshold and support moved by any of twelve parameters, which take two passes.
#[stochastic]
fn many_parameters(a: [Real; 12], way: usize) -> Real {
    let z = sample!(Normal::new(0.0, 1.0));
    let sum: Real = a.iter().sum();
    match way {
        0 => sum + tag(z > a[1] + a[10]), // at: two passes
        1 => sum + tag(z > a[10]),        // at: second pass
        2 => {
            let first = tag(z > a[11]); // at: second only
            sum + first + tag(z > a[0] + a[10]) // at: both
        }
        3 => {
            let x = sample!(Uniform::new(a[2], a[9] + 1.0));
            sum + tag(x > 0.5)
        }
        4 => sum + a[3].value() * a[8].value(), // at: dropped
        _ => sum + (a[3] * a[8]).value(),       // at: product
    }
}

#[test]
fn parameters_of_all_passes_are_named() {
    let refusal = |way| gradient(&many_parameters([0.1; 12], way)).unwrap_err();
    assert_moving(&refusal(0), ">", at("two passes"), &["a[1]", "a[10]"]);
    assert_moving(&refusal(1), ">", at("second pass"), &["a[10]"]);
    let Error::DerivativeDropped { parameters, at: place, .. } = refusal(5) else { panic!() };
    assert_eq!((parameters, place.place.line), (vec!["a[3]".into(), "a[8]".into()], at("product")));
}

#[test]
fn an_earlier_threshold_of_another_pass_hides_no_parameter() {
    let error = gradient(&many_parameters([0.1; 12], 2)).unwrap_err();
    let Error::MovingThreshold { parameters, at: place, .. } = &error else { panic!("{error:?}") };
    let exact: &[&str] =
        if place.place.line == at("both") { &["a[0]", "a[10]"] } else { &["a[11]"] };
    assert_eq!(parameters, exact, "{error}");
}

#[test]
fn a_support_moved_by_parameters_of_two_passes() {
    let error = gradient(&many_parameters([0.1; 12], 3)).unwrap_err();
    let Error::MovingSupport { site, parameters, .. } = &error else { panic!("{error:?}") };
    assert_eq!(site, "many_parameters.x");
    assert_eq!(parameters, &["a[2]", "a[9]"]);
}

#[test]
fn a_derivative_dropped_on_one_line_twice() {
    let error = gradient(&many_parameters([0.1; 12], 4)).unwrap_err();
    let Error::DerivativeDropped { parameters, at: place, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(place.place.line, at("dropped"));
    // Two conversions stand on the line; the first is the one reported.
    assert_eq!(parameters, &["a[3]"]);
}

/// A jump that only parameters of the second pass move.
#[stochastic]
fn late_jump(a: [Real; 12]) -> Real {
    let z = sample!(Normal::new(a[11], 1.0));
    let sum: Real = a.iter().sum();
    sum + tag(z > 0.5) // at: late
}

#[test]
fn a_jump_seen_in_the_second_pass_alone() -> Result<(), Error> {
    let mut a = [0.0; 12];
    a[11] = 0.3;
    let report = gradient(&late_jump(a))?;
    assert_demoted(&report, "z", ">", at("late"));
    assert_right(report.gradient()[0], 1.0, 1e-9);
    assert_right(report.gradient()[11], 1.0 + SLOPE, 0.02);
    Ok(())
}

/// Seventy-two sites, more than provenance has bits; the last one jumps.
#[stochastic]
fn many_sites(mu: Real) -> Real {
    let d = Normal::new(mu, 1.0);
    let draws = [
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
        [
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
            sample!(d),
        ],
    ];
    let sum: Real = draws.iter().flatten().sum();
    let jump = tag(draws[8][7] > 0.5); // at: last site
    sum / 72.0 + 2.0 * jump
}

#[test]
fn more_sites_than_provenance_bits() -> Result<(), Error> {
    let report = gradient(&many_sites(0.3))?;
    assert_eq!(report.sites().len(), 72);
    let last = &report.sites()[71];
    let Reason::Jump { place, .. } = last.reason() else { panic!("{:?}", last.reason()) };
    assert_eq!((last.strategy(), place.line), (Strategy::ScoreFunction, at("last site")));
    // The first 61 have a bit of their own.
    assert!(report.sites()[..61].iter().all(|s| s.strategy() == Strategy::Pathwise));
    assert_right(report.gradient()[0], 1.0 + 2.0 * SLOPE, 0.05);
    Ok(())
}

#[stochastic]
fn forced(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    let n = sample!(Poisson::new(2.0));
    z + tag(z > 0.5) * n as f64 // at: forced
}

#[stochastic]
fn declared(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0), strategy = Pathwise);
    z + tag(z > 0.5) // at: declared
}

#[stochastic]
fn declared_discrete(p: Real) -> f64 {
    let b = sample!(Bernoulli::new(p), strategy = Pathwise); // at: declared discrete
    tag(b)
}

fn assert_invalid(error: &Error, key: &str, marker: &str) {
    let Error::InvalidStrategy { site, strategy, reason: Reason::Jump { place, .. }, .. } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((site.as_str(), *strategy, place.line), (key, Strategy::Pathwise, at(marker)));
}

#[test]
fn a_forced_path_that_meets_a_jump() {
    let query = forced(0.3).gradient().strategy("z", Strategy::Pathwise);
    assert_invalid(&query.run().unwrap_err(), "forced.z", "forced");
    assert_invalid(&gradient(&declared(0.3)).unwrap_err(), "declared.z", "declared");
}

#[test]
fn a_forced_path_that_does_not_exist() {
    let query = forced(0.3).gradient().strategy("forced.n", Strategy::Pathwise);
    let error = query.run().unwrap_err();
    let Error::UnavailableStrategy { site, distribution, strategy, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((site.as_str(), distribution.as_str()), ("forced.n", "Poisson"));
    assert_eq!(*strategy, Strategy::Pathwise);
}

#[test]
fn a_declared_path_that_does_not_exist() {
    let error = gradient(&declared_discrete(0.3)).unwrap_err();
    let Error::UnavailableStrategy { site, place, .. } = &error else { panic!("{error:?}") };
    assert_eq!((site.as_str(), place.line), ("declared_discrete.b", at("declared discrete")));
}

/// The support of one draw is another, whose path is forced.
#[stochastic]
fn nested_support(mu: Real) -> f64 {
    let end = sample!(LogNormal::new(mu, 0.1));
    let x = sample!(Uniform::new(0.0, end));
    tag(x > 0.5) // at: nested
}

#[test]
fn a_support_that_is_a_draw() -> Result<(), Error> {
    let report = gradient(&nested_support(0.3))?;
    assert_demoted(&report, "x", ">", at("nested"));
    let end = &report.sites()[0];
    assert_eq!(end.strategy(), Strategy::ScoreFunction);
    assert_eq!(end.reason(), &Reason::MovesSupport { site: "nested_support.x".into() });
    // E = 1 - E[1/(2 end)] but for ends below 1/2, ten standard deviations away.
    assert_right(report.gradient()[0], 0.5 * (0.005_f64 - 0.3).exp(), 0.03);
    let error = nested_support(0.3).gradient().strategy("end", Strategy::Pathwise).run();
    let error = error.unwrap_err();
    let Error::InvalidStrategy { site, reason: Reason::MovesSupport { .. }, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(site, "nested_support.end");
    Ok(())
}

#[stochastic]
fn inner(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    z
}

#[stochastic]
fn same_names(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    z + call!(inner(mu))
}

#[test]
fn names_that_fit_nothing_or_too_much() -> Result<(), Error> {
    let ask = |name: &str| same_names(0.3).gradient().strategy(name, Strategy::ScoreFunction).run();
    let Error::UnknownSite { name, known } = ask("y").unwrap_err() else { panic!() };
    assert_eq!((name.as_str(), known), ("y", vec!["same_names.z".into(), "inner.z".into()]));
    let Error::AmbiguousSite { name, candidates } = ask("z").unwrap_err() else { panic!() };
    assert_eq!((name.as_str(), candidates.len()), ("z", 2));
    let report = ask("inner.z")?;
    assert_eq!(strategy_of(&report, "inner.z"), Strategy::ScoreFunction);
    assert_eq!(strategy_of(&report, "same_names.z"), Strategy::Pathwise);
    assert_right(report.gradient()[0], 2.0, 0.05);
    Ok(())
}
