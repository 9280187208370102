//! Jumps that do not look like one: each moves the draw to the score function, and the report names
//! the operation and its line.

use std::cmp::Ordering;

use scorepath::prelude::*;
use scorepath::{Error, Reason, Report, detach};
use scorepath_tests::trap::{assert_demoted, assert_right, line_of};

fn at(marker: &str) -> u32 {
    line_of(include_str!("traps_hidden.rs"), marker)
}

/// Density of the standard normal at 0.2: the derivative of P(z > 0.5) at mu = 0.3.
const SLOPE: f64 = 0.391_042_693_975;

fn helper<M: Mode>(x: Real<M>) -> bool {
    x > 0.5 // at: helper
}

fn tag(above: bool) -> f64 {
    f64::from(u8::from(above))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number")]
fn index(k: f64) -> usize {
    k as usize
}

/// 1 if `z > 0.5` and 0 otherwise, in as many ways.
#[stochastic]
fn above(mu: Real, way: usize) -> Real {
    let z = sample!(Normal::new(mu, 1.0), name = "z"); // at: draw
    let half = Real::from(0.5);
    let mut tagged = [(z, 1.0), (half, 0.0)];
    let above = match way {
        0 => helper(z),
        1 => {
            tagged.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap()); // at: sort_by
            tagged[1].1 == 1.0
        }
        2 => {
            tagged.sort_unstable_by(|a, b| a.0.total_cmp(&b.0)); // at: total_cmp
            tagged[1].1 == 1.0
        }
        3 => tagged.iter().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap().1 == 1.0, // at: max_by
        4 => f64::from(z) > 0.5,                                                 // at: f64::from
        5 => z.value() > 0.5,                                                    // at: value
        6 => [false, true][index((z + 0.5).clamp(0.0, 1.5).floor().value())],    // at: floor
        7 => (z - 0.5).signum() == 1.0,                                          // at: signum
        8 => (z - 0.5).is_sign_positive(), // at: is_sign_positive
        9 => (z - 0.5).is_sign_negative() == (z.is_nan()), // at: is_sign_negative
        10 => Real::from(1.0).copysign(z - 0.5) == 1.0, // at: copysign
        11 => (z + 0.5).ceil() == 2.0 || (z + 0.5).ceil() >= 3.0, // at: ceil
        12 => (z - 0.5).round_ties_even() >= 1.0 || z.trunc() >= 1.0 || (z > 0.5), // at: round_ties_even
        13 => 0.5 < z,                                         // at: plain on the left
        14 => z.partial_cmp(&half) == Some(Ordering::Greater), // at: partial_cmp
        15 => z.is_finite() != (z <= half),                    // at: less or equal
        16 => (z - 0.5).atan2(0.0).value() > 0.0,              // at: atan2
        17 => ((z - 0.5) + (z - 0.5).abs()) > 0.0,             // at: abs
        18 => z.max(half) != half,                             // at: max
        19 => z.min(half) == half,                             // at: min
        20 => z.to_bits() > half.to_bits() && z >= 0.0,        // at: to_bits
        21 => (z - 0.5).div_euclid(1.0) >= 0.0,                // at: div_euclid
        22 => z - (z - 0.5).rem_euclid(100.0) > 0.25,          // at: rem_euclid
        23 => (z - 0.5) % 1e9 > 0.0,                           // at: remainder
        24 => detach(z) > 0.5,                                 // at: detach
        _ => unreachable!(),
    };
    Real::from(tag(above))
}

fn demoted_by(report: &Report, operation: &str, marker: &str) {
    assert_demoted(report, "z", operation, at(marker));
    assert_right(report.gradient()[0], SLOPE, 0.005);
}

#[test]
fn comparisons_and_steps() -> Result<(), Error> {
    let ways = [
        (0, ">", "helper"),
        (1, "partial_cmp", "sort_by"),
        (2, "total_cmp", "total_cmp"),
        (3, "total_cmp", "max_by"),
        (4, "f64::from", "f64::from"),
        (5, "value", "value"),
        (6, "floor", "floor"),
        (7, "signum", "signum"),
        (8, "is_sign_positive", "is_sign_positive"),
        (9, "is_sign_negative", "is_sign_negative"),
        (10, "copysign", "copysign"),
        (11, "ceil", "ceil"),
        (12, "round_ties_even", "round_ties_even"),
        (13, "<", "plain on the left"),
        (14, "partial_cmp", "partial_cmp"),
        (15, "<=", "less or equal"),
        (16, "atan2", "atan2"),
        (17, ">", "abs"),
        (18, "!=", "max"),
        (19, "==", "min"),
        (20, "to_bits", "to_bits"),
        (21, "div_euclid", "div_euclid"),
        (22, "rem_euclid", "rem_euclid"),
        (23, "%", "remainder"),
    ];
    for (way, operation, marker) in ways {
        let report = above(0.3, way).gradient().replicates(50_000).seed(2).run()?;
        demoted_by(&report, operation, marker);
    }
    Ok(())
}

#[test]
fn detaching_a_draw_keeps_its_law() -> Result<(), Error> {
    let report = above(0.3, 24).gradient().replicates(50_000).seed(2).run()?;
    let Reason::Detached { place } = report.sites()[0].reason() else { panic!("{report}") };
    assert_eq!(place.line, at("detach"));
    assert_right(report.gradient()[0], SLOPE, 0.005);
    Ok(())
}

/// The same where the standard library compares, so that no line of the program does.
#[stochastic]
fn inside_std(mu: Real, way: usize) -> f64 {
    let z = sample!(Normal::new(mu, 1.0)); // at: std
    let half = Real::from(0.5);
    let above = match way {
        0 => (z, 1.0) > (half, 0.0),
        1 => [z, half] > [half, half],
        2 => [z][..] > [half][..],
        3 => Some(z) > Some(half),
        4 => {
            let mut both = [z, half];
            both.sort_by(Real::total_cmp);
            both[1] - half > 0.0
        }
        5 => [half, z].is_sorted(),
        6 => vec![z] > vec![half],
        _ => [half].iter().all(|h| h.lt(&z)),
    };
    tag(above)
}

#[test]
fn comparisons_by_the_standard_library() -> Result<(), Error> {
    for way in 0..8 {
        let report = inside_std(0.3, way).gradient().replicates(50_000).seed(3).run()?;
        assert_right(report.gradient()[0], SLOPE, 0.005);
        let (Reason::Jump { place, .. } | Reason::Plain { place, .. }) = report.sites()[0].reason()
        else {
            panic!("{report}")
        };
        assert!(place.file.ends_with("traps_hidden.rs"), "way {way}: {place}");
        if way != 7 {
            assert_eq!(place.line, at("std"), "way {way}: {place}");
            assert_eq!(place.after.as_deref(), Some("inside_std.z"), "way {way}: {place}");
        }
    }
    Ok(())
}

#[stochastic]
fn formatted(mu: Real, way: usize) -> f64 {
    let z = sample!(Normal::new(mu, 1.0));
    let text = match way {
        0 => format!("{z}"),   // at: display
        1 => format!("{z:?}"), // at: debug
        2 => format!("{z:e}"), // at: exponential
        _ => z.to_string(),    // at: to_string
    };
    tag(text.parse::<f64>().unwrap() > 0.5)
}

#[test]
fn formatting_ends_the_derivative() -> Result<(), Error> {
    for way in 0..4 {
        let report = formatted(0.3, way).gradient().replicates(50_000).seed(3).run()?;
        assert_right(report.gradient()[0], SLOPE, 0.005);
        let Reason::Plain { place, .. } = report.sites()[0].reason() else { panic!("{report}") };
        // The trait has no line to give, so that of the last site stands in.
        assert!(place.file.ends_with("traps_hidden.rs"), "way {way}: {place}");
    }
    Ok(())
}

/// The whole draw counts, or a hundred times the event that it is large, but rarely.
#[stochastic]
fn rare(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    let rare = sample!(Bernoulli::new(0.002));
    if rare && z > 0.5 { z + 100.0 } else { z } // at: rare
}

#[test]
fn a_branch_that_the_first_chunk_never_takes() -> Result<(), Error> {
    let query = rare(0.3).gradient().seed(4);
    let early = query.clone().replicates(256).run()?;
    assert_eq!(early.sites()[0].strategy(), Strategy::Pathwise);
    let report = query.replicates(400_000).run()?;
    assert_demoted(&report, "z", ">", at("rare"));
    assert_right(report.gradient()[0], 1.0 + 0.2 * SLOPE, 0.02);
    Ok(())
}

#[stochastic]
fn flattened(mu: Real, width: f64) -> f64 {
    let z = sample!(Normal::new(mu, 1.0));
    tag(((z - 0.5) / width).clamp(0.0, 1.0) > 0.5) // at: flattened
}

#[test]
fn a_jump_behind_a_kink() -> Result<(), Error> {
    let report = flattened(0.3, 0.1).gradient().replicates(100_000).seed(5).run()?;
    assert_demoted(&report, "z", ">", at("flattened"));
    assert_right(report.gradient()[0], 0.386_668_116_803, 0.003);
    // Nothing moves at the comparison in any replicate of this one.
    let report = flattened(0.3, 1e-9).gradient().replicates(100_000).seed(5).run()?;
    assert_demoted(&report, "z", ">", at("flattened"));
    assert_right(report.gradient()[0], SLOPE, 0.003);
    Ok(())
}

#[stochastic]
fn flattened_argument(mu: Real) -> f64 {
    let z = sample!(Normal::new(mu, 1.0));
    let y = sample!(Normal::new(((z - 0.5) / 0.1).clamp(0.0, 1.0), 0.3));
    tag(y > 0.5) // at: behind
}

#[test]
fn a_kink_is_remembered_by_the_draws_behind_it() -> Result<(), Error> {
    // In most replicates y does not move, and the seed is one whose first replicate is such.
    let query = flattened_argument(0.3).gradient().seed(6);
    let first = query.clone().replicates(1).run()?;
    assert_demoted(&first, "y", ">", at("behind"));
    let report = query.replicates(400_000).run()?;
    assert_demoted(&report, "y", ">", at("behind"));
    assert_eq!(report.sites()[0].strategy(), Strategy::Pathwise);
    // The integral of phi((u - .5)/.3)/.3 phi(.2 + .1 u) over u in [0, 1], by the midpoint rule.
    assert_right(report.gradient()[0], 0.349_616_690_071, 0.01);
    Ok(())
}
