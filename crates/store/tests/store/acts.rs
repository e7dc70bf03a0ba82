//! The part of the contract story about dossiers and holdings.

use store::Db;
use store::dossiers::{DossierQuery, DossierRow, DossierStepRow};
use store::holdings::{StockLineRow, StockTakeRow};

use crate::common::NOW;
use crate::samples::People;
use crate::story::Transcript;

fn row(people: &People, document: Option<i64>, title: &str) -> DossierRow {
    DossierRow {
        id: 0,
        unit_id: people.unit,
        document_id: document,
        kind: if document.is_some() {
            "extend"
        } else {
            "container"
        }
        .to_owned(),
        state: "proposed".to_owned(),
        closed: false,
        title: title.to_owned(),
        opened_on: "2026-03-02".to_owned(),
        due_on: Some("2026-04-01".to_owned()),
        steps: 1,
        created_by: people.account,
        created_at: NOW.to_owned(),
    }
}

pub async fn dossiers(db: &Db, people: &People, document: i64, told: &mut Transcript) {
    let mut tx = db.begin().await.unwrap();
    let one = tx
        .add_dossier(&row(people, Some(document), "01/STN"))
        .await
        .unwrap();
    tx.add_dossier(&row(people, None, "KET-01")).await.unwrap();
    let mut step = DossierStepRow {
        dossier_id: one,
        n: 1,
        step: "propose".to_owned(),
        on_date: "2026-03-02".to_owned(),
        fields: "{\"reason\":\"còn cần\"}".to_owned(),
        because: "khoản 1 Điều 20".to_owned(),
        notes: String::new(),
        account_id: people.account,
        account_name: String::new(),
        created_at: NOW.to_owned(),
    };
    tx.add_dossier_step(&step).await.unwrap();
    let led = tx
        .step_dossier(one, 1, "decided", false, Some("2026-03-20"))
        .await
        .unwrap();
    let stale = tx
        .step_dossier(one, 1, "refused", true, None)
        .await
        .unwrap();
    told.say("led on, stale", (led, stale));
    step.n = 2;
    step.step = "decide".to_owned();
    tx.add_dossier_step(&step).await.unwrap();
    tx.set_document_term(document, "2056-03-01").await.unwrap();
    tx.set_document_level(document, "mat").await.unwrap();
    tx.set_catalogue_item(document, "960/QĐ-TTg|Điều 1|khoản 2")
        .await
        .unwrap();
    let copies = tx.copies(document).await.unwrap();
    let mut put = Vec::new();
    for copy in &copies {
        put.push(tx.put_copy(copy.id, document, "KET-01").await.unwrap());
    }
    told.say("put", put);
    told.say("inside", tx.dossier(one, people.unit).await.unwrap());
    told.say("steps inside", tx.dossier_steps(one).await.unwrap());
    // A correction of the line leaves alone what an act has set.
    let mut changed = tx
        .document(document, people.unit)
        .await
        .unwrap()
        .expect("the document");
    changed.level = "tuyet_mat".to_owned();
    changed.term_until = None;
    tx.update_document(&changed).await.unwrap();
    let kept = tx
        .document(document, people.unit)
        .await
        .unwrap()
        .expect("the document");
    assert_eq!(
        (kept.level.as_str(), kept.term_until.as_deref()),
        ("mat", Some("2056-03-01"))
    );
    tx.commit().await.unwrap();
    read_dossiers(db, people, document, one, told).await;
}

async fn read_dossiers(db: &Db, people: &People, document: i64, one: i64, told: &mut Transcript) {
    told.say("dossier", db.dossier(one, people.unit).await.unwrap());
    told.say("absent", db.dossier(one, people.unit + 1).await.unwrap());
    told.say("steps", db.dossier_steps(one).await.unwrap());
    told.say("of document", db.dossiers_of(document).await.unwrap());
    for kind in ["", "extend", "destroy"] {
        let query = DossierQuery {
            kind: kind.to_owned(),
            closed: false,
            page: 1,
        };
        told.say("list", db.dossiers(people.unit, &query).await.unwrap());
    }
    told.say(
        "due",
        db.dossiers_due(people.unit, "2026-03-31").await.unwrap(),
    );
}

pub async fn holdings(db: &Db, people: &People, document: i64, told: &mut Transcript) {
    let unit = people.unit;
    let mut tx = db.begin().await.unwrap();
    let (stock, expected) = tx
        .open_stock_take(&StockTakeRow {
            id: 0,
            unit_id: unit,
            opened_on: "2026-03-10".to_owned(),
            closed_on: None,
            led_by: "Người Thử Một".to_owned(),
            members: "Người Thử Hai".to_owned(),
            expected: 0,
            created_by: people.account,
            created_at: NOW.to_owned(),
        })
        .await
        .unwrap();
    told.say("expected", expected);
    let (swept, found) = tx
        .open_sweep(
            unit,
            "960/QĐ-TTg",
            "1000/QĐ-TTg",
            "2026-03-10",
            people.account,
            NOW,
        )
        .await
        .unwrap();
    assert_eq!(found, 1, "the number before the bar, and nothing longer");
    let (_, none) = tx
        .open_sweep(unit, "96", "", "2026-03-10", people.account, NOW)
        .await
        .unwrap();
    assert_eq!(none, 0);
    tx.commit().await.unwrap();
    told.say("lines", db.stock_lines(stock, "", 1).await.unwrap());
    told.say(
        "sweep",
        (
            db.sweep(swept, unit).await.unwrap(),
            db.sweep_items(swept, "", 1).await.unwrap(),
        ),
    );
    close_holdings(db, people, document, (stock, swept), told).await;
}

async fn close_holdings(
    db: &Db,
    people: &People,
    document: i64,
    (stock, swept): (i64, i64),
    told: &mut Transcript,
) {
    let unit = people.unit;
    let mut tx = db.begin().await.unwrap();
    let line = StockLineRow {
        copy_id: 1,
        document_id: 0,
        number_symbol: String::new(),
        level: String::new(),
        label: String::new(),
        expected_container: String::new(),
        result: "seen".to_owned(),
        found_container: String::new(),
        note: String::new(),
        seen_at: Some(NOW.to_owned()),
    };
    told.say(
        "marked",
        tx.mark_stock(stock, &line, people.account).await.unwrap(),
    );
    told.say(
        "swept",
        tx.mark_sweep(swept, document, "keeps_item", "", people.account)
            .await
            .unwrap(),
    );
    told.say("inside", tx.stock_take(stock, unit).await.unwrap());
    told.say("sweep inside", tx.sweep(swept, unit).await.unwrap());
    told.say(
        "closed",
        (
            tx.close_stock_take(stock, "2026-03-11").await.unwrap(),
            tx.close_stock_take(stock, "2026-03-12").await.unwrap(),
        ),
    );
    tx.set_document_status(document, "declassified")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    told.say("stock", db.stock_take(stock, unit).await.unwrap());
    told.say("stocks", db.stock_takes(unit).await.unwrap());
    told.say("results", db.stock_figures(stock).await.unwrap());
    told.say("sweeps", db.sweeps(unit).await.unwrap());
    told.say("signs", db.holding_signs(unit, "2047-01-01").await.unwrap());
    told.say(
        "statistics",
        db.holding_figures(unit, "2026-01-01", "2027-01-01")
            .await
            .unwrap(),
    );
    told.say(
        "terms",
        db.documents_by_term(unit, "2026-01-01", "2099-01-01", 1)
            .await
            .unwrap(),
    );
}
