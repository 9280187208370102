//! How the arguments of an annotated function become numbers with tangent lanes.

use crate::number::{Mode, Primal, Real, Scalar};

/// A type whose `Real` components are parameters: `Real`, arrays, slices, vectors and tuples of it,
/// and structs with `#[derive(Parameters)]`.
///
/// ```
/// use scorepath::prelude::*;
///
/// #[derive(Clone, Parameters)]
/// struct Policy<S> {
///     weights: [S; 3],
///     bias: S,
/// }
///
/// #[stochastic]
/// fn reward(policy: Policy<Real>, spread: Real) -> Real {
///     let action = sample!(Normal::new(policy.bias, spread));
///     action * policy.weights[0]
/// }
///
/// let policy = Policy { weights: [1.0, 0.0, 0.0], bias: 2.0 };
/// let report = reward(policy, 0.1).gradient().replicates(1000).run()?;
/// assert_eq!(report.names()[3], "policy.bias");
/// assert!(report.derivative("policy.weights[0]").is_some());
/// # Ok::<(), scorepath::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold parameters",
    label = "not a parameter type",
    note = "parameters are `Real`, `[Real; N]`, `&[Real]`, `Vec<Real>`, tuples of these, and structs with `#[derive(Parameters)]`"
)]
pub trait Parameters {
    /// How many parameters there are, where the type tells.
    const COUNT: Option<usize>;
    /// The caller's type: `f64` for `Real`.
    type Plain: Clone;
    /// The parameters as numbers of a mode, kept for a chunk of replicates.
    type Lifted<M: Mode>;
    /// What the body receives.
    type Argument<'l, M: Mode>
    where
        Self: 'l;

    /// Names every parameter of `plain`.
    #[doc(hidden)]
    fn layout(plain: &Self::Plain, layout: &mut Layout);
    /// Turns `plain` into numbers of a mode.
    #[doc(hidden)]
    fn lift<M: Mode>(plain: &Self::Plain, lanes: &mut Lanes) -> Self::Lifted<M>;
    /// The argument of one replicate.
    #[doc(hidden)]
    fn argument<'l, M: Mode>(lifted: &'l Self::Lifted<M>) -> Self::Argument<'l, M>
    where
        Self: 'l;
}

/// The names of the parameters, in order.
#[derive(Debug, Default)]
pub struct Layout {
    prefix: String,
    names: Vec<String>,
}

impl Layout {
    /// Everything under a name that continues the present one: `.bias` or `[3]`.
    pub fn field(&mut self, suffix: &str, inside: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        self.prefix.push_str(suffix);
        inside(self);
        self.prefix.truncate(length);
    }

    /// One parameter, under the present name.
    pub fn leaf(&mut self) {
        self.names.push(self.prefix.clone());
    }

    pub(crate) fn into_names(self) -> Vec<String> {
        self.names
    }

    fn indexed<P: Parameters>(&mut self, items: &[P::Plain]) {
        for (index, item) in items.iter().enumerate() {
            self.field(&format!("[{index}]"), |layout| P::layout(item, layout));
        }
    }
}

/// Hands out the tangent lanes of a pass, in the order of the names.
#[derive(Debug)]
pub struct Lanes {
    next: usize,
    first: usize,
}

impl Lanes {
    /// The lanes of the pass whose first parameter has number `first`.
    pub(crate) fn starting_at(first: usize) -> Self {
        Self { next: 0, first }
    }

    /// The next parameter.
    pub fn variable<M: Mode>(&mut self, value: f64) -> Real<M> {
        let number = self.next;
        self.next += 1;
        // Parameters of other passes get a lane that no number has.
        Real::variable(value, number.checked_sub(self.first).unwrap_or(usize::MAX))
    }
}

/// The sum of counts, if all are known.
pub const fn sum_counts(counts: &[Option<usize>]) -> Option<usize> {
    let mut total = 0;
    let mut rest = counts;
    while let [first, others @ ..] = rest {
        match *first {
            Some(count) => total += count,
            None => return None,
        }
        rest = others;
    }
    Some(total)
}

impl Parameters for Real<Primal> {
    const COUNT: Option<usize> = Some(1);
    type Plain = f64;
    type Lifted<M: Mode> = Real<M>;
    type Argument<'l, M: Mode> = Real<M>;

    fn layout(_: &f64, layout: &mut Layout) {
        layout.leaf();
    }
    fn lift<M: Mode>(plain: &f64, lanes: &mut Lanes) -> Real<M> {
        lanes.variable(*plain)
    }
    #[inline(always)]
    fn argument<'l, M: Mode>(lifted: &'l Real<M>) -> Real<M>
    where
        Self: 'l,
    {
        // Tells the compiler that the tangent is stored, so that no operation has to ask.
        Real::new(lifted.scalar().dense(), 0)
    }
}

macro_rules! constants {
    ($($plain:ty),*) => {$(
        impl Parameters for $plain {
            const COUNT: Option<usize> = Some(0);
            type Plain = $plain;
            type Lifted<M: Mode> = $plain;
            type Argument<'l, M: Mode> = $plain;

            fn layout(_: &$plain, _: &mut Layout) {}
            fn lift<M: Mode>(plain: &$plain, _: &mut Lanes) -> $plain {
                plain.clone()
            }
            #[inline(always)]
            fn argument<'l, M: Mode>(lifted: &'l $plain) -> $plain
            where
                Self: 'l,
            {
                lifted.clone()
            }
        }
    )*};
}

constants!(
    f64,
    f32,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    bool,
    char,
    String,
    ()
);

impl<P: Parameters, const N: usize> Parameters for [P; N] {
    const COUNT: Option<usize> = match P::COUNT {
        Some(count) => Some(count * N),
        None => None,
    };
    type Plain = [P::Plain; N];
    type Lifted<M: Mode> = [P::Lifted<M>; N];
    type Argument<'l, M: Mode>
        = [P::Argument<'l, M>; N]
    where
        Self: 'l;

    fn layout(plain: &Self::Plain, layout: &mut Layout) {
        layout.indexed::<P>(plain);
    }
    fn lift<M: Mode>(plain: &Self::Plain, lanes: &mut Lanes) -> Self::Lifted<M> {
        core::array::from_fn(|i| P::lift(&plain[i], lanes))
    }
    #[inline(always)]
    fn argument<'l, M: Mode>(lifted: &'l Self::Lifted<M>) -> Self::Argument<'l, M>
    where
        Self: 'l,
    {
        core::array::from_fn(|i| P::argument(&lifted[i]))
    }
}

impl<P: Parameters> Parameters for Vec<P> {
    const COUNT: Option<usize> = None;
    type Plain = Vec<P::Plain>;
    type Lifted<M: Mode> = Vec<P::Lifted<M>>;
    type Argument<'l, M: Mode>
        = Vec<P::Argument<'l, M>>
    where
        Self: 'l;

    fn layout(plain: &Self::Plain, layout: &mut Layout) {
        layout.indexed::<P>(plain);
    }
    fn lift<M: Mode>(plain: &Self::Plain, lanes: &mut Lanes) -> Self::Lifted<M> {
        plain.iter().map(|item| P::lift(item, lanes)).collect()
    }
    fn argument<'l, M: Mode>(lifted: &'l Self::Lifted<M>) -> Self::Argument<'l, M>
    where
        Self: 'l,
    {
        lifted.iter().map(|item| P::argument(item)).collect()
    }
}

impl<'a, P: Parameters> Parameters for &'a [P]
where
    P::Plain: 'a,
{
    const COUNT: Option<usize> = None;
    type Plain = &'a [P::Plain];
    type Lifted<M: Mode> = Vec<P::Lifted<M>>;
    type Argument<'l, M: Mode>
        = &'l [P::Lifted<M>]
    where
        Self: 'l;

    fn layout(plain: &Self::Plain, layout: &mut Layout) {
        layout.indexed::<P>(plain);
    }
    fn lift<M: Mode>(plain: &Self::Plain, lanes: &mut Lanes) -> Self::Lifted<M> {
        plain.iter().map(|item| P::lift(item, lanes)).collect()
    }
    #[inline(always)]
    fn argument<'l, M: Mode>(lifted: &'l Self::Lifted<M>) -> Self::Argument<'l, M>
    where
        Self: 'l,
    {
        lifted
    }
}

impl<'a, P: Parameters> Parameters for &'a P
where
    P::Plain: 'a,
{
    const COUNT: Option<usize> = P::COUNT;
    type Plain = &'a P::Plain;
    type Lifted<M: Mode> = P::Lifted<M>;
    type Argument<'l, M: Mode>
        = &'l P::Lifted<M>
    where
        Self: 'l;

    fn layout(plain: &Self::Plain, layout: &mut Layout) {
        P::layout(plain, layout);
    }
    fn lift<M: Mode>(plain: &Self::Plain, lanes: &mut Lanes) -> Self::Lifted<M> {
        P::lift(plain, lanes)
    }
    #[inline(always)]
    fn argument<'l, M: Mode>(lifted: &'l Self::Lifted<M>) -> Self::Argument<'l, M>
    where
        Self: 'l,
    {
        lifted
    }
}

macro_rules! tuples {
    ($($name:ident $field:tt),*) => {
        impl<$($name: Parameters),*> Parameters for ($($name,)*) {
            const COUNT: Option<usize> = sum_counts(&[$($name::COUNT),*]);
            type Plain = ($($name::Plain,)*);
            type Lifted<M: Mode> = ($($name::Lifted<M>,)*);
            type Argument<'l, M: Mode> = ($($name::Argument<'l, M>,)*)
            where
                Self: 'l;

            fn layout(plain: &Self::Plain, layout: &mut Layout) {
                $(layout.field(concat!(".", $field), |layout| $name::layout(&plain.$field, layout));)*
            }
            fn lift<M: Mode>(plain: &Self::Plain, lanes: &mut Lanes) -> Self::Lifted<M> {
                ($($name::lift(&plain.$field, lanes),)*)
            }
            #[inline(always)]
            fn argument<'l, M: Mode>(lifted: &'l Self::Lifted<M>) -> Self::Argument<'l, M>
            where
                Self: 'l,
            {
                ($($name::argument(&lifted.$field),)*)
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
