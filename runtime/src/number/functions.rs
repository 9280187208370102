//! The smooth functions of `f64`. Each is one line: value and first derivative.

use super::mode::Mode;
use super::real::Real;

/// A unary function: `name(x, value) = derivative`, with `value` the result itself.
macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident($x:ident, $value:ident) = $chain:ident($first:expr);)*) => {
        impl<M: Mode> Real<M> {
            $(
                $(#[$doc])*
                #[inline(always)]
                pub fn $name(self) -> Self {
                    let $x = self.peek();
                    let $value = $x.$name();
                    self.$chain($value, $first)
                }
            )*
        }
    };
}

unary! {
    /// `1/x`.
    recip(_x, y) = chain_in_range(-y * y);
    /// `e^x`.
    exp(_x, y) = chain_in_range(y);
    /// `2^x`.
    exp2(_x, y) = chain_in_range(y * core::f64::consts::LN_2);
    /// `e^x - 1`, accurate near 0.
    exp_m1(x, _y) = chain_in_range(x.exp());
    /// Natural logarithm.
    ln(x, _y) = chain_at_edge(1.0 / x);
    /// `ln(1 + x)`, accurate near 0.
    ln_1p(x, _y) = chain_at_edge(1.0 / (1.0 + x));
    /// Logarithm to base 2.
    log2(x, _y) = chain_at_edge(core::f64::consts::LOG2_E / x);
    /// Logarithm to base 10.
    log10(x, _y) = chain_at_edge(core::f64::consts::LOG10_E / x);
    /// Square root. At 0 the derivative is infinite; a lane that does not move stays 0 there.
    sqrt(_x, y) = chain_at_edge(0.5 / y);
    /// Cube root.
    cbrt(_x, y) = chain_at_edge(1.0 / (3.0 * y * y));
    /// Sine of an angle in radians.
    sin(x, _y) = chain(x.cos());
    /// Cosine of an angle in radians.
    cos(x, _y) = chain(-x.sin());
    /// Tangent of an angle in radians.
    tan(_x, y) = chain(1.0 + y * y);
    /// Arcsine in radians.
    asin(x, _y) = chain_at_edge(1.0 / ((1.0 - x) * (1.0 + x)).sqrt());
    /// Arccosine in radians.
    acos(x, _y) = chain_at_edge(-1.0 / ((1.0 - x) * (1.0 + x)).sqrt());
    /// Arctangent in radians.
    atan(x, _y) = chain_in_range(1.0 / (1.0 + x * x));
    /// Hyperbolic sine.
    sinh(x, _y) = chain_in_range(x.cosh());
    /// Hyperbolic cosine.
    cosh(x, _y) = chain_in_range(x.sinh());
    /// Hyperbolic tangent.
    tanh(_x, y) = chain_in_range((1.0 - y) * (1.0 + y));
    /// Inverse hyperbolic sine.
    asinh(x, _y) = chain(1.0 / x.hypot(1.0));
    /// Inverse hyperbolic cosine.
    acosh(x, _y) = chain_at_edge(1.0 / ((x - 1.0).sqrt() * (x + 1.0).sqrt()));
    /// Inverse hyperbolic tangent.
    atanh(x, _y) = chain_at_edge(1.0 / ((1.0 - x) * (1.0 + x)));
    /// Radians to degrees.
    to_degrees(_x, _y) = chain(180.0 / core::f64::consts::PI);
    /// Degrees to radians.
    to_radians(_x, _y) = chain(core::f64::consts::PI / 180.0);
}

impl<M: Mode> Real<M> {
    /// `x^n` for a whole `n`.
    #[inline(always)]
    pub fn powi(self, n: i32) -> Self {
        let x = self.peek();
        let first = if n == 0 { 0.0 } else { f64::from(n) * x.powi(n.wrapping_sub(1)) };
        // The first powers are products, which do not leave the range sooner than `x * x`.
        if (0..=3).contains(&n) {
            return self.chain(x.powi(n), first);
        }
        self.chain_in_range(x.powi(n), first)
    }

    /// `x^n`, in both arguments. Where `x = 0` and `n > 0` the derivative in `n` is 0.
    #[inline]
    pub fn powf(self, n: impl Into<Self>) -> Self {
        let n = n.into();
        let (x, p) = (self.peek(), n.peek());
        let value = x.powf(p);
        let in_base = if p == 0.0 { 0.0 } else { p * x.powf(p - 1.0) };
        let in_exponent = if x == 0.0 && p > 0.0 { 0.0 } else { value * x.ln() };
        let base = self.chain_at_edge(value, in_base);
        let exponent = n.chain_at_edge(0.0, in_exponent);
        (base + exponent).set_primal(value)
    }

    /// Logarithm to any base, in both arguments.
    #[inline]
    pub fn log(self, base: impl Into<Self>) -> Self {
        let base = base.into();
        let value = self.peek().log(base.peek());
        (self.ln() / base.ln()).set_primal(value)
    }

    /// `sqrt(x^2 + y^2)` without overflow. At the origin, where it has a kink, the derivative is
    /// taken as 0.
    #[inline]
    pub fn hypot(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        let (x, y) = (self.peek(), other.peek());
        let value = x.hypot(y);
        let scale = if value == 0.0 { 1.0 } else { value };
        // The origin, where it has a kink, may lie behind what both of them are functions of.
        let bits = self.kink_bits(&other) | self.kink_bits(&-other);
        self.chain2(other, value, x / scale, y / scale).with_bits(bits)
    }

    /// `self * a + b` with one rounding.
    #[inline]
    pub fn mul_add(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        let (a, b) = (a.into(), b.into());
        (self * a + b).set_primal(self.peek().mul_add(a.peek(), b.peek()))
    }

    /// Sine and cosine at once.
    #[inline]
    pub fn sin_cos(self) -> (Self, Self) {
        let (sin, cos) = self.peek().sin_cos();
        (self.chain(sin, cos), self.chain(cos, -sin))
    }

    /// The point half way to `other`.
    #[inline]
    pub fn midpoint(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.chain2(other, self.peek().midpoint(other.peek()), 0.5, 0.5)
    }

    /// Whether the value is NaN. A jump, if it is and moves.
    #[track_caller]
    #[inline]
    pub fn is_nan(self) -> bool {
        let outcome = self.peek().is_nan();
        self.exceptional("is_nan", outcome);
        outcome
    }

    /// Looks at a test of a value only where it has the rare outcome: `if x.is_nan() { panic!() }`
    /// should cost nothing.
    #[track_caller]
    #[inline]
    fn exceptional(self, name: &'static str, rare: bool) {
        if rare {
            self.jump(&Self::constant(0.0), name, rare);
        }
    }

    /// Whether the value is neither infinite nor NaN. A jump, if it is either and moves.
    #[track_caller]
    #[inline]
    pub fn is_finite(self) -> bool {
        let outcome = self.peek().is_finite();
        self.exceptional("is_finite", !outcome);
        outcome
    }

    /// Whether the value is neither zero, subnormal, infinite nor NaN. A jump, if it is one of them and
    /// moves.
    #[track_caller]
    #[inline]
    pub fn is_normal(self) -> bool {
        let outcome = self.peek().is_normal();
        self.exceptional("is_normal", !outcome);
        outcome
    }

    /// Whether the value is subnormal. A jump, if it is and moves.
    #[track_caller]
    #[inline]
    pub fn is_subnormal(self) -> bool {
        let outcome = self.peek().is_subnormal();
        self.exceptional("is_subnormal", outcome);
        outcome
    }

    /// The category of the value. A jump, if it is not normal and moves.
    #[track_caller]
    #[inline]
    pub fn classify(self) -> core::num::FpCategory {
        self.exceptional("classify", !self.peek().is_normal());
        self.peek().classify()
    }

    /// The next larger number, with the same derivative.
    #[inline]
    pub fn next_up(self) -> Self {
        self.set_primal(self.peek().next_up())
    }

    /// The next smaller number, with the same derivative.
    #[inline]
    pub fn next_down(self) -> Self {
        self.set_primal(self.peek().next_down())
    }

    /// The number of a bit pattern.
    #[inline]
    pub fn from_bits(bits: u64) -> Self {
        Self::constant(f64::from_bits(bits))
    }

    /// Whether the value is infinite. A jump, if it is and moves.
    #[track_caller]
    #[inline]
    pub fn is_infinite(self) -> bool {
        let outcome = self.peek().is_infinite();
        self.exceptional("is_infinite", outcome);
        outcome
    }

    /// The bit pattern, by the rule of [`Real::value`].
    #[track_caller]
    pub fn to_bits(self) -> u64 {
        self.plain(super::event::Operation::Plain("to_bits")).to_bits()
    }

    #[inline(always)]
    fn set_primal(self, value: f64) -> Self {
        use super::scalar::Scalar;
        Self { scalar: self.scalar.with_primal(value), provenance: self.provenance }
    }
}
