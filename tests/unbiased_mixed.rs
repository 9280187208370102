//! Programs whose draws are differentiated in different ways, every choice against its own law.

use scorepath::prelude::*;
use scorepath::{Gradient, Reason};
use scorepath_tests::{Exact, Law, REPLICATES, Replicate, check, normal_cells, reference};

/// The query with one site scored.
fn scoring<S: Stochastic>(query: &Gradient<S>, site: &str) -> Gradient<S> {
    query.clone().strategy(site, Strategy::ScoreFunction)
}

/// The strategies of the sites, in the order in which they were met.
fn strategies(report: &scorepath::Report) -> Vec<Strategy> {
    report.sites().iter().map(scorepath::SiteReport::strategy).collect()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[stochastic]
fn chain(a: Real, b: Real) -> Real {
    let first = sample!(Normal::new(a, 1.0));
    let second = sample!(Normal::new(b * first, 1.0));
    first * first * second
}

/// Two draws, the second around the first: all four plans.
#[test]
fn normal_chain() {
    let ([a, b], exact) = reference("normal_chain", ["a", "b"]);
    let at = |e: [f64; 2]| (a + e[0], b * (a + e[0]) + e[1]);
    let path = Law::normals(0.5, |e: [f64; 2]| {
        let (x, y) = at(e);
        Replicate::along(x * x * y, [2.0 * x * y + x * x * b, x * x * x])
    });
    let first_scored = Law::normals(0.5, |e: [f64; 2]| {
        let (x, y) = at(e);
        Replicate::scored(x * x * y, [e[0], 0.0]).plus([0.0, x * x * x])
    });
    // The first draw moves the mean of the second, which is scored against it.
    let second_scored = Law::normals(0.5, |e: [f64; 2]| {
        let (x, y) = at(e);
        Replicate::scored(x * x * y, [e[1] * b, e[1] * x]).plus([2.0 * x * y, 0.0])
    });
    let scored = Law::normals(0.5, |e: [f64; 2]| {
        let (x, y) = at(e);
        Replicate::scored(x * x * y, [e[0], e[1] * x])
    });
    let query = chain(a, b).gradient().replicates(4 * REPLICATES).seed(41);
    let cases = [
        (query.clone(), path),
        (scoring(&query, "first"), first_scored),
        (scoring(&query, "second"), second_scored),
        (scoring(&scoring(&query, "first"), "second"), scored),
    ];
    for (query, law) in cases {
        check(query, Baseline::Optimal, &exact, &law).unwrap();
    }
}

#[stochastic]
fn product(m: [Real; 2], l00: Real, l10: Real, l11: Real) -> Real {
    let x0 = sample!(Normal::new(m[0], l00));
    let x1 = sample!(Normal::new(m[1] + l10 * (x0 - m[0]) / l00, l11));
    x0 * x1 * x1
}

/// The bivariate normal law as a chain of two: every choice of strategies.
#[test]
fn mvn_product() {
    let ([m0, m1, a, b, c], exact) = reference("mvn_product", ["m0", "m1", "l00", "l10", "l11"]);
    let at = |e: [f64; 2]| (m0 + a * e[0], m1 + b * e[0] + c * e[1]);
    let path = Law::normals(0.5, |e: [f64; 2]| {
        let (x0, x1) = at(e);
        let by_x1 = 2.0 * x0 * x1;
        // x0 - m0 = a e0 on the path, so l00 moves x0 only.
        Replicate::along(x0 * x1 * x1, [x1 * x1, by_x1, x1 * x1 * e[0], by_x1 * e[0], by_x1 * e[1]])
    });
    // Of x1 given x0: the mean m1 + b (x0 - m0) / a moves with m0, m1, a and b.
    let second = |e: [f64; 2]| {
        let s = e[1] / c;
        [-s * b / a, s, -s * b * e[0] / a, s * e[0], (e[1] * e[1] - 1.0) / c]
    };
    let scored = Law::normals(0.5, |e: [f64; 2]| {
        let (x0, x1) = at(e);
        let [s0, s1, s2, s3, s4] = second(e);
        let first = [e[0] / a, (e[0] * e[0] - 1.0) / a];
        Replicate::scored(x0 * x1 * x1, [first[0] + s0, s1, first[1] + s2, s3, s4])
    });
    // x0 along the path and x1 scored: what m0 and a do to the mean of x1 cancels.
    let path_scored = Law::normals(0.5, |e: [f64; 2]| {
        let (x0, x1) = at(e);
        let [_, s1, _, s3, s4] = second(e);
        let direct = [x1 * x1, 0.0, x1 * x1 * e[0], 0.0, 0.0];
        Replicate::scored(x0 * x1 * x1, [0.0, s1, 0.0, s3, s4]).plus(direct)
    });
    // x0 scored and x1 along the path, x0 standing still.
    let scored_path = Law::normals(0.5, |e: [f64; 2]| {
        let (x0, x1) = at(e);
        let by_x1 = 2.0 * x0 * x1;
        let score = [e[0] / a, 0.0, (e[0] * e[0] - 1.0) / a, 0.0, 0.0];
        let direct = [-by_x1 * b / a, by_x1, -by_x1 * b * e[0] / a, by_x1 * e[0], by_x1 * e[1]];
        Replicate::scored(x0 * x1 * x1, score).plus(direct)
    });
    let query = product([m0, m1], a, b, c).gradient().replicates(2 * REPLICATES).seed(7);
    let first = scoring(&query, "x0");
    let second = scoring(&query, "x1");
    let all = scoring(&first, "x1");
    let cases = [(query, path), (first, scored_path), (second, path_scored), (all, scored)];
    for (query, law) in cases {
        check(query, Baseline::Optimal, &exact, &law).unwrap();
    }
}

#[stochastic]
fn mixture(logit: Real, m: [Real; 2], s: Real) -> Real {
    let k = sample!(Bernoulli::from_logit(logit));
    let x = sample!(Normal::new(if k { m[0] } else { m[1] }, s));
    x * x
}

#[test]
fn mixture_square() {
    let ([logit, m0, m1, s], exact) = reference("mixture_square", ["l", "m0", "m1", "s"]);
    let p = logistic(logit);
    let outcomes = |replicate: &dyn Fn(f64, f64, f64) -> Replicate<4>| {
        let cells = normal_cells(0.5, 0.0);
        Law::new(cells.into_iter().flat_map(|(e, weight)| {
            let case = |k: f64, p: f64, m: f64| (weight * p, replicate(k, e, m + s * e));
            [case(1.0, p, m0), case(0.0, 1.0 - p, m1)]
        }))
    };
    let path = outcomes(&|k, e, x| {
        let direct = [0.0, 2.0 * k * x, 2.0 * (1.0 - k) * x, 2.0 * x * e];
        Replicate::scored(x * x, [k - p, 0.0, 0.0, 0.0]).plus(direct)
    });
    let scored = outcomes(&|k, e, x| {
        let score = [k - p, k * e / s, (1.0 - k) * e / s, (e * e - 1.0) / s];
        Replicate::scored(x * x, score)
    });
    let query = mixture(logit, [m0, m1], s).gradient().replicates(REPLICATES).seed(42);
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        let report = check(query.clone(), baseline, &exact, &path).unwrap();
        assert_eq!(strategies(&report), [Strategy::ScoreFunction, Strategy::Pathwise]);
        check(scoring(&query, "x"), baseline, &exact, &scored).unwrap();
    }
}

#[stochastic]
fn evidence(m: Real, s: Real) -> Real {
    let guide = Normal::new(m, s);
    let z = sample!(guide);
    let data = [0.5, 1.2, -0.3].map(|y| Normal::new(z, 1.0).log_density(y));
    data.iter().copied().sum::<Real>() + Normal::new(0.0, 2.0).log_density(z) - guide.log_density(z)
}

/// Here the integrand depends on the parameters itself, by the density of the guide.
#[test]
fn elbo_normal_normal() {
    let ([m, s], exact) = reference("elbo_normal_normal", ["m", "s"]);
    let data = [0.5, 1.2, -0.3];
    let normal = |x: f64, scale: f64| {
        -0.5 * (x / scale).powi(2) - scale.ln() - 0.5 * std::f64::consts::TAU.ln()
    };
    let joint = |z: f64| data.iter().map(|y| normal(y - z, 1.0)).sum::<f64>() + normal(z, 2.0);
    let slope = |z: f64| data.iter().map(|y| y - z).sum::<f64>() - z / 4.0;
    let value = |e: f64| joint(m + s * e) - normal(s * e, s);
    // Along the path ln q = -e^2/2 - ln s - c moves with s alone.
    let path = Law::normal(|e| {
        let slope = slope(m + s * e);
        Replicate::along(value(e), [slope, slope * e + 1.0 / s])
    });
    let scored = Law::normal(|e| {
        let score = [e / s, (e * e - 1.0) / s];
        Replicate::scored(value(e), score).plus(score.map(|score| -score))
    });
    let query = evidence(m, s).gradient().replicates(REPLICATES).seed(43);
    check(query.clone(), Baseline::Optimal, &exact, &path).unwrap();
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        check(scoring(&query, "z"), baseline, &exact, &scored).unwrap();
    }
}

/// Negative evidence bound of a coin that came up tails and whose chance is a rounded normal number.
#[stochastic]
fn rounded_chance(mu: Real) -> Real {
    let guide = Normal::new(mu, 1.0);
    let z = sample!(guide);
    let chance = z.round().clamp(0.2, 0.8);
    let model = Normal::new(0.0, 1.0).log_density(z) + Bernoulli::new(chance).log_density(false);
    guide.log_density(z) - model
}

#[test]
fn coin_of_a_rounded_normal() {
    let mu = 0.3;
    // KL of the two normal laws, and -ln .8 or -ln .2 on either side of z = 0.5.
    let above = 0.420_740_291;
    let tails = [-0.8_f64.ln(), -0.2_f64.ln()];
    let value = 0.5 * mu * mu + tails[0] * (1.0 - above) + tails[1] * above;
    let exact = Exact { value, gradient: [0.842_100_281] };
    let law = Law::normal(|e| {
        let z = mu + e;
        let tail = tails[usize::from(z > 0.5)];
        Replicate::scored(0.5 * (z * z - e * e) + tail, [e]).plus([e])
    });
    let query = rounded_chance(mu).gradient().replicates(REPLICATES).seed(44);
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        let report = check(query.clone(), baseline, &exact, &law).unwrap();
        let reason = report.sites()[0].reason();
        let Reason::Jump { operation, .. } = reason else { panic!("{reason}") };
        assert_eq!(operation, "round");
    }
}

/// A normal draw that moves the law of a coin, and the result too.
#[stochastic]
fn coin_of_normal(mu: Real) -> Real {
    let z = sample!(Normal::new(mu, 1.0));
    let b = sample!(Bernoulli::from_logit(z));
    if b { z } else { Real::from(0.0) }
}

#[test]
fn path_into_a_scored_draw() {
    let mu = 0.4;
    let exact = Exact { value: 0.434_492_537, gradient: [0.638_384_948] };
    let outcomes = |replicate: &dyn Fn(f64, f64, f64) -> Replicate<1>| {
        let cells = normal_cells(0.1, 0.0);
        Law::new(cells.into_iter().flat_map(|(e, weight)| {
            let p = logistic(mu + e);
            [(1.0, p), (0.0, 1.0 - p)].map(|(b, p)| (weight * p, replicate(b, e, mu + e)))
        }))
    };
    let mixed = outcomes(&|b, _, z| Replicate::scored(b * z, [b - logistic(z)]).plus([b]));
    let scored = outcomes(&|b, e, z| Replicate::scored(b * z, [e]));
    let query = coin_of_normal(mu).gradient().replicates(REPLICATES).seed(45);
    for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
        let report = check(query.clone(), baseline, &exact, &mixed).unwrap();
        assert_eq!(strategies(&report), [Strategy::Pathwise, Strategy::ScoreFunction]);
        check(scoring(&query, "z"), baseline, &exact, &scored).unwrap();
    }
}

/// The introductory program of `StochasticAD`: a parameter in every place.
#[stochastic]
fn everywhere(p: Real) -> Real {
    let a = p * (1.0 - p);
    let b = sample!(Binomial::new(10, p));
    let coin = sample!(Bernoulli::new(p));
    let c = 2 * b + 3 * u64::from(coin);
    let x = sample!(Normal::new(b as f64, a));
    a * (c as f64) * x
}

#[test]
fn parameter_in_every_place() {
    // At the published maximum of 24.97456109 the derivative is 0.
    for (p, slope) in [(0.6_f64, 47.76), (0.742_688_545, 0.0)] {
        let (a, a_slope) = (p * (1.0 - p), 1.0 - 2.0 * p);
        let square = 10.0 * p * (1.0 - p) + 100.0 * p * p;
        let value = a * (2.0 * square + 3.0 * p * 10.0 * p);
        assert!(slope != 0.0 || (value - 24.974_561_09).abs() < 1e-8);
        let exact = Exact { value, gradient: [slope] };
        let outcomes =
            |replicate: &dyn Fn(f64, f64, f64, f64) -> Replicate<1>| {
                let mut outcomes = Vec::new();
                let mut ways = 1.0;
                for b in (0..=10).map(f64::from) {
                    let mass = ways * p.powf(b) * (1.0 - p).powf(10.0 - b);
                    ways *= (10.0 - b) / (b + 1.0);
                    for (coin, chance) in [(1.0, p), (0.0, 1.0 - p)] {
                        let score = (b + coin - 11.0 * p) / (p * (1.0 - p));
                        let c = 2.0 * b + 3.0 * coin;
                        outcomes.extend(normal_cells(0.5, 0.0).into_iter().map(|(e, weight)| {
                            (mass * chance * weight, replicate(b, c, score, e))
                        }));
                    }
                }
                Law::new(outcomes)
            };
        let mixed = outcomes(&|b, c, score, e| {
            let x = b + a * e;
            Replicate::scored(a * c * x, [score]).plus([a_slope * c * (x + a * e)])
        });
        let scored = outcomes(&|b, c, score, e| {
            let x = b + a * e;
            let score = score + (e * e - 1.0) / a * a_slope;
            Replicate::scored(a * c * x, [score]).plus([a_slope * c * x])
        });
        let query = everywhere(p).gradient().replicates(REPLICATES).seed(46);
        for baseline in [Baseline::None, Baseline::Mean, Baseline::Optimal] {
            check(query.clone(), baseline, &exact, &mixed).unwrap();
            check(scoring(&query, "x"), baseline, &exact, &scored).unwrap();
        }
    }
}
