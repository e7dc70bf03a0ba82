//! The calibration sheet: rulers, corner marks, every stamp of a generation with its nominal sizes, and boxes for the measured ones.

use law::Outline;

use super::sheet::{Align, HEIGHT_MM, Ready, Sheet, WIDTH_MM, pdf};
use super::{SUPPLIED_NOTE, StampPrint, misfit};
use crate::PrintError;
use crate::limits::{CALIBRATION_STAMPS_MAX, STAMP_HIGH_MM_MAX, STAMP_WIDE_MM_MAX};

/// The rulers: where they begin and how long they are.
const RULER_X_MM: f64 = 15.0;
const RULER_Y_MM: f64 = 14.0;
const RULER_WIDTH_MM: u16 = 180;
const RULER_DOWN_X_MM: f64 = 14.0;
const RULER_DOWN_Y_MM: f64 = 24.0;
const RULER_HEIGHT_MM: u16 = 260;
const TICK_THICK_MM: f64 = 0.12;
/// Corner marks: their middles from the edges, and half their length.
const CORNER_MM: f64 = 8.0;
const CORNER_ARM_MM: f64 = 3.0;

const LEFT_MM: f64 = 30.0;
const RIGHT_MM: f64 = 195.0;
/// First stamp, and the last height a stamp's block may reach.
const FIRST_MM: f64 = 50.0;
const FOOT_MM: f64 = 278.0;
/// Room for a stamp before its words begin, unless it is wider.
const STAMP_ROOM_MM: f64 = 42.0;
/// A wider stamp has its words under it.
const BESIDE_MM_MAX: f64 = 80.0;
/// Height of the words and boxes of one stamp, and the blank under them.
const WORDS_MM: f64 = 22.5;
const BLANK_MM: f64 = 5.0;

/// Every stamp of one generation.
#[derive(Debug, Clone)]
pub struct CalibrationSheet<'a> {
    /// `2015`, `2020` or `2026`.
    pub generation: String,
    /// The stamps whose words are known; those without sizes are listed, not drawn.
    pub stamps: Vec<StampPrint<'a>>,
    /// Names of stamps of which nothing is known.
    pub missing: Vec<String>,
}

/// Prints the sheet, on as many pages as the stamps need.
///
/// # Errors
/// [`PrintError::StampFit`] when a size that was set is out of bounds or larger than the sheet, [`PrintError::TooMuch`] and the
/// typesetter's own errors. An unknown size is no error here.
pub fn calibration(sheet: &CalibrationSheet<'_>) -> Result<Vec<u8>, PrintError> {
    let given = sheet.stamps.len() + sheet.missing.len();
    if given > CALIBRATION_STAMPS_MAX {
        return Err(PrintError::TooMuch {
            what: "stamps of a calibration sheet",
            given,
            max: CALIBRATION_STAMPS_MAX,
        });
    }
    let title = format!("Tờ chuẩn khổ dấu, thế hệ {}", sheet.generation);
    let mut missing = sheet.missing.clone();
    let mut pages = Vec::new();
    let mut page = empty(&title);
    let mut top = FIRST_MM;
    for print in &sheet.stamps {
        let ready = match Ready::new(print) {
            Err(PrintError::StampUnknown { .. }) => {
                missing.push(print.stamp.label_vi.clone());
                continue;
            }
            ready => ready?,
        };
        let height = block_mm(&ready)?;
        if top + height > FOOT_MM {
            pages.push(std::mem::replace(&mut page, empty(&title)));
            top = FIRST_MM;
        }
        block(&mut page, top, &ready);
        top += height;
    }
    if !missing.is_empty() {
        let text = format!("Chưa có kích thước nên không in: {}.", missing.join("; "));
        if top + names_mm(&text) > FOOT_MM {
            pages.push(std::mem::replace(&mut page, empty(&title)));
            top = FIRST_MM;
        }
        page.words((LEFT_MM, top), RIGHT_MM - LEFT_MM, 9.0, Align::Left, &text);
    }
    pages.push(page);
    pdf(&title, &pages)
}

/// Height of the names of the stamps that are not drawn: lines of about ninety letters.
fn names_mm(text: &str) -> f64 {
    let lines = text.chars().count().div_ceil(90);
    f64::from(u32::try_from(lines).unwrap_or(u32::MAX)) * 4.0
}

/// A page with rulers, corner marks and heading.
fn empty(title: &str) -> Sheet {
    let mut page = Sheet::default();
    for x in [CORNER_MM, WIDTH_MM - CORNER_MM] {
        for y in [CORNER_MM, HEIGHT_MM - CORNER_MM] {
            let arm = 2.0 * CORNER_ARM_MM;
            page.line(x - CORNER_ARM_MM, y, arm, 0.0, TICK_THICK_MM);
            page.line(x, y - CORNER_ARM_MM, 0.0, arm, TICK_THICK_MM);
        }
    }
    rulers(&mut page);
    let width = RIGHT_MM - LEFT_MM;
    page.bold_words((LEFT_MM, 25.0), width, 14.0, &title.to_uppercase());
    let advice = format!(
        "In ở tỷ lệ 100 %, không co giãn theo khổ giấy. Đặt thước lên hai thang đo trước: 100 mm trên giấy phải đúng 100 mm. Tâm các dấu góc cách nhau {} mm theo chiều ngang, {} mm theo chiều dọc. Ghi số đo được vào ô; đạt khi lệch không quá 0,2 mm.",
        number(WIDTH_MM - 2.0 * CORNER_MM),
        number(HEIGHT_MM - 2.0 * CORNER_MM),
    );
    page.words((LEFT_MM, 32.0), width, 9.0, Align::Left, &advice);
    let who = "Máy in: ……………………………   Ngày đo: ……/……/…………   Người đo: ……………………………";
    page.words((LEFT_MM, 43.0), width, 9.0, Align::Left, who);
    page
}

fn rulers(page: &mut Sheet) {
    let (width, height) = (f64::from(RULER_WIDTH_MM), f64::from(RULER_HEIGHT_MM));
    page.line(RULER_X_MM, RULER_Y_MM, width, 0.0, TICK_THICK_MM);
    page.line(RULER_DOWN_X_MM, RULER_DOWN_Y_MM, 0.0, height, TICK_THICK_MM);
    for mm in 0..=RULER_WIDTH_MM {
        let x = RULER_X_MM + f64::from(mm);
        page.line(x, RULER_Y_MM, 0.0, tick(mm), TICK_THICK_MM);
        if mm.is_multiple_of(10) {
            let at = (x - 5.0, RULER_Y_MM + 5.0);
            page.words(at, 10.0, 6.0, Align::Centre, &mm.to_string());
        }
    }
    for mm in 0..=RULER_HEIGHT_MM {
        let y = RULER_DOWN_Y_MM + f64::from(mm);
        page.line(RULER_DOWN_X_MM, y, tick(mm), 0.0, TICK_THICK_MM);
        if mm.is_multiple_of(10) {
            let at = (RULER_DOWN_X_MM + 5.2, y - 0.7);
            page.words(at, 8.0, 6.0, Align::Left, &mm.to_string());
        }
    }
}

fn tick(mm: u16) -> f64 {
    match (mm.is_multiple_of(10), mm.is_multiple_of(5)) {
        (true, _) => 4.5,
        (false, true) => 3.2,
        (false, false) => 2.0,
    }
}

fn beside(ready: &Ready<'_>) -> bool {
    ready.width_mm <= BESIDE_MM_MAX
}

fn block_mm(ready: &Ready<'_>) -> Result<f64, PrintError> {
    if ready.width_mm > STAMP_WIDE_MM_MAX || ready.height_mm > STAMP_HIGH_MM_MAX {
        return Err(misfit(ready.print.stamp, "it is larger than the sheet"));
    }
    let used = if beside(ready) {
        ready.height_mm.max(WORDS_MM)
    } else {
        ready.height_mm + 3.0 + WORDS_MM
    };
    Ok(used + BLANK_MM)
}

fn block(page: &mut Sheet, top: f64, ready: &Ready<'_>) {
    page.stamp(LEFT_MM, top, ready);
    let (x, y) = if beside(ready) {
        (LEFT_MM + ready.width_mm.max(STAMP_ROOM_MM) + 5.0, top)
    } else {
        (LEFT_MM, top + ready.height_mm + 3.0)
    };
    let width = RIGHT_MM - x;
    let stamp = ready.print.stamp;
    page.bold_words((x, y), width, 10.5, &stamp.label_vi);
    page.words((x, y + 4.6), width, 9.0, Align::Left, &nominal(ready));
    page.words((x, y + 8.8), width, 8.0, Align::Left, &remark(ready));
    let boxes: &[&str] = match (ready.geometry.outline, ready.geometry.border_lines) {
        (Outline::Rectangle { .. }, 1) => &["ngang", "dọc"],
        (Outline::Rectangle { .. }, _) => &["ngang", "dọc", "khe viền"],
        (Outline::Circle { .. }, 1) => &["Ø ngang", "Ø dọc"],
        (Outline::Circle { .. }, _) => &["Ø ngang", "Ø dọc", "khe viền"],
    };
    for (index, label) in (0_u8..).zip(boxes) {
        let left = x + f64::from(index) * 30.0;
        page.words((left, y + 17.1), 14.0, 8.5, Align::Left, label);
        page.frame(left + 13.5, y + 15.5, 13.0, 6.0);
    }
}

/// `40 × 8 mm; viền 2 nét cách 1 mm; chữ 13 pt`.
fn nominal(ready: &Ready<'_>) -> String {
    let geometry = &ready.geometry;
    let size = match geometry.outline {
        Outline::Rectangle {
            width_mm,
            height_mm,
        } => format!("{} × {} mm", number(width_mm), number(height_mm)),
        Outline::Circle { diameter_mm } => format!("đường kính {} mm", number(diameter_mm)),
    };
    let border = match geometry.border_lines {
        1 => "viền 1 nét".to_owned(),
        lines => format!(
            "viền {lines} nét cách {} mm",
            number(geometry.border_gap_mm)
        ),
    };
    let letters = geometry.rows.iter().zip(&ready.print.stamp.rows);
    let letters: Vec<String> = letters
        .map(|(row, known)| match known.height_mm {
            Some(mm) => format!("chữ cao {} mm", number(mm)),
            None => format!("chữ {} pt", number(row.size_pt)),
        })
        .collect();
    format!("{size}; {border}; {}", letters.join(", "))
}

fn remark(ready: &Ready<'_>) -> String {
    let geometry = &ready.geometry;
    let mut remarks = Vec::new();
    if geometry.supplied {
        remarks.push(SUPPLIED_NOTE.to_owned());
    } else {
        remarks.push(format!(
            "kích thước theo dữ liệu, {}",
            ready.print.stamp.geometry.label_vi()
        ));
    }
    let narrow = geometry
        .rows
        .iter()
        .map(|row| row.narrow)
        .fold(1.0, f64::min);
    if narrow < 1.0 {
        remarks.push(format!(
            "chữ thu hẹp còn {:.0} % bề ngang để nằm trong viền",
            narrow * 100.0
        ));
    }
    remarks.join("; ")
}

/// `7,5`: at most two places, with a comma.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0')
        .trim_end_matches('.')
        .replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_a_comma() {
        assert_eq!(
            [number(40.0), number(7.5), number(0.25), number(100.0)],
            ["40", "7,5", "0,25", "100"]
        );
    }
}
