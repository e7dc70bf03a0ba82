//! The watch and its queue: rows of every kind as the contract story writes and reads them, and two
//! workers on one queue.

use store::cases::{CaseRow, HandOverRow, SenderRow};
use store::findings::{FindingQuery, FindingRow, ObjectRow, Review, TakedownRow};
use store::jobs::NewJob;
use store::watch::{RunCounts, SourceRow};
use store::{Db, Tx};

use crate::common::NOW;
use crate::samples::People;
use crate::statements::both;
use crate::story::Transcript;

const LATER: &str = "2026-03-02T09:00:00Z";

fn job<'a>(name: &'a str, due_at: &'a str) -> NewJob<'a> {
    NewJob {
        kind: "read",
        name,
        payload: "{}",
        due_at,
        created_at: NOW,
    }
}

fn object(source_id: i64, run_id: i64, address: &str, content: &str) -> ObjectRow {
    ObjectRow {
        source_id,
        address: address.to_owned(),
        file_key: address.to_owned(),
        address_key: address.to_owned(),
        sha256: content.to_owned(),
        file_sha256: content.to_owned(),
        bytes: 10,
        kind: "pdf".to_owned(),
        verdict: "marked".to_owned(),
        level: Some("mat".to_owned()),
        unread: "encrypted\ttrang 3".to_owned(),
        rules: "r1".to_owned(),
        last_run: run_id,
        last_seen: NOW.to_owned(),
        ..ObjectRow::default()
    }
}

fn finding(people: &People, source_id: i64, object_id: i64, run: i64, mark: &str) -> FindingRow {
    FindingRow {
        unit_id: people.unit,
        source_id,
        object_id,
        mark: mark.to_owned(),
        rule: "stamp.level".to_owned(),
        level: Some("mat".to_owned()),
        page: Some(1),
        bbox: "25 48 20 8".to_owned(),
        how: "image".to_owned(),
        permille: 973,
        excerpt: "MẬT".to_owned(),
        found_at: NOW.to_owned(),
        found_on: "2026-03-02".to_owned(),
        last_run: run,
        ..FindingRow::default()
    }
}

async fn source(tx: &mut Tx, people: &People, name: &str) -> i64 {
    tx.add_watch_source(&SourceRow {
        unit_id: people.unit,
        name: name.to_owned(),
        kind: "portal".to_owned(),
        place: "https://tinhmau.example/".to_owned(),
        owner_code: "T02".to_owned(),
        owner_name: "Đơn vị Đỏ".to_owned(),
        rate_per_min: 60,
        every_days: Some(7),
        next_on: Some("2026-03-09".to_owned()),
        created_by: people.account,
        created_at: NOW.to_owned(),
        ..SourceRow::default()
    })
    .await
    .unwrap()
}

/// Everything that the watch keeps, written and read back.
pub async fn watch(db: &Db, people: &People, told: &mut Transcript) {
    queue(db, told).await;
    let (object, run) = runs(db, people, told).await;
    judge(db, people, object, told).await;
    cases(db, people, object, told).await;
    read_watch(db, people, object, run, told).await;
}

async fn queue(db: &Db, told: &mut Transcript) {
    let mut tx = db.begin().await.unwrap();
    let new = [job("a", NOW), job("b", NOW), job("c", LATER), job("a", NOW)];
    told.say("added", tx.enqueue(&new).await.unwrap());
    told.say("again", tx.enqueue(&new).await.unwrap());
    told.say("due", tx.due_jobs("read", NOW, 10).await.unwrap());
    told.say("others", tx.due_jobs("other", NOW, 10).await.unwrap());
    tx.lease_jobs("w1", LATER, 0, &[1, 2]).await.unwrap();
    told.say("held", tx.heartbeat("w1", LATER, &[1, 2, 3]).await.unwrap());
    told.say("not held", tx.heartbeat("w2", LATER, &[1]).await.unwrap());
    told.say("nothing due", tx.due_jobs("read", NOW, 10).await.unwrap());
    told.say(
        "ends",
        (
            tx.end_job(1, "w2", "done", "", NOW).await.unwrap(),
            tx.end_job(1, "w1", "done", "", NOW).await.unwrap(),
            tx.end_job(1, "w1", "done", "", NOW).await.unwrap(),
            tx.again_job(2, "w1", NOW, "TIMEOUT").await.unwrap(),
            tx.again_job(2, "w1", NOW, "TIMEOUT").await.unwrap(),
        ),
    );
    tx.lease_jobs("w3", LATER, 3, &[3]).await.unwrap();
    told.say(
        "aside",
        tx.end_job(3, "w3", "poison", "JOB-POISON", NOW)
            .await
            .unwrap(),
    );
    told.say("job", tx.job(3).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    told.say("dropped", tx.drop_jobs(LATER).await.unwrap());
    tx.commit().await.unwrap();
    told.say("left", db.jobs_open_named("b").await.unwrap());
    told.say("gone", db.job(1).await.unwrap());
    told.say("job 2", db.job(2).await.unwrap());
}

async fn runs(db: &Db, people: &People, told: &mut Transcript) -> (i64, i64) {
    let mut tx = db.begin().await.unwrap();
    let (portal, run) = begun(&mut tx, people, told).await;
    let one = object(portal, run, "a.pdf", "sha-1");
    let id = seen(&mut tx, people, &one, told).await;
    ended(&mut tx, run, told).await;
    let next = tx
        .add_watch_run(portal, "patrol", "r1", people.account, NOW)
        .await
        .unwrap();
    let mut again = one.clone();
    again.last_run = next;
    told.say("next run", tx.see_watch_object(id, &again).await.unwrap());
    told.say(
        "unchanged",
        tx.same_watch_object(id, next, LATER).await.unwrap(),
    );
    tx.commit().await.unwrap();
    (id, run)
}

async fn begun(tx: &mut Tx, people: &People, told: &mut Transcript) -> (i64, i64) {
    let portal = source(tx, people, "Cổng thông tin").await;
    source(tx, people, "Trang tin").await;
    let run = tx
        .add_watch_run(portal, "patrol", "r1", people.account, NOW)
        .await
        .unwrap();
    told.say("open", tx.watch_run_open(portal).await.unwrap());
    told.say(
        "begun",
        (
            tx.start_watch_run(run, "r1", "w1", NOW).await.unwrap(),
            tx.start_watch_run(run, "r1", "w2", LATER).await.unwrap(),
            tx.set_watch_total(run, 3).await.unwrap(),
        ),
    );
    (portal, run)
}

async fn seen(tx: &mut Tx, people: &People, one: &ObjectRow, told: &mut Transcript) -> i64 {
    let (portal, run) = (one.source_id, one.last_run);
    let id = tx.add_watch_object(one).await.unwrap().unwrap();
    told.say("twice", tx.add_watch_object(one).await.unwrap());
    told.say(
        "met",
        tx.watch_object_met(portal, "a.pdf", "sha-1").await.unwrap(),
    );
    told.say("same run", tx.see_watch_object(id, one).await.unwrap());
    told.say(
        "file",
        (
            tx.watch_file_met(portal, "a.pdf", "sha-1", "r1")
                .await
                .unwrap(),
            tx.watch_file_met(portal, "a.pdf", "sha-1", "r2")
                .await
                .unwrap(),
            tx.watch_file_sha(portal, "a.pdf").await.unwrap(),
        ),
    );
    let first = finding(people, portal, id, run, "one");
    told.say("finding", tx.add_watch_finding(&first).await.unwrap());
    told.say("finding again", tx.add_watch_finding(&first).await.unwrap());
    let second = finding(people, portal, id, run, "two");
    tx.add_watch_finding(&second).await.unwrap();
    id
}

async fn ended(tx: &mut Tx, run: i64, told: &mut Transcript) {
    let counts = RunCounts {
        same: 1,
        marked: 1,
        clean: 2,
        incomplete: 3,
    };
    told.say("counted", tx.count_watch_run(run, counts).await.unwrap());
    let day = "2026-03-02";
    told.say(
        "ended",
        tx.end_watch_run(run, "done", "", LATER, day).await.unwrap(),
    );
    told.say(
        "ended again",
        tx.end_watch_run(run, "done", "", LATER, day).await.unwrap(),
    );
}

async fn judge(db: &Db, people: &People, object: i64, told: &mut Transcript) {
    let mut tx = db.begin().await.unwrap();
    let review = Review {
        state: "true".to_owned(),
        account_id: people.account,
        at: NOW.to_owned(),
        ..Review::default()
    };
    told.say(
        "judged",
        tx.review_watch_finding(1, 1, &review).await.unwrap(),
    );
    told.say(
        "stale",
        tx.review_watch_finding(1, 1, &review).await.unwrap(),
    );
    tx.confirm_watch_object(object, NOW).await.unwrap();
    tx.confirm_watch_object(object, LATER).await.unwrap();
    let step = TakedownRow {
        object_id: object,
        step: "removed".to_owned(),
        outcome: "done".to_owned(),
        done_at: NOW.to_owned(),
        account_id: people.account,
        created_at: NOW.to_owned(),
        ..TakedownRow::default()
    };
    told.say("step", tx.add_watch_takedown(&step).await.unwrap());
    told.say("step again", tx.add_watch_takedown(&step).await.unwrap());
    told.say("steps", tx.watch_takedown(object).await.unwrap());
    tx.gone_watch_object(object, LATER).await.unwrap();
    tx.commit().await.unwrap();
    told.say("no leak", db.watch_leaks(people.unit, 1).await.unwrap());
    let span = ("2026-03-01", "2026-03-03");
    told.say(
        "leaks",
        db.watch_leak_figures(people.unit, span.0, span.1)
            .await
            .unwrap(),
    );
    let mut tx = db.begin().await.unwrap();
    tx.reopen_watch_object(object).await.unwrap();
    told.say("begins anew", tx.watch_takedown(object).await.unwrap());
    told.say("object", tx.watch_object(object).await.unwrap());
    tx.commit().await.unwrap();
}

async fn files(tx: &mut Tx, people: &People, object: i64, told: &mut Transcript) -> String {
    tx.add_hand_over(&HandOverRow {
        unit_id: people.unit,
        object_id: object,
        number: "1/2026".to_owned(),
        receiver_code: "T02".to_owned(),
        receiver_name: "Đơn vị Đỏ".to_owned(),
        note: "một\n".to_owned(),
        created_by: people.account,
        created_at: NOW.to_owned(),
        ..HandOverRow::default()
    })
    .await
    .unwrap();
    let mut sender = SenderRow {
        name: "khien/giam-sat".to_owned(),
        key: "khien/giam-sat+1+2".to_owned(),
        added_by: people.account,
        added_at: NOW.to_owned(),
        ..SenderRow::default()
    };
    tx.add_sender(&sender).await.unwrap();
    sender.key = "another".to_owned();
    tx.add_sender(&sender).await.unwrap();
    told.say("sender", tx.sender("khien/giam-sat").await.unwrap());
    sender.name
}

async fn cases(db: &Db, people: &People, object: i64, told: &mut Transcript) {
    let mut tx = db.begin().await.unwrap();
    let sender = files(&mut tx, people, object, told).await;
    let case = CaseRow {
        unit_id: people.unit,
        sender,
        number: "1/2026".to_owned(),
        file_sha256: "sha".to_owned(),
        note: "một\n".to_owned(),
        address: "a.pdf".to_owned(),
        level: None,
        confirmed_on: "2026-03-02".to_owned(),
        received_by: people.account,
        received_at: NOW.to_owned(),
        ..CaseRow::default()
    };
    let id = tx.add_leak_case(&case).await.unwrap();
    let same = tx
        .same_case(people.unit, &case.sender, "1/2026")
        .await
        .unwrap();
    assert_eq!(same, Some(id));
    told.say(
        "other case",
        tx.same_case(people.unit, &case.sender, "2/2026")
            .await
            .unwrap(),
    );
    told.say(
        "closed",
        (
            tx.close_leak_case(id, "leak", "đã xử lý", people.account, LATER)
                .await
                .unwrap(),
            tx.close_leak_case(id, "leak", "đã xử lý", people.account, LATER)
                .await
                .unwrap(),
        ),
    );
    told.say("case", tx.leak_case(id, people.unit).await.unwrap());
    tx.commit().await.unwrap();
    told.say("absent", db.leak_case(id, people.unit + 1).await.unwrap());
    told.say(
        "open cases",
        db.leak_cases(people.unit, "open", 1).await.unwrap(),
    );
    told.say("cases", db.leak_cases(people.unit, "", 1).await.unwrap());
    told.say("senders", db.senders().await.unwrap());
    told.say("handed over", db.hand_overs_of(object).await.unwrap());
    told.say(
        "how many",
        db.hand_overs_count(people.unit, "2026-03-01", "2026-03-03")
            .await
            .unwrap(),
    );
}

async fn read_watch(db: &Db, people: &People, object: i64, run: i64, told: &mut Transcript) {
    let unit = people.unit;
    let (from, to) = ("2026-01-01", "2026-12-31");
    told.say("sources", db.watch_sources(unit, 1).await.unwrap());
    told.say("names", db.watch_source_names(unit, 10).await.unwrap());
    told.say(
        "due sources",
        db.watch_sources_due("2026-03-09", 10).await.unwrap().len(),
    );
    told.say(
        "not due",
        db.watch_sources_due("2026-03-08", 10).await.unwrap(),
    );
    told.say("kinds", db.watch_source_figures(unit).await.unwrap());
    told.say("run", db.watch_run(run).await.unwrap());
    told.say("runs", db.watch_runs(unit, 0, 1).await.unwrap().len());
    told.say("runs of two", db.watch_runs(unit, 2, 1).await.unwrap());
    told.say("last look", db.watch_last_look(1).await.unwrap());
    told.say(
        "run months",
        db.watch_run_months(unit, from, to).await.unwrap(),
    );
    told.say(
        "months",
        db.watch_finding_months(unit, from, to).await.unwrap(),
    );
    told.say("one object", db.watch_object(object).await.unwrap());
    told.say(
        "objects",
        db.watch_objects(unit, 0, "marked", 1).await.unwrap().len(),
    );
    told.say(
        "clean",
        db.watch_objects(unit, 1, "clean", 1).await.unwrap(),
    );
    told.say("leak", db.watch_leaks(unit, 1).await.unwrap().len());
    for state in ["", "new", "true", "false"] {
        let query = FindingQuery {
            state: state.to_owned(),
            how: "image".to_owned(),
            page: 1,
            ..FindingQuery::default()
        };
        told.say("findings", db.watch_findings(unit, &query).await.unwrap());
    }
    told.say("finding", db.watch_finding(1, unit).await.unwrap());
    told.say("of another", db.watch_finding(1, unit + 1).await.unwrap());
    told.say(
        "of object",
        db.watch_findings_of(object).await.unwrap().len(),
    );
    let mut tx = db.begin().await.unwrap();
    told.say(
        "off",
        (
            tx.set_watch_active(1, 1, false, None).await.unwrap(),
            tx.set_watch_active(1, 1, true, None).await.unwrap(),
        ),
    );
    tx.set_watch_next(2, Some("2026-03-16")).await.unwrap();
    tx.clear_watch_object(object).await.unwrap();
    told.say("source", tx.watch_source(1).await.unwrap());
    told.say("look", tx.watch_last_look(1).await.unwrap());
    told.say("inside", tx.watch_findings_of(object).await.unwrap().len());
    tx.commit().await.unwrap();
    told.say("source 2", db.watch_source(2).await.unwrap());
}

#[tokio::test]
async fn two_workers_never_get_the_same_job_and_never_wait_for_each_other() {
    let (_dir, _sqlite, _server, postgres) = both().await;
    let names: Vec<String> = (0..250).map(|n| format!("job-{n:03}")).collect();
    let new: Vec<NewJob<'_>> = names.iter().map(|name| job(name, NOW)).collect();
    let mut tx = postgres.begin().await.unwrap();
    assert_eq!(tx.enqueue(&new).await.unwrap(), 250);
    tx.commit().await.unwrap();
    // Both transactions are open at the same time; without SKIP LOCKED the second one would wait.
    let mut one = postgres.begin().await.unwrap();
    let mut two = postgres.begin().await.unwrap();
    let first = one.due_jobs("read", NOW, 150).await.unwrap();
    let second = two.due_jobs("read", NOW, 150).await.unwrap();
    assert_eq!((first.len(), second.len()), (150, 100));
    let mut all: Vec<i64> = first.iter().chain(&second).map(|row| row.id).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 250);
    let ids: Vec<i64> = first.iter().map(|row| row.id).collect();
    one.lease_jobs("w1", LATER, 0, &ids).await.unwrap();
    one.commit().await.unwrap();
    two.commit().await.unwrap();
    // What the second worker did not lease is due again, the rest is not.
    let mut three = postgres.begin().await.unwrap();
    assert_eq!(three.due_jobs("read", NOW, 300).await.unwrap().len(), 100);
}
