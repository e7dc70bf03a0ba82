//! One connection pool over either database and one write transaction.
//!
//! Every statement is one text for both (`$n`, `RETURNING`, `ON CONFLICT`).
//! Reads go through [`Db`], writes only through [`Tx`], which holds the write
//! lock from its first moment (`BEGIN IMMEDIATE` on SQLite): a deferred
//! transaction that reads and then writes fails under load instead of waiting.

use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use zeroize::Zeroizing;

use crate::StoreError;
use crate::limits;
use crate::turn::{Queue, Turn};
use crate::value::{Row, Value};

/// Which database stands behind a [`Db`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Pools of one database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// `read` holds several connections, `write` exactly one: SQLite has one
    /// writer, so clerks queue here and not inside the file lock.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
        queue: Queue,
    },
    Postgres(PgPool),
}

/// An open write transaction. Dropping it without [`Tx::commit`] undoes it; an error of
/// [`Tx::commit`] means that it is not known to be durable.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Turn),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// A server's own connection: while it lives, no other server works on the database.
#[derive(Debug)]
pub(crate) struct Claim(sqlx::PgConnection);

impl Claim {
    /// Gives the database free and waits until the server knows.
    pub(crate) async fn release(self) {
        // A connection that does not answer any more is gone, and the lock with it.
        let _ = sqlx::Connection::close(self.0).await;
    }
}

/// The server of a machine that lost its power never says goodbye: PostgreSQL asks the line
/// itself, and the lock is free a minute later. A server that was just killed is waited for.
const CLAIM: &[&str] = &[
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    "SET idle_session_timeout = 0",
    "SET lock_timeout = '3s'",
    "SELECT pg_advisory_lock(5264471)",
];

macro_rules! bind {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Text(v) => query.bind(v.as_deref()),
                Value::Int(v) => query.bind(*v),
                Value::Bool(v) => query.bind(*v),
                Value::Bytes(v) => query.bind(v.as_deref()),
            };
        }
        query
    }};
}

macro_rules! on_each {
    ($self:expr, $sql:expr, $values:expr, $method:ident) => {{
        let sql = sqlx::AssertSqlSafe($sql.to_owned());
        match $self {
            Db::Sqlite { read, .. } => bind!(sqlx::query(sql), $values)
                .$method(read)
                .await
                .map(|found| found.into_iter().map(Row::Sqlite).collect()),
            Db::Postgres(pool) => bind!(sqlx::query(sql), $values)
                .$method(pool)
                .await
                .map(|found| found.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(|source| StoreError::query($sql, source))
    }};
}

impl Db {
    /// Opens (and creates) an encrypted SQLite file. `key` is the raw 256-bit
    /// data key; SQLCipher uses it without derivation.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] when the file exists under another key.
    pub async fn open_sqlite(file: &Path, key: &[u8; 32]) -> Result<Self, StoreError> {
        // Before SQLCipher touches OpenSSL: by default OpenSSL frees its tables
        // when the process exits, and a connection thread that is still
        // closing its file then reads freed memory. This turns that off.
        openssl_sys::init();
        let options = sqlite_options(file, key);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // A file does not hang up; asking whether it is still there doubles every short read.
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(limits::WRITE_WAIT_S))
            // A full disk ends a transaction behind the driver's back; a connection
            // that still counts itself inside one would refuse every later BEGIN.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if connection.is_in_transaction() {
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await
            .map_err(StoreError::opening)?;
        sqlx::query("SELECT count(*) FROM sqlite_master")
            .fetch_one(&write)
            .await
            .map_err(StoreError::opening)?;
        let read = SqlitePoolOptions::new()
            .max_connections(limits::READ_CONNECTIONS)
            .min_connections(1)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(StoreError::opening)?;
        let queue = Queue::default();
        Ok(Self::Sqlite { read, write, queue })
    }

    /// Connects to a PostgreSQL server (15 or newer).
    pub async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url).map_err(StoreError::opening)?;
        let pool = PgPoolOptions::new()
            .max_connections(limits::POSTGRES_CONNECTIONS)
            .acquire_timeout(Duration::from_secs(limits::WRITE_WAIT_S))
            .connect_with(options)
            .await
            .map_err(StoreError::opening)?;
        Ok(Self::Postgres(pool))
    }

    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite { .. } => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// All rows of a read statement. Callers put a `LIMIT` into the statement.
    pub async fn all(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        on_each!(self, sql, values, fetch_all)
    }

    /// The first row of a read statement, if any.
    pub async fn first(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        let rows: Vec<Row> = on_each!(self, sql, values, fetch_optional)?;
        Ok(rows.into_iter().next())
    }

    /// The single row that a statement always returns (a count, a sum).
    pub async fn one(&self, sql: &str, values: &[Value]) -> Result<Row, StoreError> {
        self.first(sql, values)
            .await?
            .ok_or_else(|| StoreError::missing_row(sql))
    }

    /// Has the database parse and plan a statement without running it.
    pub async fn prepare(&self, sql: &str) -> Result<(), StoreError> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        let text = sqlx::AssertSqlSafe(sql.to_owned()).into_sql_str();
        match self {
            Self::Sqlite { read, .. } => read.prepare(text).await.map(drop),
            Self::Postgres(pool) => pool.prepare(text).await.map(drop),
        }
        .map_err(|source| StoreError::query(sql, source))
    }

    /// Opens the write transaction. Everything before it is durable, so it agrees with what is read
    /// beside it.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.open(false).await
    }

    /// As [`Db::begin`], for an act that relies only on what it reads inside its own transaction: it
    /// may share one durable commit with acts that clerks finish at the same time.
    pub async fn begin_shared(&self) -> Result<Tx, StoreError> {
        self.open(true).await
    }

    async fn open(&self, shared: bool) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { write, queue, .. } => queue.turn(write, shared).await.map(Tx::Sqlite),
            Self::Postgres(pool) => pool
                .begin()
                .await
                .map(Tx::Postgres)
                .map_err(|source| StoreError::query("BEGIN", source)),
        }
    }

    /// Claims a PostgreSQL database for one server: a lock that the server keeps until the
    /// connection of the claim ends, however it ends. SQLite has its folder's lock instead.
    ///
    /// # Errors
    /// [`StoreError::DatabaseInUse`] if another server holds it.
    pub(crate) async fn claim(&self) -> Result<Option<Claim>, StoreError> {
        let Self::Postgres(pool) = self else {
            return Ok(None);
        };
        let mut connection = pool
            .connect_options()
            .connect()
            .await
            .map_err(StoreError::opening)?;
        for step in CLAIM {
            let done = sqlx::query(*step).execute(&mut connection).await;
            done.map_err(|source| match StoreError::query(step, source) {
                StoreError::Busy(source) => StoreError::DatabaseInUse(source),
                other => other,
            })?;
        }
        Ok(Some(Claim(connection)))
    }

    /// Writes everything that is committed now into a new SQLite file under `key`. Clerks go on
    /// writing meanwhile: the copy is one reading transaction.
    pub(crate) async fn export(&self, file: &Path, key: &[u8; 32]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { write, .. } => {
                let mut connection = write
                    .connect_options()
                    .connect()
                    .await
                    .map_err(StoreError::opening)?;
                let done = export_sqlite(&mut connection, file, key).await;
                // The copy is complete or the error above is the one to report.
                let _ = sqlx::Connection::close(connection).await;
                done
            }
            Self::Postgres(_) => {
                let copy = Self::open_sqlite(file, key).await?;
                let done = async {
                    let known = crate::migrate::version(self).await?;
                    let steps = crate::migrate::STEPS;
                    let as_here = steps.iter().filter(|step| step.0 <= known).count();
                    let steps = steps.get(..as_here).unwrap_or(steps);
                    crate::migrate::migrate_to(&copy, steps).await?;
                    crate::copy::all(self, &copy, &copy).await
                }
                .await;
                copy.close().await;
                done
            }
        }
    }

    /// Closes all connections; on SQLite the write-ahead log is folded in.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

macro_rules! in_tx {
    ($self:expr, $sql:expr, $values:expr, $method:ident, |$found:ident, $row:ident| $answer:expr) => {{
        let sql = sqlx::AssertSqlSafe($sql.to_owned());
        match $self {
            Tx::Sqlite(turn) => {
                let done = bind!(sqlx::query(sql), $values)
                    .$method(turn.connection()?)
                    .await
                    .map_err(|source| StoreError::query($sql, source));
                if let Err(error) = &done {
                    turn.heed(error);
                }
                let $row = Row::Sqlite;
                done.map(|$found| $answer)
            }
            Tx::Postgres(tx) => {
                let $row = Row::Postgres;
                bind!(sqlx::query(sql), $values)
                    .$method(&mut **tx)
                    .await
                    .map(|$found| $answer)
                    .map_err(|source| StoreError::query($sql, source))
            }
        }
    }};
}

impl Tx {
    /// Rows of a statement inside the transaction.
    pub async fn all(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        in_tx!(self, sql, values, fetch_all, |found, row| found
            .into_iter()
            .map(row)
            .collect())
    }

    /// The first row inside the transaction, if any.
    pub async fn first(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        in_tx!(self, sql, values, fetch_optional, |found, row| found
            .map(row))
    }

    /// The single row that a statement always returns (`... RETURNING`).
    pub async fn one(&mut self, sql: &str, values: &[Value]) -> Result<Row, StoreError> {
        self.first(sql, values)
            .await?
            .ok_or_else(|| StoreError::missing_row(sql))
    }

    /// Runs a write statement; the answer is how many rows it touched.
    pub async fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        in_tx!(self, sql, values, execute, |done, _row| done
            .rows_affected())
    }

    /// Runs write statements in order. On SQLite all go to the file's own thread at once; each
    /// crossing costs as much as several rows.
    pub(crate) async fn run_all(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        if matches!(self, Self::Sqlite(_)) && writes.len() > 1 {
            let (mut text, mut values) = (String::new(), Vec::new());
            for (sql, bound) in writes {
                renumber(&mut text, sql, values.len());
                values.extend_from_slice(bound);
            }
            self.run(&text, &values).await?;
            return Ok(());
        }
        for (sql, values) in writes {
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// The ledger's head as an act before this one left it in the same transaction.
    pub(crate) fn known_head(&mut self) -> Option<ledger::Frontier> {
        match self {
            Self::Sqlite(turn) => turn.head().and_then(Option::take),
            Self::Postgres(_) => None,
        }
    }

    pub(crate) fn keep_head(&mut self, head: ledger::Frontier) {
        if let Self::Sqlite(turn) = self
            && let Some(kept) = turn.head()
        {
            *kept = Some(head);
        }
    }

    /// Draws `count` numbers of a gapless series at once; the answer is the last of them.
    pub async fn take_numbers(&mut self, series: &str, count: i64) -> Result<i64, StoreError> {
        self.one(crate::sql::COUNTER_TAKE, &crate::args![series, count])
            .await?
            .int("n")
    }

    /// Draws the next number of a gapless series. The row lock lasts until the
    /// transaction ends, so numbers are never skipped and never given twice.
    pub async fn next_number(&mut self, series: &str) -> Result<i64, StoreError> {
        self.one(crate::sql::COUNTER_NEXT, &crate::args![series])
            .await?
            .int("n")
    }

    /// Makes the transaction durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(turn) => turn.commit().await,
            Self::Postgres(tx) => tx
                .commit()
                .await
                .map_err(|source| StoreError::query("COMMIT", source)),
        }
    }
}

/// A write statement and its values.
pub(crate) type Write = (String, Vec<Value>);

/// Appends a statement to a list of statements, its parameters counted on from `before`.
fn renumber(text: &mut String, sql: &str, before: usize) {
    let mut parts = sql.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().unwrap_or(0) + before;
        // Writing to a String cannot fail.
        let _ = write!(text, "${number}{rest}");
    }
    text.push_str(";\n");
}

/// `sqlcipher_export` copies schema and rows; the transaction around it makes them one moment's.
async fn export_sqlite(
    connection: &mut sqlx::SqliteConnection,
    file: &Path,
    key: &[u8; 32],
) -> Result<(), StoreError> {
    const STEPS: &[&str] = &[
        "BEGIN",
        "SELECT count(*) FROM main.sqlite_master",
        "SELECT sqlcipher_export('copy')",
        "COMMIT",
        "DETACH DATABASE copy",
    ];
    const ATTACH: &str = "ATTACH DATABASE $1 AS copy KEY $2";
    let path = file.to_str().ok_or_else(|| StoreError::File {
        path: file.to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidFilename, "not UTF-8"),
    })?;
    sqlx::query(ATTACH)
        .bind(path)
        .bind(raw_key(key).as_str())
        .execute(&mut *connection)
        .await
        .map_err(|source| StoreError::query(ATTACH, source))?;
    for step in STEPS {
        sqlx::query(*step)
            .execute(&mut *connection)
            .await
            .map_err(|source| StoreError::query(step, source))?;
    }
    Ok(())
}

/// The text by which SQLCipher takes a key without derivation.
fn raw_key(key: &[u8; 32]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(67));
    text.push_str("x'");
    for byte in key {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\'');
    text
}

fn sqlite_options(file: &Path, key: &[u8; 32]) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        // The key pragma must come first; sqlx sends pragmas in this order. SQLCipher writes to
        // standard error unless told not to before the first page is read.
        .pragma(
            "key",
            format!("\"{}\"; PRAGMA cipher_log_level = NONE", *raw_key(key)),
        )
        .pragma("cipher_memory_security", "OFF")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", format!("-{}", limits::SQLITE_CACHE_KIB))
        .pragma("wal_autocheckpoint", limits::WAL_PAGES.to_string())
        .pragma("secure_delete", "ON")
        .pragma("cell_size_check", "ON")
        .pragma("trusted_schema", "OFF")
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(limits::WRITE_WAIT_S))
        .statement_cache_capacity(limits::STATEMENT_CACHE)
        // The driver logs statements, and the first one holds the key.
        .disable_statement_logging()
}

#[cfg(test)]
mod tests {
    use super::renumber;

    #[test]
    fn parameters_of_joined_statements_count_on() {
        let mut text = String::new();
        renumber(&mut text, "INSERT INTO a VALUES ($1, $12)", 0);
        renumber(&mut text, "UPDATE b SET c = $2 WHERE d = $1", 12);
        assert_eq!(
            text,
            "INSERT INTO a VALUES ($1, $12);\nUPDATE b SET c = $14 WHERE d = $13;\n"
        );
    }
}
