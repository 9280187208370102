//! Draws without parameters, from any sampler of `rand_distr`.

use core::marker::PhantomData;

use super::{Distribution, Outcome, Stream};
use crate::number::{Mode, Real};

/// Parameter-free noise from any `rand_distr` distribution: `sample!(Noise(d))`.
///
/// # Density
/// Not known, and not needed to draw: nothing in it depends on a parameter. `log_density` is NaN, so
/// that data scored with it by mistake end the query.
///
/// # Parameters
/// None of the query's; those of `d` are plain numbers.
///
/// # Support
/// That of `d`.
///
/// # Derivatives
/// Zero. A draw is a `Real` if `d` gives floats, and depends on a continuous draw as any other:
/// comparing it with a moving threshold is refused.
///
/// # Numerics
/// Where a sampler gives several types, name one: `Noise::<_, f64>(rand_distr::StandardNormal)`.
///
/// # Errors
/// None; `d` was checked when it was made.
///
/// # Example
/// ```
/// use scorepath::prelude::*;
///
/// #[stochastic]
/// fn heavy_tail(scale: Real) -> Real {
///     let noise = sample!(Noise(rand_distr::StudentT::new(5.0_f64).unwrap()));
///     (scale * noise).abs()
/// }
/// assert!(heavy_tail(2.0).gradient().run().is_ok());
/// ```
///
/// # Source
/// The distribution that it wraps.
#[derive(Clone, Copy, Debug)]
pub struct Noise<D, T> {
    sampler: D,
    value: PhantomData<fn() -> T>,
}

/// Parameter-free noise from `sampler`.
#[expect(non_snake_case, reason = "reads as the constructor of the struct")]
pub fn Noise<D: rand_distr::Distribution<T>, T>(sampler: D) -> Noise<D, T> {
    Noise { sampler, value: PhantomData }
}

/// How a plain value of a sampler becomes the value of a draw.
#[diagnostic::on_unimplemented(message = "`Noise` cannot draw values of type `{Self}`")]
pub trait Plain<M: Mode> {
    /// The value of the draw.
    type Value: Outcome<M>;
    /// The draw, without derivative.
    fn draw(self) -> Self::Value;
}

impl<M: Mode> Plain<M> for f64 {
    type Value = Real<M>;
    #[inline(always)]
    fn draw(self) -> Real<M> {
        Real::constant(self)
    }
}

impl<M: Mode> Plain<M> for f32 {
    type Value = Real<M>;
    #[inline(always)]
    fn draw(self) -> Real<M> {
        Real::constant(self.into())
    }
}

macro_rules! native {
    ($($native:ty),*) => {$(
        impl<M: Mode> Plain<M> for $native {
            type Value = $native;
            #[inline(always)]
            fn draw(self) -> $native {
                self
            }
        }
    )*};
}

native!(bool, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl<M: Mode, T: Plain<M>, const N: usize> Plain<M> for [T; N] {
    type Value = [T::Value; N];
    #[inline(always)]
    fn draw(self) -> Self::Value {
        self.map(T::draw)
    }
}

impl<M: Mode, D, T> Distribution<M> for Noise<D, T>
where
    D: rand_distr::Distribution<T>,
    T: Plain<M>,
{
    type Value = T::Value;
    const VETTED: bool = true;

    #[inline(always)]
    fn draw(&self, stream: &mut Stream) -> T::Value {
        self.sampler.sample(stream).draw()
    }

    #[inline(always)]
    fn pathwise(&self, stream: &mut Stream) -> Option<T::Value> {
        Some(self.sampler.sample(stream).draw())
    }

    #[inline(always)]
    fn log_density(&self, _: &T::Value) -> Real<M> {
        Real::constant(f64::NAN)
    }
}
