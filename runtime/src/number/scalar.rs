//! The arithmetic of derivatives: chain, sum, product and quotient rule, for each mode's number.
//!
//! Primal parts are always what the same `f64` code would give, to the bit; that is why the rules
//! are written here and only the representation is num-dual's.

use num_dual::{Derivative, DualSVec64};

/// The number inside a [`Real`](super::Real): a value, and `LANES` first derivatives of it.
pub trait Scalar: Copy + core::fmt::Debug {
    /// How many derivatives are carried.
    const LANES: usize;
    /// The same number in memory, without the question whether derivatives are stored.
    type Packed: Copy + core::fmt::Debug;

    /// Whether no derivatives are stored: a literal of the program, known when it is compiled.
    fn is_bare(&self) -> bool;
    /// For memory.
    fn pack(self) -> Self::Packed;
    /// From memory.
    fn unpack(packed: Self::Packed) -> Self;
    /// The start of a sum of derivatives at a given value: negative zeros, since the compiler may leave
    /// out the sum with a negative zero but not that with a positive one.
    fn start(primal: f64) -> Self::Packed;

    /// A number that does not move with any parameter.
    fn constant(primal: f64) -> Self;
    /// The parameter of one lane: derivative 1 there, 0 elsewhere. A lane outside `0..LANES`
    /// belongs to another pass over the same program and gives all zeros.
    fn variable(primal: f64, lane: usize) -> Self;
    /// The value.
    fn primal(&self) -> f64;
    /// The derivative in one lane.
    fn tangent(&self, lane: usize) -> f64;
    /// The same value without derivative, in the same memory form as `like` so that two branches
    /// that yield one or the other merge without a test later on.
    fn still(primal: f64, like: &Self) -> Self;
    /// The same number with its derivatives stored even where all are zero.
    #[inline(always)]
    fn dense(self) -> Self {
        Self::unpack(self.pack())
    }

    /// Whether the derivatives of two numbers differ in some lane.
    fn moves_against(&self, other: &Self) -> bool;
    /// The lanes in which the derivatives of two numbers differ, one bit each.
    fn moving_lanes(&self, other: &Self) -> u64;
    /// Chain rule: value `value` and derivative `first` of a function of `self`.
    fn chain(self, value: f64, first: f64) -> Self;
    /// Chain rule at a point where `first` may be infinite: a lane that does not move stays 0.
    fn chain_at_edge(self, value: f64, first: f64) -> Self;
    /// Chain rule for a function of two numbers, by its two partial derivatives.
    fn chain2(self, other: Self, value: f64, first: f64, second: f64) -> Self;
    /// The derivative of `self` or of `other`, at another value.
    fn select(self, other: Self, value: f64, first: bool) -> Self;
    /// Sum rule.
    fn add(self, other: Self) -> Self;
    /// Difference rule.
    fn sub(self, other: Self) -> Self;
    /// The same number with another value.
    fn with_primal(self, value: f64) -> Self;
}

impl Scalar for f64 {
    const LANES: usize = 0;
    type Packed = f64;

    #[inline(always)]
    fn is_bare(&self) -> bool {
        true
    }
    #[inline(always)]
    fn pack(self) -> f64 {
        self
    }
    #[inline(always)]
    fn unpack(packed: f64) -> f64 {
        packed
    }
    #[inline(always)]
    fn start(primal: f64) -> f64 {
        primal
    }

    #[inline(always)]
    fn constant(primal: f64) -> Self {
        primal
    }
    #[inline(always)]
    fn variable(primal: f64, _: usize) -> Self {
        primal
    }
    #[inline(always)]
    fn primal(&self) -> f64 {
        *self
    }
    #[inline(always)]
    fn tangent(&self, _: usize) -> f64 {
        0.0
    }
    #[inline(always)]
    fn still(primal: f64, _: &Self) -> Self {
        primal
    }
    #[inline(always)]
    fn moves_against(&self, _: &Self) -> bool {
        false
    }
    #[inline(always)]
    fn moving_lanes(&self, _: &Self) -> u64 {
        0
    }
    #[inline(always)]
    fn chain(self, value: f64, _: f64) -> Self {
        value
    }
    #[inline(always)]
    fn chain_at_edge(self, value: f64, _: f64) -> Self {
        value
    }
    #[inline(always)]
    fn chain2(self, _: Self, value: f64, _: f64, _: f64) -> Self {
        value
    }
    #[inline(always)]
    fn select(self, _: Self, value: f64, _: bool) -> Self {
        value
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self + other
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self - other
    }
    #[inline(always)]
    fn with_primal(self, value: f64) -> Self {
        value
    }
}

/// The derivatives as an array, where they are stored.
type Lanes<const LANES: usize> = Option<[f64; LANES]>;

#[inline(always)]
fn lanes<const LANES: usize>(x: &DualSVec64<LANES>) -> Lanes<LANES> {
    x.eps.0.map(Into::into)
}

#[inline(always)]
fn dual<const LANES: usize>(primal: f64, lanes: Lanes<LANES>) -> DualSVec64<LANES> {
    DualSVec64::new(primal, Derivative::new(lanes.map(Into::into)))
}

#[inline(always)]
fn each<const LANES: usize>(f: impl Fn(usize) -> f64) -> [f64; LANES] {
    core::array::from_fn(f)
}

impl<const LANES: usize> Scalar for DualSVec64<LANES> {
    const LANES: usize = LANES;
    type Packed = (f64, [f64; LANES]);

    #[inline(always)]
    fn is_bare(&self) -> bool {
        self.eps.0.is_none()
    }
    #[inline(always)]
    fn pack(self) -> Self::Packed {
        (self.re, lanes(&self).unwrap_or([0.0; LANES]))
    }
    #[inline(always)]
    fn unpack((primal, tangent): Self::Packed) -> Self {
        dual(primal, Some(tangent))
    }
    #[inline(always)]
    fn start(primal: f64) -> Self::Packed {
        (primal, [-0.0; LANES])
    }

    #[inline(always)]
    fn constant(primal: f64) -> Self {
        dual(primal, None)
    }
    #[inline(always)]
    fn variable(primal: f64, lane: usize) -> Self {
        dual(primal, Some(each(|i| if i == lane { 1.0 } else { 0.0 })))
    }
    #[inline(always)]
    fn primal(&self) -> f64 {
        self.re
    }
    #[inline(always)]
    fn tangent(&self, lane: usize) -> f64 {
        lanes(self).map_or(0.0, |d| d[lane])
    }
    #[inline(always)]
    fn still(primal: f64, like: &Self) -> Self {
        dual(primal, lanes(like).map(|_| [0.0; LANES]))
    }

    #[inline(always)]
    fn moves_against(&self, other: &Self) -> bool {
        match (lanes(self), lanes(other)) {
            (None, None) => false,
            (Some(a), None) | (None, Some(a)) => a.iter().fold(false, |m, x| m | (*x != 0.0)),
            (Some(a), Some(b)) => a.iter().zip(&b).fold(false, |m, (x, y)| m | (x != y)),
        }
    }
    #[inline(always)]
    fn moving_lanes(&self, other: &Self) -> u64 {
        (0..LANES)
            .filter(|&lane| self.tangent(lane) != other.tangent(lane))
            .fold(0, |mask, lane| mask | 1 << lane)
    }
    #[inline(always)]
    fn chain(self, value: f64, first: f64) -> Self {
        dual(value, lanes(&self).map(|d| each(|i| d[i] * first)))
    }
    #[inline(always)]
    fn chain_at_edge(self, value: f64, first: f64) -> Self {
        dual(value, lanes(&self).map(|d| each(|i| if d[i] == 0.0 { 0.0 } else { d[i] * first })))
    }
    #[inline(always)]
    fn chain2(self, other: Self, value: f64, first: f64, second: f64) -> Self {
        let tangent = match (lanes(&self), lanes(&other)) {
            (Some(a), Some(b)) => Some(each(|i| a[i] * first + b[i] * second)),
            (Some(a), None) => Some(each(|i| a[i] * first)),
            (None, Some(b)) => Some(each(|i| b[i] * second)),
            (None, None) => None,
        };
        dual(value, tangent)
    }
    #[inline(always)]
    fn select(self, other: Self, value: f64, first: bool) -> Self {
        // One memory form, whichever side is taken: no test later on.
        let tangent = match (lanes(&self), lanes(&other)) {
            (None, None) => None,
            (a, b) => {
                let (a, b) = (a.unwrap_or([0.0; LANES]), b.unwrap_or([0.0; LANES]));
                Some(each(|i| if first { a[i] } else { b[i] }))
            }
        };
        dual(value, tangent)
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let tangent = match (lanes(&self), lanes(&other)) {
            (Some(a), Some(b)) => Some(each(|i| a[i] + b[i])),
            (Some(a), None) | (None, Some(a)) => Some(a),
            (None, None) => None,
        };
        dual(self.re + other.re, tangent)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let tangent = match (lanes(&self), lanes(&other)) {
            (Some(a), Some(b)) => Some(each(|i| a[i] - b[i])),
            (Some(a), None) => Some(a),
            (None, Some(b)) => Some(each(|i| -b[i])),
            (None, None) => None,
        };
        dual(self.re - other.re, tangent)
    }
    #[inline(always)]
    fn with_primal(self, value: f64) -> Self {
        dual(value, lanes(&self))
    }
}
