//! Programs with loops: random numbers of turns, chains, queues, sums over many states.

use std::collections::BTreeMap;

use scorepath::prelude::*;
use scorepath_tests::{
    Exact, Law, Moments, REPLICATES, Replicate, bounded, check, compare, pairs, reference,
};

const ALL: [Baseline; 3] = [Baseline::None, Baseline::Mean, Baseline::Optimal];

#[stochastic]
fn successes(p: Real) -> f64 {
    let mut n = 0.0;
    while sample!(Bernoulli::new(p)) {
        n += 1.0;
    }
    n * n
}

#[test]
fn geometric_loop() {
    let ([p], exact) = reference("geometric_loop", ["p"]);
    let law = Law::counts(
        400,
        |n| p.powf(n) * (1.0 - p),
        |n| Replicate::scored(n * n, [n / p - 1.0 / (1.0 - p)]),
    );
    let query = successes(p).gradient().replicates(10 * REPLICATES).seed(51);
    for baseline in ALL {
        check(query.clone(), baseline, &exact, &law).unwrap();
    }
}

/// From 3, until 0 or 7.
#[stochastic]
fn gamble(p: Real) -> f64 {
    let (mut fortune, mut steps) = (3, 0.0);
    while (1..7).contains(&fortune) {
        fortune += if sample!(Bernoulli::new(p), name = "win") { 1 } else { -1 };
        steps += 1.0;
    }
    steps
}

#[test]
fn gamblers_duration() {
    let ([p], exact) = reference("gamblers_duration", ["p"]);
    let mut outcomes = Vec::new();
    let mut alive = [0.0; 8];
    alive[3] = 1.0;
    // After 2000 steps the chance to be still there is below 1e-80.
    for step in (1..2000).map(f64::from) {
        let mut next = [0.0; 8];
        for position in 1..7 {
            next[position + 1] += p * alive[position];
            next[position - 1] += (1.0 - p) * alive[position];
        }
        for (end, gain) in [(0, -3.0), (7, 4.0)] {
            let wins = 0.5 * (step + gain);
            let score = wins / p - (step - wins) / (1.0 - p);
            outcomes.push((next[end], Replicate::scored(step, [score])));
            next[end] = 0.0;
        }
        alive = next;
    }
    let law = Law::new(outcomes);
    let query = gamble(p).gradient().replicates(2 * REPLICATES).seed(52);
    for baseline in ALL {
        check(query.clone(), baseline, &exact, &law).unwrap();
    }
}

#[stochastic]
fn queue(p: Real, q: Real) -> f64 {
    let mut length = 2;
    for _ in 0..10 {
        let arrival = sample!(Bernoulli::new(p));
        let service = length > 0 && sample!(Bernoulli::new(q), name = "service");
        length = (length + i32::from(arrival) - i32::from(service)).clamp(0, 6);
    }
    f64::from(length)
}

#[test]
fn queue_transient() {
    let ([p, q], exact) = reference("queue_transient", ["p", "q"]);
    // Length, arrivals, services, chances of a service: what value and score depend on.
    let mut states = BTreeMap::from([([2, 0, 0, 0], 1.0)]);
    for _ in 0..10 {
        let mut next = BTreeMap::new();
        for ([length, arrivals, services, chances], mass) in states {
            let busy = i32::from(length > 0);
            for (arrival, pa) in [(1, p), (0, 1.0 - p)] {
                for (service, ps) in [(busy, q), (0, 1.0 - q)] {
                    let length = (length + arrival - service).clamp(0, 6);
                    let state = [length, arrivals + arrival, services + service, chances + busy];
                    *next.entry(state).or_insert(0.0) += mass * pa * ps;
                }
            }
        }
        states = next;
    }
    let law = Law::new(states.into_iter().map(|(state, mass)| {
        let [length, a, s, t] = state.map(f64::from);
        let score = [a / p - (10.0 - a) / (1.0 - p), s / q - (t - s) / (1.0 - q)];
        (mass, Replicate::scored(length, score))
    }));
    let query = queue(p, q).gradient().replicates(REPLICATES).seed(53);
    for baseline in ALL {
        check(query.clone(), baseline, &exact, &law).unwrap();
    }
}

const OBSERVED: [usize; 6] = [0, 1, 1, 0, 2, 1];

#[stochastic]
fn hidden_chain(stay: Real, hit: Real) -> Real {
    let mut state = sample!(Categorical::new([1.0, 1.0, 1.0]), name = "first");
    let mut weight = Real::from(1.0);
    for (time, seen) in OBSERVED.into_iter().enumerate() {
        if time > 0 {
            let mut row = [(1.0 - stay) / 2.0; 3];
            row[state] = stay;
            state = sample!(Categorical::new(row), name = "state");
        }
        weight *= if state == seen { hit } else { (1.0 - hit) / 2.0 };
    }
    weight
}

#[test]
fn hmm_likelihood() {
    let ([stay, hit], exact) = reference("hmm_likelihood", ["a", "e"]);
    let law = Law::new((0..729).map(|code: usize| {
        let states = [1, 3, 9, 27, 81, 243].map(|place| code / place % 3);
        let stays = states.windows(2).filter(|w| w[0] == w[1]).count() as f64;
        let hits = states.iter().zip(OBSERVED).filter(|(s, o)| **s == *o).count() as f64;
        let mass = stay.powf(stays) * ((1.0 - stay) / 2.0).powf(5.0 - stays);
        let value = hit.powf(hits) * ((1.0 - hit) / 2.0).powf(6.0 - hits);
        let score = stays / stay - (5.0 - stays) / (1.0 - stay);
        let direct = value * (hits / hit - (6.0 - hits) / (1.0 - hit));
        (mass, Replicate::scored(value, [score, 0.0]).plus([0.0, direct]))
    }));
    let query = hidden_chain(stay, hit).gradient().replicates(REPLICATES).seed(54);
    for baseline in ALL {
        check(query.clone(), baseline, &exact, &law).unwrap();
    }
}

/// Pairs of neighbours on the open 3 x 3 grid.
const EDGES: [(usize, usize); 12] = [
    (0, 1),
    (1, 2),
    (3, 4),
    (4, 5),
    (6, 7),
    (7, 8), // along the rows
    (0, 3),
    (1, 4),
    (2, 5),
    (3, 6),
    (4, 7),
    (5, 8), // along the columns
];

/// Products of neighbours and the sum of 9 spins.
fn energy(spins: [f64; 9]) -> [f64; 2] {
    [EDGES.iter().map(|(i, j)| spins[*i] * spins[*j]).sum(), spins.iter().sum()]
}

fn spins(code: u16) -> [f64; 9] {
    std::array::from_fn(|i| if code >> i & 1 == 1 { 1.0 } else { -1.0 })
}

#[stochastic]
fn ising(coupling: Real, field: Real) -> Real {
    let spins = [(); 9].map(|()| if sample!(Bernoulli::new(0.5)) { 1.0 } else { -1.0 });
    let [pairs, sum] = energy(spins);
    512.0 * (coupling * pairs + field * sum).exp()
}

/// No draw depends on a parameter: only the value does.
#[test]
fn ising_partition_function() {
    let ([coupling, field], exact) = reference("ising_Z", ["J", "h"]);
    let law = Law::new((0..512).map(|code| {
        let [pairs, sum] = energy(spins(code));
        let value = 512.0 * (coupling * pairs + field * sum).exp();
        (1.0, Replicate::along(value, [value * pairs, value * sum]))
    }));
    let query = ising(coupling, field).gradient().replicates(10 * REPLICATES).seed(55);
    check(query, Baseline::Optimal, &exact, &law).unwrap();
}

#[stochastic]
fn ising_log(coupling: Real, field: Real) -> Real {
    let sum: Real = (0..512)
        .map(|code| {
            let [pairs, sum] = energy(spins(code));
            (coupling * pairs + field * sum).exp()
        })
        .sum();
    sum.ln()
}

#[stochastic]
fn rbm_log(w: [[Real; 2]; 3]) -> Real {
    let sum: Real = (0..32)
        .map(|code| {
            let on = |bit: usize| f64::from(code >> bit & 1);
            let mut energy = Real::from(0.1 * (on(0) + on(1) + on(2)) - 0.2 * (on(3) + on(4)));
            for (i, row) in w.iter().enumerate() {
                energy += on(i) * (row[0] * on(3) + row[1] * on(4));
            }
            energy.exp()
        })
        .sum();
    sum.ln()
}

/// Programs without a draw: every replicate gives the answer.
#[test]
fn sums_without_draws() {
    let ([coupling, field], exact) = reference("ising_logZ", ["J", "h"]);
    let law = Law::new([(1.0, Replicate::along(exact.value, exact.gradient))]);
    let query = ising_log(coupling, field).gradient().replicates(100);
    check(query, Baseline::Optimal, &exact, &law).unwrap();
    let names = ["w00", "w01", "w10", "w11", "w20", "w21"];
    let ([a, b, c, d, e, f], exact) = reference("rbm_logZ", names);
    let law = Law::new([(1.0, Replicate::along(exact.value, exact.gradient))]);
    let query = rbm_log([[a, b], [c, d], [e, f]]).gradient().replicates(100);
    let report = check(query, Baseline::Optimal, &exact, &law).unwrap();
    assert_eq!(report.names()[3], "w[1][1]");
}

/// Up with probability exp(-x / p), else down; the program of the `StochasticAD` paper.
#[stochastic]
fn walk(p: Real, steps: u32, power: i32) -> f64 {
    let mut x = 0.0_f64;
    for _ in 0..steps {
        x += if sample!(Bernoulli::new((-x / p).exp()), name = "up") { 1.0 } else { -1.0 };
    }
    x.powi(power)
}

/// For every end of the walk its probability times the first four moments of the total score.
fn walk_ends(p: f64, steps: u32) -> BTreeMap<i32, [f64; 5]> {
    let mut ends = BTreeMap::from([(0, [1.0, 0.0, 0.0, 0.0, 0.0])]);
    for _ in 0..steps {
        let mut next = BTreeMap::<i32, [f64; 5]>::new();
        for (x, moments) in ends {
            let up = (-f64::from(x) / p).exp();
            let slope = f64::from(x) / (p * p);
            let cases = [(1, up, slope), (-1, 1.0 - up, -up * slope / (1.0 - up))];
            for (step, chance, score) in cases.into_iter().filter(|case| case.1 > 0.0) {
                let end = next.entry(x + step).or_default();
                for (j, sum) in end.iter_mut().enumerate() {
                    // Binomial theorem for (s + score)^j.
                    let mut ways = 1.0;
                    for i in 0..=j {
                        *sum += chance * ways * moments[j - i] * score.powi(i.try_into().unwrap());
                        ways *= (j - i) as f64 / (i + 1) as f64;
                    }
                }
            }
        }
        ends = next;
    }
    ends
}

/// The moments of `(f - b) s` over the ends.
fn walk_moments(ends: &BTreeMap<i32, [f64; 5]>, f: impl Fn(f64) -> f64, b: f64) -> Moments {
    let raw = |j: usize| -> f64 {
        let power = i32::try_from(j).unwrap();
        ends.iter().map(|(x, m)| (f(f64::from(*x)) - b).powi(power) * m[j]).sum()
    };
    let mean = raw(1);
    let variance = raw(2) - mean * mean;
    let fourth = raw(4) - 4.0 * raw(3) * mean + 6.0 * raw(2) * mean * mean - 3.0 * mean.powi(4);
    let spread = (fourth / (variance * variance) - 1.0).sqrt();
    Moments { mean, variance, spread, scale: variance.sqrt(), fitting: 0.0 }
}

#[test]
fn random_walk() {
    // Steps, parameter, power of the end; value and derivative.
    let cases = [
        (50, 100.0, 1, 33.383_344_291, 0.113_477_836),
        (50, 100.0, 2, 1_130.398_830_254, 7.558_188_212),
        (100, 50.0, 2, 1_007.798_935_266, 30.294_988_771),
        (10, 20.0, 2, 50.032_739_825, 1.489_817_829),
    ];
    for (steps, p, power, value, slope) in cases {
        let ends = walk_ends(p, steps);
        let f = |x: f64| x.powi(power);
        let sum = |j: usize, f: &dyn Fn(f64) -> f64| -> f64 {
            ends.iter().map(|(x, m)| f(f64::from(*x)) * m[j]).sum()
        };
        let best = sum(2, &f) / sum(2, &|_| 1.0);
        let query = walk(p, steps, power).gradient().replicates(REPLICATES).seed(56);
        for (baseline, b) in [(Baseline::None, 0.0), (Baseline::Optimal, best)] {
            let report = query.clone().baseline(baseline).run().unwrap();
            let found = pairs(&report);
            let law = walk_moments(&ends, f, b);
            compare("p", found[1], REPLICATES, slope, &law).unwrap();
            let variance = sum(0, &|x| (f(x) - value).powi(2));
            let fourth = sum(0, &|x| (f(x) - value).powi(4));
            let spread = (fourth / (variance * variance) - 1.0).sqrt();
            let law = Moments {
                mean: sum(0, &f),
                variance,
                spread,
                scale: variance.sqrt(),
                fitting: 0.0,
            };
            compare("value", found[0], REPLICATES, value, &law).unwrap();
        }
        let mean = walk_moments(&ends, f, value).variance;
        let found = pairs(&query.baseline(Baseline::Mean).run().unwrap());
        // The mean baseline is noisy too, by 1 in sqrt n; 10 % is far beyond that.
        bounded("p", found[1], REPLICATES, slope, 1.1 * mean).unwrap();
        if (steps, power) == (50, 2) {
            let none = walk_moments(&ends, f, 0.0).variance;
            // The published standard deviations of one replicate.
            assert!((none.sqrt() - 34.8).abs() < 0.05 && (mean.sqrt() - 10.6).abs() < 0.05);
        }
    }
}

/// Waiting time of a customer in a queue that starts empty: Lindley's recursion.
#[stochastic]
fn wait(service_mean: Real, arrival_rate: f64, customer: u32) -> Real {
    let mut wait = Real::from(0.0);
    for _ in 1..customer {
        let service = sample!(Exponential::new(1.0 / service_mean));
        let arrival = sample!(Exponential::new(arrival_rate));
        wait = (wait + service - arrival).max(0.0);
    }
    wait
}

#[test]
fn transient_queue() {
    let cases = [
        (2, 0.333_333_333, 0.555_555_555),
        (5, 0.720_621_856, 1.541_228_470),
        (10, 0.907_161_632, 2.315_644_297),
    ];
    for (customer, value, slope) in cases {
        let query = wait(1.0, 0.5, customer).gradient().replicates(REPLICATES).seed(57);
        let report = query.clone().run().unwrap();
        assert!(report.sites().iter().all(|s| s.strategy() == Strategy::Pathwise));
        let found = pairs(&report);
        let n = f64::from(customer - 1);
        // Wait and derivative lie between 0 and the sum of n services, whose square has mean
        // n (n + 1).
        bounded("value", found[0], REPLICATES, value, n * (n + 1.0)).unwrap();
        bounded("service_mean", found[1], REPLICATES, slope, n * (n + 1.0)).unwrap();

        // Scored, W s has a second moment of at most sqrt(E W^4 E s^4): that of the sum of services
        // is n (n+1) (n+2) (n+3), and s = sum - n has 3 n^2 + 6 n.
        let scored = query.strategy("service", Strategy::ScoreFunction);
        let found = pairs(&scored.run().unwrap());
        let fourths = n * (n + 1.0) * (n + 2.0) * (n + 3.0) * (3.0 * n * n + 6.0 * n);
        bounded("value", found[0], REPLICATES, value, n * (n + 1.0)).unwrap();
        bounded("service_mean", found[1], REPLICATES, slope, fourths.sqrt()).unwrap();
    }
}

#[stochastic]
fn sum_of_normals(mu: Real, turns: u32) -> Real {
    let mut sum = Real::from(0.0);
    for _ in 0..turns {
        sum += sample!(Normal::new(mu, 1.0), name = "x");
    }
    sum
}

#[test]
fn sum_of_a_loop() {
    let (mu, turns) = (0.7, 10.0_f64);
    let exact = Exact { value: 7.0, gradient: [turns] };
    let root = turns.sqrt();
    let path = Law::normal(|e| Replicate::along(turns * mu + root * e, [turns]));
    let scored = Law::normal(|e| Replicate::scored(turns * mu + root * e, [root * e]));
    let query = sum_of_normals(mu, 10).gradient().replicates(REPLICATES).seed(58);
    check(query.clone(), Baseline::Optimal, &exact, &path).unwrap();
    for baseline in ALL {
        let query = query.clone().strategy("x", Strategy::ScoreFunction);
        check(query, baseline, &exact, &scored).unwrap();
    }
}
