//! A line of a book as screens show it.

use std::collections::BTreeMap;

use app::rows::EntryRow;

use crate::i18n::T;
use crate::shell::{day, opt_day};

/// A line ready to show: no null, dates as people write them.
#[derive(Debug, Clone)]
pub struct EntryView {
    pub id: i64,
    pub kind: String,
    pub year: i64,
    pub serial: String,
    pub entry_date: String,
    pub number_symbol: String,
    pub doc_date: String,
    pub doc_type: String,
    pub subject: String,
    /// Why no subject is shown; empty when one is.
    pub subject_note: String,
    pub level_code: String,
    pub level: String,
    pub row: EntryRow,
}

impl EntryView {
    pub fn new(row: EntryRow, t: T) -> Self {
        let level_code = row.level.clone().unwrap_or_default();
        let subject_note = if row.subject.is_none() && level_code == law::Level::TuyetMat.code() {
            t.s("subject-not-written")
        } else {
            String::new()
        };
        Self {
            id: row.id,
            kind: row.kind.clone(),
            year: row.year,
            serial: format!("{:02}", row.serial),
            entry_date: day(&row.entry_date),
            number_symbol: row.number_symbol.clone(),
            doc_date: opt_day(&row.doc_date),
            doc_type: row.doc_type.clone(),
            subject: row.subject.clone().unwrap_or_default(),
            subject_note,
            level: law::Level::parse(&level_code)
                .map_or_else(String::new, |level| level.label_vi().to_owned()),
            level_code,
            row,
        }
    }

    pub fn active(&self) -> bool {
        self.row.state == "active"
    }

    pub fn voided(&self) -> bool {
        self.row.state == "voided"
    }

    pub fn corrected_by(&self) -> String {
        self.row
            .corrected_by_serial
            .map_or_else(String::new, |serial| format!("{serial:02}"))
    }

    /// Where the correcting line stands.
    pub fn corrected_at(&self, t: &T) -> String {
        match self.row.corrected_by_year {
            Some(year) => t.m(
                "corrected-at-year",
                &BTreeMap::from([("serial", self.corrected_by()), ("year", year.to_string())]),
            ),
            None => t.a("corrected-at", "serial", self.corrected_by()),
        }
    }

    /// The number within the level; empty where the book has one series.
    pub fn level_serial(&self) -> String {
        self.row
            .level_serial
            .map_or_else(String::new, |serial| format!("{} {serial:02}", self.level))
    }

    pub fn corrects(&self) -> String {
        self.row
            .corrects_serial
            .map_or_else(String::new, |serial| format!("{serial:02}"))
    }

    pub fn quantity(&self) -> String {
        self.row
            .quantity
            .map_or_else(String::new, |n| n.to_string())
    }

    /// Whom the line is about: where it went, or where it came from.
    pub fn party(&self) -> &str {
        if self.kind == "den" {
            &self.row.issuer
        } else {
            &self.row.recipient
        }
    }

    pub fn reason(&self) -> &str {
        self.row.reason.as_deref().unwrap_or_default()
    }

    pub fn consent(&self) -> &str {
        self.row.subject_consent.as_deref().unwrap_or_default()
    }

    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    pub fn document(&self) -> i64 {
        self.row.document_id.unwrap_or(0)
    }
}
