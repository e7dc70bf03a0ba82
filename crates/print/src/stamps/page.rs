//! Stamps at their places on an A4 page that is otherwise empty, to be printed over a finished paper.

use super::sheet::{Align, HEIGHT_MM, Ready, Sheet, WIDTH_MM, pdf};
use super::{SUPPLIED_NOTE, StampPrint, misfit};
use crate::PrintError;
use crate::limits::STAMPS_ON_PAGE_MAX;

/// Middle of the left column of Nghị định 30/2020/NĐ-CP, and the first free height under its number.
const NUMBER_MIDDLE_MM: f64 = 67.0;
const UNDER_NUMBER_MM: f64 = 42.0;
/// Middle of the right column, and the height over its national title.
const TITLE_MIDDLE_MM: f64 = 150.5;
const OVER_TITLE_MM: f64 = 18.0;
/// Notes on sizes, at the foot of the page.
const NOTE_LEFT_MM: f64 = 30.0;
const NOTE_LINE_MM: f64 = 3.5;
const NOTE_FOOT_MM: f64 = 288.0;

/// Place of a stamp on the page. Phụ lục I of Nghị định 30/2020/NĐ-CP gives relative places only (its drawing is reduced): the
/// millimetres here are those of a heading block with margins of 30 and 15 mm, and an operator moves the stamp from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spot {
    /// Box 10a: under the number and symbol, in the middle of the left column. Level stamps.
    UnderNumber,
    /// Box 11: above the national title, in the middle of the right column. "Tài liệu thu hồi".
    AboveTitle,
    /// Anywhere else: the upper left corner of the stamp, millimetres from that of the page.
    At {
        /// From the left edge.
        x_mm: f64,
        /// From the upper edge.
        y_mm: f64,
    },
}

/// A stamp on a page.
#[derive(Debug, Clone)]
pub struct Placed<'a> {
    /// The stamp.
    pub print: StampPrint<'a>,
    /// Its place.
    pub spot: Spot,
    /// The operator's move to the right (negative: to the left), millimetres.
    pub right_mm: f64,
    /// The operator's move downwards (negative: upwards), millimetres.
    pub down_mm: f64,
}

/// One page with stamps.
#[derive(Debug, Clone)]
pub struct StampPage<'a> {
    /// The stamps, at most [`STAMPS_ON_PAGE_MAX`].
    pub stamps: Vec<Placed<'a>>,
}

/// Prints the page.
///
/// # Errors
/// Those of [`super::geometry`]; [`PrintError::StampFit`] when a stamp leaves the page, [`PrintError::TooMuch`] and the
/// typesetter's own errors.
pub fn page(page: &StampPage<'_>) -> Result<Vec<u8>, PrintError> {
    let given = page.stamps.len();
    if given > STAMPS_ON_PAGE_MAX {
        return Err(PrintError::TooMuch {
            what: "stamps of a page",
            given,
            max: STAMPS_ON_PAGE_MAX,
        });
    }
    let mut sheet = Sheet::default();
    let mut note_mm = NOTE_FOOT_MM;
    for placed in &page.stamps {
        let ready = Ready::new(&placed.print)?;
        let (x, y) = corner(placed, &ready)?;
        sheet.stamp(x, y, &ready);
        if ready.geometry.supplied {
            let stamp = placed.print.stamp;
            let note = format!("{}: {SUPPLIED_NOTE}", stamp.label_vi);
            sheet.words((NOTE_LEFT_MM, note_mm), 160.0, 6.5, Align::Left, &note);
            note_mm -= NOTE_LINE_MM;
        }
    }
    pdf("Dấu", &[sheet])
}

fn corner(placed: &Placed<'_>, ready: &Ready<'_>) -> Result<(f64, f64), PrintError> {
    let (x, y) = match placed.spot {
        Spot::UnderNumber => (NUMBER_MIDDLE_MM - ready.width_mm / 2.0, UNDER_NUMBER_MM),
        Spot::AboveTitle => (
            TITLE_MIDDLE_MM - ready.width_mm / 2.0,
            OVER_TITLE_MM - ready.height_mm,
        ),
        Spot::At { x_mm, y_mm } => (x_mm, y_mm),
    };
    let (x, y) = (x + placed.right_mm, y + placed.down_mm);
    let inside = |from: f64, size: f64, page: f64| from >= 0.0 && from + size <= page;
    if inside(x, ready.width_mm, WIDTH_MM) && inside(y, ready.height_mm, HEIGHT_MM) {
        Ok((x, y))
    } else {
        Err(misfit(placed.print.stamp, "it does not lie on the page"))
    }
}
