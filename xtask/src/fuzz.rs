//! Fuzzing without a nightly compiler: the targets are built with the coverage counters that every compiler has, and
//! libFuzzer runs each for some seconds. Inputs that were once wrong lie in `fuzz/regressions/TARGET` and run first.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, bail};

use crate::say;

/// What libFuzzer needs to see where a run went.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Cdebug-assertions";
/// A target of its own keeps build scripts and macros free of the counters.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
/// Real files that every target begins with.
const SEEDS: &[&str] = &[
    "crates/scan/tests/fixtures",
    "crates/scan/tests/fixtures/packed",
    "crates/scan/tests/fixtures/rar",
    "crates/scan/tests/stamps",
    "crates/vanban/tests/files",
    "crates/vanban/tests/encodings",
    "crates/vanban/tests/seeds",
    "crates/app/tests/workbook/fixtures",
];
const SEED_BYTES_MAX: u64 = 128 * 1024;
/// Seconds and megabytes after which one input counts as a finding.
const SLOW_S: u32 = 60;
const MEMORY_MB: u32 = 2048;

/// One target that did not pass, with what libFuzzer said last.
struct Failure {
    target: String,
    said: String,
}

/// Runs the named targets, or all of them, each for `seconds`; as many beside each other as there are processors.
pub(crate) fn run(root: &Path, seconds: u32, named: &[&str]) -> anyhow::Result<ExitCode> {
    let targets = chosen(root, named)?;
    say(&format!("fuzz: building {} targets", targets.len()));
    let programs = build(root)?;
    let seeds = seeds(root)?;
    let waiting = Mutex::new(targets.iter().cloned().collect::<VecDeque<_>>());
    let failures = Mutex::new(Vec::new());
    let next = || {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop_front()
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(target) = next() {
                    let said = match fuzz(root, &programs, &seeds, &target, seconds) {
                        Ok(Outcome::Passed(line)) => {
                            say(&format!("fuzz: {target:<18} {line}"));
                            continue;
                        }
                        Ok(Outcome::Failed(said)) => said,
                        Err(error) => format!("{error:#}"),
                    };
                    let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                    failures.push(Failure { target, said });
                }
            });
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    for failure in &failures {
        say(&format!(
            "fuzz: {} failed\n{}",
            failure.target, failure.said
        ));
        say(&format!(
            "help: mend it, then keep the input as fuzz/regressions/{0}/NAME; `cargo xtask fuzz 5 {0}` runs it first",
            failure.target
        ));
    }
    Ok(ExitCode::from(u8::from(!failures.is_empty())))
}

/// Names of the targets: the files of `fuzz/fuzz_targets`.
fn chosen(root: &Path, named: &[&str]) -> anyhow::Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(root.join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            all.push(name.to_owned());
        }
    }
    all.sort();
    if let Some(unknown) = named
        .iter()
        .find(|name| !all.iter().any(|one| one == *name))
    {
        bail!(
            "no fuzz target `{unknown}`; help: one of {}",
            all.join(", ")
        );
    }
    all.retain(|name| named.is_empty() || named.contains(&name.as_str()));
    Ok(all)
}

/// Builds the targets; answers the folder with their programs.
fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let output = root.join("fuzz/target");
    let status = Command::new("cargo")
        .args(["build", "--bins", "--locked", "--quiet"])
        .args(["--target", TRIPLE, "--target-dir"])
        .arg(&output)
        .current_dir(root.join("fuzz"))
        .env("RUSTFLAGS", COVERAGE)
        .env_remove("CARGO_TARGET_DIR")
        .status()
        .context("failed to start cargo")?;
    if !status.success() {
        bail!("the fuzz targets do not build; help: mend the first error above");
    }
    Ok(output.join(TRIPLE).join("debug"))
}

/// The real files, small enough, in one folder.
fn seeds(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join("fuzz/target/seeds");
    fs::create_dir_all(&folder)?;
    for (at, from) in SEEDS.iter().enumerate() {
        let entries =
            fs::read_dir(root.join(from)).with_context(|| format!("failed to read {from}"))?;
        for entry in entries {
            let entry = entry?;
            let about = entry.metadata()?;
            if about.is_file() && about.len() <= SEED_BYTES_MAX {
                let name = format!("{at}-{}", entry.file_name().to_string_lossy());
                fs::copy(entry.path(), folder.join(name))?;
            }
        }
    }
    Ok(folder)
}

enum Outcome {
    /// Runs and places reached.
    Passed(String),
    Failed(String),
}

fn fuzz(
    root: &Path,
    programs: &Path,
    seeds: &Path,
    target: &str,
    seconds: u32,
) -> anyhow::Result<Outcome> {
    let program = programs.join(target);
    let corpus = root.join("fuzz/corpus").join(target);
    let artifacts = root.join("fuzz/artifacts").join(target);
    let regressions = root.join("fuzz/regressions").join(target);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(&program);
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={SLOW_S}"))
        .arg(format!("-rss_limit_mb={MEMORY_MB}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg("-print_final_stats=1")
        .arg(&corpus);
    if regressions.is_dir() {
        command.arg(&regressions);
    }
    let output = command
        .arg(seeds)
        .output()
        .with_context(|| format!("failed to start {}", program.display()))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(Outcome::Passed(summary(&told)));
    }
    let lines: Vec<&str> = told.lines().collect();
    let last = lines
        .get(lines.len().saturating_sub(25)..)
        .unwrap_or_default();
    Ok(Outcome::Failed(last.join("\n")))
}

/// `184302 runs, 5210 places` out of libFuzzer's last lines.
fn summary(told: &str) -> String {
    let runs = told
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map_or("?", str::trim);
    let places = told
        .lines()
        .rev()
        .find_map(|line| line.split_once(" cov: "))
        .and_then(|(_, rest)| rest.split(' ').next())
        .unwrap_or("?");
    format!("{runs} runs, {places} places")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_places_are_read_from_the_last_lines() {
        let told = "#2\tINITED cov: 12 ft: 13\n#900\tDONE   cov: 345 ft: 400 corp: 9\n\
            stat::number_of_executed_units: 900\nstat::average_exec_per_sec: 450\n";
        assert_eq!(summary(told), "900 runs, 345 places");
        assert_eq!(summary(""), "? runs, ? places");
    }
}
