//! Any parameters at all: refused with the offending value, or drawn from without panic or NaN.

use proptest::prelude::*;
use scorepath::Tangent;
use scorepath::distribution::{
    Bernoulli, Binomial, Categorical, Distribution, Exponential, Geometric, Laplace, LogNormal,
    Normal, Poisson, Stream, Uniform,
};
use scorepath::number::{Parts, Real};

type M = Tangent<1>;
type R = Real<M>;

/// Every bit pattern, and more often numbers of ordinary size and the ends of ranges.
fn any_float() -> impl Strategy<Value = f64> {
    let special = prop::sample::select(vec![
        0.0,
        -0.0,
        1.0,
        0.5,
        1e-17,
        5e-324,
        f64::MAX,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        9_007_199_254_740_992.0,
        12.0,
        10.0,
    ]);
    prop_oneof![2 => prop::num::f64::ANY, 2 => 0.0..1.0, 2 => -1e3..1e3, 1 => special]
}

/// A few draws of an admitted law, each with its log density.
fn admitted<D: Distribution<M>>(distribution: &D, nan: impl Fn(&D::Value) -> bool) {
    let mut stream = Stream::from_seed(1);
    for _ in 0..20 {
        let value = distribution.draw(&mut stream);
        assert!(!nan(&value), "a draw of NaN");
        let log_density = distribution.log_density(&value);
        assert!(!log_density.is_nan(), "log density of NaN");
    }
}

/// Either the error names one of `given` or draws are sound.
fn sound<D: Distribution<M>>(distribution: &D, given: &[f64], nan: impl Fn(&D::Value) -> bool) {
    match distribution.validate() {
        Ok(()) => admitted(distribution, nan),
        Err(error) => {
            let same = |x: &f64| *x == error.found || (x.is_nan() && error.found.is_nan());
            assert!(given.iter().any(same), "{error}, given {given:?}");
        }
    }
}

/// The same, and the path leads to the same value.
fn sound_path<D: Distribution<M, Value = R>>(distribution: &D, given: &[f64]) {
    sound(distribution, given, |value| value.is_nan());
    if distribution.validate().is_ok() {
        let mut streams = [2, 2].map(Stream::from_seed);
        for _ in 0..20 {
            let drawn = distribution.draw(&mut streams[0]);
            let along = distribution.pathwise(&mut streams[1]).expect("a path");
            assert_eq!(drawn.to_bits(), along.to_bits());
        }
    }
}

fn v(x: f64) -> R {
    R::variable(x, 0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn continuous_families(a in any_float(), b in any_float()) {
        sound_path(&Normal::new(v(a), v(b)), &[a, b]);
        sound_path(&LogNormal::new(v(a), v(b)), &[a, b]);
        sound_path(&Uniform::new(v(a), v(b)), &[a, b]);
        sound_path(&Laplace::new(v(a), v(b)), &[a, b]);
        sound_path(&Exponential::new(v(a)), &[a]);
    }

    #[test]
    fn counts(p in any_float(), n in any::<u64>(), small in 0..100_u64) {
        for trials in [n, n >> 11, small] {
            let d = Binomial::new(trials, v(p));
            sound(&d, &[p, trials as f64], |successes| *successes > trials);
        }
        sound(&Geometric::new(v(p)), &[p], |_| false);
        sound(&Poisson::new(v(p)), &[p], |count| *count == u64::MAX);
    }

    #[test]
    fn choices(weights in prop::collection::vec(any_float(), 0..6)) {
        for x in &weights {
            sound(&Bernoulli::new(v(*x)), &[*x], |_| false);
            sound(&Bernoulli::from_logit(v(*x)), &[*x], |_| false);
        }
        // Beside the weights: their number, their sum, their maximum.
        let sum: f64 = weights.iter().sum();
        let largest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let given: Vec<f64> = weights.iter().copied().chain([0.0, sum, largest]).collect();
        let reals: Vec<R> = weights.iter().map(|x| v(*x)).collect();
        sound(&Categorical::new(&reals), &given, |outcome| weights[*outcome] == 0.0);
        sound(&Categorical::from_logits(&reals), &given, |outcome| {
            weights[*outcome] == f64::NEG_INFINITY
        });
    }

    #[test]
    fn log_densities_of_any_value(a in any_float(), b in any_float(), x in any_float()) {
        prop_assume!(!x.is_nan());
        let ok = |d: &dyn Fn() -> R| !d().primal().is_nan();
        if Normal::<M>::new(a, b).validate().is_ok() {
            prop_assert!(ok(&|| Normal::new(v(a), v(b)).log_density(x)));
            prop_assert!(ok(&|| LogNormal::new(v(a), v(b)).log_density(x)));
            prop_assert!(ok(&|| Laplace::new(v(a), v(b)).log_density(x)));
        }
        if Uniform::<M>::new(a, b).validate().is_ok() {
            prop_assert!(ok(&|| Uniform::new(v(a), v(b)).log_density(x)));
        }
        if Exponential::<M>::new(a).validate().is_ok() {
            prop_assert!(ok(&|| Exponential::new(v(a)).log_density(x)));
        }
    }

    #[test]
    fn log_densities_of_any_count(p in any_float(), n in any::<u64>(), k in any::<u64>()) {
        for shift in [0, 20, 50, 60] {
            let (n, k) = (n >> shift, k >> shift);
            if Binomial::<M>::new(n, p).validate().is_ok() {
                prop_assert!(!Binomial::new(n, v(p)).log_density(k).is_nan());
            }
            if Geometric::<M>::new(p).validate().is_ok() {
                prop_assert!(!Geometric::new(v(p)).log_density(k).is_nan());
            }
            if Poisson::<M>::new(p).validate().is_ok() {
                prop_assert!(!Poisson::new(v(p)).log_density(k).is_nan());
            }
        }
    }
}
