//! Sheets of paper with stamps, lines and words at given places. Lengths in millimetres from the upper left corner of an A4 sheet.

use law::Outline;
use serde::Serialize;

use super::{Geometry, LINE_MM, StampPrint, geometry};
use crate::PrintError;
use crate::book::cell_text;
use crate::typeset::{Identity, typeset};

const FORM: &str = "/common/stamps.typ";

/// A4, portrait.
pub(super) const WIDTH_MM: f64 = 210.0;
pub(super) const HEIGHT_MM: f64 = 297.0;

#[derive(Serialize)]
struct Data<'a> {
    title: &'a str,
    line_mm: f64,
    sheets: &'a [Sheet],
}

/// One sheet, drawn in order.
#[derive(Default, Serialize)]
pub(super) struct Sheet {
    marks: Vec<Mark>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Mark {
    Stamp {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        round: bool,
        /// Distances of the middle of each border line from the outer edge.
        lines: Vec<f64>,
        rows: Vec<Row>,
    },
    Line {
        x: f64,
        y: f64,
        right: f64,
        down: f64,
        thick: f64,
    },
    Words {
        x: f64,
        y: f64,
        width: f64,
        pt: f64,
        align: &'static str,
        bold: bool,
        text: String,
    },
}

#[derive(Serialize)]
struct Row {
    text: String,
    dots: bool,
    pt: f64,
    bold: bool,
    narrow: f64,
    base: f64,
    shift: f64,
    room: f64,
}

/// Where words stand in their box.
#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Centre,
}

/// A stamp and its lengths.
pub(super) struct Ready<'a> {
    pub print: &'a StampPrint<'a>,
    pub geometry: Geometry,
    pub width_mm: f64,
    pub height_mm: f64,
}

impl<'a> Ready<'a> {
    pub(super) fn new(print: &'a StampPrint<'a>) -> Result<Self, PrintError> {
        let geometry = geometry(print)?;
        let (width_mm, height_mm) = geometry.size_mm();
        Ok(Self {
            print,
            geometry,
            width_mm,
            height_mm,
        })
    }
}

impl Sheet {
    pub(super) fn stamp(&mut self, x: f64, y: f64, stamp: &Ready<'_>) {
        let geometry = &stamp.geometry;
        let step = LINE_MM + geometry.border_gap_mm;
        let row = |row: &super::RowGeometry| Row {
            text: row.text.clone(),
            dots: row.dots,
            pt: row.size_pt,
            bold: row.bold,
            narrow: row.narrow,
            base: row.baseline_mm,
            shift: row.shift_mm,
            room: row.room_mm,
        };
        self.marks.push(Mark::Stamp {
            x,
            y,
            width: stamp.width_mm,
            height: stamp.height_mm,
            round: matches!(geometry.outline, Outline::Circle { .. }),
            lines: (0..geometry.border_lines)
                .map(|line| f64::from(line) * step + LINE_MM / 2.0)
                .collect(),
            rows: geometry.rows.iter().map(row).collect(),
        });
    }

    /// A line from a point, this far to the right and down.
    pub(super) fn line(&mut self, x: f64, y: f64, right: f64, down: f64, thick: f64) {
        self.marks.push(Mark::Line {
            x,
            y,
            right,
            down,
            thick,
        });
    }

    /// An empty box with thin lines.
    pub(super) fn frame(&mut self, x: f64, y: f64, width: f64, height: f64) {
        for (x, y, right, down) in [
            (x, y, width, 0.0),
            (x, y + height, width, 0.0),
            (x, y, 0.0, height),
            (x + width, y, 0.0, height),
        ] {
            self.line(x, y, right, down, 0.15);
        }
    }

    pub(super) fn words(&mut self, at: (f64, f64), width: f64, pt: f64, align: Align, text: &str) {
        self.add_words(at, width, pt, align, false, text);
    }

    pub(super) fn bold_words(&mut self, at: (f64, f64), width: f64, pt: f64, text: &str) {
        self.add_words(at, width, pt, Align::Left, true, text);
    }

    fn add_words(
        &mut self,
        (x, y): (f64, f64),
        width: f64,
        pt: f64,
        align: Align,
        bold: bool,
        text: &str,
    ) {
        self.marks.push(Mark::Words {
            x,
            y,
            width,
            pt,
            align: match align {
                Align::Left => "left",
                Align::Centre => "center",
            },
            bold,
            text: cell_text(text),
        });
    }
}

/// Prints sheets. The same input gives the same bytes.
pub(super) fn pdf(title: &str, sheets: &[Sheet]) -> Result<Vec<u8>, PrintError> {
    let data = Data {
        title,
        line_mm: LINE_MM,
        sheets,
    };
    let json = serde_json::to_vec(&data).map_err(|e| PrintError::Layout {
        form: FORM.to_owned(),
        message: e.to_string(),
    })?;
    let identity = Identity::undated(format!("stamps/{title}"));
    Ok(typeset(FORM, json, &identity)?.pdf)
}
