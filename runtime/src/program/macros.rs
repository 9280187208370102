//! The macros of an annotated function's body.
//!
//! `#[stochastic]` rewrites their arguments to the `@..` forms below; whatever else reaches them
//! stands outside an annotated function.

/// Draws from a distribution.
///
/// `sample!(dist)` inside a `#[stochastic]` function gives a value of the distribution: a `Real`,
/// an integer, a `bool`, or an array of these. Options follow the distribution: `name = "z"` (by
/// default the `let` binding), `strategy = Pathwise` or `ScoreFunction`, `baseline = expr` (a
/// value known before the draw, subtracted from what the draw is credited with).
///
/// ```
/// use scorepath::prelude::*;
///
/// #[stochastic]
/// fn walk(drift: Real) -> Real {
///     let mut x = Real::from(0.0);
///     for _ in 0..3 {
///         x += sample!(Normal::new(drift, 1.0), name = "step");
///     }
///     x
/// }
/// let report = walk(0.5).gradient().replicates(100).run()?;
/// assert_eq!(report.gradient()[0].mean, 3.0);
/// # Ok::<(), scorepath::Error>(())
/// ```
#[macro_export]
macro_rules! sample {
    (@draw $cx:ident [$function:literal] [@ $word:literal] $($rest:tt)*) => {
        $crate::sample!(@site $cx, $function, ::core::concat!($word, ":", ::core::line!()), $($rest)*)
    };
    (@draw $cx:ident [$function:literal] [$name:literal] $($rest:tt)*) => {
        $crate::sample!(@site $cx, $function, $name, $($rest)*)
    };
    (@site $cx:ident, $function:expr, $name:expr, [$($strategy:ident)?] [$($baseline:tt)*] $($distribution:tt)*) => {{
        static __SCOREPATH_SITE: $crate::__private::Site = $crate::__private::Site::new(
            $function,
            $name,
            ::core::file!(),
            ::core::line!(),
            $crate::sample!(@strategy $($strategy)?),
        );
        $cx.draw(&__SCOREPATH_SITE, $crate::sample!(@baseline $($baseline)*), &($($distribution)*))
    }};
    (@baseline) => { ::core::option::Option::None::<f64> };
    (@baseline $($baseline:tt)+) => { ::core::option::Option::Some($($baseline)+) };
    (@strategy) => { ::core::option::Option::None };
    (@strategy $strategy:ident) => {
        ::core::option::Option::Some($crate::Strategy::$strategy)
    };
    ($($anything:tt)*) => {
        ::core::compile_error!("`sample!` outside a `#[stochastic]` function; annotate the function, or pass the draw in as an argument")
    };
}

/// Adds a cost to the result now.
///
/// `cost!(expr)` counts like a part of the returned value, but only draws made before it are
/// credited with it, which lowers the variance of their scores.
///
/// ```
/// use scorepath::prelude::*;
///
/// #[stochastic]
/// fn holding(rate: Real) -> Real {
///     for _ in 0..4 {
///         let demand = sample!(Poisson::new(rate));
///         cost!(2.0 * demand as f64);
///     }
///     Real::from(0.0)
/// }
/// let report = holding(3.0).gradient().replicates(10_000).run()?;
/// assert!((report.gradient()[0].mean - 8.0).abs() < 4.0 * report.gradient()[0].standard_error.unwrap());
/// # Ok::<(), scorepath::Error>(())
/// ```
#[macro_export]
macro_rules! cost {
    (@add $cx:ident $($cost:tt)*) => { $cx.add_cost($($cost)*) };
    ($($anything:tt)*) => {
        ::core::compile_error!("`cost!` outside a `#[stochastic]` function; annotate the function, or return the cost")
    };
}

/// Runs another annotated function as part of this one.
///
/// Its draws and costs become those of the caller. `Real` arguments may be plain numbers.
///
/// ```
/// use scorepath::prelude::*;
///
/// #[stochastic]
/// fn step(drift: Real) -> Real {
///     sample!(Normal::new(drift, 1.0))
/// }
///
/// #[stochastic]
/// fn two_steps(drift: Real) -> Real {
///     call!(step(drift)) + call!(step(0.5))
/// }
/// assert_eq!(two_steps(1.0).gradient().replicates(100).run()?.gradient()[0].mean, 1.0);
/// # Ok::<(), scorepath::Error>(())
/// ```
#[macro_export]
macro_rules! call {
    (@run $cx:ident [$($path:tt)*] ($($arguments:tt)*)) => {
        $($path)*::__call($cx, $($arguments)*)
    };
    ($($anything:tt)*) => {
        ::core::compile_error!("`call!` outside a `#[stochastic]` function; annotate the function, or run a query on the callee")
    };
}

/// Promises that the comparisons inside are kinks, not jumps.
///
/// `continuous!(a < b)` keeps the pathwise derivative across the comparison. It is right where the
/// function is continuous there, as in a table look-up with linear interpolation; where it is not,
/// the gradient is wrong and nobody can tell. Prefer `max`, `min`, `abs`, `clamp`.
///
/// ```
/// use scorepath::prelude::*;
///
/// #[stochastic]
/// fn relu(mu: Real) -> Real {
///     let z = sample!(Normal::new(mu, 1.0));
///     if continuous!(z > 0.0) { z } else { Real::from(0.0) }
/// }
/// let report = relu(0.3).gradient().replicates(100_000).run()?;
/// assert_eq!(report.sites()[0].strategy(), Strategy::Pathwise);
/// # Ok::<(), scorepath::Error>(())
/// ```
#[macro_export]
macro_rules! continuous {
    (@scope $cx:ident $($inside:tt)*) => {{
        let __scorepath_promise = $cx.promise();
        let __scorepath_value = $($inside)*;
        ::core::mem::drop(__scorepath_promise);
        __scorepath_value
    }};
    ($($anything:tt)*) => {
        ::core::compile_error!("`continuous!` outside a `#[stochastic]` function; use `max`, `min`, `abs` or `clamp` there")
    };
}
