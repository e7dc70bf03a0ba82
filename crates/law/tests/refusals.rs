//! Every refusal of the loader has a fixture under `tests/bad`: files laid over the
//! pack, and the message as a person reads it. `LAW_UPDATE=1` writes the messages anew;
//! review the difference.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot build its input must stop"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use law::{Diagnostic, Pack};

/// Codes of the loader; each occurs in a fixture or, for `LAW-LIMIT`, in a test below.
const CODES: &[&str] = &[
    "LAW-ACT",
    "LAW-ACT-DATE",
    "LAW-ACT-KIND",
    "LAW-ACT-YEAR",
    "LAW-CITE",
    "LAW-COLUMN",
    "LAW-CONFLICT",
    "LAW-COVER",
    "LAW-DATES",
    "LAW-DUP",
    "LAW-EVIDENCE",
    "LAW-FORCE",
    "LAW-GAP",
    "LAW-KEY",
    "LAW-LEVEL",
    "LAW-LOOP",
    "LAW-MISSING",
    "LAW-ORDER",
    "LAW-OVERLAP",
    "LAW-PATH",
    "LAW-POST",
    "LAW-STAMP",
    "LAW-TOML",
    "LAW-TYPE",
    "LAW-UNKNOWN",
    "LAW-WIDTH",
    "LAW-WORD",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad")
}

fn overlay(dir: &Path, inside: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).expect("a fixture") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            overlay(&path, inside, files);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path
                .strip_prefix(inside)
                .expect("inside")
                .display()
                .to_string();
            files.insert(name, fs::read_to_string(&path).expect("a readable fixture"));
        }
    }
}

fn refused(fixture: &Path) -> Vec<Diagnostic> {
    let mut files = law::embedded::files();
    overlay(fixture, fixture, &mut files);
    law::check(&files)
}

#[test]
fn every_bad_pack_is_refused_with_its_message() {
    let update = std::env::var_os("LAW_UPDATE").is_some();
    let mut codes = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root()).expect("fixtures") {
        let fixture = entry.expect("an entry").path();
        let name = fixture.file_name().expect("a name").display().to_string();
        let diagnostics = refused(&fixture);
        assert!(!diagnostics.is_empty(), "{name} loads, but must not");
        let shown = diagnostics
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        codes.extend(diagnostics.iter().map(|diagnostic| diagnostic.code));
        let golden = fixture.join("expected.txt");
        if update {
            fs::write(&golden, &shown).expect("a written message");
        } else if fs::read_to_string(&golden).unwrap_or_default() != shown {
            wrong.push(format!("{name}:\n{shown}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} messages differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(
        codes.into_iter().collect::<Vec<_>>(),
        CODES,
        "every code has a fixture"
    );
}

#[test]
fn an_empty_pack_is_refused() {
    let refusals = Pack::load(&BTreeMap::new()).expect_err("a refusal");
    assert_eq!(
        refusals
            .iter()
            .map(|refusal| refusal.code)
            .collect::<Vec<_>>(),
        ["LAW-COVER"]
    );
}

#[test]
fn a_file_above_the_limit_is_refused() {
    let mut files = law::embedded::files();
    files.insert(
        "rules/long.toml".to_owned(),
        "#".repeat(law::limits::FILE_BYTES_MAX + 1),
    );
    let refusals = Pack::load(&files).expect_err("a refusal");
    assert_eq!(
        refusals
            .iter()
            .map(|refusal| refusal.code)
            .collect::<Vec<_>>(),
        ["LAW-LIMIT"]
    );
}

#[test]
fn files_of_other_folders_are_not_read() {
    let mut files = law::embedded::files();
    files.insert(
        "forms/2020/geometry.toml".to_owned(),
        "not [ toml".to_owned(),
    );
    files.insert("cases/term/length.md".to_owned(), "# not toml".to_owned());
    assert!(Pack::load(&files).is_ok());
}
