//! Which types around `Real` are parameters, and which cannot be.

use std::fmt::Display;

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    GenericArgument, Lifetime, ParenthesizedGenericArguments, PathArguments, Type, TypeBareFn,
    TypeImplTrait, TypePath, TypeReference,
};

use crate::diagnostics::Diagnostics;
use crate::real::{is_mentioned, is_real, mention};

/// Types of the standard library that hold a `Real` but are no parameter.
const NOT_PARAMETERS: &[&str] = &[
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "Box",
    "Cell",
    "Cow",
    "HashMap",
    "HashSet",
    "Mutex",
    "Option",
    "PhantomData",
    "Rc",
    "RefCell",
    "Result",
    "RwLock",
    "VecDeque",
];

const FUNCTIONS: &str = "what the caller passes cannot work on `Real`, which is a dual number in \
                         the body only; take `f64`, or call a helper that is generic: \
                         `fn helper<M: Mode>(x: Real<M>) -> Real<M>`";

/// Refuses the outermost shape in a parameter's type that is no parameter.
pub(crate) fn check(ty: &Type, diagnostics: &mut Diagnostics) {
    let mut shapes = Shapes { diagnostics, found: false };
    shapes.visit_type(ty);
}

struct Shapes<'d> {
    diagnostics: &'d mut Diagnostics,
    found: bool,
}

impl Shapes<'_> {
    fn refuse(&mut self, place: impl ToTokens, message: impl Display) {
        self.diagnostics.at(place, message);
        self.found = true;
    }
}

impl<'ast> Visit<'ast> for Shapes<'_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        if !self.found && is_mentioned(ty) {
            visit::visit_type(self, ty);
        }
    }

    /// Borrowed parameters are lent to the body for one replicate, to be read.
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        let elem = reference.elem.to_token_stream();
        if let Some(mutability) = &reference.mutability {
            let message = "a parameter with a derivative cannot be borrowed as `&mut`; \
                           take it by value: `mut x: Vec<Real>`";
            self.refuse(mutability, message);
        } else if let Some(lifetime) = reference.lifetime.as_ref().filter(|it| is_static(it)) {
            let message = format!(
                "a parameter with a derivative is not `'static` in the body; write `&{elem}`",
                elem = spaced(&elem.to_string())
            );
            self.refuse(lifetime, message);
        } else if let Some(inner) = Borrow::inside(&reference.elem) {
            let message = "a borrowed parameter cannot hold further borrows of `Real`; \
                           take `&[Vec<Real>]` or `Vec<&[Real]>`";
            self.refuse(inner.and_token, message);
        } else {
            visit::visit_type_reference(self, reference);
        }
    }

    /// Of the standard library's types, arrays, slices, tuples and `Vec` are parameters.
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        let last = path.path.segments.last();
        if let Some(last) = last.filter(|last| NOT_PARAMETERS.iter().any(|no| last.ident == no)) {
            let shown = match &last.arguments {
                PathArguments::AngleBracketed(list)
                    if list.args.len() == 1
                        && matches!(&list.args[0], GenericArgument::Type(ty) if is_real(ty)) =>
                {
                    format!("{}<Real>", last.ident)
                }
                _ => format!("{}<..>", last.ident),
            };
            let message = format!(
                "`{shown}` is not a parameter; use `Real`, `[Real; N]`, `&[Real]`, `Vec<Real>`, \
                 a tuple, or a struct with `#[derive(Parameters)]`"
            );
            self.refuse(&last.ident, message);
        } else {
            visit::visit_type_path(self, path);
        }
    }

    /// `impl Trait` is a constant of the caller's type, and that knows no `Real`.
    fn visit_type_impl_trait(&mut self, opaque: &'ast TypeImplTrait) {
        if let Some(real) = mention(|finder| finder.visit_type_impl_trait(opaque)) {
            self.refuse(real, FUNCTIONS);
        }
    }

    /// A function that the caller passes works on one kind of number.
    fn visit_type_bare_fn(&mut self, function: &'ast TypeBareFn) {
        if let Some(real) = mention(|finder| finder.visit_type_bare_fn(function)) {
            self.refuse(real, FUNCTIONS);
        }
    }

    fn visit_parenthesized_generic_arguments(
        &mut self,
        arguments: &'ast ParenthesizedGenericArguments,
    ) {
        let real = mention(|finder| finder.visit_parenthesized_generic_arguments(arguments));
        if let Some(real) = real {
            self.refuse(real, FUNCTIONS);
        }
    }
}

/// Finds a reference to something that mentions `Real`.
struct Borrow<'ast>(Option<&'ast TypeReference>);

impl<'ast> Borrow<'ast> {
    fn inside(ty: &'ast Type) -> Option<&'ast TypeReference> {
        let mut borrow = Self(None);
        borrow.visit_type(ty);
        borrow.0
    }
}

impl<'ast> Visit<'ast> for Borrow<'ast> {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if is_mentioned(&reference.elem) {
            self.0.get_or_insert(reference);
        }
    }
}

fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

/// Tokens print with spaces that nobody writes: `[Real]`, not `[Real ]`.
fn spaced(tokens: &str) -> String {
    tokens.replace(" < ", "<").replace(" >", ">").replace(" ;", ";")
}
