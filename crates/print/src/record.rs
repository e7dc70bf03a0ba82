//! A paper for one act out of the records: a slip, a decision, minutes, a list, as PDF and as Word file.
//!
//! The caller gives words only; where they stand is decided here, by the layout of State bodies or that of Party bodies. What is
//! not known stays empty and prints as dots or blanks to be completed by hand.

mod docx;
mod paper;

use law::{LegalDate, Level};

use crate::PrintError;
use crate::book::{Footer, cell_text};
use crate::limits::{RECORD_COLUMNS_MAX, RECORD_ITEMS_MAX, RECORD_SIGNERS_MAX};

/// Whose rules of layout a paper follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// State bodies: Nghị định 30/2020/NĐ-CP, Phụ lục I.
    State,
    /// Party bodies: Hướng dẫn 36-HD/VPTW of 2018, Phụ lục 3. Known from a secondary source only.
    Party,
}

/// A paper, ready to be printed. In every text `\n` starts a new line; what cannot be seen is taken out.
#[derive(Debug, Clone)]
pub struct RecordForm {
    /// Whose layout.
    pub layout: Layout,
    /// Parent body; empty when there is none. Printed in capitals.
    pub parent_body: String,
    /// Issuing body. Printed in capitals.
    pub body: String,
    /// Number and symbol without the word "Số" (`05/QĐ-SNV`, `12-QĐ/TU`); empty prints a blank.
    pub number: String,
    /// Place and date, see [`place_date`].
    pub place_date: String,
    /// Level of the paper itself: prints the place of its stamp, box 10a. The stamp itself is put by hand.
    pub level_stamp: Option<Level>,
    /// Kind of paper. Printed in capitals.
    pub title: String,
    /// What it is about, under the title; may be empty.
    pub subtitle: String,
    /// Form of the law that the paper stands for.
    pub form_mark: Option<FormMark>,
    /// Legal bases, each one paragraph as it is to be read ("Căn cứ Luật …;").
    pub bases: Vec<String>,
    /// Content, in order.
    pub sections: Vec<Section>,
    /// Lines under "Nơi nhận", without the dash.
    pub recipients: Vec<String>,
    /// Who signs, from left to right; at most four.
    pub signers: Vec<Signer>,
    /// Ledger state and proof at the foot of the last page, and the checkpoint at the foot of every page.
    pub proof: Option<Footer>,
}

/// Which form of the law a paper stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormMark {
    /// `Mẫu 17`.
    pub form: String,
    /// Act that has the form, `Thông tư 24/2020/TT-BCA`; `None` when the act in force has no form of that number.
    pub act: Option<String>,
    /// The official drawing is not known: the paper says "mẫu làm việc, chưa có bản vẽ chính thức".
    pub working: bool,
}

/// One part of the content. An empty heading prints none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Section {
    /// Facts: label and value, one line each.
    Rows {
        /// Words above.
        heading: String,
        /// Label, value; an empty value prints dots.
        rows: Vec<(String, String)>,
    },
    /// A table; its header is repeated on every page.
    Table {
        /// Words above.
        heading: String,
        /// Column headings.
        header: Vec<String>,
        /// Widths of the columns in any unit: the table always fills the text area.
        widths: Vec<u16>,
        /// Rows, each as long as `header`.
        rows: Vec<Vec<String>>,
    },
    /// Paragraphs.
    Text {
        /// Words above.
        heading: String,
        /// The paragraphs.
        paragraphs: Vec<String>,
    },
}

/// One signature block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signer {
    /// `KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC`, `NGƯỜI GIAO`. Printed in capitals.
    pub role: String,
    /// Name; empty prints "(Ký, ghi rõ họ tên)" under the role.
    pub name: String,
}

/// Typesets the paper as PDF. The same input gives the same bytes; no date is written into the file.
///
/// # Errors
/// [`PrintError::TooMuch`] beyond [`crate::limits`], [`PrintError::TableShape`] when widths or a row do not fit the header,
/// [`PrintError::QrTooLong`] and the typesetter's own errors.
pub fn pdf(form: &RecordForm) -> Result<Vec<u8>, PrintError> {
    check(form)?;
    paper::pdf(&cleaned(form))
}

/// Writes the paper as Word file, for editing before signature, without the QR code. The same input gives the same bytes.
///
/// # Errors
/// As [`pdf`], and [`PrintError::Docx`].
pub fn docx(form: &RecordForm) -> Result<Vec<u8>, PrintError> {
    check(form)?;
    docx::docx(&cleaned(form))
}

/// `Phan Sơn, ngày 05 tháng 01 năm 2026`: days below 10 and months 1 and 2 get a zero (Nghị định 30/2020/NĐ-CP, Phụ lục I, mục II.4).
/// Unknown parts print as blanks.
#[must_use]
pub fn place_date(place: Option<&str>, date: Option<LegalDate>) -> String {
    let place = place.unwrap_or("……………");
    let blank = "\u{a0}".repeat(6);
    let Some(date) = date else {
        return format!("{place}, ngày{blank}tháng{blank}năm{blank}");
    };
    let month = match date.month() {
        month @ ..=2 => format!("{month:02}"),
        month => month.to_string(),
    };
    format!(
        "{place}, ngày {:02} tháng {month} năm {}",
        date.day(),
        date.year()
    )
}

fn check(form: &RecordForm) -> Result<(), PrintError> {
    at_most("signers of a paper", form.signers.len(), RECORD_SIGNERS_MAX)?;
    for (what, given) in [
        ("legal bases of a paper", form.bases.len()),
        ("sections of a paper", form.sections.len()),
        ("recipients of a paper", form.recipients.len()),
    ] {
        at_most(what, given, RECORD_ITEMS_MAX)?;
    }
    let mut tables = 0;
    for section in &form.sections {
        match section {
            Section::Rows { rows, .. } => {
                at_most("facts of a section", rows.len(), RECORD_ITEMS_MAX)?;
            }
            Section::Text { paragraphs, .. } => {
                at_most(
                    "paragraphs of a section",
                    paragraphs.len(),
                    RECORD_ITEMS_MAX,
                )?;
            }
            Section::Table {
                header,
                widths,
                rows,
                ..
            } => {
                tables += 1;
                check_table(tables, header, widths, rows)?;
            }
        }
    }
    Ok(())
}

fn at_most(what: &'static str, given: usize, max: usize) -> Result<(), PrintError> {
    if given > max {
        return Err(PrintError::TooMuch { what, given, max });
    }
    Ok(())
}

fn check_table(
    table: usize,
    header: &[String],
    widths: &[u16],
    rows: &[Vec<String>],
) -> Result<(), PrintError> {
    let columns = header.len();
    let shape = |row, cells| {
        Err(PrintError::TableShape {
            table,
            row,
            cells,
            columns,
        })
    };
    at_most("columns of a table", columns, RECORD_COLUMNS_MAX)?;
    at_most("rows of a table", rows.len(), RECORD_ITEMS_MAX)?;
    let drawn = widths.iter().filter(|width| **width > 0).count();
    if columns == 0 || widths.len() != columns || drawn != columns {
        return shape(0, drawn);
    }
    match rows.iter().position(|row| row.len() != columns) {
        Some(index) => shape(index + 1, rows.get(index).map_or(0, Vec::len)),
        None => Ok(()),
    }
}

/// The form with every text as it is printed.
fn cleaned(form: &RecordForm) -> RecordForm {
    let all = |texts: &[String]| texts.iter().map(|text| cell_text(text)).collect();
    RecordForm {
        layout: form.layout,
        parent_body: cell_text(&form.parent_body),
        body: cell_text(&form.body),
        number: number(&form.number),
        place_date: with_blanks(&form.place_date),
        level_stamp: form.level_stamp,
        title: cell_text(&form.title),
        subtitle: cell_text(&form.subtitle),
        form_mark: form.form_mark.as_ref().map(|mark| FormMark {
            form: cell_text(&mark.form),
            act: mark.act.as_deref().map(cell_text),
            working: mark.working,
        }),
        bases: all(&form.bases),
        sections: form.sections.iter().map(cleaned_section).collect(),
        recipients: all(&form.recipients),
        signers: form
            .signers
            .iter()
            .map(|signer| Signer {
                role: cell_text(&signer.role),
                name: cell_text(&signer.name),
            })
            .collect(),
        proof: form.proof.clone(),
    }
}

fn cleaned_section(section: &Section) -> Section {
    let all = |texts: &[String]| -> Vec<String> { texts.iter().map(|t| cell_text(t)).collect() };
    match section {
        Section::Rows { heading, rows } => Section::Rows {
            heading: cell_text(heading),
            rows: rows
                .iter()
                .map(|(label, value)| (cell_text(label), cell_text(value)))
                .collect(),
        },
        Section::Table {
            heading,
            header,
            widths,
            rows,
        } => Section::Table {
            heading: cell_text(heading),
            header: all(header),
            widths: widths.clone(),
            rows: rows.iter().map(|row| all(row)).collect(),
        },
        Section::Text {
            heading,
            paragraphs,
        } => Section::Text {
            heading: cell_text(heading),
            paragraphs: all(paragraphs),
        },
    }
}

/// A blank of this many characters is left for a number to be written by hand.
const NUMBER_BLANK: usize = 14;

fn number(text: &str) -> String {
    let number = cell_text(text);
    if number.is_empty() {
        "\u{a0}".repeat(NUMBER_BLANK)
    } else {
        number
    }
}

/// As [`cell_text`], but the blanks of [`place_date`] keep their width.
fn with_blanks(text: &str) -> String {
    let parts: Vec<String> = text.split('\u{a0}').map(cell_text).collect();
    let text = parts.join("\u{a0}");
    if text.is_empty() {
        place_date(None, None)
    } else {
        text
    }
}

/// Lines of the footer beyond the checkpoint.
fn more_lines(proof: &Footer) -> Vec<String> {
    proof.lines.iter().map(|line| cell_text(line)).collect()
}
