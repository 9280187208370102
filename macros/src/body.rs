//! The body, rewritten as tokens: the running replicate is added to the arguments of our macros,
//! the mode to every `Real`. The user's tokens keep their places, so that rustc's own errors land
//! on them.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprCall, Token};

use crate::binding;
use crate::diagnostics::Diagnostics;
use crate::draw::{self, Draw};
use crate::real::spot;
use crate::tokens::{
    Invocation, find_draw, find_invocation, group, invocation, is_bare_real, is_ident, is_punct,
};

/// The name of the body's hidden argument.
pub(crate) fn context() -> Ident {
    Ident::new("__cx", Span::mixed_site())
}

/// Rewrites the body of `function`.
pub(crate) fn rewrite(
    body: TokenStream,
    function: &Ident,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let mut rewriter =
        Rewriter { function: function.unraw().to_string(), uses: HashMap::new(), diagnostics };
    rewriter.stream(body)
}

struct Rewriter<'d> {
    function: String,
    /// How often each site's name was given so far.
    uses: HashMap<String, usize>,
    diagnostics: &'d mut Diagnostics,
}

impl Rewriter<'_> {
    fn stream(&mut self, stream: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut output = TokenStream::new();
        let mut index = 0;
        while index < tokens.len() {
            index = self.step(&tokens, index, &mut output);
        }
        output
    }

    /// Rewrites what stands at `index`, and returns the index of what follows it.
    fn step(&mut self, tokens: &[TokenTree], index: usize, output: &mut TokenStream) -> usize {
        if let Some(end) = untouched(tokens, index) {
            output.extend(tokens[index..end].iter().cloned());
            return end;
        }
        self.check(tokens, index);
        if let Some(found) = invocation(tokens, index) {
            let name = binding::name(tokens, index, index + 3);
            output.extend(self.invocation(&found, name));
            return index + 3;
        }
        match &tokens[index] {
            TokenTree::Ident(ident) if is_bare_real(tokens, index) => {
                output.extend(with_mode(ident));
            }
            TokenTree::Group(group) => output.extend([self.group(group)]),
            token => output.extend([token.clone()]),
        }
        index + 1
    }

    fn group(&mut self, group: &Group) -> TokenTree {
        regroup(group, self.stream(group.stream()))
    }

    /// Looks for what cannot work: a draw that is repeated as a value, or one in an `async` block.
    fn check(&mut self, tokens: &[TokenTree], index: usize) {
        if let Some((drawn, repeated)) = repetition(tokens, index) {
            let message = format!(
                "this draws once and repeats the value; \
                 write `(0..n).map(|_| {drawn}!(..)).collect()`"
            );
            self.diagnostics.at(repeated, message);
        }
        if is_ident(tokens, index, "async") {
            let block = index + 1 + usize::from(is_ident(tokens, index + 1, "move"));
            if let Some(block) = group(tokens, block, Delimiter::Brace)
                && let Some(drawn) = find_invocation(block.stream())
            {
                let message = format!(
                    "`{drawn}!` in an `async` block would run after its replicate; write a closure"
                );
                self.diagnostics.at(drawn, message);
            }
        }
    }

    fn invocation(&mut self, found: &Invocation, bound: Option<Ident>) -> TokenStream {
        let arguments = match found.name.to_string().as_str() {
            "sample" => self.sample(found, bound),
            "call" => self.call(found),
            _ => self.single(found),
        };
        let name = found.name;
        let span = spot(name.span());
        let (form, context) = (Ident::new(found.form, span), context());
        let head = quote_spanned!(span=> @ #form #context);
        let arguments = regroup(found.arguments, quote!(#head #arguments));
        let bang = found.bang;
        quote!(#name #bang #arguments)
    }

    /// `[FUNCTION] [NAME] [STRATEGY] [BASELINE] DISTRIBUTION`.
    fn sample(&mut self, found: &Invocation, bound: Option<Ident>) -> TokenStream {
        let draw = Draw::read(found, self.diagnostics);
        let span = spot(found.name.span());
        let word = draw::word(draw.distribution.clone());
        let given = draw.name.as_ref().map(syn::LitStr::value);
        let given = given.or_else(|| bound.map(|ident| ident.unraw().to_string()));
        let name = match given {
            Some(name) => Some(self.numbered(name)),
            None => self.repeated_on_its_line(&word, found.name.span()),
        };
        let name = if let Some(name) = name {
            string(&name, span).into_token_stream()
        } else {
            let word = string(&word, span);
            quote_spanned!(span=> @ #word)
        };
        let function = string(&self.function, span);
        let strategy = draw.strategy;
        let baseline = self.stream(draw.baseline.unwrap_or_default());
        let distribution = self.stream(draw.distribution);
        quote_spanned!(span=> [#function] [#name] [#strategy] [#baseline] #distribution)
    }

    /// A name that the function gives to several sites is numbered: `z`, `z#2`, `z#3`.
    fn numbered(&mut self, name: String) -> String {
        let uses = self.uses.entry(name.clone()).or_insert(0);
        *uses += 1;
        if *uses == 1 { name } else { format!("{name}#{uses}") }
    }

    /// The name of a draw without one, `Normal:12`, if an earlier draw on its line has that already.
    /// The first one gets its line from `sample!`, which sees through a macro that wrote the draw.
    fn repeated_on_its_line(&mut self, word: &str, place: Span) -> Option<String> {
        // Unit tests run outside the compiler, which alone knows lines.
        let line = proc_macro::is_available().then(|| place.unwrap().line())?;
        let name = format!("{word}:{line}");
        let numbered = self.numbered(name.clone());
        (numbered != name).then_some(numbered)
    }

    /// `[PATH] (ARGUMENTS)`.
    fn call(&mut self, found: &Invocation) -> TokenStream {
        let parser = |input: ParseStream| {
            let call: Expr = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            Ok(call)
        };
        let call = match parser.parse2(found.arguments.stream()) {
            Ok(Expr::Call(call)) if is_path(&call.func) => call,
            _ => {
                let message = "`call!` runs a stochastic function applied to its arguments; \
                               write `call!(path(arguments))`";
                self.diagnostics.at(place(found), message);
                return TokenStream::new();
            }
        };
        let ExprCall { func, args, .. } = &call;
        let mut arguments = Group::new(Delimiter::Parenthesis, self.stream(args.to_token_stream()));
        arguments.set_span(call.paren_token.span.join());
        quote!([#func] #arguments)
    }

    /// The one expression that `cost!` and `continuous!` take.
    fn single(&mut self, found: &Invocation) -> TokenStream {
        let name = found.name;
        let tokens = found.arguments.stream();
        if tokens.is_empty() {
            let message = format!("`{name}!` has no argument; write `{name}!(expression)`");
            self.diagnostics.at(name, message);
        }
        let parser = |input: ParseStream| {
            let expression: Expr = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            Ok((expression.into_token_stream(), input.parse::<TokenStream>()?))
        };
        match parser.parse2(tokens.clone()) {
            Ok((expression, stray)) => {
                if !stray.is_empty() {
                    let message = format!("`{name}!` takes one argument; write one for each");
                    self.diagnostics.at(stray, message);
                }
                self.stream(expression)
            }
            // rustc says better what is wrong with an expression.
            Err(_) => self.stream(tokens),
        }
    }
}

/// The end of tokens that are not ours to rewrite: attributes, imports, and an item that is
/// annotated itself.
fn untouched(tokens: &[TokenTree], index: usize) -> Option<usize> {
    if is_ident(tokens, index, "use") && !is_punct(tokens, index + 1, '<') {
        let length = tokens[index..]
            .iter()
            .position(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'));
        return Some(length.map_or(tokens.len(), |length| index + length + 1));
    }
    if !is_punct(tokens, index, '#') {
        return None;
    }
    let start = index + 1 + usize::from(is_punct(tokens, index + 1, '!'));
    let attribute = group(tokens, start, Delimiter::Bracket)?;
    if !is_ours(attribute) {
        return Some(start + 1);
    }
    let block = (start..tokens.len()).find(|at| group(tokens, *at, Delimiter::Brace).is_some());
    Some(block.map_or(tokens.len(), |block| block + 1))
}

/// Whether an attribute is `#[stochastic]`, perhaps qualified.
fn is_ours(attribute: &Group) -> bool {
    let path = attribute
        .stream()
        .into_iter()
        .take_while(|token| !matches!(token, TokenTree::Group(_)))
        .last();
    matches!(path, Some(TokenTree::Ident(last)) if last == "stochastic")
}

/// The draw in `[sample!(..); n]` or `vec![sample!(..); n]`, if that begins at `index`: which macro
/// draws, and where.
fn repetition(tokens: &[TokenTree], index: usize) -> Option<(Ident, TokenStream)> {
    let elements = if is_ident(tokens, index, "vec") && is_punct(tokens, index + 1, '!') {
        match tokens.get(index + 2)? {
            TokenTree::Group(group) => group,
            _ => return None,
        }
    } else {
        // Another macro's brackets may hold statements.
        let is_macro = index > 0 && is_punct(tokens, index - 1, '!');
        group(tokens, index, Delimiter::Bracket).filter(|_| !is_macro)?
    };
    let elements: Vec<TokenTree> = elements.stream().into_iter().collect();
    let semicolon = (0..elements.len()).find(|at| is_punct(&elements, *at, ';'))?;
    // A closure is copied, not its draws.
    if is_punct(&elements, 0, '|') || is_ident(&elements, 0, "move") {
        return None;
    }
    let repeated: TokenStream = elements[..semicolon].iter().cloned().collect();
    let drawn = find_draw(repeated.clone())?;
    Some((drawn, repeated))
}

/// `Real` with the body's mode, shown at the user's `Real`.
fn with_mode(real: &Ident) -> TokenStream {
    let span = spot(real.span());
    let mode = Ident::new("__M", span);
    let arguments = quote_spanned!(span=> ::<#mode>);
    quote!(#real #arguments)
}

/// Other tokens in a group's delimiters, at its place.
fn regroup(group: &Group, stream: TokenStream) -> TokenTree {
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span());
    regrouped.into()
}

fn string(text: &str, span: Span) -> Literal {
    let mut literal = Literal::string(text);
    literal.set_span(span);
    literal
}

fn is_path(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.attrs.is_empty())
}

/// The smallest place for an error in a macro's arguments.
fn place(found: &Invocation) -> TokenStream {
    let arguments = found.arguments.stream();
    if arguments.is_empty() { found.name.to_token_stream() } else { arguments }
}
