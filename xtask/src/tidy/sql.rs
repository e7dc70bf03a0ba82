//! SQL lives in `store` alone; `web` does not even name the database.

use super::Finding;
use crate::rust::Sources;
use crate::tree::crate_of;

const CHECK: &str = "sql";
/// `bench` speaks to a bare database as the floor it measures against.
const MAY_SPEAK_SQL: &[&str] = &["store", "bench", "xtask"];
const STATEMENTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "PRAGMA ",
];

pub(crate) fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in &sources.files {
        let name = crate_of(path);
        for (text, line) in file.strings().filter(|(_, line)| !file.is_test_line(*line)) {
            let statement = STATEMENTS
                .iter()
                .find(|word| text.trim_start().starts_with(*word));
            if let Some(word) = statement.filter(|_| !MAY_SPEAK_SQL.contains(&name)) {
                let text = format!("`{}` statement outside `store`", word.trim());
                findings.push(Finding::new(CHECK, path, line, word.trim(), text));
            }
        }
        let database = |segments: &Vec<String>| {
            segments.len() > 1
                && segments
                    .first()
                    .is_some_and(|first| first == "sqlx" || first == "store")
        };
        for (segments, line) in file
            .paths
            .iter()
            .filter(|(segments, _)| name == "web" && database(segments))
        {
            let word = segments.join("::");
            let text = format!("`web` names `{word}`: ask `app`");
            findings.push(Finding::new(CHECK, path, *line, &word, text));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        check(&Sources::parse(&Tree::of(&[(path, text)])))
    }

    #[test]
    fn a_statement_outside_the_store_is_found() {
        for bad in [
            "\"SELECT id FROM book\"",
            "\"\\n  INSERT INTO book (id) VALUES ($1)\"",
            "r#\"DELETE FROM book\"#",
        ] {
            let text = format!("fn f() {{ run({bad}); }}");
            assert_eq!(findings("crates/app/src/a.rs", &text).len(), 1, "{bad}");
            assert_eq!(findings("crates/store/src/a.rs", &text), [], "{bad}");
        }
    }

    #[test]
    fn the_web_does_not_name_the_database() {
        assert_eq!(findings("crates/web/src/a.rs", "use sqlx::Row;").len(), 1);
        assert_eq!(
            findings("crates/web/src/a.rs", "fn f() { store::Store::open(); }").len(),
            1
        );
        assert_eq!(
            findings("crates/web/src/a.rs", "fn f(store: u8) { app.store; }"),
            []
        );
    }

    #[test]
    fn prose_with_the_word_select_is_free() {
        assert_eq!(
            findings(
                "crates/app/src/a.rs",
                "fn f() { say(\"please SELECT one\"); }"
            ),
            []
        );
    }
}
