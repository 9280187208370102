//! The `let` binding that gives a draw its name.

use proc_macro2::{Ident, Spacing, TokenTree};

use crate::tokens::{follows_path_separator, is_ident, is_path_separator, is_punct};

/// The `z` of `let mut z: T = sample!(..);`, where the macro's name stands at `index` and what
/// follows its arguments at `end`. The macro must be the whole initialiser.
pub(crate) fn name(tokens: &[TokenTree], index: usize, end: usize) -> Option<Ident> {
    let ends = end == tokens.len() || is_punct(tokens, end, ';');
    let equals = path_start(tokens, index).checked_sub(1)?;
    if !ends || !is_assignment(tokens, equals) {
        return None;
    }
    let keyword = (0..equals)
        .rev()
        .take_while(|at| !is_punct(tokens, *at, ';'))
        .find(|at| is_ident(tokens, *at, "let"))?;
    let pattern = keyword + 1 + usize::from(is_ident(tokens, keyword + 1, "mut"));
    let TokenTree::Ident(name) = tokens.get(pattern)? else {
        return None;
    };
    let after = pattern + 1;
    let is_annotated = is_punct(tokens, after, ':')
        && !is_path_separator(tokens, after)
        && first_assignment(tokens, after) == Some(equals);
    (after == equals || is_annotated).then(|| name.clone())
}

/// Where the path begins whose last segment stands at `index`: `scorepath::sample!`.
fn path_start(tokens: &[TokenTree], mut index: usize) -> usize {
    while follows_path_separator(tokens, index) {
        index -= 2;
        if index > 0 && matches!(tokens[index - 1], TokenTree::Ident(_)) {
            index -= 1;
        }
    }
    index
}

/// Whether a lone `=` stands at `index`, not the end of `==`, `<=` or `+=`.
fn is_assignment(tokens: &[TokenTree], index: usize) -> bool {
    let joined = index > 0
        && matches!(&tokens[index - 1], TokenTree::Punct(before)
            if before.spacing() == Spacing::Joint && before.as_char() != '>');
    matches!(&tokens[index], TokenTree::Punct(punct)
        if punct.as_char() == '=' && punct.spacing() == Spacing::Alone)
        && !joined
}

/// The first `=` after a type annotation, past any `<Item = T>` inside it.
fn first_assignment(tokens: &[TokenTree], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    (start..tokens.len()).find(|at| {
        let is_arrow = *at > 0 && is_punct(tokens, *at, '>') && is_punct(tokens, *at - 1, '-');
        if is_punct(tokens, *at, '<') {
            depth += 1;
        } else if is_punct(tokens, *at, '>') && !is_arrow {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && is_punct(tokens, *at, '=')
    })
}
