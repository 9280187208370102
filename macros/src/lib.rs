//! The attribute and the derive macro of `scorepath`, which re-exports both. Depend on `scorepath`,
//! not on this crate.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod args;
mod ast;
mod binding;
mod body;
mod check;
mod diagnostics;
mod draw;
mod expand;
mod lifetimes;
mod parameters;
mod real;
mod shapes;
mod stochastic;
mod stub;
mod tokens;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a function a random variable whose expectation can be differentiated.
///
/// ```ignore
/// use scorepath::prelude::*;
///
/// /// Squared distance of a noisy shot from its target.
/// #[stochastic]
/// fn miss(aim: Real, spread: Real, target: f64) -> Real {
///     let shot = sample!(Normal::new(aim, spread));
///     (shot - target).powi(2)
/// }
///
/// let report = miss(0.5, 1.2, 3.0).gradient().run()?;
/// ```
///
/// `miss(0.5, 1.2, 3.0)` takes plain numbers and *is* the random variable; queries are its methods.
///
/// # The signature
///
/// A parameter whose type mentions `Real` has a derivative, every other is a constant. `Real` is
/// `f64` for the caller, and a number that carries its derivative in the body.
///
/// | to have | write |
/// |---|---|
/// | a derivative in a number | `x: Real` |
/// | in a fixed number of them | `x: [Real; 3]`, `x: (Real, Real)` |
/// | in many of them | `x: &[Real]`, or `x: Vec<Real>`, which is copied for each replicate |
/// | in the fields of a struct | `x: Policy<Real>` or `x: &Policy<Real>`, with [`Parameters`] derived |
/// | a constant | any `Clone + Sync` type without `Real`: `n: usize`, `data: &[f64]` |
/// | a constant function | `f: impl Fn(f64) -> f64`; it cannot take or return `Real` |
/// | a constant of any type | `data: &[T]` with `T` a type parameter, which becomes `Clone + Sync` |
/// | a helper without draws | no attribute: `fn softplus<M: Mode>(x: Real<M>) -> Real<M>` |
///
/// The function returns `Real` or `f64`. Parameters are plain names; `mut x: Real` works.
/// The type is recognised by its name: an alias of `Real` or `Real` under another name is taken for
/// a constant. A type with a hidden lifetime needs it written: `Series<'_>`.
///
/// # The body
///
/// | to | write |
/// |---|---|
/// | draw from a distribution | `let z = sample!(Normal::new(x, 1.0));` |
/// | name the draw in the report | `sample!(d, name = "z")`; by default the name of the `let` binding |
/// | choose how it is differentiated | `sample!(d, strategy = ScoreFunction)` |
/// | subtract a baseline | `sample!(d, baseline = value_known_before)` |
/// | draw many | `(0..n).map(\|_\| sample!(d)).collect::<Vec<_>>()`; not `vec![sample!(d); n]` |
/// | add to the result at once | `cost!(expression)` |
/// | run another annotated function | `call!(other(x, 0.5))`, also of this function: recursion |
/// | promise that a comparison is no jump | `continuous!(a < b)` |
///
/// These stand anywhere in the body: in closures, loops, `match` arms, in one another and in the
/// arguments of other macros such as `assert!`. They do not stand in items inside the body (`fn`,
/// `struct`, `macro_rules!`) nor in `async` blocks. Every `Real` in the body is of the body's mode;
/// `Real<Primal>` stays as written. The rest of the body is plain Rust.
///
/// # Attributes
///
/// | on the function | goes to |
/// |---|---|
/// | documentation, `must_use`, `deprecated` | the function that the caller sees |
/// | `allow`, `warn`, `deny`, `forbid`, `expect` | the function and the body |
/// | `inline` and all others | the body; small hot functions want `#[inline(always)]` |
///
/// `#[stochastic(crate = path)]` names the library where it is not `::scorepath`.
///
/// # What it becomes
///
/// A function and a struct of the function's name, with private fields and hidden methods. So that
/// name must be free among types, and the attribute works on functions of modules and blocks, not
/// on methods. The type arguments of a function with `impl Trait` parameters cannot be written out,
/// neither in a call nor in `call!`; use a named type parameter there.
#[proc_macro_attribute]
pub fn stochastic(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stochastic::expand(arguments.into(), &item.into()).into()
}

/// Makes a struct, generic in its scalar, a parameter of annotated functions.
///
/// ```ignore
/// #[derive(Clone, Parameters)]
/// struct Policy<S> {
///     weights: [S; 3],
///     bias: S,
///     hidden: usize,
/// }
///
/// #[stochastic]
/// fn reward(policy: Policy<Real>) -> Real {
///     policy.bias + policy.weights[0] * sample!(Normal::new(0.0, 1.0))
/// }
/// ```
///
/// The caller passes a `Policy<f64>`. A field whose type mentions the scalar has a derivative, named
/// `policy.bias`, `policy.weights[2]`; every other is a constant.
///
/// | to | write |
/// |---|---|
/// | hold parameters | `S`, `[S; N]`, `Vec<S>`, tuples, other derived structs of `S` |
/// | hold constants | any `Clone` type without `S` |
/// | make another type parameter than the first the scalar | `#[parameters(scalar = T)]` |
/// | name the library where it is not `::scorepath` | `#[parameters(crate = path)]` |
///
/// Fields own their scalars; borrow the whole struct instead: `policy: &Policy<Real>`.
#[proc_macro_derive(Parameters, attributes(parameters))]
pub fn parameters(item: TokenStream) -> TokenStream {
    parameters::expand(item.into()).into()
}
