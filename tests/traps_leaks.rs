//! Thresholds, plain numbers and supports that move with a parameter: an error with the line and
//! the parameters, or the right number with a note.

use scorepath::prelude::*;
use scorepath::{Error, Note, Report};
use scorepath_tests::trap::{assert_demoted, assert_moving, assert_right, line_of};

fn at(marker: &str) -> u32 {
    line_of(include_str!("traps_leaks.rs"), marker)
}

fn gradient<S: Stochastic>(program: &S) -> Result<Report, Error> {
    program.gradient().replicates(50_000).seed(1).run()
}

fn refusal<S: Stochastic>(program: &S) -> Error {
    gradient(program).unwrap_err()
}

fn standard_normal() -> rand_distr::Normal<f64> {
    rand_distr::Normal::new(0.0, 1.0).unwrap()
}

fn tag(above: bool) -> f64 {
    f64::from(u8::from(above))
}

/// A plain number that depends on a continuous draw, in many ways, against a moving threshold.
#[stochastic]
fn leaked(theta: Real, other: Real, way: usize) -> Real {
    let z = sample!(Noise(standard_normal()));
    let still = sample!(Normal::new(0.0, 1.0));
    let scored = sample!(Normal::new(0.0, 1.0), strategy = ScoreFunction);
    let plain = match way {
        0 => z.value(),
        1 => still.value(),
        2 => scored.value(),
        3 => f64::from(z),
        4 => format!("{z}").parse().unwrap(),
        5 => f64::from_bits(z.to_bits()),
        6 => z.floor().value(),
        7 => scorepath::number::Parts::primal(&z),
        _ => scorepath::detach(still).value(),
    };
    other + tag(plain > theta) // at: leaked
}

#[test]
fn a_plain_copy_of_a_draw_against_a_parameter() {
    for way in 0..9 {
        assert_moving(&refusal(&leaked(0.3, 1.0, way)), ">", at("leaked"), &["theta"]);
    }
}

/// A comparison of numbers of which one moves with `theta` alone.
#[stochastic]
fn thresholds(theta: Real, other: Real, way: usize) -> Real {
    let z = sample!(Noise(standard_normal()));
    let scored = sample!(Normal::new(other, 1.0), strategy = ScoreFunction);
    let jump = match way {
        0 => tag(z < theta),                                  // at: noise
        1 => tag(scored < theta),                             // at: scored
        2 => scorepath::detach((z + theta).floor()).value(),  // at: floor
        3 => tag(z.max(theta) == z),                          // at: max
        4 => tag(((z - theta) / 0.1).clamp(0.0, 1.0) > 0.5),  // at: clamp
        5 => tag(((z - theta) / 1e-9).clamp(0.0, 1.0) > 0.5), // at: flat
        6 => tag((z + theta, 1) > (Real::from(0.0), 0)),
        7 => tag(Some(z) < Some(theta)),
        _ => unreachable!(),
    };
    other + jump
}

#[test]
fn thresholds_that_a_parameter_moves() {
    let ways = [
        (0, "<", "noise"),
        (1, "<", "scored"),
        (2, "floor", "floor"),
        (3, "==", "max"),
        (4, ">", "clamp"),
        (5, ">", "flat"),
    ];
    for (way, operation, marker) in ways {
        assert_moving(&refusal(&thresholds(0.3, 1.0, way)), operation, at(marker), &["theta"]);
    }
    for way in [6, 7] {
        let error = refusal(&thresholds(0.3, 1.0, way));
        let Error::MovingThreshold { parameters, at, .. } = &error else { panic!("{error:?}") };
        assert_eq!(parameters, &["theta"]);
        assert!(at.place.after.is_some(), "{error}");
    }
}

/// Derivatives of a parameter that end in a plain number.
#[stochastic]
fn dropped(mu: Real, sigma: Real, way: usize) -> Real {
    let noise = sample!(Noise(standard_normal()));
    let x = mu + sigma * noise;
    match way {
        0 => sample!(Normal::new(mu.value(), sigma)), // at: argument
        1 => sample!(Normal::new(f64::from(mu), sigma)), // at: f64::from
        2 => Real::from(x.value()),                   // at: sum
        3 => Real::from(f64::from_bits(mu.to_bits())), // at: to_bits
        4 => Real::from(format!("{mu}").parse::<f64>().unwrap()),
        5 => x.max(0.0).value().into(), // at: kink
        6 => Real::from(scorepath::number::Parts::primal(&mu)), // at: primal
        7 => {
            let plain: f64 = mu.into(); // at: into
            plain.into()
        }
        _ => unreachable!(),
    }
}

#[test]
fn a_parameter_that_becomes_a_plain_number() {
    let ways: [(usize, &str, &str, &[&str]); 7] = [
        (0, "value", "argument", &["mu"]),
        (1, "f64::from", "f64::from", &["mu"]),
        (2, "value", "sum", &["mu", "sigma"]),
        (3, "to_bits", "to_bits", &["mu"]),
        (5, "value", "kink", &["mu", "sigma"]),
        (6, "primal", "primal", &["mu"]),
        (7, "f64::from", "into", &["mu"]),
    ];
    for (way, what, marker, names) in ways {
        let error = refusal(&dropped(0.3, 1.0, way));
        let Error::DerivativeDropped { operation, parameters, at: occurrence } = &error else {
            panic!("{error:?}")
        };
        assert_eq!((operation.as_str(), occurrence.place.line), (what, at(marker)), "{error}");
        assert_eq!(parameters, names, "{error}");
    }
    let error = refusal(&dropped(0.3, 1.0, 4));
    let Error::DerivativeDropped { parameters, at, .. } = &error else { panic!("{error:?}") };
    assert_eq!(parameters, &["mu"]);
    assert!(at.place.file.ends_with("traps_leaks.rs"), "{error}");
}

/// How often a count exceeds a threshold that moves.
#[stochastic]
fn count_above(rate: Real, theta: Real) -> f64 {
    let n = sample!(Poisson::new(rate));
    tag(n as f64 > theta) // at: discrete
}

#[test]
fn a_discrete_draw_against_a_parameter_is_a_note() -> Result<(), Error> {
    let report = gradient(&count_above(4.0, 3.5))?;
    let [Note::DiscreteThreshold { operation, place }] = report.notes() else {
        panic!("{:?}", report.notes())
    };
    assert_eq!((operation.as_str(), place.line), (">", at("discrete")));
    // d/drate P(n > 3) = P(n = 3).
    assert_right(report.gradient()[0], 64.0 / 6.0 * (-4.0_f64).exp(), 0.01);
    assert_right(report.gradient()[1], 0.0, 0.0);
    // A threshold that no outcome crosses is no mistake.
    assert_eq!(gradient(&count_above(4.0, -1.0))?.notes(), []);
    Ok(())
}

/// All bits of a word make a continuous draw in all but name.
#[stochastic]
fn word_above(theta: Real) -> f64 {
    let word: u64 = sample!(Noise(all_words()));
    tag(word as f64 / 18_446_744_073_709_551_616.0 > theta)
}

fn all_words() -> rand_distr::Uniform<u64> {
    rand_distr::Uniform::new(0, u64::MAX).unwrap()
}

#[test]
fn a_word_of_noise_against_a_parameter_is_at_least_a_note() {
    match gradient(&word_above(0.3)) {
        Ok(report) => assert!(matches!(report.notes(), [Note::DiscreteThreshold { .. }])),
        Err(error) => assert!(matches!(error, Error::MovingThreshold { .. }), "{error:?}"),
    }
}

#[stochastic]
fn sales(rate: Real, stock: Real, shift: Real) -> Real {
    let demand = sample!(Poisson::new(rate));
    stock.min(demand as f64) + 0.0 * shift // at: tie
}

/// The replicates in which the demand is exactly 3.
#[stochastic]
fn demand_of_three(rate: Real) -> f64 {
    let demand = sample!(Poisson::new(rate));
    tag(demand == 3)
}

#[test]
fn a_tie_with_positive_probability_is_a_note_with_its_count() -> Result<(), Error> {
    let report = gradient(&sales(4.0, 3.0, 0.0))?;
    let [Note::Ties { operation, place, count }] = report.notes() else {
        panic!("{:?}", report.notes())
    };
    assert_eq!((operation.as_str(), place.line), ("min", at("tie")));
    let threes = demand_of_three(4.0).expectation().replicates(50_000).seed(1).run()?;
    assert_eq!(*count as f64, (threes.value().mean * 50_000.0).round());
    assert_eq!(gradient(&sales(4.0, 3.5, 0.0))?.notes(), []);
    Ok(())
}

/// Outcomes of probability 0 that are about to enter.
#[stochastic]
fn vanishing(p: Real, q: Real, way: usize) -> Real {
    let unused = q * 0.0;
    unused
        + match way {
            0 => tag(sample!(Bernoulli::new(p), name = "x")),
            1 => tag(sample!(Bernoulli::new(1.0 - p), name = "x")),
            2 => sample!(Categorical::new([p, 1.0 - p]), name = "x") as f64,
            3 => sample!(Poisson::new(p), name = "x") as f64,
            4 => sample!(Binomial::new(3, p), name = "x") as f64,
            5 => sample!(Geometric::new(1.0 - p), name = "x") as f64,
            6 => sample!(Categorical::new([p, q, Real::from(1.0)]), name = "x") as f64,
            _ => unreachable!(),
        }
}

#[test]
fn an_outcome_of_probability_zero_that_enters() {
    for way in 0..7 {
        let error = refusal(&vanishing(0.0, 0.0, way));
        let Error::MovingSupport { parameters, .. } = &error else { panic!("{way}: {error:?}") };
        let names: &[&str] = if way == 6 { &["p", "q"] } else { &["p"] };
        assert_eq!(parameters, names, "{way}: {error}");
    }
}

#[stochastic]
fn clamped(theta: Real) -> f64 {
    let noise = sample!(Noise(standard_normal()));
    tag(sample!(Bernoulli::new((theta + noise).clamp(0.0, 1.0))))
}

#[test]
fn a_chance_that_a_clamp_holds_at_zero_does_not_enter() -> Result<(), Error> {
    // The clamped chance is 0 there and stays so: the derivative is P(0 < theta + z < 1).
    let report = gradient(&clamped(0.3))?;
    assert_right(report.gradient()[0], 0.758_036_347_777 - 0.382_088_577_811, 0.05);
    Ok(())
}

#[stochastic]
fn outside(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    Exponential::new(1.0).log_density(z).exp() // at: outside
}

#[test]
fn a_density_outside_its_support_is_a_jump() -> Result<(), Error> {
    let report = gradient(&outside(0.3))?;
    assert_demoted(&report, "z", "Exponential::log_density", at("outside"));
    // E = exp(1/2 - mu) Phi(mu - 1); Phi(-.7) = .241963652223, phi(.7) = .312253933367.
    let scale = (0.5_f64 - 0.3).exp();
    assert_right(report.gradient()[0], scale * (0.312_253_933_367 - 0.241_963_652_223), 0.01);
    Ok(())
}

#[stochastic]
fn density_of_a_moving_interval(theta: Real) -> Real {
    let z = sample!(Noise(standard_normal()));
    Uniform::new(0.0, theta).log_density(z).exp() // at: interval
}

#[test]
fn a_density_whose_edge_moves() {
    let error = refusal(&density_of_a_moving_interval(0.5));
    assert_moving(&error, "Uniform::log_density", at("interval"), &["theta"]);
}

/// Leaks a draw, has another query run on the same threads, and then compares.
#[stochastic]
fn around_a_query(theta: Real, mu: Real, plain: bool) -> f64 {
    let noise = sample!(Noise(standard_normal()));
    let z = sample!(Normal::new(mu, 1.0));
    let leaked = if plain { noise.value() } else { 0.0 };
    let inner = outside(0.3).gradient().replicates(2000).run().unwrap();
    assert_eq!(inner.sites()[0].strategy(), Strategy::ScoreFunction);
    if plain {
        return tag(leaked > theta); // at: after a query
    }
    tag(z > 0.5) // at: of a draw
}

#[test]
fn a_query_inside_a_body_forgets_nothing() -> Result<(), Error> {
    for threads in [1, 3] {
        let query = |plain| {
            let query = around_a_query(0.3, 0.3, plain).gradient().replicates(1500);
            query.threads(threads).seed(1).run()
        };
        assert_moving(&query(true).unwrap_err(), ">", at("after a query"), &["theta"]);
        let report = query(false)?;
        assert_demoted(&report, "z", ">", at("of a draw"));
        assert_right(report.gradient()[1], 0.391_042_693_975, 0.03);
    }
    Ok(())
}
