//! Names for what a signature may leave unnamed and a struct may not: elided lifetimes and
//! `impl Trait`.

use proc_macro2::{Ident, Span};
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericParam, Lifetime, LifetimeParam, ParenthesizedGenericArguments, Type, TypeBareFn,
    TypeParam, TypeParamBound, TypeReference, parse_quote,
};

/// Gives a fresh name to every elided lifetime of a signature.
#[derive(Default)]
pub(crate) struct Naming {
    fresh: Vec<Lifetime>,
}

impl Naming {
    /// The generic parameters for the names given so far.
    pub(crate) fn into_parameters(self) -> impl Iterator<Item = GenericParam> {
        self.fresh.into_iter().map(|lifetime| GenericParam::Lifetime(LifetimeParam::new(lifetime)))
    }

    fn fresh(&mut self) -> Lifetime {
        let name = format!("'__{}", self.fresh.len());
        self.fresh.push(Lifetime::new(&name, Span::mixed_site()));
        self.fresh[self.fresh.len() - 1].clone()
    }
}

impl VisitMut for Naming {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.fresh());
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.fresh();
        }
    }

    // Elided lifetimes of `fn(&T)` and `Fn(&T)` belong to the function type, for any lifetime.
    fn visit_type_bare_fn_mut(&mut self, _: &mut TypeBareFn) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}

/// Turns every `impl Trait` of a signature into a type parameter.
#[derive(Default)]
pub(crate) struct Opaque {
    fresh: Vec<TypeParam>,
}

impl Opaque {
    /// The generic parameters for the types replaced so far, their lifetimes named.
    pub(crate) fn into_parameters(self, naming: &mut Naming) -> Vec<GenericParam> {
        let mut fresh = self.fresh;
        for parameter in &mut fresh {
            naming.visit_type_param_mut(parameter);
        }
        fresh.into_iter().map(GenericParam::Type).collect()
    }
}

impl VisitMut for Opaque {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if let Type::ImplTrait(opaque) = ty {
            let bounds: Vec<&TypeParamBound> = opaque.bounds.iter().collect();
            let name = format!("__T{}", self.fresh.len());
            let name = Ident::new(&name, Span::mixed_site());
            self.fresh.push(parse_quote!(#name: #(#bounds)+*));
            *ty = parse_quote!(#name);
        }
    }
}
