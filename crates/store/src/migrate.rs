//! Forward-only migrations, one pair of texts per step. A step that was applied
//! is recognised by the SHA-256 of its text; a changed text is refused, because
//! then nobody knows what the database looks like.

use sha2::{Digest, Sha256};

use crate::{Backend, Db, StoreError, Tx, args};

/// One step: number, SQLite text, PostgreSQL text.
pub const STEPS: &[(i64, &str, &str)] = &[
    (
        1,
        include_str!("../../../migrations/sqlite/0001_house.sql"),
        include_str!("../../../migrations/postgres/0001_house.sql"),
    ),
    (
        2,
        include_str!("../../../migrations/sqlite/0002_acts.sql"),
        include_str!("../../../migrations/postgres/0002_acts.sql"),
    ),
    (
        3,
        include_str!("../../../migrations/sqlite/0003_library.sql"),
        include_str!("../../../migrations/postgres/0003_library.sql"),
    ),
    (
        4,
        include_str!("../../../migrations/sqlite/0004_book_years.sql"),
        include_str!("../../../migrations/postgres/0004_book_years.sql"),
    ),
    (
        5,
        include_str!("../../../migrations/sqlite/0005_unit_papers.sql"),
        include_str!("../../../migrations/postgres/0005_unit_papers.sql"),
    ),
    (
        6,
        include_str!("../../../migrations/sqlite/0006_watch.sql"),
        include_str!("../../../migrations/postgres/0006_watch.sql"),
    ),
    (
        7,
        include_str!("../../../migrations/sqlite/0007_batches.sql"),
        include_str!("../../../migrations/postgres/0007_batches.sql"),
    ),
    (
        8,
        include_str!("../../../migrations/sqlite/0008_first_page.sql"),
        include_str!("../../../migrations/postgres/0008_first_page.sql"),
    ),
];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_step (
    version BIGINT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL)";
const APPLIED: &str = "SELECT version, sha256 FROM schema_step ORDER BY version";
const RECORD: &str = "INSERT INTO schema_step (version, sha256) VALUES ($1, $2)";
/// Only one server migrates a PostgreSQL database at a time.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(5264470)::text AS locked";

/// Brings the database to the newest schema; the answer counts applied steps.
///
/// # Errors
/// [`StoreError::Newer`] when the database knows steps that this program does
/// not; [`StoreError::MigrationChanged`] when a step's text differs.
pub async fn migrate(db: &Db) -> Result<usize, StoreError> {
    migrate_to(db, STEPS).await
}

/// As [`migrate`], with the steps given: upgrade tests stop half way.
pub async fn migrate_to(db: &Db, steps: &[(i64, &str, &str)]) -> Result<usize, StoreError> {
    let mut tx = db.begin().await?;
    if db.backend() == Backend::Postgres {
        tx.all(POSTGRES_LOCK, &[]).await?;
    }
    tx.run(TABLE, &[]).await?;
    let mut applied = Vec::new();
    for row in tx.all(APPLIED, &[]).await? {
        applied.push((row.int("version")?, row.text("sha256")?));
    }
    let known = steps.iter().map(|step| step.0).max().unwrap_or(0);
    if let Some((found, _)) = applied.last()
        && *found > known
    {
        return Err(StoreError::Newer {
            found: *found,
            known,
        });
    }
    let mut done = 0;
    for (version, sqlite, postgres) in steps {
        let text = match db.backend() {
            Backend::Sqlite => sqlite,
            Backend::Postgres => postgres,
        };
        let sum = hex(&Sha256::digest(text.as_bytes()));
        match applied.iter().find(|(number, _)| number == version) {
            Some((_, kept)) if *kept == sum => {}
            Some(_) => return Err(StoreError::MigrationChanged { version: *version }),
            None => {
                apply(&mut tx, text).await?;
                tx.run(RECORD, &args![*version, sum]).await?;
                done += 1;
            }
        }
    }
    tx.commit().await?;
    Ok(done)
}

/// Number of the newest step that a database has.
///
/// # Errors
/// [`StoreError::Query`] for a database that was never migrated.
pub async fn version(db: &Db) -> Result<i64, StoreError> {
    let newest = db.all(APPLIED, &[]).await?;
    newest.last().map_or(Ok(0), |row| row.int("version"))
}

/// Number of the newest step that this program knows.
#[must_use]
pub fn newest() -> i64 {
    STEPS.iter().map(|step| step.0).max().unwrap_or(0)
}

/// The steps hold no semicolon inside a statement, by review and by test.
async fn apply(tx: &mut Tx, text: &str) -> Result<(), StoreError> {
    let bare: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .collect::<Vec<_>>()
        .join("\n");
    for statement in bare.split(';') {
        if !statement.trim().is_empty() {
            tx.run(statement, &[]).await?;
        }
    }
    Ok(())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
