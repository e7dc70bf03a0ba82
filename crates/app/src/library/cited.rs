//! Which rules of the law pack rest on an act: read once out of the pack's own files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A rule that cites an act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cited {
    /// Title of the rule's file, Vietnamese.
    pub subject: String,
    /// Place in the act: `khoản 1 Điều 4`, `Mẫu 14`.
    pub place: String,
    /// What the rule says, if it says it in a sentence.
    pub text: Option<String>,
    /// Days of the rule as written in the pack.
    pub from: String,
    pub to: Option<String>,
}

type ByAct = BTreeMap<(String, String), Vec<Cited>>;

static CITED: LazyLock<ByAct> = LazyLock::new(|| {
    let mut found = ByAct::new();
    for (path, text) in law::embedded::files() {
        if let Some(table) = path
            .starts_with("rules/")
            .then(|| text.parse::<toml::Table>().ok())
            .flatten()
        {
            let rule = Rule {
                subject: word(&table, "title_vi").unwrap_or_default(),
                ..Rule::default()
            };
            walk(&table, &rule, &mut found);
        }
    }
    for list in found.values_mut() {
        list.sort();
        list.dedup();
    }
    found
});

/// The rules that cite the act of a number and date, by subject and place.
pub fn rules(number: &str, date: &str) -> &'static [Cited] {
    CITED
        .get(&(number.to_owned(), date.to_owned()))
        .map_or(&[], Vec::as_slice)
}

/// What surrounds a citation in its file.
#[derive(Debug, Clone, Default)]
struct Rule {
    subject: String,
    text: Option<String>,
    from: String,
    to: Option<String>,
}

fn walk(table: &toml::Table, outer: &Rule, found: &mut ByAct) {
    if let (Some(act), Some(article)) = (word(table, "act"), word(table, "article")) {
        let date = word(table, "date").unwrap_or_default();
        found.entry((act, date)).or_default().push(Cited {
            subject: outer.subject.clone(),
            place: place(table, &article),
            text: outer.text.clone(),
            from: outer.from.clone(),
            to: outer.to.clone(),
        });
        return;
    }
    let mut rule = outer.clone();
    if let Some(text) = word(table, "text_vi").or_else(|| word(table, "label_vi")) {
        rule.text = Some(text);
    }
    if let Some(from) = word(table, "valid_from") {
        rule.from = from;
        rule.to = word(table, "valid_to");
    }
    for value in table.values() {
        inner(value, &rule, found);
    }
}

fn inner(value: &toml::Value, rule: &Rule, found: &mut ByAct) {
    match value {
        toml::Value::Table(table) => walk(table, rule, found),
        toml::Value::Array(list) => {
            for one in list {
                inner(one, rule, found);
            }
        }
        _ => {}
    }
}

fn word(table: &toml::Table, key: &str) -> Option<String> {
    match table.get(key)? {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Datetime(date) => Some(date.to_string()),
        _ => None,
    }
}

fn place(table: &toml::Table, article: &str) -> String {
    let numbered = article.starts_with(|first: char| first.is_ascii_digit());
    let mut words = String::new();
    if let Some(point) = word(table, "point") {
        words.push_str(&format!("điểm {point} "));
    }
    if let Some(clause) = word(table, "clause") {
        words.push_str(&format!("khoản {clause} "));
    }
    words.push_str(if numbered { "Điều " } else { "" });
    words.push_str(article);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_an_act_are_found_with_their_place() {
        let found = rules("26/2020/NĐ-CP", "2020-02-28");
        assert!(found.iter().any(|one| {
            one.place == "điểm a khoản 1 Điều 4"
                && one
                    .text
                    .as_deref()
                    .is_some_and(|text| text.contains("Đăng ký"))
                && one.from == "2020-07-01"
                && one.to.as_deref() == Some("2026-02-28")
        }));
        assert!(rules("26/2020/NĐ-CP", "2021-01-01").is_empty());
    }
}
