//! Figures that reports are made of, and the walk that compares every line of
//! the books with the event that recorded it.

use crate::books::{self, EntryRow};
use crate::log::{self, EventRow};
use crate::{Db, StoreError, args, statements};

/// How one book was kept between two days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeepingRow {
    /// All lines, whatever became of them.
    pub lines: i64,
    /// Lines first written on a later day than the act; imports and corrections always are.
    pub late: i64,
    pub voided: i64,
    pub corrected: i64,
    pub imported: i64,
}

/// Documents of one level and what is known of their terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsRow {
    pub level: String,
    pub documents: i64,
    pub without_term: i64,
    pub expired: i64,
}

/// A unit's tasks out of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanTasksRow {
    pub number: Option<String>,
    pub doc_date: Option<String>,
    pub title: String,
    pub tasks: i64,
    pub done: i64,
    /// Open and past their day.
    pub late: i64,
    /// Reported after their day.
    pub done_late: i64,
}

/// A line with the events about it, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessedRow {
    pub entry: EntryRow,
    pub events: Vec<EventRow>,
}

statements! {
    KEEPING = "SELECT COUNT(*) AS lines,
            CAST(coalesce(SUM(CASE WHEN late AND NOT imported AND corrects_serial IS NULL THEN 1 ELSE 0 END), 0)
                AS BIGINT) AS late,
            CAST(coalesce(SUM(CASE WHEN state = 'voided' THEN 1 ELSE 0 END), 0) AS BIGINT) AS voided,
            CAST(coalesce(SUM(CASE WHEN state = 'corrected' THEN 1 ELSE 0 END), 0) AS BIGINT) AS corrected,
            CAST(coalesce(SUM(CASE WHEN imported THEN 1 ELSE 0 END), 0) AS BIGINT) AS imported
        FROM entry WHERE unit_id = $1 AND kind = $2 AND entry_date BETWEEN $3 AND $4";
    EDITIONS = "SELECT DISTINCT edition FROM entry WHERE unit_id = $1 AND kind = $2
        AND entry_date BETWEEN $3 AND $4 ORDER BY edition LIMIT 20";
    PERMITS_BY_LEVEL = "SELECT d.level AS level, COUNT(*) AS n, CAST(SUM(p.copies) AS BIGINT) AS copies
        FROM copy_permit p JOIN document d ON d.id = p.document_id
        WHERE p.unit_id = $1 AND p.decided_on BETWEEN $2 AND $3 GROUP BY d.level ORDER BY d.level";
    /// Documents whose line stands, determined until a day; expired when the term ended before it.
    TERMS = "SELECT d.level AS level, COUNT(*) AS documents,
            CAST(SUM(CASE WHEN d.term_until IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS without_term,
            CAST(SUM(CASE WHEN d.term_until < $2 THEN 1 ELSE 0 END) AS BIGINT) AS expired
        FROM document d WHERE d.unit_id = $1 AND coalesce(d.determined_on, '') <= $2
        AND EXISTS (SELECT 1 FROM entry e WHERE e.document_id = d.id AND e.state = 'active')
        GROUP BY d.level ORDER BY d.level";
    PLAN_TASKS = "SELECT p.number AS number, p.doc_date AS doc_date, p.title AS title, COUNT(*) AS tasks,
            CAST(SUM(CASE WHEN t.state = 'done' THEN 1 ELSE 0 END) AS BIGINT) AS done,
            CAST(SUM(CASE WHEN t.state IN ('assigned', 'returned') AND t.due_on < $4 THEN 1 ELSE 0 END)
                AS BIGINT) AS late,
            CAST(SUM(CASE WHEN t.reported_on > t.due_on THEN 1 ELSE 0 END) AS BIGINT) AS done_late
        FROM task t JOIN plan p ON p.id = t.plan_id
        WHERE t.unit_id = $1 AND t.state NOT IN ('proposed', 'dropped')
        AND (t.due_on IS NULL OR t.due_on BETWEEN $2 AND $3)
        GROUP BY p.id, p.number, p.doc_date, p.title ORDER BY p.id LIMIT 200";
    /// Lines after an id, each once for every event about it.
    WITNESSED = "SELECT e.*, l.seq AS seq, l.kind AS event_kind, l.object AS object, l.bytes AS bytes
        FROM (SELECT * FROM entry WHERE id > $1 ORDER BY id LIMIT $2) e
        LEFT JOIN ledger_event l ON l.object = 'entry:' || e.id ORDER BY e.id, l.seq";
    /// The first event that records a line which is no longer there.
    LINE_GONE = "SELECT l.seq AS seq, l.kind AS kind, l.object AS object, l.bytes AS bytes FROM ledger_event l
        WHERE l.kind IN ('entry.registered', 'entry.imported') AND NOT EXISTS (SELECT 1 FROM entry e
            WHERE e.id = CASE WHEN l.kind IN ('entry.registered', 'entry.imported')
                THEN CAST(substr(l.object, 7) AS BIGINT) ELSE -1 END)
        ORDER BY l.seq LIMIT 1";
}

impl Db {
    /// How a book was kept between two days, both included.
    pub async fn keeping(
        &self,
        unit_id: i64,
        kind: &str,
        from: &str,
        to: &str,
    ) -> Result<KeepingRow, StoreError> {
        let row = self.one(KEEPING, &args![unit_id, kind, from, to]).await?;
        Ok(KeepingRow {
            lines: row.int("lines")?,
            late: row.int("late")?,
            voided: row.int("voided")?,
            corrected: row.int("corrected")?,
            imported: row.int("imported")?,
        })
    }

    /// Editions of columns that a book's lines between two days were written in.
    pub async fn editions(
        &self,
        unit_id: i64,
        kind: &str,
        from: &str,
        to: &str,
    ) -> Result<Vec<String>, StoreError> {
        self.all(EDITIONS, &args![unit_id, kind, from, to])
            .await?
            .iter()
            .map(|row| row.text("edition"))
            .collect()
    }

    /// Permissions to copy and copies made between two days, by level.
    pub async fn permits_by_level(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
    ) -> Result<Vec<(String, i64, i64)>, StoreError> {
        self.all(PERMITS_BY_LEVEL, &args![unit_id, from, to])
            .await?
            .iter()
            .map(|row| Ok((row.text("level")?, row.int("n")?, row.int("copies")?)))
            .collect()
    }

    /// Documents by level with what is known of their terms on a day.
    pub async fn terms(&self, unit_id: i64, on: &str) -> Result<Vec<TermsRow>, StoreError> {
        self.all(TERMS, &args![unit_id, on])
            .await?
            .iter()
            .map(|row| {
                Ok(TermsRow {
                    level: row.text("level")?,
                    documents: row.int("documents")?,
                    without_term: row.int("without_term")?,
                    expired: row.int("expired")?,
                })
            })
            .collect()
    }

    /// Tasks of a unit that were due between two days or have no day, by plan; `today` decides what is late.
    pub async fn plan_tasks(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
        today: &str,
    ) -> Result<Vec<PlanTasksRow>, StoreError> {
        self.all(PLAN_TASKS, &args![unit_id, from, to, today])
            .await?
            .iter()
            .map(|row| {
                Ok(PlanTasksRow {
                    number: row.opt_text("number")?,
                    doc_date: row.opt_text("doc_date")?,
                    title: row.text("title")?,
                    tasks: row.int("tasks")?,
                    done: row.int("done")?,
                    late: row.int("late")?,
                    done_late: row.int("done_late")?,
                })
            })
            .collect()
    }

    /// Up to `limit` lines after an id, by id, each with the events about it.
    pub async fn witnessed_entries(
        &self,
        after: i64,
        limit: i64,
    ) -> Result<Vec<WitnessedRow>, StoreError> {
        let mut found: Vec<WitnessedRow> = Vec::new();
        for row in self.all(WITNESSED, &args![after, limit]).await? {
            let entry = books::entry(&row)?;
            if found.last().is_none_or(|last| last.entry.id != entry.id) {
                found.push(WitnessedRow {
                    entry,
                    events: Vec::new(),
                });
            }
            let event = match row.opt_int("seq")? {
                None => None,
                Some(seq) => Some(EventRow {
                    seq,
                    kind: row.text("event_kind")?,
                    object: row.text("object")?,
                    bytes: row.bytes("bytes")?,
                }),
            };
            if let Some(last) = found.last_mut() {
                last.events.extend(event);
            }
        }
        Ok(found)
    }

    /// The first event that recorded a line which is no longer in any book.
    pub async fn line_gone(&self) -> Result<Option<EventRow>, StoreError> {
        self.first(LINE_GONE, &[])
            .await?
            .as_ref()
            .map(log::event)
            .transpose()
    }
}
