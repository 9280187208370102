//! Log densities and all their partial derivatives against references at 140 digits.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and outcomes are small"
)]

use std::collections::BTreeMap;

use scorepath::Tangent;
use scorepath::distribution::{
    Bernoulli, Binomial, Categorical, Distribution, Exponential, Geometric, Laplace, LogNormal,
    Normal, Poisson, Stream, Uniform,
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
    Point {
        parameters: in_order(names, &json["params"]),
        x,
        value: number(&json["logp"]),
        partials,
    }
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

/// The integral over `[low, high]` by Simpson's rule; the integrands here are smooth on it.
fn integral(low: f64, high: f64, density: impl Fn(f64) -> R) -> f64 {
    const STEPS: u32 = 20_000;
    let step = (high - low) / f64::from(STEPS);
    let weight = |i| if i == 0 || i == STEPS { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
    let terms = (0..=STEPS).map(|i| weight(i) * density(low + f64::from(i) * step).exp().primal());
    terms.sum::<f64>() * step / 3.0
}

fn assert_one(total: f64, what: &str) {
    assert!((total - 1.0).abs() < 1e-10, "{what}: {total}");
}

#[test]
fn continuous_densities_integrate_to_one() {
    for (loc, scale) in [(0.0, 1.0), (-3.0, 1e-3), (1e3, 50.0)] {
        let (low, high) = (loc - 40.0 * scale, loc + 40.0 * scale);
        assert_one(integral(low, high, |x| Normal::new(loc, scale).log_density(x)), "Normal");
        let laplace = Laplace::new(loc, scale);
        let halves =
            [(low, loc), (loc, high)].map(|(a, b)| integral(a, b, |x| laplace.log_density(x)));
        assert_one(halves[0] + halves[1], "Laplace");
        assert_one(integral(loc, high, |x| Uniform::new(loc, high).log_density(x)), "Uniform");
        assert_one(
            integral(0.0, 40.0 / scale, |x| Exponential::new(scale).log_density(x)),
            "Exponential",
        );
        // In the logarithm of x, whose density has x as a factor.
        let log_normal = LogNormal::new(loc / 10.0, scale);
        let in_log = |t: f64| log_normal.log_density(t.exp()) + t;
        let (centre, reach) = (loc / 10.0, 12.0 * scale);
        assert_one(integral(centre - reach, centre + reach, in_log), "LogNormal");
    }
}

#[test]
fn masses_sum_to_one() {
    fn sum(counts: u64, log_density: impl Fn(u64) -> R) -> f64 {
        (0..counts).map(|k| log_density(k).exp().primal()).sum()
    }
    for p in [0.3, 1e-3, 0.97] {
        for n in [0, 1, 2, 15, 16, 17, 400] {
            assert_one(sum(n + 1, |k| Binomial::new(n, p).log_density(k)), "Binomial");
        }
        assert_one(sum((40.0 / p) as u64, |k| Geometric::new(p).log_density(k)), "Geometric");
        assert_one(sum(2, |k| Bernoulli::new(p).log_density(k == 1)), "Bernoulli");
        assert_one(sum(2, |k| Bernoulli::from_logit(p).log_density(k == 1)), "by logit");
        assert_one(sum(3, |k| Categorical::new([p, 2.0, 0.5]).log_density(k as usize)), "weights");
        let logits = Categorical::from_logits([p, 2.0, -5.0]);
        assert_one(sum(3, |k| logits.log_density(k as usize)), "logits");
    }
    for rate in [0.0, 0.1, 11.9, 12.0, 1000.0] {
        assert_one(sum(3000, |k| Poisson::new(rate).log_density(k)), "Poisson");
    }
}

/// The score has mean zero in each of the first `lanes` parameters, and is not all zero; the same
/// for the fused draw.
fn score_is_centred<D: Distribution<Tangent<4>>>(distribution: &D, lanes: usize) {
    const DRAWS: u32 = 100_000;
    let mut stream = Stream::from_seed(5);
    for lane in 0..2 * lanes {
        let (fused, lane) = (lane >= lanes, lane % lanes);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..DRAWS {
            let score = if fused {
                distribution.scored(&mut stream).1.tangent(lane)
            } else {
                let draw = distribution.draw(&mut stream);
                distribution.log_density(&draw).tangent(lane)
            };
            sum += score;
            squares += score * score;
        }
        let z = sum / squares.sqrt();
        assert!(squares > 0.0 && z.abs() < 4.0, "{}, lane {lane}: z = {z}", D::name());
    }
}

#[test]
fn scores_have_mean_zero() {
    score_is_centred(&Normal::new(v(0.3, 0), v(2.0, 1)), 2);
    score_is_centred(&LogNormal::new(v(0.3, 0), v(0.2, 1)), 2);
    score_is_centred(&Laplace::new(v(0.3, 0), v(2.0, 1)), 2);
    score_is_centred(&Exponential::new(v(0.3, 0)), 1);
    score_is_centred(&Bernoulli::new(v(0.3, 0)), 1);
    score_is_centred(&Bernoulli::from_logit(v(-1.0, 0)), 1);
    score_is_centred(&Binomial::new(10, v(0.7, 0)), 1);
    score_is_centred(&Binomial::new(1000, v(0.3, 0)), 1);
    score_is_centred(&Geometric::new(v(0.05, 0)), 1);
    score_is_centred(&Poisson::new(v(3.0, 0)), 1);
    score_is_centred(&Poisson::new(v(300.0, 0)), 1);
    score_is_centred(&Categorical::new([v(1.0, 0), v(2.0, 1), v(0.1, 2)]), 3);
    score_is_centred(&Categorical::from_logits([v(1.0, 0), v(2.0, 1), v(-1.0, 2)]), 3);
}

#[test]
#[should_panic(expected = "lane 0")]
fn a_moving_support_is_found_by_its_score() {
    // The score of a uniform draw in its width is -1/width throughout: the boundary term is missing.
    score_is_centred(&Uniform::new(R::constant(0.0), v(2.0, 0)), 1);
}
