//! The record on paper.

use serde::Serialize;

use super::{Layout, RecordForm, Section, more_lines};
use crate::book::{checkpoint_line, fit};
use crate::typeset::{Identity, typeset};
use crate::{PrintError, qr};

const FORM: &str = "/common/record.typ";

/// Width between the margins of 30 and 15 mm on A4.
const TEXT_WIDTH_MM: f64 = 165.0;
/// Size of the text in tables, points.
const CELL_PT: f64 = 12.0;
/// Blank on both sides of a cell's text, millimetres.
const INSET_MM: f64 = 1.2;
/// A row with a cell of more lines than this may go on over the end of a sheet.
const ROW_LINES_KEPT: usize = 16;
/// Longest text without blanks that is centred in its column.
const CENTRED_CHARS: usize = 12;

#[derive(Serialize)]
struct Data<'a> {
    layout: &'static str,
    parent: &'a str,
    body: &'a str,
    number: &'a str,
    place_date: &'a str,
    level: Option<&'static str>,
    title: &'a str,
    subtitle: &'a str,
    mark: Option<MarkData<'a>>,
    bases: &'a [String],
    sections: Vec<SectionData<'a>>,
    recipients: &'a [String],
    signers: Vec<SignerData<'a>>,
    foot: Option<String>,
    proof: Option<ProofData>,
    cell_pt: f64,
    inset_mm: f64,
}

#[derive(Serialize)]
struct MarkData<'a> {
    form: &'a str,
    act: Option<&'a str>,
    working: bool,
}

#[derive(Serialize)]
struct SignerData<'a> {
    role: Vec<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
struct ProofData {
    lines: Vec<String>,
    qr: Option<String>,
    qr_mm: f64,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum SectionData<'a> {
    Rows {
        heading: &'a str,
        rows: Vec<FactData<'a>>,
    },
    Table {
        heading: &'a str,
        columns: Vec<ColumnData<'a>>,
        rows: Vec<RowData>,
    },
    Text {
        heading: &'a str,
        paragraphs: &'a [String],
    },
}

#[derive(Serialize)]
struct FactData<'a> {
    label: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct ColumnData<'a> {
    label: &'a str,
    width_mm: f64,
    centred: bool,
}

#[derive(Serialize)]
struct RowData {
    cells: Vec<String>,
    /// Too long to be kept on one sheet.
    long: bool,
}

pub(super) fn pdf(form: &RecordForm) -> Result<Vec<u8>, PrintError> {
    let data = Data {
        layout: match form.layout {
            Layout::State => "state",
            Layout::Party => "party",
        },
        parent: &form.parent_body,
        body: &form.body,
        number: &form.number,
        place_date: &form.place_date,
        level: form.level_stamp.map(law::Level::label_vi),
        title: &form.title,
        subtitle: &form.subtitle,
        mark: form.form_mark.as_ref().map(|mark| MarkData {
            form: &mark.form,
            act: mark.act.as_deref(),
            working: mark.working,
        }),
        bases: &form.bases,
        sections: form.sections.iter().map(section).collect(),
        recipients: &form.recipients,
        signers: form
            .signers
            .iter()
            .map(|signer| SignerData {
                role: signer.role.split('\n').collect(),
                name: &signer.name,
            })
            .collect(),
        foot: foot(form),
        proof: proof(form)?,
        cell_pt: CELL_PT,
        inset_mm: INSET_MM,
    };
    let json = serde_json::to_vec(&data).map_err(|e| PrintError::Layout {
        form: FORM.to_owned(),
        message: e.to_string(),
    })?;
    let ident = format!("record/{}/{}/{}", form.body, form.title, form.number);
    Ok(typeset(FORM, json, &Identity::undated(ident))?.pdf)
}

/// The checkpoint under every page, so that no sheet of the paper stands without it.
fn foot(form: &RecordForm) -> Option<String> {
    let checkpoint = form.proof.as_ref()?.checkpoint.as_ref()?;
    Some(checkpoint_line(checkpoint))
}

fn proof(form: &RecordForm) -> Result<Option<ProofData>, PrintError> {
    let Some(proof) = &form.proof else {
        return Ok(None);
    };
    let drawing = proof.qr.as_deref().map(qr::draw).transpose()?;
    Ok(Some(ProofData {
        lines: more_lines(proof),
        qr_mm: drawing.as_ref().map_or(0.0, |d| d.side_mm),
        qr: drawing.map(|d| d.svg),
    }))
}

fn section(section: &Section) -> SectionData<'_> {
    match section {
        Section::Rows { heading, rows } => SectionData::Rows {
            heading,
            rows: rows
                .iter()
                .map(|(label, value)| FactData { label, value })
                .collect(),
        },
        Section::Text {
            heading,
            paragraphs,
        } => SectionData::Text {
            heading,
            paragraphs,
        },
        Section::Table {
            heading,
            header,
            widths,
            rows,
        } => {
            let columns = columns(header, widths, rows);
            SectionData::Table {
                heading,
                rows: rows.iter().map(|cells| row(cells, &columns)).collect(),
                columns,
            }
        }
    }
}

/// The columns, widened or narrowed together to fill the text area.
fn columns<'a>(header: &'a [String], widths: &[u16], rows: &[Vec<String>]) -> Vec<ColumnData<'a>> {
    let asked: f64 = widths.iter().copied().map(f64::from).sum();
    let centred = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .all(|cell| cell.chars().count() <= CENTRED_CHARS && !cell.contains(' '))
    };
    header
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(index, (label, width))| ColumnData {
            label,
            width_mm: f64::from(*width) * TEXT_WIDTH_MM / asked,
            centred: centred(index),
        })
        .collect()
}

fn row(cells: &[String], columns: &[ColumnData<'_>]) -> RowData {
    let wrapped = cells
        .iter()
        .zip(columns)
        .map(|(cell, column)| fit::wrap(cell, column.width_mm - 2.0 * INSET_MM, CELL_PT));
    let (cells, lines): (Vec<String>, Vec<usize>) = wrapped.unzip();
    RowData {
        cells,
        long: lines.into_iter().any(|lines| lines > ROW_LINES_KEPT),
    }
}
