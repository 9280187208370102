//! Programs that once gave a wrong number, or a wrong error, without a word.

use scorepath::distribution::{Bernoulli, Distribution, Normal, Smoothness, Stream};
use scorepath::prelude::*;
use scorepath::{Error, Note, Report};

/// Derivative number 0 within four standard errors of `exact`, and a standard error that says so.
fn right(report: &Report, exact: f64, ceiling: f64) {
    let slope = report.gradient()[0];
    let error = slope.standard_error.unwrap();
    assert!(error > 0.0 && error < ceiling, "{slope}, ceiling {ceiling}");
    assert!((slope.mean - exact).abs() < 4.0 * error, "{slope} for {exact}");
}

/// The density of a standard normal.
fn phi(x: f64) -> f64 {
    (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

#[stochastic]
fn offset(mu: Real, c: f64) -> Real {
    let z = sample!(Normal::new(mu, 1.0), strategy = ScoreFunction);
    z + c
}

#[test]
fn a_large_mean_costs_no_digits_of_the_standard_error() -> Result<(), Error> {
    // The best constant leaves z^2 - 1 of each replicate: variance 2 at mu = 0.
    for baseline in [Baseline::Optimal, Baseline::Mean] {
        for c in [0.0, 1e6, 1e9, 1e12] {
            let query = offset(0.0, c).gradient().baseline(baseline).replicates(100_000).seed(1);
            let error = query.run()?.gradient()[0].standard_error.unwrap();
            assert!((error / (2e-5_f64).sqrt() - 1.0).abs() < 0.05, "{c}: {error}");
        }
    }
    Ok(())
}

#[stochastic]
fn coin(p: Real, c: f64) -> f64 {
    c + f64::from(u8::from(sample!(Bernoulli::new(p))))
}

#[test]
fn few_replicates_choose_no_estimator_by_what_they_see() -> Result<(), Error> {
    // Where all scores happen to be equal the leave-one-out mean has to stay the estimator: else the
    // derivative 1 becomes 1 + p at two replicates.
    for n in [2, 3, 4, 64, 65] {
        for baseline in [Baseline::Optimal, Baseline::Mean, Baseline::None] {
            let (mut sum, mut squares, seeds) = (0.0, 0.0, 20_000);
            for seed in 0..seeds {
                let query = coin(0.5, 10.0).gradient().baseline(baseline).replicates(n).seed(seed);
                let found = query.threads(1).run()?.gradient()[0].mean;
                sum += found;
                squares += found * found;
            }
            let mean = sum / seeds as f64;
            let error = ((squares / seeds as f64 - mean * mean) / seeds as f64).sqrt();
            // The fitted coefficient is exact here and leaves only rounding.
            let allowed = 4.0 * error + 1e-12;
            assert!((mean - 1.0).abs() < allowed, "{n} {baseline:?}: {mean} ± {error}");
        }
    }
    Ok(())
}

#[stochastic]
fn rare(p: Real) -> Real {
    let z = sample!(Normal::new(p, 1.0));
    let hit = sample!(Bernoulli::new(p * 1e-6));
    z * z + f64::from(u8::from(hit))
}

#[test]
fn an_event_that_no_replicate_sees_is_a_note_and_no_noise() -> Result<(), Error> {
    let report = rare(0.214).gradient().replicates(700).seed(3).run()?;
    right(&report, 0.428, 0.2);
    let only = coin(1e-9, 100.0).gradient().run()?;
    assert_eq!(only.notes(), [Note::ConstantScore { parameter: "p".into() }]);
    Ok(())
}

#[stochastic]
fn exceptional(mu: Real, way: usize) -> f64 {
    let z = sample!(Normal::new(mu, 1.0));
    let yes = match way {
        0 => !z.sqrt().is_nan(),
        1 => !(1000.0 * z).exp().is_finite(),
        2 => (1e9 * z).tanh() > 0.0,
        3 => z.hypot(0.0) - (z - 1e-9).hypot(0.0) > 0.0,
        4 => 1.0 / (1.0 + (-800.0 * z).exp()) > 0.5,
        _ => unreachable!(),
    };
    f64::from(u8::from(yes))
}

#[test]
fn jumps_behind_exceptional_and_saturated_values() -> Result<(), Error> {
    // Each is 1 where z > 0, or above a bound within rounding of it.
    for way in 0..5 {
        let bound = if way == 1 { 0.709_78 } else { 0.0 };
        let report = exceptional(0.3, way).gradient().replicates(100_000).seed(4).run()?;
        right(&report, phi(0.3 - bound), 0.005);
        assert_eq!(report.sites()[0].strategy(), Strategy::ScoreFunction, "{way}");
    }
    Ok(())
}

#[stochastic]
fn promised(mu: Real, way: usize) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    let x = if way == 0 { continuous!(z.value()) } else { continuous!(mu.value()) };
    Real::from(x * x)
}

#[test]
fn a_promise_about_comparisons_lets_no_slope_go() -> Result<(), Error> {
    right(&promised(0.3, 0).gradient().replicates(100_000).seed(5).run()?, 0.6, 0.02);
    let error = promised(0.3, 1).gradient().run().unwrap_err();
    assert!(matches!(error, Error::DerivativeDropped { .. }), "{error}");
    Ok(())
}

/// A double exponential law written with a comparison, which declares that it is continuous or not.
#[derive(Clone, Copy)]
struct TwoSided<const CONTINUOUS: bool, M: Mode = Primal> {
    loc: Real<M>,
}

impl<const CONTINUOUS: bool, M: Mode> Distribution<M> for TwoSided<CONTINUOUS, M> {
    type Value = Real<M>;
    const SMOOTHNESS: Smoothness =
        if CONTINUOUS { Smoothness::Continuous } else { Smoothness::Edges };

    fn draw(&self, stream: &mut Stream) -> Real<M> {
        let size = stream.standard_exponential();
        let sign = if stream.bits() & 1 == 0 { 1.0 } else { -1.0 };
        Real::constant(detach(self.loc).value() + sign * size)
    }

    fn log_density(&self, x: &Real<M>) -> Real<M> {
        if *x < self.loc { *x - self.loc } else { self.loc - *x }
    }
}

#[stochastic]
fn two_sided(loc: Real, declared: bool) -> Real {
    let x = if declared {
        sample!(TwoSided::<true, _> { loc }, name = "declared")
    } else {
        sample!(TwoSided::<false, _> { loc }, name = "undeclared")
    };
    x * x
}

#[test]
fn a_density_with_a_comparison_has_to_declare_that_it_is_continuous() -> Result<(), Error> {
    right(&two_sided(0.3, true).gradient().replicates(100_000).seed(6).run()?, 0.6, 0.05);
    let error = two_sided(0.3, false).gradient().run().unwrap_err();
    let Error::MovingSupport { jump: Some(_), parameters, .. } = &error else { panic!("{error}") };
    assert_eq!(parameters, &["loc"]);
    assert!(error.to_string().contains("Smoothness::Continuous"), "{error}");
    Ok(())
}

/// A mixture whose own path draws its component, and one that detaches itself.
#[derive(Clone, Copy)]
struct Paths<M: Mode = Primal> {
    p: Real<M>,
    mixture: bool,
}

impl<M: Mode> Distribution<M> for Paths<M> {
    type Value = Real<M>;

    fn draw(&self, stream: &mut Stream) -> Real<M> {
        if self.mixture {
            let heads = <Bernoulli>::new(detach(self.p).value()).draw(stream);
            let loc = if heads { 3.0 } else { 0.0 };
            return Real::constant(loc + stream.standard_normal());
        }
        Real::constant(detach(self.p).value() + stream.standard_normal())
    }

    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        if self.mixture {
            let heads = Distribution::<M>::draw(&Bernoulli::new(self.p), stream);
            let loc = if heads { 3.0 } else { 0.0 };
            return Some(Real::constant(loc + stream.standard_normal()));
        }
        Some(self.draw(stream))
    }

    fn log_density(&self, x: &Real<M>) -> Real<M> {
        if self.mixture {
            let part = |loc: f64| Normal::new(loc, 1.0).log_density(x).exp();
            return (self.p * part(3.0) + (1.0 - self.p) * part(0.0)).ln();
        }
        Normal::new(self.p, 1.0).log_density(x)
    }
}

#[stochastic]
fn path(p: Real, mixture: bool) -> Real {
    let x = sample!(Paths { p, mixture });
    if mixture { x } else { x * x }
}

#[test]
fn a_path_that_loses_its_parameters_is_none() -> Result<(), Error> {
    for (mixture, exact) in [(true, 3.0), (false, 0.6)] {
        let report = path(0.3, mixture).gradient().replicates(100_000).seed(7).run()?;
        right(&report, exact, 0.05);
        assert_eq!(report.sites()[0].strategy(), Strategy::ScoreFunction);
    }
    Ok(())
}

mod first {
    use scorepath::prelude::*;

    #[stochastic]
    pub(super) fn twin(mu: Real) -> Real {
        let z = sample!(Normal::new(mu, 1.0));
        z
    }
}

mod second {
    use scorepath::prelude::*;

    #[stochastic]
    pub(super) fn twin(mu: Real) -> Real {
        let z = sample!(Normal::new(mu, 1.0));
        z
    }
}

#[stochastic]
fn both(mu: Real) -> Real {
    call!(first::twin(mu)) * call!(second::twin(mu))
}

#[test]
fn keys_tell_functions_of_one_name_apart() -> Result<(), Error> {
    for (key, forced) in [("twin.z", 0), ("twin.z#2", 1)] {
        let query = both(0.3).gradient().strategy(key, Strategy::ScoreFunction);
        let report = query.replicates(100_000).seed(8).run()?;
        right(&report, 0.6, 0.02);
        for (index, site) in report.sites().iter().enumerate() {
            assert_eq!(site.strategy() == Strategy::ScoreFunction, index == forced, "{key}");
        }
    }
    let error = both(0.3).gradient().strategy("z", Strategy::ScoreFunction).run().unwrap_err();
    assert!(matches!(error, Error::AmbiguousSite { .. }), "{error}");
    Ok(())
}

#[stochastic]
fn huge(mu: Real, k: f64) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    z * z * k
}

#[test]
fn numbers_too_large_to_square_are_an_error() {
    for k in [1e155, 1e200, 1e300] {
        let error = huge(0.3, k).gradient().replicates(1000).run().unwrap_err();
        let Error::NonFinite { at, .. } = &error else { panic!("{error}") };
        // The first deviation from the first replicate cannot be squared.
        assert!(at.replicate <= 1, "{error}");
    }
    assert!(huge(0.3, 1e100).gradient().replicates(1000).run().is_ok());
}
