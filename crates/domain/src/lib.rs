//! What may be done, by whom, on which day, and why not.
//!
//! Pure: a decision function takes the context (law, day, actor), the state it
//! needs and a command, and answers with an outcome or a [`Refusal`]. Nothing
//! here reads a clock, a disk or a database, and nothing is serialisable:
//! rows, JSON and pages have their own structs at the edge.

pub mod access;
pub mod book;
pub mod custody;
pub mod dossier;
pub mod holding;
pub mod library;
pub mod limits;
pub mod refusal;
pub mod stamp;
pub mod task;
pub mod watch;

pub use refusal::Refusal;

use std::collections::BTreeMap;

/// What every decision may look at.
#[derive(Debug, Clone, Copy)]
pub struct Ctx<'a> {
    pub law: &'a law::Pack,
    /// The day of the act, read once per use case.
    pub today: law::LegalDate,
    pub actor: &'a Actor,
}

/// The person who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub account: i64,
    pub unit: i64,
    pub role: access::Role,
    /// The unit follows other units' plans and tasks (never their books).
    pub supervises: bool,
    /// Post in the law pack, e.g. `giam_doc_so`; empty when none.
    pub post: String,
    pub name: String,
}

/// What a decision leaves in the ledger: identifiers and digests, never words
/// of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub kind: &'static str,
    pub fields: BTreeMap<&'static str, String>,
}

impl Fact {
    pub fn new(kind: &'static str) -> Self {
        Self {
            kind,
            fields: BTreeMap::new(),
        }
    }

    /// The same fact with one more field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.fields.insert(name, value.to_string());
        self
    }
}
