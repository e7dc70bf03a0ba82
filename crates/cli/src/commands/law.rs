//! `khien law check`, `khien law ask` and `khien law check-citations`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;

use crate::say;

/// Largest question from standard input.
const QUESTION_BYTES_MAX: u64 = 64 * 1024;
/// Deepest folder of a law pack.
const DEPTH_MAX: usize = 6;

#[derive(Subcommand)]
pub enum Law {
    /// Loads and checks a law pack: file, line, caret, help.
    Check {
        /// Folder of the pack; without it the built-in one.
        dir: Option<PathBuf>,
    },
    /// Answers a question with its citation.
    #[command(
        after_help = "Example:\n  khien law ask --json '{\"ask\":\"term\",\"level\":\"mat\",\"carrier\":\"document\",\"determined\":\"2024-02-29\"}'"
    )]
    Ask {
        /// The question is JSON, or `-` for standard input.
        #[arg(long)]
        json: String,
    },
    /// Checks what a document cites: unknown acts, wrong dates, acts not in force.
    #[command(after_help = "Example:\n  khien law check-citations ke-hoach.docx --json")]
    CheckCitations {
        file: PathBuf,
        #[arg(long)]
        json: bool,
        /// Day for a document without a date (yyyy-mm-dd); else today.
        #[arg(long)]
        on: Option<String>,
    },
}

/// Runs a law command.
pub fn run(law: Law) -> anyhow::Result<u8> {
    match law {
        Law::Check { dir } => check(dir.as_deref()),
        Law::Ask { json } => ask(&json),
        Law::CheckCitations { file, json, on } => super::citations::run(&file, json, on.as_deref()),
    }
}

fn check(dir: Option<&Path>) -> anyhow::Result<u8> {
    let loaded = match dir {
        None => law::Pack::embedded()
            .map(|_| ())
            .map_err(|list| list.to_vec()),
        Some(dir) => {
            let mut files = BTreeMap::new();
            read_folder(dir, dir, 0, &mut files)?;
            law::Pack::load(&files).map(|_| ())
        }
    };
    match loaded {
        Ok(()) => {
            say::note("law pack: no error");
            Ok(0)
        }
        Err(diagnostics) => {
            for diagnostic in &diagnostics {
                say::data(&diagnostic.to_string())?;
            }
            say::note(&format!("law pack: {} errors", diagnostics.len()));
            Ok(1)
        }
    }
}

/// Reads the data files of a pack: acts, rules, cases; forms belong to print.
fn read_folder(
    root: &Path,
    dir: &Path,
    depth: usize,
    files: &mut BTreeMap<String, String>,
) -> anyhow::Result<()> {
    anyhow::ensure!(
        depth <= DEPTH_MAX,
        "folder `{}` is nested too deep",
        dir.display()
    );
    let list = std::fs::read_dir(dir)
        .with_context(|| format!("cannot read folder `{}`", dir.display()))?;
    for item in list {
        let path = item?.path();
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        let top = name.split('/').next().unwrap_or_default();
        if !["acts", "rules", "catalogues"].contains(&top) {
            continue;
        }
        if path.is_dir() {
            read_folder(root, &path, depth + 1, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read `{}` as UTF-8 text", path.display()))?;
            files.insert(name, text);
        }
    }
    Ok(())
}

fn ask(question: &str) -> anyhow::Result<u8> {
    let mut text = question.to_owned();
    if question == "-" {
        text.clear();
        std::io::stdin()
            .take(QUESTION_BYTES_MAX)
            .read_to_string(&mut text)?;
    }
    match law::ask::answer(pack()?, &text) {
        Ok(answer) => {
            say::data(&answer)?;
            Ok(0)
        }
        Err(error) => Err(error.into()),
    }
}

/// The built-in law pack.
pub fn pack() -> anyhow::Result<&'static law::Pack> {
    law::Pack::embedded().map_err(|errors| {
        anyhow::anyhow!("the built-in law pack is damaged: {} errors", errors.len())
    })
}
