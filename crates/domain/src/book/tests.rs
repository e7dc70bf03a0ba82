//! State, command, outcome: every refusal of the books once, and what a line becomes.

use law::{BookKind, LegalDate, Level};
use proptest::prelude::*;

use super::decide::{number_key, words};
use super::*;
use crate::access::Role;
use crate::{Actor, Ctx, limits};

fn actor(role: Role) -> Actor {
    Actor {
        account: 1,
        unit: 1,
        role,
        supervises: false,
        post: String::new(),
        name: "Văn thư".to_owned(),
    }
}

fn date(text: &str) -> LegalDate {
    LegalDate::parse(text).expect("a date")
}

fn with<T>(today: &str, role: Role, act: impl FnOnce(Ctx<'_>) -> T) -> T {
    let actor = actor(role);
    act(Ctx {
        law: law::Pack::embedded().expect("the pack loads"),
        today: date(today),
        actor: &actor,
    })
}

/// A complete outgoing line of 2025.
fn outgoing() -> Draft {
    Draft {
        entry_date: "2025-05-12".to_owned(),
        number_symbol: "12/KH-STP".to_owned(),
        doc_date: "2025-05-12".to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        subject: "kiểm tra kho lưu trữ".to_owned(),
        level: "mat".to_owned(),
        signer: "Giám đốc Sở".to_owned(),
        recipient: "Công an tỉnh".to_owned(),
        quantity: "3".to_owned(),
        ..Draft::default()
    }
}

fn decide(kind: BookKind, draft: &Draft) -> Result<Entry, Refusal> {
    with("2026-11-22", Role::VanThu, |ctx| {
        register(ctx, kind, &BookState::default(), draft)
    })
}

use crate::Refusal;

/// Code and field of the refusal of an outgoing line changed in one place.
fn refused(change: impl FnOnce(&mut Draft)) -> (&'static str, Option<&'static str>) {
    let mut draft = outgoing();
    change(&mut draft);
    let refusal = decide(BookKind::Di, &draft).expect_err("a refusal");
    (refusal.code, refusal.field)
}

#[test]
fn a_complete_line_becomes_an_entry() {
    let entry = decide(BookKind::Di, &outgoing()).expect("an entry");
    assert_eq!((entry.year, entry.edition.as_str()), (2025, "2020"));
    assert_eq!(entry.level, Some(Level::Mat));
    assert_eq!(entry.number_key, "12/kh-stp");
    assert_eq!(entry.quantity, Some(3));
    assert!(entry.late);
    assert!(entry.words.contains(&"kho".to_owned()));
    let mut draft = outgoing();
    draft.entry_date = "2026-03-01".to_owned();
    draft.doc_date = "2026-02-27".to_owned();
    let entry = decide(BookKind::Di, &draft).expect("an entry");
    assert_eq!(entry.edition, "2026");
}

#[test]
fn each_line_of_a_book_has_its_refusal() {
    let long = "x".repeat(301);
    assert_eq!(
        refused(|d| d.entry_date = "2026-11-23".to_owned()),
        ("BOOK-01", Some("entry_date"))
    );
    assert_eq!(
        refused(|d| d.entry_date = "12/5/2025".to_owned()),
        ("BOOK-02", Some("entry_date"))
    );
    assert_eq!(
        refused(|d| d.doc_date = "2025-02-30".to_owned()),
        ("BOOK-02", Some("doc_date"))
    );
    assert_eq!(
        refused(|d| d.level = "Thường".to_owned()),
        ("BOOK-03", Some("level"))
    );
    assert_eq!(
        refused(|d| d.signer = " \u{a0} ".to_owned()),
        ("BOOK-06", Some("signer"))
    );
    assert_eq!(
        refused(|d| d.level = String::new()),
        ("BOOK-06", Some("level"))
    );
    assert_eq!(
        refused(|d| d.entry_date = String::new()),
        ("BOOK-06", Some("entry_date"))
    );
    assert_eq!(
        refused(|d| d.doc_date = "2025-05-13".to_owned()),
        ("BOOK-08", Some("doc_date"))
    );
    assert_eq!(
        refused(|d| d.entry_date = "2019-05-12".to_owned()),
        ("BOOK-09", Some("entry_date"))
    );
    assert_eq!(refused(|d| d.signer = long), ("BOOK-10", Some("signer")));
    assert_eq!(
        refused(|d| d.level = "Bí mật công tác".to_owned()),
        ("BOOK-11", Some("level"))
    );
    for quantity in ["0", "201", "-1", "3 bản", "9999999999999999999999"] {
        assert_eq!(
            refused(|d| d.quantity = quantity.to_owned()),
            ("BOOK-12", Some("quantity"))
        );
    }
    assert_eq!(
        refused(|d| d.level = "TM".to_owned()),
        ("BOOK-16", Some("level"))
    );
}

#[test]
fn subject_of_the_highest_level_follows_the_law_of_the_day() {
    let top = |day: &'static str, consent: &'static str| {
        let mut draft = outgoing();
        draft.level = "tuyet_mat".to_owned();
        draft.entry_date = day.to_owned();
        draft.doc_date = day.to_owned();
        draft.subject_consent = consent.to_owned();
        decide(BookKind::Di, &draft)
    };
    let refusal = top("2025-05-12", "").expect_err("no consent");
    assert_eq!(
        (refusal.code, refusal.field),
        ("BOOK-05", Some("subject_consent"))
    );
    assert!(!refusal.because.is_empty());
    let entry = top("2026-02-28", "05/CV-VP ngày 2/5/2025").expect("consent");
    assert_eq!(
        entry.subject_consent.as_deref(),
        Some("05/CV-VP ngày 2/5/2025")
    );
    let refusal = top("2026-03-01", "05/CV-VP ngày 2/5/2025").expect_err("forbidden");
    assert_eq!((refusal.code, refusal.field), ("BOOK-04", Some("subject")));
    assert!(!refusal.because.is_empty());
    let mut bare = outgoing();
    bare.level = "A".to_owned();
    bare.subject = String::new();
    bare.subject_consent = "left over".to_owned();
    let entry = decide(BookKind::Di, &bare).expect("no subject, no question");
    assert_eq!((entry.subject, entry.subject_consent), (None, None));
}

#[test]
fn a_number_is_registered_once() {
    let refusal = with("2026-11-22", Role::VanThu, |ctx| {
        let state = BookState {
            same_number: Some(7),
        };
        register(ctx, BookKind::Di, &state, &outgoing())
    })
    .expect_err("a double");
    assert_eq!(refusal.code, "BOOK-07");
    assert_eq!(refusal.args.get("serial").map(String::as_str), Some("7"));
    let key = double_key(BookKind::Di, &outgoing()).expect("a key");
    assert_eq!((key.year, key.number_key.as_str()), (2025, "12/kh-stp"));
    assert_eq!(double_key(BookKind::ChuyenGiao, &outgoing()), None);
}

#[test]
fn every_book_names_the_field_it_lacks() {
    let day = Draft {
        entry_date: "2025-05-12".to_owned(),
        level: "mat".to_owned(),
        ..Draft::default()
    };
    let lacks = |kind| decide(kind, &day).expect_err("a refusal").field;
    assert_eq!(lacks(BookKind::Di), Some("number_symbol"));
    assert_eq!(lacks(BookKind::Den), Some("issuer"));
    assert_eq!(lacks(BookKind::ChuyenGiao), Some("envelope"));
    assert_eq!(lacks(BookKind::SaoChup), Some("number_symbol"));
}

#[test]
fn only_those_who_keep_books_write_them() {
    for role in [Role::ThuTruong, Role::QuanTri] {
        with("2026-11-22", role, |ctx| {
            let state = BookState::default();
            let refusal = register(ctx, BookKind::Di, &state, &outgoing()).expect_err("a refusal");
            assert_eq!(refusal.code, "ACCESS-01");
            let refusal =
                void(ctx, &existing(EntryState::Active), "ghi nhầm").expect_err("a refusal");
            assert_eq!(refusal.code, "ACCESS-01");
        });
    }
}

fn existing(state: EntryState) -> Existing {
    Existing {
        kind: BookKind::Di,
        year: 2025,
        serial: 4,
        state,
        stand: BookYear::default(),
    }
}

#[test]
fn a_correction_names_the_old_line() {
    with("2026-11-22", Role::VanThu, |ctx| {
        let state = BookState::default();
        let old = existing(EntryState::Active);
        let (entry, reason) =
            correct(ctx, &old, &state, &outgoing(), " sai số bản ").expect("a correction");
        assert_eq!(reason, "sai số bản");
        assert_eq!(entry.note, "Đính chính mục số 04: sai số bản");
        let refusal = |state: EntryState, draft: &Draft, reason: &str| {
            correct(ctx, &existing(state), &BookState::default(), draft, reason)
                .expect_err("a refusal")
                .code
        };
        assert_eq!(refusal(EntryState::Voided, &outgoing(), "sai"), "BOOK-13");
        assert_eq!(
            refusal(EntryState::Corrected, &outgoing(), "sai"),
            "BOOK-13"
        );
        assert_eq!(refusal(EntryState::Active, &outgoing(), " x "), "BOOK-14");
        let mut next_year = outgoing();
        next_year.entry_date = "2026-01-05".to_owned();
        assert_eq!(
            refusal(EntryState::Active, &next_year, "sai năm"),
            "BOOK-15"
        );
    });
}

#[test]
fn a_line_of_today_is_not_late_and_texts_may_be_as_long_as_the_limit() {
    let mut draft = outgoing();
    draft.entry_date = "2026-11-22".to_owned();
    let entry = decide(BookKind::Di, &draft).expect("an entry");
    assert!(!entry.late);
    draft.signer = "x".repeat(limits::FIELD_CHARS_MAX);
    assert!(decide(BookKind::Di, &draft).is_ok());
    with("2026-11-22", Role::CanBo, |ctx| {
        let voided = void(ctx, &existing(EntryState::Active), " sai ").expect("three letters");
        assert_eq!(voided.reason, "sai");
    });
}

#[test]
fn a_void_keeps_number_and_reason() {
    with("2026-11-22", Role::CanBo, |ctx| {
        let voided = void(ctx, &existing(EntryState::Active), "ghi nhầm sổ").expect("a void");
        assert_eq!(voided.reason, "ghi nhầm sổ");
        assert_eq!(
            voided.fact.fields.get("serial").map(String::as_str),
            Some("4")
        );
        for (state, reason, code) in [
            (EntryState::Voided, "ghi nhầm", "BOOK-13"),
            (EntryState::Active, "", "BOOK-14"),
        ] {
            let refusal = void(ctx, &existing(state), reason).expect_err("a refusal");
            assert_eq!(refusal.code, code);
        }
    });
}

#[test]
fn a_work_secret_has_no_level_and_needs_a_keeper() {
    with("2026-11-22", Role::VanThu, |ctx| {
        let note = work_secret(
            ctx,
            "05/BC",
            "2026-11-22",
            "Báo cáo nội bộ",
            "Văn phòng",
            "bản giấy",
        )
        .expect("a note");
        assert_eq!(note.keeper, "Văn phòng");
        assert_eq!(
            (note.number_symbol.as_str(), note.note.as_str()),
            ("05/BC", "bản giấy")
        );
        let code = |date, subject, keeper| {
            work_secret(ctx, "", date, subject, keeper, "")
                .expect_err("a refusal")
                .code
        };
        assert_eq!(code("", "", "Văn phòng"), "BOOK-06");
        assert_eq!(code("", "Báo cáo", ""), "BOOK-06");
        assert_eq!(code("2026-11-23", "Báo cáo", "Văn phòng"), "BOOK-01");
        assert_eq!(code("20/11/2026", "Báo cáo", "Văn phòng"), "BOOK-02");
    });
}

#[test]
fn levels_are_read_as_people_write_them() {
    use Level::{Mat, ToiMat, TuyetMat};
    for (text, level) in [
        ("mat", Mat),
        ("Mật", Mat),
        ("MẬT", Mat),
        ("ma\u{323}\u{302}t", Mat),
        ("M", Mat),
        ("C", Mat),
        ("Mật (C)", Mat),
        ("Độ mật: Mật", Mat),
        ("toi_mat", ToiMat),
        ("TỐI MẬT", ToiMat),
        ("Tối  mật", ToiMat),
        ("Tốm", ToiMat),
        ("TốM", ToiMat),
        ("b", ToiMat),
        ("tuyet_mat", TuyetMat),
        ("Tuyệt mật/A", TuyetMat),
        ("TUYỆT MẬT", TuyetMat),
        ("A", TuyetMat),
    ] {
        assert_eq!(level_from_text(text).ok(), Some(level), "{text}");
    }
    for (text, code) in [
        ("TM", "BOOK-16"),
        ("tm", "BOOK-16"),
        ("T.M", "BOOK-16"),
        ("Mất", "BOOK-03"),
        ("", "BOOK-03"),
        ("Thường", "BOOK-03"),
        ("Không mật", "BOOK-03"),
        ("Mật (A)", "BOOK-03"),
        ("D", "BOOK-03"),
        ("bí mật công tác", "BOOK-11"),
        ("BMCT", "BOOK-11"),
    ] {
        assert_eq!(
            level_from_text(text).map_err(|refusal| refusal.code),
            Err(code),
            "{text}"
        );
    }
}

#[test]
fn a_number_is_the_same_with_and_without_marks_and_blanks() {
    for text in [
        "12/QĐ-STP",
        "12 / QD-STP",
        " 12/qđ - stp",
        "12/Q\u{110}-STP",
    ] {
        assert_eq!(number_key(text), "12/qd-stp", "{text}");
    }
    assert_ne!(number_key("12/QĐ-STP"), number_key("1/2QĐ-STP"));
}

proptest! {
    #[test]
    fn words_are_folded_sorted_and_once(subject in "\\PC{0,60}", note in "[a-zđăâêôơưàáảãạ ]{0,40}") {
        let mut draft = outgoing();
        draft.subject = subject;
        draft.note = note.clone();
        let entry = decide(BookKind::Di, &draft).expect("an entry");
        let found = words(&entry);
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        for word in vanban::text::words(&note.to_uppercase()) {
            prop_assert!(found.contains(&word), "{word}");
        }
    }

    #[test]
    fn number_keys_forget_blanks_and_case(number in "[0-9]{1,4}/[A-ZĐ]{1,4}-[A-Z]{2,5}") {
        let spaced: String = number.chars().flat_map(|c| [c, ' ']).collect();
        prop_assert_eq!(number_key(&spaced), number_key(&number));
        prop_assert_eq!(number_key(&number.to_lowercase()), number_key(&number));
    }

    #[test]
    fn no_draft_breaks_registration(texts in proptest::collection::vec("\\PC{0,20}", 6), kind in 0..4_usize) {
        let draft = Draft {
            entry_date: texts[0].clone(),
            number_symbol: texts[1].clone(),
            doc_date: texts[2].clone(),
            level: texts[3].clone(),
            quantity: texts[4].clone(),
            subject: texts[5].clone(),
            ..outgoing()
        };
        let refusal = decide(BookKind::ALL[kind], &draft);
        prop_assert!(refusal.is_err() || texts[0].trim().is_empty() || LegalDate::parse(texts[0].trim()).is_ok());
    }
}

fn closed(year: i16) -> BookYear {
    BookYear {
        closed_on: Some(LegalDate::new(year + 1, 1, 5).expect("a date")),
        ..BookYear::default()
    }
}

#[test]
fn a_closed_year_takes_no_number_and_its_lines_are_corrected_in_a_later_book() {
    with("2026-11-22", Role::VanThu, |ctx| {
        let refusal = require_open(2025, closed(2025)).expect_err("a refusal");
        assert_eq!(
            (refusal.code, refusal.field),
            ("BOOK-17", Some("entry_date"))
        );
        assert_eq!(
            refusal.args.get("closed").map(String::as_str),
            Some("5/1/2026")
        );
        require_open(2025, BookYear::default()).expect("open");
        let old = Existing {
            stand: closed(2025),
            ..existing(EntryState::Active)
        };
        let state = BookState::default();
        let same = correct(ctx, &old, &state, &outgoing(), "sai số bản").expect_err("a refusal");
        assert_eq!(same.code, "BOOK-17");
        let mut later = outgoing();
        later.entry_date = "2026-02-10".to_owned();
        let (entry, _) = correct(ctx, &old, &state, &later, "sai số bản").expect("a correction");
        assert_eq!(entry.year, 2026);
        assert_eq!(
            entry.note,
            "Đính chính mục số 04 sổ năm 2025 (đã khóa): sai số bản"
        );
        let mut earlier = outgoing();
        (earlier.entry_date, earlier.doc_date) = ("2024-05-12".to_owned(), "2024-05-12".to_owned());
        let before = correct(ctx, &old, &state, &earlier, "sai số bản").expect_err("a refusal");
        assert_eq!(before.code, "BOOK-17");
        let void = void(ctx, &old, "ghi nhầm sổ").expect_err("a refusal");
        assert_eq!(void.code, "BOOK-17");
    });
}

#[test]
fn a_book_is_closed_once_and_with_its_own_last_number() {
    let closing = Closing {
        kind: BookKind::Di,
        year: 2025,
        on: date("2026-01-05"),
        last_serial: 40,
        pages: 4,
        closed_by: "Nguyễn Văn Mẫu".to_owned(),
    };
    let fact = close(BookYear::default(), 40, &closing).expect("a closing");
    assert_eq!(fact.kind, "book.closed");
    assert_eq!(fact.fields.get("last").map(String::as_str), Some("40"));
    let other = close(BookYear::default(), 41, &closing).expect_err("a refusal");
    assert_eq!((other.code, other.field), ("BOOK-19", Some("last_serial")));
    let twice = close(closed(2025), 40, &closing).expect_err("a refusal");
    assert_eq!(twice.code, "BOOK-18");
}

#[test]
fn numbering_is_chosen_for_an_empty_book_of_this_or_the_next_year() {
    let choose = |role, year, stand, last| {
        with("2026-11-22", role, |ctx| {
            choose_numbering(ctx, BookKind::Di, year, stand, last, Numbering::ByLevel)
        })
        .map_or_else(|refusal| refusal.code, |fact| fact.kind)
    };
    let open = BookYear::default();
    assert_eq!(choose(Role::VanThu, 2026, open, 0), "book.numbering");
    assert_eq!(choose(Role::VanThu, 2027, open, 0), "book.numbering");
    assert_eq!(choose(Role::VanThu, 2026, open, 1), "BOOK-20");
    assert_eq!(choose(Role::VanThu, 2025, open, 0), "BOOK-21");
    assert_eq!(choose(Role::VanThu, 2028, open, 0), "BOOK-21");
    assert_eq!(choose(Role::VanThu, 2026, closed(2026), 0), "BOOK-17");
    assert_eq!(choose(Role::ThuTruong, 2026, open, 0), "ACCESS-01");
}

#[test]
fn codes_are_read_as_they_are_written() {
    let states = [
        (EntryState::Active, "active"),
        (EntryState::Voided, "voided"),
        (EntryState::Corrected, "corrected"),
    ];
    for (state, code) in states {
        assert_eq!((state.code(), EntryState::parse(code)), (code, Some(state)));
    }
    assert_eq!(EntryState::parse("gone"), None);
    for (way, code) in [(Numbering::One, "one"), (Numbering::ByLevel, "by_level")] {
        assert_eq!((way.code(), Numbering::parse(code)), (code, Some(way)));
    }
    assert_eq!(Numbering::parse("by_month"), None);
}

#[test]
fn a_book_that_has_lines_is_renumbered_from_the_next_year_on() {
    let refusal = with("2026-11-22", Role::VanThu, |ctx| {
        let open = BookYear::default();
        choose_numbering(ctx, BookKind::Di, 2026, open, 7, Numbering::ByLevel)
    })
    .expect_err("a refusal");
    let next = refusal.args.get("next").map(String::as_str);
    assert_eq!((refusal.code, next), ("BOOK-20", Some("2027")));
}
