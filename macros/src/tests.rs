//! Snapshots of the expansion of every construct, and of every mistake.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{parameters, stochastic};

/// The expansion, formatted; the arguments of macros stay as rustc prints tokens.
fn formatted(expansion: TokenStream) -> String {
    let file = syn::parse2(expansion).expect("the expansion parses");
    prettyplease::unparse(&file)
}

/// The items that `#[stochastic]` makes of a function.
fn expansion(item: &TokenStream) -> String {
    formatted(stochastic::expand(TokenStream::new(), item))
}

/// The last function of the expansion: the rewritten body.
fn body(item: &TokenStream) -> String {
    let expansion = expansion(item);
    let start = expansion.find("fn __body").expect("the expansion has a body");
    expansion[start..].to_owned()
}

macro_rules! snapshots {
    ($($name:ident = $output:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!($output);
        }
    )*};
}

snapshots! {
    plain_parameters = expansion(&quote! {
        /// Squared distance of a noisy shot from its target.
        fn miss(aim: Real, spread: Real, target: f64) -> Real {
            let shot = sample!(Normal::new(aim, spread));
            (shot - target).powi(2)
        }
    });
    borrowed_parameters = expansion(&quote! {
        pub(crate) fn fit<'a>(weights: &[Real], names: &'a [&str], policy: &Policy<Real>) -> f64 {
            0.0
        }
    });
    generic_constants = expansion(&quote! {
        fn mean<T, U: ?Sized, const N: usize>(x: [Real; N], items: &[T], other: &U) -> Real
        where
            T: Into<f64>,
        {
            x[0]
        }
    });
    functions_as_constants = expansion(&quote! {
        fn price(spot: Real, payoff: impl Fn(&f64) -> f64, rates: &impl Iterator<Item = &f64>) -> Real {
            spot
        }
    });
    attributes = expansion(&quote! {
        /// Documented.
        #[must_use]
        #[doc(hidden)]
        #[cfg(unix)]
        #[expect(non_snake_case, reason = "a name of the paper")]
        #[inline(always)]
        #[track_caller]
        pub fn Phi(#[allow(unused)] mut x: Real, r#type: f64) -> Real {
            x += 1.0;
            x
        }
    });
    another_path_to_the_library = formatted(stochastic::expand(
        quote!(crate = other::scorepath),
        &quote! { fn f(x: Real) -> Real { x } },
    ));
    names_of_sites = body(&quote! {
        fn f(x: Real) -> Real {
            let z = sample!(Normal::new(x, 1.0));
            let mut z: Vec<Real> = scorepath::sample!(Dirichlet::new(&[1.0, x]));
            let pair: (Real, f64) = sample![Pair::<Real>::new(x)];
            let eager = sample!(Normal::new(x, 1.0)).exp();
            let equal = z == sample!(prior);
            let (a, b) = sample!(pairs[0]);
            let named = sample!(Poisson::new(x), name = "count",);
            sample!(Noise(Gumbel::new(0.0, 1.0)), name = "z")
        }
    });
    options_of_draws = body(&quote! {
        fn f(x: Real) -> Real {
            let z = sample!(
                Normal::new(x, 1.0),
                strategy = ScoreFunction,
                baseline = Real::from(2.0) * x,
            );
            z + sample!(Normal::new(x, 1.0), strategy = Strategy::Pathwise)
        }
    });
    draws_inside_anything = body(&quote! {
        fn f(x: Real) -> Real {
            assert!(sample!(Normal::new(sample!(Gamma::new(x, 1.0)), 1.0)) < 3.0, "{}", sample!(d));
            let mut draw = || sample!(Normal::new(x, 1.0));
            let many: Vec<_> = (0..3).map(|_| sample! { Normal::new(x, 1.0) }).collect();
            match sample!(Bernoulli::new(x)) {
                true => return cost!(x),
                false => draw(),
            }
        }
    });
    the_other_macros = body(&quote! {
        fn f(x: Real) -> Real {
            cost!(x * sample!(Normal::new(x, 1.0)));
            let y = call!(walks::step::<f64, 3>(0.5, sample!(Normal::new(x, 1.0))));
            if continuous!(y > 0.0) { call!(f(y - 1.0)) } else { y }
        }
    });
    real_in_the_body = body(&quote! {
        fn f(x: Real) -> Real {
            use scorepath::Real;
            let mut sum: Real = Real::from(0.0);
            let kept = Real::<Primal>::from(1.0);
            let other: Real<Primal> = kept;
            let kind = Kind::Real;
            sum += [x, x].into_iter().sum::<Real>();
            sum + scorepath::Real::from(1.0) + shape.Real
        }
    });
    an_annotated_item_inside = body(&quote! {
        fn f(x: Real) -> Real {
            #[stochastic]
            fn inner(y: Real) -> Real {
                sample!(Normal::new(y, 1.0))
            }
            call!(inner(x)) + Real::from(1.0)
        }
    });
    a_derived_struct = formatted(parameters::expand(quote! {
        struct Policy<'a, S, T, const N: usize = 3>
        where
            S: Copy,
            T: Send,
        {
            weights: [S; N],
            bias: S,
            rows: Vec<(S, f64)>,
            hidden: usize,
            names: &'a [T],
            marker: PhantomData<S>,
        }
    }));
    a_derived_tuple_struct = formatted(parameters::expand(quote! {
        #[parameters(scalar = X, crate = other)]
        struct Pair<T, X>(X, Inner<X>, T);
    }));
}

/// The messages for a wrong item, one a line, in the order told.
fn messages(expansion: TokenStream) -> String {
    let file: syn::File = syn::parse2(expansion).expect("the expansion parses");
    let told = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) => syn::parse2::<syn::LitStr>(item.mac.tokens.clone()).ok(),
        _ => None,
    });
    told.map(|message| message.value() + "\n").collect()
}

fn mistakes(item: &TokenStream) -> String {
    messages(stochastic::expand(TokenStream::new(), item))
}

snapshots! {
    mistakes_in_the_signature = mistakes(&quote! {
        async unsafe extern "C" fn f<F: Fn(Real) -> Real>(
            (a, b): (Real, Real),
            c: Option<Real>,
            d: Box<[Real]>,
            e: &mut [Real],
            g: &'static [Real],
            h: fn(Real) -> f64,
            i: impl Fn(Real) -> f64,
            j: Real<Primal>,
            k: &mut f64,
            n: &[(&[Real], f64)],
            #[cfg(unix)] l: f64,
            ...
        ) -> bool {
            true
        }
    });
    mistakes_without_parameters = mistakes(&quote! { fn f(x: f64) {} });
    mistakes_in_a_method = mistakes(&quote! { fn f(&self, x: Real) -> Real { x } });
    mistakes_in_the_body = mistakes(&quote! {
        fn f(x: Real) -> Real {
            fn helper(y: Real) -> Real { sample!(Normal::new(y, 1.0)) }
            struct Pair(Real, Real);
            macro_rules! draw { () => { sample!(Normal::new(0.0, 1.0)) } }
            let a = vec![sample!(Normal::new(x, 1.0)); 3];
            let b = [call!(f(x)) + 1.0; 3];
            let c = async move { sample!(Normal::new(x, 1.0)) };
            let closures = [|| sample!(Normal::new(x, 1.0)); 2];
            let kinks = [continuous!(x > 0.0); 2];
            sample!();
            sample!(name = "z");
            sample!(Normal::new(x, 1.0), nam = "z", strategy = Reparam, strategy = 1 + 1);
            sample!(Normal::new(x, 1.0), name = "z", name = "y");
            sample!(Normal::new(x, 1.0), name = z);
            sample!(Normal::new(x, 1.0), name = "");
            sample!(Normal::new(x, 1.0), Normal::new(x, 2.0));
            cost!();
            cost!(x, x);
            continuous!();
            call!(f);
            call!(x.f(1.0));
            x
        }
    });
    mistakes_in_the_arguments = messages(stochastic::expand(
        quote!(krate = a, crate = b, crate = c),
        &quote! { fn f(x: Real) -> Real { x } },
    ));
    mistakes_of_place = messages(stochastic::expand(
        TokenStream::new(),
        &quote! { struct Policy { x: f64 } },
    ));
    mistakes_in_derived_structs = [
        quote! { enum Policy<S> { A(S) } },
        quote! { struct Policy { bias: Real } },
        quote! { #[parameters(scalar = T)] struct Policy<S> { bias: S } },
        quote! { #[parameters(scale = T)] struct Policy<S> { bias: S } },
        quote! { struct Policy<'a, S> { bias: &'a [S] } },
        quote! { struct Policy<S> { #[parameters(scalar = S)] bias: S } },
    ]
    .map(|item| messages(parameters::expand(item)))
    .concat();
    a_stub_keeps_the_signature = expansion(&quote! {
        pub fn f<T: Copy>(x: Real, w: &[Real], data: &[T]) -> Real {
            sample!()
        }
    });
    a_stub_of_a_method = expansion(&quote! {
        pub fn f(&self, x: Real) -> Real {
            sample!(Normal::new(x, 1.0))
        }
    });
}
