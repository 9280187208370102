//! Tests of `scorepath` from the outside: one file a subject, beside this one.
