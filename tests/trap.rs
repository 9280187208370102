//! What the tests of traps, kinks and errors share: the line that is named, and by whom.

use scorepath::{Error, Estimate, Reason, Report, Strategy};

/// The number of the one line of `source` that ends with `// at: MARKER`.
///
/// # Panics
/// If there is none, or another one.
pub fn line_of(source: &str, marker: &str) -> u32 {
    let ending = format!("// at: {marker}");
    let mut lines = (1..).zip(source.lines()).filter(|(_, line)| line.ends_with(&ending));
    let (line, _) = lines.next().unwrap_or_else(|| panic!("no line is marked {marker}"));
    assert!(lines.next().is_none(), "two lines are marked {marker}");
    line
}

/// Asserts that `|z| < 4`, and that the standard error is below `resolution`, so that the test has
/// power.
///
/// # Panics
/// If not.
#[track_caller]
pub fn assert_right(found: Estimate, exact: f64, resolution: f64) {
    let error = found.standard_error.expect("more than one replicate");
    assert!(error <= resolution, "standard error {error} above {resolution}");
    // Without variance only rounding is left.
    let allowed = 4.0 * error + 1e-12 * exact.abs();
    let distance = (found.mean - exact).abs();
    assert!(distance <= allowed, "{found}, exact {exact}: z = {}", distance / error);
}

/// Asserts that `site` was moved to the score function by `operation` on `line`.
///
/// # Panics
/// If it was not.
#[track_caller]
pub fn assert_demoted(report: &Report, site: &str, operation: &str, line: u32) {
    let found = report.sites().iter().find(|s| s.name() == site).expect("the site was met");
    assert_eq!(found.strategy(), Strategy::ScoreFunction, "{report}");
    let (Reason::Jump { operation: what, place } | Reason::Plain { operation: what, place }) =
        found.reason()
    else {
        panic!("{:?}", found.reason())
    };
    assert_eq!((what.as_str(), place.line), (operation, line), "{report}");
}

/// Asserts a moving threshold of exactly these parameters, by `operation` on `line`.
///
/// # Panics
/// If it was not.
#[track_caller]
pub fn assert_moving(error: &Error, operation: &str, line: u32, parameters: &[&str]) {
    let Error::MovingThreshold { operation: what, parameters: names, at } = error else {
        panic!("{error:?}")
    };
    assert_eq!((what.as_str(), at.place.line), (operation, line), "{error}");
    assert_eq!(names, parameters, "{error}");
}
