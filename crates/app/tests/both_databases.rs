//! One story on SQLite and on PostgreSQL: every paper, every event and every list
//! comes out the same, to the byte.
//!
//! Clock and chance are the same on both; the server's own collation is Vietnamese,
//! and refused acts lie between the others, because a refusal that draws a number
//! would be seen on one database only.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod support;

use std::collections::BTreeMap;

use app::Who;
use app::accounts::{AccountDraft, Login, PasswordCost, UnitDraft};
use app::imports::ImportAsk;
use app::papers::BookAsk;
use app::plans::{Chosen, Filter, Owed, Ticked};
use app::reports::{Format, Window};
use app::rows::{ListQuery, Sort};
use domain::book::Draft;
use domain::custody::{PermitDraft, TransferDraft};
use domain::task::{Command, ReportDraft};
use khien_testkit::Postgres;
use law::{BookKind, LegalDate};
use support::House;

/// Code, name, kind, login of the officer; the first one steers. Names that a
/// Vietnamese collation orders otherwise than code points do.
const UNITS: [(&str, &str, &str, &str); 5] = [
    (
        "PA03",
        "Phòng An ninh chính trị nội bộ",
        "cong_an",
        "canbo.pa03",
    ),
    ("DPT", "Đài Phát thanh Tỉnh Mẫu", "so", "canbo.dpt"),
    ("BDV", "Ban Dân vận Tỉnh ủy Mẫu", "dang", "Canbo.BDV"),
    ("XDD", "Ủy ban nhân dân xã Đồng Đình", "xa", "canbo_xdd"),
    ("XDM", "Ủy ban nhân dân xã Dốc Mơ", "xa", "canbo-xdm"),
];
const PASSWORD: &str = "một câu dài của bài thử";
const WORKBOOK: &[u8] = include_bytes!("workbook/fixtures/so-den-2025.xlsx");

fn line(n: usize, day: &str, level: &str) -> Draft {
    let subject = if level == "tuyet_mat" {
        String::new()
    } else {
        format!("Rà soát thiết bị đợt {n}, kèm phụ lục ĐẶC BIỆT")
    };
    Draft {
        entry_date: day.to_owned(),
        number_symbol: format!("{n:02}/KH-STM"),
        doc_date: day.to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        subject,
        level: level.to_owned(),
        signer: "Trần Thử Nghiệm".to_owned(),
        issuer: if n.is_multiple_of(2) {
            "Đoàn Mẫu"
        } else {
            "Công ty Mẫu"
        }
        .to_owned(),
        recipient: "Văn phòng Tỉnh Mẫu; Công an tỉnh Mẫu".to_owned(),
        holder: "Văn thư".to_owned(),
        quantity: "3".to_owned(),
        ..Draft::default()
    }
}

async fn accounts(house: &House) {
    for (n, (code, name, kind, login)) in UNITS.iter().enumerate() {
        let unit = UnitDraft {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            parent_name: "Ủy ban nhân dân Tỉnh Mẫu".to_owned(),
            place: "Phan Sơn".to_owned(),
            supervises: n == 0,
        };
        let unit_id = house.app.add_unit(&house.admin, &unit).await.unwrap();
        let officer = AccountDraft {
            unit_id,
            login: (*login).to_owned(),
            display_name: format!("Cán bộ {code}"),
            role: "can_bo".to_owned(),
            post: String::new(),
            password: PASSWORD.to_owned(),
        };
        house.app.add_account(&house.admin, &officer).await.unwrap();
        let twice = house.app.add_account(&house.admin, &officer).await;
        assert_eq!(twice.unwrap_err().code(), "STORE-DUPLICATE");
    }
    let own = AccountDraft {
        unit_id: house.clerk.actor.unit,
        login: "canbo.stm".to_owned(),
        display_name: "Cán bộ STM".to_owned(),
        role: "can_bo".to_owned(),
        post: String::new(),
        password: PASSWORD.to_owned(),
    };
    house.app.add_account(&house.admin, &own).await.unwrap();
    let form = Login {
        login: "canbo.dpt".to_owned(),
        password: PASSWORD.to_owned(),
        ..Login::default()
    };
    let signed_in = house.app.sign_in(&form).await.unwrap();
    assert!(signed_in.must_change);
}

/// Two books over two editions, with a correction, a void and refusals between.
async fn books(house: &House) {
    let (app, who) = (&house.app, &house.clerk);
    for (day, from) in [("2026-02-20", 1), ("2026-03-05", 15)] {
        house.clock.set(&format!("{day}T03:00:00Z"));
        for n in from..from + 14 {
            let level = ["mat", "toi_mat", "mat", "tuyet_mat"][n % 4];
            for kind in [BookKind::Di, BookKind::Den] {
                app.register(who, None, kind, &line(n, day, level))
                    .await
                    .unwrap();
            }
            let twice = app
                .register(who, None, BookKind::Di, &line(n, day, level))
                .await;
            assert_eq!(twice.unwrap_err().code(), "BOOK-07");
        }
    }
    let third = house.serial(BookKind::Di, 2026, 3).await;
    app.void(who, None, third.id, "ghi nhầm sổ").await.unwrap();
    let again = app.void(who, None, third.id, "ghi nhầm sổ").await;
    assert_eq!(again.unwrap_err().code(), "BOOK-13");
    let fifth = house.serial(BookKind::Den, 2026, 5).await;
    let better = Draft {
        signer: "Lê Thử Việc".to_owned(),
        ..line(5, "2026-02-20", "toi_mat")
    };
    app.correct(who, None, fifth.id, &better, "sai người ký")
        .await
        .unwrap();
    let ask = ImportAsk {
        kind: BookKind::Den,
        year: Some(2025),
        file_name: "so-den-2025.xlsx".to_owned(),
        sheet: None,
        dry_run: false,
    };
    let taken = app.import_book(who, &ask, WORKBOOK.to_vec()).await.unwrap();
    assert_eq!(taken.taken, 5);
}

/// Copies handed over, copies made by a post that may, refused to one that may not.
async fn custody(house: &House) {
    let (app, who) = (&house.app, &house.clerk);
    for serial in [1, 2, 16] {
        let document = house
            .serial(BookKind::Di, 2026, serial)
            .await
            .document_id
            .unwrap();
        let page = app.document_page(who, document).await.unwrap();
        let draft = TransferDraft {
            on: "2026-03-05".to_owned(),
            to_kind: "person".to_owned(),
            to_name: "Đỗ Thử Việc (Phòng Một)".to_owned(),
            receiver_sign: "Đỗ Thử Việc".to_owned(),
            copies: vec![(page.copies[0].id, page.copies[0].moves)],
            note: String::new(),
        };
        app.transfer(who, None, document, &draft).await.unwrap();
        let stale = app.transfer(who, None, document, &draft).await;
        assert_eq!(stale.unwrap_err().code(), "CUST-02");
    }
    let document = house
        .serial(BookKind::Di, 2026, 5)
        .await
        .document_id
        .unwrap();
    let permit = |post: &str| PermitDraft {
        decided_on: "2026-02-20".to_owned(),
        decider_name: "Nguyễn Thử Quyền".to_owned(),
        decider_post: post.to_owned(),
        form: "sao_y".to_owned(),
        copies: "2".to_owned(),
        recipients: "Phòng chuyên môn".to_owned(),
        performed_by: "Văn thư".to_owned(),
        note: String::new(),
    };
    let refused = app
        .permit_copying(who, None, document, &permit("truong_phong_so"))
        .await;
    assert_eq!(refused.unwrap_err().code(), "COPY-01");
    app.permit_copying(who, None, document, &permit("giam_doc_so"))
        .await
        .unwrap();
}

/// A directive becomes tasks; some are given out, reported, accepted, returned. The
/// answer is the plan.
async fn plan(house: &House, steerer: &Who) -> i64 {
    let app = &house.app;
    let officer = app.acting("canbo.stm").await.unwrap();
    let seed = format!(
        "{}/../vanban/tests/seeds/s0.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    let read = app
        .read_in(steerer, "s0.txt", std::fs::read(seed).unwrap())
        .await
        .unwrap();
    let found = app
        .plan_tasks(steerer, read.plan, Filter::default())
        .await
        .unwrap();
    let own = house.clerk.actor.unit;
    let others: Vec<i64> = found
        .units
        .iter()
        .filter(|unit| unit.id != own)
        .map(|unit| unit.id)
        .collect();
    for (n, task) in found.tasks.iter().enumerate() {
        let ticked = Ticked {
            id: task.row.id,
            version: task.row.version,
        };
        let command = match n % 3 {
            0 => Command::Assign {
                units: vec![own, others[n % others.len()]],
                due_on: "2026-03-01".to_owned(),
            },
            1 => Command::Assign {
                units: vec![own],
                due_on: "2026-04-30".to_owned(),
            },
            _ => Command::Drop {
                reason: "ngoài phạm vi".to_owned(),
            },
        };
        // The first task would get a twin; the second one refuses the whole act.
        let unknown = Chosen {
            task: Ticked {
                version: ticked.version + 1,
                ..ticked
            },
            command: command.clone(),
        };
        let chosen = Chosen {
            task: ticked,
            command,
        };
        let refused = app
            .plan_act(steerer, None, read.plan, vec![chosen.clone(), unknown])
            .await;
        assert_eq!(refused.unwrap_err().code(), "STALE");
        if let Some(next) = found.tasks.get(n + 1) {
            let wrong = Chosen {
                task: Ticked {
                    id: next.row.id,
                    version: next.row.version,
                },
                command: Command::Assign {
                    units: vec![own, 999],
                    due_on: String::new(),
                },
            };
            let refused = app
                .plan_act(steerer, None, read.plan, vec![chosen.clone(), wrong])
                .await;
            assert_eq!(refused.unwrap_err().code(), "TASK-03");
        }
        app.plan_act(steerer, None, read.plan, vec![chosen])
            .await
            .unwrap();
    }
    let found = app
        .plan_tasks(steerer, read.plan, Filter::default())
        .await
        .unwrap();
    let given = found
        .tasks
        .iter()
        .filter(|task| task.row.unit_id == Some(own));
    for (n, task) in given.enumerate().filter(|(n, _)| n.is_multiple_of(2)) {
        let mut ticked = Ticked {
            id: task.row.id,
            version: task.row.version,
        };
        let result = ReportDraft {
            result: "đã phổ biến".to_owned(),
            number: format!("{n:02}/BC-STM"),
            date: "2026-03-05".to_owned(),
        };
        app.task_act(&officer, None, ticked, Command::Report(result))
            .await
            .unwrap();
        ticked.version += 1;
        let answer = if n.is_multiple_of(4) {
            Command::Accept {
                note: String::new(),
            }
        } else {
            Command::Return {
                reason: "thiếu phụ lục".to_owned(),
            }
        };
        app.task_act(steerer, None, ticked, answer).await.unwrap();
    }
    read.plan
}

/// Everything that leaves the program after the story, by name.
async fn outputs(house: &House, steerer: &Who, plan: i64) -> BTreeMap<String, Vec<u8>> {
    let app = &house.app;
    let mut found = BTreeMap::new();
    for (kind, year, edition) in [
        (BookKind::Di, 2026, "2020"),
        (BookKind::Di, 2026, "2026"),
        (BookKind::Den, 2026, "2020"),
        (BookKind::Den, 2026, "2026"),
        (BookKind::Den, 2025, "2020"),
        (BookKind::ChuyenGiao, 2026, "2026"),
        (BookKind::SaoChup, 2026, ""),
    ] {
        let to = app
            .print_choice(&house.clerk, kind, year, (None, None))
            .await
            .unwrap()
            .last_page;
        let ask = BookAsk {
            kind,
            year,
            edition: edition.to_owned(),
            from: 1,
            to,
            cover: true,
        };
        let book = app.book_pdf(&house.clerk, &ask).await.unwrap();
        found.insert(book.paper.file_name, book.paper.bytes);
    }
    let day = |text: &str| LegalDate::parse(text).unwrap();
    let window = Window {
        from: day("2025-12-15"),
        to: day("2026-12-14"),
    };
    for format in [Format::Pdf, Format::Docx] {
        let paper = app
            .self_inspection(&house.head, window, format)
            .await
            .unwrap();
        found.insert(paper.file_name, paper.bytes);
    }
    let list = app
        .tasks_xlsx(steerer, plan, Filter::default())
        .await
        .unwrap();
    found.insert(list.file_name, list.bytes);
    for (event, leaf) in app.db.events_from(0, 10_000).await.unwrap() {
        let bytes = [event.bytes.as_slice(), leaf.as_slice()].concat();
        found.insert(
            format!("event {:05} {} {}", event.seq, event.kind, event.object),
            bytes,
        );
    }
    found.insert(
        "checkpoint".to_owned(),
        app.checkpoint().await.unwrap().note.into_bytes(),
    );
    found.extend(screens(house, steerer, plan).await);
    found
}

/// What the screens show, as the use cases answer it.
async fn screens(house: &House, steerer: &Who, plan: i64) -> BTreeMap<String, Vec<u8>> {
    let app = &house.app;
    let mut found = BTreeMap::new();
    let mut keep = |name: String, what: String| found.insert(name, what.into_bytes());
    for sort in [Sort::Serial, Sort::Number, Sort::DocDate] {
        for (words, ascending) in [
            (vec![], true),
            (vec!["dac".to_owned(), "bi".to_owned()], false),
        ] {
            let query = ListQuery {
                kind: BookKind::Den.code().to_owned(),
                year: 2026,
                words,
                sort,
                ascending,
                page: 1,
                ..ListQuery::default()
            };
            let page = app.book_page(&house.clerk, &query).await.unwrap();
            keep(format!("list {sort:?} {ascending}"), format!("{page:?}"));
        }
    }
    for who in [&house.clerk, &house.head, steerer] {
        keep(
            format!("home {}", who.login),
            format!("{:?}", app.home(who).await.unwrap()),
        );
    }
    keep(
        "units".to_owned(),
        format!("{:?}", app.units().await.unwrap()),
    );
    let own = app
        .own_tasks(&app.acting("canbo.stm").await.unwrap(), Owed::Open, 1)
        .await
        .unwrap();
    keep("own tasks".to_owned(), format!("{own:?}"));
    keep(
        "late".to_owned(),
        format!("{:?}", app.late_tasks(steerer, 1).await.unwrap()),
    );
    keep(
        "reported".to_owned(),
        format!("{:?}", app.reported_tasks(steerer, 1).await.unwrap()),
    );
    let figures = app.unit_figures(steerer, Some(plan)).await.unwrap();
    keep("figures".to_owned(), format!("{figures:?}"));
    let document = house
        .serial(BookKind::Di, 2026, 5)
        .await
        .document_id
        .unwrap();
    let page = app.document_page(&house.clerk, document).await.unwrap();
    keep("document".to_owned(), format!("{page:?}"));
    let books = app.verify_books().await.unwrap();
    assert_eq!(books.mismatch, None);
    keep("books".to_owned(), format!("{books:?}"));
    found
}

async fn story(db: store::Db) -> BTreeMap<String, Vec<u8>> {
    let mut house = House::over(db).await;
    house.app.passwords = PasswordCost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
    accounts(&house).await;
    books(&house).await;
    custody(&house).await;
    let steerer = house.app.acting("canbo.pa03").await.unwrap();
    let plan = plan(&house, &steerer).await;
    let found = outputs(&house, &steerer, plan).await;
    house.app.db.close().await;
    found
}

#[tokio::test]
async fn both_databases_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("khien.db");
    let sqlite = story(store::Db::open_sqlite(&file, &[7; 32]).await.unwrap()).await;
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    let postgres = story(store::Db::open_postgres(&url).await.unwrap()).await;
    assert!(sqlite.len() > 100, "{}", sqlite.len());
    let names: Vec<_> = sqlite.keys().collect();
    assert_eq!(names, postgres.keys().collect::<Vec<_>>());
    for (name, bytes) in &sqlite {
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .chars()
                .take(2_000)
                .collect::<String>()
        };
        assert!(
            bytes == &postgres[name],
            "{name}\nSQLite:     {}\nPostgreSQL: {}",
            text(bytes),
            text(&postgres[name])
        );
    }
}

/// A double click, or a browser that asks again while the first answer is under way.
async fn sent_twice_at_once(db: store::Db) {
    let house = House::over(db).await;
    let (app, who) = (&house.app, &house.clerk);
    for n in 1..=8 {
        let id = format!("request-of-the-form-{n:04}");
        let form = line(n, "2026-02-20", "mat");
        let send = || app.register(who, Some(&id), BookKind::Di, &form);
        let (one, two) = tokio::join!(send(), send());
        assert_eq!(one.unwrap(), two.unwrap(), "form {n}");
    }
    let last = app
        .db
        .last_serial(who.actor.unit, BookKind::Di.code(), 2026)
        .await
        .unwrap();
    assert_eq!(last, 8);
    // The same mark from another account is not that account's form.
    let form = line(9, "2026-02-20", "mat");
    let other = Who {
        actor: domain::Actor {
            account: house.head.actor.account,
            ..who.actor.clone()
        },
        ..who.clone()
    };
    let refused = app
        .register(
            &other,
            Some("request-of-the-form-0001"),
            BookKind::Di,
            &form,
        )
        .await;
    assert_eq!(refused.unwrap_err().code(), "STALE");
    app.db.close().await;
}

#[tokio::test]
async fn a_form_sent_twice_at_once_is_one_line_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("khien.db");
    sent_twice_at_once(store::Db::open_sqlite(&file, &[7; 32]).await.unwrap()).await;
}

#[tokio::test]
async fn a_form_sent_twice_at_once_is_one_line_on_postgres() {
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    sent_twice_at_once(store::Db::open_postgres(&url).await.unwrap()).await;
}
