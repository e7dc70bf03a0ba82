//! A year's book as one PDF to print and bind: cover, every page with its proof,
//! sheets numbered through, and the closing sheet once the year is closed.
//!
//! A section is typeset on one processor while the next one is made ready and
//! typeset on another: memory follows [`PACK_SECTIONS_AT_ONCE`] sections and not
//! the year.

use std::collections::VecDeque;

use domain::Fact;
use domain::access::Action;
use law::{BookKind, LegalDate};
use print::book::{Binding, Cover};

use crate::limits::{PACK_PAGES_MAX, PACK_SECTION_PAGES, PACK_SECTIONS_AT_ONCE};
use crate::papers::{self, BookAsk, PDF, Paper, blocking, closing_line, finished, range};
use crate::{App, AppError, Who};

/// A bound year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    pub paper: Paper,
    /// Pages of the book in it.
    pub pages: i64,
    /// Sheets after the cover, closing sheet included.
    pub sheets: u32,
    /// Sections that were typeset on their own.
    pub sections: usize,
    pub closed: bool,
}

/// Pages of one edition that are typeset at once.
struct Section {
    edition: String,
    from: i64,
    to: i64,
}

impl App {
    /// Binds a book's year.
    ///
    /// # Errors
    /// `PRINT-RANGE` for an empty book or one with too many pages.
    pub async fn book_pack(&self, who: &Who, kind: BookKind, year: i64) -> Result<Pack, AppError> {
        who.require(Action::Print)?;
        let stand = self.book_year(who, kind, year).await?;
        let pages = papers::pages(stand.last);
        if pages == 0 || pages > PACK_PAGES_MAX {
            return Err(range());
        }
        let sections = self.sections(who, kind, year, pages).await?;
        let count = sections.len();
        let mut parts = Vec::with_capacity(count);
        let mut begun = VecDeque::with_capacity(PACK_SECTIONS_AT_ONCE);
        let (mut sheet, mut title) = (1, String::new());
        for (n, section) in sections.into_iter().enumerate() {
            let ask = BookAsk {
                kind,
                year,
                edition: section.edition,
                from: section.from,
                to: section.to,
                cover: n == 0,
            };
            let (ready, _) = self.book_print(who, &ask).await?;
            let mut book = ready.print;
            if n == 0 {
                title = format!("{}, năm {year}", book.edition.title_vi);
                book.cover = Some(self.year_cover(who, kind, year).await?);
            }
            let closing = stand.closing.as_ref().filter(|_| n + 1 == count);
            book.binding = Some(Binding {
                first_sheet: sheet,
                closing: closing.map(|row| vec![closing_line(row)]),
            });
            let (book, sheets) = blocking(move || {
                let sheets = print::book::sheets(&book);
                (book, sheets)
            })
            .await?;
            sheet += sheets?;
            if begun.len() == PACK_SECTIONS_AT_ONCE
                && let Some(first) = begun.pop_front()
            {
                parts.push(finished(first).await??);
            }
            begun.push_back(tokio::task::spawn_blocking(move || print::book::pdf(&book)));
        }
        for rest in begun {
            parts.push(finished(rest).await??);
        }
        let closed = stand.closing.is_some();
        let sheets = sheet - 1 + u32::from(closed);
        let bytes = blocking(move || print::pack::bind(parts, &title)).await??;
        self.pack_printed(who, kind, year, pages).await?;
        let file_name = format!("so-{}-{year}-dong-quyen.pdf", kind.code().replace('_', "-"));
        Ok(Pack {
            paper: Paper {
                file_name,
                media_type: PDF,
                bytes,
            },
            pages,
            sheets,
            sections: count,
            closed,
        })
    }

    /// At most [`PACK_SECTION_PAGES`] pages each; where the columns changed within the year, the
    /// pages of the new edition begin a section.
    async fn sections(
        &self,
        who: &Who,
        kind: BookKind,
        year: i64,
        pages: i64,
    ) -> Result<Vec<Section>, AppError> {
        let mut found: Vec<Section> = Vec::new();
        let mut from = 1;
        while from <= pages {
            let to = (from + PACK_SECTION_PAGES - 1).min(pages);
            let rows = self.page_rows(who, kind, year, from, to).await?;
            for edition in papers::editions(&rows) {
                let of_edition = rows.iter().filter(|row| row.edition == edition);
                let numbers: Vec<i64> = of_edition.map(|row| papers::pages(row.serial)).collect();
                if let (Some(first), Some(last)) = (numbers.iter().min(), numbers.iter().max()) {
                    found.push(Section {
                        edition,
                        from: *first,
                        to: *last,
                    });
                }
            }
            from = to + 1;
        }
        // An edition stays together even where its pages lie between those of the other.
        found.sort_by(|a, b| (&a.edition, a.from).cmp(&(&b.edition, b.from)));
        Ok(found)
    }

    async fn year_cover(&self, who: &Who, kind: BookKind, year: i64) -> Result<Cover, AppError> {
        let unit = who.actor.unit;
        let bounds = self.db.entry_bounds(unit, kind.code(), year).await?;
        let Some((from, to, first, last)) = bounds else {
            return Ok(Cover::default());
        };
        Ok(Cover {
            from: LegalDate::parse(&from).ok(),
            to: LegalDate::parse(&to).ok(),
            first: Some(format!("{first:02}")),
            last: Some(format!("{last:02}")),
            number: None,
        })
    }

    async fn pack_printed(
        &self,
        who: &Who,
        kind: BookKind,
        year: i64,
        pages: i64,
    ) -> Result<(), AppError> {
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        act.record(
            format!("book:{}:{}:{year}", who.actor.unit, kind.code()),
            Fact::new("book.bound")
                .with("book", kind.code())
                .with("year", year)
                .with("last", pages),
        );
        act.finish("bound").await
    }
}
