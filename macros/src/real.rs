//! `Real` in types: where a type mentions it, and what stands in its place for the caller and in
//! the body.

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Type, TypePath, parse_quote_spanned};

/// The name of the body's mode parameter.
pub(crate) fn mode() -> Ident {
    Ident::new("__M", Span::mixed_site())
}

/// The spot that a token of ours takes in the user's code: hygienic, but shown at `place`.
pub(crate) fn spot(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// Whether this is `Real`, perhaps qualified, with no mode written.
fn is_bare(path: &TypePath) -> bool {
    path.qself.is_none()
        && path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Real" && last.arguments.is_none())
}

/// Whether this is `Real`, with a mode or without.
pub(crate) fn is_real(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => is_bare(path),
        Type::Paren(inner) => is_real(&inner.elem),
        Type::Group(inner) => is_real(&inner.elem),
        _ => false,
    }
}

/// The first bare `Real` that a piece of syntax mentions.
pub(crate) fn mention(look: impl FnOnce(&mut Mention)) -> Option<TypePath> {
    let mut mention = Mention(None);
    look(&mut mention);
    mention.0
}

/// Whether a type mentions `Real`.
pub(crate) fn is_mentioned(ty: &Type) -> bool {
    mention(|finder| finder.visit_type(ty)).is_some()
}

/// Finds the first bare `Real`.
pub(crate) struct Mention(Option<TypePath>);

impl<'ast> Visit<'ast> for Mention {
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        if self.0.is_none() && is_bare(path) {
            self.0 = Some(path.clone());
        }
        visit::visit_type_path(self, path);
    }
}

/// The type as the caller sees it: `f64` for `Real`.
pub(crate) fn plain(ty: &Type) -> Type {
    substitute(ty, is_bare, |path| {
        let span = last_ident(path).span();
        parse_quote_spanned!(span=> f64)
    })
}

/// The type as the body sees it: `Real<__M>` for `Real`.
pub(crate) fn lifted(ty: &Type) -> Type {
    substitute(ty, is_bare, |path| {
        let place = last_ident(path).span();
        let mode = Ident::new("__M", spot(place));
        let arguments = quote_spanned!(spot(place)=> <#mode>);
        parse_quote_spanned!(place=> #path #arguments)
    })
}

fn last_ident(path: &TypePath) -> &Ident {
    &path.path.segments[path.path.segments.len() - 1].ident
}

/// The type with another one in the place of each path that `is` picks.
pub(crate) fn substitute(
    ty: &Type,
    is: impl Fn(&TypePath) -> bool,
    replacement: impl Fn(&TypePath) -> Type,
) -> Type {
    let mut ty = ty.clone();
    Substitution { is, replacement }.visit_type_mut(&mut ty);
    ty
}

struct Substitution<I, R> {
    is: I,
    replacement: R,
}

impl<I: Fn(&TypePath) -> bool, R: Fn(&TypePath) -> Type> VisitMut for Substitution<I, R> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if (self.is)(path) => *ty = (self.replacement)(path),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }
}
