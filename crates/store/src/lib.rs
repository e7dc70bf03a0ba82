//! The only room that speaks SQL: SQLite with SQLCipher, and PostgreSQL.
//!
//! One text per statement for both databases. Rows come out as plain structs of
//! this crate; nothing is decided here. All writes of a use case share one
//! [`Tx`], together with their ledger event.

pub mod accounts;
pub mod backup;
pub mod batches;
pub mod book_years;
pub mod books;
pub mod cases;
mod copy;
pub mod db;
pub mod doctor;
pub mod documents;
pub mod dossiers;
pub mod error;
mod files;
pub mod findings;
pub mod holdings;
pub mod install;
pub mod jobs;
pub mod keys;
pub mod library;
pub mod limits;
pub mod log;
pub mod migrate;
pub mod papers;
pub mod plans;
pub mod search;
pub mod sql;
mod turn;
pub mod unit_papers;
pub mod value;
pub mod watch;
mod words;

pub use db::{Backend, Db, Tx};
pub use error::StoreError;
pub use install::Install;
pub use keys::Keys;
pub use value::{Row, Value};
