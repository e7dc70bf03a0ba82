//! Who may do what on which day, and how long a secret is protected: every answer of the pack side by side, readable by a lawyer.
//!
//! The two tables are goldens. After a change of the pack, look at the difference, then run with `LAW_UPDATE=1`.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot build its input must stop"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use law::{Act, Delegate, LegalDate, Level, Pack, Round, Verdict};

/// The day before and the day of every change of the law that the pack knows.
const DAYS: &[&str] = &[
    "2020-06-30",
    "2020-07-01",
    "2025-02-28",
    "2025-03-01",
    "2025-06-30",
    "2025-07-01",
    "2026-02-28",
    "2026-03-01",
    "2026-11-22",
];

fn pack() -> &'static Pack {
    Pack::embedded().expect("the embedded pack loads")
}

fn day(text: &str) -> LegalDate {
    LegalDate::parse(text).expect("a date")
}

fn same_as_golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/matrices")
        .join(name);
    if std::env::var_os("LAW_UPDATE").is_some() {
        std::fs::write(&file, text).expect("the golden is written");
    }
    let golden = std::fs::read_to_string(&file).expect("the golden is there");
    let differing = text
        .lines()
        .zip(golden.lines())
        .find(|(now, before)| now != before);
    assert_eq!(
        differing, None,
        "{name}; help: look at it, then run with LAW_UPDATE=1"
    );
    assert_eq!(text.len(), golden.len(), "{name} grew or shrank");
}

/// What a post may do: the group of the table it stands in.
fn group(own: Verdict, delegate: Option<Delegate>, delegated: Verdict) -> String {
    let delegate = delegate.map_or_else(String::new, |delegate| format!(" ({})", delegate.code()));
    match (own, delegated) {
        (own, delegated) if own == delegated => format!("{}{delegate}", own.code()),
        _ => format!(
            "{}{delegate}, with a delegation {}",
            own.code(),
            delegated.code()
        ),
    }
}

#[test]
fn competence_of_every_post_on_every_day_that_matters() {
    let mut table = String::new();
    for &act in Act::ALL {
        for &level in Level::ALL {
            let mut before = String::new();
            for &on in DAYS {
                let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
                for post in pack().posts() {
                    let own = pack().may(act, level, &post.id, day(on)).expect("a post");
                    let delegated = pack()
                        .may_delegated(act, level, &post.id, day(on))
                        .expect("a post");
                    groups
                        .entry(group(own.answer, own.delegate, delegated.answer))
                        .or_default()
                        .push(&post.id);
                }
                let most = groups.values().map(Vec::len).max().unwrap_or(0);
                let mut block = String::new();
                for (group, posts) in groups {
                    let posts = if posts.len() == most {
                        format!("the other {most}")
                    } else {
                        posts.join(" ")
                    };
                    let _ = writeln!(block, "    {group}: {posts}");
                }
                if block == before {
                    let _ = writeln!(table, "{} {} {on}: as before", act.code(), level.code());
                } else {
                    let _ = writeln!(table, "{} {} {on}:\n{block}", act.code(), level.code());
                }
                before = block;
            }
        }
    }
    for post in pack().posts() {
        for &on in DAYS.iter().filter(|on| !post.exists_on(day(on))) {
            let may = pack()
                .may(Act::Copy, Level::Mat, &post.id, day(on))
                .expect("a post");
            let _ = writeln!(table, "{} {on}: {}", post.id, may.notes.join(" "));
        }
    }
    same_as_golden("competence.txt", &table);
}

#[test]
fn every_term_extension_notice_and_report() {
    let mut table = String::new();
    for question in questions() {
        let answer = match law::ask::answer(pack(), &question) {
            Ok(answer) => answer,
            Err(error) => format!("{} {error}", error.code()),
        };
        let _ = writeln!(table, "{question}\n    {answer}");
    }
    same_as_golden("clock.txt", &table);
}

fn questions() -> Vec<String> {
    let mut questions = Vec::new();
    let determined = [
        "2015-01-10",
        "2018-12-31",
        "2019-06-30",
        "2020-02-29",
        "2020-07-01",
        "2024-02-29",
        "2026-02-28",
        "2026-03-01",
    ];
    for &level in Level::ALL {
        let level = level.code();
        for carrier in ["document", "object", "place", "speech", "activity", "other"] {
            for on in determined {
                questions.push(format!(
                    r#"{{"ask":"term","level":"{level}","carrier":"{carrier}","determined":"{on}"}}"#
                ));
            }
            for (until, decided) in [
                ("2025-12-31", "2025-11-01"),
                ("2025-12-31", "2025-11-02"),
                ("2026-04-29", "2026-02-28"),
                ("2026-04-30", "2026-03-01"),
                ("2034-02-28", "2033-12-30"),
                ("2034-02-28", "2034-03-01"),
            ] {
                questions.push(format!(
                    r#"{{"ask":"extend","level":"{level}","carrier":"{carrier}","until":"{until}","decided":"{decided}"}}"#
                ));
            }
        }
        for determined in ["2008-06-30", "2015-01-10"] {
            for listed in ["true", "false"] {
                questions.push(format!(
                    r#"{{"ask":"term","level":"{level}","carrier":"document","determined":"{determined}","in_catalogue":{listed},"on":"2026-11-22"}}"#
                ));
            }
        }
    }
    for act in pack().notice_acts() {
        for decided in DAYS {
            questions.push(format!(
                r#"{{"ask":"notify","act":"{act}","decided":"{decided}"}}"#
            ));
        }
    }
    for key in pack().due_keys() {
        for year in [2019, 2020, 2021, 2024, 2025, 2026] {
            let province = key
                .province
                .as_ref()
                .map(|name| format!(r#","province":"{name}""#))
                .unwrap_or_default();
            questions.push(format!(
                r#"{{"ask":"due","duty":"{}","body":"{}","year":{year}{province}}}"#,
                key.duty, key.body
            ));
        }
    }
    questions
}

#[test]
fn codes_of_refusals_are_stable() {
    let post = pack()
        .may(Act::Copy, Level::Mat, "khong_co", day("2025-01-01"))
        .expect_err("no such post");
    assert_eq!(post.code(), "ASK-POST");
    let text = LegalDate::parse("2025-02-30").expect_err("no such day");
    assert_eq!(text.code(), "DATE-TEXT");
    let range = day("9999-12-31").plus_days(1).expect_err("no such year");
    assert_eq!(range.code(), "DATE-RANGE");
    assert_eq!(Round::parse("up"), Some(Round::Up));
    assert_eq!(Round::parse("sideways"), None);
}
