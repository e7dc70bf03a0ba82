//! No clock, no randomness, no I/O in the pure rooms; no clock and no randomness in the printer either.

use super::Finding;
use crate::rust::Sources;
use crate::tree::crate_of;

const CHECK: &str = "purity";
const PURE: &[&str] = &["vanban", "law", "domain", "ledger", "scan"];
const TIMELESS: &[&str] = &["vanban", "law", "domain", "ledger", "print", "scan"];

const IO: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "net"],
    &["std", "env"],
    &["std", "process"],
    &["std", "thread"],
    &["io", "stdin"],
    &["io", "stdout"],
    &["tokio"],
    &["async_std"],
];
const CHANCE: &[&[&str]] = &[
    &["SystemTime"],
    &["Instant", "now"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
    &["getrandom"],
    &["rand"],
    &["thread_rng"],
    &["OsRng"],
    &["SysRng"],
];

pub(crate) fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in sources
        .files
        .iter()
        .filter(|(path, _)| path.contains("/src/"))
    {
        let name = crate_of(path);
        let io = IO.iter().filter(|_| PURE.contains(&name));
        let words: Vec<_> = CHANCE
            .iter()
            .filter(|_| TIMELESS.contains(&name))
            .chain(io)
            .collect();
        for (segments, line) in &file.paths {
            let word = words.iter().find(|word| occurs(word, segments));
            if let Some(word) = word.filter(|_| !file.is_test_line(*line)) {
                let text = format!("`{}` in the pure crate `{name}`", word.join("::"));
                findings.push(Finding::new(CHECK, path, *line, &word.join("::"), text));
            }
        }
    }
    findings
}

/// Is `word` a run of whole segments? A single crate name counts only where a longer path begins with it.
fn occurs(word: &[&str], segments: &[String]) -> bool {
    let is_crate_name = word.iter().all(|part| {
        part.chars()
            .all(|letter| letter.is_lowercase() || letter == '_')
    });
    if word.len() == 1 && is_crate_name {
        return segments.len() > 1 && word.first().copied() == segments.first().map(String::as_str);
    }
    segments.windows(word.len()).any(|window| {
        window
            .iter()
            .zip(word)
            .all(|(segment, part)| segment == part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        check(&Sources::parse(&Tree::of(&[(path, text)])))
    }

    #[test]
    fn every_word_is_found_in_a_pure_crate() {
        for bad in [
            "use std::time::SystemTime;",
            "use std::{fs, io};",
            "use std::net::TcpStream;",
            "use rand::Rng;",
            "fn f() { std::time::Instant::now(); }",
            "fn f() { let a = jiff::Zoned::now(); }",
            "fn f() { getrandom::fill(&mut a); }",
            "async fn f() { tokio::spawn(g()); }",
            "fn f() { key(&mut OsRng); }",
            "fn f() { std::env::var(\"A\"); }",
        ] {
            assert_eq!(findings("crates/law/src/a.rs", bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn comments_tests_and_other_crates_are_free() {
        assert_eq!(
            findings(
                "crates/law/src/a.rs",
                "//! no std::fs, no tokio\nuse std::io::Read;\nfn rand() {}"
            ),
            []
        );
        assert_eq!(
            findings(
                "crates/law/src/a.rs",
                "#[cfg(test)]\nmod tests {\n    use std::fs;\n}"
            ),
            []
        );
        assert_eq!(findings("crates/law/tests/a.rs", "use std::fs;"), []);
        assert_eq!(findings("crates/store/src/a.rs", "use std::fs;"), []);
    }

    #[test]
    fn the_printer_has_no_clock() {
        assert_eq!(
            findings("crates/print/src/a.rs", "fn f() { Zoned::now(); }").len(),
            1
        );
    }
}
