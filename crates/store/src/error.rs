//! What can go wrong between us and a database.

use std::path::PathBuf;

/// An error of the store. [`StoreError::code`] is stable.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open the database: wrong key, or not a Khiên database")]
    WrongKey(#[source] sqlx::Error),
    #[error("cannot open the database")]
    Open(#[source] sqlx::Error),
    #[error("the disk is full")]
    DiskFull(#[source] sqlx::Error),
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    #[error("the value is already there: {constraint}")]
    Duplicate {
        constraint: String,
        #[source]
        source: sqlx::Error,
    },
    #[error("statement failed: {statement}")]
    Query {
        statement: String,
        #[source]
        source: sqlx::Error,
    },
    #[error("statement returned no row: {0}")]
    MissingRow(String),
    #[error("column `{column}` cannot be read")]
    Column {
        column: &'static str,
        #[source]
        source: sqlx::Error,
    },
    #[error("stored data not understood: table `{table}`, column `{column}`, value `{value}`")]
    Stored {
        table: &'static str,
        column: &'static str,
        value: String,
    },
    #[error("migration {version} of this database differs from this program")]
    MigrationChanged { version: i64 },
    #[error("this database was written by a newer program (schema {found}, known {known})")]
    Newer { found: i64, known: i64 },
    #[error("another server already works on `{0}`")]
    InUse(PathBuf),
    #[error("another server already works on this PostgreSQL database")]
    DatabaseInUse(#[source] sqlx::Error),
    #[error("this database needs an upgrade (schema {found}, this program has {known})")]
    Older { found: i64, known: i64 },
    #[error("cannot read or write `{path}`")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the passphrase does not open this installation")]
    Passphrase,
    #[error("key file `{path}` is damaged: {what}")]
    KeyFile { path: PathBuf, what: String },
    #[error("backup `{path}` is damaged or was changed: {what}")]
    Backup { path: PathBuf, what: String },
    #[error("`{0}` already holds an installation")]
    NotEmpty(PathBuf),
    #[error("`{path}` is on a network file system (`{kind}`), where SQLite loses data")]
    Network { path: PathBuf, kind: String },
    #[error("the ledger is damaged at event {seq}: {what}")]
    Ledger { seq: i64, what: String },
}

impl StoreError {
    /// A code that scripts and the help pages rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongKey(_) => "STORE-KEY",
            Self::Open(_) => "STORE-OPEN",
            Self::DiskFull(_) => "STORE-FULL",
            Self::Busy(_) => "STORE-BUSY",
            Self::Duplicate { .. } => "STORE-DUPLICATE",
            Self::Query { .. } => "STORE-QUERY",
            Self::MissingRow(_) => "STORE-ROW",
            Self::Column { .. } => "STORE-COLUMN",
            Self::Stored { .. } => "STORE-DATA",
            Self::MigrationChanged { .. } => "STORE-MIGRATION",
            Self::Newer { .. } => "STORE-NEWER",
            Self::InUse(_) => "STORE-IN-USE",
            Self::DatabaseInUse(_) => "STORE-DATABASE-IN-USE",
            Self::Older { .. } => "STORE-OLDER",
            Self::File { .. } => "STORE-FILE",
            Self::Passphrase => "STORE-PASSPHRASE",
            Self::KeyFile { .. } => "STORE-KEYFILE",
            Self::Backup { .. } => "STORE-BACKUP",
            Self::NotEmpty(_) => "STORE-NOT-EMPTY",
            Self::Network { .. } => "STORE-NETWORK",
            Self::Ledger { .. } => "STORE-LEDGER",
        }
    }

    pub(crate) fn query(sql: &str, source: sqlx::Error) -> Self {
        if let sqlx::Error::Database(inner) = &source {
            let code = inner.code().unwrap_or_default().into_owned();
            match code.as_str() {
                // SQLITE_FULL, SQLITE_IOERR_WRITE on a full disk; disk_full.
                "13" | "778" | "53100" => return Self::DiskFull(source),
                "5" | "6" | "261" | "517" | "55P03" | "57P03" => return Self::Busy(source),
                "26" => return Self::WrongKey(source),
                _ => {}
            }
            if inner.is_unique_violation() {
                let constraint = inner
                    .constraint()
                    .map_or_else(|| inner.message().to_owned(), str::to_owned);
                return Self::Duplicate { constraint, source };
            }
        }
        if matches!(source, sqlx::Error::PoolTimedOut) {
            return Self::Busy(source);
        }
        let statement = sql.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        Self::Query { statement, source }
    }

    /// The error of a common commit, for one more of its acts.
    pub(crate) fn same(&self) -> Self {
        let source = sqlx::Error::Protocol(format!("the common commit failed: {self}"));
        match self {
            Self::DiskFull(_) => Self::DiskFull(source),
            Self::Busy(_) => Self::Busy(source),
            _ => Self::query("COMMIT", source),
        }
    }

    pub(crate) fn opening(source: sqlx::Error) -> Self {
        let not_a_database = matches!(&source, sqlx::Error::Database(inner)
            if inner.code().as_deref() == Some("26"));
        if not_a_database {
            Self::WrongKey(source)
        } else {
            Self::Open(source)
        }
    }

    pub(crate) fn missing_row(sql: &str) -> Self {
        Self::MissingRow(sql.split_whitespace().take(6).collect::<Vec<_>>().join(" "))
    }
}
