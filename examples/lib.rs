//! Worked examples of `scorepath`: one file an example, beside this one.
