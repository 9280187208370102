//! Bad input is a typed error that says where and when: never a panic, a hang or a number.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::SeedableRng;
use scorepath::Error;
use scorepath::prelude::*;
use scorepath_tests::trap::line_of;

fn at(marker: &str) -> u32 {
    line_of(include_str!("errors.rs"), marker)
}

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

fn tag(above: bool) -> f64 {
    f64::from(u8::from(above))
}

/// The error of a gradient, which is that of the expectation too.
#[track_caller]
fn refusal<S: Stochastic>(program: &S) -> Error {
    let gradient = program.gradient().replicates(1000).seed(5).run().unwrap_err();
    let expectation = program.expectation().replicates(1000).seed(5).run().unwrap_err();
    // Debug, since NaN is not equal to itself.
    assert_eq!(format!("{gradient:?}"), format!("{expectation:?}"));
    gradient
}

#[stochastic]
fn bad(a: Real, b: Real, family: &'static str) -> Real {
    let x = match family {
        "Normal" => sample!(Normal::new(a, b), name = "x"),
        "LogNormal" => sample!(LogNormal::new(a, b), name = "x"),
        "Laplace" => sample!(Laplace::new(a, b), name = "x"),
        "Uniform" => sample!(Uniform::new(a, b), name = "x"),
        "Exponential" => sample!(Exponential::new(a), name = "x"),
        "Poisson" => Real::from(sample!(Poisson::new(a), name = "x") as f64),
        "Geometric" => Real::from(sample!(Geometric::new(a), name = "x") as f64),
        "Bernoulli" => Real::from(tag(sample!(Bernoulli::new(a), name = "x"))),
        "logit" => Real::from(tag(sample!(Bernoulli::from_logit(a), name = "x"))),
        "Binomial" => Real::from(sample!(Binomial::new(7, a), name = "x") as f64),
        "Categorical" => Real::from(sample!(Categorical::new([a, b]), name = "x") as f64),
        "logits" => Real::from(sample!(Categorical::from_logits([a, b]), name = "x") as f64),
        other => panic!("no such family: {other}"),
    };
    x + 1.0
}

#[test]
fn bad_parameters_of_every_family() {
    // Family, whether the first argument is to blame, the bad values of that argument.
    let cases: &[(&'static str, bool, &[f64])] = &[
        ("Normal", true, &[NAN, INF, -INF]),
        ("Normal", false, &[NAN, INF, -INF, 0.0, -0.0, -1.5]),
        ("LogNormal", true, &[NAN, INF, -INF]),
        ("LogNormal", false, &[NAN, INF, -INF, 0.0, -1.5]),
        ("Laplace", true, &[NAN, INF, -INF]),
        ("Laplace", false, &[NAN, INF, -INF, 0.0, -1.5]),
        ("Uniform", true, &[NAN, INF, -INF]),
        ("Uniform", false, &[NAN, INF, -INF, 0.25, -1.0]),
        ("Exponential", true, &[NAN, INF, -INF, 0.0, -1.5]),
        ("Poisson", true, &[NAN, INF, -INF, -1e-300]),
        ("Geometric", true, &[NAN, INF, -INF, 0.0, -0.5, 1.0 + f64::EPSILON]),
        ("Bernoulli", true, &[NAN, INF, -INF, -1e-300, 1.0 + f64::EPSILON]),
        ("logit", true, &[NAN, INF, -INF]),
        ("Binomial", true, &[NAN, INF, -INF, -1e-300, 1.0 + f64::EPSILON]),
        ("Categorical", true, &[NAN, INF, -INF, -1e-300]),
        ("Categorical", false, &[NAN, INF, -INF, -1e-300]),
        ("logits", true, &[NAN, INF]),
    ];
    for (family, first, values) in cases {
        for value in *values {
            let (a, b) = if *first { (*value, 0.25) } else { (0.25, *value) };
            let error = refusal(&bad(a, b, family));
            let Error::InvalidParameter { site, error, at, .. } = &error else {
                panic!("{family} {value}: {error:?}")
            };
            // The function has twelve sites of this name, which are numbered.
            assert_eq!(site.split('#').next(), Some("bad.x"), "{family}");
            assert_eq!(error.found.to_bits(), value.to_bits(), "{family}: {error}");
            assert_eq!((at.replicate, at.seed), (0, 5));
            assert!(at.place.file.ends_with("errors.rs"));
            let mut rng = rand::rngs::SmallRng::seed_from_u64(1);
            assert!(bad(a, b, family).sample(&mut rng).is_nan(), "{family} {value}");
        }
    }
}

#[stochastic]
fn categories(weights: &[Real], logarithmic: bool) -> f64 {
    let k = if logarithmic {
        sample!(Categorical::from_logits(weights), name = "k") // at: logits
    } else {
        sample!(Categorical::new(weights), name = "weights") // at: weights
    };
    k as f64
}

#[test]
fn categories_that_cannot_be_drawn() {
    let cases: &[&[f64]] = &[&[], &[0.0, 0.0], &[1e308, 1e308]];
    for weights in cases {
        let error = refusal(&categories(weights, false));
        let Error::InvalidParameter { at: place, .. } = &error else { panic!("{error:?}") };
        assert_eq!(place.place.line, at("weights"));
    }
    let cases: &[&[f64]] = &[&[], &[-INF, -INF], &[0.0, INF]];
    for logits in cases {
        let error = refusal(&categories(logits, true));
        let Error::InvalidParameter { at: place, .. } = &error else { panic!("{error:?}") };
        assert_eq!(place.place.line, at("logits"));
    }
}

/// A scale that is negative now and then.
#[stochastic]
fn seldom_bad(mu: Real) -> Real {
    let scale = sample!(Normal::new(mu, 1.0));
    sample!(Normal::new(0.0, scale), name = "x") // at: seldom
}

#[test]
fn the_replicate_that_is_named_is_the_first_bad_one() {
    let run = |n| seldom_bad(3.4).gradient().replicates(n).seed(9).threads(2).run();
    let Error::InvalidParameter { at: place, error, .. } = run(20_000).unwrap_err() else {
        panic!("another error")
    };
    assert_eq!(place.place.line, at("seldom"));
    assert!(error.found < 0.0);
    assert!(place.replicate > 256);
    assert!(run(place.replicate).is_ok());
    assert!(run(place.replicate + 1).is_err());
}

// at: attribute
#[stochastic]
fn not_finite(mu: Real, zero: f64, way: usize) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    let rare = sample!(Bernoulli::new(0.001));
    match way {
        0 => mu / zero,
        1 => -mu / zero,
        2 => (mu / zero) + (1.0 - mu) / -zero,
        3 if rare => z / zero,
        4 => (mu - mu.value_of()).sqrt(),
        5 if rare => (mu * 0.0 + zero).sqrt() * z,
        _ => z,
    }
}

trait ValueOf {
    fn value_of(self) -> Self;
}

impl<M: Mode> ValueOf for Real<M> {
    fn value_of(self) -> Self {
        scorepath::detach(self)
    }
}

#[test]
fn values_that_are_not_finite() {
    for (way, check) in [(0, INF), (1, -INF)] {
        let error = refusal(&not_finite(0.5, 0.0, way));
        let Error::NonFinite { quantity, found, function, at: occurrence } = &error else {
            panic!("{error:?}")
        };
        assert_eq!((quantity.as_str(), function.as_str()), ("value", "not_finite"));
        assert_eq!((*found, occurrence.replicate, occurrence.seed), (check, 0, 5), "{error}");
        assert!(occurrence.place.file.ends_with("errors.rs"), "{error}");
        // The whole function is to blame, so its first line is named.
        assert!((0..3).contains(&(occurrence.place.line - at("attribute"))), "{error}");
    }
    let Error::NonFinite { found, .. } = refusal(&not_finite(0.5, 0.0, 2)) else { panic!() };
    assert!(found.is_nan());
}

#[test]
fn derivatives_that_are_not_finite() {
    // The value 0 is fine, the slope of the root is not.
    assert!(not_finite(0.5, 0.0, 4).expectation().run().is_ok());
    let error = not_finite(0.5, 0.0, 4).gradient().replicates(1).run().unwrap_err();
    let Error::NonFinite { quantity, found, .. } = &error else { panic!("{error:?}") };
    assert_eq!((quantity.as_str(), *found), ("derivative in mu", INF));
}

#[test]
fn the_first_replicate_that_is_not_finite() {
    let run = |n| not_finite(0.5, 0.0, 3).gradient().replicates(n).seed(11).run();
    let error = run(20_000).unwrap_err();
    let Error::NonFinite { found, at: occurrence, .. } = &error else { panic!("{error:?}") };
    let replicate = occurrence.replicate;
    assert!(found.is_infinite(), "{found}");
    assert!(replicate > 0 && run(replicate).is_ok());
    assert!(run(replicate + 1).is_err());
}

#[stochastic]
fn endless(mu: Real) -> f64 {
    let mut turns = 0.0;
    loop {
        let turn = sample!(Normal::new(mu, 1.0)); // at: endless
        if turn > 1e9 {
            return turns;
        }
        turns += 1.0;
    }
}

#[test]
fn loops_without_end() {
    for threads in [1, 2] {
        let query = endless(0.5).gradient().max_draws(1000).replicates(5000).threads(threads);
        let error = query.seed(5).run().unwrap_err();
        let Error::TooManyDraws { site, limit, at: place } = &error else { panic!("{error:?}") };
        assert_eq!((site.as_str(), *limit), ("endless.turn", 1000));
        assert_eq!((place.place.line, place.replicate, place.seed), (at("endless"), 0, 5));
    }
    let error = endless(0.5).expectation().max_draws(10).run().unwrap_err();
    assert!(matches!(error, Error::TooManyDraws { limit: 10, .. }));
    assert!(endless(0.5).sample(&mut rand::rngs::SmallRng::seed_from_u64(1)).is_nan());
}

#[stochastic]
fn huge(mu: Real) -> Real {
    1e200 * sample!(Normal::new(mu, 1.0), name = "z")
}

#[test]
fn a_finite_value_is_not_called_infinite() {
    // Its square, and so the standard error, is beyond all numbers.
    for query in [huge(0.5).gradient().run(), huge(0.5).expectation().run()] {
        match query {
            Ok(report) => assert!(report.value().mean.is_finite()),
            Err(error) => {
                let Error::NonFinite { found, .. } = error else { panic!("{error:?}") };
                let text = error.to_string();
                assert_eq!(text.contains("not finite"), !found.is_finite(), "{text}");
                assert!(!found.is_finite() || text.contains("too large to square"), "{text}");
            }
        }
    }
}

/// Draws on until a draw is positive, which a refused one never is.
#[stochastic]
fn draws_on(mu: Real, scale: Real, way: usize) -> Real {
    let mut z = sample!(Normal::new(mu, scale), name = "first"); // at: first
    match way {
        0 => {
            while z.is_nan() || z <= 0.0 {
                z = sample!(Normal::new(mu, 1.0), name = "again");
            }
        }
        1 => z = z.clamp(0.0, z),
        _ => {
            let n = sample!(Poisson::new(z.abs()), name = "count");
            z = (0..n).map(|_| sample!(Normal::new(0.0, 1.0), name = "term")).sum();
        }
    }
    z
}

#[test]
fn a_body_that_goes_on_after_an_error() {
    for way in 0..3 {
        let error = refusal(&draws_on(0.5, -1.0, way));
        let Error::InvalidParameter { site, at: place, .. } = &error else { panic!("{error:?}") };
        assert_eq!((site.as_str(), place.place.line), ("draws_on.first", at("first")));
    }
    let mut rng = rand::rngs::SmallRng::seed_from_u64(1);
    assert!(draws_on(0.5, -1.0, 0).sample(&mut rng).is_nan());
}

#[test]
fn few_replicates() -> Result<(), Error> {
    let program = bad(0.0, 1.0, "Normal");
    assert_eq!(program.gradient().replicates(0).run().unwrap_err(), Error::NoReplicates);
    assert_eq!(program.expectation().replicates(0).run().unwrap_err(), Error::NoReplicates);
    for baseline in [Baseline::Optimal, Baseline::Mean, Baseline::None] {
        let one = program.gradient().replicates(1).baseline(baseline).run()?;
        assert!(one.value().mean.is_finite());
        assert_eq!(one.value().standard_error, None);
        assert!(one.gradient().iter().all(|e| e.mean.is_finite() && e.standard_error.is_none()));
        let two = bad(3.0, 0.0, "Poisson").gradient().replicates(2).baseline(baseline).run()?;
        assert!(two.gradient()[0].standard_error.is_some_and(f64::is_finite));
    }
    for target in [0.0, -1.0, NAN, INF] {
        let error = program.gradient().standard_error(target).run().unwrap_err();
        assert!(matches!(error, Error::InvalidTarget { .. }), "{error:?}");
    }
    Ok(())
}

#[stochastic]
fn squared(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 2.0));
    z * z
}

#[test]
fn a_target_standard_error_is_reached() -> Result<(), Error> {
    let query = squared(0.5).gradient().replicates(100_000_000).standard_error(0.02);
    let report = query.seed(3).run()?;
    // The value needs the most: its variance is 4 mu^2 sigma^2 + 2 sigma^4 = 36. The pilot knows that
    // to sqrt(14 / 65536), by the kurtosis 15 of a squared normal at most: four times this.
    assert!((report.replicates() as f64 / 90_000.0 - 1.0).abs() < 0.06, "{report}");
    let reached = report.value().standard_error.unwrap() / 0.02;
    assert!((reached - 1.0).abs() < 0.04, "{report}");
    assert!(report.gradient()[0].standard_error.unwrap() < 0.02);
    Ok(())
}

#[test]
fn no_variance_stops_nothing() -> Result<(), Error> {
    let query = bad(0.5, 2.0, "Normal").gradient().replicates(1000).standard_error(100.0);
    let report = query.run()?;
    assert_eq!(report.replicates(), 1000);
    assert_eq!(report.notes(), [scorepath::Note::NoVariance]);
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Payload(u64);

#[stochastic]
fn panics(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    let rare = sample!(Bernoulli::new(0.001));
    if rare {
        std::panic::panic_any(Payload(77));
    }
    if z > 0.5 { z } else { Real::from(0.0) }
}

#[test]
fn a_panic_arrives_as_it_was() {
    for threads in [1, 2, 7] {
        let run = || panics(0.3).gradient().replicates(20_000).threads(threads).run();
        let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        assert_eq!(payload.downcast_ref::<Payload>(), Some(&Payload(77)), "{threads} threads");
        let run = || panics(0.3).expectation().replicates(20_000).threads(threads).run();
        let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        assert_eq!(payload.downcast_ref::<Payload>(), Some(&Payload(77)), "{threads} threads");
    }
    let mut rng = rand::rngs::SmallRng::seed_from_u64(1);
    let draw = || (0..100_000).map(|_| panics(0.3).sample(&mut rng)).sum::<f64>();
    let payload = catch_unwind(AssertUnwindSafe(draw)).unwrap_err();
    assert_eq!(payload.downcast_ref::<Payload>(), Some(&Payload(77)));
    // Nothing of it is left behind.
    assert!(bad(0.0, 1.0, "Normal").gradient().run().is_ok());
}
