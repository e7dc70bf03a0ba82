//! Writers that are killed: what was acknowledged is there, nothing is there twice, the chain holds.
//!
//! This program starts itself again as the writer. The writer says each line's number after its
//! commit; we kill it (SIGKILL) at a random point and look at what the database kept.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use khien_testkit::Postgres;
use store::Db;

use crate::common::{self, KEY, Seeded};
use crate::samples::{self, People};

/// Where a writer works: a file, or the address of a PostgreSQL database. Set only for writers.
const WHERE: &str = "KHIEN_TEST_CRASH";
const ACKNOWLEDGED: &str = "acknowledged ";
const PEOPLE: People = People {
    unit: 1,
    account: 1,
};

async fn open(place: &str) -> Db {
    if place.starts_with("postgres:") {
        Db::open_postgres(place).await.unwrap()
    } else {
        Db::open_sqlite(Path::new(place), &KEY).await.unwrap()
    }
}

/// Writes until it is killed: four clerks, so that some wait while others share a commit.
async fn write_until_killed(place: &str) {
    let db = open(place).await;
    let clerk = |db: Db| async move {
        loop {
            let done = samples::register(&db, &PEOPLE, "di", "dòng thử sự cố")
                .await
                .unwrap();
            let mut out = std::io::stdout().lock();
            writeln!(out, "{ACKNOWLEDGED}{}", done.serial).unwrap();
            out.flush().unwrap();
        }
    };
    let four = [db.clone(), db.clone(), db.clone(), db];
    let [a, b, c, d] = four.map(clerk);
    tokio::join!(a, b, c, d);
}

/// Starts a writer, kills it after a random number of acknowledgements and a random moment more, and
/// gives the acknowledged numbers.
fn start_and_kill(test: &str, place: &str, seeded: &mut Seeded) -> Vec<i64> {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(WHERE, place)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let enough = seeded.below(8);
    let mut acknowledged = Vec::new();
    let mut take = |line: String| {
        if let Some((_, number)) = line.split_once(ACKNOWLEDGED) {
            acknowledged.push(number.parse().unwrap());
        }
        acknowledged.len() as u64
    };
    while take(lines.next().unwrap().unwrap()) <= enough {}
    // A commit takes a few milliseconds; the kill lands anywhere in one.
    let moment = Duration::from_micros(seeded.below(6_000));
    let start = Instant::now();
    while start.elapsed() < moment {
        std::hint::spin_loop();
    }
    writer.kill().unwrap();
    for line in lines {
        take(line.unwrap());
    }
    writer.wait().unwrap();
    acknowledged
}

async fn survives(test: &str, place: &str, kills: usize, seed: u64) {
    let mut seeded = Seeded::new(seed);
    let (mut total, mut unsaid) = (0, 0);
    for kill in 0..kills {
        let acknowledged = start_and_kill(test, place, &mut seeded);
        let db = open(place).await;
        let last = db.last_serial(PEOPLE.unit, "di", 2026).await.unwrap();
        let rows = db
            .entry_range(PEOPLE.unit, "di", 2026, 1, last + 10)
            .await
            .unwrap();
        let serials: Vec<i64> = rows.iter().map(|row| row.serial).collect();
        assert_eq!(
            serials,
            (1..=last).collect::<Vec<_>>(),
            "seed {seed}, kill {kill}"
        );
        let highest = acknowledged.iter().max().copied().unwrap_or(0);
        assert!(
            highest <= last,
            "seed {seed}, kill {kill}: {highest} was acknowledged, {last} is last"
        );
        let (size, _) = db.verify_log().await.unwrap();
        assert_eq!(
            i64::try_from(size).unwrap(),
            last,
            "seed {seed}, kill {kill}"
        );
        db.close().await;
        total += acknowledged.len();
        unsaid = last - i64::try_from(total).unwrap();
        // A commit whose acknowledgement the kill cut off may be there: one for each of four clerks.
        assert!(
            unsaid <= 4 * i64::try_from(kill + 1).unwrap(),
            "seed {seed}, kill {kill}"
        );
    }
    println!(
        "{kills} kills, {total} acknowledged lines, {unsaid} more were committed but not said"
    );
    assert!(total > kills);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn killed_writers_lose_nothing_on_sqlite() {
    if let Ok(place) = std::env::var(WHERE) {
        return runtime().block_on(write_until_killed(&place));
    }
    let dir = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let db = common::sqlite(dir.path()).await;
        samples::people(&db).await;
        db.close().await;
        let place = dir.path().join("khien.db");
        survives(
            "crash::killed_writers_lose_nothing_on_sqlite",
            place.to_str().unwrap(),
            200,
            11,
        )
        .await;
    });
}

#[test]
fn killed_writers_lose_nothing_on_postgres() {
    if let Ok(place) = std::env::var(WHERE) {
        return runtime().block_on(write_until_killed(&place));
    }
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    runtime().block_on(async {
        let db = Db::open_postgres(&url).await.unwrap();
        common::begin(&db).await;
        samples::people(&db).await;
        db.close().await;
        survives(
            "crash::killed_writers_lose_nothing_on_postgres",
            &url,
            20,
            12,
        )
        .await;
    });
}
