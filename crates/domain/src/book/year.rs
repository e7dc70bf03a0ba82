//! A book's year: how its lines are numbered, and its closing (series from 01 on
//! 1/1, closed on 31/12: NĐ 30/2020/NĐ-CP Điều 15 khoản 1).
//!
//! ```text
//!   empty ──choose_numbering──► empty ──register──► open ──close──► closed
//! ```
//!
//! A closed year takes no number any more. What was wrong in it is put right by a
//! line in an open year that names the old one.

use law::{BookKind, LegalDate};

use crate::access::{self, Action};
use crate::{Ctx, Fact, Refusal};

/// How the lines of a book are numbered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Numbering {
    /// One series for the book.
    #[default]
    One,
    /// Besides the line's place in the book, a series for each level.
    ByLevel,
}

impl Numbering {
    pub const ALL: [Self; 2] = [Self::One, Self::ByLevel];

    pub fn code(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::ByLevel => "by_level",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }
}

/// One book of one year as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BookYear {
    pub numbering: Numbering,
    /// Day of its closing.
    pub closed_on: Option<LegalDate>,
}

/// What a closing says of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub kind: BookKind,
    pub year: i64,
    pub on: LegalDate,
    /// Last number in the book as the person read it; 0 for an empty book.
    pub last_serial: i64,
    pub pages: i64,
    pub closed_by: String,
}

/// Lets a number be taken, or an old line be struck, only while the year is open.
///
/// # Errors
/// `BOOK-17` the year is closed.
pub fn require_open(year: i64, stand: BookYear) -> Result<(), Refusal> {
    match stand.closed_on {
        None => Ok(()),
        Some(on) => Err(Refusal::new("BOOK-17")
            .on("entry_date")
            .arg("year", year)
            .arg("closed", on.day_month_year())),
    }
}

/// Judges the closing of a book whose counter stands at `last`.
///
/// # Errors
/// `BOOK-18` closed already; `BOOK-19` another last number.
pub fn close(stand: BookYear, last: i64, closing: &Closing) -> Result<Fact, Refusal> {
    if let Some(on) = stand.closed_on {
        return Err(Refusal::new("BOOK-18")
            .on("year")
            .arg("year", closing.year)
            .arg("closed", on.day_month_year()));
    }
    if closing.last_serial != last {
        return Err(Refusal::new("BOOK-19")
            .on("last_serial")
            .arg("last", last)
            .arg("given", closing.last_serial));
    }
    Ok(Fact::new("book.closed")
        .with("book", closing.kind.code())
        .with("year", closing.year)
        .with("last", last)
        .with("on", closing.on))
}

/// Judges another way of numbering: only for a book that has no line yet, this
/// year or the next.
///
/// # Errors
/// `ACCESS-01`; `BOOK-17` closed; `BOOK-20` the book has lines; `BOOK-21` a year
/// that is over or too far ahead.
pub fn choose_numbering(
    ctx: Ctx<'_>,
    kind: BookKind,
    year: i64,
    stand: BookYear,
    last: i64,
    numbering: Numbering,
) -> Result<Fact, Refusal> {
    access::require(ctx.actor, Action::WriteBooks)?;
    let this = i64::from(ctx.today.year());
    if !(this..=this + 1).contains(&year) {
        return Err(Refusal::new("BOOK-21")
            .on("year")
            .arg("year", year)
            .arg("this", this));
    }
    require_open(year, stand)?;
    if last != 0 {
        return Err(Refusal::new("BOOK-20")
            .on("numbering")
            .arg("year", year)
            .arg("last", last)
            .arg("next", this + 1));
    }
    Ok(Fact::new("book.numbering")
        .with("book", kind.code())
        .with("year", year)
        .with("numbering", numbering.code()))
}
