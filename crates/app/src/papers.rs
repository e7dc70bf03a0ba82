//! Printed pages of the four books: which lines stand on which page, what each
//! cell says, the event of the printing and the proof under every page.
//!
//! Page `n` of a book holds the lines numbered `12(n - 1) + 1` to `12n`, for
//! ever. A year that saw two editions of the columns has two parts: a page at the
//! border shows in each part the lines of that part's edition.

use domain::Fact;
use domain::access::Action;
use domain::book::EntryState;
use law::{BookEdition, BookKind, LegalDate, Level};
use ledger::page::{FIELD_DIGEST, FIELD_FLOW, PAGE_PRINTED};
use print::book::{BookPrint, Cover, Footer, Page, PageCheckpoint, Row};
use store::book_years::BookYearRow;
use store::books::EntryRow;
use tokio::task::JoinHandle;

use crate::evidence::Signed;
use crate::limits::{BOOK_PAGE_ROWS, PRINT_ROWS_MAX};
use crate::paper_check::{self, PageHead, Proven, page_text};
use crate::{Act, App, AppError, Who, clock};

/// Media type of a PDF.
pub const PDF: &str = "application/pdf";
/// Media type of a Word file.
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A paper ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// ASCII, without blanks.
    pub file_name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// Pages of one book, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookAsk {
    pub kind: BookKind,
    pub year: i64,
    /// Edition of the columns; empty where the pages have only one.
    pub edition: String,
    pub from: i64,
    pub to: i64,
    pub cover: bool,
}

/// A printed book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPaper {
    pub paper: Paper,
    pub pages: Vec<PrintedPage>,
}

/// A book ready for the typesetter.
pub(crate) struct ReadyBook {
    pub print: BookPrint<'static>,
    pub pages: Vec<PrintedPage>,
}

/// One printed page and its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedPage {
    pub number: u32,
    pub first: i64,
    pub last: i64,
    /// Text of the QR code.
    pub qr: String,
}

/// What can be printed of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintChoice {
    /// Last number given in the book.
    pub lines: i64,
    /// Number of the last page; 0 for an empty book.
    pub last_page: i64,
    pub from: i64,
    pub to: i64,
    /// The pages by edition of their columns, in the order of the book.
    pub parts: Vec<BookPart>,
}

/// Pages of one edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPart {
    pub edition: String,
    pub title: String,
    /// Where the form stands in the law.
    pub basis: String,
    /// Whether the columns follow the statutory form.
    pub official: bool,
    pub from: i64,
    pub to: i64,
    pub sheets: usize,
    pub lines: usize,
}

/// A page of a part before it is printed.
struct Unit {
    number: i64,
    rows: Vec<EntryRow>,
}

impl App {
    /// The pages that a choice of numbers gives; nothing asked means the newest.
    pub async fn print_choice(
        &self,
        who: &Who,
        kind: BookKind,
        year: i64,
        asked: (Option<i64>, Option<i64>),
    ) -> Result<PrintChoice, AppError> {
        who.require(Action::Print)?;
        let lines = self
            .db
            .last_serial(who.actor.unit, kind.code(), year)
            .await?;
        let last_page = pages(lines);
        let to = asked.1.unwrap_or(last_page).clamp(1, last_page.max(1));
        let from = asked.0.unwrap_or(to).clamp(1, to);
        let rows = self.page_rows(who, kind, year, from, to).await?;
        let mut parts = Vec::new();
        for edition in editions(&rows) {
            let units = units(&rows, &edition);
            let columns = self.columns(kind, &edition, &units)?;
            let numbers = |unit: Option<&Unit>| unit.map_or(0, |unit| unit.number);
            parts.push(BookPart {
                title: columns.title_vi.clone(),
                basis: columns.act.vi(),
                official: columns.official,
                from: numbers(units.first()),
                to: numbers(units.last()),
                sheets: units.len(),
                lines: units.iter().map(|unit| unit.rows.len()).sum(),
                edition,
            });
        }
        Ok(PrintChoice {
            lines,
            last_page,
            from,
            to,
            parts,
        })
    }

    /// Prints pages of a book. Every page is an event of the ledger, and carries
    /// the proof of that event under a checkpoint signed right after.
    ///
    /// # Errors
    /// `PRINT-RANGE` no line there or too many; `PRINT-EDITION` the pages have two
    /// editions and none was chosen.
    pub async fn book_pdf(&self, who: &Who, ask: &BookAsk) -> Result<BookPaper, AppError> {
        let (book, edition) = self.book_print(who, ask).await?;
        let pages = book.pages;
        let book = book.print;
        let bytes = blocking(move || print::book::pdf(&book)).await??;
        Ok(BookPaper {
            paper: Paper {
                file_name: file_name(ask, &edition),
                media_type: PDF,
                bytes,
            },
            pages,
        })
    }

    /// Pages of a book ready for the typesetter, their printing noted; and their edition.
    pub(crate) async fn book_print(
        &self,
        who: &Who,
        ask: &BookAsk,
    ) -> Result<(ReadyBook, String), AppError> {
        who.require(Action::Print)?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        // Lines are read while the act holds the write lock: nobody changes them in between.
        let rows = self
            .page_rows(who, ask.kind, ask.year, ask.from, ask.to)
            .await?;
        let edition = chosen(&rows, &ask.edition)?;
        let units = units(&rows, &edition);
        let columns = self.columns(ask.kind, &edition, &units)?;
        let today = act.today;
        let mut pages = Vec::with_capacity(units.len());
        for unit in &units {
            let page = page(unit, columns)?;
            record(&mut act, who, ask, &edition, &page)?;
            pages.push(page);
        }
        let printed_at = act.now.clone();
        act.finish("printed").await?;
        let signed = self.checkpoint().await?;
        let stand = self.book_year(who, ask.kind, ask.year).await?;
        let last = stand.last;
        let closing = stand.closing.as_ref().map(closing_line);
        let mut printed = Vec::with_capacity(pages.len());
        for (page, unit) in pages.iter_mut().zip(&units) {
            let qr = self.page_code(who, ask, &edition, page, &signed).await?;
            page.footer = footer(who, &signed, &printed_at, &qr);
            if i64::from(page.number) == self::pages(last) {
                page.footer.lines.extend(closing.clone());
            }
            printed.push(PrintedPage {
                number: page.number,
                first: unit.rows.first().map_or(0, |row| row.serial),
                last: unit.rows.last().map_or(0, |row| row.serial),
                qr,
            });
        }
        let whole = ask.from == 1 && ask.to >= self::pages(last);
        let print = BookPrint {
            edition: columns,
            parent_name: Some(who.unit.parent_name.clone()).filter(|name| !name.is_empty()),
            unit_name: who.unit.name.clone(),
            year: i16::try_from(ask.year).map_err(|_| range())?,
            date: today,
            cover: ask.cover.then(|| cover(&units, whole)),
            pages,
            binding: None,
        };
        let ready = ReadyBook {
            print,
            pages: printed,
        };
        Ok((ready, edition))
    }

    pub(crate) async fn page_rows(
        &self,
        who: &Who,
        kind: BookKind,
        year: i64,
        from: i64,
        to: i64,
    ) -> Result<Vec<EntryRow>, AppError> {
        if from < 1 || to < from || (to - from + 1).saturating_mul(BOOK_PAGE_ROWS) > PRINT_ROWS_MAX
        {
            return Err(range());
        }
        let (low, high) = ((from - 1) * BOOK_PAGE_ROWS + 1, to * BOOK_PAGE_ROWS);
        Ok(self
            .db
            .entry_range(who.actor.unit, kind.code(), year, low, high)
            .await?)
    }

    /// The columns of an edition as the law had them on the last day printed.
    fn columns(
        &self,
        kind: BookKind,
        edition: &str,
        units: &[Unit],
    ) -> Result<&'static BookEdition, AppError> {
        let days = units
            .iter()
            .flat_map(|unit| &unit.rows)
            .map(|row| row.entry_date.as_str());
        days.max()
            .and_then(|day| LegalDate::parse(day).ok())
            .and_then(|day| self.law.book_edition(kind, day))
            .filter(|found| found.id == edition)
            .ok_or_else(|| AppError::Input {
                code: "PRINT-EDITION",
                what: edition.to_owned(),
            })
    }

    /// Text of the QR code for the newest printing of exactly this page.
    async fn page_code(
        &self,
        who: &Who,
        ask: &BookAsk,
        edition: &str,
        page: &Page,
        signed: &Signed,
    ) -> Result<String, AppError> {
        let text = page_text(&page_head(who, ask, edition, page)?, page.compact_rows());
        let digest = ledger::page::event_fields(&text).remove(FIELD_DIGEST);
        let object = object(who, ask, edition, page.number);
        for row in self.db.events_of_object(&object).await? {
            let (event, _) = ledger::Event::decode(&row.bytes)?;
            if event.fields.get(FIELD_DIGEST) == digest.as_ref() {
                return self.qr_text(signed, row).await;
            }
        }
        Err(AppError::Absent)
    }

    /// Compares the rows of a proven page with the stored book as it was when the
    /// page was printed.
    pub async fn compare_page(
        &self,
        proven: &Proven,
        rows: &[Vec<String>],
    ) -> Result<PageCompared, AppError> {
        let head = paper_check::head(proven).ok_or(AppError::Absent)?;
        let unit = self
            .db
            .units()
            .await?
            .into_iter()
            .find(|unit| unit.code == head.unit);
        let unit = unit.ok_or(AppError::Absent)?;
        let page = i64::from(head.page);
        let (low, high) = ((page - 1) * BOOK_PAGE_ROWS + 1, page * BOOK_PAGE_ROWS);
        let kind = BookKind::parse(&head.book).ok_or(AppError::Absent)?;
        let year = i64::from(head.year);
        let mut stored = self
            .db
            .entry_range(unit.id, kind.code(), year, low, high)
            .await?;
        stored.retain(|row| row.edition == head.edition && row.serial <= last_serial(proven));
        for row in &mut stored {
            self.as_printed(row, proven.index).await?;
        }
        let unit = Unit {
            number: page,
            rows: stored,
        };
        let columns = self.columns(kind, &head.edition, std::slice::from_ref(&unit))?;
        let book = self::page(&unit, columns)?.compact_rows();
        Ok(PageCompared {
            book_holds: proven.holds(&book),
            differences: differences(rows, &book, &unit, columns),
        })
    }

    /// Undoes what became of a line after the event `index`.
    async fn as_printed(&self, row: &mut EntryRow, index: u64) -> Result<(), AppError> {
        if row.state == EntryState::Active.code() {
            return Ok(());
        }
        let events = self
            .db
            .events_of_object(&format!("entry:{}", row.id))
            .await?;
        let later = |seq: i64| u64::try_from(seq).is_ok_and(|seq| seq > index);
        let closing = |kind: &str| matches!(kind, "entry.voided" | "entry.corrected");
        if events
            .iter()
            .any(|event| closing(&event.kind) && later(event.seq))
        {
            EntryState::Active.code().clone_into(&mut row.state);
            row.reason = None;
            row.corrected_by_serial = None;
            row.corrected_by_year = None;
        }
        Ok(())
    }
}

/// A proven page beside the stored book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCompared {
    /// Whether the stored book still gives the page that was printed.
    pub book_holds: bool,
    pub differences: Vec<CellDifference>,
}

/// One cell that the paper and the book disagree on; cells without blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellDifference {
    /// Row on the page, from 1.
    pub row: usize,
    /// Number of the line in the book, when the book has such a row.
    pub serial: Option<i64>,
    /// Heading of the column; empty for the strike and for surplus cells.
    pub column: String,
    pub paper: String,
    pub book: String,
}

fn differences(
    paper: &[Vec<String>],
    book: &[Vec<String>],
    unit: &Unit,
    columns: &BookEdition,
) -> Vec<CellDifference> {
    let none = Vec::new();
    let mut found = Vec::new();
    for row in 0..paper.len().max(book.len()) {
        let (left, right) = (
            paper.get(row).unwrap_or(&none),
            book.get(row).unwrap_or(&none),
        );
        for cell in 0..left.len().max(right.len()) {
            let text = |cells: &[String]| cells.get(cell).cloned().unwrap_or_default();
            if text(left) != text(right) {
                found.push(CellDifference {
                    row: row + 1,
                    serial: unit.rows.get(row).map(|row| row.serial),
                    column: columns
                        .columns
                        .get(cell)
                        .map_or_else(String::new, |column| column.label_vi.clone()),
                    paper: text(left),
                    book: text(right),
                });
            }
        }
    }
    found
}

fn last_serial(proven: &Proven) -> i64 {
    proven.field("last").parse().unwrap_or(i64::MAX)
}

pub(crate) fn range() -> AppError {
    AppError::Input {
        code: "PRINT-RANGE",
        what: (PRINT_ROWS_MAX / BOOK_PAGE_ROWS).to_string(),
    }
}

/// Pages that so many lines of a book take.
pub fn pages(lines: i64) -> i64 {
    (lines + BOOK_PAGE_ROWS - 1) / BOOK_PAGE_ROWS
}

/// Editions in the order in which the book begins to use them.
pub(crate) fn editions(rows: &[EntryRow]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for row in rows {
        if !found.contains(&row.edition) {
            found.push(row.edition.clone());
        }
    }
    found
}

fn chosen(rows: &[EntryRow], asked: &str) -> Result<String, AppError> {
    let found = editions(rows);
    match found.as_slice() {
        [] => Err(range()),
        [only] if asked.is_empty() || only == asked => Ok(only.clone()),
        _ if found.iter().any(|edition| edition == asked) => Ok(asked.to_owned()),
        _ => Err(AppError::Input {
            code: "PRINT-EDITION",
            what: found.join(", "),
        }),
    }
}

/// The lines of an edition by page; pages without such a line are left out.
fn units(rows: &[EntryRow], edition: &str) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    for row in rows.iter().filter(|row| row.edition == edition) {
        let number = pages(row.serial);
        match found.last_mut().filter(|unit| unit.number == number) {
            Some(unit) => unit.rows.push(row.clone()),
            None => found.push(Unit {
                number,
                rows: vec![row.clone()],
            }),
        }
    }
    found
}

fn page(unit: &Unit, columns: &BookEdition) -> Result<Page, AppError> {
    let number = |row: Option<&EntryRow>| row.map(|row| format!("{:02}", row.serial));
    Ok(Page {
        number: u32::try_from(unit.number).map_err(|_| range())?,
        first: number(unit.rows.first()),
        last: number(unit.rows.last()),
        rows: unit
            .rows
            .iter()
            .map(|row| Row {
                cells: cells(row, columns),
                struck: row.state != EntryState::Active.code(),
            })
            .collect(),
        footer: Footer::default(),
    })
}

fn page_head(who: &Who, ask: &BookAsk, edition: &str, page: &Page) -> Result<PageHead, AppError> {
    Ok(PageHead {
        book: ask.kind.code().to_owned(),
        unit: who.unit.code.clone(),
        year: u32::try_from(ask.year).map_err(|_| range())?,
        edition: edition.to_owned(),
        page: page.number,
    })
}

fn object(who: &Who, ask: &BookAsk, edition: &str, page: u32) -> String {
    format!(
        "page:{}:{}:{}:{edition}:{page}",
        who.actor.unit,
        ask.kind.code(),
        ask.year
    )
}

fn record(
    act: &mut Act<'_>,
    who: &Who,
    ask: &BookAsk,
    edition: &str,
    page: &Page,
) -> Result<(), AppError> {
    let head = page_head(who, ask, edition, page)?;
    let mut digests = ledger::page::event_fields(&page_text(&head, page.compact_rows()));
    let mut digest = |name: &str| digests.remove(name).unwrap_or_default();
    act.record(
        object(who, ask, edition, page.number),
        Fact::new(PAGE_PRINTED)
            .with("book", &head.book)
            .with("unit", &head.unit)
            .with("year", head.year)
            .with("edition", edition)
            .with("page", page.number)
            .with("first", page.first.as_deref().unwrap_or_default())
            .with("last", page.last.as_deref().unwrap_or_default())
            .with(FIELD_DIGEST, digest(FIELD_DIGEST))
            .with(FIELD_FLOW, digest(FIELD_FLOW)),
    );
    Ok(())
}

fn footer(who: &Who, signed: &Signed, printed_at: &str, qr: &str) -> Footer {
    Footer {
        checkpoint: Some(state(signed)),
        lines: vec![format!(
            "Người in: {} ({}), {}",
            who.actor.name,
            who.login,
            moment(printed_at)
        )],
        qr: Some(qr.to_owned()),
    }
}

/// The line under the last page of a closed book.
pub(crate) fn closing_line(row: &BookYearRow) -> String {
    format!(
        "Khóa sổ ngày {}: năm {}, số cuối {:02}, gồm {} trang. Người khóa sổ: {}",
        row.closed_on.as_deref().map(day).unwrap_or_default(),
        row.year,
        row.last_serial.unwrap_or(0),
        row.pages.unwrap_or(0),
        row.closed_by
    )
}

/// A signed state as papers show it.
pub(crate) fn state(signed: &Signed) -> PageCheckpoint {
    PageCheckpoint {
        size: signed.checkpoint.size,
        root_hex: ledger::digest::hex(&signed.checkpoint.root),
    }
}

fn cover(units: &[Unit], whole: bool) -> Cover {
    if !whole {
        return Cover::default();
    }
    let rows = || units.iter().flat_map(|unit| &unit.rows);
    let day = |row: Option<&EntryRow>| row.and_then(|row| LegalDate::parse(&row.entry_date).ok());
    let number = |row: Option<&EntryRow>| row.map(|row| format!("{:02}", row.serial));
    Cover {
        from: day(rows().min_by_key(|row| row.entry_date.as_str())),
        to: day(rows().max_by_key(|row| row.entry_date.as_str())),
        first: number(rows().next()),
        last: number(rows().next_back()),
        number: None,
    }
}

fn file_name(ask: &BookAsk, edition: &str) -> String {
    let kind = ask.kind.code().replace('_', "-");
    format!(
        "so-{kind}-{}-mau-{edition}-trang-{}-{}.pdf",
        ask.year, ask.from, ask.to
    )
}

/// The texts of a line, one for each column. A closed line says what became of it.
pub fn cells(row: &EntryRow, columns: &BookEdition) -> Vec<String> {
    let has = |key: &str| columns.columns.iter().any(|column| covers(column, key));
    columns
        .columns
        .iter()
        .map(|column| {
            std::iter::once(&column.key)
                .chain(&column.also)
                .map(|key| match key.as_str() {
                    "quantity" if !has("copy_numbers") => with_copy_numbers(row),
                    key => value(row, key),
                })
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect()
}

fn covers(column: &law::Column, key: &str) -> bool {
    column.key == key || column.also.iter().any(|also| also == key)
}

/// The text of one key of a line.
pub(crate) fn value(row: &EntryRow, key: &str) -> String {
    match key {
        "serial" => serial(row),
        "entry_date" => day(&row.entry_date),
        "number_symbol" => row.number_symbol.clone(),
        "doc_date" => row.doc_date.as_deref().map(day).unwrap_or_default(),
        "type_subject" => type_subject(row),
        "level" => level(row),
        "signer" => row.signer.clone(),
        "recipient" => row.recipient.clone(),
        "receiver_sign" => row.receiver_sign.clone(),
        "holder" => row.holder.clone(),
        "quantity" => row.quantity.map_or_else(String::new, |n| format!("{n:02}")),
        "note" => note(row),
        "arrival_number" => row.arrival_number.clone(),
        "issuer" => row.issuer.clone(),
        "envelope" => row.envelope.clone(),
        "form" => row.form.clone(),
        "copy_numbers" => row.copy_numbers.clone(),
        "permitted_by" => row.permitted_by.clone(),
        "performed_by" => row.performed_by.clone(),
        "surplus" => row.surplus.clone(),
        _ => String::new(),
    }
}

/// The line's place in the book, and its number within its level where the book has one.
fn serial(row: &EntryRow) -> String {
    match row.level_serial {
        Some(number) => format!("{:02}\n{} {number:02}", row.serial, level(row)),
        None => format!("{:02}", row.serial),
    }
}

fn level(row: &EntryRow) -> String {
    let known = row.level.as_deref().and_then(Level::parse);
    known.map_or_else(String::new, |level| level.label_vi().to_owned())
}

/// Kind of document and subject; a Tuyệt mật line without subject shows its kind alone.
fn type_subject(row: &EntryRow) -> String {
    match &row.subject {
        Some(subject) if row.doc_type.is_empty() => subject.clone(),
        Some(subject) => format!("{}: {subject}", row.doc_type),
        None => row.doc_type.clone(),
    }
}

fn with_copy_numbers(row: &EntryRow) -> String {
    let count = value(row, "quantity");
    if row.copy_numbers.is_empty() {
        count
    } else {
        format!("{count}\n({})", row.copy_numbers)
    }
}

fn note(row: &EntryRow) -> String {
    let mut parts = Vec::new();
    let reason = row.reason.as_deref().unwrap_or_default();
    match EntryState::parse(&row.state) {
        Some(EntryState::Voided) => parts.push(format!("Hủy: {reason}")),
        Some(EntryState::Corrected) => {
            let by = row
                .corrected_by_serial
                .map_or_else(String::new, |serial| format!("{serial:02}"));
            let year = row
                .corrected_by_year
                .map_or_else(String::new, |year| format!(" sổ năm {year}"));
            parts.push(format!("Đính chính tại mục số {by}{year}"));
        }
        Some(EntryState::Active) | None => {}
    }
    if !row.note.is_empty() {
        parts.push(row.note.clone());
    }
    if let Some(consent) = &row.subject_consent {
        parts.push(format!("Ghi trích yếu theo văn bản đồng ý: {consent}"));
    }
    if row.imported {
        parts.push("nhập từ sổ Excel".to_owned());
    } else if row.late && row.corrects_serial.is_none() {
        parts.push(format!("vào sổ muộn, ngày {}", written_on(row)));
    }
    parts.join("; ")
}

/// The day in Vietnam on which a line was written.
fn written_on(row: &EntryRow) -> String {
    let at = row.created_at.parse::<jiff::Timestamp>().ok();
    at.and_then(|at| clock::vietnam_day(at).ok())
        .map_or_else(String::new, |date| day(&date.to_string()))
}

/// `2026-03-01` as `01/03/2026`.
pub(crate) fn day(iso: &str) -> String {
    LegalDate::parse(iso).map_or_else(
        |_| iso.to_owned(),
        |date| format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()),
    )
}

/// An instant in Vietnam to the minute: `28/02/2026 14:32`.
fn moment(utc: &str) -> String {
    let local = utc.parse::<jiff::Timestamp>().ok();
    let local = local.and_then(|at| at.checked_add(jiff::SignedDuration::from_hours(7)).ok());
    local.map_or_else(
        || utc.to_owned(),
        |at| at.strftime("%d/%m/%Y %H:%M").to_string(),
    )
}

/// Runs typesetting where it does not hold up other requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    finished(tokio::task::spawn_blocking(work)).await
}

/// What was begun with `spawn_blocking`, once it is done.
pub(crate) async fn finished<T>(begun: JoinHandle<T>) -> Result<T, AppError> {
    begun.await.map_err(|_| AppError::Input {
        code: "INTERNAL",
        what: String::new(),
    })
}
