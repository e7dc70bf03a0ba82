//! One act on several documents on both databases: all or none, each with its own dossier and
//! event, two people where two are needed, and a batch of one is the single act.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that cannot go on has failed"
)]

mod support;

use std::collections::BTreeMap;

use app::dossiers::Target;
use app::dossiers::batch::{BatchTarget, BatchTyped};
use app::dossiers::batch_list::ListWords;
use app::reports::Format;
use app::{AppError, Who};
use domain::book::Draft;
use khien_testkit::Postgres;
use law::BookKind;
use support::House;

fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code()
}

/// Line, number and code of a refusal in a batch; line 0 with the answer when it was none.
fn refused(result: Result<i64, AppError>) -> (usize, String, &'static str) {
    match result {
        Err(AppError::InBatch {
            row,
            number_symbol,
            error,
        }) => (row, number_symbol, error.code()),
        other => (0, format!("{other:?}"), ""),
    }
}

/// Registers a document and answers its id.
async fn document(house: &House, kind: BookKind, n: usize) -> i64 {
    let draft = Draft {
        entry_date: "2026-01-05".to_owned(),
        number_symbol: format!("{n:02}/KH-STM"),
        doc_date: "2026-01-05".to_owned(),
        doc_type: "Kế hoạch".to_owned(),
        level: "mat".to_owned(),
        signer: "Trần Thử Nghiệm".to_owned(),
        issuer: "Công ty Mẫu".to_owned(),
        recipient: "Công an tỉnh Mẫu".to_owned(),
        quantity: "2".to_owned(),
        ..Draft::default()
    };
    let line = house.app.register(&house.clerk, None, kind, &draft).await;
    let line = line.unwrap();
    house
        .serial(kind, 2026, line.serial)
        .await
        .document_id
        .unwrap()
}

fn map(values: &[(&str, &str)]) -> BTreeMap<String, String> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    values.iter().map(own).collect()
}

/// Values of a step by name.
type Values = &'static [(&'static str, &'static str)];
/// Steps with their values.
type Acts = &'static [(&'static str, Values)];

const COUNCIL: &[(&str, &str)] = &[
    ("on", "2026-02-09"),
    ("decision_number", "15/QĐ-STM"),
    ("chair", "Trịnh Thử Quyền"),
    ("keeper", "Phạm Thử Nghiệm"),
    ("members", "Lê Thử Việc"),
    ("reason", "Hết giá trị sử dụng"),
];
const MINUTES: &[(&str, &str)] = &[
    ("on", "2026-02-10"),
    ("minutes_number", "01/BB-STM"),
    ("council_view", "council_agrees"),
];
const DECIDE: &[(&str, &str)] = &[
    ("on", "2026-02-11"),
    ("outcome", "granted"),
    ("decision_number", "16/QĐ-STM"),
    ("decider_name", "Trịnh Thử Quyền"),
    ("decider_post", "giam_doc_so"),
];
const CARRY_OUT: &[(&str, &str)] = &[
    ("on", "2026-02-12"),
    ("minutes_number", "02/BB-STM"),
    ("method", "shredded"),
    ("performed_by", "Phạm Thử Nghiệm"),
    ("witness", "Lê Thử Việc"),
    ("not_restorable", "yes"),
];

async fn open(
    house: &House,
    kind: &str,
    documents: &[i64],
    common: &[(&str, &str)],
) -> Result<i64, AppError> {
    let target = BatchTarget::Open { kind, documents };
    let typed = BatchTyped {
        common: map(common),
        ..BatchTyped::default()
    };
    house
        .app
        .take_batch(&house.clerk, None, target, &typed)
        .await
}

/// Takes a step as the form offers it: every line, with the copies that stand ticked, and values
/// of its own for each.
async fn step(
    house: &House,
    who: &Who,
    batch: i64,
    step: &str,
    common: &[(&str, &str)],
    own: &[(&str, &str)],
) -> Result<i64, AppError> {
    let form = house.app.batch_step(who, batch, step).await?;
    let mut typed = BatchTyped {
        common: map(common),
        ..BatchTyped::default()
    };
    let copies = form.step.fields.iter().any(|field| field.name == "copies");
    let mut dossiers = Vec::new();
    for line in &form.lines {
        dossiers.push(line.dossier.unwrap());
        let mut values = map(own);
        if copies {
            values.insert("copies".to_owned(), line.offered.clone());
        }
        typed.own.insert(line.document.id, values);
    }
    let target = BatchTarget::Next {
        batch,
        step,
        dossiers: &dossiers,
    };
    house.app.take_batch(who, None, target, &typed).await
}

/// Everything that an act could have changed, in words.
async fn state(house: &House) -> String {
    let mut found = Vec::new();
    for table in [
        "document",
        "copy",
        "custody_move",
        "dossier",
        "dossier_step",
        "batch",
        "batch_member",
        "counter",
        "entry",
        "ledger_event",
    ] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let n = house.app.db.one(&sql, &[]).await.unwrap().int("n").unwrap();
        found.push(format!("{table}: {n}"));
    }
    let copies = house
        .app
        .db
        .all(
            "SELECT holder_kind || ' ' || since || ' ' || moves AS line FROM copy ORDER BY id",
            &[],
        )
        .await
        .unwrap();
    found.extend(copies.iter().map(|row| row.text("line").unwrap()));
    let dossiers = house
        .app
        .db
        .all(
            "SELECT state || ' ' || steps AS line FROM dossier ORDER BY id",
            &[],
        )
        .await
        .unwrap();
    found.extend(dossiers.iter().map(|row| row.text("line").unwrap()));
    found.join("\n")
}

/// State and status of every line of a batch.
async fn lines(house: &House, batch: i64) -> Vec<(String, String)> {
    let page = house.app.batch_page(&house.clerk, batch).await.unwrap();
    let line = |member: &app::rows::BatchMember| {
        (member.dossier.state.clone(), member.document.status.clone())
    };
    page.members.iter().map(line).collect()
}

/// A council over three documents: proposed by the clerk, decided by the head, carried out.
async fn destroy(house: &House) {
    let (batch, documents) = council(house).await;
    one_line_refuses(house, batch, documents[1]).await;
    without_that_line(house, batch).await;
    let page = house.app.batch_page(&house.clerk, batch).await.unwrap();
    let next: Vec<_> = page
        .next
        .iter()
        .map(|(step, led)| (step.code, *led))
        .collect();
    assert_eq!(next, [("carry_out", 1)]);
    assert_eq!(
        (page.batch.serial, page.batch.members, page.batch.open),
        (1, 3, 1)
    );
    evidence(house, batch, &page.members).await;
}

/// What is refused at the opening, and the council with its minutes.
async fn council(house: &House) -> (i64, Vec<i64>) {
    let clerk = &house.clerk;
    let mut documents = Vec::new();
    for n in 1..=3 {
        documents.push(document(house, BookKind::Di, n).await);
    }
    let before = state(house).await;
    let answer = open(house, "destroy", &documents, &COUNCIL[..2]).await;
    assert_eq!(refused(answer), (1, "01/KH-STM".to_owned(), "ACT-03"));
    assert_eq!(
        state(house).await,
        before,
        "nothing is left of a refused batch"
    );
    assert_eq!(code(open(house, "destroy", &[], COUNCIL).await), "BATCH-01");
    assert_eq!(
        code(open(house, "destroy", &[documents[0], 999], COUNCIL).await),
        "ABSENT"
    );
    assert_eq!(
        code(open(house, "stamp", &documents, COUNCIL).await),
        "ABSENT"
    );
    assert_eq!(
        code(open(house, "recall", &documents, COUNCIL).await),
        "BATCH-03"
    );
    assert_eq!(state(house).await, before);

    let batch = open(house, "destroy", &documents, COUNCIL).await.unwrap();
    assert_eq!(
        code(step(house, clerk, batch, "decide", DECIDE, &[]).await),
        "BATCH-02"
    );
    step(house, clerk, batch, "minutes", MINUTES, &[])
        .await
        .unwrap();

    (batch, documents)
}

/// One document's copy leaves the unit: the whole step is refused and names its line.
async fn one_line_refuses(house: &House, batch: i64, document: i64) {
    let (clerk, head) = (&house.clerk, &house.head);
    assert_eq!(
        code(step(house, clerk, batch, "decide", DECIDE, &[]).await),
        "ACT-06"
    );
    step(house, head, batch, "decide", DECIDE, &[])
        .await
        .unwrap();
    let page = house.app.document_page(clerk, document).await.unwrap();
    let transfer = domain::custody::TransferDraft {
        on: "2026-02-11".to_owned(),
        to_kind: "person".to_owned(),
        to_name: "Đỗ Thử Việc".to_owned(),
        receiver_sign: "Đỗ Thử Việc".to_owned(),
        copies: vec![(page.copies[0].id, page.copies[0].moves)],
        note: String::new(),
    };
    house
        .app
        .transfer(clerk, None, document, &transfer)
        .await
        .unwrap();
    let before = state(house).await;
    let answer = step(house, clerk, batch, "carry_out", CARRY_OUT, &[]).await;
    assert_eq!(refused(answer), (2, "02/KH-STM".to_owned(), "ACT-09"));
    assert_eq!(
        state(house).await,
        before,
        "the first document is not destroyed either"
    );
}

/// Without that line the others go on; it stays in the batch.
async fn without_that_line(house: &House, batch: i64) {
    let clerk = &house.clerk;
    let form = house
        .app
        .batch_step(clerk, batch, "carry_out")
        .await
        .unwrap();
    let mut typed = BatchTyped {
        common: map(CARRY_OUT),
        ..BatchTyped::default()
    };
    for line in &form.lines {
        let copies = map(&[("copies", &line.offered)]);
        typed.own.insert(line.document.id, copies);
    }
    let all: Vec<(i64, i64)> = form
        .lines
        .iter()
        .map(|line| line.dossier.unwrap())
        .collect();
    let take = |dossiers: Vec<(i64, i64)>| {
        let typed = typed.clone();
        async move {
            let target = BatchTarget::Next {
                batch,
                step: "carry_out",
                dossiers: &dossiers,
            };
            house.app.take_batch(clerk, None, target, &typed).await
        }
    };
    assert_eq!(code(take(vec![(all[0].0, all[0].1 - 1)]).await), "STALE");
    assert_eq!(code(take(vec![(999, 1)]).await), "ABSENT");
    assert_eq!(code(take(Vec::new()).await), "BATCH-02");
    take(vec![all[0], all[2]]).await.unwrap();
    let destroyed = ("destroyed".to_owned(), "destroyed".to_owned());
    let decided = ("decided".to_owned(), "active".to_owned());
    assert_eq!(
        lines(house, batch).await,
        [destroyed.clone(), decided, destroyed]
    );
    let form = house
        .app
        .batch_step(clerk, batch, "carry_out")
        .await
        .unwrap();
    assert_eq!((form.lines.len(), form.left_out.len()), (1, 2));
}

/// Each dossier has the events of a single one, which name the batch, and the list is proved.
async fn evidence(house: &House, batch: i64, members: &[app::rows::BatchMember]) {
    for member in members {
        let object = format!("dossier:{}", member.dossier.id);
        let events = house.app.db.events_of_object(&object).await.unwrap();
        assert_eq!(i64::try_from(events.len()).unwrap(), member.dossier.steps);
        for event in events {
            let (event, _) = ledger::Event::decode(&event.bytes).unwrap();
            assert_eq!(event.fields["batch"], batch.to_string());
        }
        let page = house
            .app
            .dossier_page(&house.clerk, member.dossier.id)
            .await
            .unwrap();
        assert_eq!(page.batch.map(|batch| batch.id), Some(batch));
    }
    let page = house.app.batch_page(&house.clerk, batch).await.unwrap();
    let words = ListWords {
        title: "Danh sách".to_owned(),
        subtitle: "Đợt 01/2026".to_owned(),
        minutes: String::new(),
        columns: ["TT", "Số", "Ngày", "Loại", "Độ mật", "Bản", "Kết quả"].map(str::to_owned),
        rows: vec![["1", "01/KH-STM", "", "", "Mật", "01, 02", "Đã tiêu hủy"].map(str::to_owned)],
        sum: "03 tài liệu".to_owned(),
    };
    for (format, start) in [(Format::Pdf, &b"%PDF"[..]), (Format::Docx, b"PK")] {
        let paper = house
            .app
            .batch_list(&house.head, &page, words.clone(), format)
            .await
            .unwrap();
        assert!(paper.bytes.starts_with(start));
        assert!(paper.file_name.starts_with("danh-sach-destroy-01-2026"));
    }
}

/// Two documents freed by one council, one of them in part.
async fn declassify(house: &House) {
    let (clerk, head) = (&house.clerk, &house.head);
    let documents = [
        document(house, BookKind::Di, 11).await,
        document(house, BookKind::Di, 12).await,
    ];
    let batch = open(house, "declassify", &documents, COUNCIL)
        .await
        .unwrap();
    let minutes = [
        ("on", "2026-02-10"),
        ("minutes_number", "03/BB-STM"),
        ("council_view", "council_agrees"),
    ];
    let all = [("extent", "whole")];
    let common = [&minutes[..], &all[..]].concat();
    assert_eq!(
        code(step(house, clerk, batch, "minutes", &common, &all).await),
        "BATCH-04"
    );
    let form = house.app.batch_step(clerk, batch, "minutes").await.unwrap();
    let dossiers: Vec<(i64, i64)> = form
        .lines
        .iter()
        .map(|line| line.dossier.unwrap())
        .collect();
    let mut typed = BatchTyped {
        common: map(&minutes),
        ..BatchTyped::default()
    };
    typed.own.insert(documents[0], map(&all));
    typed.own.insert(documents[1], map(&[("extent", "part")]));
    let target = BatchTarget::Next {
        batch,
        step: "minutes",
        dossiers: &dossiers,
    };
    let refused = house.app.take_batch(clerk, None, target, &typed).await;
    assert!(
        matches!(&refused, Err(AppError::InBatch { row: 2, .. })),
        "{refused:?}"
    );
    typed.own.insert(
        documents[1],
        map(&[("extent", "part"), ("freed_part", "Phụ lục I")]),
    );
    house
        .app
        .take_batch(clerk, None, target, &typed)
        .await
        .unwrap();
    step(house, head, batch, "decide", DECIDE, &[])
        .await
        .unwrap();
    let state = |status: &str| ("decided".to_owned(), status.to_owned());
    assert_eq!(
        lines(house, batch).await,
        [state("declassified"), state("active")]
    );
}

/// Received documents that go back together; one was called off apart before.
async fn recall(house: &House) {
    let clerk = &house.clerk;
    let mut documents = Vec::new();
    for n in 21..=23 {
        documents.push(document(house, BookKind::Den, n).await);
    }
    let mark = [("on", "2026-02-09"), ("return_by", "2026-03-10")];
    // The same form twice is one batch.
    let target = BatchTarget::Open {
        kind: "recall",
        documents: &documents,
    };
    let typed = BatchTyped {
        common: map(&mark),
        ..BatchTyped::default()
    };
    let request = Some("0123456789abcdef");
    let batch = house
        .app
        .take_batch(clerk, request, target, &typed)
        .await
        .unwrap();
    assert_eq!(
        house
            .app
            .take_batch(clerk, request, target, &typed)
            .await
            .unwrap(),
        batch
    );
    let page = house.app.batch_page(clerk, batch).await.unwrap();
    let alone = Target::Next {
        dossier: page.members[1].dossier.id,
        step: "call_off",
        seen: 1,
    };
    let why = map(&[("on", "2026-02-10"), ("reason", "Nơi gửi cho giữ lại")]);
    house.app.take_step(clerk, None, alone, &why).await.unwrap();
    let back = [
        ("on", "2026-02-11"),
        ("recipient", "Công ty Mẫu"),
        ("receiver_sign", "Đỗ Thử Việc"),
    ];
    step(house, clerk, batch, "give_back", &back, &[])
        .await
        .unwrap();
    let states: Vec<String> = lines(house, batch)
        .await
        .into_iter()
        .map(|line| line.0)
        .collect();
    assert_eq!(states, ["returned", "called_off", "returned"]);
    for (document, holder) in documents.iter().zip(["body", "unit", "body"]) {
        let page = house.app.document_page(clerk, *document).await.unwrap();
        assert!(
            page.copies.iter().all(|copy| copy.holder_kind == holder),
            "{document}"
        );
        assert_eq!(page.balance.iter().map(|line| line.balance).sum::<i64>(), 0);
    }
    let (rows, total) = house.app.batches(clerk, "recall", 1).await.unwrap();
    assert_eq!((rows[0].id, rows[0].open, total), (batch, 0, 1));
    assert_eq!(house.app.batches(clerk, "", 1).await.unwrap().1, 3);
    let found = house
        .app
        .documents_numbered(clerk, &["21/KH-STM".to_owned(), "99/KH".to_owned()])
        .await
        .unwrap();
    assert_eq!(
        (found.documents, found.unknown),
        (vec![documents[0]], vec!["99/KH".to_owned()])
    );
    assert_eq!(
        code(house.app.batch_page(&house.admin, batch).await),
        "ACCESS-01"
    );
}

/// Custody, status and steps of a document, without ids.
async fn told(house: &House, document: i64) -> String {
    let page = house
        .app
        .document_page(&house.clerk, document)
        .await
        .unwrap();
    let moves: Vec<_> = page
        .moves
        .iter()
        .map(|step| {
            (
                &step.label,
                step.move_no,
                &step.from_kind,
                &step.to_kind,
                &step.to_name,
                &step.on_date,
                &step.receiver_sign,
            )
        })
        .collect();
    let copies: Vec<_> = page
        .copies
        .iter()
        .map(|copy| {
            (
                &copy.label,
                &copy.holder_kind,
                &copy.holder_name,
                &copy.since,
                copy.moves,
            )
        })
        .collect();
    let dossiers: Vec<_> = page
        .dossiers
        .iter()
        .map(|row| {
            (
                &row.kind,
                &row.state,
                row.closed,
                &row.opened_on,
                &row.due_on,
                row.steps,
            )
        })
        .collect();
    format!(
        "{:?} {:?} {moves:?} {copies:?} {dossiers:?} {:?}",
        page.status, page.term_until, page.balance
    )
}

/// The same acts alone and in a batch of one lead to the same.
async fn one_equals_single(house: &House) {
    let acts: [(&str, Acts); 3] = [
        (
            "destroy",
            &[
                ("council", COUNCIL),
                ("minutes", MINUTES),
                ("decide", DECIDE),
                ("carry_out", CARRY_OUT),
            ],
        ),
        (
            "dispatch",
            &[
                (
                    "pack",
                    &[
                        ("on", "2026-02-09"),
                        ("recipient", "Công ty Mẫu"),
                        ("carried_by", "clerk"),
                        ("packing_checked", "yes"),
                    ],
                ),
                (
                    "hand_over",
                    &[("on", "2026-02-10"), ("receiver_sign", "Đỗ Thử Việc")],
                ),
                (
                    "acknowledge",
                    &[("on", "2026-02-11"), ("received_by", "Đỗ Thử Việc")],
                ),
            ],
        ),
        (
            "shelve",
            &[("lay", &[("on", "2026-02-09"), ("container_code", "KET-01")])],
        ),
    ];
    for (n, (kind, steps)) in acts.into_iter().enumerate() {
        let single = document(house, BookKind::Di, 40 + n).await;
        let many = document(house, BookKind::Di, 50 + n).await;
        let mut dossier = 0;
        let mut batch = 0;
        for (at, (code, values)) in (0_i64..).zip(steps) {
            let who = if *code == "decide" {
                &house.head
            } else {
                &house.clerk
            };
            let form = match at {
                0 => house.app.batch_opening(who, kind, &[many]).await.unwrap(),
                _ => house.app.batch_step(who, batch, code).await.unwrap(),
            };
            let asks = form.step.fields.iter().any(|field| field.name == "copies");
            let offered = &form.lines[0].offered;
            let mut typed = BatchTyped {
                common: map(values),
                ..BatchTyped::default()
            };
            let mut raw = map(values);
            if asks {
                typed.own.insert(many, map(&[("copies", offered)]));
                let page = house.app.document_page(who, single).await.unwrap();
                let copies: Vec<String> = page
                    .copies
                    .iter()
                    .map(|copy| format!("{}:{}", copy.id, copy.moves))
                    .collect();
                raw.insert("copies".to_owned(), copies.join(","));
            }
            let (alone, together) = if at == 0 {
                (
                    Target::Open {
                        kind,
                        document: Some(single),
                    },
                    BatchTarget::Open {
                        kind,
                        documents: &[many],
                    },
                )
            } else {
                (
                    Target::Next {
                        dossier,
                        step: code,
                        seen: at,
                    },
                    BatchTarget::Next {
                        batch,
                        step: code,
                        dossiers: &[form.lines[0].dossier.unwrap()],
                    },
                )
            };
            dossier = house.app.take_step(who, None, alone, &raw).await.unwrap();
            batch = house
                .app
                .take_batch(who, None, together, &typed)
                .await
                .unwrap();
            assert_eq!(
                told(house, single).await,
                told(house, many).await,
                "{kind} {code}"
            );
        }
    }
}

async fn story(db: store::Db) {
    let house = House::over(db).await;
    destroy(&house).await;
    declassify(&house).await;
    recall(&house).await;
    one_equals_single(&house).await;
    let broken = house.app.db.custody_broken().await.unwrap();
    assert!(broken.is_empty(), "{broken:?}");
    house.app.db.close().await;
}

#[tokio::test]
async fn batches_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("khien.db");
    story(store::Db::open_sqlite(&file, &[7; 32]).await.unwrap()).await;
}

#[tokio::test]
async fn batches_on_postgres() {
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    story(store::Db::open_postgres(&url).await.unwrap()).await;
}
