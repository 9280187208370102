//! `Real` against `f64`: primals to the bit, derivatives against central differences.

use scorepath::number::Parts;
use scorepath::{Mode, Primal, Real, Tangent};

type R = Real<Tangent<2>>;

fn v(value: f64, lane: usize) -> R {
    R::variable(value, lane)
}

/// The fourth-order central difference of `f`, and a bound on its error.
///
/// With step `h` roundoff is at most `1.5 e |f| / h`, where `e` is the relative error of `f`, taken as 4
/// epsilon, to which the rounding of `x` adds as much of `|x f'|`. Truncation is proportional to `h^4`,
/// so that the difference between steps `2 h` and `h` is 15 times that of step `h`, which bounds it with
/// a margin.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> (f64, f64) {
    let h = if x == 0.0 { 1e-3 } else { 1e-3 * x.abs() };
    let at = |k: f64| f(x + k * h);
    let slope = |k: f64| (8.0 * (at(k) - at(-k)) - (at(2.0 * k) - at(-2.0 * k))) / (12.0 * k * h);
    let (fine, coarse) = (slope(1.0), slope(2.0));
    let size = at(2.0).abs() + at(-2.0).abs() + (x * fine).abs();
    (fine, 12.0 * f64::EPSILON * size / h + (coarse - fine).abs())
}

#[track_caller]
fn assert_slope(name: &str, f: impl Fn(f64) -> f64, x: f64, found: R, lane: usize) {
    let (slope, bound) = difference(&f, x);
    let distance = (found.tangent(lane) - slope).abs();
    assert!(distance <= bound, "{name} at {x}: {} for {slope} within {bound}", found.tangent(lane));
    assert!(bound <= 1e-6 * (1.0 + slope.abs()), "{name} at {x}: the bound {bound} shows nothing");
    assert_eq!(found.primal().to_bits(), f(x).to_bits(), "{name} at {x}");
}

/// A method of `Real` and `f64`, at some points.
macro_rules! methods {
    ($($name:ident($($argument:expr),*) at [$($point:expr),*];)*) => {$(
        for x in [$($point),*] {
            let f = |x: f64| x.$name($($argument),*);
            assert_slope(stringify!($name), f, x, v(x, 0).$name($($argument),*), 0);
            assert_eq!(v(x, 0).$name($($argument),*).tangent(1), 0.0);
        }
    )*};
}

#[test]
fn methods_of_one_number() {
    methods! {
        recip() at [0.3, -2.0, 1e5];
        exp() at [0.0, 1.3, -5.0];
        exp2() at [0.0, 1.3, -5.0];
        exp_m1() at [1e-5, 1.3, -5.0];
        ln() at [0.3, 1.0, 7.0];
        ln_1p() at [1e-5, 1.3, -0.5];
        log2() at [0.3, 1.0, 7.0];
        log10() at [0.3, 1.0, 7.0];
        log(3.0) at [0.3, 1.0, 7.0];
        sqrt() at [0.3, 1.0, 700.0];
        cbrt() at [0.3, -1.0, 700.0];
        sin() at [0.0, 1.3, -5.0];
        cos() at [0.0, 1.3, -5.0];
        tan() at [0.0, 1.3, -4.0];
        asin() at [0.0, 0.3, -0.9];
        acos() at [0.0, 0.3, -0.9];
        atan() at [0.0, 1.3, -5.0];
        sinh() at [0.0, 1.3, -5.0];
        cosh() at [0.0, 1.3, -5.0];
        tanh() at [0.0, 1.3, -3.0];
        asinh() at [0.0, 1.3, -5.0];
        acosh() at [1.3, 5.0];
        atanh() at [0.0, 0.3, -0.9];
        to_degrees() at [0.3];
        to_radians() at [30.0];
        powi(3) at [0.3, -1.7];
        powi(-2) at [0.3, -1.7];
        powi(0) at [0.3];
        powf(2.5) at [0.3, 1.7];
        powf(-1.5) at [0.3, 1.7];
        powf(3.0) at [-1.7];
        hypot(1.2) at [0.3, -4.0];
        atan2(1.2) at [0.3, -4.0];
        atan2(-1.2) at [0.3, -4.0];
        mul_add(2.0, 3.0) at [0.3];
        midpoint(3.0) at [0.3];
        abs() at [0.3, -0.3];
        max(0.1) at [0.3, -0.3];
        min(0.1) at [0.3, -0.3];
        clamp(-1.0, 1.0) at [0.3, -1.3, 1.3];
        copysign(-1.0) at [0.3, -0.3];
        fract() at [0.3, -1.3];
        rem_euclid(0.7) at [1.0, -1.0];
        floor() at [0.3, -1.3];
        ceil() at [0.3, -1.3];
        round() at [0.3, -1.3];
        round_ties_even() at [0.3, -1.3];
        trunc() at [0.3, -1.3];
        signum() at [0.3, -1.3];
        div_euclid(0.7) at [1.0, -1.0];
    }
    let (sin, cos) = v(1.3, 0).sin_cos();
    assert_slope("sin_cos", f64::sin, 1.3, sin, 0);
    assert_slope("sin_cos", f64::cos, 1.3, cos, 0);
}

/// A function of two numbers, in each argument and with either of them plain.
macro_rules! pairs {
    ($($name:ident: |$a:ident, $b:ident| $body:expr, at [$(($x:expr, $y:expr)),*];)*) => {$(
        for (x, y) in [$(($x, $y)),*] {
            let f = |$a: f64, $b: f64| -> f64 { $body };
            let both = { let ($a, $b) = (v(x, 0), v(y, 1)); $body };
            assert_slope(stringify!($name), |x| f(x, y), x, both, 0);
            assert_slope(stringify!($name), |y| f(x, y), y, both, 1);
        }
    )*};
}

#[test]
#[expect(clippy::op_ref, reason = "operators of references are tested")]
fn functions_of_two_numbers() {
    pairs! {
        powf: |a, b| a.powf(b), at [(0.3, 2.5), (1.7, -1.5), (2.0, 0.0)];
        log: |a, b| a.log(b), at [(0.3, 2.5), (7.0, 0.4)];
        hypot: |a, b| a.hypot(b), at [(0.3, -2.5), (1e150, 2e150)];
        atan2: |a, b| a.atan2(b), at [(0.3, -2.5), (-0.3, 2.5)];
        midpoint: |a, b| a.midpoint(b), at [(0.3, -2.5)];
        mul_add: |a, b| a.mul_add(b, a), at [(0.3, -2.5)];
        max: |a, b| a.max(b), at [(0.3, -2.5), (-2.5, 0.3)];
        min: |a, b| a.min(b), at [(0.3, -2.5), (-2.5, 0.3)];
        copysign: |a, b| a.copysign(b), at [(0.3, -2.5), (-2.5, 0.3)];
        rem_euclid: |a, b| a.rem_euclid(b), at [(2.3, 0.7), (-2.3, 0.7)];
        remainder: |a, b| a % b, at [(2.3, 0.7), (-2.3, 0.7)];
        add: |a, b| a + b, at [(0.3, -2.5)];
        sub: |a, b| a - b, at [(0.3, -2.5)];
        mul: |a, b| a * b, at [(0.3, -2.5)];
        div: |a, b| a / b, at [(0.3, -2.5), (1e-3, 1e3)];
        borrowed: |a, b| &a * &b - &a / b + (a + &b), at [(0.3, -2.5)];
        negated: |a, b| -a * b + -&b, at [(0.3, -2.5)];
        left: |a, b| 2.0 * a - 3.0 / b + (1.5 - a) * (0.5 + &b) - &7.0 / &a, at [(0.3, -2.5)];
        right: |a, b| a * 2.0 - b / 3.0 + (a - 1.5) * (&b + 0.5) - &a / &7.0, at [(0.3, -2.5)];
        remainders: |a, b| a % 0.07 + 5.0 % b, at [(0.3, -2.7)];
        sum: |a, b| [a, b, a].iter().sum::<_>() , at [(0.3, -2.5)];
    }
}

#[test]
fn assignment_operators_and_folds() {
    fn steps<T>(x: T, y: T) -> T
    where
        T: Copy
            + std::ops::AddAssign
            + std::ops::SubAssign<f64>
            + for<'r> std::ops::MulAssign<&'r T>
            + std::ops::DivAssign
            + std::ops::RemAssign<f64>
            + std::ops::AddAssign<f64>
            + std::ops::MulAssign<f64>,
    {
        let mut z = x;
        z += y;
        z -= 0.5;
        z *= &x;
        z /= y;
        z *= 3.0;
        z += 1.0;
        z %= 100.0;
        z
    }
    fn products<'i, T: Copy + std::iter::Product<T> + std::iter::Product<&'i T>>(
        items: &'i [T],
    ) -> [T; 2] {
        [items.iter().copied().product(), items.iter().product()]
    }
    let (x, y) = (0.3, 2.5);
    assert_slope("steps", |x| steps(x, y), x, steps(v(x, 0), v(y, 1)), 0);
    assert_slope("steps", |y| steps(x, y), y, steps(v(x, 0), v(y, 1)), 1);
    for by in 0..2 {
        let found = products(&[v(x, 0), v(y, 1), v(x, 0)])[by];
        assert_slope("product", |x| [x, y, x].iter().product(), x, found, 0);
        assert_slope("product", |y| [x, y, x].iter().product(), y, found, 1);
    }
    let plain: R = [0.1, 0.2, 0.3].into_iter().sum();
    assert_eq!(plain.primal().to_bits(), [0.1, 0.2, 0.3].iter().sum::<f64>().to_bits());
    let plain: R = [0.1, 0.2, 0.3].into_iter().product();
    assert_eq!(plain.primal().to_bits(), [0.1, 0.2, 0.3].iter().product::<f64>().to_bits());
}

/// Numbers on which implementations of `f64` differ.
const EDGES: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    5e-324,
    -1e-310,
    1e308,
    -1e308,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    4_503_599_627_370_497.5,
];

/// Equal bits, or both NaN.
#[track_caller]
fn assert_same(what: &str, found: f64, exact: f64) {
    let same = found.to_bits() == exact.to_bits() || found.is_nan() && exact.is_nan();
    assert!(same, "{what}: {found:?} for {exact:?}");
}

fn primals<M: Mode>() {
    macro_rules! each {
        ($($name:ident)*) => {$(
            for x in EDGES {
                let found = Real::<M>::constant(x).$name().primal();
                assert_same(&format!("{x:?}.{}", stringify!($name)), found, x.$name());
            }
        )*};
    }
    each!(recip exp exp2 exp_m1 ln ln_1p log2 log10 sqrt cbrt sin cos tan asin acos atan sinh cosh);
    each!(tanh asinh acosh atanh to_degrees to_radians abs floor ceil round round_ties_even trunc);
    each!(fract signum);
    macro_rules! pairs {
        ($($name:ident)*) => {$(
            for x in EDGES { for y in EDGES {
                let found = Real::<M>::constant(x).$name(y).primal();
                assert_same(&format!("{x:?}.{}({y:?})", stringify!($name)), found, x.$name(y));
            } }
        )*};
    }
    pairs!(powf log hypot atan2 midpoint copysign div_euclid rem_euclid);
    for x in EDGES {
        for y in EDGES {
            let (a, b) = (Real::<M>::constant(x), Real::<M>::constant(y));
            for (what, found, exact) in [
                ("+", a + b, x + y),
                ("-", a - b, x - y),
                ("*", a * b, x * y),
                ("/", a / b, x / y),
                ("%", a % b, x % y),
                ("f64 /", x / b, x / y),
                ("/ f64", a / y, x / y),
                ("mul_add", a.mul_add(b, 0.1), x.mul_add(y, 0.1)),
            ] {
                assert_same(&format!("{x:?} {what} {y:?}"), found.primal(), exact);
            }
            assert_eq!((a < b, a <= b, a > b, a >= b), (x < y, x <= y, x > y, x >= y));
            assert_eq!((a == b, a != b, a < y, x < b), (x == y, x != y, x < y, x < y));
            assert_eq!((a.partial_cmp(&b), a.total_cmp(&b)), (x.partial_cmp(&y), x.total_cmp(&y)));
        }
        assert_eq!(Real::<M>::constant(x).to_bits(), x.to_bits());
        assert_eq!(format!("{}", Real::<M>::constant(x)), format!("{x}"));
        assert_eq!(format!("{:?}", Real::<M>::constant(x)), format!("{x:?}"));
        assert_eq!(format!("{:+09.3}", Real::<M>::constant(x)), format!("{x:+09.3}"));
        assert_eq!(format!("{:e} {0:E}", Real::<M>::constant(x)), format!("{x:e} {x:E}"));
        assert_eq!(Real::<M>::constant(x).is_nan(), x.is_nan());
        assert_eq!(Real::<M>::constant(x).is_finite(), x.is_finite());
        assert_eq!(Real::<M>::constant(x).is_sign_negative(), x.is_sign_negative());
    }
}

#[test]
fn primals_are_those_of_f64() {
    primals::<Primal>();
    primals::<Tangent<2>>();
}

/// `max`, `min` and `clamp` of zeros of either sign; where `f64` leaves the sign open, either will do.
#[test]
fn zeros_of_either_sign() {
    let c = R::constant;
    assert_same("clamp", c(-0.0).clamp(0.0, 1.0).primal(), (-0.0_f64).clamp(0.0, 1.0));
    assert_same("clamp", c(0.0).clamp(-1.0, -0.0).primal(), 0.0_f64.clamp(-1.0, -0.0));
    assert_eq!(c(-0.0).max(0.0).primal(), 0.0);
    assert_same("max", c(f64::NAN).max(1.0).primal(), 1.0);
    assert_same("min", c(1.0).min(f64::NAN).primal(), 1.0);
    assert!(c(f64::NAN).clamp(0.0, 1.0).is_nan());
}

#[test]
fn sums_of_nothing_and_of_negative_zeros() {
    let none: [f64; 0] = [];
    let sum: R = none.iter().map(|x| R::constant(*x)).sum();
    assert_same("empty sum", sum.primal(), none.iter().sum());
    let sum: R = [-0.0, -0.0].into_iter().map(R::constant).sum();
    assert_same("sum of -0", sum.primal(), [-0.0_f64, -0.0].iter().sum());
    let product: R = none.iter().map(|x| R::constant(*x)).product();
    assert_same("empty product", product.primal(), 1.0);
}

#[test]
fn derivatives_at_edges() {
    let inf = f64::INFINITY;
    // Infinite slopes, and lanes that do not move.
    for root in [v(0.0, 0).sqrt(), v(0.0, 0).cbrt(), v(0.0, 0).powf(0.5), v(0.0, 0).ln()] {
        assert_eq!((root.tangent(0), root.tangent(1)), (inf, 0.0));
    }
    assert_eq!((v(0.0, 0).powf(2.0)).tangent(0), 0.0);
    assert_eq!((v(0.0, 0).powf(1.0)).tangent(0), 1.0);
    assert_eq!((v(0.0, 0).powf(0.0)).tangent(0), 0.0);
    assert_eq!((v(0.0, 0).powf(v(2.0, 1))).tangent(1), 0.0);
    // A negative base has whole powers only; their slope in the exponent does not exist.
    let cube = v(-2.0, 0).powf(3.0);
    assert_eq!((cube.primal(), cube.tangent(0), cube.tangent(1)), (-8.0, 12.0, 0.0));
    assert!(v(-2.0, 0).powf(v(3.0, 1)).tangent(1).is_nan());
    assert_eq!(v(-2.0, 0).powf(v(3.0, 1)).tangent(0), 12.0);
    assert_eq!((v(0.0, 0).powi(1)).tangent(0), 1.0);
    assert_eq!((v(0.0, 0).powi(0)).tangent(0), 0.0);
    let origin = v(0.0, 0).hypot(v(0.0, 1));
    assert_eq!((origin.primal(), origin.tangent(0), origin.tangent(1)), (0.0, 0.0, 0.0));
    for end in [v(1.0, 0).asin(), v(1.0, 0).atanh(), v(1.0, 0).acosh()] {
        assert_eq!((end.tangent(0), end.tangent(1)), (inf, 0.0));
    }
    assert_eq!(v(1.0, 0).acos().tangent(0), -inf);
}

fn near(found: f64, exact: f64) -> bool {
    (found - exact).abs() <= 1e-6 * exact.abs()
}

#[test]
fn hypot_of_subnormal_numbers() {
    // Subnormal sides of a right triangle 3, 4, 5.
    let side = v(3e-310, 0).hypot(v(4e-310, 1));
    assert!(near(side.tangent(0), 0.6) && near(side.tangent(1), 0.8), "{}", side.tangent(0));
}

#[test]
fn atan2_of_tiny_and_huge_numbers() {
    let angle = v(1e200, 0).atan2(v(1e200, 1));
    assert!(near(angle.tangent(0), 5e-201), "{}", angle.tangent(0));
    let angle = v(1e-200, 0).atan2(v(1e-200, 1));
    assert!(near(angle.tangent(0), 5e199), "{}", angle.tangent(0));
}

#[test]
fn derivatives_of_tiny_and_huge_numbers() {
    assert_eq!(v(1e200, 0).atan().tangent(0), 0.0);
    assert!(near(v(1e200, 0).asinh().tangent(0), 1e-200));
    assert!(near(v(1e200, 0).acosh().tangent(0), 1e-200));
    assert!(near(v(1e-300, 0).cbrt().tangent(0), 1e200 / 3.0));
    assert!(near((v(1e-300, 0) / v(1e-300, 1)).tangent(1), -1e300));
    assert!(near((1e-300 / v(1e-300, 1)).tangent(1), -1e300));
    assert!(near(v(1e-300, 0).sqrt().tangent(0), 5e149));
}

#[test]
fn ties_take_the_mean_of_both_sides() {
    let (a, b) = (v(2.0, 0), v(2.0, 1));
    for tie in [a.max(b), a.min(b)] {
        assert_eq!((tie.tangent(0), tie.tangent(1)), (0.5, 0.5));
    }
    assert_eq!(v(0.0, 0).abs().tangent(0), 0.0);
    assert_eq!((v(1.0, 0).clamp(1.0, 2.0)).tangent(0), 0.5);
    assert_eq!(a.max(2.0).tangent(0), 0.5);
    // Sides that move alike have one derivative.
    assert_eq!(a.max(a).tangent(0), 1.0);
}

#[test]
fn parsing_and_conversions() {
    assert_eq!("1.25".parse::<R>().unwrap().primal(), 1.25);
    assert!("x".parse::<R>().is_err());
    assert_eq!(R::from(3).primal() + R::from(2_u8).primal() + R::from(&0.5).primal(), 5.5);
    assert_eq!(f64::from(R::constant(1.5)), 1.5);
    assert_eq!(R::default().primal(), 0.0);
}

/// `T` has one implementation of this if it cannot be sent, and two if it can, which is ambiguous.
trait NotSend<Marker> {
    const HOLDS: bool = true;
}
struct CanBeSent;
impl<T> NotSend<()> for T {}
impl<T: Send> NotSend<CanBeSent> for T {}

fn sends<T: Send + Sync>(_: T) {}

#[test]
fn numbers_with_a_derivative_stay_on_their_thread() {
    const { assert!(<R as NotSend<_>>::HOLDS) };
    const { assert!(<[Real<Tangent<8>>; 2] as NotSend<_>>::HOLDS) };
    sends(Real::<Primal>::constant(1.0));
}
