//! The only types that cross the border to a database: text, 64-bit integer,
//! boolean and bytes, each nullable. Dates are ISO text, instants UTC text of
//! fixed width. Both databases agree on exactly these.

use crate::StoreError;

/// One bound parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}
impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}
impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}
impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(Some(value))
    }
}
impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}
impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(Some(value.to_vec()))
    }
}
impl From<Option<Vec<u8>>> for Value {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value)
    }
}

/// The type of a column, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Bool,
    Bytes,
}

/// Builds a parameter list: `args![unit_id, "di", 2026_i64]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

/// One row of either database, read by column name.
#[derive(Debug)]
pub enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident, $kind:ty) => {
        $(#[$doc])*
        pub fn $name(&self, column: &'static str) -> Result<$kind, StoreError> {
            use sqlx::Row as _;
            match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Postgres(row) => row.try_get(column),
            }
            .map_err(|source| StoreError::Column { column, source })
        }
    };
}

impl Row {
    getter!(
        /// A text that is never null.
        text, String);
    getter!(
        /// A text that may be null.
        opt_text, Option<String>);
    getter!(
        /// A 64-bit integer that is never null.
        int, i64);
    getter!(
        /// A 64-bit integer that may be null.
        opt_int, Option<i64>);
    getter!(
        /// A truth value.
        flag, bool);
    getter!(
        /// Bytes that are never null.
        bytes, Vec<u8>);
    getter!(
        /// Bytes that may be null.
        opt_bytes, Option<Vec<u8>>);

    /// The value at a position, for copies that do not know what a table means.
    pub(crate) fn at(&self, position: usize, kind: Kind) -> Result<Value, StoreError> {
        fn read<'r, R>(row: &'r R, position: usize, kind: Kind) -> Result<Value, sqlx::Error>
        where
            R: sqlx::Row,
            usize: sqlx::ColumnIndex<R>,
            Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            Option<bool>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            Option<Vec<u8>>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        {
            Ok(match kind {
                Kind::Text => Value::Text(row.try_get(position)?),
                Kind::Int => Value::Int(row.try_get(position)?),
                Kind::Bool => Value::Bool(row.try_get(position)?),
                Kind::Bytes => Value::Bytes(row.try_get(position)?),
            })
        }
        match self {
            Self::Sqlite(row) => read(row, position, kind),
            Self::Postgres(row) => read(row, position, kind),
        }
        .map_err(|source| StoreError::Column {
            column: "copied",
            source,
        })
    }
}
