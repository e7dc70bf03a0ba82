//! The examples of the contract, answer for answer.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot build its input must stop"
)]

use law::{Act, BookKind, LegalDate, Level, Pack, Verdict};

fn pack() -> &'static Pack {
    Pack::embedded().expect("the embedded pack loads")
}

fn day(text: &str) -> LegalDate {
    LegalDate::parse(text).expect("a date")
}

fn ask(question: &str) -> String {
    law::ask::answer(pack(), question).expect("an answer")
}

#[test]
fn the_embedded_pack_loads() {
    if let Err(diagnostics) = Pack::embedded() {
        let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        panic!("{}", shown.join("\n"));
    }
}

#[test]
fn the_three_examples_are_answered_word_for_word() {
    assert_eq!(
        ask(r#"{"ask":"term","level":"mat","carrier":"document","determined":"2024-02-29"}"#),
        r#"{"answer":{"until":"2034-02-28","extend_decide_by":"2033-12-30"},"because":[{"act":"29/2018/QH14","date":"2018-11-15","article":"19","clause":"1","evidence":"verified"}],"notes":[]}"#
    );
    assert_eq!(
        ask(
            r#"{"ask":"may","act":"copy","level":"toi_mat","post":"giam_doc_so","on":"2025-03-01"}"#
        ),
        r#"{"answer":"yes","delegate":"to_deputy","because":[{"act":"29/2018/QH14","date":"2018-11-15","article":"11","clause":"2","evidence":"verified"},{"act":"29/2018/QH14","date":"2018-11-15","article":"11","clause":"5","evidence":"verified"}],"notes":[]}"#
    );
    assert_eq!(
        ask(r#"{"ask":"due","duty":"annual_report","body":"ubnd_tinh","year":2025}"#),
        r#"{"answer":{"from":"2024-12-15","to":"2025-12-14","by":"2025-12-20"},"because":[{"act":"26/2020/NĐ-CP","date":"2020-02-28","article":"8","clause":"1","evidence":"verified"}],"notes":[]}"#
    );
    let notice = ask(r#"{"ask":"notify","act":"adjust","decided":"2026-04-01"}"#);
    assert!(
        notice.starts_with(r#"{"answer":{"by":"2026-04-16"},"because":[{"act":"117/2025/QH15""#),
        "{notice}"
    );
}

#[test]
fn questions_that_cannot_be_understood_are_refused_with_a_remedy() {
    let refused = |question: &str| {
        let error = law::ask::answer(pack(), question).expect_err("a refusal");
        format!("{} {error}; help: {}", error.code(), error.help())
    };
    assert!(refused("[]").starts_with("ASK-JSON "));
    assert!(refused("").starts_with("ASK-JSON "));
    assert_eq!(
        refused(r#"{"level":"mat"}"#),
        "ASK-MISSING the question has no `ask`; help: add `ask`"
    );
    assert_eq!(
        refused(r#"{"ask":"term","levle":"mat","determined":"2024-01-01"}"#),
        "ASK-KEY unknown key `levle`; help: did you mean `level`?"
    );
    assert_eq!(
        refused(
            r#"{"ask":"may","act":"copy","level":"mat","post":"giam_doc_s","on":"2025-03-01"}"#
        ),
        "ASK-VALUE `post` cannot be `giam_doc_s`; help: did you mean `giam_doc_so`?"
    );
    assert_eq!(
        refused(r#"{"ask":"term","level":"mat","determined":"2023-02-29"}"#),
        "ASK-VALUE `determined` cannot be `2023-02-29`; help: write a day of the calendar as `YYYY-MM-DD`"
    );
    let long = format!(
        "{{\"ask\":\"{}\"}}",
        "x".repeat(law::limits::QUESTION_BYTES_MAX)
    );
    assert!(refused(&long).starts_with("ASK-JSON "));
}

#[test]
fn every_post_has_an_answer_for_every_act_on_every_day_that_matters() {
    let days = [
        "1999-01-01",
        "2019-06-01",
        "2020-07-01",
        "2021-12-23",
        "2025-06-30",
        "2025-07-01",
        "2026-02-28",
        "2026-03-01",
        "2030-01-01",
    ];
    for post in pack().posts() {
        for act in Act::ALL {
            for (level, on) in Level::ALL
                .iter()
                .flat_map(|level| days.iter().map(move |on| (level, day(on))))
            {
                let may = pack()
                    .may(*act, *level, &post.id, on)
                    .expect("a known post");
                let what = format!("{} {} {} {on}", act.code(), level.code(), post.id);
                assert!(
                    may.answer == Verdict::Unknown
                        || !may.because.is_empty()
                        || !post.exists_on(on),
                    "{what}: no article"
                );
                assert!(
                    may.answer != Verdict::Unknown || !may.notes.is_empty(),
                    "{what}: unknown without a note"
                );
                assert!(
                    may.answer != Verdict::Yes || post.exists_on(on),
                    "{what}: a post that does not exist"
                );
            }
        }
    }
}

#[test]
fn higher_levels_never_widen_competence() {
    for (post, act) in pack()
        .posts()
        .flat_map(|post| Act::ALL.iter().map(move |act| (post, *act)))
    {
        let yes = |level| {
            pack()
                .may(act, level, &post.id, day("2024-05-05"))
                .expect("a known post")
                .answer
                == Verdict::Yes
        };
        if act == Act::ProvideForeign || act == Act::MeetForeign {
            continue; // Điều 16: the Prime Minister for Tuyệt mật alone.
        }
        assert!(
            !yes(Level::TuyetMat) || yes(Level::ToiMat),
            "{} {}",
            post.id,
            act.code()
        );
        assert!(
            !yes(Level::ToiMat) || yes(Level::Mat),
            "{} {}",
            post.id,
            act.code()
        );
    }
}

#[test]
fn books_have_their_columns_by_edition() {
    let keys = |kind, on| -> Vec<String> {
        let edition = pack().book_edition(kind, day(on)).expect("an edition");
        edition
            .columns
            .iter()
            .map(|column| column.key.clone())
            .collect()
    };
    let di_2020 = [
        "serial",
        "number_symbol",
        "doc_date",
        "type_subject",
        "level",
        "signer",
        "recipient",
        "quantity",
        "note",
    ];
    assert_eq!(keys(BookKind::Di, "2026-02-28"), di_2020);
    let di_2026 = [
        "serial",
        "number_symbol",
        "doc_date",
        "type_subject",
        "level",
        "signer",
        "recipient",
        "holder",
        "quantity",
        "note",
    ];
    assert_eq!(keys(BookKind::Di, "2026-03-27"), di_2026);
    assert_eq!(keys(BookKind::Den, "2026-11-22").len(), 10);
    assert_eq!(
        keys(BookKind::ChuyenGiao, "2024-01-01"),
        keys(BookKind::ChuyenGiao, "2026-11-22")
    );
    assert_eq!(keys(BookKind::SaoChup, "2024-01-01").len(), 11);
    let official = |kind, on| {
        pack()
            .book_edition(kind, day(on))
            .map(|edition| (edition.id.clone(), edition.official))
    };
    assert_eq!(
        official(BookKind::Di, "2026-03-10"),
        Some(("2026".to_owned(), false)),
        "before the corrected annex"
    );
    assert_eq!(
        official(BookKind::Di, "2026-03-27"),
        Some(("2026".to_owned(), true))
    );
    assert_eq!(
        official(BookKind::SaoChup, "2026-11-22"),
        Some(("2026".to_owned(), false))
    );
    assert_eq!(
        official(BookKind::Di, "2020-06-30"),
        None,
        "no book of this law before it began"
    );
}

#[test]
fn two_directives_share_a_number() {
    let same = pack().acts_numbered("02/CT-TTg");
    assert_eq!(same.len(), 2);
}

#[test]
fn only_a_rule_of_the_province_itself_is_called_the_provinces() {
    let of = |body: &str| {
        ask(&format!(
            r#"{{"ask":"due","duty":"annual_report","body":"{body}","year":2024,"province":"tinh_mau"}}"#
        ))
    };
    let own = of("so");
    assert!(
        own.contains(r#""by":"2024-11-29","scope":"province""#),
        "{own}"
    );
    let national = of("ubnd_tinh");
    assert!(national.contains(r#""by":"2024-12-20"}"#), "{national}");
}

#[test]
fn what_a_question_says_beyond_its_keys_is_named_and_nothing_else_is() {
    let plain = ask(r#"{"ask":"form","form":"17","on":"2021-01-01"}"#);
    assert!(!plain.contains("Không dùng đến"), "{plain}");
    let more = ask(r#"{"ask":"form","form":"17","on":"2021-01-01","level":"mat"}"#);
    assert!(
        more.contains("Không dùng đến: level; câu hỏi này hiểu: form, on."),
        "{more}"
    );
}
