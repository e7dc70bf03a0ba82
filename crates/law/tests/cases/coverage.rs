//! Every article of `law/cases/coverage.toml` is shown by a worked case that answers.

use std::{collections::BTreeSet, fs, path::Path};

use law::{Act, Level, Pack, Proceeding};
use serde::Deserialize;
use serde_json::Value;

use crate::{Case, cases, meets};

/// The project promises at least so many worked cases (issue 3).
const CASES_MIN: usize = 250;

/// Articles that no edit of the list may drop, first and last of each act.
const PROMISED: &[(&str, std::ops::RangeInclusive<u32>)] = &[
    ("29/2018/QH14", 5..=5),
    ("29/2018/QH14", 8..=23),
    ("26/2020/NĐ-CP", 2..=6),
    ("24/2020/TT-BCA", 2..=4),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    section: Vec<Section>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    number: u32,
    title_vi: String,
    article: Vec<Wanted>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    act: String,
    article: String,
    clause: Option<String>,
    point: Option<String>,
    ask: Option<String>,
}

/// An article that a case names: kind of question and citation.
struct Shown {
    ask: String,
    citation: Value,
}

fn list() -> List {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law/cases/coverage.toml");
    let text = fs::read_to_string(path).expect("the list of articles");
    toml::from_str(&text).expect("a list of sections")
}

/// The articles that a case names and its answer cites; none when the answer is unknown.
fn shown_by(pack: &Pack, case: &Case) -> Vec<Shown> {
    let question: Value = serde_json::from_str(&case.ask).unwrap_or_default();
    let Ok(reply) = law::ask::answer(pack, &case.ask) else {
        return Vec::new();
    };
    let reply: Value = serde_json::from_str(&reply).expect("the answer is JSON");
    if reply["answer"] == "unknown" {
        return Vec::new();
    }
    let named = case.answer["because"].as_array().cloned();
    let named: Vec<Value> = named
        .unwrap_or_default()
        .into_iter()
        .filter(|item| item.get("article").is_some())
        .collect();
    let cited = reply["because"].as_array().cloned().unwrap_or_default();
    cited
        .into_iter()
        .filter(|citation| named.iter().any(|item| meets(item, citation)))
        .map(|citation| Shown {
            ask: question["ask"].as_str().unwrap_or_default().to_owned(),
            citation,
        })
        .collect()
}

fn shows(wanted: &Wanted, shown: &Shown) -> bool {
    let same = |key: &str, value: &Option<String>| {
        value
            .as_ref()
            .is_none_or(|value| shown.citation[key] == value.as_str())
    };
    shown.citation["act"] == wanted.act.as_str()
        && shown.citation["article"] == wanted.article.as_str()
        && same("clause", &wanted.clause)
        && same("point", &wanted.point)
        && wanted.ask.as_ref().is_none_or(|ask| shown.ask == *ask)
}

fn without_case<'a>(wanted: &'a [Wanted], shown: &[Shown]) -> Vec<&'a Wanted> {
    wanted
        .iter()
        .filter(|one| !shown.iter().any(|shown| shows(one, shown)))
        .collect()
}

fn all_shown() -> Vec<Shown> {
    let pack = Pack::embedded().expect("the embedded pack loads");
    let cases = cases();
    cases.iter().flat_map(|case| shown_by(pack, case)).collect()
}

#[test]
fn every_listed_article_has_a_case() {
    let shown = all_shown();
    let mut missing = Vec::new();
    for section in list().section {
        assert!(!section.article.is_empty(), "section {}", section.number);
        for wanted in without_case(&section.article, &shown) {
            missing.push(format!(
                "{} {}: {wanted:?}",
                section.number, section.title_vi
            ));
        }
    }
    assert!(missing.is_empty(), "no case for\n{}", missing.join("\n"));
}

#[test]
fn an_article_without_a_case_is_found() {
    let shown = all_shown();
    let wanted = |article: &str, ask: &str| Wanted {
        act: "29/2018/QH14".to_owned(),
        article: article.to_owned(),
        ask: Some(ask.to_owned()),
        ..Wanted::default()
    };
    let list = [wanted("23", "procedure"), wanted("99", "procedure")];
    let missing = without_case(&list, &shown);
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].article, "99");
    assert_eq!(without_case(&[wanted("23", "stamp")], &shown).len(), 1);
}

#[test]
fn the_list_names_every_section_and_every_promised_article() {
    let list = list();
    let numbers: Vec<u32> = list.section.iter().map(|section| section.number).collect();
    assert_eq!(numbers, (2..=12).collect::<Vec<u32>>());
    let named: BTreeSet<(&str, &str)> = list
        .section
        .iter()
        .flat_map(|section| &section.article)
        .map(|wanted| (wanted.act.as_str(), wanted.article.as_str()))
        .collect();
    for (act, articles) in PROMISED {
        for article in articles.clone() {
            let number = article.to_string();
            assert!(named.contains(&(*act, number.as_str())), "{act} {number}");
        }
    }
    assert!(named.contains(&("30/2020/NĐ-CP", "Phụ lục I")));
}

#[test]
fn there_are_as_many_cases_as_promised() {
    let count = cases().len();
    assert!(count >= CASES_MIN, "{count} cases, promised {CASES_MIN}");
    let distinct: BTreeSet<String> = cases().into_iter().map(|case| case.ask).collect();
    println!("{count} cases, {} different questions", distinct.len());
    assert!(distinct.len() >= CASES_MIN, "{} questions", distinct.len());
}

/// The questions asked of one kind, by the value of one key.
fn asked(kind: &str, key: &str) -> BTreeSet<String> {
    let questions = cases().into_iter().map(|case| case.ask);
    questions
        .filter_map(|ask| serde_json::from_str::<Value>(&ask).ok())
        .filter(|question| question["ask"] == kind)
        .filter_map(|question| question[key].as_str().map(str::to_owned))
        .collect()
}

fn never_asked<'a>(kind: &str, key: &str, keys: impl Iterator<Item = &'a str>) -> Vec<String> {
    let asked = asked(kind, key);
    keys.filter(|one| !asked.contains(*one))
        .map(|one| format!("{kind} {one}"))
        .collect()
}

#[test]
fn every_key_of_the_pack_is_asked_in_a_case() {
    let pack = Pack::embedded().expect("the embedded pack loads");
    let proceedings = Proceeding::ALL.iter().map(|one| one.code());
    let acts = Act::ALL.iter().map(|act| act.code());
    let levels = || Level::ALL.iter().map(|level| level.code());
    let missing = [
        never_asked("handling", "rule", pack.handling_keys()),
        never_asked("definition", "term", pack.definition_keys()),
        never_asked("violation", "kind", pack.prohibition_keys()),
        never_asked("box", "box", pack.layout_box_codes()),
        never_asked("form", "form", pack.form_numbers()),
        never_asked("notify", "act", pack.notice_acts()),
        never_asked("procedure", "act", proceedings),
        never_asked("may", "act", acts),
        never_asked("envelope", "level", levels()),
        never_asked("meeting", "level", levels()),
    ]
    .concat();
    assert!(missing.is_empty(), "never asked:\n{}", missing.join("\n"));
}

#[test]
fn every_proceeding_is_asked_under_both_laws() {
    let questions: Vec<Value> = cases()
        .iter()
        .filter_map(|case| serde_json::from_str(&case.ask).ok())
        .collect();
    for proceeding in Proceeding::ALL {
        let on: Vec<&str> = questions
            .iter()
            .filter(|one| one["ask"] == "procedure" && one["act"] == proceeding.code())
            .filter_map(|one| one["on"].as_str())
            .collect();
        let old = on.iter().any(|on| *on < "2026-03-01");
        let new = on.iter().any(|on| *on >= "2026-03-01");
        assert!(old && new, "{}: {on:?}", proceeding.code());
    }
}
