//! Parts of Word files that reports and records share. Sizes in half points, lengths in twentieths of a point.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, Docx, Header, HeightRule, LineSpacing, LineSpacingType, PageMargin,
    PageNum, Paragraph, Run, RunFonts, SpecialIndentType, Table, TableAlignmentType, TableCell,
    TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

use crate::PrintError;

/// Office computers have it; a Word file cannot carry our own face.
const FACE: &str = "Times New Roman";
const TWIPS_PER_MM: f64 = 56.692_913;
/// A4 less margins of 30 and 15 mm.
pub(crate) const TEXT_WIDTH: usize = 9_354;
/// Size of running text.
pub(crate) const BODY: usize = 28;
/// Size of text in tables.
pub(crate) const TABLE: usize = 24;

/// What the writer makes of the height that [`head_row`] gives; no text can hold it, because texts are escaped.
const HEAD_MARK: &str = "<w:trHeight w:val=\"0\" w:hRule=\"auto\" />";
const HEAD_REPEATED: &str = "<w:tblHeader />";

/// An empty A4 file with the margins, face and page numbers of Nghị định 30/2020/NĐ-CP, Phụ lục I.
pub(crate) fn sheet() -> Docx {
    let fonts = RunFonts::new()
        .ascii(FACE)
        .hi_ansi(FACE)
        .cs(FACE)
        .east_asia(FACE);
    Docx::new()
        .page_size(mm(210), mm(297))
        .page_margin(margins())
        .default_fonts(fonts)
        .default_size(BODY)
        .first_header(Header::new().add_paragraph(Paragraph::new()))
        .header(
            Header::new().add_paragraph(
                Paragraph::new()
                    .align(AlignmentType::Center)
                    .add_page_num(PageNum::new()),
            ),
        )
}

/// The bytes of the file. The heading rows of [`head_row`] are repeated on every sheet.
pub(crate) fn pack(file: Docx) -> Result<Vec<u8>, PrintError> {
    let failed = |message: String| PrintError::Docx { message };
    let mut parts = file.build();
    let document = String::from_utf8(parts.document).map_err(|e| failed(e.to_string()))?;
    parts.document = document.replace(HEAD_MARK, HEAD_REPEATED).into_bytes();
    let mut bytes = Cursor::new(Vec::new());
    parts.pack(&mut bytes).map_err(|e| failed(e.to_string()))?;
    Ok(bytes.into_inner())
}

fn mm(value: u32) -> u32 {
    // A4 sides and margins: far inside the range, and rounded to the nearest twentieth of a point.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lengths of a sheet of paper"
    )]
    let twips = (f64::from(value) * TWIPS_PER_MM).round() as u32;
    twips
}

fn margins() -> PageMargin {
    let side = |value| i32::try_from(mm(value)).unwrap_or_default();
    PageMargin {
        top: side(20),
        left: side(30),
        bottom: side(20),
        right: side(15),
        header: side(11),
        footer: side(10),
        gutter: 0,
    }
}

/// Justified, first line in by 1.27 cm, 6 pt after.
pub(crate) fn frame(paragraph: Paragraph) -> Paragraph {
    paragraph
        .align(AlignmentType::Both)
        .indent(None, Some(SpecialIndentType::FirstLine(720)), None, None)
        .line_spacing(
            LineSpacing::new()
                .after(120)
                .line(252)
                .line_rule(LineSpacingType::Auto),
        )
}

pub(crate) fn body(text: &str) -> Paragraph {
    frame(Paragraph::new()).add_run(broken(Run::new(), text))
}

/// Adds a text with its line ends.
pub(crate) fn broken(run: Run, text: &str) -> Run {
    let mut run = run;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        run = run.add_text(line);
    }
    run
}

pub(crate) fn centred(run: Run) -> Paragraph {
    Paragraph::new().align(AlignmentType::Center).add_run(run)
}

fn bare_cell(paragraphs: Vec<Paragraph>, width: usize) -> TableCell {
    paragraphs.into_iter().fold(
        TableCell::new()
            .width(width, WidthType::Dxa)
            .clear_all_border(),
        TableCell::add_paragraph,
    )
}

/// Columns of paragraphs side by side, without lines; each column with its width.
pub(crate) fn bare_table(columns: Vec<(Vec<Paragraph>, usize)>) -> Table {
    let widths: Vec<usize> = columns.iter().map(|(_, width)| *width).collect();
    let cells = columns
        .into_iter()
        .map(|(paragraphs, width)| bare_cell(paragraphs, width))
        .collect();
    Table::without_borders(vec![TableRow::new(cells)])
        .margins(TableCellMargins::new().margin(0, 0, 0, 0))
        .layout(TableLayoutType::Fixed)
        .width(widths.iter().sum(), WidthType::Dxa)
        .set_grid(widths)
}

/// The row of headings, repeated on every sheet.
pub(crate) fn head_row<'a>(labels: impl Iterator<Item = (&'a String, &'a usize)>) -> TableRow {
    let cell = |(text, width): (&String, &usize)| {
        ruled_cell(
            centred(broken(Run::new().size(TABLE).bold(), text)),
            *width,
            VAlignType::Center,
        )
    };
    TableRow::new(labels.map(cell).collect())
        .cant_split()
        .row_height(0.0)
        .height_rule(HeightRule::Auto)
}

pub(crate) fn ruled_cell(paragraph: Paragraph, width: usize, align: VAlignType) -> TableCell {
    TableCell::new()
        .width(width, WidthType::Dxa)
        .vertical_align(align)
        .add_paragraph(paragraph)
}

/// A table with lines around its cells.
pub(crate) fn ruled_table(rows: Vec<TableRow>, widths: Vec<usize>) -> Table {
    Table::new(rows)
        .set_grid(widths)
        .layout(TableLayoutType::Fixed)
        .align(TableAlignmentType::Center)
        .width(TEXT_WIDTH, WidthType::Dxa)
}
