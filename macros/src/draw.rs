//! `sample!(distribution, name = "z", strategy = ScoreFunction, baseline = expr)`.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, LitStr, Path, Token};

use crate::diagnostics::{Diagnostics, one_of};
use crate::tokens::{Invocation, is_punct, starts_upper_case};

/// The options of `sample!`.
const OPTIONS: &[&str] = &["name", "strategy", "baseline"];

/// The strategies that a site can be told to use.
const STRATEGIES: &[&str] = &["Pathwise", "ScoreFunction"];

/// What stands between the parentheses of `sample!`.
#[derive(Default)]
pub(crate) struct Draw {
    pub(crate) distribution: TokenStream,
    pub(crate) name: Option<LitStr>,
    pub(crate) strategy: Option<Ident>,
    pub(crate) baseline: Option<TokenStream>,
}

impl Draw {
    /// Reads the arguments of one `sample!`.
    pub(crate) fn read(invocation: &Invocation, diagnostics: &mut Diagnostics) -> Self {
        let arguments = invocation.arguments.stream();
        let mut draw = Self::default();
        if arguments.is_empty() {
            missing_distribution(invocation.name, diagnostics);
            return draw;
        }
        let parser = |input: ParseStream| {
            let distribution: Expr = input.parse()?;
            if is_option(&distribution) {
                missing_distribution(invocation.name, diagnostics);
            }
            draw.distribution = distribution.into_token_stream();
            draw.options(input, diagnostics)
        };
        if let Err(error) = parser.parse2(arguments) {
            diagnostics.push(error);
        }
        draw
    }

    /// Reads `, key = value` until the end.
    fn options(&mut self, input: ParseStream, diagnostics: &mut Diagnostics) -> syn::Result<()> {
        let mut seen: Vec<Ident> = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            if !(input.peek(syn::Ident::peek_any) && input.peek2(Token![=])) {
                let stray: Expr = input.parse()?;
                let message = "`sample!` takes one distribution, then options; expected \
                               `name = \"..\"`, `strategy = ..` or `baseline = ..`";
                diagnostics.at(stray, message);
                continue;
            }
            let key = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            if let Some(first) = seen.iter().find(|first| **first == key) {
                diagnostics.repeated(first, &key, &format!("option `{key}`"));
            }
            self.value(&key, input, diagnostics)?;
            seen.push(key);
        }
        Ok(())
    }

    /// Reads the value of one option.
    fn value(
        &mut self,
        key: &Ident,
        input: ParseStream,
        diagnostics: &mut Diagnostics,
    ) -> syn::Result<()> {
        if key == "name" {
            self.name = Some(name(input, diagnostics)?);
        } else if key == "strategy" {
            self.strategy = Some(strategy(input, diagnostics)?);
        } else if key == "baseline" {
            self.baseline = Some(input.parse::<Expr>()?.into_token_stream());
        } else {
            let message = format!("unknown option `{key}`; expected {}", one_of(OPTIONS));
            diagnostics.at(key, message);
            input.parse::<Expr>()?;
        }
        Ok(())
    }
}

/// A site's name is a string literal, known before the program runs.
fn name(input: ParseStream, diagnostics: &mut Diagnostics) -> syn::Result<LitStr> {
    if !input.peek(LitStr) {
        let value: Expr = input.parse()?;
        let message = "a site's name is a string literal; write `name = \"z\"`";
        return Err(syn::Error::new_spanned(value, message));
    }
    let name: LitStr = input.parse()?;
    if name.value().is_empty() {
        diagnostics.at(&name, "a site's name cannot be empty; leave `name` out");
    }
    Ok(name)
}

/// A strategy is one of the known ones, qualified or not.
fn strategy(input: ParseStream, diagnostics: &mut Diagnostics) -> syn::Result<Ident> {
    let value: Expr = input.parse()?;
    let path: Option<Path> = match &value {
        Expr::Path(value) if value.qself.is_none() => Some(value.path.clone()),
        _ => None,
    };
    let expected = one_of(STRATEGIES);
    let Some(last) = path.and_then(|path| path.segments.into_iter().next_back()) else {
        let message = format!("a strategy is a plain word; expected {expected}");
        return Err(syn::Error::new_spanned(value, message));
    };
    if STRATEGIES.iter().all(|known| last.ident != known) {
        let message = format!("unknown strategy `{}`; expected {expected}", last.ident);
        diagnostics.at(&last.ident, message);
    }
    Ok(last.ident)
}

/// `sample!(name = "z")` parses as an assignment: the options came, the distribution did not.
fn is_option(expression: &Expr) -> bool {
    let Expr::Assign(assignment) = expression else {
        return false;
    };
    let Expr::Path(left) = &*assignment.left else {
        return false;
    };
    OPTIONS.iter().any(|option| left.path.is_ident(option))
}

fn missing_distribution(macro_name: &Ident, diagnostics: &mut Diagnostics) {
    let message = "`sample!` has no distribution to draw from; \
                   write `sample!(Normal::new(0.0, 1.0))`";
    diagnostics.at(macro_name, message);
}

/// The word that stands for a distribution where a draw has no name: `Normal` for
/// `scorepath::Normal::new(0.0, 1.0)`, else the first name there is.
pub(crate) fn word(distribution: TokenStream) -> String {
    let tokens: Vec<TokenTree> = distribution.into_iter().collect();
    let mut depth = 0_usize;
    let mut last_type = None;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth = depth.saturating_sub(1),
            TokenTree::Ident(ident)
                if depth == 0 && starts_upper_case(ident) && !is_punct(&tokens, index + 1, '!') =>
            {
                last_type = Some(ident.unraw().to_string());
            }
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => break,
            _ => {}
        }
    }
    last_type.or_else(|| first_name(&tokens)).unwrap_or_else(|| "draw".to_owned())
}

/// The first identifier, looked for inside groups too.
fn first_name(tokens: &[TokenTree]) -> Option<String> {
    tokens.iter().find_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.unraw().to_string()),
        TokenTree::Group(group) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            first_name(&inner)
        }
        _ => None,
    })
}
