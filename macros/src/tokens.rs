//! Questions about raw tokens. The body is looked at as tokens, not as a syntax tree, because draws
//! may stand in the arguments of any macro.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};

/// The macros that need the running replicate, and the form of each that takes it: `@draw`.
const MACROS: &[(&str, &str)] =
    &[("sample", "draw"), ("cost", "add"), ("call", "run"), ("continuous", "scope")];

/// A use of one of our macros: `sample!(..)`.
pub(crate) struct Invocation<'t> {
    pub(crate) name: &'t Ident,
    /// What tells the macro that it stands in an annotated function.
    pub(crate) form: &'static str,
    pub(crate) bang: &'t TokenTree,
    pub(crate) arguments: &'t Group,
}

/// Whether the token at `index` is this punctuation character.
pub(crate) fn is_punct(tokens: &[TokenTree], index: usize, character: char) -> bool {
    matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// Whether the token at `index` is this identifier or keyword.
pub(crate) fn is_ident(tokens: &[TokenTree], index: usize, word: &str) -> bool {
    matches!(tokens.get(index), Some(TokenTree::Ident(ident)) if ident == word)
}

/// The group at `index`, if one with this delimiter stands there.
pub(crate) fn group(tokens: &[TokenTree], index: usize, delimiter: Delimiter) -> Option<&Group> {
    match tokens.get(index) {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// Whether `::` begins at `index`.
pub(crate) fn is_path_separator(tokens: &[TokenTree], index: usize) -> bool {
    matches!(tokens.get(index), Some(TokenTree::Punct(punct))
        if punct.as_char() == ':' && punct.spacing() == Spacing::Joint)
        && is_punct(tokens, index + 1, ':')
}

/// Whether `::` ends just before `index`.
pub(crate) fn follows_path_separator(tokens: &[TokenTree], index: usize) -> bool {
    index >= 2 && is_path_separator(tokens, index - 2)
}

/// The use of one of our macros whose name stands at `index`.
pub(crate) fn invocation(tokens: &[TokenTree], index: usize) -> Option<Invocation<'_>> {
    let TokenTree::Ident(name) = tokens.get(index)? else {
        return None;
    };
    let (_, form) = MACROS.iter().find(|(known, _)| name == known)?;
    if !is_punct(tokens, index + 1, '!') {
        return None;
    }
    match tokens.get(index + 2)? {
        TokenTree::Group(arguments) if arguments.delimiter() != Delimiter::None => {
            Some(Invocation { name, form, bang: &tokens[index + 1], arguments })
        }
        _ => None,
    }
}

/// Whether a `Real` that still needs its mode stands at `index`: not `Real<M>`, not a method,
/// field, lifetime or macro of that name, and not an enum's variant (`Kind::Real`).
pub(crate) fn is_bare_real(tokens: &[TokenTree], index: usize) -> bool {
    if !is_ident(tokens, index, "Real") || is_punct(tokens, index + 1, '<') {
        return false;
    }
    if is_path_separator(tokens, index + 1) && is_punct(tokens, index + 3, '<') {
        return false;
    }
    let is_macro = is_punct(tokens, index + 1, '!')
        && matches!(tokens.get(index + 2), Some(TokenTree::Group(_)));
    let follows = |character| index > 0 && is_punct(tokens, index - 1, character);
    // `..Real::ZERO` is a range or a struct's rest, `.Real` a field.
    let is_member = follows('.') && !(index > 1 && is_punct(tokens, index - 2, '.'));
    !is_macro && !is_member && !follows('\'') && !follows('$') && !is_variant(tokens, index)
}

/// Whether the path segment before `index` begins with an upper-case letter, as an enum's does.
fn is_variant(tokens: &[TokenTree], index: usize) -> bool {
    if !follows_path_separator(tokens, index) || index < 3 {
        return false;
    }
    match &tokens[index - 3] {
        TokenTree::Ident(segment) => starts_upper_case(segment),
        TokenTree::Punct(punct) => punct.as_char() == '>',
        _ => false,
    }
}

/// Whether a name begins with an upper-case letter.
pub(crate) fn starts_upper_case(ident: &Ident) -> bool {
    ident.to_string().starts_with(char::is_uppercase)
}

/// The first of our macros used anywhere in these tokens.
pub(crate) fn find_invocation(stream: TokenStream) -> Option<Ident> {
    find(stream, &|tokens, index| invocation(tokens, index).map(|found| found.name.clone()))
}

/// The first draw anywhere in these tokens, by `sample!` or inside a `call!`.
pub(crate) fn find_draw(stream: TokenStream) -> Option<Ident> {
    find(stream, &|tokens, index| {
        invocation(tokens, index)
            .map(|found| found.name.clone())
            .filter(|name| name == "sample" || name == "call")
    })
}

/// The first `Real` without a mode anywhere in these tokens.
pub(crate) fn find_bare_real(stream: TokenStream) -> Option<Ident> {
    find(stream, &|tokens, index| match &tokens[index] {
        TokenTree::Ident(ident) if is_bare_real(tokens, index) => Some(ident.clone()),
        _ => None,
    })
}

/// Depth-first search through groups.
fn find(
    stream: TokenStream,
    question: &dyn Fn(&[TokenTree], usize) -> Option<Ident>,
) -> Option<Ident> {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    (0..tokens.len()).find_map(|index| {
        question(&tokens, index).or_else(|| match &tokens[index] {
            TokenTree::Group(group) => find(group.stream(), question),
            _ => None,
        })
    })
}
