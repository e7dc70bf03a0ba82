//! `khien doctor`: looks at an installation and says what is well, what is not, and what to do.
//!
//! It only reads, and works beside a running server. A check that could not be made fails with what
//! stood in its way; it is never reported as passed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ledger::checkpoint::Checkpoint;
use ledger::note::VerifierKey;
use ledger::{Event, proof};

use crate::install::{self, Install};
use crate::limits::{DISK_FREE_FAIL_BYTES, DISK_FREE_WARN_BYTES, DOCTOR_FINDINGS_MAX};
use crate::{Backend, Db, Row, StoreError, keys, migrate, statements};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Ok,
    /// Works, but somebody should act.
    Warn,
    Fail,
}

impl Status {
    /// `ok`, `warn` or `fail`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One check and its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub status: Status,
    /// What was found, for people.
    pub detail: String,
    /// What to do if it did not come out well.
    pub remedy: &'static str,
}

statements! {
    BOOK_LINES = "SELECT unit_id, kind, year, COUNT(*) AS n, MIN(serial) AS low, MAX(serial) AS high
        FROM entry GROUP BY unit_id, kind, year ORDER BY unit_id, kind, year";
    BOOK_COUNTERS = "SELECT name, n FROM counter WHERE name LIKE 'book:%' ORDER BY name";
    LEVEL_LINES = "SELECT unit_id, kind, year, level, COUNT(*) AS n, MIN(level_serial) AS low,
        MAX(level_serial) AS high FROM entry WHERE level_serial IS NOT NULL
        GROUP BY unit_id, kind, year, level ORDER BY unit_id, kind, year, level";
    LEVEL_COUNTERS = "SELECT name, n FROM counter WHERE name LIKE 'level:%' ORDER BY name";
}

/// SQLite's own checks: references, structure, and the cipher's seal on every page.
const SQLITE_REFERENCES: &str = "SELECT \"table\" || ' row ' || coalesce(rowid, 0) AS found FROM pragma_foreign_key_check LIMIT 20";
const SQLITE_STRUCTURE: &str = "SELECT quick_check AS found FROM pragma_quick_check LIMIT 20";
const SQLITE_PAGES: &str = "PRAGMA cipher_integrity_check";

const RESTORE: &str = "stop the server and restore the last good backup with `khien restore`";

/// What can be said of an installation that does not open, beside why.
pub fn unopened(dir: &Path, why: StoreError) -> Vec<Check> {
    let remedy = "check folder, passphrase and database; if one is lost, restore a backup";
    let opens = outcome("database", remedy, Err(Wrong::from(why)));
    vec![opens, folder(dir), key_file(dir), disk(dir)]
}

/// Checks an open installation. `now` is UTC RFC 3339.
pub async fn examine(install: &Install, now: &str) -> Vec<Check> {
    let (db, dir) = (&install.db, install.dir());
    let mut checks = vec![
        schema(db).await,
        pages(db).await,
        references(db).await,
        numbers(db).await,
        custody(db).await,
        events(db).await,
        checkpoint(db, install.keys.verifier()).await,
        clock(db, now).await,
    ];
    checks.extend([folder(dir), key_file(dir), disk(dir)]);
    checks
}

/// Why a check did not come out well.
struct Wrong {
    status: Status,
    detail: String,
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error)
            .map_or_else(String::new, |cause| format!(": {cause}"));
        fail(format!("{error}{cause}"))
    }
}

impl From<ledger::Error> for Wrong {
    fn from(error: ledger::Error) -> Self {
        fail(error.to_string())
    }
}

fn fail(detail: String) -> Wrong {
    Wrong {
        status: Status::Fail,
        detail,
    }
}

fn warn(detail: String) -> Wrong {
    Wrong {
        status: Status::Warn,
        detail,
    }
}

fn outcome(name: &'static str, remedy: &'static str, found: Result<String, Wrong>) -> Check {
    let (status, detail) = match found {
        Ok(detail) => (Status::Ok, detail),
        Err(wrong) => (wrong.status, wrong.detail),
    };
    Check {
        name,
        status,
        detail,
        remedy,
    }
}

async fn schema(db: &Db) -> Check {
    let found = async {
        let (found, known) = (migrate::version(db).await?, migrate::newest());
        match found {
            _ if found < known => Err(warn(format!("step {found} of {known}"))),
            _ if found > known => Err(StoreError::Newer { found, known }.into()),
            _ => Ok(format!("step {found}, the newest")),
        }
    }
    .await;
    outcome(
        "schema",
        "run `khien upgrade`, with the newest program",
        found,
    )
}

async fn pages(db: &Db) -> Check {
    let found = async {
        if db.backend() == Backend::Postgres {
            return Ok("kept by the PostgreSQL server".to_owned());
        }
        let sealed = db.all(SQLITE_PAGES, &[]).await?;
        if !sealed.is_empty() {
            return Err(fail(format!(
                "{} pages fail the cipher's check",
                sealed.len()
            )));
        }
        let structure = texts(&db.all(SQLITE_STRUCTURE, &[]).await?)?;
        if structure == ["ok"] {
            Ok("every page is sealed and in order".to_owned())
        } else {
            Err(fail(structure.join("; ")))
        }
    }
    .await;
    outcome("pages", RESTORE, found)
}

async fn references(db: &Db) -> Check {
    let found = async {
        if db.backend() == Backend::Postgres {
            return Ok("enforced by the PostgreSQL server".to_owned());
        }
        let broken = texts(&db.all(SQLITE_REFERENCES, &[]).await?)?;
        if broken.is_empty() {
            Ok("every row refers to a row that is there".to_owned())
        } else {
            Err(fail(broken.join(", ")))
        }
    }
    .await;
    outcome("references", RESTORE, found)
}

fn texts(rows: &[Row]) -> Result<Vec<String>, StoreError> {
    rows.iter().map(|row| row.text("found")).collect()
}

/// A book's counter, its number of lines and its last number are one and the same; so are those
/// of each level in a book that numbers by level.
async fn numbers(db: &Db) -> Check {
    let found = async {
        let mut wrong = Vec::new();
        let (books, lines) = gaps(db, BOOK_LINES, BOOK_COUNTERS, &mut wrong).await?;
        gaps(db, LEVEL_LINES, LEVEL_COUNTERS, &mut wrong).await?;
        if wrong.is_empty() {
            return Ok(format!("{books} books, {lines} lines, no gap"));
        }
        let more = wrong.len().saturating_sub(DOCTOR_FINDINGS_MAX);
        wrong.truncate(DOCTOR_FINDINGS_MAX);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        Err(fail(format!("{}{more}", wrong.join("; "))))
    }
    .await;
    let remedy = "a line was removed or added outside the program: compare with the printed pages, then restore a backup";
    outcome("numbers", remedy, found)
}

/// Compares the series of lines with their counters; counts series and lines.
async fn gaps(
    db: &Db,
    lines_of: &str,
    counters_of: &str,
    wrong: &mut Vec<String>,
) -> Result<(usize, i64), Wrong> {
    let mut counters = BTreeMap::new();
    for row in db.all(counters_of, &[]).await? {
        counters.insert(row.text("name")?, row.int("n")?);
    }
    let (mut books, mut lines) = (0, 0);
    for row in db.all(lines_of, &[]).await? {
        let (unit, kind, year) = (row.int("unit_id")?, row.text("kind")?, row.int("year")?);
        let series = if lines_of == LEVEL_LINES {
            crate::books::level_series(unit, &kind, year, &row.text("level")?)
        } else {
            crate::books::book_series(unit, &kind, year)
        };
        let (n, low, high) = (row.int("n")?, row.int("low")?, row.int("high")?);
        let counter = counters.remove(&series).unwrap_or(0);
        if low != 1 || high != n || counter != n {
            wrong.push(format!(
                "{series} has {n} lines, numbers {low} to {high}, counter {counter}"
            ));
        }
        books += 1;
        lines += n;
    }
    let empty = counters.iter().filter(|(_, n)| **n != 0);
    wrong.extend(empty.map(|(series, n)| format!("{series} has no line, counter {n}")));
    Ok((books, lines))
}

async fn custody(db: &Db) -> Check {
    let found = async {
        let broken = db.custody_broken().await?;
        if broken.is_empty() {
            return Ok("every copy is where its last move says".to_owned());
        }
        let list: Vec<String> = broken.iter().map(i64::to_string).collect();
        Err(fail(format!("copies {}", list.join(", "))))
    }
    .await;
    outcome("custody", RESTORE, found)
}

async fn events(db: &Db) -> Check {
    let found = async {
        let (size, root) = db.verify_log().await?;
        Ok(format!("{size} events, root {}", short(&root)))
    }
    .await;
    let remedy = "keep this folder as evidence, restore the last good backup elsewhere, compare with printed pages";
    outcome("ledger", remedy, found)
}

/// The last checkpoint is signed by this installation's key, and the log extends what it says.
async fn checkpoint(db: &Db, verifier: &str) -> Check {
    let found = async {
        let (size, root) = db.log_head().await?;
        let Some(last) = db.checkpoint_last().await? else {
            return if size == 0 {
                Ok("none yet, and nothing to sign".to_owned())
            } else {
                Err(warn(format!("{size} events and no checkpoint")))
            };
        };
        let key: VerifierKey = verifier.parse()?;
        let signed = Checkpoint::open(&last.note, &key)?;
        if i64::try_from(signed.size) != Ok(last.size) {
            return Err(fail(format!(
                "row of size {} holds a note of size {}",
                last.size, signed.size
            )));
        }
        if signed.size > size {
            return Err(fail(format!(
                "{} events were signed, {size} are there",
                signed.size
            )));
        }
        let path = db.consistency(signed.size, size).await?;
        proof::verify_consistency(signed.size, size, &signed.root, &root, &path)?;
        Ok(format!("at {} of {size} events, consistent", signed.size))
    }
    .await;
    let remedy = "make one with `khien ledger checkpoint`; if events are missing, restore a backup and compare with paper";
    outcome("checkpoint", remedy, found)
}

/// The clock is not behind what was already written.
async fn clock(db: &Db, now: &str) -> Check {
    let found = async {
        let (size, _) = db.log_head().await?;
        let newest = i64::try_from(size).unwrap_or(i64::MAX) - 1;
        let Some(row) = db.event(newest).await? else {
            return Ok(format!("{now}, nothing written yet"));
        };
        let (event, _) = Event::decode(&row.bytes)?;
        // Both are UTC of fixed width up to the second.
        if second(now) < second(&event.at) {
            Err(fail(format!(
                "it is {now}, but the newest event is of {}",
                event.at
            )))
        } else {
            Ok(format!("{now}, newest event {}", event.at))
        }
    }
    .await;
    outcome("clock", "set the clock of this machine", found)
}

fn second(instant: &str) -> &str {
    instant.get(..19).unwrap_or(instant)
}

fn short(root: &ledger::Hash) -> String {
    ledger::digest::hex(root).chars().take(20).collect()
}

fn folder(dir: &Path) -> Check {
    let found = (|| {
        let real = dir.canonicalize().map_err(crate::files::failed(dir))?;
        match install::file_system(&real)? {
            Some(kind) if install::is_network(&kind) => Err(fail(format!(
                "`{}` is on a network file system (`{kind}`)",
                dir.display()
            ))),
            Some(kind) => Ok(format!("`{}` on `{kind}`", dir.display())),
            None => Err(warn(
                "this machine does not tell what file system it is".to_owned(),
            )),
        }
    })();
    outcome("folder", "move the folder to a disk of this machine", found)
}

#[cfg(unix)]
fn key_file(dir: &Path) -> Check {
    use std::os::unix::fs::PermissionsExt as _;
    let path = dir.join(keys::FILE);
    let found = (|| {
        let found = fs::metadata(&path).map_err(crate::files::failed(&path))?;
        let mode = found.permissions().mode() & 0o777;
        let slots = keys::slots(dir)?.len();
        if mode & 0o077 == 0 {
            Ok(format!("{slots} slots, mode {mode:03o}"))
        } else {
            Err(fail(format!(
                "mode {mode:03o}: others than its owner may use it"
            )))
        }
    })();
    outcome(
        "keys",
        "run `chmod 600 keys.toml` in the folder; keep a copy of the file elsewhere",
        found,
    )
}

#[cfg(not(unix))]
fn key_file(dir: &Path) -> Check {
    let found = keys::slots(dir)
        .map(|slots| format!("{} slots", slots.len()))
        .map_err(Wrong::from);
    outcome("keys", "restore the file from a copy", found)
}

fn disk(dir: &Path) -> Check {
    let found = (|| {
        let disk = rustix::fs::statvfs(dir)
            .map_err(|error| fail(format!("free space cannot be read: {error}")))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let detail = format!("{} MiB free", free / (1024 * 1024));
        match free {
            _ if free < DISK_FREE_FAIL_BYTES => Err(fail(detail)),
            _ if free < DISK_FREE_WARN_BYTES => Err(warn(detail)),
            _ => Ok(detail),
        }
    })();
    outcome(
        "disk",
        "free space, or move the folder to a larger disk",
        found,
    )
}
