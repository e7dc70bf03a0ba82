//! GLOSSARY.md: one Vietnamese term, one identifier, and the identifier is what the code says.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::rust::{Sources, Token};
use crate::tree::Tree;

const CHECK: &str = "glossary";
const PAGE: &str = "GLOSSARY.md";
const ROWS_MIN: usize = 60;
const LATER: &str = "(later)";

struct Row<'a> {
    line: usize,
    term: &'a str,
    identifiers: Vec<&'a str>,
    later: bool,
    source: &'a str,
}

pub(crate) fn check(tree: &Tree, sources: &Sources) -> Vec<Finding> {
    let Some(page) = tree.texts.get(PAGE) else {
        return vec![Finding::new(
            CHECK,
            PAGE,
            0,
            "",
            "the page is missing".to_owned(),
        )];
    };
    let rows = rows(page);
    let words = words(tree, sources);
    let mut findings = Vec::new();
    if rows.len() < ROWS_MIN {
        let text = format!("{} rows, at least {ROWS_MIN}", rows.len());
        findings.push(Finding::new(CHECK, PAGE, 0, "", text));
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        findings.extend(judge(row, &words));
        for name in row.identifiers.iter().copied().chain([row.term]) {
            if let Some(first) = seen.insert(snake(name), row.line) {
                let text = format!("`{name}` stands on line {first} too: one term, one word");
                findings.push(Finding::new(CHECK, PAGE, row.line, name, text));
            }
        }
    }
    findings
}

fn judge(row: &Row<'_>, words: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if row.identifiers.is_empty() || row.source.is_empty() {
        let text = format!(
            "the row of `{}` needs an identifier in backticks and a source",
            row.term
        );
        findings.push(Finding::new(CHECK, PAGE, row.line, row.term, text));
    }
    for name in row.identifiers.iter().filter(|_| !row.later) {
        let wanted = format!("_{}_", snake(name));
        if !words.iter().any(|word| word.contains(&wanted)) {
            let text =
                format!("identifier `{name}` does not occur in code, migrations or law data");
            findings.push(Finding::new(CHECK, PAGE, row.line, name, text));
        }
    }
    findings
}

/// Table rows of four cells: term, identifier, meaning, source.
fn rows(page: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (number, line) in page.lines().enumerate() {
        let cells: Vec<&str> = line
            .trim()
            .trim_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        let [term, identifier, _meaning, source] = cells.as_slice() else {
            continue;
        };
        let is_head = term.starts_with("---") || rows.is_empty() && !identifier.contains('`');
        if !line.trim_start().starts_with('|') || is_head || *identifier == "Identifier" {
            continue;
        }
        rows.push(Row {
            line: number + 1,
            term,
            identifiers: identifier.split('`').skip(1).step_by(2).collect(),
            later: identifier.contains(LATER),
            source,
        });
    }
    rows
}

/// Every name the project uses, each as `_snake_case_`.
fn words(tree: &Tree, sources: &Sources) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for file in sources
        .files
        .iter()
        .filter(|(path, _)| !path.starts_with("xtask/"))
        .map(|(_, file)| file)
    {
        for (token, _) in &file.tokens {
            match token {
                Token::Ident(name) => words.insert(format!("_{}_", snake(name))),
                Token::Text(text) if is_name(text) => words.insert(format!("_{}_", snake(text))),
                _ => false,
            };
        }
    }
    for (_, text) in tree.under("law/").chain(tree.under("migrations/")) {
        let names = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.extend(
            names
                .filter(|name| is_name(name))
                .map(|name| format!("_{}_", snake(name))),
        );
    }
    words
}

fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// `SelfInspection` and `self_inspection` are the same word.
fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut before_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && before_small {
            out.push('_');
        }
        before_small = letter.is_lowercase() || letter.is_ascii_digit();
        out.extend(letter.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: &[&str]) -> String {
        let mut page =
            "| Vietnamese | Identifier | Meaning | Source |\n|---|---|---|---|\n".to_owned();
        for row in rows {
            page.push_str(row);
            page.push('\n');
        }
        for number in 0..ROWS_MIN {
            page.push_str(&format!(
                "| từ {number} | `word{number}` (later) | x | y |\n"
            ));
        }
        page
    }

    fn findings(page: &str) -> Vec<String> {
        let tree = Tree::of(&[
            (PAGE, page),
            (
                "crates/law/src/lib.rs",
                "pub struct SelfInspection { level: u8 }",
            ),
            ("law/rules/term.toml", "extend_decide_by = 60"),
        ]);
        check(&tree, &Sources::parse(&tree))
            .into_iter()
            .map(|finding| finding.text)
            .collect()
    }

    #[test]
    fn identifiers_of_code_and_law_data_pass() {
        let page = page(&[
            "| độ mật | `level` | level | Đ8 |",
            "| tự kiểm tra | `self_inspection` | x | Đ1 |",
            "| gia hạn | `extend` | x | Đ20 |",
        ]);
        assert_eq!(findings(&page), Vec::<String>::new());
    }

    #[test]
    fn an_identifier_that_no_code_uses_is_found() {
        let found = findings(&page(&["| bản | `copy` | copy | Đ11 |"]));
        assert_eq!(
            found,
            ["identifier `copy` does not occur in code, migrations or law data"]
        );
    }

    #[test]
    fn a_word_used_twice_and_a_row_without_source_are_found() {
        let found = findings(&page(&[
            "| độ mật | `level` | x | |",
            "| cấp độ | `level` | x | Đ8 |",
        ]));
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn too_few_rows_are_found() {
        let found = findings(
            "| Vietnamese | Identifier | Meaning | Source |\n|---|---|---|---|\n| độ mật | `level` | x | Đ8 |\n",
        );
        assert_eq!(found, ["1 rows, at least 60"]);
    }
}
