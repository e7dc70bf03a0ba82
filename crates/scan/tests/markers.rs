//! Every rule of `checks/markers/` against its own examples, and public texts that speak about secrets.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use scan::{FileReport, Limits, Markers, Scanner, Verdict};

fn scanner() -> Scanner {
    Scanner::new(Markers::built_in().unwrap(), None)
}

fn scan_one(scanner: &Scanner, name: &str, bytes: &[u8]) -> FileReport {
    let mut reports = Vec::new();
    scanner.scan(name, bytes, &Limits::default(), &mut |report| {
        reports.push(report)
    });
    reports.pop().unwrap()
}

/// Rule, name of the file to scan, and path of every example in a folder.
fn examples(folder: &str) -> Vec<(String, String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../checks/markers")
        .join(folder);
    let mut out: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let (rule, name) = file.split_once("--").unwrap();
            (rule.to_owned(), name.to_owned(), path)
        })
        .collect();
    out.sort();
    out
}

#[test]
fn bad_examples_are_marked_by_their_rule() {
    let scanner = scanner();
    let mut failed = Vec::new();
    for (rule, name, path) in examples("bad") {
        let report = scan_one(&scanner, &name, &fs::read(path).unwrap());
        let rules: Vec<&str> = report
            .findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .collect();
        if report.verdict != Verdict::Marked || !rules.contains(&rule.as_str()) {
            failed.push(format!("{rule}--{name}: {rules:?}"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn good_examples_are_clean() {
    let scanner = scanner();
    let mut failed = Vec::new();
    for (rule, name, path) in examples("good") {
        let report = scan_one(&scanner, &name, &fs::read(path).unwrap());
        if report.verdict != Verdict::Clean {
            failed.push(format!(
                "{rule}--{name}: {:?} {:?}",
                report.findings, report.incomplete
            ));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_rule_has_good_and_bad_examples() {
    let markers = Markers::built_in().unwrap();
    for folder in ["good", "bad"] {
        let shown: BTreeSet<String> = examples(folder)
            .into_iter()
            .map(|(rule, _, _)| rule)
            .collect();
        let rules: BTreeSet<String> = markers.rules().map(str::to_owned).collect();
        assert_eq!(shown, rules, "{folder}");
    }
}

#[test]
fn the_seeds_speak_about_secrets_and_are_clean() {
    let scanner = scanner();
    for seed in 0..5 {
        let path = format!(
            "{}/../vanban/tests/seeds/s{seed}.txt",
            env!("CARGO_MANIFEST_DIR")
        );
        let report = scan_one(&scanner, "seed.txt", &fs::read(path).unwrap());
        assert_eq!(
            (report.verdict, &report.findings),
            (Verdict::Clean, &Vec::new()),
            "s{seed}"
        );
    }
}

#[test]
fn excerpts_are_short_and_show_the_marking_only() {
    let scanner = scanner();
    for (rule, name, path) in examples("bad") {
        let text = fs::read_to_string(&path).unwrap();
        let report = scan_one(&scanner, &name, text.as_bytes());
        for finding in &report.findings {
            assert!(
                finding.excerpt.chars().count() <= scan::limits::EXCERPT_CHARS_MAX,
                "{rule}"
            );
            for word in ["Trần", "KH-UBND", "Hải", "PV01", "năm"] {
                assert!(
                    !finding.excerpt.contains(word),
                    "{rule}: {}",
                    finding.excerpt
                );
            }
        }
    }
}

/// The web application shows a rule by its name in `locales`, and its code only where an agency made the rule itself.
#[test]
fn every_rule_has_a_name_on_the_screen() {
    let markers = Markers::built_in().unwrap();
    for language in ["vi", "en"] {
        let file = format!("../../locales/{language}/watch.ftl");
        let words = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let known: BTreeSet<&str> = words
            .lines()
            .filter_map(|line| line.strip_prefix("watch-rule-")?.split(" = ").next())
            .collect();
        let wanted: BTreeSet<String> = markers
            .rules()
            .chain([scan::stamps::RULE])
            .map(|rule| rule.replace(['.', '_'], "-"))
            .collect();
        let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
        assert_eq!(known, wanted, "{language}");
    }
}
