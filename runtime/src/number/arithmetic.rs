//! Operators: `Real op Real`, `Real op f64`, `f64 op Real`, references, assignment, sums, products.

use core::iter::{Product, Sum};
use core::ops::{
    Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign,
};

use super::mode::Mode;
use super::provenance::Provenance;
use super::real::Real;
use super::scalar::Scalar;

impl<M: Mode> Real<M> {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self {
            scalar: self.scalar.add(other.scalar),
            provenance: self.provenance.join(other.provenance),
        }
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self {
            scalar: self.scalar.sub(other.scalar),
            provenance: self.provenance.join(other.provenance),
        }
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        let (x, y) = (self.peek(), other.peek());
        self.chain2(other, x * y, y, x)
    }

    #[inline(always)]
    fn over(self, other: Self) -> Self {
        let (x, y) = (self.peek(), other.peek());
        let (quotient, inverse) = (x / y, 1.0 / y);
        self.chain2(other, quotient, inverse, -quotient * inverse)
    }

    #[inline(always)]
    fn shifted(self, value: f64) -> Self {
        Self { scalar: self.scalar.with_primal(value), provenance: self.provenance }
    }
}

impl<M: Mode> Neg for Real<M> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.chain(-self.peek(), -1.0)
    }
}

impl<M: Mode> Neg for &Real<M> {
    type Output = Real<M>;
    #[inline(always)]
    fn neg(self) -> Real<M> {
        -*self
    }
}

macro_rules! operator {
    (
        $trait:ident, $method:ident, $assign:ident, $assign_method:ident,
        |$x:ident, $y:ident| $both:expr, |$a:ident, $c:ident| $right:expr, |$k:ident, $b:ident| $left:expr
    ) => {
        operator!(@pair [M: Mode] $trait, $method, Real<M>, Real<M>, |$x, $y| $both);
        operator!(@pair [M: Mode] $trait, $method, Real<M>, &Real<M>, |p, q| {
            let ($x, $y) = (p, *q);
            $both
        });
        operator!(@pair [M: Mode] $trait, $method, &Real<M>, Real<M>, |p, q| {
            let ($x, $y) = (*p, q);
            $both
        });
        operator!(@pair [M: Mode] $trait, $method, &Real<M>, &Real<M>, |p, q| {
            let ($x, $y) = (*p, *q);
            $both
        });
        operator!(@pair [M: Mode] $trait, $method, Real<M>, f64, |$a, $c| $right);
        operator!(@pair [M: Mode] $trait, $method, &Real<M>, f64, |p, $c| {
            let $a = *p;
            $right
        });
        operator!(@pair [M: Mode] $trait, $method, Real<M>, &f64, |$a, q| {
            let $c = *q;
            $right
        });
        operator!(@pair [M: Mode] $trait, $method, &Real<M>, &f64, |p, q| {
            let ($a, $c) = (*p, *q);
            $right
        });
        operator!(@pair [M: Mode] $trait, $method, f64, Real<M>, |$k, $b| $left);
        operator!(@pair [M: Mode] $trait, $method, f64, &Real<M>, |$k, q| {
            let $b = *q;
            $left
        });
        operator!(@pair [M: Mode] $trait, $method, &f64, Real<M>, |p, $b| {
            let $k = *p;
            $left
        });
        operator!(@pair [M: Mode] $trait, $method, &f64, &Real<M>, |p, q| {
            let ($k, $b) = (*p, *q);
            $left
        });
        operator!(@assign $trait, $method, $assign, $assign_method, Real<M>);
        operator!(@assign $trait, $method, $assign, $assign_method, &Real<M>);
        operator!(@assign $trait, $method, $assign, $assign_method, f64);
        operator!(@assign $trait, $method, $assign, $assign_method, &f64);
    };
    (@pair [$($generics:tt)*] $trait:ident, $method:ident, $left:ty, $right:ty, |$p:ident, $q:ident| $body:expr) => {
        impl<$($generics)*> $trait<$right> for $left {
            type Output = Real<M>;
            #[track_caller]
            #[inline(always)]
            fn $method(self, other: $right) -> Real<M> {
                let ($p, $q) = (self, other);
                $body
            }
        }
    };
    (@assign $trait:ident, $method:ident, $assign:ident, $assign_method:ident, $right:ty) => {
        impl<M: Mode> $assign<$right> for Real<M> {
            #[track_caller]
            #[inline(always)]
            fn $assign_method(&mut self, other: $right) {
                *self = $trait::$method(*self, other);
            }
        }
    };
}

operator!(
    Add,
    add,
    AddAssign,
    add_assign,
    |x, y| x.plus(y),
    |a, c| a.shifted(a.peek() + c),
    |k, b| b.shifted(k + b.peek())
);
operator!(
    Sub,
    sub,
    SubAssign,
    sub_assign,
    |x, y| x.minus(y),
    |a, c| a.shifted(a.peek() - c),
    |k, b| b.chain(k - b.peek(), -1.0)
);
operator!(
    Mul,
    mul,
    MulAssign,
    mul_assign,
    |x, y| x.times(y),
    |a, c| a.chain(a.peek() * c, c),
    |k, b| b.chain(k * b.peek(), k)
);
operator!(
    Div,
    div,
    DivAssign,
    div_assign,
    |x, y| x.over(y),
    |a, c| a.chain(a.peek() / c, 1.0 / c),
    |k, b| {
        let quotient = k / b.peek();
        // 0 by an infinite divisor, whose own derivative may be infinite too.
        if quotient == 0.0 {
            return b.chain_in_range(quotient, 0.0);
        }
        b.chain(quotient, -quotient / b.peek())
    }
);
operator!(
    Rem,
    rem,
    RemAssign,
    rem_assign,
    |x, y| x.remainder(y),
    |a, c| a.remainder(Real::constant(c)),
    |k, b| Real::constant(k).remainder(b)
);

macro_rules! fold {
    ($trait:ident, $method:ident, $start:expr, $op:tt, $item:ty) => {
        impl<'i, M: Mode> $trait<$item> for Real<M> {
            #[inline]
            fn $method<I: Iterator<Item = $item>>(items: I) -> Self {
                items.fold(Self::constant($start), |total, item| total $op item)
            }
        }
    };
    (owned $trait:ident, $method:ident, $start:expr, $op:tt, $item:ty) => {
        impl<M: Mode> $trait<$item> for Real<M> {
            #[inline]
            fn $method<I: Iterator<Item = $item>>(items: I) -> Self {
                items.fold(Self::constant($start), |total, item| total $op item)
            }
        }
    };
}

fold!(owned Sum, sum, -0.0, +, Self);
fold!(owned Sum, sum, -0.0, +, f64);
fold!(Sum, sum, -0.0, +, &'i Self);
fold!(Sum, sum, -0.0, +, &'i f64);
fold!(owned Product, product, 1.0, *, Self);
fold!(owned Product, product, 1.0, *, f64);
fold!(Product, product, 1.0, *, &'i Self);
fold!(Product, product, 1.0, *, &'i f64);
