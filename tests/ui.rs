//! What compiles and what does not, and in which words.

#[test]
fn annotated_functions() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
