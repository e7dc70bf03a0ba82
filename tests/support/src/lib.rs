//! What tests of several crates need: a real PostgreSQL server of their own.

pub mod postgres;

pub use postgres::{Options, Postgres};
