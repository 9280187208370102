//! The rules of an annotated function: one short function a rule, whose comment states it.

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, FnArg, Item, PatType, ReturnType, Signature, Type, TypePath};

use crate::ast::{Source, plain_name};
use crate::diagnostics::Diagnostics;
use crate::real::{is_mentioned, is_real, mention};
use crate::shapes;
use crate::tokens::{find_bare_real, find_invocation};

/// Applies every rule to one function.
pub(crate) fn check(source: &Source, diagnostics: &mut Diagnostics) {
    let signature = &source.signature;
    qualifiers(signature, diagnostics);
    receiver(signature, diagnostics);
    variadic(signature, diagnostics);
    bounds(signature, diagnostics);
    for input in &signature.inputs {
        if let FnArg::Typed(input) = input {
            parameter(input, diagnostics);
        }
    }
    differentiable(signature, diagnostics);
    output(signature, diagnostics);
    nested_items(source, diagnostics);
}

/// A replicate is an ordinary call: no `async`, `const`, `unsafe` or `extern` function.
fn qualifiers(signature: &Signature, diagnostics: &mut Diagnostics) {
    let message = |word: &str| format!("a stochastic function cannot be `{word}`; remove `{word}`");
    if let Some(word) = &signature.constness {
        diagnostics.at(word, message("const"));
    }
    if let Some(word) = &signature.asyncness {
        diagnostics.at(word, message("async"));
    }
    if let Some(word) = &signature.unsafety {
        diagnostics.at(word, message("unsafe"));
    }
    if let Some(word) = &signature.abi {
        diagnostics.at(word, message("extern"));
    }
}

/// A method has no place for the struct that its function returns.
fn receiver(signature: &Signature, diagnostics: &mut Diagnostics) {
    if let Some(receiver) = signature.receiver() {
        let message = format!(
            "a stochastic function cannot be a method; \
             move `{}` out of its `impl` block and pass the receiver as a parameter",
            signature.ident
        );
        diagnostics.at(receiver.self_token, message);
    }
}

/// The number of parameters is fixed.
fn variadic(signature: &Signature, diagnostics: &mut Diagnostics) {
    if let Some(variadic) = &signature.variadic {
        let message = "a stochastic function cannot be variadic; take a slice";
        diagnostics.at(variadic.dots, message);
    }
}

/// Generic bounds hold for the caller and for the body, so they cannot speak of `Real`.
fn bounds(signature: &Signature, diagnostics: &mut Diagnostics) {
    if let Some(real) = mention(|finder| finder.visit_generics(&signature.generics)) {
        let message = "a bound cannot mention `Real`, which is `f64` for the caller and a dual \
                       number in the body; bound it by `f64`, or call a helper that is \
                       generic: `fn helper<M: Mode>(x: Real<M>) -> Real<M>`";
        diagnostics.at(real, message);
    }
    modes(|finder| finder.visit_generics(&signature.generics), diagnostics);
}

/// The rules of one parameter.
fn parameter(input: &PatType, diagnostics: &mut Diagnostics) {
    pattern(input, diagnostics);
    attributes(&input.attrs, diagnostics);
    modes(|finder| finder.visit_type(&input.ty), diagnostics);
    if is_mentioned(&input.ty) {
        shapes::check(&input.ty, diagnostics);
    } else {
        exclusive(&input.ty, diagnostics);
    }
}

/// A parameter needs a name: its derivative is reported under it.
fn pattern(input: &PatType, diagnostics: &mut Diagnostics) {
    if plain_name(&input.pat).is_none() {
        let message = "a parameter of a stochastic function is a plain name; \
                       take the value apart in the body";
        diagnostics.at(&input.pat, message);
    }
}

/// A parameter is there or not for all of the generated items.
fn attributes(attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    for attribute in attributes {
        if attribute.path().is_ident("cfg") {
            let message = "a parameter of a stochastic function cannot depend on `cfg`; \
                           put `#[cfg(..)]` on two versions of the function";
            diagnostics.at(attribute, message);
        }
    }
}

/// A constant is cloned for each replicate, so it cannot be an exclusive reference.
fn exclusive(ty: &Type, diagnostics: &mut Diagnostics) {
    if let Type::Reference(reference) = ty
        && let Some(mutability) = &reference.mutability
    {
        let message = "a constant is shared by all replicates, so it cannot be `&mut`; take `&`";
        diagnostics.at(mutability, message);
    }
}

/// `Real` stands in a signature without a mode, as the mode differs between caller and body.
fn modes(look: impl FnOnce(&mut Moded), diagnostics: &mut Diagnostics) {
    let mut finder = Moded(None);
    look(&mut finder);
    if let Some(path) = finder.0 {
        let message = "the mode of `Real` is not chosen in a stochastic function's signature; \
                       write `Real`";
        diagnostics.at(path, message);
    }
}

/// Finds the first `Real<..>`.
struct Moded(Option<TypePath>);

impl<'ast> Visit<'ast> for Moded {
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        let last = path.path.segments.last();
        if last.is_some_and(|last| last.ident == "Real" && !last.arguments.is_none()) {
            self.0.get_or_insert_with(|| path.clone());
        }
        visit::visit_type_path(self, path);
    }
}

/// There must be something to differentiate in.
fn differentiable(signature: &Signature, diagnostics: &mut Diagnostics) {
    let any = signature
        .inputs
        .iter()
        .any(|input| matches!(input, FnArg::Typed(input) if mentions_real(&input.ty)));
    if !any {
        let message = format!(
            "no parameter of `{}` mentions `Real`, so there is nothing to differentiate in; \
             make one a `Real`",
            signature.ident
        );
        diagnostics.at(&signature.ident, message);
    }
}

/// Whether a type mentions `Real`, with a mode or without.
fn mentions_real(ty: &Type) -> bool {
    let mut moded = Moded(None);
    moded.visit_type(ty);
    is_mentioned(ty) || moded.0.is_some()
}

/// The function returns the number whose expectation is asked for.
fn output(signature: &Signature, diagnostics: &mut Diagnostics) {
    match &signature.output {
        ReturnType::Default => {
            let message = format!(
                "`{}` returns nothing to take the expectation of; write `-> Real`",
                signature.ident
            );
            diagnostics.at(&signature.ident, message);
        }
        ReturnType::Type(_, ty) if is_real(ty) || is_f64(ty) => {}
        ReturnType::Type(_, ty) => {
            let message = "a stochastic function returns `Real` or `f64`; \
                           return the number whose expectation you want";
            diagnostics.at(ty, message);
        }
    }
}

fn is_f64(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|it| it.ident == "f64"))
}

/// An item inside the body sees neither the replicate nor the mode of the function around it.
fn nested_items(source: &Source, diagnostics: &mut Diagnostics) {
    // What syn cannot read, rustc will judge.
    let body = TokenTree::from(source.body.clone()).into();
    if let Ok(block) = syn::parse2::<Block>(body) {
        let function = source.signature.ident.clone();
        Nested { function, diagnostics }.visit_block(&block);
    }
}

struct Nested<'d> {
    function: Ident,
    diagnostics: &'d mut Diagnostics,
}

impl<'ast> Visit<'ast> for Nested<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Use(_) => {}
            Item::Fn(item) if item.attrs.iter().any(is_stochastic) => {}
            Item::Macro(item) => self.definition(item.mac.tokens.clone()),
            _ => self.item(item),
        }
    }
}

impl Nested<'_> {
    /// A macro defined in the body may take draws, not make them: their names come from the body.
    fn definition(&mut self, tokens: proc_macro2::TokenStream) {
        if let Some(name) = find_invocation(tokens) {
            let message = format!(
                "a `macro_rules!` inside the body cannot produce `{name}!`; \
                 pass it as an argument, or write a closure"
            );
            self.diagnostics.at(name, message);
        }
    }

    fn item(&mut self, item: &Item) {
        let function = &self.function;
        if let Some(name) = find_invocation(item.to_token_stream()) {
            let message = format!(
                "`{name}!` in an item inside `{function}` does not belong to its replicate; \
                 write a closure, or annotate a function of its own and `call!` it"
            );
            self.diagnostics.at(name, message);
        } else if let Some(real) = find_bare_real(item.to_token_stream()) {
            let message = format!(
                "an item inside `{function}` cannot use its mode; \
                 write a closure, or make the item generic: `Real<M>` with `M: Mode`"
            );
            self.diagnostics.at(real, message);
        }
    }
}

fn is_stochastic(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == "stochastic")
}
