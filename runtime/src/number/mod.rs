//! The number type that carries a derivative, and the record of where that derivative came from.
//!
//! A [`Real`] is a plain `f64` in mode [`Primal`] and a dual number in mode [`Tangent`]. The same
//! code runs in both: write `fn softplus<M: Mode>(x: Real<M>) -> Real<M>` and use it anywhere.
//!
//! ```
//! use scorepath::number::Parts;
//! use scorepath::{Mode, Real, Tangent};
//!
//! fn softplus<M: Mode>(x: Real<M>) -> Real<M> {
//!     x.exp().ln_1p()
//! }
//!
//! let x = Real::<Tangent<1>>::variable(0.0, 0);
//! let y = softplus(x);
//! assert_eq!(y.primal(), 2.0_f64.ln());
//! assert_eq!(y.tangent(0), 0.5);
//! ```

mod arithmetic;
mod convert;
pub(crate) mod event;
mod functions;
mod jump;
mod kink;
mod mode;
mod provenance;
mod real;
mod scalar;
pub(crate) mod special;
pub(crate) mod watch;

pub use kink::detach;
pub use mode::{Mode, Primal, Tangent};
#[doc(hidden)]
pub use provenance::Provenance;
pub(crate) use provenance::{CONTINUOUS, SITE_BITS, SITES};
pub use real::{Parts, Real};
#[doc(hidden)]
pub use scalar::Scalar;
pub(crate) use watch::Promise;
