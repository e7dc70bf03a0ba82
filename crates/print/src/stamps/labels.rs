//! Sheets of labels, one stamp on each.

use super::sheet::{Align, HEIGHT_MM, Ready, Sheet, WIDTH_MM, pdf};
use super::{SUPPLIED_NOTE, StampPrint, misfit};
use crate::PrintError;
use crate::limits::LABELS_MAX;

/// Height kept under a stamp for the note on its sizes, and the size of the note.
const NOTE_MM: f64 = 4.2;
const NOTE_PT: f64 = 4.5;
/// Blank at the sides of the note.
const NOTE_INSET_MM: f64 = 1.0;

/// A grid of labels on A4. Lengths in millimetres.
#[derive(Debug, Clone)]
pub struct LabelSheet<'a> {
    /// Width of a label.
    pub label_width_mm: f64,
    /// Height of a label.
    pub label_height_mm: f64,
    /// Labels side by side.
    pub columns: u16,
    /// Labels one under the other.
    pub rows: u16,
    /// From the left edge of the sheet to the first label.
    pub left_mm: f64,
    /// From the upper edge of the sheet to the first label.
    pub top_mm: f64,
    /// Between two labels side by side.
    pub gap_x_mm: f64,
    /// Between two labels one under the other.
    pub gap_y_mm: f64,
    /// Labels of the first sheet that are used up already.
    pub skip: u16,
    /// Thin lines around each label, for plain paper that is cut.
    pub cut_lines: bool,
    /// One stamp for each label, in reading order; at most [`LABELS_MAX`].
    pub stamps: Vec<StampPrint<'a>>,
}

/// Prints the labels, on as many sheets as they need.
///
/// # Errors
/// Those of [`super::geometry`]; [`PrintError::LabelGrid`] when the labels do not lie on the sheet, [`PrintError::StampFit`] when
/// a stamp is larger than a label, [`PrintError::TooMuch`] and the typesetter's own errors.
pub fn labels(sheet: &LabelSheet<'_>) -> Result<Vec<u8>, PrintError> {
    check(sheet)?;
    let in_sheet = usize::from(sheet.columns) * usize::from(sheet.rows);
    let skip = usize::from(sheet.skip);
    let count = (sheet.stamps.len() + skip).div_ceil(in_sheet).max(1);
    let mut sheets: Vec<Sheet> = (0..count).map(|_| Sheet::default()).collect();
    for (index, print) in sheet.stamps.iter().enumerate() {
        let ready = Ready::new(print)?;
        let at = index + skip;
        let corner = corner(sheet, at % in_sheet);
        if let Some(page) = sheets.get_mut(at / in_sheet) {
            label(page, sheet, corner, &ready)?;
        }
    }
    pdf("Nhãn dấu", &sheets)
}

fn check(sheet: &LabelSheet<'_>) -> Result<(), PrintError> {
    let given = sheet.stamps.len();
    if given > LABELS_MAX {
        return Err(PrintError::TooMuch {
            what: "labels",
            given,
            max: LABELS_MAX,
        });
    }
    let fits = |first: f64, label: f64, gap: f64, count: u16, page: f64| {
        let count = f64::from(count);
        first >= 0.0
            && label > 0.0
            && gap >= 0.0
            && count >= 1.0
            && first + count * label + (count - 1.0) * gap <= page
    };
    let across = fits(
        sheet.left_mm,
        sheet.label_width_mm,
        sheet.gap_x_mm,
        sheet.columns,
        WIDTH_MM,
    );
    let down = fits(
        sheet.top_mm,
        sheet.label_height_mm,
        sheet.gap_y_mm,
        sheet.rows,
        HEIGHT_MM,
    );
    let skipped = u32::from(sheet.skip) < u32::from(sheet.columns) * u32::from(sheet.rows);
    if across && down && skipped {
        Ok(())
    } else {
        Err(PrintError::LabelGrid)
    }
}

/// Upper left corner of the label at this place of the sheet.
fn corner(sheet: &LabelSheet<'_>, at: usize) -> (f64, f64) {
    let columns = usize::from(sheet.columns);
    let steps = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let (column, row) = (steps(at % columns), steps(at / columns));
    (
        sheet.left_mm + column * (sheet.label_width_mm + sheet.gap_x_mm),
        sheet.top_mm + row * (sheet.label_height_mm + sheet.gap_y_mm),
    )
}

fn label(
    page: &mut Sheet,
    sheet: &LabelSheet<'_>,
    (x, y): (f64, f64),
    ready: &Ready<'_>,
) -> Result<(), PrintError> {
    let (width, height) = (sheet.label_width_mm, sheet.label_height_mm);
    let note_mm = if ready.geometry.supplied {
        NOTE_MM
    } else {
        0.0
    };
    if ready.width_mm > width || ready.height_mm + note_mm > height {
        return Err(misfit(ready.print.stamp, "it is larger than the label"));
    }
    if sheet.cut_lines {
        page.frame(x, y, width, height);
    }
    let top = y + (height - note_mm - ready.height_mm) / 2.0;
    page.stamp(x + (width - ready.width_mm) / 2.0, top, ready);
    if ready.geometry.supplied {
        let at = (x + NOTE_INSET_MM, top + ready.height_mm + 0.6);
        let room = width - 2.0 * NOTE_INSET_MM;
        page.words(at, room, NOTE_PT, Align::Centre, SUPPLIED_NOTE);
    }
    Ok(())
}
