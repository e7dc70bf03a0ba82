//! The house rules that no compiler checks. Each check is a pure function of the files (and of `cargo metadata`)
//! with a bad example in its tests. An exception is a row of `xtask/tidy.toml` with its reason; a row that
//! excuses nothing is itself a finding.

mod edges;
mod forbidden;
mod glossary;
mod links;
mod locales;
mod migrations;
mod paths;
mod purity;
mod sizes;
mod sql;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::rust::Sources;
use crate::say;
use crate::tree::Tree;

const ALLOWANCES: &str = "xtask/tidy.toml";
const REASON_CHARS_MIN: usize = 15;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    check: &'static str,
    path: String,
    /// Zero where the finding is about the whole file.
    line: usize,
    /// What an exception in `tidy.toml` names: a function, a key, a word. Empty for the whole file.
    item: String,
    text: String,
}

impl Finding {
    fn new(check: &'static str, path: &str, line: usize, item: &str, text: String) -> Self {
        Self {
            check,
            path: path.to_owned(),
            line,
            item: item.to_owned(),
            text,
        }
    }

    fn line_of_text(&self) -> String {
        if self.line == 0 {
            format!("{}: {}: {}", self.check, self.path, self.text)
        } else {
            format!("{}: {}:{}: {}", self.check, self.path, self.line, self.text)
        }
    }
}

/// Prints findings and the crate edges; exit code 1 if there is any finding.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let tree = Tree::load(root)?;
    let metadata = edges::metadata(root)?;
    let sources = Sources::parse(&tree);
    let allowances = tree.texts.get(ALLOWANCES).map_or("", String::as_str);
    let findings = excuse(all(&tree, &sources, &metadata), allowances)?;
    say(&edges::development_edges(&metadata));
    for finding in &findings {
        say(&finding.line_of_text());
    }
    for check in HELP
        .iter()
        .filter(|(check, _)| findings.iter().any(|finding| finding.check == *check))
    {
        say(&format!("help: {}: {}", check.0, check.1));
    }
    say(&format!(
        "tidy: {} files, {} Rust files, {} findings",
        tree.paths.len(),
        sources.files.len(),
        findings.len()
    ));
    Ok(if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn all(tree: &Tree, sources: &Sources, metadata: &edges::Metadata) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sources
        .broken
        .iter()
        .map(|(path, reason)| {
            Finding::new("parse", path, 0, "", format!("does not parse: {reason}"))
        })
        .collect();
    findings.extend(edges::check(tree, metadata));
    findings.extend(sizes::check(tree, sources));
    findings.extend(glossary::check(tree, sources));
    findings.extend(purity::check(sources));
    findings.extend(sql::check(sources));
    findings.extend(locales::check(tree, sources));
    findings.extend(migrations::check(tree));
    findings.extend(paths::check(tree));
    findings.extend(forbidden::check(sources));
    findings.extend(links::check(tree));
    findings.sort();
    findings
}

const HELP: &[(&str, &str)] = &[
    (
        "edges",
        "drop the dependency, or discuss the new edge and add it to the table of ARCHITECTURE.md",
    ),
    (
        "sizes",
        "split the file or the function; or add a row with a reason to xtask/tidy.toml",
    ),
    (
        "glossary",
        "use the word of GLOSSARY.md in the code, or mend the row; `(later)` marks a term whose code is to come",
    ),
    (
        "purity",
        "take time, randomness and bytes as arguments; only `cli` reads the machine",
    ),
    ("sql", "move the statement into crates/store"),
    (
        "locales",
        "keep locales/vi and locales/en alike, and every key used",
    ),
    (
        "migrations",
        "write each migration for both databases, numbered without gaps",
    ),
    (
        "paths",
        "no path of a machine and no registry address belongs in the project",
    ),
    (
        "forbidden",
        "use #[expect(lint, reason = \"...\")]; finish or remove what is not done",
    ),
    ("links", "mend the link or add the file"),
    (
        "allowance",
        "remove the row of xtask/tidy.toml, or give it a reason",
    ),
];

#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Allowances {
    #[serde(default)]
    allow: Vec<Allowance>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Allowance {
    check: String,
    /// One file, or a folder ending in `/`.
    path: String,
    #[serde(default)]
    item: String,
    reason: String,
}

impl Allowance {
    fn covers(&self, finding: &Finding) -> bool {
        let place = if self.path.ends_with('/') {
            finding.path.starts_with(&self.path)
        } else {
            finding.path == self.path
        };
        place && finding.check == self.check && (self.item.is_empty() || self.item == finding.item)
    }
}

/// Drops what `tidy.toml` excuses, and adds a finding for each row that is idle or has no reason.
fn excuse(findings: Vec<Finding>, allowances: &str) -> anyhow::Result<Vec<Finding>> {
    let allowances: Allowances =
        toml::from_str(allowances).with_context(|| format!("failed to read `{ALLOWANCES}`"))?;
    let mut kept: Vec<Finding> = Vec::new();
    for row in &allowances.allow {
        if row.reason.trim().chars().count() < REASON_CHARS_MIN {
            let text = format!("the exception for `{}` has no reason", row.path);
            kept.push(Finding::new("allowance", ALLOWANCES, 0, &row.item, text));
        }
        if !findings.iter().any(|finding| row.covers(finding)) {
            let text = format!(
                "the exception `{}` for `{}` excuses nothing",
                row.check, row.path
            );
            kept.push(Finding::new("allowance", ALLOWANCES, 0, &row.item, text));
        }
    }
    kept.extend(
        findings
            .into_iter()
            .filter(|finding| !allowances.allow.iter().any(|row| row.covers(finding))),
    );
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long_function() -> Finding {
        Finding::new(
            "sizes",
            "crates/law/src/pack.rs",
            4,
            "load",
            "too long".to_owned(),
        )
    }

    #[test]
    fn an_exception_with_a_reason_excuses_its_item_only() {
        let rows = "[[allow]]\ncheck = \"sizes\"\npath = \"crates/law/src/pack.rs\"\nitem = \"load\"\nreason = \"one table of the regime, read top down\"\n";
        assert_eq!(excuse(vec![long_function()], rows).unwrap(), []);
        let other = Finding {
            item: "parse".to_owned(),
            ..long_function()
        };
        let left = excuse(vec![long_function(), other.clone()], rows).unwrap();
        assert_eq!(left, [other]);
    }

    #[test]
    fn an_idle_exception_and_one_without_a_reason_are_findings() {
        let rows = "[[allow]]\ncheck = \"sizes\"\npath = \"crates/law/\"\nreason = \"\"\n";
        let left = excuse(Vec::new(), rows).unwrap();
        assert_eq!(left.len(), 2);
        assert!(left.iter().all(|finding| finding.check == "allowance"));
    }

    #[test]
    fn a_folder_covers_its_files() {
        let rows = "[[allow]]\ncheck = \"sizes\"\npath = \"crates/law/\"\nreason = \"generated from the signed annex\"\n";
        assert_eq!(excuse(vec![long_function()], rows).unwrap(), []);
    }

    #[test]
    fn every_check_has_its_help() {
        for check in [
            "edges",
            "sizes",
            "glossary",
            "purity",
            "sql",
            "locales",
            "migrations",
            "paths",
            "forbidden",
            "links",
        ] {
            assert!(HELP.iter().any(|(name, _)| *name == check), "{check}");
        }
    }
}
