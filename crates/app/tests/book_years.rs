//! The year of a book on both databases: closing locks it, numbering by level beside the book's
//! own series, and no number is used again.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod support;

use std::collections::BTreeMap;

use app::AppError;
use app::dossiers::Target;
use app::imports::ImportAsk;
use app::papers::BookAsk;
use domain::book::{Draft, Numbering};
use khien_testkit::Postgres;
use law::BookKind;
use support::House;

const WORKBOOK: &[u8] = include_bytes!("workbook/fixtures/so-den-2025.xlsx");

fn line(n: usize, day: &str, level: &str) -> Draft {
    Draft {
        entry_date: day.to_owned(),
        number_symbol: format!("{n:02}/KH-STM"),
        doc_date: day.to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        level: level.to_owned(),
        signer: "Trần Thử Nghiệm".to_owned(),
        issuer: "Công ty Mẫu".to_owned(),
        recipient: "Công an tỉnh Mẫu".to_owned(),
        quantity: "1".to_owned(),
        ..Draft::default()
    }
}

async fn close(house: &House, kind: &str, year: &str, last: &str) -> Result<i64, AppError> {
    let values: BTreeMap<String, String> = [
        ("on", "2026-01-05"),
        ("book", kind),
        ("year", year),
        ("last_serial", last),
        ("pages", "1"),
        ("closed_by", "Phạm Văn Bách An"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let target = Target::Open {
        kind: "year_close",
        document: None,
    };
    house
        .app
        .take_step(&house.clerk, None, target, &values)
        .await
}

fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code()
}

async fn closing(house: &House) {
    let (app, who) = (&house.app, &house.clerk);
    let den = BookKind::Den;
    for n in 1..=3 {
        let draft = line(n, "2025-12-30", "mat");
        app.register(who, None, den, &draft).await.unwrap();
    }
    assert_eq!(code(close(house, "den", "2025", "2").await), "BOOK-19");
    close(house, "den", "2025", "3").await.unwrap();
    assert_eq!(code(close(house, "den", "2025", "3").await), "BOOK-18");
    let late = line(4, "2025-12-31", "mat");
    assert_eq!(code(app.register(who, None, den, &late).await), "BOOK-17");
    let stand = app.book_year(who, den, 2025).await.unwrap();
    assert_eq!(
        (stand.last, stand.may_close),
        (3, false),
        "no number is lost"
    );
    assert_eq!(stand.closing.unwrap().last_serial, Some(3));
    let ask = ImportAsk {
        kind: den,
        year: Some(2025),
        file_name: "so.xlsx".to_owned(),
        sheet: None,
        dry_run: false,
    };
    let report = app.import_book(who, &ask, WORKBOOK.to_vec()).await.unwrap();
    assert_eq!((report.taken, report.serials), (0, None));
    let locked = |row: &&domain::book::SkippedRow| row.refusal.code == "BOOK-17";
    assert!(report.skipped.iter().filter(locked).count() > 3);

    let second = house.serial(den, 2025, 2).await;
    assert_eq!(
        code(app.void(who, None, second.id, "ghi nhầm sổ").await),
        "BOOK-17"
    );
    let mut better = line(2, "2025-12-30", "mat");
    let same = app
        .correct(who, None, second.id, &better, "sai cơ quan")
        .await;
    assert_eq!(code(same), "BOOK-17");
    "2026-02-20".clone_into(&mut better.entry_date);
    better.doc_date.clear();
    let done = app
        .correct(who, None, second.id, &better, "sai cơ quan")
        .await
        .unwrap();
    assert_eq!((done.year, done.serial), (2026, 1));
    let old = house.serial(den, 2025, 2).await;
    assert_eq!(
        (old.corrected_by_serial, old.corrected_by_year),
        (Some(1), Some(2026))
    );
    let document = app
        .document_page(who, old.document_id.unwrap())
        .await
        .unwrap();
    assert_eq!(
        document.document.determined_on.as_deref(),
        Some("2025-12-30"),
        "a late correction does not move the start of the term"
    );
    let ask = BookAsk {
        kind: den,
        year: 2025,
        edition: String::new(),
        from: 1,
        to: 1,
        cover: false,
    };
    app.book_pdf(who, &ask).await.unwrap();
    let books = app.verify_books().await.unwrap();
    assert!(books.mismatch.is_none(), "{books:?}");
}

async fn by_level(house: &House) {
    let (app, who) = (&house.app, &house.clerk);
    let di = BookKind::Di;
    let choose = |year| app.choose_numbering(who, None, di, year, Numbering::ByLevel);
    choose(2026).await.unwrap();
    let levels = ["mat", "toi_mat", "mat", "tuyet_mat", "mat"];
    for (n, level) in levels.into_iter().enumerate() {
        let draft = line(n, "2026-02-20", level);
        app.register(who, None, di, &draft).await.unwrap();
    }
    let again = line(1, "2026-02-20", "toi_mat");
    assert_eq!(code(app.register(who, None, di, &again).await), "BOOK-07");
    assert_eq!(code(choose(2026).await), "BOOK-20");
    let mut given = Vec::new();
    for serial in 1..=5 {
        given.push(house.serial(di, 2026, serial).await.level_serial.unwrap());
    }
    assert_eq!(given, [1, 1, 2, 1, 3]);
    // A correction takes the next number of its own level; the old one stays taken.
    let fifth = house.serial(di, 2026, 5).await;
    let better = line(5, "2026-02-20", "toi_mat");
    app.correct(who, None, fifth.id, &better, "sai độ mật")
        .await
        .unwrap();
    let sixth = house.serial(di, 2026, 6).await;
    assert_eq!(sixth.level_serial, Some(2));
    assert_eq!(
        app::papers::cells(&sixth, edition(app))[0],
        "06\nTối mật 02"
    );
    // The next year goes on so, until it is chosen otherwise.
    let next = app.book_year(who, di, 2027).await.unwrap();
    assert_eq!(next.stand.numbering, Numbering::ByLevel);
    let books = app.verify_books().await.unwrap();
    assert!(books.mismatch.is_none(), "{books:?}");
}

fn edition(app: &app::App) -> &'static law::BookEdition {
    let day = law::LegalDate::parse("2026-02-20").unwrap();
    app.law.book_edition(BookKind::Di, day).unwrap()
}

/// Eight clerks write while a ninth closes: what the closing says is the book.
async fn at_once(house: &House) {
    let (app, who) = (&house.app, &house.clerk);
    let kind = BookKind::Di;
    app.register(who, None, kind, &line(90, "2025-03-01", "mat"))
        .await
        .unwrap();
    let write = |n: usize| async move {
        let draft = line(n, "2025-03-01", "mat");
        app.register(who, None, kind, &draft).await.is_ok()
    };
    let writers =
        async { tokio::join!(write(1), write(2), write(3), write(4), write(5), write(6)) };
    let closers = async {
        for last in 1..=7 {
            let closed = close(house, "di", "2025", &last.to_string()).await;
            if closed.is_ok() {
                return;
            }
        }
        let last = app.book_year(who, kind, 2025).await.unwrap().last;
        close(house, "di", "2025", &last.to_string()).await.unwrap();
    };
    tokio::join!(writers, closers);
    let stand = app.book_year(who, kind, 2025).await.unwrap();
    assert_eq!(stand.closing.unwrap().last_serial, Some(stand.last));
    let late = line(99, "2025-03-01", "mat");
    assert_eq!(code(app.register(who, None, kind, &late).await), "BOOK-17");
}

async fn story(db: store::Db) {
    let house = House::over(db).await;
    closing(&house).await;
    by_level(&house).await;
    at_once(&house).await;
    house.app.db.close().await;
}

#[tokio::test]
async fn a_books_year_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("khien.db");
    story(store::Db::open_sqlite(&file, &[7; 32]).await.unwrap()).await;
}

#[tokio::test]
async fn a_books_year_on_postgres() {
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    story(store::Db::open_postgres(&url).await.unwrap()).await;
}
