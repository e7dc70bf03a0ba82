//! Each migration is written for both databases, under one name, numbered without gaps.

use std::collections::BTreeSet;

use super::Finding;
use crate::tree::Tree;

const CHECK: &str = "migrations";
const FOLDERS: [(&str, &str); 2] = [
    ("migrations/sqlite/", "migrations/postgres/"),
    ("migrations/postgres/", "migrations/sqlite/"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, other) in FOLDERS {
        let names: Vec<&str> = tree
            .under(folder)
            .map(|(path, _)| path.trim_start_matches(folder))
            .collect();
        let others: BTreeSet<&str> = tree
            .under(other)
            .map(|(path, _)| path.trim_start_matches(other))
            .collect();
        for (position, name) in names.iter().enumerate() {
            let path = format!("{folder}{name}");
            let number = name
                .split_once('_')
                .filter(|_| name.ends_with(".sql"))
                .map(|(number, _)| number);
            if number != Some(format!("{:04}", position + 1).as_str()) {
                let text = format!("expected a name `{:04}_<words>.sql`", position + 1);
                findings.push(Finding::new(CHECK, &path, 0, name, text));
            }
            if !others.contains(name) {
                findings.push(Finding::new(
                    CHECK,
                    &path,
                    0,
                    name,
                    format!("has no partner `{other}{name}`"),
                ));
            }
            if tree
                .texts
                .get(&path)
                .is_some_and(|text| text.trim().is_empty())
            {
                findings.push(Finding::new(CHECK, &path, 0, name, "is empty".to_owned()));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[&str]) -> Vec<String> {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|path| (*path, "CREATE TABLE a (b TEXT);"))
            .collect();
        check(&Tree::of(&files))
            .into_iter()
            .map(|finding| finding.text)
            .collect()
    }

    #[test]
    fn pairs_pass() {
        assert_eq!(
            findings(&[
                "migrations/sqlite/0001_base.sql",
                "migrations/postgres/0001_base.sql"
            ]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn one_side_alone_is_found() {
        let found = findings(&["migrations/sqlite/0001_base.sql"]);
        assert_eq!(
            found,
            ["has no partner `migrations/postgres/0001_base.sql`"]
        );
    }

    #[test]
    fn a_gap_in_the_numbers_is_found() {
        let found = findings(&[
            "migrations/sqlite/0002_base.sql",
            "migrations/postgres/0002_base.sql",
        ]);
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("0001_"));
    }

    #[test]
    fn an_empty_text_is_found() {
        let tree = Tree::of(&[
            ("migrations/sqlite/0001_a.sql", "\n"),
            ("migrations/postgres/0001_a.sql", "x"),
        ]);
        assert_eq!(check(&tree).len(), 1);
    }
}
