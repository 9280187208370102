//! The annotated function: as written, and as a model ready for expansion.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, FnArg, GenericParam, Generics, Meta, Pat, PatIdent, PatType, Path, ReturnType,
    Signature, Token, Type, TypeParamBound, Visibility, WherePredicate, parse_quote,
    parse_quote_spanned,
};

use crate::lifetimes::{Naming, Opaque};
use crate::real;

/// A function as the user wrote it. The body stays a group of tokens.
pub(crate) struct Source {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Group,
}

impl Parse for Source {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body: Group = input.parse()?;
        if body.delimiter() != Delimiter::Brace {
            return Err(syn::Error::new(body.span(), "expected the function's body"));
        }
        Ok(Self { attributes, visibility, signature, body })
    }
}

/// A function ready for expansion: every lifetime and type has a name, every attribute its place.
pub(crate) struct Function {
    pub(crate) library: Path,
    pub(crate) attributes: Attributes,
    pub(crate) visibility: Visibility,
    /// The keyword and the place of the body in the user's code: between them lies what is told of
    /// the function as a whole, such as that it is never used.
    pub(crate) keyword: Token![fn],
    pub(crate) body_span: Span,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Type,
}

/// One parameter of the function.
pub(crate) struct Parameter {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) mutability: Option<Token![mut]>,
    pub(crate) name: Ident,
    /// With elided lifetimes as written: the types of the body.
    written: Type,
    /// With every lifetime named: the types of the function and the struct.
    named: Type,
}

/// The function's attributes, sorted by the item that they belong to.
#[derive(Default)]
pub(crate) struct Attributes {
    /// `cfg`: on every item.
    pub(crate) everywhere: Vec<Attribute>,
    /// Documentation, `must_use`, `deprecated`: on the function that the caller sees.
    pub(crate) caller: Vec<Attribute>,
    /// `doc(..)` settings such as `doc(hidden)`: on the function and its struct.
    pub(crate) settings: Vec<Attribute>,
    /// Lint levels: on the function and on the body.
    pub(crate) lints: Vec<Attribute>,
    /// `inline` and whatever else there is: on the body.
    pub(crate) body: Vec<Attribute>,
}

impl Function {
    /// Reads what the signature says. It never fails, so that a stub can be made of a wrong one.
    pub(crate) fn new(source: &Source, library: Path) -> Self {
        let signature = &source.signature;
        let mut naming = Naming::default();
        let mut opaque = Opaque::default();
        let parameters = signature
            .inputs
            .iter()
            .enumerate()
            .filter_map(|(index, input)| match input {
                FnArg::Receiver(_) => None,
                FnArg::Typed(input) => Some(Parameter::new(index, input, &mut naming, &mut opaque)),
            })
            .collect();
        Self {
            library,
            attributes: Attributes::sort(&source.attributes),
            visibility: source.visibility.clone(),
            keyword: signature.fn_token,
            body_span: source.body.span(),
            name: signature.ident.clone(),
            generics: complete(&signature.generics, naming, opaque),
            parameters,
            output: match &signature.output {
                ReturnType::Type(_, output) => (**output).clone(),
                ReturnType::Default => parse_quote!(f64),
            },
        }
    }

    /// The parameters with a derivative, in order.
    pub(crate) fn differentiable(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.is_differentiable())
    }
}

impl Parameter {
    fn new(index: usize, input: &PatType, naming: &mut Naming, opaque: &mut Opaque) -> Self {
        let mut written = (*input.ty).clone();
        opaque.visit_type_mut(&mut written);
        let mut named = written.clone();
        naming.visit_type_mut(&mut named);
        let (mutability, name) = match plain_name(&input.pat) {
            Some(pattern) => (pattern.mutability, pattern.ident.clone()),
            None => (None, Ident::new(&format!("__p{index}"), Span::mixed_site())),
        };
        Self { attributes: input.attrs.clone(), mutability, name, written, named }
    }

    /// A parameter whose type mentions `Real` has a derivative; every other is a constant.
    pub(crate) fn is_differentiable(&self) -> bool {
        real::is_mentioned(&self.named)
    }

    /// Whether the type is `Real` alone.
    pub(crate) fn is_real(&self) -> bool {
        real::is_real(&self.named)
    }

    /// The name as an argument of glue, shown where the user wrote it.
    pub(crate) fn argument(&self) -> Ident {
        self.renewed(real::spot(self.name.span()))
    }

    /// The name as a field of the struct, which is nowhere in the user's code.
    pub(crate) fn field(&self) -> Ident {
        self.renewed(Span::mixed_site())
    }

    fn renewed(&self, span: Span) -> Ident {
        let mut name = self.name.clone();
        name.set_span(span);
        name
    }

    /// The type as written, with its lifetimes named: the one that implements `Parameters`.
    pub(crate) fn parametric(&self) -> &Type {
        &self.named
    }

    /// The type for the caller and the struct's field.
    pub(crate) fn plain(&self) -> Type {
        real::plain(&self.named)
    }

    /// The type in the body.
    pub(crate) fn lifted(&self) -> Type {
        real::lifted(&self.written)
    }
}

/// The pattern of a parameter that is only a name.
pub(crate) fn plain_name(pattern: &Pat) -> Option<&PatIdent> {
    match pattern {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(name),
        _ => None,
    }
}

impl Attributes {
    fn sort(attributes: &[Attribute]) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes.iter().cloned() {
            let path = attribute.path();
            let is = |words: &[&str]| words.iter().any(|word| path.is_ident(word));
            let place = if is(&["cfg"]) {
                &mut sorted.everywhere
            } else if is(&["doc"]) && matches!(attribute.meta, Meta::List(_)) {
                &mut sorted.settings
            } else if is(&["doc", "must_use", "deprecated"]) {
                &mut sorted.caller
            } else if is(&["allow", "warn", "deny", "forbid", "expect"]) {
                &mut sorted.lints
            } else {
                &mut sorted.body
            };
            place.push(attribute);
        }
        sorted
    }

    /// The lint levels for glue, where an expectation would stay unfulfilled.
    pub(crate) fn glue_lints(&self) -> Vec<Attribute> {
        let mut lints = self.lints.clone();
        for lint in &mut lints {
            if let Meta::List(list) = &mut lint.meta
                && let Some(level) = list.path.get_ident()
                && level == "expect"
            {
                list.path = Ident::new("allow", level.span()).into();
            }
        }
        lints
    }

    /// Whether the user says how the body is to be inlined.
    pub(crate) fn has_inline(&self) -> bool {
        self.body.iter().any(|attribute| attribute.path().is_ident("inline"))
    }
}

/// The generic parameters of the function, with names for all that the signature left unnamed and
/// with the bounds that replicates on several threads need.
fn complete(written: &Generics, mut naming: Naming, opaque: Opaque) -> Generics {
    let opaque = opaque.into_parameters(&mut naming);
    let mut generics = written.clone();
    generics.params =
        naming.into_parameters().chain(written.params.iter().cloned()).chain(opaque).collect();
    let names: Vec<Ident> = generics.type_params().map(|it| it.ident.clone()).collect();
    for name in names {
        let span = real::spot(name.span());
        let bounds = bounds_of(&mut generics, &name);
        // `Clone` implies `Sized`; behind a reference nothing of the type is cloned.
        if !bounds.iter().any(is_maybe_sized) {
            bounds.push(parse_quote_spanned!(span=> ::core::clone::Clone));
        }
        bounds.push(parse_quote_spanned!(span=> ::core::marker::Sync));
    }
    generics
}

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// Where the bounds of a type parameter stand: in the `where` clause if it has any there, as clippy
/// asks for bounds in one place.
fn bounds_of<'g>(generics: &'g mut Generics, name: &Ident) -> &'g mut Bounds {
    let clause = generics.where_clause.iter_mut();
    let in_clause =
        clause.flat_map(|clause| clause.predicates.iter_mut()).find_map(
            |predicate| match predicate {
                WherePredicate::Type(predicate) if is_named(&predicate.bounded_ty, name) => {
                    Some(&mut predicate.bounds)
                }
                _ => None,
            },
        );
    let in_parameters = generics.params.iter_mut().find_map(|parameter| match parameter {
        GenericParam::Type(parameter) if parameter.ident == *name => Some(&mut parameter.bounds),
        _ => None,
    });
    in_clause.or(in_parameters).expect("the name is one of the generic parameters")
}

fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(name))
}

/// Whether a bound is `?Sized`.
fn is_maybe_sized(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound)
        if matches!(bound.modifier, syn::TraitBoundModifier::Maybe(_)))
}

impl Source {
    /// The tokens inside the body's braces.
    pub(crate) fn body_tokens(&self) -> TokenStream {
        self.body.stream()
    }
}
