//! Special functions on plain `f64`, each with its error bound.
//!
//! All are inlined, without calls other than the compiler's own `exp`, `ln` and `mul_add`, and
//! without loops or panics: where a query uses only the derivative of a density, its value must
//! vanish from the machine code. (`f64::ln_1p` is a foreign call, which the compiler keeps.)

/// `ln(1 + x)` for `x >= -1`; relative error below 5 epsilon.
///
/// Source: Goldberg (1991), What every computer scientist should know about floating-point
/// arithmetic, theorem 4, doi:10.1145/103162.103163.
#[inline(always)]
pub(crate) fn ln_1p(x: f64) -> f64 {
    let y = 1.0 + x;
    if y == 1.0 { x } else { y.ln() * (x / (y - 1.0)) }
}

/// `1 / (1 + e^-x)`, the logistic function; relative error below 4 epsilon in both tails.
#[inline(always)]
pub(crate) fn logistic(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

/// `ln(1 + e^x)`; relative error below 8 epsilon in both tails.
#[inline(always)]
pub(crate) fn softplus(x: f64) -> f64 {
    let rest = ln_1p((-x.abs()).exp());
    if x > 0.0 { x + rest } else { rest }
}

/// `a - b * c` with one rounding.
#[inline(always)]
pub(crate) fn residual(a: f64, b: f64, c: f64) -> f64 {
    (-b).mul_add(c, a)
}

/// The error of Stirling's formula for the whole numbers 0 to 15.
const STIRLING_ERROR: [f64; 16] = [
    0.0,
    0.081_061_466_795_327_26,
    0.041_340_695_955_409_3,
    0.027_677_925_684_998_34,
    0.020_790_672_103_765_093,
    0.016_644_691_189_821_193,
    0.013_876_128_823_070_748,
    0.011_896_709_945_891_77,
    0.010_411_265_261_972_096,
    0.009_255_462_182_712_733,
    0.008_330_563_433_362_87,
    0.007_573_675_487_951_841,
    0.006_942_840_107_209_53,
    0.006_408_994_188_004_207,
    0.005_951_370_112_758_848,
    0.005_554_733_551_962_801,
];

/// `ln n! - ln(sqrt(2 pi n) (n / e)^n)` for a whole `n`; absolute error below 2e-16.
///
/// Source: Loader (2000), Fast and accurate computation of binomial probabilities; the series is
/// Abramowitz and Stegun (1964), equation 6.1.41, whose first term left out is 1.1e-16 at 16.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 16")]
pub(crate) fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return STIRLING_ERROR[n as usize & 15];
    }
    let square = n * n;
    let tail = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square;
    (1.0 / 12.0 - (1.0 / 360.0 - tail / square) / square) / n
}

/// `x ln(x / m) + m - x` for positive `x` and `m`, with `m` given as `m + low` unrounded; relative
/// error below 40 epsilon, from the cancellation where the two branches meet.
///
/// Source: Loader (2000), section 2 (`bd0`), with eight terms of the series: the first left out
/// is below 1e-19 of the sum where `|x - m| < 0.1 (x + m)`.
#[inline(always)]
pub(crate) fn deviance(x: f64, m: f64, low: f64) -> f64 {
    let difference = x - m;
    let correction = -low * difference / m;
    if difference.abs() < 0.1 * (x + m) {
        let v = difference / (x + m);
        let w = v * v;
        let series = 1.0 / 11.0 + w * (1.0 / 13.0 + w * (1.0 / 15.0 + w / 17.0));
        let series = w * (1.0 / 3.0 + w * (0.2 + w * (1.0 / 7.0 + w * (1.0 / 9.0 + w * series))));
        return difference * v + 2.0 * x * v * series + correction;
    }
    let ratio = x / m;
    let logarithm = if ratio < f64::INFINITY { ratio.ln() } else { x.ln() - m.ln() };
    x * logarithm - difference + correction
}

#[cfg(test)]
mod tests {
    use super::{deviance, ln_1p, logistic, softplus, stirling_error};

    fn relative(found: f64, exact: f64) -> f64 {
        (found - exact).abs() / exact.abs()
    }

    #[test]
    fn ln_1p_is_that_of_the_c_library() {
        for i in 1..200_000 {
            let x = -f64::from(i) / 200_001.0;
            for x in [x, -x, x.powi(7), x.powi(40)] {
                assert!(relative(ln_1p(x), x.ln_1p()) < 5.0 * f64::EPSILON, "{x}");
            }
        }
        assert_eq!(ln_1p(-1e-300), -1e-300);
        assert_eq!(ln_1p(-1.0), f64::NEG_INFINITY);
    }

    #[test]
    fn logistic_and_softplus_reach_into_both_tails() {
        for i in -7000..7000 {
            let x = f64::from(i) / 10.0;
            let (up, down) = (logistic(x), logistic(-x));
            assert!((up + down - 1.0).abs() < 4.0 * f64::EPSILON);
            // The identity p(x) = p(-x) e^x, whose error grows with that of e^x itself.
            assert!(relative(up.min(down), up.max(down) * (-x.abs()).exp()) < 4.0 * f64::EPSILON);
            assert!(relative(softplus(x), x + softplus(-x)) < 8.0 * f64::EPSILON || x < 0.0);
            let exact = if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() };
            assert!(relative(softplus(x), exact) < 8.0 * f64::EPSILON, "{x}");
        }
        assert_eq!((logistic(800.0), logistic(-800.0)), (1.0, 0.0));
        assert_eq!((softplus(1e300), softplus(-800.0)), (1e300, 0.0));
    }

    #[test]
    fn stirling_error_continues_its_table() {
        // ln n! = ln (n - 1)! + ln n, solved for the error at n.
        let mut previous = stirling_error(8.0);
        for n in 9..200 {
            let n = f64::from(n);
            let step = 1.0 + (n - 0.5) * ln_1p(-1.0 / n);
            previous += step;
            assert!((stirling_error(n) - previous).abs() < 2e-14, "{n}");
        }
    }

    #[test]
    fn deviance_joins_its_branches() {
        // D(x, m) - D(x, m') = x ln(m'/m) + m - m', across |x - m| = 0.1 (x + m).
        for x in [1.0_f64, 50.0, 1e15] {
            for edge in [9.0_f64 / 11.0, 11.0 / 9.0] {
                let (a, b) = (x * edge * (1.0 - 1e-9), x * edge * (1.0 + 1e-9));
                let step = x * (b / a).ln() + a - b;
                let found = deviance(x, a, 0.0) - deviance(x, b, 0.0);
                assert!((found - step).abs() < 40.0 * f64::EPSILON * deviance(x, a, 0.0));
            }
        }
        assert_eq!(deviance(7.0, 7.0, 0.0), 0.0);
        assert!(deviance(1.0, 5e-324, 0.0).is_finite());
    }
}
