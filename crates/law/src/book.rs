//! Books as the law draws them: edition, columns, cover.

use crate::{citation::Citation, terms_of_art::Evidence};

/// Keys a column may have; an entry gives its value for each as text.
pub const COLUMN_KEYS: &[&str] = &[
    "serial",
    "entry_date",
    "number_symbol",
    "doc_date",
    "type_subject",
    "level",
    "signer",
    "recipient",
    "receiver_sign",
    "holder",
    "quantity",
    "note",
    "arrival_number",
    "issuer",
    "envelope",
    "form",
    "copy_numbers",
    "permitted_by",
    "performed_by",
    "surplus",
];

/// A column of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// One of [`COLUMN_KEYS`].
    pub key: String,
    /// Further keys written in the same column.
    pub also: Vec<String>,
    /// Heading, Vietnamese.
    pub label_vi: String,
    /// Suggested width in millimetres; the widths of a book sum to 267.
    pub width_mm: u32,
    /// Evidence for the column; `Unknown` marks a working column.
    pub evidence: Evidence,
}

/// A blank on the cover of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverField {
    /// `parent`, `unit`, `year`, `date_range`, `serial_range` or `book_number`.
    pub key: String,
    /// Words before the blank, Vietnamese.
    pub label_vi: String,
}

/// One edition of one book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEdition {
    /// `2020` or `2026`.
    pub id: String,
    /// Title on cover and pages, Vietnamese.
    pub title_vi: String,
    /// Where the book stands in the law.
    pub act: Citation,
    /// The columns follow the statutory form. When not, pages say "mẫu làm việc".
    pub official: bool,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Blanks of the cover.
    pub cover: Vec<CoverField>,
    /// Remarks, Vietnamese.
    pub notes: Vec<String>,
}
