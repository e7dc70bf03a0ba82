//! Crate edges: `cargo metadata` against the table under "Allowed edges" of ARCHITECTURE.md. That page is the
//! rule; this check keeps it true. What a crate must never see is looked for through the whole lock file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::Finding;
use crate::tree::Tree;

const CHECK: &str = "edges";
const PAGE: &str = "ARCHITECTURE.md";
const HEADING: &str = "## Allowed edges";

#[derive(Deserialize, Default)]
pub(crate) struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `null` for a normal dependency, else `dev` or `build`.
    kind: Option<String>,
    /// Present for a crate of this workspace.
    path: Option<String>,
}

#[derive(Deserialize, Default)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    /// `None` is "everything".
    may: Option<BTreeSet<String>>,
    never: BTreeSet<String>,
    line: usize,
}

pub(crate) fn metadata(root: &Path) -> anyhow::Result<Metadata> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root)
        .output()
        .context("failed to start cargo")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout).context("failed to read the answer of cargo metadata")
}

/// Edges that only tests use; shown, not judged.
pub(crate) fn development_edges(metadata: &Metadata) -> String {
    let edges: Vec<String> = metadata
        .packages
        .iter()
        .flat_map(|package| {
            let inner = package
                .dependencies
                .iter()
                .filter(|other| other.path.is_some());
            inner
                .filter(|other| other.kind.as_deref() == Some("dev"))
                .map(|other| format!("{} -> {}", package.name, other.name))
        })
        .collect();
    if edges.is_empty() {
        "edges of tests only: none".to_owned()
    } else {
        format!("edges of tests only: {}", edges.join(", "))
    }
}

pub(crate) fn check(tree: &Tree, metadata: &Metadata) -> Vec<Finding> {
    let Some(page) = tree.texts.get(PAGE) else {
        return vec![Finding::new(
            CHECK,
            PAGE,
            0,
            "",
            "the page is missing".to_owned(),
        )];
    };
    let rows = table(page);
    let lock: Lock = tree
        .texts
        .get("Cargo.lock")
        .and_then(|text| toml::from_str(text).ok())
        .unwrap_or_default();
    let mut findings = Vec::new();
    for package in &metadata.packages {
        match rows.get(&package.name) {
            Some(row) => findings.extend(judge(package, row, &lock)),
            None => {
                let text = format!("crate `{}` has no row under `{HEADING}`", package.name);
                findings.push(Finding::new(CHECK, PAGE, 0, &package.name, text));
            }
        }
    }
    for (name, row) in &rows {
        if !metadata
            .packages
            .iter()
            .any(|package| package.name == *name)
        {
            let text = format!("the table names crate `{name}`, which does not exist");
            findings.push(Finding::new(CHECK, PAGE, row.line, name, text));
        }
    }
    findings
}

fn judge(package: &Package, row: &Row, lock: &Lock) -> Vec<Finding> {
    let manifest = match package.name.as_str() {
        "xtask" | "bench" => format!("{}/Cargo.toml", package.name),
        name => format!("crates/{name}/Cargo.toml"),
    };
    let mut findings = Vec::new();
    let mut outside = BTreeSet::new();
    for other in package
        .dependencies
        .iter()
        .filter(|other| other.kind.as_deref() != Some("dev"))
    {
        let refused = row
            .may
            .as_ref()
            .is_some_and(|may| !may.contains(&other.name));
        if other.path.is_some() && refused {
            let text = format!("`{}` may not depend on `{}`", package.name, other.name);
            findings.push(Finding::new(CHECK, &manifest, 0, &other.name, text));
        }
        if other.path.is_none() {
            outside.insert(other.name.clone());
        }
        if row.never.contains(&other.name) {
            let text = format!("`{}` must never see `{}`", package.name, other.name);
            findings.push(Finding::new(CHECK, &manifest, 0, &other.name, text));
        }
    }
    for hidden in reached(&outside, lock)
        .difference(&outside)
        .filter(|name| row.never.contains(*name))
    {
        let text = format!(
            "`{}` must never see `{hidden}`, which comes in through another crate",
            package.name
        );
        findings.push(Finding::new(CHECK, &manifest, 0, hidden, text));
    }
    findings
}

/// Everything the given outside crates pull in, by name.
fn reached(from: &BTreeSet<String>, lock: &Lock) -> BTreeSet<String> {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in &lock.package {
        let names = package
            .dependencies
            .iter()
            .filter_map(|entry| entry.split(' ').next());
        edges.entry(&package.name).or_default().extend(names);
    }
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = from.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        if seen.insert(name.to_owned())
            && let Some(next) = edges.get(name)
        {
            open.extend(next.iter().copied());
        }
    }
    seen
}

/// Rows `| crate | may depend on | must never see |`; names in backticks, `-` is none, `everything` is all.
fn table(page: &str) -> BTreeMap<String, Row> {
    let mut rows = BTreeMap::new();
    let section = page
        .lines()
        .enumerate()
        .skip_while(|(_, line)| line.trim() != HEADING)
        .skip(1);
    for (number, line) in section.take_while(|(_, line)| !line.starts_with("## ")) {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').collect();
        let [name, may, never] = cells.as_slice() else {
            continue;
        };
        let (Some(name), never) = (quoted(name).into_iter().next(), quoted(never)) else {
            continue;
        };
        let may = (!may.contains("everything")).then(|| quoted(may));
        rows.insert(
            name,
            Row {
                may,
                never,
                line: number + 1,
            },
        );
    }
    rows
}

fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# x\n\n## Allowed edges\n\n| Crate | May depend on | Must never see |\n|---|---|---|\n| `law` | - | `tokio` |\n| `domain` | `law` | `ledger` |\n| `cli` | everything | - |\n\n## Next\n| `no` | - | - |\n";

    fn metadata(domain_on: &str, kind: Option<&str>) -> Metadata {
        let inner = |name: &str, kind: Option<&str>| Dependency {
            name: name.to_owned(),
            kind: kind.map(str::to_owned),
            path: Some("here".to_owned()),
        };
        let package = |name: &str, dependencies| Package {
            name: name.to_owned(),
            dependencies,
        };
        Metadata {
            packages: vec![
                package("law", vec![]),
                package("domain", vec![inner(domain_on, kind)]),
                package("cli", vec![inner("law", None)]),
            ],
        }
    }

    #[test]
    fn allowed_edges_pass() {
        let tree = Tree::of(&[(PAGE, TABLE)]);
        assert_eq!(check(&tree, &metadata("law", None)), []);
    }

    #[test]
    fn another_edge_is_refused_but_not_in_tests() {
        let tree = Tree::of(&[(PAGE, TABLE)]);
        let findings = check(&tree, &metadata("cli", None));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].text, "`domain` may not depend on `cli`");
        assert_eq!(check(&tree, &metadata("cli", Some("dev"))), []);
        assert_eq!(
            development_edges(&metadata("cli", Some("dev"))),
            "edges of tests only: domain -> cli"
        );
    }

    #[test]
    fn what_a_crate_must_never_see_is_found_through_other_crates() {
        let lock =
            "[[package]]\nname = \"nice\"\nversion = \"1.0.0\"\ndependencies = [\"tokio 1.0.0\"]\n";
        let tree = Tree::of(&[(PAGE, TABLE), ("Cargo.lock", lock)]);
        let mut metadata = metadata("law", None);
        metadata.packages[0].dependencies.push(Dependency {
            name: "nice".to_owned(),
            kind: None,
            path: None,
        });
        let findings = check(&tree, &metadata);
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0].text.contains("through another crate"),
            "{findings:?}"
        );
    }

    #[test]
    fn table_and_workspace_name_the_same_crates() {
        let tree = Tree::of(&[(PAGE, &TABLE.replace("`cli`", "`gone`"))]);
        let texts: Vec<String> = check(&tree, &metadata("law", None))
            .into_iter()
            .map(|finding| finding.text)
            .collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].contains("`cli` has no row"));
        assert!(texts[1].contains("`gone`, which does not exist"));
    }
}
