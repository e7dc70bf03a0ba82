//! Lines of the four books: write, page, search without marks.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::{Db, Row, StoreError, Tx, Value, args, limits, statements};

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
    pub imported: bool,
    pub late: bool,
    pub created_by: i64,
    pub created_at: String,
}

/// By which column a list is ordered; the serial decides among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Serial,
    DocDate,
    Number,
}

impl Sort {
    pub const ALL: [Self; 3] = [Self::Serial, Self::DocDate, Self::Number];

    pub fn code(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::DocDate => "doc_date",
            Self::Number => "number",
        }
    }
}

/// Which lines of a unit's book a list shows.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub unit_id: i64,
    pub kind: String,
    pub year: i64,
    /// Folded words; every one must occur.
    pub words: Vec<String>,
    pub level: Option<String>,
    pub state: Option<String>,
    pub sort: Sort,
    pub ascending: bool,
    /// First page is 1.
    pub page: i64,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct ListPage {
    pub rows: Vec<EntryRow>,
    /// Matching lines, counted up to [`limits::COUNT_MAX`] when filtered.
    pub total: i64,
    /// Whether `total` stopped at the limit.
    pub more: bool,
}

statements! {
    ENTRY_ADD = "INSERT INTO entry (unit_id, kind, year, serial, edition, document_id, entry_date,
        number_symbol, number_key, doc_date, doc_type, subject, subject_consent, level, signer, issuer,
        recipient, receiver_sign, holder, quantity, copy_numbers, arrival_number, envelope, form,
        permitted_by, performed_by, surplus, note, state, reason, corrects_serial, corrected_by_serial,
        imported, late, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36) RETURNING id";
    ENTRY_GET = "SELECT * FROM entry e WHERE id = $1";
    ENTRY_BY_SERIAL = "SELECT * FROM entry e WHERE unit_id = $1 AND kind = $2 AND year = $3 AND serial = $4";
    ENTRY_SAME_NUMBER = "SELECT serial FROM entry WHERE unit_id = $1 AND kind = $2 AND year = $3
        AND number_key = $4 AND issuer = $5 AND coalesce(doc_date, '') = $6 AND state = 'active' LIMIT 1";
    ENTRY_CLOSE = "UPDATE entry SET state = $2, reason = $3, corrected_by_serial = $4
        WHERE id = $1 AND state = 'active'";
    ENTRY_DOCUMENT = "UPDATE entry SET document_id = $2 WHERE id = $1 AND document_id IS NULL";
    ENTRY_RANGE = "SELECT * FROM entry e WHERE unit_id = $1 AND kind = $2 AND year = $3
        AND serial BETWEEN $4 AND $5 ORDER BY serial";
    ENTRY_BOUNDS = "SELECT MIN(entry_date) AS first_day, MAX(entry_date) AS last_day, MIN(serial) AS first_serial,
        MAX(serial) AS last_serial FROM entry WHERE unit_id = $1 AND kind = $2 AND year = $3";
    ENTRY_YEARS = "SELECT DISTINCT year FROM entry WHERE unit_id = $1 AND kind = $2 ORDER BY year DESC LIMIT 100";
    ENTRIES_OF_DOCUMENT = "SELECT * FROM entry e WHERE document_id = $1 ORDER BY id LIMIT 500";
    ENTRY_RECENT = "SELECT * FROM entry e WHERE unit_id = $1 AND kind = $2 AND year = $3
        ORDER BY serial DESC LIMIT 1";
    ENTRY_UNSIGNED = "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM entry WHERE unit_id = $1 AND kind = $2
        AND year = $3 AND receiver_sign = '' AND state = 'active' LIMIT 1001) AS hits";
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

/// Word rows written by one statement; the text depends only on the count.
pub fn words_insert(count: usize) -> String {
    let mut sql =
        String::from("INSERT INTO entry_word (unit_id, kind, year, serial, word) VALUES ");
    for n in 0..count {
        if n > 0 {
            sql.push_str(", ");
        }
        // Writing to a String cannot fail.
        let _ = write!(sql, "($1, $2, $3, $4, ${})", n + 5);
    }
    sql
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
        imported: row.flag("imported")?,
        late: row.flag("late")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

impl ListQuery {
    fn filtered(&self) -> bool {
        !self.words.is_empty() || self.level.is_some() || self.state.is_some()
    }

    /// FROM and WHERE of the list: only fixed fragments, values are bound.
    fn body(&self) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = args![self.unit_id, self.kind.as_str(), self.year].into();
        let mut sql = String::new();
        let mut words = self.words.iter().take(limits::SEARCH_WORDS_MAX);
        // The first word drives: its index is in serial order already.
        if let Some(first) = words.next() {
            values.push(first.as_str().into());
            sql.push_str(
                " FROM entry_word w JOIN entry e ON e.unit_id = w.unit_id AND e.kind = w.kind
                 AND e.year = w.year AND e.serial = w.serial
                 WHERE w.unit_id = $1 AND w.kind = $2 AND w.year = $3 AND w.word = $4",
            );
        } else {
            sql.push_str(" FROM entry e WHERE e.unit_id = $1 AND e.kind = $2 AND e.year = $3");
        }
        for word in words {
            values.push(word.as_str().into());
            let _ = write!(
                sql,
                " AND EXISTS (SELECT 1 FROM entry_word x WHERE x.unit_id = $1 AND x.kind = $2
                  AND x.word = ${} AND x.year = $3 AND x.serial = w.serial)",
                values.len()
            );
        }
        if let Some(level) = &self.level {
            values.push(level.as_str().into());
            let _ = write!(sql, " AND e.level = ${}", values.len());
        }
        if let Some(state) = &self.state {
            values.push(state.as_str().into());
            let _ = write!(sql, " AND e.state = ${}", values.len());
        }
        (sql, values)
    }

    /// The list statement; also prepared by the test of all statements.
    pub fn page_sql(&self) -> (String, Vec<Value>) {
        let (body, mut values) = self.body();
        let direction = if self.ascending { "ASC" } else { "DESC" };
        let serial = if self.words.is_empty() {
            "e.serial"
        } else {
            "w.serial"
        };
        let order = match self.sort {
            Sort::Serial => format!("{serial} {direction}"),
            Sort::Number => format!("e.number_key {direction}, {serial} {direction}"),
            // Lines without a date are the smallest; PostgreSQL alone would call them the largest.
            Sort::DocDate => {
                let nulls = if self.ascending { "FIRST" } else { "LAST" };
                format!("e.doc_date {direction} NULLS {nulls}, {serial} {direction}")
            }
        };
        let page = self.page.clamp(1, limits::PAGE_DEPTH_MAX);
        values.push(limits::PAGE_ROWS.into());
        values.push(((page - 1) * limits::PAGE_ROWS).into());
        let count = values.len();
        (
            format!(
                "SELECT e.*{body} ORDER BY {order} LIMIT ${} OFFSET ${count}",
                count - 1
            ),
            values,
        )
    }

    /// The statement that counts the same lines.
    pub fn count_sql(&self) -> (String, Vec<Value>) {
        let (body, mut values) = self.body();
        values.push((limits::COUNT_MAX + 1).into());
        (
            format!(
                "SELECT COUNT(*) AS n FROM (SELECT 1 AS x{body} LIMIT ${}) AS hits",
                values.len()
            ),
            values,
        )
    }
}

impl Db {
    /// One page of a book. Unfiltered pages in number order are read by number
    /// range, so page 20,000 costs the same as page 1.
    pub async fn entries(&self, query: &ListQuery) -> Result<ListPage, StoreError> {
        if query.filtered() || query.sort != Sort::Serial {
            return self.entries_filtered(query).await;
        }
        let last = self
            .last_serial(query.unit_id, &query.kind, query.year)
            .await?;
        let pages = (last + limits::PAGE_ROWS - 1) / limits::PAGE_ROWS;
        let page = query.page.clamp(1, pages.max(1));
        let (low, high) = if query.ascending {
            let low = (page - 1) * limits::PAGE_ROWS + 1;
            (low, low + limits::PAGE_ROWS - 1)
        } else {
            let high = last - (page - 1) * limits::PAGE_ROWS;
            (high - limits::PAGE_ROWS + 1, high)
        };
        let mut rows = self
            .entry_range(query.unit_id, &query.kind, query.year, low, high)
            .await?;
        if !query.ascending {
            rows.reverse();
        }
        Ok(ListPage {
            rows,
            total: last,
            more: false,
        })
    }

    async fn entries_filtered(&self, query: &ListQuery) -> Result<ListPage, StoreError> {
        let mut query = query.clone();
        // The longest word is nearly always the rarest.
        query
            .words
            .sort_by_key(|word| std::cmp::Reverse(word.len()));
        let (sql, values) = query.page_sql();
        let rows = self
            .all(&sql, &values)
            .await?
            .iter()
            .map(entry)
            .collect::<Result<_, _>>()?;
        if !query.filtered() {
            let total = self
                .last_serial(query.unit_id, &query.kind, query.year)
                .await?;
            return Ok(ListPage {
                rows,
                total,
                more: false,
            });
        }
        let (sql, values) = query.count_sql();
        let total = self.one(&sql, &values).await?.int("n")?;
        Ok(ListPage {
            rows,
            total: total.min(limits::COUNT_MAX),
            more: total > limits::COUNT_MAX,
        })
    }

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

    /// Active lines without a receiver's signature, counted up to 1,001.
    pub async fn entries_unsigned(
        &self,
        unit_id: i64,
        kind: &str,
        year: i64,
    ) -> Result<i64, StoreError> {
        self.one(ENTRY_UNSIGNED, &args![unit_id, kind, year])
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

impl Tx {
    /// Writes a line and its search words, each once; `row.id` is ignored.
    pub async fn add_entry(&mut self, row: &EntryRow, words: &[String]) -> Result<i64, StoreError> {
        let id = self
            .one(
                ENTRY_ADD,
                &args![
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
                    row.created_at.as_str()
                ],
            )
            .await?
            .int("id")?;
        let mut seen = BTreeSet::new();
        let words: Vec<&String> = words
            .iter()
            .filter(|word| seen.insert(*word))
            .take(limits::ENTRY_WORDS_MAX)
            .collect();
        if !words.is_empty() {
            let mut values: Vec<Value> =
                args![row.unit_id, row.kind.as_str(), row.year, row.serial].into();
            values.extend(words.iter().map(|word| Value::from(word.as_str())));
            self.run(&words_insert(words.len()), &values).await?;
        }
        Ok(id)
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
    pub async fn close_entry(
        &mut self,
        id: i64,
        state: &str,
        reason: &str,
        corrected_by: Option<i64>,
    ) -> Result<bool, StoreError> {
        Ok(self
            .run(ENTRY_CLOSE, &args![id, state, reason, corrected_by])
            .await?
            == 1)
    }

    pub async fn link_entry(&mut self, entry: i64, document: i64) -> Result<(), StoreError> {
        self.run(ENTRY_DOCUMENT, &args![entry, document]).await?;
        Ok(())
    }
}
