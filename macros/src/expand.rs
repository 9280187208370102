//! The items that an annotated function becomes. For `fn miss` these are the function `miss`, which
//! applies it, the struct `miss`, which is the random variable, and the body as a function of the
//! struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{GenericParam, Index};

use crate::ast::{Function, Parameter, Source};
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

/// What stands in for a wrong function, so that its users do not fail too.
pub(crate) fn stub(source: &Source, function: &Function) -> TokenStream {
    if source.signature.receiver().is_some() {
        let Source {
            attributes,
            visibility,
            signature,
            ..
        } = source;
        return quote! {
            #(#attributes)* #[allow(unused_variables)]
            #visibility #signature { ::core::unreachable!() }
        };
    }
    [
        caller(function),
        structure(function),
        clone(function, &quote!(::core::unreachable!())),
        unreachable_implementation(function),
    ]
    .into_iter()
    .collect()
}

/// The span of generated tokens: its local names are out of the user's sight.
fn glue() -> Span {
    Span::mixed_site()
}

/// What generated items are silent about. Their names and signatures are the user's, and lints on
/// those are told once, on the function and its body.
fn silence() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
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
fn caller(function: &Function) -> TokenStream {
    let Function {
        attributes,
        visibility,
        name,
        ..
    } = function;
    let (everywhere, caller) = (&attributes.everywhere, &attributes.caller);
    let settings = &attributes.settings;
    let lints = attributes.glue_lints();
    let parameters = &function.generics.params;
    let (_, types, clause) = function.generics.split_for_impl();
    let fields: Vec<Ident> = function.parameters.iter().map(Parameter::field).collect();
    let plain = function.parameters.iter().map(Parameter::plain);
    quote_spanned! {glue()=>
        #(#everywhere)* #(#settings)* #(#caller)* #(#lints)*
        #[allow(clippy::double_must_use, clippy::needless_pass_by_value)]
        #visibility fn #name <#parameters> (#(#fields: #plain),*) -> #name #types #clause {
            #name { #(#fields,)* __marker: ::core::marker::PhantomData }
        }
    }
}

/// `struct miss { aim: f64, .. }`: the function applied to its arguments.
fn structure(function: &Function) -> TokenStream {
    let Function {
        attributes,
        visibility,
        name,
        ..
    } = function;
    let (everywhere, settings) = (&attributes.everywhere, &attributes.settings);
    let silence = silence();
    let parameters = &function.generics.params;
    let clause = &function.generics.where_clause;
    let fields = function.parameters.iter().map(Parameter::field);
    let plain = function.parameters.iter().map(Parameter::plain);
    let marker = marker(function);
    let doc = format!(" The random variable that [`{name}`](fn@{name}) returns.");
    quote_spanned! {glue()=>
        #(#everywhere)* #(#settings)* #[doc = #doc] #silence
        #[must_use = "a random variable does nothing until a query such as `.gradient()` is run on it"]
        #visibility struct #name <#parameters> #clause {
            #(#fields: #plain,)*
            __marker: #marker,
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
fn clone(function: &Function, block: &TokenStream) -> TokenStream {
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
        #name { #(#fields: #values,)* __marker: ::core::marker::PhantomData }
    }
}

/// A copy of one of the struct's fields.
fn clone_of(parameter: &Parameter) -> TokenStream {
    let (field, ty) = (parameter.field(), parameter.plain());
    quote_spanned!(glue()=> <#ty as ::core::clone::Clone>::clone(&self.#field))
}

/// `impl Stochastic for miss`.
fn implementation(function: &Function) -> TokenStream {
    let library = &function.library;
    let parametric: Vec<_> = function.differentiable().map(Parameter::parametric).collect();
    let fields: Vec<Ident> = function.differentiable().map(Parameter::field).collect();
    let names = function.differentiable().map(|it| it.name.unraw().to_string());
    let mode = mode();
    let run = run(function);
    let members = quote_spanned! {glue()=>
        const COUNT: ::core::option::Option<usize> = #library::__private::sum_counts(&[
            #(<#parametric as #library::Parameters>::COUNT),*
        ]);
        type Lifted<#mode: #library::Mode> = (
            #(<#parametric as #library::Parameters>::Lifted<#mode>,)*
        );
        fn layout(&self, __layout: &mut #library::__private::Layout) {
            #(__layout.parameter::<#parametric>(#names, &self.#fields);)*
        }
        fn lift<#mode: #library::Mode>(
            &self,
            __lanes: &mut #library::__private::Lanes,
        ) -> Self::Lifted<#mode> {
            (#(<#parametric as #library::Parameters>::lift::<#mode>(&self.#fields, __lanes),)*)
        }
        #run
    };
    stochastic(function, &members)
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
        let ty = parameter.parametric();
        let index = Index::from(lifted);
        lifted += 1;
        quote_spanned!(glue()=> <#ty as #library::Parameters>::argument(&__lifted.#index))
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

/// `impl Stochastic` for a function that is wrong; it never runs.
fn unreachable_implementation(function: &Function) -> TokenStream {
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
    let runner = inherent(function, &unreachable_runner(function));
    quote!(#implementation #runner)
}

/// The header of `impl Stochastic` around its members.
fn stochastic(function: &Function, members: &TokenStream) -> TokenStream {
    let Function { library, name, .. } = function;
    let everywhere = &function.attributes.everywhere;
    let silence = silence();
    let (generics, types, clause) = function.generics.split_for_impl();
    let text = name.unraw().to_string();
    quote_spanned! {glue()=>
        #(#everywhere)* #[automatically_derived] #silence
        impl #generics #library::Stochastic for #name #types #clause {
            const NAME: &'static str = #text;
            #members
        }
    }
}

/// An inherent block of glue.
fn inherent(function: &Function, members: &TokenStream) -> TokenStream {
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
    let fields: Vec<Ident> = function.parameters.iter().map(Parameter::field).collect();
    let arguments = function.parameters.iter().zip(&fields).map(|(it, field)| {
        if it.is_real() {
            quote_spanned!(glue()=> ::core::convert::Into::into(#field))
        } else {
            field.to_token_stream()
        }
    });
    let cx = context();
    let block = quote_spanned!(glue()=> #body::__body(#cx, #(#arguments),*));
    inherent(function, &runner_function(function, &block))
}

fn unreachable_runner(function: &Function) -> TokenStream {
    let (cx, fields) = (context(), function.parameters.iter().map(Parameter::field));
    let block = quote_spanned!(glue()=> let _ = (#cx, #(#fields),*); ::core::unreachable!());
    runner_function(function, &block)
}

fn runner_function(function: &Function, block: &TokenStream) -> TokenStream {
    let Function {
        library,
        visibility,
        ..
    } = function;
    let (mode, cx) = (mode(), context());
    let output = real::lifted(&function.output);
    let fields = function.parameters.iter().map(Parameter::field);
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
    let Function {
        attributes,
        library,
        name,
        ..
    } = function;
    let (everywhere, lints, others) = (&attributes.everywhere, &attributes.lints, &attributes.body);
    let inline = (!attributes.has_inline()).then(|| quote!(#[inline]));
    let (generics, types, clause) = function.generics.split_for_impl();
    let (mode, cx) = (mode(), context());
    let output = real::lifted(&function.output);
    let parameters = function.parameters.iter().map(|parameter| {
        let Parameter {
            attributes,
            mutability,
            name,
            ..
        } = parameter;
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
