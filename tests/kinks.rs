//! What is continuous stays on the path: `max`, `min`, `abs`, `clamp`, `Real::sort`, and what the
//! user promises with `continuous!`.

use scorepath::prelude::*;
use scorepath::{Error, Report};
use scorepath_tests::trap::{assert_demoted, assert_moving, assert_right, line_of};

fn at(marker: &str) -> u32 {
    line_of(include_str!("kinks.rs"), marker)
}

fn gradient<S: Stochastic>(program: &S) -> Result<Report, Error> {
    program.gradient().replicates(100_000).seed(1).run()
}

fn standard_normal() -> rand_distr::Normal<f64> {
    rand_distr::Normal::new(0.0, 1.0).unwrap()
}

fn tag(above: bool) -> f64 {
    f64::from(u8::from(above))
}

fn by_table<M: Mode>(x: Real<M>) -> Real<M> {
    // The line through (k, k^2) and (k + 1, (k + 1)^2).
    let k = x.floor();
    k * k + (2.0 * k + 1.0) * (x - k)
}

/// Functions of `z` that bend.
#[stochastic]
fn bent(mu: Real, way: usize) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    match way {
        0 => z.max(0.0),
        1 => z.min(0.0),
        2 => z.abs(),
        3 => z.clamp(-0.5, 0.5),
        4 => {
            let mut three = [Real::from(-0.5), z, Real::from(0.5)];
            Real::sort(&mut three);
            three[1]
        }
        5 => {
            if continuous!(z > 0.0) {
                z
            } else {
                Real::from(0.0)
            }
        }
        6 => continuous!(by_table(z)),
        7 => {
            let mut three = [Real::from(-0.5), z, Real::from(0.5)];
            continuous!(three.sort_by(|a, b| a.partial_cmp(b).unwrap()));
            three[1]
        }
        8 => continuous!(if z > 0.0 { z } else { -z }),
        _ => unreachable!(),
    }
}

/// `P(z > 0)` and `P(-0.5 < z < 0.5)` at mu = 0.3.
const ABOVE: f64 = 0.617_911_422_189;
const INSIDE: f64 = 0.579_259_709_439 - 0.211_855_398_583;

#[test]
fn kinks_and_promises_keep_the_path() -> Result<(), Error> {
    // The sum over k of (2 k + 1) P(k < z < k + 1), which differs from 2 mu by 2e-9.
    let table = 0.6;
    let slopes = [
        ABOVE,
        1.0 - ABOVE,
        2.0 * ABOVE - 1.0,
        INSIDE,
        INSIDE,
        ABOVE,
        table,
        INSIDE,
        2.0 * ABOVE - 1.0,
    ];
    for (way, slope) in slopes.into_iter().enumerate() {
        let report = gradient(&bent(0.3, way))?;
        assert_eq!(report.sites()[0].strategy(), Strategy::Pathwise, "way {way}");
        assert_right(report.gradient()[0], slope, 0.01);
    }
    Ok(())
}

/// The middle one and the largest of three normal draws.
#[stochastic]
fn order_statistics(mu: Real, nu: Real) -> Real {
    let mut draws = [
        sample!(Normal::new(mu, 1.0), name = "a"),
        sample!(Normal::new(mu, 1.0), name = "b"),
        sample!(Normal::new(nu, 1.0), name = "c"),
    ];
    Real::sort(&mut draws);
    draws[1] + 2.0 * draws[2]
}

#[test]
fn order_statistics_keep_the_path() -> Result<(), Error> {
    let report = gradient(&order_statistics(0.0, 0.0))?;
    assert!(report.sites().iter().all(|s| s.strategy() == Strategy::Pathwise));
    // By symmetry each draw has a third of every order statistic.
    assert_right(report.gradient()[0], 2.0, 0.01);
    assert_right(report.gradient()[1], 1.0, 0.01);
    Ok(())
}

/// A promise about one comparison says nothing about the next.
#[stochastic]
fn promise_then_jump(mu: Real, way: usize) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    match way {
        0 => {
            let inside = if continuous!(z > 0.0) { z } else { Real::from(0.0) };
            tag(inside > 0.5).into() // at: after a promise
        }
        1 => {
            // What the promise let through is a plain number; what it moves is still a jump.
            let k = continuous!((4.0 * z).floor()) / 4.0;
            tag(k >= 0.5).into() // at: after a floor
        }
        2 => {
            let mut sorted = [z, Real::from(0.0)];
            Real::sort(&mut sorted);
            tag(sorted[1] > 0.5).into() // at: after a sort
        }
        _ => {
            let side = continuous!(z > 0.5);
            let other = Real::from(tag(side));
            tag(other > 0.5).into() // at: of a constant
        }
    }
}

#[test]
fn a_jump_after_a_promise_is_a_jump() -> Result<(), Error> {
    let markers = ["after a promise", "after a floor", "after a sort", "of a constant"];
    for (way, marker) in markers.into_iter().enumerate() {
        let report = gradient(&promise_then_jump(0.3, way))?;
        let operation = if way == 1 { ">=" } else { ">" };
        assert_demoted(&report, "z", operation, at(marker));
        assert_right(report.gradient()[0], 0.391_042_693_975, 0.004);
    }
    Ok(())
}

#[stochastic]
fn promised_threshold(theta: Real, jump: bool) -> Real {
    let z = sample!(Noise(standard_normal()));
    let excess = if continuous!(z > theta) { z - theta } else { Real::from(0.0) };
    if jump {
        return tag(excess > 0.1).into(); // at: promised threshold
    }
    excess
}

#[test]
fn a_promise_about_a_moving_threshold() -> Result<(), Error> {
    // E max(z - theta, 0) has the derivative -P(z > theta).
    let report = gradient(&promised_threshold(0.3, false))?;
    assert_right(report.gradient()[0], ABOVE - 1.0, 0.01);
    let error = gradient(&promised_threshold(0.3, true)).unwrap_err();
    assert_moving(&error, ">", at("promised threshold"), &["theta"]);
    Ok(())
}

/// Kinks of a parameter alone are nothing to worry about.
#[stochastic]
fn kink_of_a_parameter(theta: Real) -> Real {
    let scale = theta.max(0.1).abs().clamp(0.05, 2.0);
    let z = sample!(Normal::new(0.0, scale));
    if theta.abs() > 0.2 { z * z } else { Real::from(0.0) }
}

#[test]
fn a_kink_of_a_parameter_is_no_jump() -> Result<(), Error> {
    let report = gradient(&kink_of_a_parameter(0.5))?;
    assert_eq!(report.sites()[0].strategy(), Strategy::Pathwise);
    assert_right(report.gradient()[0], 1.0, 0.01);
    assert_eq!(report.notes(), []);
    Ok(())
}
