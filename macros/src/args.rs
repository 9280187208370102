//! The arguments of `#[stochastic(..)]` and of `#[parameters(..)]`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Path, Token, parse_quote};

use crate::diagnostics::{Diagnostics, one_of};

/// What the user set on an attribute of ours.
pub(crate) struct Arguments {
    /// `crate = path`: where the library is found, for crates that rename or re-export it.
    pub(crate) library: Path,
    /// `scalar = S`: which type parameter a derived struct is differentiated in.
    pub(crate) scalar: Option<Ident>,
}

/// The keys that `#[stochastic(..)]` knows.
pub(crate) const STOCHASTIC: &[&str] = &["crate"];

/// The keys that `#[parameters(..)]` knows.
pub(crate) const PARAMETERS: &[&str] = &["scalar", "crate"];

impl Default for Arguments {
    fn default() -> Self {
        Self { library: parse_quote!(::scorepath), scalar: None }
    }
}

impl Arguments {
    /// Reads `key = value, ..`, where every key must be one of `known`.
    pub(crate) fn read(
        &mut self,
        tokens: TokenStream,
        known: &[&str],
        diagnostics: &mut Diagnostics,
    ) {
        let mut seen: Vec<Ident> = Vec::new();
        let parser = |input: ParseStream| {
            while !input.is_empty() {
                let key = input.call(Ident::parse_any)?;
                let unknown = !known.contains(&key.to_string().as_str());
                if unknown {
                    diagnostics
                        .at(&key, format!("unknown argument `{key}`; expected {}", one_of(known)));
                } else if let Some(first) = seen.iter().find(|first| **first == key) {
                    diagnostics.repeated(first, &key, &format!("argument `{key}`"));
                }
                self.value(&key, unknown, input)?;
                seen.push(key);
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            diagnostics.push(error);
        }
    }

    /// Reads the value of one key; that of an unknown key is skipped.
    fn value(&mut self, key: &Ident, unknown: bool, input: ParseStream) -> syn::Result<()> {
        if unknown {
            while !input.is_empty() && !input.peek(Token![,]) {
                input.parse::<proc_macro2::TokenTree>()?;
            }
            return Ok(());
        }
        input.parse::<Token![=]>()?;
        if key == "crate" {
            self.library = input.call(Path::parse_mod_style)?;
        } else {
            self.scalar = Some(input.parse()?);
        }
        Ok(())
    }
}
