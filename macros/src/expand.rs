//! The items that an annotated function becomes. For `fn miss` these are the function `miss`, which
//! applies it, the struct `miss`, which is the random variable, and the body as a function of the
//! struct.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{GenericParam, Index, Path, Type};

use crate::ast::{Function, Parameter};
use crate::body::context;
use crate::real::{self, mode};

/// Everything that a right function becomes. `body` is already rewritten.
pub(crate) fn expand(function: &Function, body: &TokenStream) -> TokenStream {
    [
        caller(function),
        structure(function),
        clone(function, &copy(function)),
        implementation(function),
        runner(function),
        body_function(function, body),
    ]
    .into_iter()
    .collect()
}

/// The span of generated tokens: its local names are out of the user's sight.
pub(crate) fn glue() -> Span {
    Span::mixed_site()
}

/// `<Policy<Real> as Parameters>`. Only the type is at the user's place, so that rustc says there, and
/// not at every use, that the type is no parameter.
pub(crate) fn as_parameters(library: &Path, ty: &Type) -> TokenStream {
    quote_spanned!(glue()=> <#ty as #library::Parameters>)
}

/// What generated items are silent about. Their names and signatures are the user's, and lints on
/// those are told once, on the function and its body.
fn silence() -> TokenStream {
    quote! {
        #[allow(
            deprecated,
            missing_debug_implementations,
            non_camel_case_types,
            private_bounds,
            private_interfaces,
            unreachable_pub,
            clippy::all,
            clippy::pedantic
        )]
    }
}

/// `fn miss(aim: f64) -> miss`: applies the function to its arguments.
pub(crate) fn caller(function: &Function) -> TokenStream {
    let Function { attributes, visibility, keyword, name, .. } = function;
    let (everywhere, caller) = (&attributes.everywhere, &attributes.caller);
    let settings = &attributes.settings;
    let lints = attributes.glue_lints();
    let (generics, types, clause) = function.generics.split_for_impl();
    let fields = function.parameters.iter().map(Parameter::field);
    let arguments: Vec<Ident> = function.parameters.iter().map(Parameter::argument).collect();
    let plain = function.parameters.iter().map(Parameter::plain);
    let mut block = Group::new(
        Delimiter::Brace,
        quote_spanned! {glue()=>
            #name { #(#fields: #arguments,)* __scorepath_marker: ::core::marker::PhantomData }
        },
    );
    block.set_span(function.body_span);
    quote_spanned! {glue()=>
        #(#everywhere)* #(#settings)* #(#caller)* #(#lints)*
        #[allow(
            clippy::double_must_use,
            clippy::elidable_lifetime_names,
            clippy::needless_lifetimes,
            clippy::needless_pass_by_value
        )]
        #visibility #keyword #name #generics (#(#arguments: #plain),*) -> #name #types #clause #block
    }
}

/// `struct miss { aim: f64, .. }`: the function applied to its arguments.
pub(crate) fn structure(function: &Function) -> TokenStream {
    let Function { attributes, visibility, name, .. } = function;
    let (everywhere, settings) = (&attributes.everywhere, &attributes.settings);
    let silence = silence();
    let (generics, _, clause) = function.generics.split_for_impl();
    let fields = function.parameters.iter().map(Parameter::field);
    let plain = function.parameters.iter().map(Parameter::plain);
    let marker = marker(function);
    let doc = format!(" The random variable that [`{name}`](fn@{name}) returns.");
    quote_spanned! {glue()=>
        #(#everywhere)* #(#settings)* #[doc = #doc] #silence
        #[must_use = "a random variable does nothing until a query such as `.gradient()` is run on it"]
        #visibility struct #name #generics #clause {
            #(#fields: #plain,)*
            __scorepath_marker: #marker,
        }
    }
}

/// A type that uses every generic parameter, is covariant, and is `Send` and `Sync` whatever they
/// are.
fn marker(function: &Function) -> TokenStream {
    let lifetimes = function.generics.lifetimes().map(|it| &it.lifetime);
    let types = function.generics.type_params().map(|it| &it.ident);
    quote_spanned! {glue()=>
        ::core::marker::PhantomData<fn() -> (#(&#lifetimes (),)* #(*const #types,)*)>
    }
}

/// `impl Clone for miss`, by the given expression.
pub(crate) fn clone(function: &Function, block: &TokenStream) -> TokenStream {
    let name = &function.name;
    let everywhere = &function.attributes.everywhere;
    let silence = silence();
    let (generics, types, clause) = function.generics.split_for_impl();
    quote_spanned! {glue()=>
        #(#everywhere)* #[automatically_derived] #silence
        impl #generics ::core::clone::Clone for #name #types #clause {
            fn clone(&self) -> Self {
                #block
            }
        }
    }
}

/// A copy of the struct, field by field; a constant that is not `Clone` is told at its type.
fn copy(function: &Function) -> TokenStream {
    let name = &function.name;
    let fields = function.parameters.iter().map(Parameter::field);
    let values = function.parameters.iter().map(clone_of);
    quote_spanned! {glue()=>
        #name { #(#fields: #values,)* __scorepath_marker: ::core::marker::PhantomData }
    }
}

/// A copy of one of the struct's fields.
fn clone_of(parameter: &Parameter) -> TokenStream {
    let (field, ty) = (parameter.field(), parameter.plain());
    quote_spanned!(glue()=> <#ty as ::core::clone::Clone>::clone(&self.#field))
}

/// `impl Stochastic for miss`.
fn implementation(function: &Function) -> TokenStream {
    let (library, mode) = (&function.library, mode());
    let parameters: Vec<TokenStream> = function
        .differentiable()
        .map(|parameter| as_parameters(library, parameter.parametric()))
        .collect();
    let fields = function.differentiable().map(Parameter::field);
    let layout = function.differentiable().map(|it| layout(library, it));
    let run = run(function);
    let members = quote_spanned! {glue()=>
        const COUNT: ::core::option::Option<usize> =
            #library::__private::sum_counts(&[#(#parameters::COUNT),*]);
        type Lifted<#mode: #library::Mode> = (#(#parameters::Lifted<#mode>,)*);
        fn layout(&self, __layout: &mut #library::__private::Layout) {
            #(#layout)*
        }
        fn lift<#mode: #library::Mode>(
            &self,
            __lanes: &mut #library::__private::Lanes,
        ) -> Self::Lifted<#mode> {
            (#(#parameters::lift::<#mode>(&self.#fields, __lanes),)*)
        }
        #run
    };
    stochastic(function, &members)
}

/// Names the components of one parameter.
fn layout(library: &Path, parameter: &Parameter) -> TokenStream {
    let (field, name) = (parameter.field(), parameter.name.unraw().to_string());
    let parameters = as_parameters(library, parameter.parametric());
    quote_spanned! {glue()=>
        __layout.field(#name, |__layout| #parameters::layout(&self.#field, __layout));
    }
}

/// `Stochastic::run`: one replicate.
fn run(function: &Function) -> TokenStream {
    let (library, mode, cx) = (&function.library, mode(), context());
    let body = body_path(function);
    let mut lifted = 0_usize;
    let arguments = function.parameters.iter().map(|parameter| {
        if !parameter.is_differentiable() {
            return clone_of(parameter);
        }
        let parameters = as_parameters(library, parameter.parametric());
        let index = Index::from(lifted);
        lifted += 1;
        quote_spanned!(glue()=> #parameters::argument(&__lifted.#index))
    });
    quote_spanned! {glue()=>
        #[inline]
        fn run<#mode: #library::Mode>(
            &self,
            __lifted: &Self::Lifted<#mode>,
            #cx: &#library::__private::Context<'_, #mode>,
        ) -> #library::Real<#mode> {
            ::core::convert::Into::into(#body::__body(#cx, #(#arguments),*))
        }
    }
}

/// The header of `impl Stochastic` around its members.
pub(crate) fn stochastic(function: &Function, members: &TokenStream) -> TokenStream {
    let Function { library, name, .. } = function;
    let everywhere = &function.attributes.everywhere;
    let silence = silence();
    let (generics, types, clause) = function.generics.split_for_impl();
    let text = name.unraw().to_string();
    // At the function's name, whose line this then is.
    let place = quote_spanned! {name.span()=> (::core::file!(), ::core::line!()) };
    quote_spanned! {glue()=>
        #(#everywhere)* #[automatically_derived] #silence
        impl #generics #library::Stochastic for #name #types #clause {
            const NAME: &'static str = #text;
            const PLACE: (&'static str, u32) = #place;
            #members
        }
    }
}

/// An inherent block of glue.
pub(crate) fn inherent(function: &Function, members: &TokenStream) -> TokenStream {
    let name = &function.name;
    let everywhere = &function.attributes.everywhere;
    let silence = silence();
    let (generics, types, clause) = function.generics.split_for_impl();
    quote_spanned! {glue()=>
        #(#everywhere)* #silence
        impl #generics #name #types #clause {
            #members
        }
    }
}

/// `miss::__call`, which `call!` names: it takes numbers of any kind.
fn runner(function: &Function) -> TokenStream {
    let body = body_path(function);
    let fields: Vec<Ident> = function.parameters.iter().map(Parameter::argument).collect();
    let arguments = function.parameters.iter().zip(&fields).map(|(it, field)| {
        if it.is_real() {
            quote_spanned!(glue()=> ::core::convert::Into::into(#field))
        } else {
            field.to_token_stream()
        }
    });
    let cx = context();
    // Who uses this uses the function, which rustc would else call dead.
    let block = quote_spanned! {glue()=>
        let _ = #body;
        #body::__body(#cx, #(#arguments),*)
    };
    inherent(function, &runner_function(function, &block))
}

/// The header of `__call` around its block.
pub(crate) fn runner_function(function: &Function, block: &TokenStream) -> TokenStream {
    let Function { library, visibility, .. } = function;
    let (mode, cx) = (mode(), context());
    let output = real::lifted(&function.output);
    let fields = function.parameters.iter().map(Parameter::argument);
    let types = function.parameters.iter().map(|parameter| {
        if parameter.is_real() {
            quote_spanned!(glue()=> impl ::core::convert::Into<#library::Real<#mode>>)
        } else {
            parameter.lifted().into_token_stream()
        }
    });
    quote_spanned! {glue()=>
        #[doc(hidden)]
        #[inline]
        #visibility fn __call<#mode: #library::Mode>(
            #cx: &#library::__private::Context<'_, #mode>,
            #(#fields: #types),*
        ) -> #output {
            #block
        }
    }
}

/// `miss::__body`, the user's code.
fn body_function(function: &Function, body: &TokenStream) -> TokenStream {
    let Function { attributes, library, name, .. } = function;
    let (everywhere, lints, others) = (&attributes.everywhere, &attributes.lints, &attributes.body);
    let inline = (!attributes.has_inline()).then(|| quote!(#[inline]));
    let (generics, types, clause) = function.generics.split_for_impl();
    let (mode, cx) = (mode(), context());
    let output = real::lifted(&function.output);
    let parameters = function.parameters.iter().map(|parameter| {
        let Parameter { attributes, mutability, name, .. } = parameter;
        let ty = parameter.lifted();
        quote!(#(#attributes)* #mutability #name: #ty)
    });
    quote_spanned! {glue()=>
        #(#everywhere)* #(#lints)*
        impl #generics #name #types #clause {
            #[doc(hidden)]
            #[allow(clippy::too_many_arguments)]
            #inline
            #(#others)*
            fn __body<#mode: #library::Mode>(
                #cx: &#library::__private::Context<'_, #mode>,
                #(#parameters),*
            ) -> #output {
                #body
            }
        }
    }
}

/// `miss::<T, N>`: the struct without its lifetimes, which are shorter in the body than for the
/// caller, and inferred.
fn body_path(function: &Function) -> TokenStream {
    let name = &function.name;
    let arguments: Vec<&Ident> = function
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
        })
        .collect();
    if arguments.is_empty() {
        name.to_token_stream()
    } else {
        quote_spanned!(glue()=> #name::<#(#arguments),*>)
    }
}
