//! What a draw may be, and how it is marked with its provenance.

use crate::number::{Mode, Real};

/// A value that a distribution can produce.
///
/// Implemented for `Real`, integers, `bool`, plain floats, and arrays, tuples and vectors of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a draw",
    note = "a draw is a `Real`, an integer, a `bool`, or an array, tuple or vector of these"
)]
pub trait Outcome<M: Mode>: Sized {
    /// Whether it holds plain floats, which carry no provenance.
    const PLAIN: bool;
    /// Whether all of it can carry a derivative; a value that cannot has no path.
    const DIFFERENTIABLE: bool;

    /// The value without derivative and with the given provenance, in the memory form of `like`.
    #[doc(hidden)]
    fn still(self, like: &Real<M>, bits: u64) -> Self;

    /// The value with its derivative and the provenance of its own site.
    #[doc(hidden)]
    fn moving(self, bits: u64) -> Self;

    /// What stands for the draw when the distribution is invalid, if the type has such a value.
    #[doc(hidden)]
    fn invalid() -> Option<Self>;
}

impl<M: Mode> Outcome<M> for Real<M> {
    const PLAIN: bool = false;
    const DIFFERENTIABLE: bool = true;

    #[inline(always)]
    fn still(self, like: &Real<M>, bits: u64) -> Self {
        Real::still(self, like).with_bits(bits)
    }
    #[inline(always)]
    fn moving(self, bits: u64) -> Self {
        // A flattened argument stays flattened: the kinked bit survives, the argument's sites do
        // not, because demoting this site cuts them off.
        self.with_bits(bits | self.kinked())
    }
    fn invalid() -> Option<Self> {
        Some(Real::constant(f64::NAN))
    }
}

macro_rules! plain_outcomes {
    ($($plain:ident: $ty:ty = $invalid:expr;)*) => {$(
        impl<M: Mode> Outcome<M> for $ty {
            const PLAIN: bool = $plain;
            const DIFFERENTIABLE: bool = false;
            #[inline(always)]
            fn still(self, _: &Real<M>, _: u64) -> Self {
                self
            }
            #[inline(always)]
            fn moving(self, _: u64) -> Self {
                self
            }
            fn invalid() -> Option<Self> {
                $invalid
            }
        }
    )*};
}

plain_outcomes! {
    false: bool = None;
    false: u8 = None;
    false: u16 = None;
    false: u32 = None;
    false: u64 = None;
    false: usize = None;
    false: i8 = None;
    false: i16 = None;
    false: i32 = None;
    false: i64 = None;
    false: isize = None;
    false: char = None;
    false: () = None;
    true: f64 = Some(f64::NAN);
    true: f32 = Some(f32::NAN);
}

impl<M: Mode, T: Outcome<M>, const N: usize> Outcome<M> for [T; N] {
    const PLAIN: bool = T::PLAIN;
    const DIFFERENTIABLE: bool = T::DIFFERENTIABLE;

    #[inline(always)]
    fn still(self, like: &Real<M>, bits: u64) -> Self {
        self.map(|x| x.still(like, bits))
    }
    #[inline(always)]
    fn moving(self, bits: u64) -> Self {
        self.map(|x| x.moving(bits))
    }
    fn invalid() -> Option<Self> {
        let mut items = Vec::with_capacity(N);
        for _ in 0..N {
            items.push(T::invalid()?);
        }
        items.try_into().ok()
    }
}

impl<M: Mode, T: Outcome<M>> Outcome<M> for Vec<T> {
    const PLAIN: bool = T::PLAIN;
    const DIFFERENTIABLE: bool = T::DIFFERENTIABLE;

    fn still(self, like: &Real<M>, bits: u64) -> Self {
        self.into_iter().map(|x| x.still(like, bits)).collect()
    }
    fn moving(self, bits: u64) -> Self {
        self.into_iter().map(|x| x.moving(bits)).collect()
    }
    fn invalid() -> Option<Self> {
        None
    }
}

macro_rules! tuple_outcomes {
    ($($name:ident $field:tt),*) => {
        impl<M: Mode, $($name: Outcome<M>),*> Outcome<M> for ($($name,)*) {
            const PLAIN: bool = $($name::PLAIN)||*;
            const DIFFERENTIABLE: bool = $($name::DIFFERENTIABLE)&&*;

            #[inline(always)]
            fn still(self, like: &Real<M>, bits: u64) -> Self {
                ($(self.$field.still(like, bits),)*)
            }
            #[inline(always)]
            fn moving(self, bits: u64) -> Self {
                ($(self.$field.moving(bits),)*)
            }
            fn invalid() -> Option<Self> {
                Some(($($name::invalid()?,)*))
            }
        }
    };
}

tuple_outcomes!(A 0, B 1);
tuple_outcomes!(A 0, B 1, C 2);
tuple_outcomes!(A 0, B 1, C 2, D 3);
