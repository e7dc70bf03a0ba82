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
