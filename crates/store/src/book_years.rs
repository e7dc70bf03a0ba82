//! What was decided about one book of one year: numbering and closing.

use crate::{Db, Row, StoreError, Tx, args, statements};

/// A book's year as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookYearRow {
    pub year: i64,
    pub numbering: String,
    pub closed_on: Option<String>,
    pub last_serial: Option<i64>,
    pub pages: Option<i64>,
    pub closed_by: String,
}

statements! {
    /// The year's own row, or the newest before it: numbering goes on until it is changed.
    BOOK_YEAR = "SELECT * FROM book_year WHERE unit_id = $1 AND kind = $2 AND year <= $3
        ORDER BY year DESC LIMIT 1";
    BOOK_YEAR_NUMBERING = "INSERT INTO book_year (unit_id, kind, year, numbering, closed_by)
        VALUES ($1, $2, $3, $4, '') ON CONFLICT (unit_id, kind, year)
        DO UPDATE SET numbering = excluded.numbering";
    BOOK_YEAR_CLOSE = "INSERT INTO book_year (unit_id, kind, year, numbering, closed_on, last_serial, pages, closed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (unit_id, kind, year)
        DO UPDATE SET closed_on = excluded.closed_on, last_serial = excluded.last_serial,
            pages = excluded.pages, closed_by = excluded.closed_by
        WHERE book_year.closed_on IS NULL";
}

fn book_year(row: &Row) -> Result<BookYearRow, StoreError> {
    Ok(BookYearRow {
        year: row.int("year")?,
        numbering: row.text("numbering")?,
        closed_on: row.opt_text("closed_on")?,
        last_serial: row.opt_int("last_serial")?,
        pages: row.opt_int("pages")?,
        closed_by: row.text("closed_by")?,
    })
}

impl Db {
    /// As [`Tx::book_year`], outside a transaction.
    pub async fn book_year(
        &self,
        unit_id: i64,
        kind: &str,
        year: i64,
    ) -> Result<Option<BookYearRow>, StoreError> {
        self.first(BOOK_YEAR, &args![unit_id, kind, year])
            .await?
            .as_ref()
            .map(book_year)
            .transpose()
    }
}

impl Tx {
    /// The row of the year or of the newest year before it. Whoever draws a number reads it
    /// after the draw: the counter's lock keeps a closing out.
    pub async fn book_year(
        &mut self,
        unit_id: i64,
        kind: &str,
        year: i64,
    ) -> Result<Option<BookYearRow>, StoreError> {
        self.first(BOOK_YEAR, &args![unit_id, kind, year])
            .await?
            .as_ref()
            .map(book_year)
            .transpose()
    }

    pub async fn set_numbering(
        &mut self,
        unit_id: i64,
        kind: &str,
        year: i64,
        numbering: &str,
    ) -> Result<(), StoreError> {
        self.run(BOOK_YEAR_NUMBERING, &args![unit_id, kind, year, numbering])
            .await?;
        Ok(())
    }

    /// Closes a book's year; `false` when it is closed already.
    pub async fn close_book(
        &mut self,
        unit_id: i64,
        kind: &str,
        row: &BookYearRow,
    ) -> Result<bool, StoreError> {
        let values = args![
            unit_id,
            kind,
            row.year,
            row.numbering.as_str(),
            row.closed_on.as_deref(),
            row.last_serial,
            row.pages,
            row.closed_by.as_str()
        ];
        Ok(self.run(BOOK_YEAR_CLOSE, &values).await? == 1)
    }
}
