//! The worked cases of `law/cases`: every `ask` with its `answer` in every Markdown file.
//!
//! An expected object names the keys that matter; an expected list names items that
//! must be found, an empty one that there are none; an expected note is a part of a note.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot build its input must stop"
)]

mod coverage;

use std::{
    fs,
    path::{Path, PathBuf},
};

use law::{LegalDate, Pack};
use serde_json::Value;

/// A rule in plain words is at least so long, in characters.
const PROSE_CHARS_MIN: usize = 120;

struct Case {
    at: String,
    ask: String,
    answer: Value,
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder of cases") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
}

fn all_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law/cases");
    let mut found = Vec::new();
    files(&root, &mut found);
    let named = |path: &PathBuf| {
        path.strip_prefix(&root)
            .expect("inside")
            .display()
            .to_string()
    };
    found
        .iter()
        .map(|path| {
            (
                named(path),
                fs::read_to_string(path).expect("a readable case"),
            )
        })
        .collect()
}

/// The fenced blocks of a file: opening line number, kind, text.
fn fences(text: &str) -> Vec<(usize, String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (at, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some((at + 1, kind.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, _, inside)), None) => {
                inside.push_str(line);
                inside.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "an open fence");
    blocks
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, text) in all_files() {
        let blocks = fences(&text);
        for pair in blocks.chunks(2) {
            let [(line, ask, question), (_, answer, expected)] = pair else {
                panic!("{name}: an ask without an answer")
            };
            assert_eq!(
                (ask.as_str(), answer.as_str()),
                ("ask", "answer"),
                "{name}:{line}"
            );
            let answer = serde_json::from_str(expected)
                .unwrap_or_else(|error| panic!("{name}:{line}: {error}"));
            cases.push(Case {
                at: format!("{name}:{line}"),
                ask: question.clone(),
                answer,
            });
        }
    }
    cases
}

/// What of the expectation is not in the answer; empty when it is met.
fn differences(path: &str, expected: &Value, found: &Value, out: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(wanted), Value::Object(given)) => {
            for (key, value) in wanted {
                differences(
                    &format!("{path}.{key}"),
                    value,
                    given.get(key).unwrap_or(&Value::Null),
                    out,
                );
            }
        }
        (Value::Array(wanted), Value::Array(given)) if wanted.is_empty() => {
            if !given.is_empty() {
                out.push(format!("{path}: expected nothing, found {given:?}"));
            }
        }
        (Value::Array(wanted), Value::Array(given)) => {
            for item in wanted
                .iter()
                .filter(|item| !given.iter().any(|one| meets(item, one)))
            {
                out.push(format!(
                    "{path}: no item meets {item}, found {}",
                    Value::Array(given.clone())
                ));
            }
        }
        (Value::String(part), Value::String(whole))
            if path.ends_with("notes") && whole.contains(part) => {}
        _ if expected == found => {}
        _ => out.push(format!("{path}: expected {expected}, found {found}")),
    }
}

fn meets(expected: &Value, found: &Value) -> bool {
    let mut out = Vec::new();
    differences("notes", expected, found, &mut out);
    out.is_empty()
}

fn run(pack: &Pack, case: &Case) -> Vec<String> {
    let mut out = Vec::new();
    let reply = match law::ask::answer(pack, &case.ask) {
        Ok(text) => serde_json::from_str::<Value>(&text).expect("the answer is JSON"),
        Err(error) => serde_json::json!({ "error": error.code() }),
    };
    differences("", &case.answer, &reply, &mut out);
    if reply.get("error").is_none() {
        cited(pack, &case.answer, &reply, &mut out);
    }
    out
}

/// Every citation names an act of the library with its date; "unknown" names what is
/// missing; any other answer is cited, and the case says where.
fn cited(pack: &Pack, expected: &Value, reply: &Value, out: &mut Vec<String>) {
    let because = reply["because"].as_array().expect("a list of citations");
    let unknown = reply["answer"] == "unknown";
    let about_post = because.is_empty()
        && reply["notes"]
            .as_array()
            .is_some_and(|notes| notes.len() == 1);
    for citation in because {
        let date = citation["date"]
            .as_str()
            .and_then(|date| LegalDate::parse(date).ok());
        let acts = pack.acts_numbered(citation["act"].as_str().unwrap_or_default());
        if !acts.iter().any(|act| act.date == date) {
            out.push(format!(
                "cites an act that is not in the library: {citation}"
            ));
        }
        if citation["article"].as_str().is_none_or(str::is_empty) {
            out.push(format!("cites no article: {citation}"));
        }
        if !unknown && citation["evidence"] == "unknown" {
            out.push(format!("answers from a text that was not seen: {citation}"));
        }
    }
    if unknown && reply["notes"].as_array().is_none_or(Vec::is_empty) {
        out.push("unknown without naming what is missing".to_owned());
    }
    if !unknown
        && !about_post
        && expected
            .get("because")
            .is_none_or(|wanted| wanted.as_array().is_none_or(Vec::is_empty))
    {
        out.push("the case does not say where the answer stands".to_owned());
    }
    if !unknown && !about_post && because.is_empty() {
        out.push("an answer without a citation".to_owned());
    }
}

#[test]
fn every_worked_case_holds() {
    let pack = Pack::embedded().expect("the embedded pack loads");
    let cases = cases();
    let mut wrong = Vec::new();
    for case in &cases {
        let differences = run(pack, case);
        if !differences.is_empty() {
            wrong.push(format!(
                "law/cases/{}\n  {}  {}",
                case.at,
                case.ask,
                differences.join("\n  ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases fail\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_file_states_its_rule_in_plain_words() {
    for (name, text) in all_files() {
        let prose: String = text
            .split("## ")
            .next()
            .unwrap_or_default()
            .lines()
            .skip(1)
            .collect();
        assert!(text.starts_with("# "), "{name} has no title");
        assert!(
            prose.chars().count() >= PROSE_CHARS_MIN,
            "{name} does not state its rule"
        );
        assert!(prose.contains("Điều "), "{name} names no article");
    }
}

#[test]
fn each_kind_of_answer_occurs() {
    let cases = cases();
    let count = |answer: &str| {
        cases
            .iter()
            .filter(|case| case.answer["answer"] == answer)
            .count()
    };
    assert!(
        count("yes") >= 20 && count("no") >= 15 && count("unknown") >= 20,
        "yes, no and unknown are all worked"
    );
    let objects = cases
        .iter()
        .filter(|case| case.answer["answer"].is_object())
        .count();
    let refused = cases
        .iter()
        .filter(|case| case.answer.get("error").is_some())
        .count();
    assert!(
        objects >= 20 && refused >= 5,
        "{objects} objects, {refused} refusals"
    );
}

#[test]
fn the_comparison_refuses_what_differs() {
    let wanted = serde_json::json!({"answer": "yes", "because": [{"article": "11"}], "notes": []});
    let good = serde_json::json!({"answer": "yes", "because": [{"article": "11", "clause": "2"}], "notes": []});
    assert!(meets(&wanted, &good));
    for bad in [
        serde_json::json!({"answer": "no", "because": [{"article": "11"}], "notes": []}),
        serde_json::json!({"answer": "yes", "because": [{"article": "12"}], "notes": []}),
        serde_json::json!({"answer": "yes", "because": [{"article": "11"}], "notes": ["x"]}),
    ] {
        assert!(!meets(&wanted, &bad), "{bad}");
    }
}
