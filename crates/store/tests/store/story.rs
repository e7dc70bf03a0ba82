//! One contract story on both databases: all kinds of rows are written and read back, and both
//! databases answer with the same text, byte for byte.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};

use ledger::checkpoint::Checkpoint;
use ledger::{Event, digest, proof};
use store::accounts::NewSession;
use store::documents::DocumentRow;
use store::{Db, accounts, args, books, sql};

use crate::common::{NAME, NOW};
use crate::samples::{self, People, add_account, add_unit, append, hand, line};
use crate::statements;

/// The answers of a database, one a line.
pub struct Transcript(String);

impl Transcript {
    pub fn say(&mut self, what: &str, answer: impl Debug) {
        writeln!(self.0, "{what}: {answer:#?}").unwrap();
    }
}

/// Plays the whole story and gives back what the database answered.
pub async fn play(db: &Db) -> String {
    let mut told = Transcript(String::new());
    let people = people_of_the_story(db, &mut told).await;
    lines_of_books(db, &people, &mut told).await;
    numbers(db, &people, &mut told).await;
    let document = documents_and_copies(db, &people, &mut told).await;
    plans_and_tasks(db, &people, &mut told).await;
    crate::acts::dossiers(db, &people, document, &mut told).await;
    crate::acts::holdings(db, &people, document, &mut told).await;
    crate::watch::watch(db, &people, &mut told).await;
    read_books(db, &people, &mut told).await;
    read_documents(db, &people, document, &mut told).await;
    evidence(db, &people, &mut told).await;
    told.0
}

async fn people_of_the_story(db: &Db, told: &mut Transcript) -> People {
    let mut tx = db.begin().await.unwrap();
    let unit = add_unit(&mut tx, "T01", "Sở Thử nghiệm", false).await;
    for (code, name) in [
        ("T02", "Đơn vị Đỏ"),
        ("T03", "đơn vị ấm"),
        ("t04", "An Thử"),
        ("T05", "Ủy ban xã Thử"),
    ] {
        add_unit(&mut tx, code, name, code == "T02").await;
    }
    let account = add_account(&mut tx, unit, "vanthu.t01").await;
    for login in ["Zebra", "ánh", "b_1", "b-1", "B1"] {
        add_account(&mut tx, unit, login).await;
    }
    tx.add_session(&NewSession {
        token_hash: &[0, 1, 2, 255],
        account_id: account,
        csrf: "csrf",
        language: "vi",
        created_at: NOW,
        expires_at: "2026-03-02T16:00:00Z",
    })
    .await
    .unwrap();
    tx.put_setting("province", "Thử").await.unwrap();
    tx.put_setting("province", "Thử nghiệm").await.unwrap();
    assert!(tx.claim_request("r-1", account, NOW).await.unwrap());
    assert!(!tx.claim_request("r-1", account, NOW).await.unwrap());
    tx.finish_request("r-1", account, "entry 1").await.unwrap();
    told.say("request", tx.request("r-1", account).await.unwrap());
    told.say(
        "request of another",
        tx.request("r-1", account + 1).await.unwrap(),
    );
    tx.run(accounts::ACCOUNT_TRIED, &args![account, 3_i64, Some(NOW)])
        .await
        .unwrap();
    tx.run(accounts::ACCOUNT_TOTP, &args![account, vec![1_u8, 2, 3]])
        .await
        .unwrap();
    told.say(
        "step",
        tx.run(accounts::ACCOUNT_TOTP_STEP, &args![account, 5_i64])
            .await
            .unwrap(),
    );
    told.say(
        "same step",
        tx.run(accounts::ACCOUNT_TOTP_STEP, &args![account, 5_i64])
            .await
            .unwrap(),
    );
    tx.commit().await.unwrap();
    told.say("unit", db.unit(unit).await.unwrap());
    told.say("no unit", db.unit(99).await.unwrap());
    told.say("units", db.units().await.unwrap());
    told.say("account", db.account(account).await.unwrap());
    told.say("login", db.account_by_login("ánh").await.unwrap());
    told.say(
        "login in capitals",
        db.account_by_login("VANTHU.T01").await.unwrap(),
    );
    told.say("accounts", db.accounts_of(unit).await.unwrap());
    told.say("count", db.account_count().await.unwrap());
    told.say("session", db.session(&[0, 1, 2, 255]).await.unwrap());
    told.say("no session", db.session(&[0]).await.unwrap().is_none());
    told.say("setting", db.setting("province").await.unwrap());
    People { unit, account }
}

const SUBJECTS: &[&str] = &[
    "Về việc kiểm tra công tác bảo vệ",
    "báo cáo công tác năm",
    "kế hoạch bảo vệ bí mật nhà nước",
    "Đề án đào tạo",
    "\"nháy\" 'đơn' % _ \\ ; --",
];

async fn lines_of_books(db: &Db, people: &People, told: &mut Transcript) {
    for round in 0..60_i64 {
        let kind = ["di", "den", "chuyen_giao", "sao_chup"][usize::try_from(round % 4).unwrap()];
        let subject = SUBJECTS[usize::try_from(round % 5).unwrap()];
        let mut tx = db.begin().await.unwrap();
        let serial = tx
            .next_number(&books::book_series(people.unit, kind, 2026))
            .await
            .unwrap();
        let mut row = line(people, kind, serial, subject);
        row.level = ["tuyet_mat", "toi_mat", "mat"]
            .get(usize::try_from(round % 7).unwrap())
            .map(|level| (*level).to_owned());
        row.doc_date = (round % 3 != 0).then(|| format!("2026-02-{:02}", 28 - round % 28));
        row.subject = (round % 6 != 5).then(|| subject.to_owned());
        row.quantity = (round % 4 != 2).then_some(round);
        row.number_key = format!("{:06}", 1_000 - round);
        row.imported = round % 10 == 9;
        row.late = round % 8 == 7;
        row.edition = if round < 20 { "2020" } else { "2026" }.to_owned();
        row.entry_date = format!("2026-{:02}-{:02}", 1 + round % 4, 1 + round % 28);
        let mut words: Vec<String> = subject.split(' ').map(str::to_lowercase).collect();
        if round == 3 {
            words.extend((0..100).map(|n| format!("word{n:03}")));
        }
        let id = tx.add_entry(&row, &words).await.unwrap();
        let kind = if row.imported {
            "entry.imported"
        } else {
            "entry.registered"
        };
        append(&mut tx, people, kind, &format!("entry:{id}"), serial)
            .await
            .unwrap();
        if round == 40 {
            told.say("line inside", tx.entry(id).await.unwrap());
            told.say(
                "voided",
                tx.close_entry(id, "voided", "ghi nhầm", None)
                    .await
                    .unwrap(),
            );
            told.say(
                "voided again",
                tx.close_entry(id, "voided", "ghi nhầm", None)
                    .await
                    .unwrap(),
            );
        }
        tx.commit().await.unwrap();
    }
}

/// Looks for numbers that are taken, and draws from series by one and by many.
async fn numbers(db: &Db, people: &People, told: &mut Transcript) {
    let mut tx = db.begin().await.unwrap();
    for (number, date) in [
        ("000960", Some("2026-02-16")),
        ("000959", None),
        ("000960", None),
    ] {
        let found = tx
            .same_number(people.unit, "di", 2026, number, "Sở Thử nghiệm", date)
            .await
            .unwrap();
        told.say("same number", found);
    }
    let taken = tx
        .one(sql::COUNTER_TAKE, &args!["series", 10_i64])
        .await
        .unwrap()
        .int("n")
        .unwrap();
    let next = tx.next_number("series").await.unwrap();
    let taken_again = tx
        .one(sql::COUNTER_TAKE, &args!["series", 5_i64])
        .await
        .unwrap()
        .int("n")
        .unwrap();
    assert_eq!((taken, next, taken_again), (10, 11, 16));
    tx.commit().await.unwrap();
}

async fn documents_and_copies(db: &Db, people: &People, told: &mut Transcript) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let mut document = samples::document(people);
    document.id = tx.add_document(&document).await.unwrap();
    let open = DocumentRow {
        term_until: None,
        level: "mat".to_owned(),
        ..document.clone()
    };
    tx.add_document(&open).await.unwrap();
    for label in ["1", "2", "10"] {
        let copy = samples::copy(document.id, label);
        let id = tx.add_copy(&copy).await.unwrap();
        let first = hand(id, 1, ("outside", "phát hành"), ("office", "Văn thư"));
        tx.add_move(document.id, &first, people.account)
            .await
            .unwrap();
        if label == "2" {
            let moved = tx
                .move_copy(id, 1, "person", "Người Thử Ba", "2026-03-05")
                .await
                .unwrap();
            let stale = tx
                .move_copy(id, 1, "person", "Người Thử Tư", "2026-03-06")
                .await
                .unwrap();
            told.say("moved", (moved, stale));
            let second = hand(id, 2, ("office", "Văn thư"), ("person", "Người Thử Ba"));
            tx.add_move(document.id, &second, people.account)
                .await
                .unwrap();
        }
    }
    let permit = samples::permit(people, document.id);
    tx.add_permit(&permit).await.unwrap();
    document.subject = Some("Trích yếu sửa".to_owned());
    tx.update_document(&document).await.unwrap();
    tx.link_entry(1, document.id).await.unwrap();
    let secret = samples::work_secret();
    tx.add_work_secret(people.unit, &secret, people.account, NOW)
        .await
        .unwrap();
    told.say(
        "document inside",
        tx.document(document.id, people.unit).await.unwrap(),
    );
    told.say("copies inside", tx.copies(document.id).await.unwrap());
    told.say("copied", tx.copies_copied(document.id).await.unwrap());
    tx.commit().await.unwrap();
    document.id
}

async fn plans_and_tasks(db: &Db, people: &People, told: &mut Transcript) {
    let mut tx = db.begin().await.unwrap();
    let plan = samples::plan(people);
    let id = tx.add_plan(&plan).await.unwrap();
    told.say(
        "plan by file",
        tx.plan_by_file(people.unit, &plan.file_sha256)
            .await
            .unwrap(),
    );
    let states = [
        "proposed", "assigned", "returned", "reported", "done", "dropped",
    ];
    for (position, state) in (0_i64..).zip(states.iter().cycle().take(12)) {
        let task = samples::task(people, id, position, state);
        let id = tx.add_task(&task).await.unwrap();
        tx.add_step(id, "proposed", "đọc từ tệp", people.account, NOW)
            .await
            .unwrap();
    }
    let mut task = tx.task(2).await.unwrap().unwrap();
    task.state = "done".to_owned();
    task.reported_on = Some("2026-04-01".to_owned());
    let changed = tx.change_task(&task).await.unwrap();
    told.say(
        "changed, stale",
        (changed, tx.change_task(&task).await.unwrap()),
    );
    tx.commit().await.unwrap();
    told.say("plan", db.plan(id).await.unwrap());
    told.say("plans", db.plans("2026-04-01", 1).await.unwrap());
    told.say("task", db.task(2).await.unwrap());
    told.say("tasks of plan", db.tasks_of_plan(id).await.unwrap());
    told.say(
        "tasks of unit",
        db.tasks_of_unit(people.unit, 1).await.unwrap(),
    );
    told.say("late", db.tasks_late("2026-04-01", 1).await.unwrap());
    told.say(
        "late count",
        db.tasks_late_count("2026-04-01").await.unwrap(),
    );
    told.say(
        "proposed",
        db.tasks_with_state("proposed", 1).await.unwrap(),
    );
    told.say("steps", db.steps(2).await.unwrap());
    told.say("figures", db.task_figures(people.unit).await.unwrap());
    told.say(
        "closed",
        db.tasks_of_unit_closed(people.unit, 1).await.unwrap(),
    );
    told.say("units", db.unit_figures("2026-04-01", 0).await.unwrap());
    let year = ("2026-01-01", "2026-12-31");
    told.say(
        "plan tasks",
        db.plan_tasks(people.unit, year.0, year.1, "2026-04-01")
            .await
            .unwrap(),
    );
}

async fn read_books(db: &Db, people: &People, told: &mut Transcript) {
    for query in statements::queries(people.unit) {
        let page = db.entries(&query).await.unwrap();
        let serials: Vec<i64> = page.rows.iter().map(|row| row.serial).collect();
        told.say(&format!("{query:?}"), (serials, page.total, page.more));
    }
    for kind in ["di", "den"] {
        let unit = people.unit;
        let (from, to) = ("2026-01-15", "2026-12-31");
        told.say(
            "range",
            db.entry_range(unit, kind, 2026, 3, 12).await.unwrap(),
        );
        told.say(
            "line",
            db.entry_by_serial(unit, kind, 2026, 2).await.unwrap(),
        );
        told.say("recent", db.entry_recent(unit, kind, 2026).await.unwrap());
        told.say("years", db.entry_years(unit, kind).await.unwrap());
        told.say("bounds", db.entry_bounds(unit, kind, 2026).await.unwrap());
        told.say(
            "no bounds",
            db.entry_bounds(unit, kind, 2025).await.unwrap(),
        );
        told.say("unsigned", db.entries_unsigned(unit, 2026).await.unwrap());
        told.say(
            "figures",
            db.entry_figures(unit, kind, from, to).await.unwrap(),
        );
        told.say(
            "by year",
            db.entry_figures_by_year(unit, kind, from, to)
                .await
                .unwrap(),
        );
        told.say(
            "active",
            db.entry_count_state(unit, kind, from, to, "active")
                .await
                .unwrap(),
        );
        told.say("keeping", db.keeping(unit, kind, from, to).await.unwrap());
        told.say("editions", db.editions(unit, kind, from, to).await.unwrap());
    }
    told.say("by id", db.entry(1).await.unwrap());
    told.say("witnessed", db.witnessed_entries(10, 30).await.unwrap());
    told.say("gone", db.line_gone().await.unwrap());
}

async fn read_documents(db: &Db, people: &People, document: i64, told: &mut Transcript) {
    told.say(
        "document",
        db.document(document, people.unit).await.unwrap(),
    );
    told.say(
        "of another unit",
        db.document(document, people.unit + 1).await.unwrap(),
    );
    told.say(
        "expiring",
        db.documents_expiring(people.unit, "2046-12-31")
            .await
            .unwrap(),
    );
    told.say("terms", db.terms(people.unit, "2050-01-01").await.unwrap());
    told.say("copies", db.copies(document).await.unwrap());
    told.say("moves", db.moves(document).await.unwrap());
    let balance = db.balance(document).await.unwrap();
    assert_eq!(balance.iter().map(|holder| holder.balance).sum::<i64>(), 0);
    told.say("balance", balance);
    told.say("permits", db.permits(document).await.unwrap());
    told.say(
        "permit figures",
        db.permit_figures(people.unit, "2026-01-01", "2026-12-31")
            .await
            .unwrap(),
    );
    told.say(
        "no permit figures",
        db.permit_figures(people.unit, "2025-01-01", "2025-12-31")
            .await
            .unwrap(),
    );
    told.say(
        "by level",
        db.permits_by_level(people.unit, "2026-01-01", "2026-12-31")
            .await
            .unwrap(),
    );
    told.say("out", db.copies_out(people.unit).await.unwrap());
    told.say(
        "work secrets",
        db.work_secrets(people.unit, 1).await.unwrap(),
    );
    told.say(
        "entries of document",
        db.entries_of_document(document).await.unwrap(),
    );
    assert_eq!(db.custody_broken().await.unwrap(), Vec::<i64>::new());
    // A copy that is counted for another unit than its document's is told.
    for (statement, broken) in [
        ("UPDATE copy SET unit_id = unit_id + 1000 WHERE id = 1", 1),
        ("UPDATE copy SET unit_id = unit_id - 1000 WHERE id = 1", 0),
    ] {
        let mut tx = db.begin().await.unwrap();
        tx.run(statement, &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.custody_broken().await.unwrap().len(), broken);
    }
}

/// Grows the log past two kept levels, then checks proofs with the ledger's own verifier.
async fn evidence(db: &Db, people: &People, told: &mut Transcript) {
    let mut tx = db.begin().await.unwrap();
    let event = |number: i64| Event {
        kind: "test.grown".to_owned(),
        at: NOW.to_owned(),
        actor: "account:1".to_owned(),
        object: format!("test:{number}"),
        fields: BTreeMap::new(),
    };
    let bytes: Vec<Vec<u8>> = (0..700)
        .map(|number| event(number).encode(&[9; 16]).unwrap())
        .collect();
    let objects: Vec<String> = (0..700).map(|number| format!("test:{number}")).collect();
    let events: Vec<(Option<i64>, &str, &str, &[u8])> = bytes
        .iter()
        .zip(&objects)
        .map(|(bytes, object)| (None, "test.grown", object.as_str(), bytes.as_slice()))
        .collect();
    let first = tx.append_events(&events).await.unwrap();
    let (size, root) = tx.log_head().await.unwrap();
    let signer = ledger::note::SignerKey::from_seed(NAME, &[5; 32]).unwrap();
    let checkpoint = Checkpoint {
        origin: NAME.to_owned(),
        size,
        root,
    };
    let note = checkpoint.sign(&signer).unwrap();
    tx.add_checkpoint(i64::try_from(size).unwrap(), &note, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.log_head().await.unwrap(), (size, root));
    assert_eq!(db.verify_log().await.unwrap(), (size, root));
    let kept = db.checkpoint_last().await.unwrap().unwrap();
    assert_eq!(
        Checkpoint::open(&kept.note, signer.verifier()).unwrap(),
        checkpoint
    );
    proofs_hold(db, size, root, told).await;
    told.say("first", first);
    told.say("head", (size, digest::hex(&root)));
    told.say("checkpoints", db.checkpoints().await.unwrap());
    told.say("event", db.event(3).await.unwrap());
    told.say("of object", db.events_of_object("entry:2").await.unwrap());
    told.say(
        "of unit",
        db.events_of_unit(people.unit, 40, 5).await.unwrap(),
    );
    told.say("from", db.events_from(5, 3).await.unwrap());
}

async fn proofs_hold(db: &Db, size: u64, root: ledger::Hash, told: &mut Transcript) {
    for seq in [0, 1, 59, 60, 255, 256, 511, 512, size - 1] {
        let path = db.inclusion(seq, size).await.unwrap();
        let event = db
            .event(i64::try_from(seq).unwrap())
            .await
            .unwrap()
            .unwrap();
        let leaf = digest::leaf_hash(&event.bytes);
        proof::verify_inclusion(&leaf, seq, size, &path, &root).unwrap();
        assert!(proof::verify_inclusion(&leaf, seq ^ 1, size, &path, &root).is_err());
        told.say("inclusion", (seq, path));
    }
    let mut rebuilt = ledger::Frontier::new();
    let mut roots = vec![rebuilt.root()];
    for (_, leaf) in db.events_from(0, 10_000).await.unwrap() {
        rebuilt.append(leaf).unwrap();
        roots.push(rebuilt.root());
    }
    for old in [1, 60, 64, 255, 256, 257, 512, 700, size - 1, size] {
        let path = db.consistency(old, size).await.unwrap();
        let old_root = roots[usize::try_from(old).unwrap()];
        proof::verify_consistency(old, size, &old_root, &root, &path).unwrap();
        told.say("consistency", (old, path));
    }
}

#[tokio::test]
async fn both_databases_tell_the_same_story() {
    let (_dir, sqlite, _server, postgres) = statements::both().await;
    let (one, two) = (play(&sqlite).await, play(&postgres).await);
    assert!(one.len() > 100_000, "{} bytes", one.len());
    if one != two {
        let (number, (left, right)) = one
            .lines()
            .zip(two.lines())
            .enumerate()
            .find(|(_, (left, right))| left != right)
            .unwrap();
        let before: Vec<&str> = one
            .lines()
            .skip(number.saturating_sub(20))
            .take(20)
            .collect();
        panic!(
            "line {number}: SQLite `{left}`, PostgreSQL `{right}` after\n{}",
            before.join("\n")
        );
    }
    statements::every_one_does_the_same(&sqlite, &postgres).await;
}
