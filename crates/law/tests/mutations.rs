//! Damaged packs and questions: refused or answered, never a panic, and never a silent change.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot build its input must stop"
)]

use std::collections::BTreeMap;

use law::{LegalDate, Pack, Round};

/// A small generator with a fixed start: the same damage at every run.
struct Damage(u64);

impl Damage {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below.max(1)).expect("small")).expect("small")
    }

    /// Drops, doubles or replaces a few characters.
    fn apply(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..=self.next(4) {
            let at = self.next(letters.len());
            let other = ['"', '[', ']', '=', '\n', '9', 'đ', '\u{0}', ',', '}'][self.next(10)];
            match self.next(3) {
                0 if !letters.is_empty() => drop(letters.remove(at)),
                1 if !letters.is_empty() => letters[at] = other,
                _ => letters.insert(at, other),
            }
        }
        letters.into_iter().collect()
    }
}

#[test]
fn damaged_files_are_refused_or_load_but_never_panic() {
    let files = law::embedded::files();
    let mut damage = Damage(0x5eed);
    let mut refused = 0;
    for (path, text) in files.iter().filter(|(path, _)| !path.starts_with("acts/")) {
        for _ in 0..6 {
            let alone = BTreeMap::from([(path.clone(), damage.apply(text))]);
            let refusals = Pack::load(&alone).expect_err("one file is never a whole pack");
            for refusal in &refusals {
                assert!(refusal.to_string().contains("= help: "), "{refusal}");
                assert!(refusal.code.starts_with("LAW-"), "{refusal}");
            }
            refused += usize::from(!refusals.is_empty());
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn damaged_questions_are_answered_or_refused_but_never_panic() {
    let pack = Pack::embedded().expect("the embedded pack loads");
    let questions = [
        r#"{"ask":"term","level":"mat","carrier":"document","determined":"2024-02-29"}"#,
        r#"{"ask":"extend","level":"toi_mat","until":"9990-02-28","decided":"2024-02-29"}"#,
        r#"{"ask":"may","act":"copy","level":"toi_mat","post":"giam_doc_so","on":"2025-03-01"}"#,
        r#"{"ask":"due","duty":"annual_report","body":"ubnd_tinh","year":2025}"#,
        r#"{"ask":"notify","act":"adjust","decided":"2026-04-01"}"#,
        r#"{"ask":"procedure","act":"destroy","on":"2024-05-05"}"#,
        r#"{"ask":"envelope","level":"tuyet_mat","on":"2024-05-05"}"#,
        r#"{"ask":"citation","number":"02/CT-TTg","date":"2019-11-15","on":"2022-03-01"}"#,
        r#"{"ask":"catalogue","number":"531/QĐ-TTg","date":"2023-05-19"}"#,
    ];
    let mut damage = Damage(0xfeed);
    let mut answered = 0;
    for round in 0..4_000 {
        let question = damage.apply(questions[round % questions.len()]);
        match law::ask::answer(pack, &question) {
            Ok(answer) => {
                assert!(
                    answer.starts_with(r#"{"answer":"#),
                    "{question} -> {answer}"
                );
                answered += 1;
            }
            Err(error) => assert!(!error.help().is_empty(), "{question} -> {error}"),
        }
    }
    assert!(answered > 10, "{answered}");
}

#[test]
fn the_same_files_give_the_same_answers_and_messages() {
    let mut files = law::embedded::files();
    let question = r#"{"ask":"book","book":"di","on":"2026-11-22"}"#;
    let once = Pack::load(&files).expect("a pack");
    let again = Pack::load(&files).expect("a pack");
    assert_eq!(
        law::ask::answer(&once, question),
        law::ask::answer(&again, question)
    );
    files.insert(
        "rules/broken.toml".to_owned(),
        "subject = \"terms\"\nx = 1\n".to_owned(),
    );
    let messages = |files| Pack::load(files).expect_err("refused");
    assert_eq!(messages(&files), messages(&files));
}

#[test]
fn rounding_brackets_every_day_of_four_years() {
    let mut day = LegalDate::parse("2023-01-01").expect("a date");
    for _ in 0..1_461 {
        for years in [1, 10, 20, 30] {
            let down = day.plus_years(years, Round::Down).expect("in the calendar");
            let up = day.plus_years(years, Round::Up).expect("in the calendar");
            let leap_lost = day.month() == 2 && day.day() == 29 && down.day() == 28;
            assert_eq!(up.days_since(down), i32::from(leap_lost), "{day} + {years}");
            assert_eq!(i32::from(down.year()), i32::from(day.year()) + years);
        }
        day = day.plus_days(1).expect("in the calendar");
    }
}
