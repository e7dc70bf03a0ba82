//! Lines of figures.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Context as _;

/// A line for the reader.
pub fn say(line: &str) {
    // Nobody is left to tell when stdout is closed.
    let _ = writeln!(std::io::stdout(), "{line}");
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// How many of something in a second.
pub fn rate(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

/// Middle, 95th of 100 and longest of some times, in milliseconds.
pub fn spread(times: &mut [Duration]) -> anyhow::Result<String> {
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get((times.len() * share / 100).min(times.len().saturating_sub(1)))
            .copied()
            .map(ms)
            .context("nothing was measured")
    };
    Ok(format!(
        "p50 {:.2} ms, p95 {:.2} ms, longest {:.2} ms",
        at(50)?,
        at(95)?,
        at(100)?
    ))
}

/// A value of a process's status in MiB, e.g. `VmRSS`.
pub fn memory_mib(process: &str, value: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with(value))
        .with_context(|| format!("no {value}"))?;
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .context("no figure")?
        .parse()?;
    Ok(kib / 1_024)
}
