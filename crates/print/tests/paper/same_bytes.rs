//! The same input gives the same bytes, in every format; wrong input is refused with its code.

use crate::common::{book, contains, date, edition, page};
use law::BookKind;
use print::PrintError;
use print::report::{self, Header, SelfInspection, Signer};
use print::tasks::{TaskList, TaskRow};

fn report() -> SelfInspection {
    let outline = report::outline().unwrap();
    SelfInspection {
        header: Header {
            unit: "Sở Nội vụ".to_owned(),
            ..Header::default()
        },
        subject: outline.subject,
        period: None,
        opening: Vec::new(),
        sections: outline.sections,
        closing: Vec::new(),
        recipients: vec!["Lưu: VT.".to_owned()],
        signer: Signer {
            post: "Giám đốc".to_owned(),
            ..Signer::default()
        },
        proof: None,
        date: date("2026-11-30"),
    }
}

fn tasks() -> TaskList {
    let row = |n: u32| TaskRow {
        section: format!("III.{n}"),
        text: "Rà soát, thống kê máy tính soạn thảo tài liệu mật".to_owned(),
        lead: "Công an tỉnh".to_owned(),
        unit: "Sở Nội vụ".to_owned(),
        deadline: n.is_multiple_of(2).then(|| date("2026-05-20")),
        deadline_text: "Thường xuyên".to_owned(),
        state: "Đang làm".to_owned(),
        overdue_days: n.is_multiple_of(2).then_some(12),
        ..TaskRow::default()
    };
    TaskList {
        issuer: "Ủy ban nhân dân tỉnh Phan Sơn".to_owned(),
        number: Some("10/KH-UBND".to_owned()),
        date: Some(date("2026-01-05")),
        title: "Kế hoạch bảo vệ bí mật nhà nước năm 2026".to_owned(),
        as_of: date("2026-06-01"),
        rows: (1..=5).map(row).collect(),
    }
}

/// Date words of every entry of a zip archive must be 1 January 1980: no clock was read.
fn assert_no_clock(zip: &[u8]) {
    let headers: Vec<&[u8]> = zip
        .windows(14)
        .filter(|w| w.starts_with(b"PK\x03\x04"))
        .collect();
    assert!(!headers.is_empty());
    for header in headers {
        assert_eq!(
            &header[10..14],
            [0, 0, 0x21, 0],
            "modification time of an entry"
        );
    }
}

#[test]
fn pdf_of_a_book() {
    let edition = edition(BookKind::Den, "2026-06-01");
    let print = || {
        print::book::pdf(&book(
            edition,
            vec![page(edition, 1, 1..=12), page(edition, 2, 13..=24)],
        ))
        .unwrap()
    };
    let first = print();
    assert_eq!(first, print());
    assert!(
        contains(&first, b"D:20261231"),
        "the creation date is that of the record"
    );
}

#[test]
fn pdf_and_word_of_a_report() {
    assert_eq!(
        report::pdf(&report()).unwrap(),
        report::pdf(&report()).unwrap()
    );
    let word = report::docx(&report()).unwrap();
    assert_eq!(word, report::docx(&report()).unwrap());
    assert!(contains(&word, b"2026-11-30T00:00:00Z"));
    assert_no_clock(&word);
}

#[test]
fn excel_of_a_task_list() {
    let first = print::tasks::xlsx(&tasks()).unwrap();
    assert_eq!(first, print::tasks::xlsx(&tasks()).unwrap());
    assert_no_clock(&first);
}

#[test]
fn another_cell_gives_other_bytes() {
    let edition = edition(BookKind::Di, "2024-06-01");
    let mut changed = page(edition, 1, 1..=3);
    changed.rows[0].cells[1] = "99/KH-UBND".to_owned();
    let bytes = |page| print::book::pdf(&book(edition, vec![page])).unwrap();
    assert_ne!(bytes(page(edition, 1, 1..=3)), bytes(changed));
}

#[test]
fn wrong_input_is_refused_with_its_code() {
    let edition = edition(BookKind::Di, "2024-06-01");
    let code = |change: &dyn Fn(&mut print::book::BookPrint<'_>)| {
        let mut book = book(edition, vec![page(edition, 1, 1..=3)]);
        change(&mut book);
        print::book::pdf(&book).err().map(|e: PrintError| e.code())
    };
    assert_eq!(code(&|_| {}), None);
    assert_eq!(
        code(&|book| drop(book.pages[0].rows[1].cells.pop())),
        Some("PRINT-04")
    );
    assert_eq!(
        code(&|book| book.pages[0].footer.qr = Some("x".repeat(4_000))),
        Some("PRINT-03")
    );
    assert_eq!(
        code(&|book| book.pages[0].rows = vec![book.pages[0].rows[0].clone(); 201]),
        Some("PRINT-05")
    );
    let mut unknown = edition.clone();
    unknown.id = "1999".to_owned();
    let mut book = book(edition, vec![]);
    book.edition = &unknown;
    assert_eq!(
        print::book::pdf(&book).err().map(|e| e.code()),
        Some("PRINT-06")
    );
}
