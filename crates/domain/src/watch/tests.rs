use law::LegalDate;

use super::case::{self, Arrived};
use super::job::{self, After, Next};
use super::report::{self, Marking, Report, Unread};
use super::review::{self, State};
use super::source::{self, Draft};
use super::takedown::{self, Leak, Step, Taken};
use crate::Refusal;

fn code<T>(result: Result<T, Refusal>) -> (&'static str, &'static str) {
    result.err().map_or(("", ""), |refusal| {
        (refusal.code, refusal.field.unwrap_or_default())
    })
}

fn today() -> LegalDate {
    LegalDate::new(2026, 2, 20).unwrap()
}

fn draft() -> Draft {
    Draft {
        name: "Cổng thông tin tỉnh Mẫu".to_owned(),
        kind: "portal".to_owned(),
        place: "https://tinhmau.example/van-ban".to_owned(),
        owner_code: "STM".to_owned(),
        owner_name: "Sở Thử Nghiệm".to_owned(),
        rate: String::new(),
        every: "7".to_owned(),
    }
}

/// A change that must be refused, by what is expected of it.
type Case<'a, E, T> = (E, &'a dyn Fn(&mut T));

#[test]
fn a_source_is_checked_field_by_field() {
    let whole = source::enter(&draft()).unwrap();
    assert_eq!((whole.rate_per_min, whole.every_days), (60, Some(7)));
    let with = |change: &dyn Fn(&mut Draft)| {
        let mut draft = draft();
        change(&mut draft);
        code(source::enter(&draft))
    };
    let cases: &[Case<(&str, &str), Draft>] = &[
        (("WATCH-01", "name"), &|d| d.name = " ".to_owned()),
        (("WATCH-01", "name"), &|d| d.name = "a\u{202e}b".to_owned()),
        (("WATCH-01", "owner_name"), &|d| {
            d.owner_name = String::new()
        }),
        (("WATCH-01", "owner_code"), &|d| {
            d.owner_code = "S T".to_owned()
        }),
        (("WATCH-02", "kind"), &|d| d.kind = "ftp".to_owned()),
        (("WATCH-03", "place"), &|d| {
            d.place = "tinhmau.example".to_owned()
        }),
        (("WATCH-03", "place"), &|d| d.place = "https://".to_owned()),
        (("WATCH-03", "place"), &|d| {
            d.place = "https://ai:matkhau@tinhmau.example/".to_owned();
        }),
        (("WATCH-03", "place"), &|d| d.kind = "folder".to_owned()),
        (("WATCH-04", "rate"), &|d| d.rate = "0".to_owned()),
        (("WATCH-04", "every"), &|d| d.every = "mỗi tuần".to_owned()),
        (("WATCH-04", "every"), &|d| d.kind = "upload".to_owned()),
        (("", ""), &|d| d.owner_code = String::new()),
    ];
    for (expected, change) in cases {
        assert_eq!(with(change), *expected);
    }
    assert_eq!(code(source::may_run(false, false)).0, "WATCH-05");
    assert_eq!(code(source::may_run(true, true)).0, "WATCH-06");
    assert_eq!(code(source::may_run(true, false)).0, "");
    assert_eq!(code(source::may_look("upload", true, false)).0, "WATCH-30");
    assert_eq!(code(source::may_look("folder", true, true)).0, "WATCH-06");
}

fn marked() -> Report {
    Report {
        path: "https://tinhmau.example/a.pdf".to_owned(),
        sha256: "ab".repeat(32),
        bytes: 10,
        kind: "pdf".to_owned(),
        verdict: "marked".to_owned(),
        level: Some("mat".to_owned()),
        findings: vec![Marking {
            rule: "stamp.level".to_owned(),
            level: Some("mat".to_owned()),
            page: Some(1),
            bbox_mm: Some([25.1, 48.0, 20.2, 8.1]),
            how: "image".to_owned(),
            confidence: 0.9734,
            excerpt: "MẬT".to_owned(),
        }],
        ..Report::default()
    }
}

#[test]
fn a_report_is_believed_only_when_it_agrees_with_itself() {
    report::check(1, &marked()).unwrap();
    let marking = &marked().findings[0];
    assert_eq!(marking.permille(), 973);
    assert_eq!(marking.mark(), "stamp.level|mat|1|image|25 48 20 8");
    let with = |change: &dyn Fn(&mut Report)| {
        let mut one = marked();
        change(&mut one);
        report::check(7, &one)
            .err()
            .map_or(("", String::new()), |refusal| {
                (
                    refusal.code,
                    refusal.args.get("what").cloned().unwrap_or_default(),
                )
            })
    };
    let cases: &[Case<&str, Report>] = &[
        ("path", &|r| r.path = "a\u{0}b".to_owned()),
        ("member", &|r| r.member = Some(String::new())),
        ("sha256", &|r| r.sha256 = "AB".repeat(32)),
        ("type", &|r| r.bytes = -1),
        ("level", &|r| r.level = Some("top_secret".to_owned())),
        ("verdict", &|r| r.verdict = "clean".to_owned()),
        ("verdict", &|r| r.findings.clear()),
        ("verdict", &|r| {
            r.findings.clear();
            r.unread.push(Unread {
                reason: "crash".to_owned(),
                place: String::new(),
            });
            r.verdict = "clean".to_owned();
        }),
        ("findings", &|r| {
            r.findings = vec![r.findings[0].clone(); 201]
        }),
        ("rule", &|r| r.findings[0].rule = String::new()),
        ("level", &|r| r.findings[0].level = Some("MẬT".to_owned())),
        ("how", &|r| r.findings[0].how = "guess".to_owned()),
        ("confidence", &|r| r.findings[0].confidence = f64::NAN),
        ("page", &|r| r.findings[0].page = Some(0)),
        ("bbox_mm", &|r| {
            r.findings[0].bbox_mm = Some([0.0, -1.0, 1.0, 1.0])
        }),
        ("incomplete", &|r| {
            r.unread.push(Unread {
                reason: "tired".to_owned(),
                place: String::new(),
            });
        }),
    ];
    for (what, change) in cases {
        assert_eq!(with(change), ("WATCH-07", (*what).to_owned()));
    }
    let long = with(&|r| r.findings[0].excerpt = "ậ".repeat(41));
    assert_eq!(long.0, "WATCH-08");
    assert_eq!(with(&|r| r.findings[0].excerpt = "ậ".repeat(40)).0, "");
}

fn said(verdict: &str) -> review::Said {
    review::Said {
        verdict: verdict.to_owned(),
        ..review::Said::default()
    }
}

#[test]
fn a_judgement_says_why() {
    let judge = |state, steps, said: &review::Said| review::judge(today(), state, steps, said);
    assert_eq!(
        judge(State::New, 0, &said("true")).unwrap().state,
        State::True
    );
    assert_eq!(
        code(judge(State::New, 0, &said("new"))),
        ("WATCH-10", "verdict")
    );
    assert_eq!(
        code(judge(State::New, 0, &said(""))),
        ("WATCH-10", "verdict")
    );
    assert_eq!(
        code(judge(State::New, 0, &said("false"))),
        ("WATCH-11", "reason")
    );
    let mut declassified = said("declassified");
    assert_eq!(
        code(judge(State::New, 0, &declassified)),
        ("WATCH-12", "decision_number")
    );
    declassified.decision_number = "không số".to_owned();
    assert_eq!(
        code(judge(State::New, 0, &declassified)),
        ("WATCH-12", "decision_number")
    );
    declassified.decision_number = "12/QĐ-STM".to_owned();
    declassified.decision_date = "2026-02-21".to_owned();
    assert_eq!(
        code(judge(State::New, 0, &declassified)),
        ("WATCH-12", "decision_date")
    );
    declassified.decision_date = "2026-02-20".to_owned();
    assert_eq!(
        judge(State::New, 0, &declassified).unwrap().decision_date,
        Some(today())
    );
    let mut wrong = said("false");
    wrong.reason = "mẫu trống của thông tư".to_owned();
    assert_eq!(judge(State::True, 0, &wrong).unwrap().state, State::False);
    assert_eq!(code(judge(State::True, 1, &wrong)).0, "WATCH-13");
    assert_eq!(code(judge(State::False, 1, &said("true"))).0, "");
}

const T0: &str = "2026-02-20T01:00:00.000000Z";
const T1: &str = "2026-02-20T02:00:00.000000Z";
const T2: &str = "2026-02-20T03:00:00.000000Z";
const NOW: &str = "2026-02-20T04:00:00.000000Z";

fn leak(taken: &[(Step, &str)]) -> Leak {
    Leak {
        confirmed_at: Some(T0.to_owned()),
        taken: taken
            .iter()
            .map(|(step, at)| Taken {
                step: *step,
                at: (*at).to_owned(),
            })
            .collect(),
        ..Leak::default()
    }
}

fn step(step: Step, at: &str) -> takedown::Said {
    takedown::Said {
        step: step.code().to_owned(),
        outcome: "done".to_owned(),
        at: at.to_owned(),
        note: String::new(),
    }
}

#[test]
fn steps_have_their_order_and_their_time() {
    let take = |leak: &Leak, said: &takedown::Said| takedown::take(NOW, leak, said);
    assert_eq!(
        code(take(&Leak::default(), &step(Step::Reported, T1))).0,
        "WATCH-17"
    );
    let begun = leak(&[]);
    assert!(!take(&begun, &step(Step::Reported, T1)).unwrap().gone);
    assert!(take(&begun, &step(Step::Caches, T1)).is_ok());
    let mut seconds = begun.clone();
    seconds.confirmed_at = Some("2026-02-20T01:00:30.000000Z".to_owned());
    assert!(
        take(&seconds, &step(Step::Reported, T0)).is_ok(),
        "the same minute"
    );
    assert_eq!(
        code(take(&begun, &step(Step::Removed, T1))),
        ("WATCH-14", "step")
    );
    assert_eq!(
        code(take(&begun, &step(Step::Verified, T1))),
        ("WATCH-14", "step")
    );
    assert_eq!(
        code(take(
            &begun,
            &step(Step::Asked, "2026-02-20T00:59:59.000000Z")
        )),
        ("WATCH-16", "at")
    );
    assert_eq!(
        code(take(
            &begun,
            &step(Step::Asked, "2026-02-20T04:00:01.000000Z")
        )),
        ("WATCH-16", "at")
    );
    assert_eq!(
        code(take(&leak(&[(Step::Asked, T1)]), &step(Step::Asked, T2))),
        ("WATCH-15", "step")
    );
    let mut other = step(Step::Asked, T1);
    other.outcome = "perhaps".to_owned();
    assert_eq!(code(take(&begun, &other)), ("WATCH-14", "outcome"));
    other.outcome = "not_needed".to_owned();
    assert_eq!(code(take(&begun, &other)), ("WATCH-29", "note"));
    other.note = "thư mục của chính đơn vị".to_owned();
    assert_eq!(take(&begun, &other).unwrap().outcome, "not_needed");
    other.step = Step::Reported.code().to_owned();
    assert_eq!(code(take(&begun, &other)), ("WATCH-29", "note"));
    assert_eq!(begun.waiting(), Step::ALL);
}

#[test]
fn gone_is_said_by_a_later_look_and_never_against_it() {
    let removed = leak(&[(Step::Asked, T0), (Step::Removed, T1)]);
    let verify = |look: Option<&str>, seen, note: &str, at: &str| {
        let mut leak = removed.clone();
        leak.last_look = look.map(str::to_owned);
        leak.seen_then = seen;
        let mut said = step(Step::Verified, at);
        said.note = note.to_owned();
        takedown::take(NOW, &leak, &said)
    };
    assert!(verify(Some(T2), Some(false), "", T2).unwrap().gone);
    assert_eq!(
        code(verify(Some(T2), Some(true), "đã xem tận nơi", T2)).0,
        "WATCH-18"
    );
    assert_eq!(
        code(verify(Some(T0), Some(true), "", T2)),
        ("WATCH-19", "note")
    );
    assert!(verify(Some(T0), Some(true), "đã xem tận nơi", T2).is_ok());
    assert_eq!(code(verify(None, None, "", T2)), ("WATCH-19", "note"));
    assert_eq!(
        code(verify(Some(T2), Some(false), "", T0)),
        ("WATCH-16", "at")
    );
}

#[test]
fn the_duty_to_report_is_at_once_where_the_text_is_known_and_unknown_where_not() {
    let law = law::Pack::embedded().unwrap();
    let old = takedown::report_duty(law, today());
    assert!(old.value.is_some_and(|notice| notice.at_once));
    assert_eq!(old.because[0].act, "26/2020/NĐ-CP");
    let new = takedown::report_duty(law, LegalDate::new(2026, 3, 2).unwrap());
    assert!(new.value.is_none() && !new.notes.is_empty());
}

#[test]
fn a_job_is_set_aside_at_the_third_death_and_given_up_at_the_fifth_failure() {
    assert_eq!(job::next(job::READY, 0), Next::Lease { deaths: 0 });
    assert_eq!(job::next(job::READY, 2), Next::Lease { deaths: 2 });
    assert_eq!(job::next(job::LEASED, 1), Next::Lease { deaths: 2 });
    assert_eq!(job::next(job::LEASED, 2), Next::Quarantine { deaths: 3 });
    let waits: Vec<After> = (1..=5).map(job::failed).collect();
    let again = |in_min| After::Again { in_min };
    assert_eq!(
        waits,
        [again(1), again(5), again(25), again(125), After::GiveUp]
    );
    assert_eq!(job::failed(i64::MAX), After::GiveUp);
}

#[test]
fn a_file_opens_one_case_in_the_unit_that_it_names() {
    let file = Arrived {
        reader: "STM",
        receiver: "STM",
        known: false,
    };
    assert_eq!(code(case::arrive(&file)).0, "");
    assert_eq!(
        code(case::arrive(&Arrived {
            receiver: "SKM",
            ..file.clone()
        }))
        .0,
        "WATCH-23"
    );
    assert_eq!(
        code(case::arrive(&Arrived {
            reader: "",
            receiver: "",
            known: false
        }))
        .0,
        "WATCH-23"
    );
    assert_eq!(
        code(case::arrive(&Arrived {
            known: true,
            ..file
        }))
        .0,
        "WATCH-24"
    );
    assert_eq!(code(case::hand_over(false, "STM")).0, "WATCH-17");
    assert_eq!(code(case::hand_over(true, "")).0, "WATCH-25");
    assert_eq!(code(case::hand_over(true, "STM")).0, "");
    assert_eq!(code(case::close(false, "leak", "đã xử lý")).0, "WATCH-27");
    assert_eq!(
        code(case::close(true, "", "đã xử lý")),
        ("WATCH-28", "outcome")
    );
    assert_eq!(code(case::close(true, "leak", " ")), ("WATCH-28", "words"));
    assert_eq!(case::close(true, "leak", "đã xử lý").unwrap().0, "leak");
    assert_eq!(code(case::trust(" ", None)), ("WATCH-01", "key"));
    assert_eq!(
        code(case::trust("a+b+c", Some("a+b+d"))),
        ("WATCH-26", "key")
    );
    assert_eq!(case::trust("a+b+c", Some("a+b+c")).unwrap(), "a+b+c");
}
