//! Papers end to end on SQLite: what is printed can be checked by a stranger with
//! the public key, and what was changed is named.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod support;

use app::evidence::Wrong;
use app::paper_check::{Outcome, check_code, check_paper};
use app::papers::BookAsk;
use app::reports::{Format, Window};
use app::{AppError, Who};
use domain::book::Draft;
use law::{BookKind, LegalDate};
use support::House;

fn date(text: &str) -> LegalDate {
    LegalDate::parse(text).unwrap()
}

fn draft(n: i64, day: &str, level: &str) -> Draft {
    let secret = level == "tuyet_mat";
    Draft {
        entry_date: day.to_owned(),
        number_symbol: format!("{n:02}/KH-STM"),
        doc_date: day.to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        subject: if secret {
            String::new()
        } else {
            format!("Rà soát thiết bị đợt {n}, kèm phụ lục")
        },
        level: level.to_owned(),
        signer: "Trần Thử Nghiệm".to_owned(),
        recipient: "Văn phòng Tỉnh Mẫu; Công an tỉnh Mẫu".to_owned(),
        holder: "Văn thư".to_owned(),
        quantity: "3".to_owned(),
        ..Draft::default()
    }
}

/// A book of 2026 that crosses 1/3/2026: 14 lines before, 6 after, one voided,
/// one corrected.
async fn kept_book(house: &House) {
    let who = &house.clerk;
    house.clock.set("2026-02-20T03:00:00Z");
    for n in 1..=14 {
        let level = if n % 5 == 0 { "toi_mat" } else { "mat" };
        let line = draft(n, "2026-02-20", level);
        house
            .app
            .register(who, None, BookKind::Di, &line)
            .await
            .unwrap();
    }
    house.clock.set("2026-03-05T03:00:00Z");
    for n in 15..=19 {
        let level = if n == 17 { "tuyet_mat" } else { "mat" };
        let line = draft(n, "2026-03-05", level);
        house
            .app
            .register(who, None, BookKind::Di, &line)
            .await
            .unwrap();
    }
    let third = house.serial(BookKind::Di, 2026, 3).await;
    house
        .app
        .void(who, None, third.id, "ghi nhầm sổ")
        .await
        .unwrap();
    let fifth = house.serial(BookKind::Di, 2026, 5).await;
    let mut better = draft(5, "2026-02-20", "toi_mat");
    better.signer = "Lê Thử Việc".to_owned();
    house
        .app
        .correct(who, None, fifth.id, &better, "sai người ký")
        .await
        .unwrap();
}

fn ask(edition: &str, from: i64, to: i64) -> BookAsk {
    BookAsk {
        kind: BookKind::Di,
        year: 2026,
        edition: edition.to_owned(),
        from,
        to,
        cover: true,
    }
}

async fn printed(house: &House, ask: &BookAsk) -> (Vec<String>, Vec<String>) {
    let book = house.app.book_pdf(&house.clerk, ask).await.unwrap();
    if let Ok(folder) = std::env::var("KHIEN_KEEP_PAPERS") {
        std::fs::write(
            format!("{folder}/{}", book.paper.file_name),
            &book.paper.bytes,
        )
        .unwrap();
    }
    let sheets = vanban::formats::pdf::pages(&book.paper.bytes).unwrap();
    (sheets, book.pages.into_iter().map(|page| page.qr).collect())
}

#[tokio::test]
async fn printed_pages_hold_and_a_changed_cell_is_named() {
    let house = House::open().await;
    kept_book(&house).await;
    let key = house.app.public_key().unwrap();
    let (sheets, codes) = printed(&house, &ask("2020", 1, 2)).await;
    let found = check_paper(&sheets, &codes, &key);
    let pages: Vec<_> = found
        .iter()
        .map(|page| (page.page, page.outcome.clone()))
        .collect();
    assert_eq!(
        pages,
        [(Some(1), Outcome::Holds), (Some(2), Outcome::Holds)]
    );

    let forged: Vec<String> = sheets
        .iter()
        .map(|sheet| sheet.replacen("đợt 7", "đợt 9", 1))
        .collect();
    assert_ne!(forged, sheets);
    let found = check_paper(&forged, &codes, &key);
    let bad: Vec<_> = found.iter().filter(|page| !page.outcome.good()).collect();
    assert_eq!(bad.len(), 1);
    assert_eq!(
        (bad[0].page, bad[0].outcome.clone()),
        (Some(1), Outcome::Differs)
    );
    let compared = house
        .app
        .compare_page(bad[0].proven.as_ref().unwrap(), &bad[0].rows)
        .await
        .unwrap();
    assert!(compared.book_holds);
    let cells: Vec<_> = compared
        .differences
        .iter()
        .map(|cell| (cell.serial, cell.column.as_str()))
        .collect();
    assert_eq!(cells, [(Some(7), "Tên loại và trích yếu")]);
}

#[tokio::test]
async fn lines_closed_after_the_printing_do_not_accuse_the_paper() {
    let house = House::open().await;
    kept_book(&house).await;
    let key = house.app.public_key().unwrap();
    let (sheets, codes) = printed(&house, &ask("2020", 1, 1)).await;
    let ninth = house.serial(BookKind::Di, 2026, 9).await;
    house
        .app
        .void(&house.clerk, None, ninth.id, "văn bản thu hồi")
        .await
        .unwrap();
    let found = check_paper(&sheets, &codes, &key);
    let page = &found[0];
    assert_eq!(page.outcome, Outcome::Holds);
    let compared = house
        .app
        .compare_page(page.proven.as_ref().unwrap(), &page.rows)
        .await
        .unwrap();
    assert!(
        compared.book_holds && compared.differences.is_empty(),
        "{compared:?}"
    );
}

#[tokio::test]
async fn a_book_across_two_editions_is_printed_in_parts() {
    let house = House::open().await;
    kept_book(&house).await;
    let choice = house
        .app
        .print_choice(&house.clerk, BookKind::Di, 2026, (Some(1), Some(2)))
        .await
        .unwrap();
    let parts: Vec<_> = choice
        .parts
        .iter()
        .map(|part| (part.edition.as_str(), part.from, part.to, part.lines))
        .collect();
    // The correction of a February line stands among the lines of March, in the February form.
    assert_eq!(parts, [("2020", 1, 2, 15), ("2026", 2, 2, 5)]);
    let refused = house
        .app
        .book_pdf(&house.clerk, &ask("", 1, 2))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "PRINT-EDITION");
    let refused = house
        .app
        .book_pdf(&house.clerk, &ask("", 9, 9))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "PRINT-RANGE");
    let (sheets, codes) = printed(&house, &ask("2026", 2, 2)).await;
    let found = check_paper(&sheets, &codes, &house.app.public_key().unwrap());
    assert!(
        found.iter().all(|page| page.outcome == Outcome::Holds),
        "{found:?}"
    );
    // Tuyệt mật shows its kind and nothing of its subject.
    let secret = found[0]
        .rows
        .iter()
        .find(|row| row.iter().any(|cell| cell == "Tuyệtmật"))
        .unwrap();
    assert!(secret.iter().any(|cell| cell == "Kếhoạch"), "{secret:?}");
}

#[tokio::test]
async fn closed_lines_say_what_became_of_them() {
    let house = House::open().await;
    kept_book(&house).await;
    let (sheets, codes) = printed(&house, &ask("2020", 1, 2)).await;
    let found = check_paper(&sheets, &codes, &house.app.public_key().unwrap());
    let note = |page: usize, row: usize| {
        let row: &Vec<String> = &found[page].rows[row];
        row.iter()
            .find(|cell| cell.contains("Hủy") || cell.contains("Đínhchính"))
            .cloned()
    };
    assert_eq!(note(0, 2).as_deref(), Some("Hủy:ghinhầmsổ"));
    assert_eq!(note(0, 4).as_deref(), Some("Đínhchínhtạimụcsố20"));
    assert_eq!(note(1, 2).as_deref(), Some("Đínhchínhmụcsố05:saingườiký"));
    assert_eq!(
        found[0].rows[2].last().map(String::as_str),
        Some(print::book::STRUCK_CELL)
    );
}

#[tokio::test]
async fn a_changed_code_and_a_foreign_code_are_refused() {
    let house = House::open().await;
    kept_book(&house).await;
    let key = house.app.public_key().unwrap();
    let (sheets, codes) = printed(&house, &ask("2020", 1, 2)).await;
    let mut letters: Vec<char> = codes[0].chars().collect();
    let middle = letters.len() / 2;
    letters[middle] = if letters[middle] == '7' { '8' } else { '7' };
    let mutated: String = letters.into_iter().collect();
    assert!(check_code(&mutated, &key).is_err());
    let found = check_paper(&sheets, &[mutated, codes[1].clone()], &key);
    assert!(
        found
            .iter()
            .any(|page| matches!(page.outcome, Outcome::Refused { .. }))
    );
    assert!(
        found
            .iter()
            .any(|page| page.page == Some(1) && page.outcome == Outcome::NoProof)
    );

    let stranger = ledger::note::SignerKey::from_seed("khien/thu", &[9; 32]).unwrap();
    let refused = check_code(&codes[0], stranger.verifier()).unwrap_err();
    assert_eq!(refused.code(), "LEDGER-UNSIGNED");
    // A scan has no text: the proof holds, the cells are for the eye.
    let scanned = check_paper(&[], &codes, &key);
    assert!(scanned.iter().all(|page| page.outcome == Outcome::ByEye));
    assert_eq!(scanned[0].proven.as_ref().unwrap().field("first"), "01");
}

#[tokio::test]
async fn a_line_changed_behind_the_program_is_found() {
    let cases = [
        (
            "UPDATE entry SET signer = 'Người Khác' WHERE serial = 2",
            2,
            Wrong::Changed,
        ),
        (
            "UPDATE entry SET quantity = 4 WHERE serial = 19",
            19,
            Wrong::Changed,
        ),
        (
            "UPDATE entry SET state = 'active' WHERE serial = 3",
            3,
            Wrong::Reopened,
        ),
        (
            "UPDATE entry SET reason = 'khác' WHERE serial = 3",
            3,
            Wrong::Closed,
        ),
        (
            "UPDATE entry SET state = 'voided', reason = 'x' WHERE serial = 8",
            8,
            Wrong::Closed,
        ),
        ("DELETE FROM entry WHERE serial = 11", 11, Wrong::Gone),
        (
            "DELETE FROM ledger_event WHERE object = 'entry:6'",
            6,
            Wrong::Unrecorded,
        ),
    ];
    for (sql, serial, what) in cases {
        let house = House::open().await;
        kept_book(&house).await;
        let whole = house.app.verify_books().await.unwrap();
        assert_eq!((whole.lines, whole.mismatch), (20, None));
        house.run(sql).await;
        let found = house.app.verify_books().await.unwrap().mismatch.expect(sql);
        assert_eq!((found.serial, found.what), (serial, what), "{sql}");
    }
}

#[tokio::test]
async fn a_rewritten_log_gets_no_signature() {
    let house = House::open().await;
    kept_book(&house).await;
    let signed = house.app.checkpoint().await.unwrap();
    assert_eq!(house.app.checkpoint().await.unwrap(), signed);
    let proof = house.app.prove(4).await.unwrap();
    ledger::proof::verify_inclusion(
        &ledger::digest::leaf_hash(&proof.leaf),
        proof.index,
        proof.signed.checkpoint.size,
        &proof.inclusion,
        &proof.signed.checkpoint.root,
    )
    .unwrap();
    assert!(matches!(
        house.app.prove(10_000).await,
        Err(AppError::Absent)
    ));
    house
        .app
        .void(
            &house.clerk,
            None,
            house.serial(BookKind::Di, 2026, 1).await.id,
            "thử",
        )
        .await
        .unwrap();
    let agreed = house.app.agreements(&house.clerk).await.unwrap();
    assert!(agreed.iter().all(|state| state.problem.is_none()) && !agreed.is_empty());
    house
        .run("UPDATE ledger_event SET leaf = zeroblob(32) WHERE seq = 0")
        .await;
    let refused = house.app.checkpoint().await.unwrap_err();
    assert_eq!(refused.code(), "STORE-LEDGER");
    let agreed = house.app.agreements(&house.clerk).await.unwrap();
    assert!(
        agreed.iter().all(|state| state.problem.is_some()),
        "{agreed:?}"
    );
}

#[tokio::test]
async fn codes_are_read_off_the_drawn_page() {
    let house = House::open().await;
    kept_book(&house).await;
    let book = house
        .app
        .book_pdf(&house.clerk, &ask("2026", 2, 2))
        .await
        .unwrap();
    let codes = app::qr_reader::from_pdf(book.paper.bytes).unwrap();
    assert_eq!(codes, [book.pages[0].qr.clone()]);
    assert_eq!(
        app::qr_reader::from_pdf(b"%PDF-1.7 broken".to_vec())
            .unwrap_err()
            .code(),
        "QR-PDF"
    );
    assert_eq!(
        app::qr_reader::from_picture(b"no picture")
            .unwrap_err()
            .code(),
        "QR-PICTURE"
    );
}

async fn report(format: Format) -> (Vec<u8>, String) {
    let house = House::open().await;
    kept_book(&house).await;
    let window = Window {
        from: date("2025-12-15"),
        to: date("2026-12-14"),
    };
    let paper = house
        .app
        .self_inspection(&house.head, window, format)
        .await
        .unwrap();
    if let Ok(folder) = std::env::var("KHIEN_KEEP_PAPERS") {
        std::fs::write(format!("{folder}/{}", paper.file_name), &paper.bytes).unwrap();
    }
    (paper.bytes, paper.file_name)
}

#[tokio::test]
async fn the_same_story_gives_the_same_report() {
    for format in [Format::Pdf, Format::Docx] {
        let (one, name) = report(format).await;
        let (two, _) = report(format).await;
        assert!(!one.is_empty() && one == two, "{name}");
    }
}

#[tokio::test]
async fn the_report_counts_what_the_books_say() {
    let house = House::open().await;
    kept_book(&house).await;
    let window = Window {
        from: date("2025-12-15"),
        to: date("2026-12-14"),
    };
    let figures = house.app.report_figures(&house.head, window).await.unwrap();
    let issued = &figures.books[0];
    // 20 lines, of which one voided and one corrected.
    assert_eq!(
        (
            issued.keeping.lines,
            issued.keeping.voided,
            issued.keeping.corrected
        ),
        (20, 1, 1)
    );
    let year = &issued.years[0];
    assert_eq!(
        (year.year, year.levels, year.lines, year.copies),
        (2026, [1, 2, 15], 18, 54)
    );
    assert_eq!(issued.editions, ["2020", "2026"]);
    let paper = house
        .app
        .self_inspection(&house.head, window, Format::Pdf)
        .await
        .unwrap();
    let text = vanban::formats::pdf::pages(&paper.bytes).unwrap().join(" ");
    assert!(text.contains("BÁO CÁO"), "{text}");

    let refused = house
        .app
        .report_figures(
            &house.head,
            Window {
                from: window.to,
                to: window.from,
            },
        )
        .await;
    assert_eq!(refused.unwrap_err().code(), "REPORT-WINDOW");
    let stranger: Who = house.clerk.clone();
    let refused = house
        .app
        .report_figures(&stranger, window)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "ACCESS-01");
}

#[tokio::test]
async fn the_window_of_a_report_is_known_or_honestly_not() {
    let house = House::open().await;
    let known = house.app.report_windows(&house.head, 2025).unwrap();
    assert_eq!(
        known[0].window,
        Some(Window {
            from: date("2024-12-15"),
            to: date("2025-12-14")
        })
    );
    let unknown = house.app.report_windows(&house.head, 2026).unwrap();
    assert_eq!(unknown[0].window, None);
    assert!(
        unknown[0]
            .notes
            .iter()
            .any(|note| note.contains("Thiếu văn bản")),
        "{:?}",
        unknown[0].notes
    );
    let own = unknown
        .iter()
        .find(|rule| rule.province.as_deref() == Some("tinh_mau"))
        .unwrap();
    assert_eq!(
        own.window,
        Some(Window {
            from: date("2025-11-16"),
            to: date("2026-11-15")
        })
    );
}
