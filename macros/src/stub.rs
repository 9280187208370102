//! What a wrong function becomes: items of the same names and signatures, so that the mistakes told
//! are the user's and not those of everything that uses the function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::ast::{Function, Parameter, Source};
use crate::body::context;
use crate::expand::{caller, clone, glue, inherent, runner_function, stochastic, structure};
use crate::real::mode;

/// What stands in for a wrong function, so that its users do not fail too.
pub(crate) fn expand(source: &Source, function: &Function) -> TokenStream {
    if source.signature.receiver().is_some() {
        let Source { attributes, visibility, signature, .. } = source;
        return quote! {
            #(#attributes)* #[allow(unused_variables)]
            #visibility #signature { ::core::unreachable!() }
        };
    }
    [
        caller(function),
        structure(function),
        clone(function, &quote!(::core::unreachable!())),
        implementation(function),
    ]
    .into_iter()
    .collect()
}

/// `impl Stochastic` for a function that is wrong; it never runs.
fn implementation(function: &Function) -> TokenStream {
    let (library, mode) = (&function.library, mode());
    let members = quote_spanned! {glue()=>
        const COUNT: ::core::option::Option<usize> = ::core::option::Option::None;
        type Lifted<#mode: #library::Mode> = ();
        fn layout(&self, _: &mut #library::__private::Layout) {
            ::core::unreachable!()
        }
        fn lift<#mode: #library::Mode>(&self, _: &mut #library::__private::Lanes) {
            ::core::unreachable!()
        }
        fn run<#mode: #library::Mode>(
            &self,
            _: &(),
            _: &#library::__private::Context<'_, #mode>,
        ) -> #library::Real<#mode> {
            ::core::unreachable!()
        }
    };
    let implementation = stochastic(function, &members);
    let runner = inherent(function, &runner(function));
    quote!(#implementation #runner)
}

/// `__call`, which `call!` in other functions names.
fn runner(function: &Function) -> TokenStream {
    let (cx, fields) = (context(), function.parameters.iter().map(Parameter::argument));
    let block = quote_spanned!(glue()=> let _ = (#cx, #(#fields),*); ::core::unreachable!());
    runner_function(function, &block)
}
