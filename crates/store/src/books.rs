//! Lines of the four books: write, read. Lists and searches are in [`crate::search`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{Db, Row, StoreError, Tx, Value, args, limits, search, statements};

pub use crate::search::{ListPage, ListQuery, Sort};

/// One line as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    pub id: i64,
    pub unit_id: i64,
    pub kind: String,
    pub year: i64,
    pub serial: i64,
    pub edition: String,
    pub document_id: Option<i64>,
    pub entry_date: String,
    pub number_symbol: String,
    pub number_key: String,
    pub doc_date: Option<String>,
    pub doc_type: String,
    pub subject: Option<String>,
    pub subject_consent: Option<String>,
    pub level: Option<String>,
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
    pub state: String,
    pub reason: Option<String>,
    pub corrects_serial: Option<i64>,
    pub corrected_by_serial: Option<i64>,
    /// Year of the correcting line's book, when it is another one.
    pub corrected_by_year: Option<i64>,
    /// Number within the level, in a book that numbers by level.
    pub level_serial: Option<i64>,
    pub imported: bool,
    pub late: bool,
    pub created_by: i64,
    pub created_at: String,
}

statements! {
    ENTRY_GET = "SELECT * FROM entry e WHERE id = $1";
    ENTRY_BY_SERIAL = "SELECT * FROM entry e WHERE unit_id = $1 AND kind = $2 AND year = $3 AND serial = $4";
    ENTRY_SAME_NUMBER = "SELECT serial FROM entry WHERE unit_id = $1 AND kind = $2 AND year = $3
        AND number_key = $4 AND issuer = $5 AND coalesce(doc_date, '') = $6 AND state = 'active' LIMIT 1";
    ENTRY_CLOSE = "UPDATE entry SET state = $2, reason = $3, corrected_by_serial = $4,
        corrected_by_year = $5 WHERE id = $1 AND state = 'active'";
    ENTRY_DOCUMENT = "UPDATE entry SET document_id = $2 WHERE id = $1 AND document_id IS NULL";
    ENTRY_RANGE = "SELECT * FROM entry e WHERE unit_id = $1 AND kind = $2 AND year = $3
        AND serial BETWEEN $4 AND $5 ORDER BY serial";
    ENTRY_BOUNDS = "SELECT MIN(entry_date) AS first_day, MAX(entry_date) AS last_day, MIN(serial) AS first_serial,
        MAX(serial) AS last_serial FROM entry WHERE unit_id = $1 AND kind = $2 AND year = $3";
    /// Jumps from year to year through the index; DISTINCT would read every line.
    ENTRY_YEARS = "WITH RECURSIVE found (year) AS (
        SELECT MAX(year) FROM entry WHERE unit_id = $1 AND kind = $2
        UNION ALL SELECT (SELECT MAX(e.year) FROM entry e WHERE e.unit_id = $1 AND e.kind = $2
            AND e.year < found.year) FROM found WHERE found.year IS NOT NULL)
        SELECT year FROM found WHERE year IS NOT NULL ORDER BY year DESC LIMIT 100";
    ENTRIES_OF_DOCUMENT = "SELECT * FROM entry e WHERE document_id = $1 ORDER BY id LIMIT 500";
    ENTRY_RECENT = "SELECT * FROM entry e WHERE unit_id = $1 AND kind = $2 AND year = $3
        ORDER BY serial DESC LIMIT 1";
    /// Incoming lines that nobody signed for; the fixed conditions are those of the index.
    ENTRY_UNSIGNED = "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM entry WHERE unit_id = $1
        AND year = $2 AND kind = 'den' AND receiver_sign = '' AND state = 'active' LIMIT 1001) AS hits";
    /// Lines by level within a window of days, for reports.
    ENTRY_FIGURES = "SELECT level, COUNT(*) AS n, CAST(SUM(coalesce(quantity, 0)) AS BIGINT) AS copies FROM entry
        WHERE unit_id = $1 AND kind = $2 AND entry_date BETWEEN $3 AND $4 AND state = 'active'
        GROUP BY level ORDER BY level NULLS FIRST";
    ENTRY_FIGURES_YEAR = "SELECT year, level, COUNT(*) AS n, CAST(SUM(coalesce(quantity, 0)) AS BIGINT) AS copies
        FROM entry WHERE unit_id = $1 AND kind = $2 AND entry_date BETWEEN $3 AND $4 AND state = 'active'
        GROUP BY year, level ORDER BY year, level NULLS FIRST";
    ENTRY_COUNT_STATE = "SELECT COUNT(*) AS n FROM entry WHERE unit_id = $1 AND kind = $2
        AND entry_date BETWEEN $3 AND $4 AND state = $5";
}

/// Columns that a new line fills, in the order of [`entry_values`].
const COLUMNS: &str = "unit_id, kind, year, serial, edition, document_id, entry_date, number_symbol, number_key,
    doc_date, doc_type, subject, subject_consent, level, signer, issuer, recipient, receiver_sign, holder, quantity,
    copy_numbers, arrival_number, envelope, form, permitted_by, performed_by, surplus, note, state, reason,
    corrects_serial, corrected_by_serial, imported, late, created_by, created_at, words,
    level_serial";
const COLUMN_COUNT: usize = 38;

/// Lines written by one statement; the text depends only on the count.
pub fn entries_insert(count: usize) -> String {
    let mut sql = format!("INSERT INTO entry ({COLUMNS}) VALUES ");
    for line in 0..count {
        sql.push_str(if line > 0 { ", (" } else { "(" });
        for column in 1..=COLUMN_COUNT {
            let comma = if column > 1 { ", " } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(sql, "{comma}${}", line * COLUMN_COUNT + column);
        }
        sql.push(')');
    }
    sql.push_str(" RETURNING id, serial");
    sql
}

/// Lines that have one of some numbers. The list stands first, so that the index is asked for each
/// number and not read through.
pub fn same_numbers_sql(count: usize) -> String {
    format!(
        "SELECT e.number_key, e.issuer, e.doc_date, e.serial FROM (VALUES {}) AS v CROSS JOIN entry e
         WHERE e.unit_id = $1 AND e.kind = $2 AND e.year = $3 AND e.number_key = v.column1
         AND e.state = 'active'",
        search::list("TEXT", count)
    )
}

/// A line that has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameNumber {
    pub number_key: String,
    pub issuer: String,
    pub doc_date: Option<String>,
    pub serial: i64,
}

fn entry_values(row: &EntryRow, words: &[String]) -> [Value; COLUMN_COUNT] {
    args![
        row.unit_id,
        row.kind.as_str(),
        row.year,
        row.serial,
        row.edition.as_str(),
        row.document_id,
        row.entry_date.as_str(),
        row.number_symbol.as_str(),
        row.number_key.as_str(),
        row.doc_date.as_deref(),
        row.doc_type.as_str(),
        row.subject.as_deref(),
        row.subject_consent.as_deref(),
        row.level.as_deref(),
        row.signer.as_str(),
        row.issuer.as_str(),
        row.recipient.as_str(),
        row.receiver_sign.as_str(),
        row.holder.as_str(),
        row.quantity,
        row.copy_numbers.as_str(),
        row.arrival_number.as_str(),
        row.envelope.as_str(),
        row.form.as_str(),
        row.permitted_by.as_str(),
        row.performed_by.as_str(),
        row.surplus.as_str(),
        row.note.as_str(),
        row.state.as_str(),
        row.reason.as_deref(),
        row.corrects_serial,
        row.corrected_by_serial,
        row.imported,
        row.late,
        row.created_by,
        row.created_at.as_str(),
        search::kept_words(words, row.level.as_deref()),
        row.level_serial
    ]
}

pub(crate) fn entry(row: &Row) -> Result<EntryRow, StoreError> {
    Ok(EntryRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        kind: row.text("kind")?,
        year: row.int("year")?,
        serial: row.int("serial")?,
        edition: row.text("edition")?,
        document_id: row.opt_int("document_id")?,
        entry_date: row.text("entry_date")?,
        number_symbol: row.text("number_symbol")?,
        number_key: row.text("number_key")?,
        doc_date: row.opt_text("doc_date")?,
        doc_type: row.text("doc_type")?,
        subject: row.opt_text("subject")?,
        subject_consent: row.opt_text("subject_consent")?,
        level: row.opt_text("level")?,
        signer: row.text("signer")?,
        issuer: row.text("issuer")?,
        recipient: row.text("recipient")?,
        receiver_sign: row.text("receiver_sign")?,
        holder: row.text("holder")?,
        quantity: row.opt_int("quantity")?,
        copy_numbers: row.text("copy_numbers")?,
        arrival_number: row.text("arrival_number")?,
        envelope: row.text("envelope")?,
        form: row.text("form")?,
        permitted_by: row.text("permitted_by")?,
        performed_by: row.text("performed_by")?,
        surplus: row.text("surplus")?,
        note: row.text("note")?,
        state: row.text("state")?,
        reason: row.opt_text("reason")?,
        corrects_serial: row.opt_int("corrects_serial")?,
        corrected_by_serial: row.opt_int("corrected_by_serial")?,
        corrected_by_year: row.opt_int("corrected_by_year")?,
        level_serial: row.opt_int("level_serial")?,
        imported: row.flag("imported")?,
        late: row.flag("late")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

impl Db {
    /// Last number of a book; the series is gapless, so also its count.
    pub async fn last_serial(
        &self,
        unit_id: i64,
        kind: &str,
        year: i64,
    ) -> Result<i64, StoreError> {
        let series = book_series(unit_id, kind, year);
        match self.first(crate::sql::COUNTER_NOW, &args![series]).await? {
            Some(row) => row.int("n"),
            None => Ok(0),
        }
    }

    pub async fn entry_range(
        &self,
        unit_id: i64,
        kind: &str,
        year: i64,
        low: i64,
        high: i64,
    ) -> Result<Vec<EntryRow>, StoreError> {
        self.all(ENTRY_RANGE, &args![unit_id, kind, year, low, high])
            .await?
            .iter()
            .map(entry)
            .collect()
    }

    pub async fn entry(&self, id: i64) -> Result<Option<EntryRow>, StoreError> {
        self.first(ENTRY_GET, &args![id])
            .await?
            .as_ref()
            .map(entry)
            .transpose()
    }

    pub async fn entry_by_serial(
        &self,
        unit_id: i64,
        kind: &str,
        year: i64,
        serial: i64,
    ) -> Result<Option<EntryRow>, StoreError> {
        self.first(ENTRY_BY_SERIAL, &args![unit_id, kind, year, serial])
            .await?
            .as_ref()
            .map(entry)
            .transpose()
    }

    /// The newest line, from which quick entry repeats values.
    pub async fn entry_recent(
        &self,
        unit_id: i64,
        kind: &str,
        year: i64,
    ) -> Result<Option<EntryRow>, StoreError> {
        self.first(ENTRY_RECENT, &args![unit_id, kind, year])
            .await?
            .as_ref()
            .map(entry)
            .transpose()
    }

    pub async fn entries_of_document(&self, document: i64) -> Result<Vec<EntryRow>, StoreError> {
        self.all(ENTRIES_OF_DOCUMENT, &args![document])
            .await?
            .iter()
            .map(entry)
            .collect()
    }

    /// Years in which a unit has lines of a book, newest first.
    pub async fn entry_years(&self, unit_id: i64, kind: &str) -> Result<Vec<i64>, StoreError> {
        self.all(ENTRY_YEARS, &args![unit_id, kind])
            .await?
            .iter()
            .map(|row| row.int("year"))
            .collect()
    }

    /// First and last day and number of a book.
    pub async fn entry_bounds(
        &self,
        unit_id: i64,
        kind: &str,
        year: i64,
    ) -> Result<Option<(String, String, i64, i64)>, StoreError> {
        let row = self.one(ENTRY_BOUNDS, &args![unit_id, kind, year]).await?;
        match (
            row.opt_text("first_day")?,
            row.opt_text("last_day")?,
            row.opt_int("first_serial")?,
            row.opt_int("last_serial")?,
        ) {
            (Some(a), Some(b), Some(c), Some(d)) => Ok(Some((a, b, c, d))),
            _ => Ok(None),
        }
    }

    /// Active lines of the incoming book without a receiver's signature, counted up to 1,001.
    pub async fn entries_unsigned(&self, unit_id: i64, year: i64) -> Result<i64, StoreError> {
        self.one(ENTRY_UNSIGNED, &args![unit_id, year])
            .await?
            .int("n")
    }

    /// Active lines and copies by level between two days, both included.
    pub async fn entry_figures(
        &self,
        unit_id: i64,
        kind: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<(Option<String>, i64, i64)>, StoreError> {
        self.all(ENTRY_FIGURES, &args![unit_id, kind, from, to])
            .await?
            .iter()
            .map(|row| Ok((row.opt_text("level")?, row.int("n")?, row.int("copies")?)))
            .collect()
    }

    /// As [`Db::entry_figures`], year by year.
    pub async fn entry_figures_by_year(
        &self,
        unit_id: i64,
        kind: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<(i64, Option<String>, i64, i64)>, StoreError> {
        self.all(ENTRY_FIGURES_YEAR, &args![unit_id, kind, from, to])
            .await?
            .iter()
            .map(|row| {
                Ok((
                    row.int("year")?,
                    row.opt_text("level")?,
                    row.int("n")?,
                    row.int("copies")?,
                ))
            })
            .collect()
    }

    pub async fn entry_count_state(
        &self,
        unit_id: i64,
        kind: &str,
        from: &str,
        to: &str,
        state: &str,
    ) -> Result<i64, StoreError> {
        self.one(ENTRY_COUNT_STATE, &args![unit_id, kind, from, to, state])
            .await?
            .int("n")
    }
}

/// Name of the number series of a book: shared by the editions of one year.
pub fn book_series(unit_id: i64, kind: &str, year: i64) -> String {
    format!("book:{unit_id}:{kind}:{year}")
}

/// Name of the number series of a level in a book that numbers by level.
pub fn level_series(unit_id: i64, kind: &str, year: i64, level: &str) -> String {
    format!("level:{unit_id}:{kind}:{year}:{level}")
}

impl Tx {
    /// Writes a line and its search words, each once; `row.id` is ignored. The serial must be the
    /// next one of its book: a run of lines is indexed when its last line is written.
    pub async fn add_entry(&mut self, row: &EntryRow, words: &[String]) -> Result<i64, StoreError> {
        let id = self
            .one(&entries_insert(1), &entry_values(row, words))
            .await?
            .int("id")?;
        self.close_runs(row, row.serial).await?;
        Ok(id)
    }

    /// As [`Tx::add_entry`], for lines of one book that follow each other. Gives their ids.
    pub async fn add_entries(
        &mut self,
        lines: &[(EntryRow, &[String])],
    ) -> Result<Vec<i64>, StoreError> {
        let mut ids = BTreeMap::new();
        for part in lines.chunks(limits::LINES_AT_ONCE) {
            let values: Vec<Value> = part
                .iter()
                .flat_map(|(row, words)| entry_values(row, words))
                .collect();
            for row in self.all(&entries_insert(part.len()), &values).await? {
                ids.insert(row.int("serial")?, row.int("id")?);
            }
        }
        if let (Some((first, _)), Some((last, _))) = (lines.first(), lines.last()) {
            self.close_runs(first, last.serial).await?;
        }
        lines
            .iter()
            .map(|(row, _)| {
                ids.get(&row.serial)
                    .copied()
                    .ok_or_else(|| StoreError::missing_row("INSERT INTO entry"))
            })
            .collect()
    }

    /// Active lines of a book with one of these numbers: number key, issuer, date, serial.
    pub async fn same_numbers(
        &mut self,
        unit_id: i64,
        kind: &str,
        year: i64,
        keys: &[&str],
    ) -> Result<Vec<SameNumber>, StoreError> {
        let mut found = Vec::new();
        for part in keys.chunks(limits::NUMBERS_AT_ONCE) {
            let mut values: Vec<Value> = args![unit_id, kind, year].into();
            values.extend(part.iter().copied().map(Value::from));
            for row in self.all(&same_numbers_sql(part.len()), &values).await? {
                found.push(SameNumber {
                    number_key: row.text("number_key")?,
                    issuer: row.text("issuer")?,
                    doc_date: row.opt_text("doc_date")?,
                    serial: row.int("serial")?,
                });
            }
        }
        Ok(found)
    }

    /// The line inside the transaction, after the write lock was taken.
    pub async fn entry(&mut self, id: i64) -> Result<Option<EntryRow>, StoreError> {
        self.first(ENTRY_GET, &args![id])
            .await?
            .as_ref()
            .map(entry)
            .transpose()
    }

    /// An active line with the same number, issuer and date, if any.
    pub async fn same_number(
        &mut self,
        unit_id: i64,
        kind: &str,
        year: i64,
        number_key: &str,
        issuer: &str,
        doc_date: Option<&str>,
    ) -> Result<Option<i64>, StoreError> {
        self.first(
            ENTRY_SAME_NUMBER,
            &args![
                unit_id,
                kind,
                year,
                number_key,
                issuer,
                doc_date.unwrap_or_default()
            ],
        )
        .await?
        .map(|row| row.int("serial"))
        .transpose()
    }

    /// Marks an active line as voided or corrected; `false` when it no longer is active.
    /// A correcting line is named by its number and, in another book, that book's year.
    pub async fn close_entry(
        &mut self,
        id: i64,
        state: &str,
        reason: &str,
        corrected_by: Option<(i64, Option<i64>)>,
    ) -> Result<bool, StoreError> {
        let (serial, year) = corrected_by.unzip();
        let values = args![id, state, reason, serial, year.flatten()];
        Ok(self.run(ENTRY_CLOSE, &values).await? == 1)
    }

    pub async fn link_entry(&mut self, entry: i64, document: i64) -> Result<(), StoreError> {
        self.run(ENTRY_DOCUMENT, &args![entry, document]).await?;
        Ok(())
    }
}
