//! `#[derive(Parameters)]`: a struct, generic in its scalar, as a parameter.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Data, DeriveInput, Field, GenericParam, Generics, Member, Path, Type, TypePath, TypeReference,
    parse_quote, parse_quote_spanned,
};

use crate::args::{Arguments, PARAMETERS};
use crate::diagnostics::Diagnostics;
use crate::expand::as_parameters;
use crate::real::{mode, substitute};

/// Expands the derive.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let structure = Structure::read(&input, &mut diagnostics);
    match structure {
        Some(structure) if diagnostics.is_empty() => implementation(&structure),
        _ => diagnostics.into_compile_errors(),
    }
}

/// A struct of parameters.
struct Structure<'i> {
    library: Path,
    name: &'i Ident,
    generics: &'i Generics,
    /// The type parameter that stands for the scalar.
    scalar: Ident,
    fields: Vec<(Member, Kind<'i>)>,
}

/// What a field is to the derivative.
enum Kind<'i> {
    /// Its type mentions the scalar.
    Parameter(&'i Type),
    /// `PhantomData<S>`, which holds nothing.
    Marker,
    /// Everything else is cloned.
    Constant,
}

impl<'i> Structure<'i> {
    /// Reads the struct and applies the rules.
    fn read(input: &'i DeriveInput, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut options = Arguments::default();
        for attribute in &input.attrs {
            if attribute.path().is_ident("parameters") {
                match attribute.meta.require_list() {
                    Ok(list) => options.read(list.tokens.clone(), PARAMETERS, diagnostics),
                    Err(error) => diagnostics.push(error),
                }
            }
        }
        let data = match &input.data {
            Data::Struct(data) => Some(data),
            Data::Enum(data) => refuse(data.enum_token, "an enum", diagnostics),
            Data::Union(data) => refuse(data.union_token, "a union", diagnostics),
        }?;
        let scalar = scalar(input, options.scalar, diagnostics)?;
        let fields = data
            .fields
            .iter()
            .zip(data.fields.members())
            .map(|(field, member)| (member, kind(field, &scalar, diagnostics)))
            .collect();
        Some(Self {
            library: options.library,
            name: &input.ident,
            generics: &input.generics,
            scalar,
            fields,
        })
    }

    /// The struct with another type for its scalar.
    fn with(&self, scalar: &TokenStream) -> TokenStream {
        let name = self.name;
        let arguments = self.generics.params.iter().map(|parameter| match parameter {
            GenericParam::Type(parameter) if parameter.ident == self.scalar => scalar.clone(),
            GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
            GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
            GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
        });
        quote!(#name<#(#arguments),*>)
    }

    /// The generic parameters of the implementation: those of the struct without its scalar.
    fn remaining_generics(&self) -> Generics {
        let mut generics = self.generics.clone();
        generics.params = self
            .generics
            .params
            .iter()
            .filter(|it| !matches!(it, GenericParam::Type(it) if it.ident == self.scalar))
            .cloned()
            .collect();
        for parameter in generics.type_params_mut() {
            parameter.bounds.push(parse_quote!(::core::clone::Clone));
        }
        if let Some(clause) = &mut generics.where_clause {
            // Bounds on the scalar hold or not for `Real`; rustc sees that at the struct's types.
            clause.predicates = clause
                .predicates
                .iter()
                .filter(|predicate| {
                    !mentions(&self.scalar, |finder| {
                        finder.visit_where_predicate(predicate);
                    })
                })
                .cloned()
                .collect();
        }
        generics
    }

    /// A field's type with `Real` for the scalar: the one that implements `Parameters`.
    fn parametric(&self, ty: &Type) -> Type {
        let library = &self.library;
        let is = |path: &TypePath| path.path.is_ident(&self.scalar);
        substitute(ty, is, |path| parse_quote_spanned!(path.span()=> #library::Real))
    }

    /// Builds the struct: `parameter` gives the value of a field with a derivative, `from` is where
    /// constants are cloned from.
    fn build(
        &self,
        from: &TokenStream,
        parameter: impl Fn(&Member, &Type) -> TokenStream,
    ) -> TokenStream {
        let name = self.name;
        let fields = self.fields.iter().map(|(member, kind)| {
            let value = match kind {
                Kind::Parameter(ty) => parameter(member, &self.parametric(ty)),
                Kind::Marker => quote!(::core::marker::PhantomData),
                Kind::Constant => quote!(::core::clone::Clone::clone(&#from.#member)),
            };
            quote!(#member: #value)
        });
        quote!(#name { #(#fields),* })
    }

    /// The fields with a derivative, and their types.
    fn parameters(&self) -> impl Iterator<Item = (&Member, Type)> {
        self.fields.iter().filter_map(|(member, kind)| match kind {
            Kind::Parameter(ty) => Some((member, self.parametric(ty))),
            _ => None,
        })
    }
}

/// The number of parameters is known before any value is, so they are held in a struct.
fn refuse<T>(keyword: impl ToTokens, what: &str, diagnostics: &mut Diagnostics) -> Option<T> {
    let message = format!("`Parameters` cannot be derived for {what}; use a struct");
    diagnostics.at(keyword, message);
    None
}

/// The scalar is the first type parameter, or the one named by `scalar = S`.
fn scalar(
    input: &DeriveInput,
    named: Option<Ident>,
    diagnostics: &mut Diagnostics,
) -> Option<Ident> {
    let name = &input.ident;
    let Some(named) = named else {
        let first = input.generics.type_params().next();
        if first.is_none() {
            let message = format!(
                "`{name}` has no type parameter for its scalar; \
                 write `struct {name}<S>` with fields of `S`"
            );
            diagnostics.at(name, message);
        }
        return first.map(|parameter| parameter.ident.clone());
    };
    if input.generics.type_params().any(|parameter| parameter.ident == named) {
        return Some(named);
    }
    let message = format!("`{name}` has no type parameter `{named}`; name one of its own");
    diagnostics.at(&named, message);
    None
}

/// A field whose type mentions the scalar has a derivative; the struct owns it.
fn kind<'i>(field: &'i Field, scalar: &Ident, diagnostics: &mut Diagnostics) -> Kind<'i> {
    for attribute in &field.attrs {
        if attribute.path().is_ident("parameters") {
            diagnostics.at(attribute, "`#[parameters(..)]` goes on the struct, not on a field");
        }
    }
    let ty = &field.ty;
    if !mentions(scalar, |finder| finder.visit_type(ty)) {
        return Kind::Constant;
    }
    if let Type::Path(path) = ty
        && path.path.segments.last().is_some_and(|last| last.ident == "PhantomData")
    {
        return Kind::Marker;
    }
    let mut borrowed = Borrowed { scalar, found: None };
    borrowed.visit_type(ty);
    if let Some(reference) = borrowed.found {
        let message = format!(
            "a field cannot borrow its `{scalar}`; use `[{scalar}; N]` or `Vec<{scalar}>`, and \
             borrow the whole struct instead"
        );
        diagnostics.at(reference, message);
    }
    Kind::Parameter(ty)
}

/// Whether a piece of syntax mentions the scalar.
fn mentions(scalar: &Ident, look: impl FnOnce(&mut Mention)) -> bool {
    let mut mention = Mention { scalar, found: false };
    look(&mut mention);
    mention.found
}

struct Mention<'s> {
    scalar: &'s Ident,
    found: bool,
}

impl<'ast> Visit<'ast> for Mention<'_> {
    fn visit_path(&mut self, path: &'ast Path) {
        let first = path.segments.first();
        self.found |= first.is_some_and(|first| first.ident == *self.scalar);
        visit::visit_path(self, path);
    }
}

/// Finds a reference to something that holds the scalar.
struct Borrowed<'s, 'ast> {
    scalar: &'s Ident,
    found: Option<&'ast TypeReference>,
}

impl<'ast> Visit<'ast> for Borrowed<'_, 'ast> {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if mentions(self.scalar, |finder| finder.visit_type_reference(reference)) {
            self.found = Some(reference);
        }
    }
}

/// `impl Parameters for Policy<Real>`.
fn implementation(structure: &Structure) -> TokenStream {
    let library = &structure.library;
    let remaining = structure.remaining_generics();
    let (generics, _, clause) = remaining.split_for_impl();
    let mode = mode();
    let parametric = structure.with(&quote!(#library::Real));
    let plain = structure.with(&quote!(f64));
    let lifted = structure.with(&quote!(#library::Real<#mode>));
    let counts = structure.parameters().map(|(_, ty)| as_parameters(library, &ty));
    let functions = functions(structure);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #generics #library::Parameters for #parametric #clause {
            const COUNT: ::core::option::Option<usize> =
                #library::__private::sum_counts(&[#(#counts::COUNT),*]);
            type Plain = #plain;
            type Lifted<#mode: #library::Mode> = #lifted;
            type Argument<'__l, #mode: #library::Mode> = #lifted
            where
                Self: '__l;
            #functions
        }
    }
}

/// The functions of the implementation, field by field.
fn functions(structure: &Structure) -> TokenStream {
    let (library, mode) = (&structure.library, mode());
    let layout = structure.parameters().map(|(member, ty)| {
        let suffix = match member {
            Member::Named(name) => format!(".{}", name.unraw()),
            Member::Unnamed(index) => format!(".{}", index.index),
        };
        let parameters = as_parameters(library, &ty);
        quote_spanned! {Span::mixed_site()=>
            __layout.field(#suffix, |__layout| #parameters::layout(&__plain.#member, __layout));
        }
    });
    let glue = Span::mixed_site();
    let plain = quote_spanned!(glue=> __plain);
    let lift = structure.build(&plain, |member, ty| {
        let parameters = as_parameters(library, ty);
        quote_spanned!(glue=> #parameters::lift::<#mode>(&__plain.#member, __lanes))
    });
    let lifted = quote_spanned!(glue=> __lifted);
    let argument = structure.build(&lifted, |member, ty| {
        let parameters = as_parameters(library, ty);
        quote_spanned!(glue=> #parameters::argument(&__lifted.#member))
    });
    quote_spanned! {glue=>
        fn layout(__plain: &Self::Plain, __layout: &mut #library::__private::Layout) {
            #(#layout)*
        }
        fn lift<#mode: #library::Mode>(
            __plain: &Self::Plain,
            __lanes: &mut #library::__private::Lanes,
        ) -> Self::Lifted<#mode> {
            #lift
        }
        #[inline(always)]
        fn argument<'__l, #mode: #library::Mode>(
            __lifted: &'__l Self::Lifted<#mode>,
        ) -> Self::Argument<'__l, #mode>
        where
            Self: '__l,
        {
            #argument
        }
    }
}
