//! Copies and their holders.

use law::{LegalDate, Level};

/// What kind of holder has a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HolderKind {
    /// The press: where issued copies come from.
    Issued,
    /// The copier: where permitted copies come from.
    Copied,
    /// The unit itself (văn thư, kho).
    Unit,
    /// A person of the unit.
    Person,
    /// Another body.
    Body,
    /// A historical archive, for good.
    Archive,
    /// Nobody any more: destroyed.
    Destroyed,
}

impl HolderKind {
    pub const ALL: [Self; 7] = [
        Self::Issued,
        Self::Copied,
        Self::Unit,
        Self::Person,
        Self::Body,
        Self::Archive,
        Self::Destroyed,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Copied => "copied",
            Self::Unit => "unit",
            Self::Person => "person",
            Self::Body => "body",
            Self::Archive => "archive",
            Self::Destroyed => "destroyed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A holder of copies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    pub kind: HolderKind,
    pub name: String,
}

/// A copy and its last known place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCopy {
    pub id: i64,
    pub label: String,
    pub holder: Holder,
    /// Day of the last move.
    pub since: LegalDate,
    /// How many moves the copy has made: a form made before the last one is stale.
    pub moves: i64,
}

/// A copy that comes into being.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCopy {
    pub label: String,
    pub from: Holder,
    pub to: Holder,
    pub on: LegalDate,
}

/// A copy that changes hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub copy: i64,
    pub label: String,
    /// Number of this move for the copy.
    pub move_no: i64,
    pub from: Holder,
    pub to: Holder,
    pub on: LegalDate,
}

/// What a clerk typed to hand copies over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransferDraft {
    pub on: String,
    /// `person`, `body` or `unit` (a return).
    pub to_kind: String,
    pub to_name: String,
    /// Name of the person who signs for the copies.
    pub receiver_sign: String,
    /// Copies picked, each with the `moves` count that the form showed.
    pub copies: Vec<(i64, i64)>,
    pub note: String,
}

/// Outcome of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    pub on: LegalDate,
    pub to: Holder,
    pub receiver_sign: String,
    pub moves: Vec<Move>,
    /// The line that goes into the transfer book; the caller registers it.
    pub line: crate::book::Draft,
}

/// Form of a copy (NĐ 26/2020/NĐ-CP Điều 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyForm {
    SaoY,
    SaoLuc,
    TrichSao,
    Chup,
}

impl CopyForm {
    pub const ALL: [Self; 4] = [Self::SaoY, Self::SaoLuc, Self::TrichSao, Self::Chup];

    pub fn code(self) -> &'static str {
        match self {
            Self::SaoY => "sao_y",
            Self::SaoLuc => "sao_luc",
            Self::TrichSao => "trich_sao",
            Self::Chup => "chup",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }

    /// As written in the book.
    pub fn vi(self) -> &'static str {
        match self {
            Self::SaoY => "Sao y bản chính",
            Self::SaoLuc => "Sao lục",
            Self::TrichSao => "Trích sao",
            Self::Chup => "Chụp",
        }
    }
}

/// What a clerk typed about a permission to copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermitDraft {
    pub decided_on: String,
    pub decider_name: String,
    /// Post in the law pack.
    pub decider_post: String,
    pub form: String,
    pub copies: String,
    pub recipients: String,
    pub performed_by: String,
    pub note: String,
}

/// A permission that law allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyPermit {
    pub decided_on: LegalDate,
    pub decider_name: String,
    pub decider_post: String,
    pub form: CopyForm,
    pub copies: i64,
    pub recipients: String,
    pub performed_by: String,
    pub because: Vec<law::Citation>,
}

/// Outcome of a permission: the permit, the copies and the book line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permitted {
    pub permit: CopyPermit,
    pub copies: Vec<NewCopy>,
    pub line: crate::book::Draft,
}

/// What a decision has to know of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    pub number_symbol: String,
    pub doc_type: String,
    pub subject: Option<String>,
    pub level: Level,
    pub since: LegalDate,
    pub unit_name: String,
    /// Copies made so far by copying, for the next label.
    pub copied: i64,
}
