//! The self-inspection report (báo cáo tự kiểm tra): header, numbered sections, signature, as PDF and as Word file.
//!
//! The skeleton comes from `law/outlines/self-inspection.toml`; the caller fills items by key from books and registers. What has
//! no source in the program stays [`Fill::Blank`] and prints as dots to be completed by hand.

mod docx;
mod outline;
mod paper;

use law::LegalDate;

use crate::PrintError;
use crate::book::PageCheckpoint;

pub use outline::{Outline, outline, outline_from_2026};

/// A self-inspection report, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfInspection {
    /// Bodies, number, place and date at the top.
    pub header: Header,
    /// What the report is about, under the word "BÁO CÁO".
    pub subject: String,
    /// First and last day that the figures cover.
    pub period: Option<(LegalDate, LegalDate)>,
    /// Opening paragraphs (plan that asks for the report, who reports).
    pub opening: Vec<String>,
    /// Numbered sections, in order.
    pub sections: Vec<Section>,
    /// Closing paragraphs.
    pub closing: Vec<String>,
    /// Lines under "Nơi nhận", without the dash.
    pub recipients: Vec<String>,
    /// Who signs.
    pub signer: Signer,
    /// Ledger state and proof behind the figures.
    pub proof: Option<Proof>,
    /// Date written into the file. From the record, never from the clock.
    pub date: LegalDate,
}

/// The block above the title (Nghị định 30/2020/NĐ-CP, Phụ lục I). Unknown parts print as blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Parent body.
    pub parent: Option<String>,
    /// Reporting body.
    pub unit: String,
    /// Number; below 10 it is printed with a leading zero.
    pub number: Option<u32>,
    /// Symbol after the stroke, for instance `BC-SNV`; `BC-…` when unknown.
    pub symbol: Option<String>,
    /// Place name before the date.
    pub place: Option<String>,
    /// Date of issue.
    pub date: Option<LegalDate>,
}

/// One numbered section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Number as printed, `2` or `2.1`.
    pub number: String,
    /// Heading without the number.
    pub heading: String,
    /// Dash items, in order.
    pub items: Vec<Item>,
}

/// One dash item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Stable name, for instance `level_changes`.
    pub key: String,
    /// Words after the dash.
    pub heading: String,
    /// The outline's guidance for the writer; not printed.
    pub hint: Option<String>,
    /// Content of the item itself.
    pub fill: Vec<Fill>,
    /// Its points (1), (2), (3).
    pub parts: Vec<Part>,
}

/// One numbered point of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Stable name, for instance `issued`; unique in the outline together with the items' keys.
    pub key: String,
    /// Words after the number.
    pub heading: String,
    /// Content.
    pub fill: Vec<Fill>,
}

/// Content of an item or a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// A paragraph.
    Text(String),
    /// A table.
    Figures(Figures),
    /// No source in the program: dots.
    Blank,
}

/// A table of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Line above the table.
    pub caption: Option<String>,
    /// Column headings; the first column is the label of the row.
    pub columns: Vec<String>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

/// The signature block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signer {
    /// `KT. GIÁM ĐỐC`, `TM. ỦY BAN NHÂN DÂN`…; printed in capitals.
    pub authority: Option<String>,
    /// Post of the person who signs; printed in capitals.
    pub post: String,
    /// Name; left blank when unknown.
    pub name: Option<String>,
}

/// State of the ledger behind the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Size and root.
    pub checkpoint: PageCheckpoint,
    /// Text of the QR code. Only on the PDF: a Word file is meant to be changed.
    pub qr: Option<String>,
}

impl SelfInspection {
    /// Replaces the content of the item or point named `key`; `false` when the outline has none of that name.
    pub fn fill(&mut self, key: &str, fill: Vec<Fill>) -> bool {
        let mut items = self
            .sections
            .iter_mut()
            .flat_map(|section| section.items.iter_mut());
        let slot = items.find_map(|item| {
            if item.key == key {
                return Some(&mut item.fill);
            }
            item.parts
                .iter_mut()
                .find(|part| part.key == key)
                .map(|part| &mut part.fill)
        });
        slot.map(|slot| *slot = fill).is_some()
    }
}

/// Typesets the report as PDF. The same input gives the same bytes.
///
/// # Errors
/// [`PrintError::QrTooLong`] and the typesetter's own errors.
pub fn pdf(report: &SelfInspection) -> Result<Vec<u8>, PrintError> {
    paper::pdf(report)
}

/// Writes the report as Word file, for editing before signature. The same input gives the same bytes.
///
/// # Errors
/// [`PrintError::Docx`].
pub fn docx(report: &SelfInspection) -> Result<Vec<u8>, PrintError> {
    docx::docx(report)
}

/// `Số: 05/BC-SNV`, with blanks for what is unknown.
fn number_line(header: &Header) -> String {
    let number = header
        .number
        .map_or_else(|| "\u{a0}".repeat(8), |n| format!("{n:02}"));
    format!(
        "Số: {number}/{}",
        header.symbol.as_deref().unwrap_or("BC-…")
    )
}

fn place_date(header: &Header) -> String {
    crate::record::place_date(header.place.as_deref(), header.date)
}

/// Line under the title that names the days covered.
fn period_line(period: (LegalDate, LegalDate)) -> String {
    format!(
        "(Số liệu từ ngày {} đến ngày {})",
        period.0.day_month_year(),
        period.1.day_month_year()
    )
}

/// Line that binds the report to the ledger.
fn proof_line(checkpoint: &PageCheckpoint) -> String {
    let root: String = checkpoint.root_hex.chars().take(20).collect();
    format!(
        "Số liệu lấy từ sổ tại mốc sổ cái {} sự kiện, mã gốc {root}",
        crate::book::grouped(checkpoint.size)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_lines_follow_the_decree() {
        let mut header = Header {
            unit: "Sở Nội vụ".to_owned(),
            ..Header::default()
        };
        assert_eq!(
            number_line(&header),
            format!("Số: {}/BC-…", "\u{a0}".repeat(8))
        );
        assert!(place_date(&header).starts_with("……………, ngày\u{a0}"));
        header.number = Some(5);
        header.symbol = Some("BC-SNV".to_owned());
        header.place = Some("Phan Sơn".to_owned());
        header.date = LegalDate::new(2026, 2, 3).ok();
        assert_eq!(number_line(&header), "Số: 05/BC-SNV");
        assert_eq!(place_date(&header), "Phan Sơn, ngày 03 tháng 02 năm 2026");
        header.date = LegalDate::new(2026, 3, 15).ok();
        assert_eq!(place_date(&header), "Phan Sơn, ngày 15 tháng 3 năm 2026");
    }
}
