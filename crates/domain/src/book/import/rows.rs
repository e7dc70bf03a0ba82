//! Rows of a recognised sheet become drafts, or are left behind with a reason.

use std::borrow::Cow;
use std::collections::BTreeMap;

use law::{BookKind, LegalDate};

use super::cells::{Cell, Downwards, Sheet};
use super::dates::{self, Read};
use super::fields::Field;
use super::header::{self, Header};
use super::{SkippedRow, TakenRow, doctype};
use crate::book::decide;
use crate::book::level::level_from_text;
use crate::book::state::Draft;
use crate::{Refusal, limits};

/// No document of a book is older than the state that keeps it (2/9/1945): an
/// older date is a slip or a number that is no date.
const YEAR_MIN: i16 = 1945;

pub(super) struct ReadRows {
    pub taken: Vec<TakenRow>,
    pub skipped: Vec<SkippedRow>,
    pub blank_rows: usize,
}

/// Reads every row below the headings.
pub(super) fn read(kind: BookKind, sheet: &Sheet, year: i16, header: &Header) -> ReadRows {
    let mut reader = Reader {
        kind,
        sheet,
        year,
        header,
        down: Downwards::of(sheet),
        above: BTreeMap::new(),
        numbers: BTreeMap::new(),
        read: ReadRows {
            taken: Vec::new(),
            skipped: Vec::new(),
            blank_rows: 0,
        },
    };
    for row in header.data_row..sheet.rows.len() {
        reader.row(row);
    }
    // Empty rows below the last line are no part of the book.
    let last = (header.data_row..sheet.rows.len())
        .rev()
        .find(|row| !sheet.is_blank(*row));
    let below = last.map_or(header.data_row, |row| row + 1);
    let trailing = sheet.rows.len().saturating_sub(below);
    reader.read.blank_rows = reader.read.blank_rows.saturating_sub(trailing);
    reader.read
}

struct Reader<'a> {
    kind: BookKind,
    sheet: &'a Sheet,
    year: i16,
    header: &'a Header,
    down: Downwards,
    /// Row whose cell a ditto mark of the column repeats.
    above: BTreeMap<Field, usize>,
    /// Row (from 1) that first had a number.
    numbers: BTreeMap<String, usize>,
    read: ReadRows,
}

impl Reader<'_> {
    fn row(&mut self, row: usize) {
        if self.sheet.is_blank(row) {
            self.read.blank_rows += 1;
            return;
        }
        if let Some(refusal) = self.no_line(row) {
            self.skip(row, refusal);
            return;
        }
        if self.continues(row) {
            self.join(row);
            return;
        }
        let mut guessed = Vec::new();
        match self.draft(row, &mut guessed) {
            Ok(draft) => self.take(row, draft, guessed),
            Err(refusal) => self.skip(row, refusal),
        }
        self.remember(row);
    }

    fn skip(&mut self, row: usize, refusal: Refusal) {
        self.read.skipped.push(SkippedRow {
            sheet_row: row + 1,
            refusal,
        });
    }

    fn take(&mut self, row: usize, draft: Draft, guessed: Vec<&'static str>) {
        if let Some(key) = number_key(self.kind, &draft) {
            if let Some(first) = self.numbers.get(&key) {
                let refusal = Refusal::new("IMPORT-12")
                    .on("number_symbol")
                    .arg("number", &draft.number_symbol)
                    .arg("row", first);
                self.skip(row, refusal);
                return;
            }
            self.numbers.insert(key, row + 1);
        }
        let serial = self.text(row, Field::Serial).into_owned();
        self.read.taken.push(TakenRow {
            sheet_row: row + 1,
            serial,
            draft,
            guessed,
            joined: Vec::new(),
        });
    }

    /// Totals, page headings, section headings and signatures between the lines.
    fn no_line(&self, row: usize) -> Option<Refusal> {
        let first = self
            .sheet
            .rows
            .get(row)
            .and_then(|cells| cells.iter().find(|cell| !cell.is_blank()));
        if let Some(Cell::Text(text)) = first
            && is_total(text)
            && self.number(row).is_empty()
        {
            return Some(Refusal::new("IMPORT-11"));
        }
        if header::is_repeated(self.sheet, row, &self.header.columns)
            || header::is_numbering(self.sheet, row)
        {
            return Some(Refusal::new("IMPORT-16"));
        }
        let telling = [
            Field::NumberSymbol,
            Field::Number,
            Field::Envelope,
            Field::ArrivalNumber,
            Field::DocDate,
            Field::EntryDate,
            Field::Level,
        ];
        let own = |field: &Field| {
            self.column(*field)
                .is_some_and(|col| !self.sheet.own(row, col).is_blank())
        };
        let merged = telling
            .iter()
            .filter_map(|field| self.column(*field))
            .any(|col| self.down.source(row, col) != row);
        (!merged && !telling.iter().any(own)).then(|| Refusal::new("IMPORT-15"))
    }

    /// The number is merged with the one above: a further recipient of that line.
    fn continues(&self, row: usize) -> bool {
        [Field::NumberSymbol, Field::Number, Field::Envelope]
            .iter()
            .filter_map(|field| self.column(*field))
            .any(|col| self.down.source(row, col) != row)
    }

    /// Adds what a further row of a line has of its own to the line.
    fn join(&mut self, row: usize) {
        let own = |field: Field| {
            self.column(field)
                .map_or(Cow::Borrowed(""), |col| self.sheet.own(row, col).text())
                .into_owned()
        };
        let texts = [
            own(Field::Recipient),
            own(Field::ReceiverSign),
            own(Field::CopyNumbers),
            own(Field::Note),
        ];
        let quantity = own(Field::Quantity);
        let top = [Field::NumberSymbol, Field::Number, Field::Envelope]
            .iter()
            .filter_map(|field| self.column(*field))
            .map(|col| self.down.source(row, col) + 1)
            .min();
        let line = self
            .read
            .taken
            .last_mut()
            .filter(|line| Some(line.sheet_row) == top);
        let Some(line) = line else {
            // The line itself was left behind; so is what belongs to it.
            let refusal = Refusal::new("IMPORT-19")
                .on("number_symbol")
                .arg("row", top.unwrap_or(row));
            self.skip(row, refusal);
            return;
        };
        let [recipient, receiver_sign, copy_numbers, note] = texts;
        append(&mut line.draft.recipient, &recipient);
        append(&mut line.draft.receiver_sign, &receiver_sign);
        append(&mut line.draft.copy_numbers, &copy_numbers);
        append(&mut line.draft.note, &note);
        let more = quantity_of(&quantity).map(|(count, _)| count);
        if let (Some(more), Ok(count)) = (more, line.draft.quantity.parse::<u32>()) {
            line.draft.quantity = count.saturating_add(more).to_string();
        }
        line.joined.push(row + 1);
        // "As above" would now mean one of several rows.
        for field in [
            Field::Recipient,
            Field::ReceiverSign,
            Field::CopyNumbers,
            Field::Quantity,
        ] {
            self.above.remove(&field);
        }
    }

    fn draft(&self, row: usize, guessed: &mut Vec<&'static str>) -> Result<Draft, Refusal> {
        self.failed_formula(row)?;
        let number_symbol = self.number_symbol(row)?;
        let (entry_date, doc_date) = self.dates(row, guessed)?;
        let level = self.text(row, Field::Level);
        let level = if level.is_empty() {
            String::new()
        } else {
            level_from_text(&level)?.code().to_owned()
        };
        let (doc_type, subject) = self.type_subject(row, &number_symbol, guessed);
        let (quantity, listed) = self.quantity(row)?;
        let copy_numbers = self.line(row, Field::CopyNumbers);
        let envelope = self.line(row, Field::Envelope);
        let text = |field| self.line(row, field);
        Ok(Draft {
            entry_date,
            envelope: if self.kind == BookKind::ChuyenGiao && envelope.is_empty() {
                number_symbol.clone()
            } else {
                envelope
            },
            number_symbol,
            doc_date,
            doc_type,
            subject,
            subject_consent: text(Field::SubjectConsent),
            level,
            signer: text(Field::Signer),
            issuer: text(Field::Issuer),
            recipient: text(Field::Recipient),
            receiver_sign: text(Field::ReceiverSign),
            holder: text(Field::Holder),
            quantity,
            copy_numbers: if copy_numbers.is_empty() {
                listed
            } else {
                copy_numbers
            },
            arrival_number: whole(&text(Field::ArrivalNumber)).to_owned(),
            form: text(Field::Form),
            permitted_by: text(Field::PermittedBy),
            performed_by: text(Field::PerformedBy),
            surplus: text(Field::Surplus),
            note: self.notes(row),
        })
    }

    fn failed_formula(&self, row: usize) -> Result<(), Refusal> {
        let failed = self
            .header
            .columns
            .iter()
            .filter(|column| column.field != Field::Serial)
            .find_map(|column| match self.cell(row, column.field) {
                Cell::Error(error) => Some((column, error)),
                _ => None,
            });
        match failed {
            Some((column, error)) => Err(Refusal::new("IMPORT-17")
                .on(column.field.key())
                .arg("column", &column.letter)
                .arg("text", error)),
            None => Ok(()),
        }
    }

    /// Number and symbol from one column or two, `12` + `KH-STP` as `12/KH-STP`.
    fn number_symbol(&self, row: usize) -> Result<String, Refusal> {
        for field in [Field::NumberSymbol, Field::Number, Field::ArrivalNumber] {
            if let Cell::Date(date) = self.cell(row, field) {
                return Err(Refusal::new("IMPORT-18")
                    .on(field.key())
                    .arg("text", date.day_month_year()));
            }
        }
        Ok(self.number(row))
    }

    fn number(&self, row: usize) -> String {
        let both = self.line(row, Field::NumberSymbol);
        if !both.is_empty() {
            return whole(&both).to_owned();
        }
        let number = self.line(row, Field::Number);
        let symbol = self.line(row, Field::Symbol);
        let number = whole(&number);
        match (number.is_empty(), symbol.is_empty()) {
            (_, true) => number.to_owned(),
            (true, false) => symbol,
            (false, false) if symbol.starts_with('/') => format!("{number}{symbol}"),
            (false, false) => format!("{number}/{symbol}"),
        }
    }

    /// Day of the entry and day of the document, ISO. The outgoing book has no day
    /// of its own: a document is registered on the day it bears.
    fn dates(
        &self,
        row: usize,
        guessed: &mut Vec<&'static str>,
    ) -> Result<(String, String), Refusal> {
        let doc = self.date(row, Field::DocDate, guessed)?;
        let entry = match self.date(row, Field::EntryDate, guessed)? {
            None if self.kind == BookKind::Di => doc,
            entry => entry,
        };
        let Some(entry) = entry else {
            let field = if self.kind == BookKind::Di {
                "doc_date"
            } else {
                "entry_date"
            };
            return Err(Refusal::new("BOOK-06").on(field).arg("field", field));
        };
        if entry.year() != self.year {
            return Err(Refusal::new("IMPORT-14")
                .on("entry_date")
                .arg("date", entry.day_month_year())
                .arg("year", self.year));
        }
        Ok((
            entry.to_string(),
            doc.map_or_else(String::new, |date| date.to_string()),
        ))
    }

    fn date(
        &self,
        row: usize,
        field: Field,
        guessed: &mut Vec<&'static str>,
    ) -> Result<Option<LegalDate>, Refusal> {
        let cell = self.cell(row, field);
        if cell.is_blank() {
            return Ok(None);
        }
        let refusal = || {
            Refusal::new("IMPORT-13")
                .on(field.key())
                .arg("text", short(&cell.text()))
        };
        let date = match dates::of_cell(cell, self.year) {
            Some(Read::Date(date)) => date,
            // The year of a document that came from elsewhere is not that of the book.
            Some(Read::DayMonth(_)) if self.kind == BookKind::Den && field == Field::DocDate => {
                return Err(refusal());
            }
            Some(Read::DayMonth(date)) => {
                guessed.push(field.key());
                date
            }
            None => return Err(refusal()),
        };
        if date.year() < YEAR_MIN {
            return Err(refusal());
        }
        Ok(Some(date))
    }

    fn type_subject(
        &self,
        row: usize,
        number_symbol: &str,
        guessed: &mut Vec<&'static str>,
    ) -> (String, String) {
        let mixed = self.line(row, Field::TypeSubject);
        if mixed.is_empty() {
            return (
                self.line(row, Field::DocType),
                self.line(row, Field::Subject),
            );
        }
        let parts = doctype::split(&mixed, number_symbol);
        if parts.guessed {
            guessed.push("doc_type");
        }
        (parts.doc_type, parts.subject)
    }

    /// `02`, `3 bản`, `2 bản (số 01, 02)`: how many, and the numbers if listed.
    fn quantity(&self, row: usize) -> Result<(String, String), Refusal> {
        let text = self.line(row, Field::Quantity);
        if text.is_empty() {
            return Ok((String::new(), String::new()));
        }
        match quantity_of(&text) {
            Some((count, listed)) => Ok((count.to_string(), listed)),
            None => Err(Refusal::new("BOOK-12")
                .on("quantity")
                .arg("text", short(&text))
                .arg("max", limits::COPIES_MAX)),
        }
    }

    /// Every column of notes.
    fn notes(&self, row: usize) -> String {
        let mut notes = String::new();
        for column in &self.header.columns {
            if column.field == Field::Note {
                let source = self.down.source(row, column.index);
                append(&mut notes, &self.sheet.own(source, column.index).text());
            }
        }
        notes
    }

    fn column(&self, field: Field) -> Option<usize> {
        self.header
            .columns
            .iter()
            .find(|column| column.field == field)
            .map(|column| column.index)
    }

    /// The cell of a field: its own, the top of its merged range, or the one above
    /// that a ditto mark repeats.
    fn cell(&self, row: usize, field: Field) -> &Cell {
        let Some(col) = self.column(field) else {
            return &Cell::Empty;
        };
        let cell = self.sheet.own(self.down.source(row, col), col);
        match (cell, self.above.get(&field)) {
            (Cell::Text(text), Some(above)) if is_ditto(text) => self.sheet.own(*above, col),
            _ => cell,
        }
    }

    fn text(&self, row: usize, field: Field) -> Cow<'_, str> {
        self.cell(row, field).text()
    }

    fn line(&self, row: usize, field: Field) -> String {
        vanban::text::squeeze(&self.text(row, field))
    }

    fn remember(&mut self, row: usize) {
        for column in &self.header.columns {
            let source = self.down.source(row, column.index);
            match self.sheet.own(source, column.index) {
                Cell::Text(text) if is_ditto(text) => {}
                cell if cell.is_blank() => {
                    self.above.remove(&column.field);
                }
                _ => {
                    self.above.insert(column.field, source);
                }
            }
        }
    }
}

/// What may stand once in a book. Hand-overs and copies of one document are many.
fn number_key(kind: BookKind, draft: &Draft) -> Option<String> {
    if draft.number_symbol.is_empty() {
        return None;
    }
    let number = decide::number_key(&draft.number_symbol);
    match kind {
        BookKind::Di => Some(format!("{number} {}", vanban::text::fold(&draft.doc_type))),
        BookKind::Den => Some(format!(
            "{number} {} {}",
            draft.doc_date,
            vanban::text::fold(&draft.issuer)
        )),
        BookKind::ChuyenGiao | BookKind::SaoChup => None,
    }
}

/// `Cộng`, `Tổng cộng`, `Tổng số` at the start of a row. `Tổng công ty` and `Công
/// an` are names, so marks count unless the words stand alone.
fn is_total(text: &str) -> bool {
    let lower = vanban::text::nfc(text).to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    matches!(
        words.as_slice(),
        ["cộng", ..] | ["tổng", "cộng" | "số", ..] | ["tong", "cong" | "so"] | ["cong" | "tổng"]
    )
}

/// "The same as above".
fn is_ditto(text: &str) -> bool {
    matches!(
        vanban::text::fold(text).as_str(),
        "\"" | "''" | "“" | "”" | "nt" | "-nt-" | "- nt -" | "(nt)" | "nhu tren" | "//"
    )
}

/// Whole numbers without the `.0` that conversions leave behind.
fn whole(text: &str) -> &str {
    match text.strip_suffix(".0") {
        Some(number) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => number,
        _ => text,
    }
}

fn quantity_of(text: &str) -> Option<(u32, String)> {
    let text = whole(text.trim());
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let count: u32 = digits.parse().ok()?;
    let fraction = |c| matches!(c, '.' | ',');
    if rest
        .strip_prefix(fraction)
        .is_some_and(|more| more.starts_with(|c: char| c.is_ascii_digit()))
    {
        return None;
    }
    let folded = vanban::text::fold(rest);
    let unit = folded.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    let known = [
        "", "ban", "bi", "to", "cuon", "bo", "tai lieu", "van ban", "so",
    ];
    let word = unit.split(['(', ':', ',', ';']).next().unwrap_or("").trim();
    let word = word
        .trim_end_matches(|c: char| !c.is_ascii_alphabetic())
        .trim();
    let understood = known.contains(&word) || word.starts_with("ban ") || word.starts_with("so ");
    if !understood {
        return None;
    }
    Some((count, listed(rest, count)))
}

/// Copy numbers in the rest of a quantity: `(số 01, 02)`, `(01-03)`.
fn listed(rest: &str, count: u32) -> String {
    let numbers: Vec<&str> = rest
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let ranged = rest.contains(['-', '–']) || vanban::text::fold(rest).contains("den");
    if let ([first, last], true) = (numbers.as_slice(), ranged)
        && let (Ok(low), Ok(high)) = (first.parse::<u32>(), last.parse::<u32>())
        && high.checked_sub(low).and_then(|more| more.checked_add(1)) == Some(count)
        && count <= 1_000
    {
        let all: Vec<String> = (low..=high).map(|number| format!("{number:02}")).collect();
        return all.join(", ");
    }
    numbers.join(", ")
}

fn append(text: &mut String, more: &str) {
    let more = more.trim();
    if more.is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push_str("; ");
    }
    text.push_str(more);
}

/// The start of a text that goes into a reason.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
