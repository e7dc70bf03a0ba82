//! Lines of a book before, in and after registration.

use law::{BookKind, LegalDate, Level};

/// What a clerk typed, field by field, untrusted. Empty means "not given".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Day of registration (đi), of arrival (đến), of hand-over, of copying.
    pub entry_date: String,
    pub number_symbol: String,
    pub doc_date: String,
    pub doc_type: String,
    pub subject: String,
    /// Number and date of the determining person's written consent to write the
    /// subject of a Tuyệt mật document (NĐ 26/2020 Điều 4 khoản 1 điểm a).
    pub subject_consent: String,
    pub level: String,
    pub signer: String,
    pub issuer: String,
    pub recipient: String,
    pub receiver_sign: String,
    pub holder: String,
    pub quantity: String,
    pub copy_numbers: String,
    pub arrival_number: String,
    pub envelope: String,
    pub form: String,
    pub permitted_by: String,
    pub performed_by: String,
    pub surplus: String,
    pub note: String,
}

/// A line that may be written; the number comes from the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: BookKind,
    pub year: i64,
    /// Edition of the book's columns in force on the day, `2020` or `2026`.
    pub edition: String,
    pub entry_date: LegalDate,
    pub number_symbol: String,
    /// Folded number for search of doubles and for sorting.
    pub number_key: String,
    pub doc_date: Option<LegalDate>,
    pub doc_type: String,
    pub subject: Option<String>,
    pub subject_consent: Option<String>,
    pub level: Option<Level>,
    pub signer: String,
    pub issuer: String,
    pub recipient: String,
    pub receiver_sign: String,
    pub holder: String,
    pub quantity: Option<i64>,
    pub copy_numbers: String,
    pub arrival_number: String,
    pub envelope: String,
    pub form: String,
    pub permitted_by: String,
    pub performed_by: String,
    pub surplus: String,
    pub note: String,
    /// Registered on a later day than the act itself.
    pub late: bool,
    /// Folded words by which the line is found.
    pub words: Vec<String>,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    Active,
    Voided,
    Corrected,
}

impl EntryState {
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Voided => "voided",
            Self::Corrected => "corrected",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Active, Self::Voided, Self::Corrected]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// What registration has to know of the book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookState {
    /// An active line of the same year with the same number, date and issuer.
    pub same_number: Option<i64>,
}

/// The line that a correction or a void is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    pub kind: BookKind,
    pub year: i64,
    pub serial: i64,
    pub state: EntryState,
    /// Its book's year.
    pub stand: super::BookYear,
}

/// Outcome of a void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voided {
    pub reason: String,
    pub fact: crate::Fact,
}
