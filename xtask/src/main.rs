//! House rules as a program (`tidy`) and the one script that checks everything (`ci`).

mod ci;
mod fuzz;
mod rust;
mod tidy;
mod tree;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

const HELP: &str = "\
usage: cargo xtask COMMAND

  tidy   crate edges, sizes, glossary, purity, sql, locales, migrations, paths, links
  fuzz SECONDS [TARGET]...   each fuzz target for so long, after the inputs that were once wrong
  ci     format, tidy, clippy, build, tests, law pack, browser story; stops at the first failure
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(&root()?),
        ["ci"] => ci::run(&root()?),
        ["fuzz", seconds, targets @ ..] => {
            let seconds = seconds.parse().context("SECONDS is a whole number")?;
            fuzz::run(&root()?, seconds, targets)
        }
        [] | ["help" | "--help" | "-h"] => {
            say(HELP.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        other => {
            say(&format!("error: unknown command `{}`", other.join(" ")));
            say(HELP.trim_end());
            Ok(ExitCode::from(2))
        }
    }
}

/// The folder of the workspace: one above this package.
fn root() -> anyhow::Result<PathBuf> {
    let package =
        PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| "xtask".to_owned()));
    let parent = package
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    Ok(parent.map_or_else(|| PathBuf::from("."), PathBuf::from))
}

/// One line on standard output. A closed pipe is not an error of the check.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
