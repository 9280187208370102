//! What a user reads: the text of every error, and the table of a report.

use scorepath::prelude::*;
use scorepath::{Error, Report, detach};

/// A text in which the line numbers of this file, which change with it, are masked.
fn without_lines(text: &str) -> String {
    let mut parts = text.split("texts.rs:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        out += "texts.rs:";
        out.extend(std::iter::repeat_n('N', digits));
        out += &part[digits..];
    }
    out
}

fn message(query: Result<Report, Error>) -> String {
    without_lines(&query.unwrap_err().to_string())
}

fn tag(above: bool) -> f64 {
    f64::from(u8::from(above))
}

#[stochastic]
fn shown(mu: Real, sigma: Real, way: usize) -> Real {
    let z = sample!(Normal::new(mu, sigma));
    let u = sample!(Uniform::new(mu - 5.0, mu + 5.0));
    let w = sample!(Noise(rand_distr::Normal::new(0.0, 1.0).unwrap()));
    match way {
        0 => z * u,
        1 => tag(w > mu).into(),
        2 => tag(u > 0.0).into(),
        3 => z * sigma.value(),
        4 => z * tag(z > 0.0),
        5 => tag((w, 0) > (mu, 0)).into(),
        6 => z / 0.0,
        7 => (mu - detach(mu)).sqrt(),
        _ => loop {
            sample!(Normal::new(0.0, 1.0), name = "term");
        },
    }
}

#[stochastic]
fn inner(mu: Real) -> Real {
    sample!(Normal::new(mu, 1.0), name = "z")
}

#[stochastic]
fn named_alike(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    z + call!(inner(mu))
}

#[test]
fn bad_input() {
    let ask = |way| shown(0.3, 1.0, way).gradient().max_draws(1000).seed(5);
    insta::assert_snapshot!(message(ask(0).replicates(0).run()), @"a query needs at least 1 replicate, found 0");
    insta::assert_snapshot!(message(ask(0).standard_error(-1.0).run()), @"the target standard error must be finite and > 0, found -1");
    insta::assert_snapshot!(message(shown(0.3, -1.0, 0).gradient().seed(5).run()), @"`shown.z`: Normal: scale must be finite and > 0, found -1; at tests/texts.rs:NN (replicate 0, seed 5)");
    insta::assert_snapshot!(message(ask(6).run()), @"the value of `shown` is inf, not finite; at tests/texts.rs:NN (replicate 0, seed 5)");
    insta::assert_snapshot!(message(ask(7).run()), @"the derivative in mu of `shown` is inf, not finite; at tests/texts.rs:NN (replicate 0, seed 5)");
    insta::assert_snapshot!(message(ask(8).run()), @"more than 1000 draws in one replicate, the last at `shown.term`, tests/texts.rs:NN (replicate 0, seed 5); a loop without end? raise the limit with `.max_draws(n)`");
}

#[test]
fn refusals() {
    let ask = |way| shown(0.3, 1.0, way).gradient().seed(5);
    insta::assert_snapshot!(message(ask(1).run()), @"`>` at tests/texts.rs:NN (replicate 0, seed 5) jumps at a threshold that `mu` moves, so the derivative would lack a term; draw the compared quantity itself (`Normal::new(mu, sigma)`, not `mu + sigma * Normal::new(0, 1)`), or use `max`, `min`, `abs`, `clamp` or `continuous!(..)` if it is only a kink");
    insta::assert_snapshot!(message(ask(5).run()), @"`partial_cmp` at the standard library, after `shown.w` at tests/texts.rs:NN (replicate 0, seed 5) jumps at a threshold that `mu` moves, so the derivative would lack a term; draw the compared quantity itself (`Normal::new(mu, sigma)`, not `mu + sigma * Normal::new(0, 1)`), or use `max`, `min`, `abs`, `clamp` or `continuous!(..)` if it is only a kink");
    insta::assert_snapshot!(message(ask(2).run()), @"`shown.u`: the support of Uniform moves with `mu`, so the score function would lack a boundary term; at tests/texts.rs:NN (replicate 0, seed 5); draw from a fixed support and scale, keep the program continuous in the draw so that its path can be used, or keep probabilities away from 0 and 1");
    insta::assert_snapshot!(message(ask(3).run()), @"`value` at tests/texts.rs:NN (replicate 0, seed 5) drops the derivative in `sigma`; keep the number a `Real`, or write `detach(x)` first if the derivative is to be dropped");
}

#[test]
fn strategies_asked_for() {
    let path = |name: &str, way| {
        shown(0.3, 1.0, way).gradient().seed(5).strategy(name, Strategy::Pathwise).run()
    };
    insta::assert_snapshot!(message(path("z", 4)), @"`shown.z` cannot be pathwise, as asked: jump: `>` at tests/texts.rs:NN; at tests/texts.rs:NN (replicate 0, seed 5)");
    let demand = tabled(3.0, 2.5, 1.0).gradient().strategy("demand", Strategy::Pathwise).run();
    insta::assert_snapshot!(message(demand), @"`tabled.demand` at tests/texts.rs:NN cannot be pathwise: Poisson does not offer it");
    insta::assert_snapshot!(message(path("y", 0)), @"no site `y` was met; the sites are `shown.z`, `shown.u`, `shown.w`");
    let twice = named_alike(0.3).gradient().strategy("z", Strategy::Pathwise).run();
    insta::assert_snapshot!(message(twice), @"`z` fits several sites: `named_alike.z`, `inner.z`; use one of these keys");
}

#[stochastic]
fn tabled(stock: Real, rate: Real, spread: Real) -> Real {
    let demand = sample!(Poisson::new(rate));
    let price = sample!(Normal::new(10.0, spread));
    let weather = sample!(Normal::new(0.0, spread), name = "weather");
    let sold = stock.min(demand as f64);
    if weather > 0.0 { price * sold } else { sold }
}

#[test]
fn a_table() -> Result<(), Error> {
    let report = tabled(3.0, 2.5, 1.0).gradient().replicates(20_000).seed(1).run()?;
    insta::assert_snapshot!(without_lines(&report.to_string()), @r"
                estimate  standard error
    value         11.340         8.33e-2
    d/d stock      1.894         2.37e-2
    d/d rate       2.919         5.23e-2
    d/d spread     -0.21         1.18e-1
    20000 replicates, seed 1

    site            distribution  line               strategy        reason
    tabled.demand   Poisson       tests/texts.rs:NN  score function  its values have no differentiable path
    tabled.price    Normal        tests/texts.rs:NN  pathwise        no jump on what it moves
    tabled.weather  Normal        tests/texts.rs:NN  score function  jump: `>` at tests/texts.rs:NN
    note: `min` at tests/texts.rs:NN met 4288 ties; only one-sided derivatives exist there and their mean was used
    ");
    Ok(())
}

#[test]
fn a_table_of_one_replicate() -> Result<(), Error> {
    let report = tabled(3.0, 2.5, 1.0).gradient().replicates(1).seed(1).run()?;
    insta::assert_snapshot!(without_lines(&report.to_string()), @r"
                   estimate  standard error
    value        18.4028069               ?
    d/d stock     0.0000000               ?
    d/d rate     -3.6805614               ?
    d/d spread  -11.9768290               ?
    1 replicate, seed 1; below 64 a standard error is unreliable

    site            distribution  line               strategy        reason
    tabled.demand   Poisson       tests/texts.rs:NN  score function  its values have no differentiable path
    tabled.price    Normal        tests/texts.rs:NN  pathwise        no jump on what it moves
    tabled.weather  Normal        tests/texts.rs:NN  score function  jump: `>` at tests/texts.rs:NN
    ");
    Ok(())
}
