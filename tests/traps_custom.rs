//! Distributions of the user's own, honest and careless: what they leave out or get wrong never
//! becomes a wrong number.

use scorepath::distribution::{Distribution, ParameterError, Stream, Support, check as valid};
use scorepath::prelude::*;
use scorepath::{Error, Reason, Report, detach};
use scorepath_tests::trap::{assert_moving, assert_right, line_of};

fn at(marker: &str) -> u32 {
    line_of(include_str!("traps_custom.rs"), marker)
}

const SLOPE: f64 = 0.391_042_693_975;

fn tag(above: bool) -> f64 {
    f64::from(u8::from(above))
}

fn gradient<S: Stochastic>(program: &S) -> Result<Report, Error> {
    program.gradient().replicates(50_000).seed(1).run()
}

fn shift<M: Mode>(x: Real<M>) -> f64 {
    detach(x).value()
}

/// Normal with scale 1 and no path.
#[derive(Clone, Copy)]
struct Pathless<M: Mode> {
    loc: Real<M>,
}

impl<M: Mode> Distribution<M> for Pathless<M> {
    type Value = Real<M>;

    fn draw(&self, stream: &mut Stream) -> Real<M> {
        Real::constant(shift(self.loc) + stream.standard_normal())
    }

    fn log_density(&self, x: &Real<M>) -> Real<M> {
        -0.5 * (x - self.loc).powi(2)
    }

    fn validate(&self) -> Result<(), ParameterError> {
        valid::finite("loc", self.loc)
    }
}

#[stochastic]
fn pathless(mu: Real, jump: bool) -> Real {
    let z = sample!(Pathless { loc: mu });
    if jump { tag(z > 0.5).into() } else { z * z }
}

#[stochastic]
fn pathless_threshold(mu: Real, theta: Real) -> f64 {
    let z = sample!(Pathless { loc: mu });
    tag(z > theta) // at: pathless
}

#[test]
fn without_a_path_a_draw_is_scored() -> Result<(), Error> {
    let report = gradient(&pathless(0.3, false))?;
    assert_eq!(report.sites()[0].reason(), &Reason::NoPath);
    assert_eq!(report.sites()[0].distribution(), "Pathless");
    assert_right(report.gradient()[0], 0.6, 0.03);
    assert_right(gradient(&pathless(0.3, true))?.gradient()[0], SLOPE, 0.01);
    let error = gradient(&pathless_threshold(0.3, 0.5)).unwrap_err();
    assert_moving(&error, ">", at("pathless"), &["theta"]);
    let forced = pathless(0.3, false).gradient().strategy("z", Strategy::Pathwise).run();
    assert!(matches!(forced.unwrap_err(), Error::UnavailableStrategy { .. }));
    Ok(())
}

/// Uniform on (-width, 0) with probability `p`, else on (0, width): the path branches on `p`.
#[derive(Clone, Copy)]
struct TwoSided<M: Mode> {
    p: Real<M>,
    width: f64,
}

impl<M: Mode> Distribution<M> for TwoSided<M> {
    type Value = Real<M>;

    fn draw(&self, stream: &mut Stream) -> Real<M> {
        let (side, place) = (stream.open01(), self.width * stream.open01());
        Real::constant(if self.p > side { -place } else { place })
    }

    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        let (side, place) = (stream.open01(), self.width * stream.open01());
        let left = self.p > side; // at: branching path
        Some(if left { self.p * 0.0 - place } else { self.p * 0.0 + place })
    }

    fn log_density(&self, x: &Real<M>) -> Real<M> {
        if *x < 0.0 { self.p.ln() } else { (1.0 - self.p).ln() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        valid::probability("p", self.p)
    }
}

#[stochastic]
fn two_sided(p: Real) -> Real {
    let x = sample!(TwoSided { p, width: 2.0 });
    x * (x + 1.0)
}

#[test]
fn a_path_that_branches_is_not_used() -> Result<(), Error> {
    let report = gradient(&two_sided(0.3))?;
    let Reason::Jump { place, .. } = report.sites()[0].reason() else { panic!("{report}") };
    assert_eq!(place.line, at("branching path"));
    // E[x^2] does not move, E[x] = 1 - 2 p.
    assert_right(report.gradient()[0], -2.0, 0.05);
    let forced = two_sided(0.3).gradient().strategy("x", Strategy::Pathwise).run().unwrap_err();
    assert!(matches!(forced, Error::InvalidStrategy { .. }), "{forced:?}");
    Ok(())
}

/// Uniform on (0, width), with its edge declared.
#[derive(Clone, Copy)]
struct Stretch<M: Mode> {
    width: Real<M>,
}

impl<M: Mode> Distribution<M> for Stretch<M> {
    type Value = Real<M>;

    fn draw(&self, stream: &mut Stream) -> Real<M> {
        Real::constant(shift(self.width) * stream.open01())
    }

    fn pathwise(&self, stream: &mut Stream) -> Option<Real<M>> {
        Some(self.width * stream.open01())
    }

    fn log_density(&self, _: &Real<M>) -> Real<M> {
        -self.width.ln()
    }

    fn support(&self) -> Support<M> {
        Support::Interval { low: Real::constant(0.0), high: self.width }
    }
}

#[stochastic]
fn stretch(width: Real, jump: bool) -> Real {
    let x = sample!(Stretch { width }); // at: stretch
    if jump { tag(x > 0.5).into() } else { x }
}

#[test]
fn a_moving_support_of_ones_own() -> Result<(), Error> {
    assert_right(gradient(&stretch(2.0, false))?.gradient()[0], 0.5, 0.01);
    let error = gradient(&stretch(2.0, true)).unwrap_err();
    let Error::MovingSupport { parameters, at: place, distribution, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((parameters.as_slice(), place.place.line), (&["width".into()][..], at("stretch")));
    assert_eq!(distribution, "Stretch");
    Ok(())
}

/// Normal with scale 1 whose value is a plain number, with a path that drops the derivative.
#[derive(Clone, Copy)]
struct Plain<M: Mode> {
    loc: Real<M>,
    path: bool,
}

impl<M: Mode> Distribution<M> for Plain<M> {
    type Value = f64;

    fn draw(&self, stream: &mut Stream) -> f64 {
        shift(self.loc) + stream.standard_normal()
    }

    fn pathwise(&self, stream: &mut Stream) -> Option<f64> {
        self.path.then(|| self.draw(stream))
    }

    fn log_density(&self, x: &f64) -> Real<M> {
        -0.5 * (x - self.loc).powi(2)
    }
}

#[stochastic]
fn plain(mu: Real, theta: Real, jump: bool, path: bool) -> f64 {
    let z = sample!(Plain { loc: mu, path });
    if jump { tag(z > theta) } else { z * z } // at: plain
}

#[test]
fn a_plain_value_leaks() -> Result<(), Error> {
    let error = gradient(&plain(0.3, 0.5, true, false)).unwrap_err();
    assert_moving(&error, ">", at("plain"), &["theta"]);
    assert_right(gradient(&plain(0.3, 0.5, false, false))?.gradient()[0], 0.6, 0.03);
    Ok(())
}

#[test]
fn a_plain_value_has_no_path() -> Result<(), Error> {
    // A plain number cannot carry the derivative that a path promises.
    assert_right(gradient(&plain(0.3, 0.5, false, true))?.gradient()[0], 0.6, 0.03);
    Ok(())
}

/// A coin whose careless author gave it a path.
#[derive(Clone, Copy)]
struct Coin<M: Mode> {
    p: Real<M>,
}

impl<M: Mode> Distribution<M> for Coin<M> {
    type Value = u64;
    const LATTICE: bool = true;

    fn draw(&self, stream: &mut Stream) -> u64 {
        u64::from(stream.open01() < shift(self.p))
    }

    fn pathwise(&self, stream: &mut Stream) -> Option<u64> {
        Some(self.draw(stream))
    }

    fn log_density(&self, heads: &u64) -> Real<M> {
        if *heads == 1 { self.p.ln() } else { (1.0 - self.p).ln() }
    }
}

#[stochastic]
fn coin(p: Real) -> f64 {
    sample!(Coin { p }) as f64
}

#[test]
fn an_integer_has_no_path() -> Result<(), Error> {
    assert_right(gradient(&coin(0.3))?.gradient()[0], 1.0, 0.02);
    Ok(())
}

/// Two normal draws with the same location, one of them as a plain number.
#[derive(Clone, Copy)]
struct HalfPlain<M: Mode> {
    loc: Real<M>,
}

impl<M: Mode> Distribution<M> for HalfPlain<M> {
    type Value = (Real<M>, f64);

    fn draw(&self, stream: &mut Stream) -> (Real<M>, f64) {
        let first = Real::constant(shift(self.loc) + stream.standard_normal());
        (first, shift(self.loc) + stream.standard_normal())
    }

    fn pathwise(&self, stream: &mut Stream) -> Option<(Real<M>, f64)> {
        let first = self.loc + stream.standard_normal();
        Some((first, shift(self.loc) + stream.standard_normal()))
    }

    fn log_density(&self, (x, y): &(Real<M>, f64)) -> Real<M> {
        -0.5 * ((x - self.loc).powi(2) + (y - self.loc).powi(2))
    }
}

#[stochastic]
fn half_plain(mu: Real) -> Real {
    let (x, y) = sample!(HalfPlain { loc: mu });
    x + y
}

#[test]
fn a_value_that_is_partly_plain_has_no_path() -> Result<(), Error> {
    assert_right(gradient(&half_plain(0.3))?.gradient()[0], 2.0, 0.05);
    Ok(())
}
