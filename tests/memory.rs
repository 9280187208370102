//! Memory grows neither with the number of replicates nor with the number of draws. Each workload
//! runs in a process of its own, this program again, and tells its peak.

use std::process::Command;

use scorepath::prelude::*;

/// Tells the child what to do: `replicates draws`.
const TASK: &str = "SCOREPATH_MEMORY_TASK";

/// The path, the score function, costs and a discrete draw, so many times.
#[stochastic]
fn walk(drift: Real, rate: Real, draws: u64) -> Real {
    let mut x = Real::from(0.0);
    for _ in 0..draws {
        let step = sample!(Normal::new(drift, 1.0));
        let wait = sample!(Exponential::new(rate));
        cost!(wait * 1e-6);
        if sample!(Bernoulli::new(0.5 * rate)) && step > 0.0 {
            x += step;
        }
    }
    x / draws as f64
}

/// The largest resident set so far, in bytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// What a child process does instead of the test.
fn child() -> bool {
    let Ok(task) = std::env::var(TASK) else { return false };
    let numbers: Vec<u64> = task.split(' ').map(|number| number.parse().unwrap()).collect();
    let query = walk(0.1, 0.7, numbers[1]).gradient().replicates(numbers[0]).threads(2);
    query.run().unwrap();
    println!("peak {}", peak().unwrap());
    true
}

/// The peak of a child that runs `replicates` with `draws` turns each.
fn peak_of(test: &str, replicates: u64, draws: u64) -> u64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(TASK, format!("{replicates} {draws}"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // The harness may print on the same line.
    let number = text.split("peak ").nth(1).and_then(|rest| rest.split_whitespace().next());
    number.unwrap_or_else(|| panic!("no peak in {text}")).parse().unwrap()
}

fn assert_close(small: u64, large: u64) {
    assert!(small.abs_diff(large) < 2 << 20, "{small} bytes, then {large}");
}

#[test]
fn replicates_cost_no_memory() {
    if child() || peak().is_none() {
        return;
    }
    let peak = |replicates| peak_of("replicates_cost_no_memory", replicates, 1);
    assert_close(peak(1000), peak(10_000_000));
}

#[test]
fn draws_cost_no_memory() {
    if child() || peak().is_none() {
        return;
    }
    let peak = |draws| peak_of("draws_cost_no_memory", 8, draws);
    assert_close(peak(100), peak(1_000_000));
}
