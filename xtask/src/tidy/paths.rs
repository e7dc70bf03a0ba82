//! No path of a machine and no registry address in any file: a clone builds anywhere.

use super::Finding;
use crate::tree::Tree;

const CHECK: &str = "paths";
/// Written in two halves so that this file does not name them.
const PLACES: &[&str] = &[
    concat!("/wo", "rk/main"),
    concat!("/wo", "rk/shared"),
    concat!("/wo", "rk/."),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/bash"),
    concat!("/tm", "p/khien"),
];
const HOSTS: &[&str] = &[
    concat!("registry.", "npmjs.org"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("pypi", ".org"),
    concat!("files.", "pythonhosted.org"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.texts {
        for (number, line) in text.lines().enumerate() {
            let place = PLACES.iter().find(|place| begins_a_path(line, place));
            let host = HOSTS.iter().find(|host| line.contains(*host));
            if let Some(word) = place.or(host) {
                findings.push(Finding::new(
                    CHECK,
                    path,
                    number + 1,
                    word,
                    format!("`{word}` does not belong here"),
                ));
            }
        }
    }
    findings
}

/// Does `place` stand at the start of a path, not inside a longer one such as `/api/root/`?
fn begins_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "_-.}/".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_and_host_is_found() {
        for word in PLACES.iter().chain(HOSTS) {
            let line = format!("see \"{word}x\"\n");
            let found = check(&Tree::of(&[("README.md", &line)]));
            assert_eq!(found.len(), 1, "{word}");
            assert_eq!(found[0].line, 1);
        }
    }

    #[test]
    fn a_route_that_only_contains_the_word_is_free() {
        let tree = Tree::of(&[(
            "crates/web/src/a.rs",
            "route(\"/api/root/x\"); route(\"/tasks\")",
        )]);
        assert_eq!(check(&tree), []);
    }
}
