//! A kept Excel book becomes lines, all or nothing, marked as imported.

use std::collections::BTreeMap;

use domain::access::Action;
use domain::book::{self, JudgedRow, SkippedRow, UnknownColumn};
use law::BookKind;

use crate::books::{self, Origin};
use crate::workbook::{self, Workbook};
use crate::{App, AppError, Who};

/// What was asked of an import.
#[derive(Debug, Clone)]
pub struct ImportAsk {
    pub kind: BookKind,
    /// Year of the book; this year when absent.
    pub year: Option<i16>,
    pub file_name: String,
    /// Name of the sheet; the first visible one that is this book when absent.
    pub sheet: Option<String>,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone)]
pub struct ImportReport {
    pub kind: BookKind,
    pub year: i16,
    pub sheet: String,
    /// Sheets with something in them that were not read.
    pub not_read: Vec<UnreadSheet>,
    pub header_row: usize,
    /// Heading and field of every column that was understood.
    pub columns: Vec<(String, &'static str)>,
    pub unknown: Vec<UnknownColumn>,
    /// Lines that were, or would be, written.
    pub taken: usize,
    /// First and last number given; none on a dry run.
    pub serials: Option<(i64, i64)>,
    pub skipped: Vec<SkippedRow>,
    pub blank_rows: usize,
    /// Values of taken rows that do not stand in the row as such.
    pub guessed: Vec<Guessed>,
    pub dry_run: bool,
    /// A few lines as they will stand, for the eye.
    pub sample: Vec<(usize, book::Entry)>,
}

/// A sheet that an import leaves alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadSheet {
    pub name: String,
    /// Hidden in the office program; such a sheet is never read.
    pub hidden: bool,
}

/// A value that follows from something else in the row or the book: a type from the
/// symbol, a year from the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guessed {
    pub sheet_row: usize,
    pub field: &'static str,
    pub value: String,
}

/// Lines shown of a dry run.
const SAMPLE_LINES: usize = 5;

impl App {
    /// Reads a workbook and writes its lines in one transaction.
    ///
    /// # Errors
    /// `WORKBOOK-..` for a file that cannot be read; `IMPORT-..` for a sheet that is
    /// not the book; nothing is written then. Rows have their own reasons in the
    /// report.
    pub async fn import_book(
        &self,
        who: &Who,
        ask: &ImportAsk,
        bytes: Vec<u8>,
    ) -> Result<ImportReport, AppError> {
        who.require(Action::WriteBooks)?;
        let year = match ask.year {
            Some(year) => year,
            None => self.today()?.year(),
        };
        let kind = ask.kind;
        let named = ask.sheet.clone();
        let read = tokio::task::spawn_blocking(move || -> Result<_, AppError> {
            let workbook = workbook::read(&bytes).map_err(|error| AppError::Input {
                code: error.code(),
                what: error.to_string(),
            })?;
            let recognised = recognise(kind, &workbook, year, named.as_deref())?;
            let not_read = unread(&workbook, &recognised.sheet);
            Ok((recognised, not_read))
        });
        let (recognised, not_read) = read.await.map_err(|_| AppError::Input {
            code: "WORKBOOK-04",
            what: "reader stopped".to_owned(),
        })??;
        let report = blank_report(ask, &recognised, not_read);
        self.write_book(who, ask, recognised, report).await
    }

    async fn write_book(
        &self,
        who: &Who,
        ask: &ImportAsk,
        recognised: book::Recognised,
        mut report: ImportReport,
    ) -> Result<ImportReport, AppError> {
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        let judged = book::judge(act.ctx(), recognised)?;
        report.skipped = judged.skipped;
        let rows = in_open_years(&mut act, who, judged.rows, &mut report.skipped).await?;
        let rows = already_there(&mut act, who, rows, &mut report.skipped).await?;
        report.skipped.sort_by_key(|row| row.sheet_row);
        report.taken = rows.len();
        report.guessed = rows.iter().flat_map(guessed).collect();
        report.sample = rows
            .iter()
            .take(SAMPLE_LINES)
            .map(|row| (row.sheet_row, row.entry.clone()))
            .collect();
        if ask.dry_run || rows.is_empty() {
            return Ok(report);
        }
        let origin = Origin {
            imported: true,
            ..Origin::default()
        };
        let entries: Vec<&book::Entry> = rows.iter().map(|row| &row.entry).collect();
        report.serials = books::write_many(&mut act, who, &entries, origin).await?;
        act.finish("imported").await?;
        Ok(report)
    }
}

fn blank_report(
    ask: &ImportAsk,
    recognised: &book::Recognised,
    not_read: Vec<UnreadSheet>,
) -> ImportReport {
    ImportReport {
        kind: recognised.kind,
        year: recognised.year,
        sheet: recognised.sheet.clone(),
        not_read,
        header_row: recognised.header_row,
        columns: recognised
            .columns
            .iter()
            .map(|column| (column.heading.clone(), column.field.key()))
            .collect(),
        unknown: recognised.unknown.clone(),
        taken: 0,
        serials: None,
        skipped: Vec::new(),
        blank_rows: recognised.blank_rows,
        guessed: Vec::new(),
        dry_run: ask.dry_run,
        sample: Vec::new(),
    }
}

/// The sheet of that name, or the first one that is this book; its refusal when none
/// is.
fn recognise(
    kind: BookKind,
    workbook: &Workbook,
    year: i16,
    named: Option<&str>,
) -> Result<book::Recognised, AppError> {
    let mut first_refusal = None;
    let asked =
        |name: &str| named.is_none_or(|named| vanban::text::nfc(named) == vanban::text::nfc(name));
    for sheet in workbook.sheets.iter().filter(|sheet| asked(&sheet.name)) {
        match book::recognise(kind, sheet, year) {
            Ok(recognised) => return Ok(recognised),
            Err(refusal) => {
                first_refusal.get_or_insert(refusal);
            }
        }
    }
    let names: Vec<&str> = workbook
        .sheets
        .iter()
        .map(|sheet| sheet.name.as_str())
        .collect();
    Err(first_refusal.map_or(
        AppError::Input {
            code: "IMPORT-SHEET",
            what: names.join("; "),
        },
        AppError::Refused,
    ))
}

fn unread(workbook: &Workbook, read: &str) -> Vec<UnreadSheet> {
    let further = workbook
        .sheets
        .iter()
        .filter(|sheet| sheet.name != read && !sheet.rows.is_empty());
    let further = further.map(|sheet| (&sheet.name, false));
    let hidden = workbook.hidden.iter().map(|name| (name, true));
    further
        .chain(hidden)
        .map(|(name, hidden)| UnreadSheet {
            name: name.clone(),
            hidden,
        })
        .collect()
}

fn guessed(row: &JudgedRow) -> impl Iterator<Item = Guessed> {
    row.guessed.iter().map(|field| Guessed {
        sheet_row: row.sheet_row,
        field,
        value: match *field {
            "doc_type" => row.entry.doc_type.clone(),
            "entry_date" => row.entry.entry_date.day_month_year(),
            _ => row
                .entry
                .doc_date
                .map_or_else(String::new, law::LegalDate::day_month_year),
        },
    })
}

/// Leaves out rows of years that are closed.
async fn in_open_years(
    act: &mut crate::Act<'_>,
    who: &Who,
    rows: Vec<JudgedRow>,
    skipped: &mut Vec<SkippedRow>,
) -> Result<Vec<JudgedRow>, AppError> {
    let mut years = BTreeMap::new();
    let mut open = Vec::with_capacity(rows.len());
    for row in rows {
        let (kind, year) = (row.entry.kind, row.entry.year);
        let stand = match years.get(&(kind, year)) {
            Some(stand) => *stand,
            None => {
                let stand = books::book_year(act, who.actor.unit, kind, year).await?;
                years.insert((kind, year), stand);
                stand
            }
        };
        match book::require_open(year, stand) {
            Ok(()) => open.push(row),
            Err(refusal) => skipped.push(SkippedRow {
                sheet_row: row.sheet_row,
                refusal,
            }),
        }
    }
    Ok(open)
}

/// Leaves out rows whose number is already in the book.
async fn already_there(
    act: &mut crate::Act<'_>,
    who: &Who,
    rows: Vec<JudgedRow>,
    skipped: &mut Vec<SkippedRow>,
) -> Result<Vec<JudgedRow>, AppError> {
    let mut books: BTreeMap<(BookKind, i64), Vec<&str>> = BTreeMap::new();
    for JudgedRow { entry, .. } in rows.iter().filter(|row| numbered(&row.entry)) {
        let keys = books.entry((entry.kind, entry.year)).or_default();
        keys.push(&entry.number_key);
    }
    let mut there = BTreeMap::new();
    for ((kind, year), keys) in books {
        let unit = who.actor.unit;
        for found in act.tx.same_numbers(unit, kind.code(), year, &keys).await? {
            let date = found.doc_date.unwrap_or_default();
            let key = (kind, year, found.number_key, found.issuer, date);
            there.entry(key).or_insert(found.serial);
        }
    }
    if there.is_empty() {
        return Ok(rows);
    }
    let mut fresh = Vec::with_capacity(rows.len());
    for row in rows {
        let entry = &row.entry;
        let key = (
            entry.kind,
            entry.year,
            entry.number_key.clone(),
            entry.issuer.clone(),
            entry
                .doc_date
                .map_or_else(String::new, |date| date.to_string()),
        );
        match there.get(&key).filter(|_| numbered(entry)) {
            Some(serial) => skipped.push(SkippedRow {
                sheet_row: row.sheet_row,
                refusal: domain::Refusal::new("BOOK-07")
                    .on("number_symbol")
                    .arg("number", &entry.number_symbol)
                    .arg("serial", *serial),
            }),
            None => fresh.push(row),
        }
    }
    Ok(fresh)
}

/// Whether a number stands for one document only in this book.
fn numbered(entry: &book::Entry) -> bool {
    matches!(entry.kind, BookKind::Di | BookKind::Den) && !entry.number_key.is_empty()
}
