//! State, command, outcome for copies: every refusal once, and the balance.

use std::collections::BTreeMap;

use law::{BookKind, LegalDate, Level};
use proptest::prelude::*;

use super::*;
use crate::access::Role;
use crate::book::{BookState, Draft, Entry, register};
use crate::{Actor, Ctx, limits};

const UNIT: &str = "Sở Tư pháp";

fn date(text: &str) -> LegalDate {
    LegalDate::parse(text).expect("a date")
}

fn with<T>(role: Role, act: impl FnOnce(Ctx<'_>) -> T) -> T {
    let actor = Actor {
        account: 1,
        unit: 1,
        role,
        supervises: false,
        post: String::new(),
        name: "Văn thư".to_owned(),
    };
    act(Ctx {
        law: law::Pack::embedded().expect("the pack loads"),
        today: date("2026-11-22"),
        actor: &actor,
    })
}

fn document(level: Level) -> DocumentFacts {
    DocumentFacts {
        number_symbol: "12/KH-STP".to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        subject: Some("kiểm tra kho lưu trữ".to_owned()),
        level,
        since: date("2025-05-12"),
        unit_name: UNIT.to_owned(),
        copied: 2,
    }
}

fn unit() -> Holder {
    Holder {
        kind: HolderKind::Unit,
        name: UNIT.to_owned(),
    }
}

fn held(id: i64, holder: Holder) -> HeldCopy {
    HeldCopy {
        id,
        label: format!("Bản số {id:02}"),
        holder,
        since: date("2025-05-12"),
        moves: 1,
    }
}

fn hand_over() -> TransferDraft {
    TransferDraft {
        on: "2025-05-13".to_owned(),
        to_kind: "person".to_owned(),
        to_name: "Trưởng phòng".to_owned(),
        receiver_sign: "Trưởng phòng".to_owned(),
        copies: vec![(1, 1)],
        note: String::new(),
    }
}

#[test]
fn a_hand_over_moves_the_copy_and_writes_a_line() {
    let held = [held(1, unit()), held(2, unit())];
    let mut draft = hand_over();
    draft.copies = vec![(1, 1), (2, 1)];
    with(Role::VanThu, |ctx| {
        let done = transfer(ctx, &document(Level::Mat), &held, &draft).expect("a transfer");
        assert_eq!(done.moves.len(), 2);
        assert!(
            done.moves
                .iter()
                .all(|step| step.from == unit() && step.move_no == 2)
        );
        assert_eq!(done.line.copy_numbers, "Bản số 01, Bản số 02");
        assert_eq!(done.line.number_symbol, "12/KH-STP");
        let line = register(ctx, BookKind::ChuyenGiao, &BookState::default(), &done.line);
        assert_eq!(line.expect("a line").quantity, Some(2));
    });
}

/// Code of the refusal of a hand-over changed in one place.
fn refused(copy: HeldCopy, change: impl FnOnce(&mut TransferDraft)) -> &'static str {
    let mut draft = hand_over();
    change(&mut draft);
    with(Role::VanThu, |ctx| {
        transfer(ctx, &document(Level::Mat), &[copy], &draft)
            .expect_err("a refusal")
            .code
    })
}

#[test]
fn each_rule_of_a_hand_over_has_its_refusal() {
    let person = || Holder {
        kind: HolderKind::Person,
        name: "Trưởng phòng".to_owned(),
    };
    assert_eq!(refused(held(1, unit()), |d| d.copies.clear()), "CUST-01");
    assert_eq!(
        refused(held(1, unit()), |d| d.copies = vec![(9, 1)]),
        "CUST-01"
    );
    assert_eq!(
        refused(held(1, unit()), |d| d.copies = vec![(1, 0)]),
        "CUST-02"
    );
    assert_eq!(
        refused(held(1, person()), |d| d.to_name = "Người khác".to_owned()),
        "CUST-02"
    );
    assert_eq!(refused(held(1, person()), |_| {}), "CUST-03");
    assert_eq!(
        refused(held(1, unit()), |d| d.to_kind = "unit".to_owned()),
        "CUST-03"
    );
    for kind in [HolderKind::Destroyed, HolderKind::Archive] {
        let gone = Holder {
            kind,
            name: String::new(),
        };
        assert_eq!(
            refused(held(1, gone), |d| d.to_kind = "unit".to_owned()),
            "CUST-06"
        );
    }
    assert_eq!(
        refused(held(1, unit()), |d| d.receiver_sign = " ".to_owned()),
        "CUST-04"
    );
    assert_eq!(
        refused(held(1, unit()), |d| d.to_name = String::new()),
        "CUST-04"
    );
    assert_eq!(
        refused(held(1, unit()), |d| d.to_kind = "issued".to_owned()),
        "CUST-04"
    );
    assert_eq!(
        refused(held(1, unit()), |d| d.on = "2025-05-11".to_owned()),
        "CUST-05"
    );
    assert_eq!(
        refused(held(1, unit()), |d| d.on = "2026-11-23".to_owned()),
        "BOOK-01"
    );
    assert_eq!(
        refused(held(1, unit()), |d| d.on = "13/5/2025".to_owned()),
        "BOOK-02"
    );
    assert_eq!(
        refused(held(1, unit()), |d| d.note = "x".repeat(301)),
        "BOOK-10"
    );
    let code = with(Role::ThuTruong, |ctx| {
        transfer(ctx, &document(Level::Mat), &[held(1, unit())], &hand_over())
            .expect_err("a refusal")
            .code
    });
    assert_eq!(code, "ACCESS-01");
}

fn permission() -> PermitDraft {
    PermitDraft {
        decided_on: "2025-06-01".to_owned(),
        decider_name: "Giám đốc".to_owned(),
        decider_post: "giam_doc_so".to_owned(),
        form: "sao_y".to_owned(),
        copies: "2".to_owned(),
        recipients: "Công an tỉnh".to_owned(),
        performed_by: "Văn thư".to_owned(),
        note: String::new(),
    }
}

#[test]
fn a_competent_post_permits_copies_and_they_get_numbers() {
    with(Role::VanThu, |ctx| {
        let done = make_copies(ctx, &document(Level::ToiMat), &permission()).expect("a permission");
        let labels: Vec<&str> = done.copies.iter().map(|copy| copy.label.as_str()).collect();
        assert_eq!(labels, ["Bản sao số 03", "Bản sao số 04"]);
        assert!(!done.permit.because.is_empty());
        let line = register(ctx, BookKind::SaoChup, &BookState::default(), &done.line);
        assert_eq!(line.expect("a line").form, "Sao y bản chính");
    });
}

#[test]
fn the_line_of_a_permission_says_what_was_permitted_by_whom_and_for_whom() {
    let mut draft = permission();
    draft.note = "n".repeat(limits::FIELD_CHARS_MAX);
    // The day on which the document came: not before it.
    draft.decided_on = "2025-05-12".to_owned();
    with(Role::VanThu, |ctx| {
        let document = document(Level::Mat);
        let line = make_copies(ctx, &document, &draft)
            .expect("a permission")
            .line;
        assert_eq!(line.doc_type, document.doc_type);
        assert_eq!(line.number_symbol, document.number_symbol);
        assert_eq!(line.quantity, "2");
        assert_eq!(line.copy_numbers, "Bản sao số 03, Bản sao số 04");
        assert_eq!(line.recipient, "Công an tỉnh");
        assert_eq!(line.note, draft.note);
        let post = ctx.law.post("giam_doc_so").expect("a post");
        assert_eq!(line.permitted_by, format!("Giám đốc ({})", post.label_vi));
    });
}

#[test]
fn a_hand_over_may_be_of_the_day_the_copy_came_and_of_today() {
    with(Role::VanThu, |ctx| {
        for day in ["2025-05-12", "2026-11-22"] {
            let draft = TransferDraft {
                on: day.to_owned(),
                ..hand_over()
            };
            let done = transfer(ctx, &document(Level::Mat), &[held(1, unit())], &draft);
            assert_eq!(done.expect("a transfer").on, date(day));
        }
    });
}

/// The refusal of a permission changed in one place.
fn not_permitted(level: Level, change: impl FnOnce(&mut PermitDraft)) -> crate::Refusal {
    let mut draft = permission();
    change(&mut draft);
    with(Role::VanThu, |ctx| {
        make_copies(ctx, &document(level), &draft).expect_err("a refusal")
    })
}

#[test]
fn each_rule_of_copying_has_its_refusal() {
    let refusal = not_permitted(Level::TuyetMat, |_| {});
    assert_eq!(
        (refusal.code, refusal.field),
        ("COPY-01", Some("decider_post"))
    );
    assert!(
        refusal
            .because
            .iter()
            .any(|citation| citation.act == "29/2018/QH14" && citation.article == "11")
    );
    let refusal = not_permitted(Level::ToiMat, |d| {
        d.decider_post = "truong_phong_so".to_owned()
    });
    assert_eq!(refusal.code, "COPY-01");
    let refusal = not_permitted(Level::TuyetMat, |d| d.decided_on = "2026-11-20".to_owned());
    assert_eq!(refusal.code, "COPY-02");
    assert!(
        !refusal
            .args
            .get("note")
            .expect("names the missing text")
            .is_empty()
    );
    let code = |change: fn(&mut PermitDraft)| not_permitted(Level::Mat, change).code;
    assert_eq!(code(|d| d.decider_name = " ".to_owned()), "COPY-03");
    assert_eq!(code(|d| d.decider_post = String::new()), "COPY-03");
    assert_eq!(
        code(|d| d.decider_post = "truong_thon".to_owned()),
        "COPY-03"
    );
    assert_eq!(code(|d| d.performed_by = String::new()), "COPY-03");
    assert_eq!(code(|d| d.form = "in".to_owned()), "COPY-04");
    assert_eq!(code(|d| d.copies = "0".to_owned()), "COPY-05");
    assert_eq!(code(|d| d.copies = "201".to_owned()), "COPY-05");
    assert_eq!(code(|d| d.copies = "hai".to_owned()), "COPY-05");
    assert_eq!(code(|d| d.decided_on = "2025-05-11".to_owned()), "COPY-06");
    assert_eq!(code(|d| d.decided_on = "2027-01-01".to_owned()), "BOOK-01");
    assert_eq!(code(|d| d.decided_on = "hôm nay".to_owned()), "BOOK-02");
    let code = with(Role::QuanTri, |ctx| {
        make_copies(ctx, &document(Level::Mat), &permission())
            .expect_err("a refusal")
            .code
    });
    assert_eq!(code, "ACCESS-01");
}

fn entry(kind: BookKind, quantity: &str, copy_numbers: &str) -> Entry {
    let draft = Draft {
        entry_date: "2025-05-12".to_owned(),
        number_symbol: "12/KH-UBND".to_owned(),
        doc_date: "2025-05-12".to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        level: "mat".to_owned(),
        signer: "Chủ tịch".to_owned(),
        issuer: "UBND tỉnh".to_owned(),
        recipient: "Công an tỉnh".to_owned(),
        quantity: quantity.to_owned(),
        copy_numbers: copy_numbers.to_owned(),
        ..Draft::default()
    };
    with(Role::VanThu, |ctx| {
        register(ctx, kind, &BookState::default(), &draft)
    })
    .expect("an entry")
}

#[test]
fn copies_come_from_the_press_or_from_the_sender() {
    let issued = open(&entry(BookKind::Di, "3", ""), UNIT);
    assert_eq!(issued.len(), 3);
    assert!(
        issued
            .iter()
            .all(|copy| copy.from.kind == HolderKind::Issued && copy.to == unit())
    );
    let received = open(&entry(BookKind::Den, "", ""), UNIT);
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].from.name, "UBND tỉnh");
    let numbered = open(&entry(BookKind::Den, "2", "4, Bản số 09"), UNIT);
    assert_eq!(
        numbered
            .iter()
            .map(|copy| copy.label.as_str())
            .collect::<Vec<_>>(),
        ["Bản số 04", "Bản số 09"]
    );
    let miscounted = open(&entry(BookKind::Den, "2", "4"), UNIT);
    assert_eq!(miscounted[1].label, "Bản số 02");
}

/// Double entry over all moves: what each holder has.
#[derive(Default)]
struct Balance(BTreeMap<Holder, i64>);

impl Balance {
    fn step(&mut self, from: &Holder, to: &Holder) {
        *self.0.entry(from.clone()).or_default() -= 1;
        *self.0.entry(to.clone()).or_default() += 1;
    }
}

proptest! {
    /// Whatever is tried, in whatever order, every copy has exactly one holder, the
    /// sum over all holders is zero, and a copy that is out is not given again.
    #[test]
    fn the_balance_is_always_zero(
        count in 1..6_i64,
        tries in proptest::collection::vec((1..8_i64, 0..3_usize, 0..4_usize, 0..40_i32, 0..4_i64), 0..40),
    ) {
        let opened = open(&entry(BookKind::Di, &count.to_string(), ""), UNIT);
        let mut balance = Balance::default();
        let mut held: Vec<HeldCopy> = Vec::new();
        for (id, copy) in (1..).zip(&opened) {
            balance.step(&copy.from, &copy.to);
            held.push(HeldCopy { id, label: copy.label.clone(), holder: copy.to.clone(), since: copy.on, moves: 1 });
        }
        for (id, kind, name, day, seen) in tries {
            let names = ["Phòng A", "Phòng B", "Công an tỉnh", "Tỉnh ủy"];
            let on = date("2025-05-12").plus_days(day).expect("a day");
            let moves = held.iter().find(|copy| copy.id == id).map_or(0, |copy| copy.moves);
            let draft = TransferDraft {
                on: on.to_string(),
                to_kind: ["unit", "person", "body"][kind].to_owned(),
                to_name: names[name].to_owned(),
                receiver_sign: "ký".to_owned(),
                // Some forms are stale.
                copies: vec![(id, if seen == 0 { moves - 1 } else { moves })],
                note: String::new(),
            };
            let before = held.clone();
            let done = with(Role::VanThu, |ctx| transfer(ctx, &document(Level::Mat), &held, &draft));
            match done {
                Ok(done) => for step in done.moves {
                    let copy = held.iter_mut().find(|copy| copy.id == step.copy).expect("a copy");
                    prop_assert_eq!(&copy.holder, &step.from);
                    prop_assert_ne!(&step.from, &step.to);
                    prop_assert!(step.from.kind == HolderKind::Unit || step.to.kind == HolderKind::Unit);
                    prop_assert!(step.on >= copy.since);
                    balance.step(&step.from, &step.to);
                    copy.holder = step.to;
                    copy.since = step.on;
                    copy.moves = step.move_no;
                },
                Err(_) => prop_assert_eq!(&before, &held),
            }
            prop_assert_eq!(balance.0.values().sum::<i64>(), 0);
            prop_assert_eq!(held.len(), opened.len());
            for (holder, sum) in &balance.0 {
                if holder.kind != HolderKind::Issued {
                    let having = held.iter().filter(|copy| copy.holder == *holder).count();
                    prop_assert_eq!(i64::try_from(having).ok(), Some(*sum));
                }
            }
        }
    }
}
