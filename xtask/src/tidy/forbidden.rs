//! Nothing silenced, nothing skipped, nothing unfinished.

use super::Finding;
use crate::rust::{RustFile, Sources, Token};

const CHECK: &str = "forbidden";
const ATTRIBUTES: &[&str] = &["allow", "ignore"];
const MACROS: &[&str] = &["todo", "unimplemented", "dbg"];

pub(crate) fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in &sources.files {
        for (word, line) in words(file) {
            findings.push(Finding::new(
                CHECK,
                path,
                line,
                &word,
                format!("`{word}` is not used here"),
            ));
        }
    }
    findings
}

fn words(file: &RustFile) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut in_attribute = false;
    for (at, (token, line)) in file.tokens.iter().enumerate() {
        match token {
            Token::Punct('#') => in_attribute = true,
            Token::Punct('!') | Token::Open if in_attribute => {}
            Token::Ident(name) => {
                if in_attribute && ATTRIBUTES.contains(&name.as_str()) {
                    found.push((format!("#[{name}]"), *line));
                }
                if MACROS.contains(&name.as_str()) && is_call(file, at + 1) {
                    found.push((format!("{name}!"), *line));
                }
                in_attribute = false;
            }
            _ => in_attribute = false,
        }
    }
    found
}

/// `!(` at this place: a macro is called, and it is not `!=`.
fn is_call(file: &RustFile, at: usize) -> bool {
    let next = file.tokens.get(at..at + 2).unwrap_or_default();
    matches!(next, [(Token::Punct('!'), _), (Token::Open, _)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    fn findings(text: &str) -> Vec<String> {
        let sources = Sources::parse(&Tree::of(&[("crates/law/src/a.rs", text)]));
        check(&sources)
            .into_iter()
            .map(|finding| finding.item)
            .collect()
    }

    #[test]
    fn each_word_is_found() {
        assert_eq!(findings("#[allow(dead_code)]\nfn a() {}"), ["#[allow]"]);
        assert_eq!(findings("#![allow(dead_code)]\nfn a() {}"), ["#[allow]"]);
        assert_eq!(
            findings("#[test]\n#[ignore = \"slow\"]\nfn a() {}"),
            ["#[ignore]"]
        );
        assert_eq!(findings("fn a() { todo!() }"), ["todo!"]);
        assert_eq!(findings("fn a() { dbg!(1); }"), ["dbg!"]);
    }

    #[test]
    fn the_same_words_elsewhere_are_free() {
        let text = "// todo!() and #[allow(x)]\n#[expect(dead_code, reason = \"x\")]\nfn allow(ignore: u8, todo: &str) -> bool { todo != \"#[allow(\" }";
        assert_eq!(findings(text), Vec::<String>::new());
    }
}
