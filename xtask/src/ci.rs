//! The one script of checks, the same at a desk and in continuous integration, in the order of what fails cheapest.
//! It stops at the first failure and says what to do.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::rust::Sources;
use crate::say;
use crate::tree::Tree;

const BROWSER: &str = "tests/browser";

struct Step {
    name: &'static str,
    /// Folder below the root.
    folder: &'static str,
    command: Vec<String>,
    remedy: &'static str,
}

impl Step {
    fn new(name: &'static str, folder: &'static str, command: &str, remedy: &'static str) -> Self {
        let command = command.split(' ').map(str::to_owned).collect();
        Self {
            name,
            folder,
            command,
            remedy,
        }
    }
}

pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let start = Instant::now();
    let mut times: Vec<(&'static str, Duration)> = Vec::new();
    let (steps, left_out) = steps(root)?;
    for step in &steps {
        say(&format!("ci: {}: {}", step.name, step.command.join(" ")));
        let begun = Instant::now();
        let done = perform(root, step)?;
        times.push((step.name, begun.elapsed()));
        if !done {
            say(&format!(
                "ci: {} failed after {:.1} s",
                step.name,
                begun.elapsed().as_secs_f64()
            ));
            say(&format!("help: {}", step.remedy));
            return Ok(ExitCode::from(1));
        }
        say(&format!(
            "ci: {} passed in {:.1} s",
            step.name,
            begun.elapsed().as_secs_f64()
        ));
    }
    for (name, time) in &times {
        say(&format!("ci: {name:<10} {:>7.1} s", time.as_secs_f64()));
    }
    for name in &left_out {
        say(&format!(
            "ci: {name:<10} left out: nothing of that kind in the project"
        ));
    }
    say(&format!(
        "ci: all {} steps passed in {:.1} s",
        steps.len(),
        start.elapsed().as_secs_f64()
    ));
    Ok(ExitCode::SUCCESS)
}

fn perform(root: &Path, step: &Step) -> anyhow::Result<bool> {
    if step.name == "tidy" {
        return Ok(crate::tidy::run(root)? == ExitCode::SUCCESS);
    }
    let (program, arguments) = step
        .command
        .split_first()
        .context("a step without a command")?;
    let status = Command::new(program)
        .args(arguments)
        .current_dir(root.join(step.folder))
        .status()
        .with_context(|| format!("failed to start `{program}`; help: run `make deps`"))?;
    Ok(status.success())
}

/// What is to be done, and the names of what this state of the project has nothing of.
fn steps(root: &Path) -> anyhow::Result<(Vec<Step>, Vec<&'static str>)> {
    let tree = Tree::load(root)?;
    let mut left_out = Vec::new();
    let mut steps = workspace_steps();
    let examples = documented(&tree);
    if examples.is_empty() {
        left_out.push("doc tests");
    } else {
        // The whole workspace again: naming single crates would build their dependencies with other features.
        let command = "cargo test --doc --workspace --locked --quiet";
        let remedy = "mend the example in the documentation comment";
        steps.push(Step::new("doc tests", ".", command, remedy));
    }
    let remedy = "each line has file, line and what to do";
    let mut law = Step::new("law", ".", "khien law check law", remedy);
    if let Some(program) = law.command.first_mut() {
        *program = target(root)?
            .join("debug")
            .join("khien")
            .display()
            .to_string();
    }
    steps.push(law);
    if tree.paths.contains("tests/browser/run.mjs") {
        let remedy = "run `make deps`; the npm client must reach its package source";
        let install = "npm ci --no-audit --no-fund --silent";
        steps.push(Step::new("npm", BROWSER, install, remedy));
        let remedy = "look at tests/browser/out: screenshot and server log of the failed step";
        steps.push(Step::new(
            "browser",
            ".",
            "node tests/browser/run.mjs",
            remedy,
        ));
    } else {
        left_out.push("browser");
    }
    let remedy =
        "the last lines name the target and its input; mend it, and keep the input as a regression";
    steps.push(Step::new("fuzz", ".", "cargo xtask fuzz 5", remedy));
    Ok((steps, left_out))
}

/// Build, tests and the browser share one selection of packages and targets, so that nothing is compiled twice with
/// other features.
fn workspace_steps() -> Vec<Step> {
    vec![
        Step::new("format", ".", "cargo fmt --all --check", "run `make fmt`"),
        Step::new(
            "tidy",
            ".",
            "cargo xtask tidy",
            "each line names the file; the help lines say what to do",
        ),
        Step::new(
            "clippy",
            ".",
            "cargo clippy --workspace --all-targets --locked --quiet -- -D warnings",
            "mend what clippy names; `make lint` runs this step alone",
        ),
        Step::new(
            "build",
            ".",
            "cargo build --workspace --bins --tests --locked --quiet",
            "mend the first error; `make deps` installs a missing C compiler, perl or make",
        ),
        Step::new(
            "tests",
            ".",
            "cargo nextest run --workspace --locked",
            "run the failed test alone: `cargo nextest run -p CRATE NAME`",
        ),
    ]
}

/// Library crates whose documentation has an example to run.
fn documented(tree: &Tree) -> Vec<String> {
    let sources = Sources::parse(tree);
    let mut names: Vec<String> = sources
        .files
        .iter()
        .filter(|(path, file)| {
            file.has_doc_example && path.starts_with("crates/") && path.contains("/src/")
        })
        .map(|(path, _)| crate::tree::crate_of(path).to_owned())
        .filter(|name| tree.paths.contains(&format!("crates/{name}/src/lib.rs")))
        .collect();
    names.dedup();
    names
}

/// Cargo's output folder, wherever the environment puts it.
fn target(root: &Path) -> anyhow::Result<std::path::PathBuf> {
    #[derive(serde::Deserialize)]
    struct Answer {
        target_directory: std::path::PathBuf,
    }
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root)
        .output()
        .context("failed to start cargo")?;
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .context("failed to read the answer of cargo metadata")?;
    Ok(answer.target_directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_crates_with_examples_have_doc_tests() {
        let tree = Tree::of(&[
            (
                "crates/law/src/lib.rs",
                "/// ```\n/// 1;\n/// ```\npub fn a() {}",
            ),
            (
                "crates/ledger/src/lib.rs",
                "/// ```text\n/// leaf\n/// ```\npub fn a() {}",
            ),
        ]);
        assert_eq!(documented(&tree), ["law"]);
    }
}
