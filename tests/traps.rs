//! Programs with known answers on which estimators are silently wrong elsewhere: the gradient is
//! right, or an error names the line and the parameters.

use scorepath::prelude::*;
use scorepath::{Error, Report};
use scorepath_tests::trap::{assert_demoted, assert_moving, assert_right, line_of};

fn at(marker: &str) -> u32 {
    line_of(include_str!("traps.rs"), marker)
}

fn gradient<S: Stochastic>(program: &S) -> Result<Report, Error> {
    program.gradient().replicates(200_000).seed(1).run()
}

fn strategies(report: &Report) -> Vec<Strategy> {
    report.sites().iter().map(scorepath::SiteReport::strategy).collect()
}

#[stochastic]
fn relu(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    z.max(0.0)
}

#[test]
fn a_kink_keeps_the_path() -> Result<(), Error> {
    let report = gradient(&relu(0.3))?;
    assert_eq!(strategies(&report), [Strategy::Pathwise]);
    assert_right(report.value(), 0.566_761_242_117, 0.002);
    assert_right(report.gradient()[0], 0.617_911_422_189, 0.002);
    Ok(())
}

#[stochastic]
fn branch(mu: Real, sigma: Real) -> f64 {
    let z = sample!(Normal::new(mu, sigma));
    if z > 0.5 { 1.0 } else { 0.0 } // at: branch
}

#[test]
fn a_probability() -> Result<(), Error> {
    let report = gradient(&branch(0.3, 1.0))?;
    assert_demoted(&report, "z", ">", at("branch"));
    assert_right(report.value(), 0.420_740_290_561, 0.002);
    assert_right(report.gradient()[0], 0.391_042_693_975, 0.003);
    assert_right(report.gradient()[1], 0.078_208_538_795, 0.003);
    Ok(())
}

#[test]
#[should_panic(expected = "z = ")]
fn the_path_alone_would_be_noticed() {
    // The same assertion on the derivative that the path gives: zero, without variance.
    #[stochastic]
    fn promised(mu: Real) -> f64 {
        let z = sample!(Normal::new(mu, 1.0));
        if continuous!(z > 0.5) { 1.0 } else { 0.0 }
    }
    assert_right(gradient(&promised(0.3)).unwrap().gradient()[0], 0.391_042_693_975, 0.003);
}

#[stochastic]
fn jump(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    if z > 0.5 { z * z } else { -z } // at: jump
}

#[test]
fn a_jump_between_smooth_pieces() -> Result<(), Error> {
    let report = gradient(&jump(0.3))?;
    assert_demoted(&report, "z", ">", at("jump"));
    assert_right(report.value(), 0.988_705_853, 0.005);
    assert_right(report.gradient()[0], 0.748_551_873, 0.01);
    Ok(())
}

/// The negative evidence lower bound of a coin whose chance is a rounded draw.
#[stochastic]
fn rounded(mu: Real) -> Real {
    let guide = Normal::new(mu, 1.0);
    let z = sample!(guide);
    let p = z.round().clamp(0.2, 0.8); // at: rounded
    guide.log_density(z) - Normal::new(0.0, 1.0).log_density(z) - (1.0 - p).ln()
}

#[test]
fn a_rounded_draw() -> Result<(), Error> {
    let report = gradient(&rounded(0.3))?;
    assert_demoted(&report, "z", "round", at("rounded"));
    assert_right(report.gradient()[0], 0.842_100_281, 0.01);
    Ok(())
}

#[stochastic]
fn square(low: Real, high: Real) -> Real {
    let x = sample!(Uniform::new(low, high));
    x * x
}

#[test]
fn a_moving_support_on_the_path() -> Result<(), Error> {
    let report = gradient(&square(0.0, 1.0))?;
    assert_eq!(strategies(&report), [Strategy::Pathwise]);
    assert_right(report.gradient()[0], 1.0 / 3.0, 0.002);
    assert_right(report.gradient()[1], 2.0 / 3.0, 0.002);
    assert_right(gradient(&square(0.0, 2.0))?.gradient()[1], 4.0 / 3.0, 0.003);
    Ok(())
}

#[test]
fn a_moving_support_is_never_scored() {
    let query = square(0.0, 2.0).gradient().strategy("x", Strategy::ScoreFunction);
    assert_moving_support(&query.run().unwrap_err(), "square.x", &["low", "high"]);
}

#[track_caller]
fn assert_moving_support(error: &Error, key: &str, names: &[&str]) {
    let Error::MovingSupport { site, parameters, .. } = error else { panic!("{error:?}") };
    assert_eq!(site, key);
    assert_eq!(parameters, names);
}

#[stochastic]
fn part_of_uniform(theta: Real, above: bool) -> f64 {
    let x = sample!(Uniform::new(0.0, theta)); // at: uniform
    if (x > 0.5) == above { 1.0 } else { 0.0 }
}

#[test]
fn a_jump_inside_a_moving_support() {
    for above in [false, true] {
        let error = gradient(&part_of_uniform(2.0, above)).unwrap_err();
        assert_moving_support(&error, "part_of_uniform.x", &["theta"]);
        let Error::MovingSupport { at: occurrence, .. } = error else { unreachable!() };
        assert_eq!(occurrence.place.line, at("uniform"));
    }
}

#[stochastic]
fn scaled_uniform(theta: Real) -> f64 {
    let u = sample!(Uniform::new(0.0, 1.0));
    if u * theta > 0.5 { 1.0 } else { 0.0 } // at: scaled
}

#[test]
fn a_scaled_draw_does_not_hide_the_threshold() {
    let error = gradient(&scaled_uniform(2.0)).unwrap_err();
    assert_moving(&error, ">", at("scaled"), &["theta"]);
}

const STRIKE: f64 = 105.0;

#[stochastic]
fn digital(spot: Real, sigma: Real, rate: f64) -> f64 {
    let price = sample!(LogNormal::new(spot.ln() + rate - 0.5 * sigma * sigma, sigma));
    if price > STRIKE { (-rate).exp() } else { 0.0 } // at: digital
}

#[test]
fn a_digital_option() -> Result<(), Error> {
    let report = gradient(&digital(100.0, 0.2, 0.05))?;
    assert_demoted(&report, "price", ">", at("digital"));
    assert_right(report.value(), 0.440_014_105_936, 0.002);
    assert_right(report.gradient()[0], 0.018_890_725_623, 1e-4);
    assert_right(report.gradient()[1], -0.200_334_594_593, 0.01);
    Ok(())
}

#[stochastic]
fn digital_by_noise(spot: Real, sigma: Real, rate: f64, strike: Real) -> f64 {
    let z = sample!(Normal::new(0.0, 1.0));
    let price = spot * (rate - 0.5 * sigma * sigma + sigma * z).exp();
    if price > 105.0 {
        return (-rate).exp();
    }
    strike.value() * 0.0
}

#[stochastic]
fn digital_of_strike(spot: Real, sigma: Real, rate: f64, strike: Real) -> f64 {
    let z = sample!(Normal::new(0.0, 1.0));
    let price = spot * (rate - 0.5 * sigma * sigma + sigma * z).exp();
    if price > strike { (-rate).exp() } else { 0.0 } // at: strike
}

#[test]
fn a_digital_option_drawn_by_its_noise() {
    let error = gradient(&digital_of_strike(100.0, 0.2, 0.05, 105.0)).unwrap_err();
    assert_moving(&error, ">", at("strike"), &["spot", "sigma", "strike"]);
    // Whichever of the two mistakes comes first, no number comes out.
    let error = gradient(&digital_by_noise(100.0, 0.2, 0.05, 105.0)).unwrap_err();
    assert!(matches!(error, Error::MovingThreshold { .. } | Error::DerivativeDropped { .. }));
}

#[stochastic]
fn threshold(theta: Real, other: Real) -> Real {
    let z = sample!(Normal::new(0.0, 1.0));
    let sum = z + other;
    if z > theta { sum } else { Real::from(0.0) } // at: threshold
}

#[test]
fn the_threshold_is_the_parameter() {
    let error = gradient(&threshold(0.3, 1.0)).unwrap_err();
    assert_moving(&error, ">", at("threshold"), &["theta"]);
    let Error::MovingThreshold { at: occurrence, .. } = error else { unreachable!() };
    assert!(occurrence.place.file.ends_with("traps.rs"));
    assert_eq!((occurrence.replicate, occurrence.seed), (0, 1));
}

#[stochastic]
fn relative(theta: Real) -> Real {
    let above = sample!(Normal::new(-theta, 1.0));
    if above > 0.0 { above + theta } else { Real::from(0.0) } // at: relative
}

#[test]
fn the_remedy_that_the_error_names_is_right() -> Result<(), Error> {
    // E[z 1(z > t)] = phi(t), with derivative -t phi(t).
    let report = gradient(&relative(0.3))?;
    assert_demoted(&report, "above", ">", at("relative"));
    assert_right(report.gradient()[0], -0.3 * 0.381_387_815_460, 0.005);
    Ok(())
}
