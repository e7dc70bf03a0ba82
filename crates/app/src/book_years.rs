//! A book's year: how it is numbered, whether it is closed.

use domain::access::Action;
use domain::book::{self, BookYear, Numbering};
use law::BookKind;
use store::book_years::BookYearRow;

use crate::{App, AppError, Who, books};

/// One book of one year for screens and papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearPage {
    pub stand: BookYear,
    /// Last number given.
    pub last: i64,
    /// What the closing says; `None` while the year is open.
    pub closing: Option<BookYearRow>,
    /// A year that is over and open: it is to be closed.
    pub may_close: bool,
    /// The way of numbering can still be changed.
    pub may_renumber: bool,
}

impl App {
    /// How a book's year of one's own unit stands.
    pub async fn book_year(
        &self,
        who: &Who,
        kind: BookKind,
        year: i64,
    ) -> Result<YearPage, AppError> {
        who.require(Action::ReadBooks)?;
        let unit = who.actor.unit;
        let row = self.db.book_year(unit, kind.code(), year).await?;
        let stand = books::stand(row.clone(), year)?;
        let last = self.db.last_serial(unit, kind.code(), year).await?;
        let this = i64::from(self.today()?.year());
        let open = stand.closed_on.is_none();
        let writes = who.may(Action::WriteBooks);
        Ok(YearPage {
            stand,
            last,
            closing: row.filter(|_| !open),
            may_close: open && writes && year < this,
            may_renumber: open && writes && last == 0 && (this..=this + 1).contains(&year),
        })
    }

    /// Chooses how a book of this or the next year is numbered, while it has no line.
    ///
    /// # Errors
    /// `BOOK-17`, `BOOK-20`, `BOOK-21`.
    pub async fn choose_numbering(
        &self,
        who: &Who,
        request: Option<&str>,
        kind: BookKind,
        year: i64,
        numbering: Numbering,
    ) -> Result<(), AppError> {
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let unit = who.actor.unit;
        let (last, stand) = books::hold(&mut act, unit, kind, year).await?;
        let fact = book::choose_numbering(act.ctx(), kind, year, stand, last, numbering)?;
        act.tx
            .set_numbering(unit, kind.code(), year, numbering.code())
            .await?;
        act.record(format!("book:{unit}:{}:{year}", kind.code()), fact);
        act.finish("numbering").await
    }
}
