//! Many clerks at one book: numbers without gap or repetition, a ledger that verifies.

use khien_testkit::Postgres;
use store::Db;

use crate::common;
use crate::samples;

const CLERKS: i64 = 16;
const LINES: i64 = 12;

async fn many_clerks(db: &Db) {
    let people = samples::people(db).await;
    let mut tasks = tokio::task::JoinSet::new();
    for clerk in 0..CLERKS {
        let db = db.clone();
        let people = people.clone();
        tasks.spawn(async move {
            let mut given = Vec::new();
            for line in 0..LINES {
                // Every fourth draws a number and gives up: that number goes to the next clerk.
                if line % 4 == 3 {
                    let mut tx = db.begin().await.unwrap();
                    tx.next_number(&store::books::book_series(people.unit, "di", 2026))
                        .await
                        .unwrap();
                    drop(tx);
                }
                let kind = if line % 3 == 0 { "den" } else { "di" };
                let text = format!("clerk {clerk} line {line}");
                given.push((
                    kind,
                    samples::register(&db, &people, kind, &text)
                        .await
                        .unwrap()
                        .serial,
                ));
            }
            given
        });
    }
    let mut given: Vec<(&str, i64)> = tasks.join_all().await.into_iter().flatten().collect();
    given.sort_unstable();
    let (den, di) = (CLERKS * LINES / 3, CLERKS * LINES * 2 / 3);
    let expected: Vec<(&str, i64)> = (1..=den)
        .map(|n| ("den", n))
        .chain((1..=di).map(|n| ("di", n)))
        .collect();
    assert_eq!(given, expected);
    for (kind, count) in [("den", den), ("di", di)] {
        assert_eq!(
            db.last_serial(people.unit, kind, 2026).await.unwrap(),
            count
        );
        let rows = db
            .entry_range(people.unit, kind, 2026, 1, count + 10)
            .await
            .unwrap();
        let serials: Vec<i64> = rows.iter().map(|row| row.serial).collect();
        assert_eq!(serials, (1..=count).collect::<Vec<_>>());
    }
    let (size, _) = db.verify_log().await.unwrap();
    assert_eq!(i64::try_from(size).unwrap(), CLERKS * LINES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_clerks_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    many_clerks(&common::sqlite(dir.path()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_clerks_on_postgres() {
    let server = Postgres::start().unwrap();
    many_clerks(&common::postgres(&server).await).await;
}

/// Clerks at once, some of whom give up or are refused inside a common commit: what was
/// acknowledged is there, what was not is not.
async fn shared_commits(db: &Db) {
    let people = samples::people(db).await;
    let mut tasks = tokio::task::JoinSet::new();
    for clerk in 0..CLERKS {
        let (db, people) = (db.clone(), people.clone());
        tasks.spawn(async move {
            let mut kept = Vec::new();
            for line in 0..LINES {
                let mut tx = db.begin_shared().await.unwrap();
                let name = format!("c{clerk}-{line}");
                tx.next_number("shared").await.unwrap();
                keep(&mut tx, &name, people.account).await;
                match (clerk + line) % 4 {
                    0 => drop(tx),
                    1 => {
                        let again = tx
                            .run(TWICE, &store::args![name.as_str(), people.account])
                            .await;
                        assert_eq!(again.unwrap_err().code(), "STORE-DUPLICATE");
                        drop(tx);
                    }
                    _ => {
                        tx.commit().await.unwrap();
                        // Acknowledged is durable: another connection sees it.
                        let seen = db.first(SEEN, &store::args![name.as_str()]).await;
                        assert!(seen.unwrap().is_some(), "{name}");
                        kept.push(name);
                    }
                }
            }
            kept
        });
    }
    let mut kept: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
    kept.sort_unstable();
    let rows = db.all(ALL, &[]).await.unwrap();
    let found: Vec<String> = rows.iter().map(|row| row.text("id").unwrap()).collect();
    assert_eq!(found, kept);
    assert_eq!(kept.len(), usize::try_from(CLERKS * LINES / 2).unwrap());
    let mut tx = db.begin().await.unwrap();
    let next = tx.next_number("shared").await.unwrap();
    assert_eq!(next, CLERKS * LINES / 2 + 1);
}

/// The mark of a finished request.
async fn keep(tx: &mut store::Tx, name: &str, account: i64) {
    assert!(tx.claim_request(name, account, "now").await.unwrap());
    tx.finish_request(name, account, "done").await.unwrap();
}

const TWICE: &str =
    "INSERT INTO request (id, account_id, outcome, created_at) VALUES ($1, $2, 'done', 'now')";
const SEEN: &str = "SELECT id FROM request WHERE id = $1";
const ALL: &str = "SELECT id FROM request ORDER BY id";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn shared_commits_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    shared_commits(&common::sqlite(dir.path()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn shared_commits_on_postgres() {
    let server = Postgres::start().unwrap();
    shared_commits(&common::postgres(&server).await).await;
}

/// Two acts in one commit, by hand: who waits is not told before, and a clerk who goes away while
/// waiting does not keep the others from it.
#[tokio::test]
async fn an_act_is_acknowledged_only_when_all_before_it_are_durable() {
    let dir = tempfile::tempdir().unwrap();
    let db = common::sqlite(dir.path()).await;
    let people = samples::people(&db).await;
    let mut first = db.begin_shared().await.unwrap();
    keep(&mut first, "first", people.account).await;
    let (other, account) = (db.clone(), people.account);
    let mut second = Box::pin(async move {
        let mut tx = other.begin_shared().await.unwrap();
        let before = tx.request("first", account).await.unwrap();
        keep(&mut tx, "second", account).await;
        (tx, before)
    });
    // Queues, because the first act is open.
    assert!(poll_once(second.as_mut()).await.is_none());
    let mut committing = Box::pin(first.commit());
    assert!(poll_once(committing.as_mut()).await.is_none());
    let seen = db.first(SEEN, &store::args!["first"]).await.unwrap();
    assert!(seen.is_none(), "told nobody, written for nobody");
    let (tx, before) = second.await;
    assert_eq!(
        before.as_deref(),
        Some("done"),
        "both are in one transaction"
    );
    drop(committing);
    tx.commit().await.unwrap();
    for name in ["first", "second"] {
        let seen = db.first(SEEN, &store::args![name]).await.unwrap();
        assert!(seen.is_some(), "{name}");
    }
    // An act that needs the durable state gets it.
    let mut tx = db.begin().await.unwrap();
    keep(&mut tx, "third", people.account).await;
    tx.commit().await.unwrap();
    db.close().await;
}

/// Polls a future once.
async fn poll_once<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut future).poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
