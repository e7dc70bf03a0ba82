//! What a step sees and what it changes.

use std::collections::BTreeMap;

use law::{BookKind, Carrier, Citation, LegalDate, Level};

use super::Said;
use crate::Ctx;
use crate::book::{Closing, Draft};
use crate::custody::{DocumentFacts, HeldCopy, Move, NewCopy};

/// Whether a document is still a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Active,
    /// By decision, or by law at the end of its term.
    Declassified,
    Destroyed,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Active, Self::Declassified, Self::Destroyed];

    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Declassified => "declassified",
            Self::Destroyed => "destroyed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// A document as the steps see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    pub facts: DocumentFacts,
    pub carrier: Carrier,
    /// Issued by the unit itself (not received).
    pub issued: bool,
    pub status: Status,
    /// Last day of protection as recorded; `None` when the law of its day is not known.
    pub term_until: Option<LegalDate>,
    /// Catalogue item that it was determined by; empty when not recorded.
    pub catalogue_item: String,
}

impl Secret {
    /// The status on a day: a term that ran out ends the secret by law, with no
    /// act needed (Luật 29/2018/QH14 Điều 22 khoản 1 điểm a).
    #[must_use]
    pub fn on(mut self, today: LegalDate) -> Self {
        if self.status == Status::Active && self.term_until.is_some_and(|until| until < today) {
            self.status = Status::Declassified;
        }
        self
    }
}

/// A step that was taken before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub step: String,
    pub on: LegalDate,
    pub account: i64,
    pub values: BTreeMap<String, String>,
}

/// All that a step's decision may look at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub ctx: Ctx<'a>,
    pub secret: Option<&'a Secret>,
    pub copies: &'a [HeldCopy],
    pub past: &'a [Taken],
    pub said: &'a Said,
}

impl View<'_> {
    /// A value of an earlier step; empty when there is none.
    pub fn before(&self, step: &str, name: &str) -> &str {
        self.past
            .iter()
            .rev()
            .find(|taken| taken.step == step)
            .and_then(|taken| taken.values.get(name))
            .map_or("", String::as_str)
    }
}

/// A change that a step makes besides its own record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Copies change hands; the second value is the receiver's name as signed.
    Move(Vec<Move>, String),
    /// Copies come into being.
    Make(Vec<NewCopy>),
    /// Copies are laid into a container.
    Put(Vec<i64>, String),
    /// A line in one of the four books.
    Line(BookKind, Box<Draft>),
    Level(Level),
    Term(LegalDate),
    CatalogueItem(String),
    Status(Status),
    /// A book's year takes no number any more.
    CloseBook(Closing),
}

impl Change {
    /// Whether the change says how, or how long, a document is protected.
    pub(super) fn protects(&self) -> bool {
        matches!(self, Self::Level(_) | Self::Term(_))
    }
}

/// The outcome of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The state it leads to.
    pub state: &'static str,
    /// Day of the step.
    pub on: LegalDate,
    /// Until when the next step is due.
    pub due: Option<LegalDate>,
    pub changes: Vec<Change>,
    pub because: Vec<Citation>,
    /// Remarks for the record, Vietnamese, from the law pack.
    pub notes: Vec<String>,
}

impl Done {
    pub(crate) fn to(state: &'static str, on: LegalDate) -> Self {
        Self {
            state,
            on,
            due: None,
            changes: Vec::new(),
            because: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn due(mut self, day: Option<LegalDate>) -> Self {
        self.due = day;
        self
    }

    #[must_use]
    pub(crate) fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// With the legal basis and remarks of a finding or ruling.
    #[must_use]
    pub(crate) fn because(mut self, basis: (Vec<Citation>, Vec<String>)) -> Self {
        self.because.extend(basis.0);
        self.notes.extend(basis.1);
        self
    }
}
