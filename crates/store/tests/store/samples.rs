//! Rows that tests write. People and bodies are made up.

use std::collections::BTreeMap;

use ledger::Event;
use store::accounts::{NewAccount, NewUnit};
use store::books::{self, EntryRow};
use store::documents::{CopyRow, DocumentRow, MoveRow, PermitRow, WorkSecretRow};
use store::plans::{PlanRow, TaskRow};
use store::{Db, StoreError, Tx};

use crate::common::NOW;

/// The unit and the account that tests write as.
#[derive(Clone)]
pub struct People {
    pub unit: i64,
    pub account: i64,
}

/// One unit with one clerk.
pub async fn people(db: &Db) -> People {
    let mut tx = db.begin().await.unwrap();
    let unit = add_unit(&mut tx, "T01", "Sở Thử nghiệm", false).await;
    let account = add_account(&mut tx, unit, "vanthu.t01").await;
    tx.commit().await.unwrap();
    People { unit, account }
}

pub async fn add_unit(tx: &mut Tx, code: &str, name: &str, supervises: bool) -> i64 {
    tx.add_unit(&NewUnit {
        code,
        name,
        name_key: &name.to_lowercase(),
        kind: "so",
        parent_name: "Ủy ban nhân dân tỉnh Thử",
        place: "Thử",
        supervises,
        created_at: NOW,
    })
    .await
    .unwrap()
}

pub async fn add_account(tx: &mut Tx, unit_id: i64, login: &str) -> i64 {
    tx.add_account(&NewAccount {
        unit_id,
        login,
        display_name: "Người Thử Một",
        role: "van_thu",
        post: "Văn thư",
        password_hash: "$argon2id$not-a-real-hash",
        must_change: false,
        created_at: NOW,
    })
    .await
    .unwrap()
}

/// A plain line of a book, to be changed by tests.
pub fn line(people: &People, kind: &str, serial: i64, subject: &str) -> EntryRow {
    EntryRow {
        id: 0,
        unit_id: people.unit,
        kind: kind.to_owned(),
        year: 2026,
        serial,
        edition: "2026".to_owned(),
        document_id: None,
        entry_date: "2026-03-02".to_owned(),
        number_symbol: format!("{serial}/CV-STN"),
        number_key: format!("{serial:06}"),
        doc_date: Some("2026-03-01".to_owned()),
        doc_type: "CV".to_owned(),
        subject: Some(subject.to_owned()),
        subject_consent: None,
        level: Some("mat".to_owned()),
        signer: "Người Thử Hai".to_owned(),
        issuer: "Sở Thử nghiệm".to_owned(),
        recipient: "Công an tỉnh Thử".to_owned(),
        receiver_sign: String::new(),
        holder: "Văn thư".to_owned(),
        quantity: Some(3),
        copy_numbers: "1-3".to_owned(),
        arrival_number: String::new(),
        envelope: String::new(),
        form: String::new(),
        permitted_by: String::new(),
        performed_by: String::new(),
        surplus: String::new(),
        note: String::new(),
        state: "active".to_owned(),
        reason: None,
        corrects_serial: None,
        corrected_by_serial: None,
        corrected_by_year: None,
        level_serial: None,
        imported: false,
        late: false,
        created_by: people.account,
        created_at: NOW.to_owned(),
    }
}

/// What became of one registration.
#[derive(Debug, PartialEq, Eq)]
pub struct Registered {
    pub serial: i64,
    pub seq: i64,
}

/// Registers one line as a use case does: number, row, words and event in one transaction.
pub async fn register(
    db: &Db,
    people: &People,
    kind: &str,
    subject: &str,
) -> Result<Registered, StoreError> {
    let mut tx = db.begin_shared().await?;
    let serial = tx
        .next_number(&books::book_series(people.unit, kind, 2026))
        .await?;
    let row = line(people, kind, serial, subject);
    let words: Vec<String> = subject.split(' ').map(str::to_lowercase).collect();
    let id = tx.add_entry(&row, &words).await?;
    let seq = append(
        &mut tx,
        people,
        "entry.registered",
        &format!("entry:{id}"),
        serial,
    )
    .await?;
    tx.commit().await?;
    Ok(Registered { serial, seq })
}

pub async fn append(
    tx: &mut Tx,
    people: &People,
    kind: &str,
    object: &str,
    serial: i64,
) -> Result<i64, StoreError> {
    let event = Event {
        kind: kind.to_owned(),
        at: NOW.to_owned(),
        actor: format!("account:{}", people.account),
        object: object.to_owned(),
        fields: BTreeMap::from([("serial".to_owned(), serial.to_string())]),
    };
    let bytes = event.encode(&[7; 16]).unwrap();
    tx.append_events(&[(Some(people.unit), kind, object, &bytes)])
        .await
}

/// A change of hands.
pub fn hand(copy_id: i64, move_no: i64, from: (&str, &str), to: (&str, &str)) -> MoveRow {
    MoveRow {
        copy_id,
        label: String::new(),
        move_no,
        from_kind: from.0.to_owned(),
        from_name: from.1.to_owned(),
        to_kind: to.0.to_owned(),
        to_name: to.1.to_owned(),
        on_date: "2026-03-05".to_owned(),
        receiver_sign: String::new(),
        entry_id: None,
        created_at: NOW.to_owned(),
    }
}

/// An outgoing document of three copies.
pub fn document(people: &People) -> DocumentRow {
    DocumentRow {
        id: 0,
        unit_id: people.unit,
        direction: "di".to_owned(),
        number_symbol: "01/STN".to_owned(),
        doc_date: Some("2026-03-01".to_owned()),
        doc_type: "CV".to_owned(),
        subject: None,
        level: "toi_mat".to_owned(),
        issuer: "Sở Thử nghiệm".to_owned(),
        signer: "Người Thử Hai".to_owned(),
        determined_on: Some("2026-03-01".to_owned()),
        term_until: Some("2046-03-01".to_owned()),
        regime: "2025".to_owned(),
        copies_issued: 3,
        status: "active".to_owned(),
        carrier: "document".to_owned(),
        catalogue_item: String::new(),
        judged: false,
        created_by: people.account,
        created_at: NOW.to_owned(),
    }
}

/// A copy that the office holds.
pub fn copy(document_id: i64, label: &str) -> CopyRow {
    CopyRow {
        id: 0,
        document_id,
        label: label.to_owned(),
        origin: "issued".to_owned(),
        holder_kind: "office".to_owned(),
        holder_name: "Văn thư".to_owned(),
        since: "2026-03-01".to_owned(),
        moves: 1,
        container: String::new(),
    }
}

/// A permission to make two copies.
pub fn permit(people: &People, document_id: i64) -> PermitRow {
    PermitRow {
        id: 0,
        document_id,
        unit_id: people.unit,
        decided_on: "2026-03-06".to_owned(),
        decider_name: "Người Thử Năm".to_owned(),
        decider_post: "giam_doc_so".to_owned(),
        form: "photocopy".to_owned(),
        copies: 2,
        recipients: "Phòng Thử".to_owned(),
        performed_by: "Người Thử Một".to_owned(),
        citation: "Điều thử".to_owned(),
        entry_id: None,
        created_by: people.account,
        created_at: NOW.to_owned(),
    }
}

/// A work secret.
pub fn work_secret() -> WorkSecretRow {
    WorkSecretRow {
        id: 0,
        number_symbol: "02/STN".to_owned(),
        doc_date: None,
        subject: "Bí mật công tác".to_owned(),
        keeper: "Văn thư".to_owned(),
        note: String::new(),
    }
}

/// A plan that was read in.
pub fn plan(people: &People) -> PlanRow {
    PlanRow {
        id: 0,
        unit_id: people.unit,
        file_name: "kế hoạch.docx".to_owned(),
        file_sha256: "ab".repeat(32),
        form: "nd30".to_owned(),
        type_code: Some("KH".to_owned()),
        number: Some("37/KH-UBND".to_owned()),
        doc_date: None,
        issuer: None,
        title: "Kế hoạch thử".to_owned(),
        warnings: "một\nhai".to_owned(),
        created_by: people.account,
        created_at: NOW.to_owned(),
    }
}

/// A task; those of one plan differ in their days.
pub fn task(people: &People, plan_id: i64, position: i64, state: &str) -> TaskRow {
    TaskRow {
        id: 0,
        plan_id,
        position,
        at_label: format!("III.{position}"),
        text: "Báo cáo kết quả".to_owned(),
        actors: "Sở Thử nghiệm".to_owned(),
        with_actors: String::new(),
        due_text: None,
        every: (position % 5 == 0).then(|| "year".to_owned()),
        due_on: (position % 4 != 3).then(|| format!("2026-0{}-15", 1 + position % 6)),
        unit_id: (state != "proposed").then_some(people.unit),
        state: state.to_owned(),
        result: None,
        result_ref: None,
        reported_on: None,
        reason: None,
        version: 1,
        created_at: NOW.to_owned(),
        updated_at: NOW.to_owned(),
        unit_name: None,
        plan_title: String::new(),
    }
}
