//! Pages of the four statutory books, as PDF.
//!
//! A [`Page`] is a fixed unit of the book: the caller decides which entries stand on it and never changes that later. When its
//! text needs more paper it goes on, on a further sheet marked "(tiếp)" with the same footer. Struck entries stay readable
//! under the strike.

pub(crate) mod fit;
mod text_layer;

use law::{BookEdition, LegalDate};
use serde::Serialize;

use crate::limits::{BOOK_PAGES_MAX, PAGE_ROWS_MAX, QR_MM_MIN};
use crate::typeset::{Identity, typeset};
use crate::{PrintError, qr};

pub use text_layer::{PageRows, STRUCK_CELL, cell_text, compact_row, parse_page_text, parse_pages};

/// A book, or some pages of it, to be printed.
#[derive(Debug, Clone)]
pub struct BookPrint<'a> {
    /// Columns and their labels, by the law of the book's own time.
    pub edition: &'a BookEdition,
    /// Parent body on the cover, if any.
    pub parent_name: Option<String>,
    /// Body that keeps the book.
    pub unit_name: String,
    /// Year of the numbering series.
    pub year: i16,
    /// Date of this print, written into the file. From the record, never from the clock.
    pub date: LegalDate,
    /// Cover sheet; `None` prints pages alone.
    pub cover: Option<Cover>,
    /// Pages in the order of the book.
    pub pages: Vec<Page>,
    /// Place of these pages in a bound book; `None` prints them as loose pages.
    pub binding: Option<Binding>,
}

/// Place of a part in a bound book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Number of the first sheet after the cover; every sheet is numbered through the book.
    pub first_sheet: u32,
    /// Lines of the closing sheet after the last page, if this part ends the book.
    pub closing: Option<Vec<String>>,
}

/// What the cover says beyond bodies and year; an unknown part prints as dots to be filled by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover {
    /// First date in the book.
    pub from: Option<LegalDate>,
    /// Last date in the book.
    pub to: Option<LegalDate>,
    /// First number in the book.
    pub first: Option<String>,
    /// Last number in the book.
    pub last: Option<String>,
    /// Number of the book among the books of its kind (quyển số).
    pub number: Option<String>,
}

/// One page of the book.
#[derive(Debug, Clone)]
pub struct Page {
    /// Page number in the book, from 1.
    pub number: u32,
    /// Number of the first entry on the page; `None` on a page without entries.
    pub first: Option<String>,
    /// Number of the last entry on the page.
    pub last: Option<String>,
    /// Entries, in order.
    pub rows: Vec<Row>,
    /// Proof and remarks under the table.
    pub footer: Footer,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// One text for each column of the edition; `\n` starts a new line in the cell.
    pub cells: Vec<String>,
    /// Voided or replaced by a correction: printed struck through.
    pub struck: bool,
}

/// What stands under the table.
#[derive(Debug, Clone, Default)]
pub struct Footer {
    /// Checkpoint of the ledger under which the page is proved.
    pub checkpoint: Option<PageCheckpoint>,
    /// Further lines, for instance who printed the page and when.
    pub lines: Vec<String>,
    /// Text of the QR code, drawn at 26 to 42 mm by its length.
    pub qr: Option<String>,
}

/// Size and root of the ledger when the page was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCheckpoint {
    /// Number of events under the root.
    pub size: u64,
    /// Root hash in hexadecimal; the first 20 digits are printed.
    pub root_hex: String,
}

impl Page {
    /// The rows of this page as a verifier reads them back from the printed page; what a page digest is taken over.
    #[must_use]
    pub fn compact_rows(&self) -> Vec<Vec<String>> {
        self.rows
            .iter()
            .map(|row| compact_row(&row.cells, row.struck))
            .collect()
    }
}

/// Left margin (binding side) and right margin, millimetres.
const LEFT_MM: f64 = 25.0;
const RIGHT_MM: f64 = 15.0;
const TOP_MM: f64 = 22.0;
/// A4, landscape.
const PAGE_WIDTH_MM: f64 = 297.0;
const PAGE_HEIGHT_MM: f64 = 210.0;
/// Blank on both sides of a cell's text, millimetres.
const INSET_MM: f64 = 0.9;

#[derive(Serialize)]
struct Data<'a> {
    parent: Option<&'a str>,
    unit: &'a str,
    titles: [String; 2],
    year: i16,
    basis: String,
    working: bool,
    cover: Option<CoverData>,
    columns: Vec<ColumnData<'a>>,
    pages: Vec<PageData>,
    /// Number of the first sheet in a bound book.
    first_sheet: Option<u32>,
    closing: Option<&'a [String]>,
    measures: Measures,
}

/// Lengths that this module and the form must share.
#[derive(Serialize)]
struct Measures {
    cell_pt: f64,
    leading_em: f64,
    inset_x_mm: f64,
    inset_y_mm: f64,
    left_mm: f64,
    right_mm: f64,
    top_mm: f64,
    bottom_mm: f64,
}

#[derive(Serialize)]
struct CoverData {
    from: Option<String>,
    to: Option<String>,
    first: Option<String>,
    last: Option<String>,
    number: Option<String>,
}

#[derive(Serialize)]
struct ColumnData<'a> {
    label: &'a str,
    width_mm: f64,
    centred: bool,
    /// Says what became of a line; stays readable when the line is struck out.
    remark: bool,
}

#[derive(Serialize)]
struct PageData {
    number: u32,
    range: String,
    /// Rows on each sheet of the page.
    sheets: Vec<Vec<RowData>>,
    lines: Vec<String>,
    qr: Option<String>,
    qr_mm: f64,
}

#[derive(Serialize)]
struct RowData {
    cells: Vec<String>,
    struck: bool,
    /// This row continues the entry of the row above.
    goes_on: bool,
    /// Mark after the last cell.
    end: char,
}

/// Rows dealt out to sheets, before they are typeset.
struct Dealt<'a> {
    columns: Vec<ColumnData<'a>>,
    pages: Vec<PageData>,
    measures: Measures,
}

/// Typesets a book. The same input gives the same bytes.
///
/// # Errors
/// [`PrintError::RowShape`] when a row does not have one cell for each column, [`PrintError::TooMuch`] beyond
/// [`crate::limits`], [`PrintError::UnknownEdition`] when no form exists for the edition, [`PrintError::QrTooLong`], and the
/// typesetter's own errors.
pub fn pdf(book: &BookPrint<'_>) -> Result<Vec<u8>, PrintError> {
    let dealt = deal(book)?;
    let binding = book.binding.as_ref();
    let data = Data {
        parent: book.parent_name.as_deref(),
        unit: &book.unit_name,
        titles: titles(book.edition),
        year: book.year,
        basis: basis(book.edition),
        working: !book.edition.official,
        cover: book.cover.as_ref().map(cover_data),
        columns: dealt.columns,
        pages: dealt.pages,
        first_sheet: binding.map(|binding| binding.first_sheet),
        closing: binding.and_then(|binding| binding.closing.as_deref()),
        measures: dealt.measures,
    };
    let form = form(&book.edition.id)?;
    let identity = identity(book);
    let json = serde_json::to_vec(&data).map_err(|e| PrintError::Layout {
        form: form.to_owned(),
        message: e.to_string(),
    })?;
    Ok(typeset(form, json, &identity)?.pdf)
}

/// Sheets that the pages of a book take, cover and closing not counted. Known without typesetting, so that parts of a bound
/// book can be numbered before any of them is typeset.
///
/// # Errors
/// As [`pdf`], but for the typesetter's own.
pub fn sheets(book: &BookPrint<'_>) -> Result<u32, PrintError> {
    let dealt = deal(book)?;
    let count: usize = dealt.pages.iter().map(|page| page.sheets.len()).sum();
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn deal<'a>(book: &BookPrint<'a>) -> Result<Dealt<'a>, PrintError> {
    check(book)?;
    let columns = columns(book.edition);
    let drawings = book
        .pages
        .iter()
        .map(|page| page.footer.qr.as_deref().map(qr::draw).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let qr_mm = drawings
        .iter()
        .flatten()
        .map(|d| d.side_mm)
        .fold(QR_MM_MIN, f64::max);
    let measures = Measures {
        cell_pt: fit::CELL_PT,
        leading_em: fit::LEADING_EM,
        inset_x_mm: INSET_MM,
        inset_y_mm: fit::INSET_Y_MM,
        left_mm: LEFT_MM,
        right_mm: RIGHT_MM,
        top_mm: TOP_MM,
        // Room for the QR code and 10 mm that office printers leave blank.
        bottom_mm: qr_mm + 12.0,
    };
    let room = Room::new(&columns, &measures);
    let pages = book
        .pages
        .iter()
        .zip(drawings)
        .map(|(page, drawing)| page_data(page, drawing, &room))
        .collect();
    Ok(Dealt {
        columns,
        pages,
        measures,
    })
}

/// Room for rows.
struct Room {
    /// Inner widths of the columns, millimetres.
    widths_mm: Vec<f64>,
    /// Height under the headings of a sheet, points.
    height_pt: f64,
}

impl Room {
    fn new(columns: &[ColumnData<'_>], measures: &Measures) -> Self {
        let widths_mm: Vec<f64> = columns
            .iter()
            .map(|c| c.width_mm - 2.0 * INSET_MM)
            .collect();
        let head_pt = fit::head_pt(
            columns
                .iter()
                .map(|c| c.label)
                .zip(widths_mm.iter().copied()),
        );
        let body_mm = PAGE_HEIGHT_MM - measures.top_mm - measures.bottom_mm;
        Self {
            widths_mm,
            height_pt: body_mm * fit::POINTS_PER_MM - head_pt,
        }
    }
}

fn form(edition: &str) -> Result<&'static str, PrintError> {
    match edition {
        "2020" => Ok("/2020/book.typ"),
        "2026" => Ok("/2026/book.typ"),
        _ => Err(PrintError::UnknownEdition {
            edition: edition.to_owned(),
        }),
    }
}

fn check(book: &BookPrint<'_>) -> Result<(), PrintError> {
    let too_much = |what, given, max| Err(PrintError::TooMuch { what, given, max });
    if book.pages.len() > BOOK_PAGES_MAX {
        return too_much("pages of a book", book.pages.len(), BOOK_PAGES_MAX);
    }
    let columns = book.edition.columns.len();
    for page in &book.pages {
        if page.rows.len() > PAGE_ROWS_MAX {
            return too_much("rows of a page", page.rows.len(), PAGE_ROWS_MAX);
        }
        for (index, row) in page.rows.iter().enumerate() {
            if row.cells.len() != columns {
                let cells = row.cells.len();
                return Err(PrintError::RowShape {
                    page: page.number,
                    row: index + 1,
                    cells,
                    columns,
                });
            }
        }
    }
    Ok(())
}

/// The edition's columns, widened or narrowed together to fill the sheet.
fn columns(edition: &BookEdition) -> Vec<ColumnData<'_>> {
    let room = PAGE_WIDTH_MM - LEFT_MM - RIGHT_MM;
    let asked: f64 = edition.columns.iter().map(|c| f64::from(c.width_mm)).sum();
    let scale = if asked > 0.0 { room / asked } else { 1.0 };
    let column = |c: &'_ law::Column| f64::from(c.width_mm) * scale;
    edition
        .columns
        .iter()
        .map(|c| ColumnData {
            label: &c.label_vi,
            width_mm: column(c),
            centred: centred(&c.key),
            remark: c.key == REMARK || c.also.iter().any(|key| key == REMARK),
        })
        .collect()
}

/// Key of the column for remarks (ghi chú).
const REMARK: &str = "note";

/// Short values are centred, sentences are not.
fn centred(key: &str) -> bool {
    matches!(
        key,
        "serial"
            | "entry_date"
            | "doc_date"
            | "level"
            | "quantity"
            | "arrival_number"
            | "copy_numbers"
            | "form"
            | "surplus"
    )
}

/// The title in capitals, broken before "bí mật nhà nước" or in front of "sao, chụp" so that both lines have weight.
fn titles(edition: &BookEdition) -> [String; 2] {
    let title = edition.title_vi.to_uppercase();
    let at = title
        .find(" BÍ MẬT")
        .or_else(|| title.find(' '))
        .unwrap_or(title.len());
    let (first, second) = title.split_at(at);
    [first.to_owned(), second.trim_start().to_owned()]
}

fn basis(edition: &BookEdition) -> String {
    format!("Theo {}", edition.act.vi())
}

fn identity(book: &BookPrint<'_>) -> Identity {
    let first = book.pages.first().map_or(0, |page| page.number);
    let last = book.pages.last().map_or(0, |page| page.number);
    let (unit, title, edition) = (&book.unit_name, &book.edition.title_vi, &book.edition.id);
    Identity::new(
        format!("book/{edition}/{title}/{}/{unit}/{first}-{last}", book.year),
        book.date,
    )
}

fn cover_data(cover: &Cover) -> CoverData {
    let text = |value: &Option<String>| value.as_deref().map(cell_text);
    CoverData {
        from: cover.from.map(padded),
        to: cover.to.map(padded),
        first: text(&cover.first),
        last: text(&cover.last),
        number: text(&cover.number),
    }
}

/// `02/01/2026`, the form of book covers.
fn padded(date: LegalDate) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

fn page_data(page: &Page, drawing: Option<qr::Drawing>, room: &Room) -> PageData {
    let range = match (&page.first, &page.last) {
        (Some(first), Some(last)) => {
            format!("Từ số {} đến số {}", cell_text(first), cell_text(last))
        }
        _ => "Không có mục đăng ký".to_owned(),
    };
    let mut lines: Vec<String> = page.footer.checkpoint.iter().map(checkpoint_line).collect();
    lines.extend(page.footer.lines.iter().map(|line| cell_text(line)));
    PageData {
        number: page.number,
        range,
        sheets: rows_on_sheets(&page.rows, room),
        lines,
        qr_mm: drawing.as_ref().map_or(0.0, |d| d.side_mm),
        qr: drawing.map(|d| d.svg),
    }
}

fn rows_on_sheets(rows: &[Row], room: &Room) -> Vec<Vec<RowData>> {
    let (rows, heights): (Vec<RowData>, Vec<f64>) = rows
        .iter()
        .flat_map(|row| row_data(row, &room.widths_mm))
        .unzip();
    let mut rows = rows.into_iter();
    let counts = fit::deal(&heights, room.height_pt);
    counts
        .into_iter()
        .map(|count| rows.by_ref().take(count).collect())
        .collect()
}

/// Line that names the ledger's size and root.
pub(crate) fn checkpoint_line(checkpoint: &PageCheckpoint) -> String {
    let root: String = checkpoint.root_hex.chars().take(20).collect();
    format!(
        "Mốc sổ cái: {} sự kiện, mã gốc {root}",
        grouped(checkpoint.size)
    )
}

/// `1204567` as `1.204.567`.
pub(crate) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// The drawn rows of one entry, each with its height in points.
fn row_data(row: &Row, widths_mm: &[f64]) -> Vec<(RowData, f64)> {
    let cells: Vec<String> = row.cells.iter().map(|cell| cell_text(cell)).collect();
    let parts = fit::split_row(&cells, widths_mm);
    let last = parts.len().saturating_sub(1);
    let end = |index| match (index == last, row.struck) {
        (false, _) => text_layer::GOES_ON,
        (true, true) => text_layer::STRUCK_END,
        (true, false) => text_layer::ROW_END,
    };
    let part = |(index, drawn): (usize, fit::Drawn)| {
        let row = RowData {
            cells: drawn.cells,
            struck: row.struck,
            goes_on: index > 0,
            end: end(index),
        };
        (row, fit::row_pt(drawn.lines))
    };
    parts.into_iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_points() {
        assert_eq!(
            [grouped(7), grouped(999), grouped(1_204), grouped(1_204_567)],
            ["7", "999", "1.204", "1.204.567"]
        );
    }
}
