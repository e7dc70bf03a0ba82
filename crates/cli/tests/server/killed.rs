//! The server is killed (SIGKILL) while clerks work over HTTP. What was answered is
//! there, a form that got no answer is sent again and stands once, no number is
//! given twice or skipped, the ledger holds.
//!
//! `KHIEN_TEST_KILLS` sets the number of kills.

use std::collections::BTreeSet;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use khien_testkit::Postgres;
use store::install::Database;
use store::{Backend, Db, Install};

use crate::house::{House, PASSPHRASE, PASSWORD, Seeded};
use crate::http;

const CLERKS: usize = 3;
/// Every line of the story: book, and the year that its clerks write in.
const BOOKS: [&str; 2] = ["di", "den"];
const YEAR: i64 = 2025;

/// A clerk between two starts of the server.
struct Clerk {
    name: usize,
    cookie: String,
    csrf: String,
    sent: usize,
    /// The form that got no answer.
    unanswered: Option<usize>,
    /// Numbers and symbols of the documents that were answered, by book.
    answered: Vec<(usize, String)>,
    repeated: usize,
}

impl Clerk {
    fn sign_in(name: usize, address: &str) -> Self {
        let login = format!("vanthu{name}");
        let form = http::form(&[("login", &login), ("password", PASSWORD)]);
        let answer = http::send(address, "POST /login", "", &form).unwrap();
        assert_eq!((answer.status, answer.location.as_str()), (303, "/"));
        let page = http::send(address, "GET /books/di/entries/new", &answer.cookie, "").unwrap();
        let (_, token) = page.body.split_once("name=\"csrf\" value=\"").unwrap();
        Self {
            name,
            cookie: answer.cookie,
            csrf: token.split('"').next().unwrap().to_owned(),
            sent: 0,
            unanswered: None,
            answered: Vec::new(),
            repeated: 0,
        }
    }

    /// Registers until the server is gone; says each answer.
    fn work(mut self, address: &str, said: &Sender<()>) -> Self {
        loop {
            self.repeated += usize::from(self.unanswered.is_some());
            let n = self.unanswered.take().unwrap_or_else(|| {
                self.sent += 1;
                self.sent
            });
            let book = (self.name + n) % BOOKS.len();
            let number = format!("{n}-{}/KH-STM", self.name);
            let form = http::form(&[
                ("csrf", &self.csrf),
                ("request", &format!("request-of-{:03}-{n:09}", self.name)),
                ("entry_date", "2025-01-15"),
                ("doc_date", "2025-01-14"),
                ("number_symbol", &number),
                ("doc_type", "Cong-van"),
                ("subject", "ra-soat"),
                ("level", "mat"),
                ("signer", "Nguoi-Ky"),
                ("issuer", "Doan-Mau"),
                ("recipient", "Phong-Mot"),
                ("quantity", "2"),
            ]);
            let request = format!("POST /books/{}/entries", BOOKS[book]);
            let Ok(answer) = http::send(address, &request, &self.cookie, &form) else {
                self.unanswered = Some(n);
                return self;
            };
            assert_eq!(answer.status, 303, "{number}: {}", answer.body);
            assert!(
                answer.location.ends_with("?done=entry"),
                "{}",
                answer.location
            );
            self.answered.push((book, number));
            // The one that listens may have heard enough.
            let _ = said.send(());
        }
    }
}

/// Starts the server, lets the clerks work, kills it in the middle.
fn start_and_kill(house: &House, clerks: Vec<Clerk>, seeded: &mut Seeded) -> Vec<Clerk> {
    let (mut server, address) = house.serve();
    let clerks = if clerks.is_empty() {
        (0..CLERKS)
            .map(|name| Clerk::sign_in(name, &address))
            .collect()
    } else {
        clerks
    };
    let (said, heard) = channel();
    let workers: Vec<_> = clerks
        .into_iter()
        .map(|clerk| {
            let (address, said) = (address.clone(), said.clone());
            std::thread::spawn(move || clerk.work(&address, &said))
        })
        .collect();
    drop(said);
    for _ in 0..seeded.below(20) {
        heard.recv().unwrap();
    }
    // A line takes some milliseconds; the kill lands anywhere in one.
    let moment = Duration::from_micros(seeded.below(40_000));
    let start = Instant::now();
    while start.elapsed() < moment {
        std::hint::spin_loop();
    }
    server.kill().unwrap();
    server.wait().unwrap();
    workers
        .into_iter()
        .map(|worker| worker.join().unwrap())
        .collect()
}

/// PostgreSQL finishes what a killed server had asked for before it notices that nobody
/// listens. The books are compared when it has.
async fn at_rest(db: &Db) {
    if db.backend() == Backend::Sqlite {
        return;
    }
    const BUSY: &str = "SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()";
    while db.one(BUSY, &[]).await.unwrap().int("n").unwrap() > 0 {
        tokio::task::yield_now().await;
    }
}

/// What the killed server left. `unanswered` forms may stand in the books or not.
async fn check(house: &House, clerks: &[Clerk], at: &str) -> usize {
    let install = Install::open_beside(&house.dir, PASSPHRASE, &house.database)
        .await
        .unwrap();
    at_rest(&install.db).await;
    let mut lines = 0;
    for (book, kind) in BOOKS.iter().enumerate() {
        let last = install.db.last_serial(1, kind, YEAR).await.unwrap();
        let rows = install
            .db
            .entry_range(1, kind, YEAR, 1, last + 10)
            .await
            .unwrap();
        let serials: Vec<i64> = rows.iter().map(|row| row.serial).collect();
        assert_eq!(serials, (1..=last).collect::<Vec<_>>(), "{at}: {kind}");
        let there: BTreeSet<&str> = rows.iter().map(|row| row.number_symbol.as_str()).collect();
        assert_eq!(there.len(), rows.len(), "{at}: {kind}: a form stands twice");
        let answered = clerks.iter().flat_map(|clerk| &clerk.answered);
        for (_, number) in answered.filter(|(of, _)| *of == book) {
            assert!(
                there.contains(number.as_str()),
                "{at}: {kind}: {number} was answered and is lost"
            );
        }
        lines += rows.len();
    }
    let answered: usize = clerks.iter().map(|clerk| clerk.answered.len()).sum();
    let open = clerks
        .iter()
        .filter(|clerk| clerk.unanswered.is_some())
        .count();
    assert!(
        (answered..=answered + open).contains(&lines),
        "{at}: {lines} lines, {answered} answers"
    );
    // One event for each line, and nothing else happened.
    let (events, _) = install.db.verify_log().await.unwrap();
    assert_eq!(events, lines as u64, "{at}");
    assert!(
        install.db.custody_broken().await.unwrap().is_empty(),
        "{at}"
    );
    install.close().await;
    lines
}

async fn survives(database: Database, kills: usize, seed: u64) {
    let place = tempfile::tempdir().unwrap();
    let house = House::make(place.path(), database, CLERKS).await;
    let mut seeded = Seeded(seed);
    let mut clerks = Vec::new();
    let mut lines = 0;
    for kill in 0..kills {
        clerks = start_and_kill(&house, clerks, &mut seeded);
        lines = check(&house, &clerks, &format!("seed {seed}, kill {kill}")).await;
    }
    let answered: usize = clerks.iter().map(|clerk| clerk.answered.len()).sum();
    let repeated: usize = clerks.iter().map(|clerk| clerk.repeated).sum();
    println!(
        "{kills} kills, {answered} answered lines, {repeated} forms sent again, {lines} lines"
    );
    assert!(
        answered > 2 * kills && repeated >= kills,
        "{answered} answers, {repeated} repeated"
    );
    doctor_is_content(&house);
}

/// The program's own judgement after the last kill.
fn doctor_is_content(house: &House) {
    let said = house.command(&["doctor", "--json"]).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let failed: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["status"] == "fail")
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(said.status.code(), Some(0));
}

fn kills(usual: usize) -> usize {
    std::env::var("KHIEN_TEST_KILLS").map_or(usual, |kills| kills.parse().unwrap())
}

#[tokio::test]
async fn a_killed_server_loses_no_answered_line_on_sqlite() {
    survives(Database::Folder, kills(10), 21).await;
}

#[tokio::test]
async fn a_killed_server_loses_no_answered_line_on_postgres() {
    let server = Postgres::start().unwrap();
    let database = Database::Postgres(server.database().unwrap());
    survives(database, kills(4), 22).await;
}
