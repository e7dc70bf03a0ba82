//! A kept Excel book becomes lines: recognise the sheet, then judge each row.
//!
//! ```text
//!   sheet ──recognise──► columns + drafts + rows left behind
//!                              │
//!                              └──judge (the law of each row's day)──► entries + rows left behind
//! ```
//!
//! Nothing is half taken: a row becomes one entry or is listed with its reason. The
//! reasons are refusals with stable codes; their sentences are in `locales`. They
//! carry a cell's words only for dates, levels, numbers and quantities, never a
//! subject, a name or a note.

mod cells;
mod dates;
mod doctype;
mod fields;
mod header;
mod rows;
#[cfg(test)]
mod tests;

use law::BookKind;

use super::decide;
use super::state::{BookState, Draft, Entry};
use crate::access::{self, Action};
use crate::{Ctx, Refusal, limits};

pub use cells::{Cell, Merge, Sheet};
pub use dates::{Epoch, date_of_serial};
pub use fields::Field;
pub use header::{Column, UnknownColumn};

/// A row that can be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenRow {
    /// As the office programs count, from 1.
    pub sheet_row: usize,
    /// Serial number in the kept book, as written.
    pub serial: String,
    /// Dates in ISO form, the level as its code.
    pub draft: Draft,
    /// Fields that do not stand in the row as such: `doc_type` that follows from the
    /// symbol, a year that follows from the book.
    pub guessed: Vec<&'static str>,
    /// Rows below that belong to this line (their number is merged with this one).
    pub joined: Vec<usize>,
}

/// A row that is left behind, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedRow {
    /// As the office programs count, from 1.
    pub sheet_row: usize,
    pub refusal: Refusal,
}

/// A sheet understood as a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    pub kind: BookKind,
    pub year: i16,
    pub sheet: String,
    /// Row of the column headings, from 1.
    pub header_row: usize,
    pub columns: Vec<Column>,
    pub unknown: Vec<UnknownColumn>,
    pub taken: Vec<TakenRow>,
    pub skipped: Vec<SkippedRow>,
    pub blank_rows: usize,
}

/// A row as the line it becomes; the serial number comes from the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedRow {
    pub sheet_row: usize,
    /// Serial number in the kept book, as written.
    pub serial: String,
    pub guessed: Vec<&'static str>,
    pub entry: Entry,
}

/// What a kept book gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// In the order of the sheet.
    pub rows: Vec<JudgedRow>,
    /// Every row left behind, in the order of the sheet.
    pub skipped: Vec<SkippedRow>,
}

/// Understands a sheet as the book `kind` of `year`: finds the headings under the
/// title rows, tells the columns, and reads every row into a draft.
///
/// # Errors
/// `IMPORT-01` no headings; `IMPORT-02` a column missing; `IMPORT-04` more rows or
/// columns than [`limits`] allow. Rows have their own reasons in
/// [`Recognised::skipped`]: `IMPORT-11` total, `IMPORT-12` number again, `IMPORT-13`
/// not a date, `IMPORT-14` another year, `IMPORT-15` no line of a book (heading,
/// signature), `IMPORT-16` headings again, `IMPORT-17` a formula that failed,
/// `IMPORT-18` a number that the office program turned into a date, `IMPORT-19` a
/// further row of a line that is left behind; `BOOK-03`, `BOOK-06`, `BOOK-11`,
/// `BOOK-12`, `BOOK-16` as in [`super::register`].
pub fn recognise(kind: BookKind, sheet: &Sheet, year: i16) -> Result<Recognised, Refusal> {
    let width = sheet.width();
    if sheet.rows.len() > limits::IMPORT_ROWS_MAX || width > limits::IMPORT_COLUMNS_MAX {
        return Err(Refusal::new("IMPORT-04")
            .arg("rows", sheet.rows.len())
            .arg("rows_max", limits::IMPORT_ROWS_MAX)
            .arg("columns", width)
            .arg("columns_max", limits::IMPORT_COLUMNS_MAX));
    }
    let header = header::find(kind, sheet)?;
    let read = rows::read(kind, sheet, year, &header);
    Ok(Recognised {
        kind,
        year,
        sheet: sheet.name.clone(),
        header_row: header.first_row + 1,
        columns: header.columns,
        unknown: header.unknown,
        taken: read.taken,
        skipped: read.skipped,
        blank_rows: read.blank_rows,
    })
}

/// Judges the drafts by the law of their own days, as [`super::register`] would. A
/// line of a kept book is not late: it was written on its day, in the kept book.
///
/// # Errors
/// `ACCESS-01` when the actor writes no books. Everything else is a row's reason.
pub fn judge(ctx: Ctx<'_>, recognised: Recognised) -> Result<Judged, Refusal> {
    access::require(ctx.actor, Action::WriteBooks)?;
    let mut skipped = recognised.skipped;
    let mut rows = Vec::with_capacity(recognised.taken.len());
    let state = BookState::default();
    for row in recognised.taken {
        match decide::register(ctx, recognised.kind, &state, &row.draft) {
            Ok(entry) => rows.push(JudgedRow {
                sheet_row: row.sheet_row,
                serial: row.serial,
                guessed: row.guessed,
                entry: Entry {
                    late: false,
                    ..entry
                },
            }),
            Err(refusal) => skipped.push(SkippedRow {
                sheet_row: row.sheet_row,
                refusal,
            }),
        }
    }
    skipped.sort_by_key(|row| row.sheet_row);
    Ok(Judged { rows, skipped })
}
