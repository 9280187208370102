//! The attribute from end to end: read, check, expand; a stub where something is wrong.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Item;

use crate::args::{Arguments, STOCHASTIC};
use crate::ast::{Function, Source};
use crate::diagnostics::Diagnostics;
use crate::{body, check, expand, stub};

/// Expands `#[stochastic(arguments)] item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut options = Arguments::default();
    options.read(arguments, STOCHASTIC, &mut diagnostics);
    let source = match syn::parse2::<Source>(item.clone()) {
        Ok(source) => source,
        Err(error) => {
            diagnostics.push(explain(error, item.clone()));
            let errors = diagnostics.into_compile_errors();
            return quote!(#errors #item);
        }
    };
    check::check(&source, &mut diagnostics);
    let function = Function::new(&source, options.library);
    let body = body::rewrite(source.body_tokens(), &function.name, &mut diagnostics);
    if diagnostics.is_empty() {
        return expand::expand(&function, &body);
    }
    let errors = diagnostics.into_compile_errors();
    let stub = stub::expand(&source, &function);
    quote!(#errors #stub)
}

/// Why the item is not a function that can be annotated.
fn explain(error: syn::Error, item: TokenStream) -> syn::Error {
    let message = match syn::parse2::<Item>(item) {
        Ok(Item::Fn(_)) | Err(_) => return error,
        Ok(Item::Struct(_) | Item::Enum(_)) => {
            "`#[stochastic]` goes on a function; for a struct of parameters write \
             `#[derive(Parameters)]`"
        }
        Ok(_) => "`#[stochastic]` goes on a function; annotate each function by itself",
    };
    syn::Error::new(Span::call_site(), message)
}
