//! Log densities and all their partial derivatives against references at 140 digits.

use std::collections::BTreeMap;

use scorepath::Tangent;
use scorepath::distribution::{
    Bernoulli, Binomial, Categorical, Exponential, Geometric, Laplace, LogNormal, Normal, Poisson,
    Uniform,
};
use scorepath::number::{Parts, Real};
use serde_json::Value;

type R = Real<Tangent<4>>;

/// Relative error allowed at every point.
const BOUND: f64 = 1e-12;

/// Points where a relative bound makes no sense: family, line of the point in its family, absolute
/// error allowed on top, reason.
const LIMITED: &[(&str, usize, f64, &str)] = &[(
    "Normal",
    5,
    2e-230,
    "at z = 1 the derivative in the scale is exactly 0; the reference holds the truncation of its \
     central difference, (1e-40)^2 10/6 in units of 1/scale",
)];

/// Points whose value the type of the draw cannot express, so that nothing has to be returned.
const NOT_EXPRESSIBLE: &[(&str, &str)] =
    &[("Bernoulli_p", "2"), ("Bernoulli_logit", "-1"), ("Geometric", "-1")];

/// A point of the reference.
struct Point {
    parameters: Vec<f64>,
    x: String,
    value: f64,
    /// Derivatives in the parameters, then in `x` where it is continuous; `None` where undefined.
    partials: Option<Vec<f64>>,
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        other => other.as_f64().unwrap(),
    }
}

/// A parameter is one number or, for the categorical, a list of them.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().map(number).collect(),
        one => vec![number(one)],
    }
}

fn in_order(names: &[&str], map: &Value) -> Vec<f64> {
    names.iter().flat_map(|name| numbers(&map[*name])).collect()
}

fn point(names: &[&str], json: &Value) -> Point {
    let x = json["x"].as_str().map_or_else(|| json["x"].to_string(), str::to_owned);
    let partials = (!json["dparams"].is_null()).then(|| {
        // A number of trials is no parameter with a derivative.
        let names: Vec<_> = names.iter().copied().filter(|name| *name != "n").collect();
        let mut partials = in_order(&names, &json["dparams"]);
        partials.extend(json.get("dx").filter(|dx| !dx.is_null()).map(number));
        partials
    });
    Point { parameters: in_order(names, &json["params"]), x, value: number(&json["logp"]), partials }
}

fn reference() -> BTreeMap<String, Value> {
    let text = include_str!("reference/log_density.json");
    let root: Value = serde_json::from_str(text).unwrap();
    root["distributions"].as_object().unwrap().clone().into_iter().collect()
}

/// The number in lane `lane`.
fn v(value: f64, lane: usize) -> R {
    R::variable(value, lane)
}

fn evaluate(family: &str, p: &[f64], x: &str) -> R {
    let real = |lane| v(x.parse().unwrap(), lane);
    let count = || x.parse::<u64>().unwrap();
    let list = || -> Vec<R> { p.iter().enumerate().map(|(i, w)| v(*w, i)).collect() };
    match family {
        "Normal" => Normal::new(v(p[0], 0), v(p[1], 1)).log_density(real(2)),
        "LogNormal" => LogNormal::new(v(p[0], 0), v(p[1], 1)).log_density(real(2)),
        "Uniform" => Uniform::new(v(p[0], 0), v(p[1], 1)).log_density(real(2)),
        "Exponential" => Exponential::new(v(p[0], 0)).log_density(real(1)),
        "Laplace" => Laplace::new(v(p[0], 0), v(p[1], 1)).log_density(real(2)),
        "Bernoulli_p" => Bernoulli::new(v(p[0], 0)).log_density(x == "1"),
        "Bernoulli_logit" => Bernoulli::from_logit(v(p[0], 0)).log_density(x == "1"),
        "Binomial" => Binomial::new(p[0] as u64, v(p[1], 0)).log_density(count()),
        "Geometric" => Geometric::new(v(p[0], 0)).log_density(count()),
        "Poisson" => Poisson::new(v(p[0], 0)).log_density(count()),
        "Categorical_probs" => Categorical::new(&list()).log_density(count() as usize),
        "Categorical_logits" => Categorical::from_logits(&list()).log_density(count() as usize),
        other => panic!("no such family: {other}"),
    }
}

fn names(family: &str) -> &'static [&'static str] {
    match family {
        "Normal" | "Laplace" => &["loc", "scale"],
        "LogNormal" => &["mu", "sigma"],
        "Uniform" => &["low", "high"],
        "Exponential" | "Poisson" => &["rate"],
        "Bernoulli_logit" => &["logit"],
        "Binomial" => &["n", "p"],
        "Categorical_logits" => &["logits"],
        _ => &["p"],
    }
}

fn assert_near(found: f64, exact: f64, slack: f64, what: &str) {
    let near = found == exact || (found - exact).abs() <= BOUND * exact.abs() + slack;
    assert!(near, "{what}: found {found:e}, exact {exact:e}");
}

fn check(family: &str, line: usize, point: &Point) {
    let limited = LIMITED.iter().find(|limited| (limited.0, limited.1) == (family, line));
    let slack = limited.map_or(0.0, |limited| limited.2);
    let found = evaluate(family, &point.parameters, &point.x);
    let what = format!("{family} {:?} at {}", point.parameters, point.x);
    assert_near(found.primal(), point.value, slack, &what);
    // Where the derivative is undefined, that of a locally constant function.
    let partials = point.partials.clone().unwrap_or_else(|| vec![0.0; 4]);
    for (lane, exact) in partials.iter().enumerate() {
        assert_near(found.tangent(lane), *exact, slack, &format!("{what}, partial {lane}"));
    }
}

#[test]
fn every_reference_point() {
    let mut checked = 0;
    for (family, json) in reference() {
        for (line, json) in json["points"].as_array().unwrap().iter().enumerate() {
            let point = point(names(&family), json);
            if !NOT_EXPRESSIBLE.contains(&(family.as_str(), point.x.as_str())) {
                check(&family, line, &point);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 87);
}

#[test]
fn points_left_out_exist() {
    let families = reference();
    for (family, x) in NOT_EXPRESSIBLE {
        let points = families[*family]["points"].as_array().unwrap();
        assert!(points.iter().any(|p| p["x"] == *x), "{family} has no point {x}");
    }
}
