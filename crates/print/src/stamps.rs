//! Stamps drawn at true scale from the data of the law pack.
//!
//! Lengths and letter sizes come from a [`law::Stamp`]. What the pack does not know, an administrator may supply as
//! [`StampSizes`]; the print then says so. With neither, the stamp is refused: nothing is guessed. Two things are not in any
//! source and are the same for every stamp: the thickness of the lines ([`LINE_MM`]) and that the free height is shared equally
//! between the rows. Where the letters of the data do not fit inside its border (A, B, C: 10 mm high in a ring of 15 mm) they keep
//! their height and are narrowed.

mod calibration;
mod labels;
mod page;
mod sheet;

use law::{Outline, Stamp, StampRow};

use crate::PrintError;
use crate::book::cell_text;
use crate::limits::STAMP_MM_MAX;
use crate::typeset::{Ink, ink};

pub use calibration::{CalibrationSheet, calibration};
pub use labels::{LabelSheet, labels};
pub use page::{Placed, Spot, StampPage, page};

/// Thickness of a border line, millimetres. No source gives it.
pub const LINE_MM: f64 = 0.25;
/// What is printed with a stamp for which [`StampSizes`] were used.
pub const SUPPLIED_NOTE: &str = "kích thước cơ quan tự nhập, chưa có căn cứ";

/// Height of capitals in the bold and the regular face, in parts of the letter size.
const CAP_EM: f64 = 0.655;
const MM_PER_PT: f64 = 25.4 / 72.0;
/// Free between letters and the inner line of a circle, and of a rectangle, millimetres.
const CLEAR_ROUND_MM: f64 = 0.1;
const CLEAR_STRAIGHT_MM: f64 = 0.8;
/// Letters wider than the room inside the border are narrowed to this share of their width and no further.
const NARROW_MIN: f64 = 0.5;
/// A row of nothing but dots.
const DOTS_INK: Ink = Ink {
    left: 0.0,
    right: 0.0,
    bottom: 0.0,
    top: 0.1,
    advance: 0.0,
};
/// Letter sizes that an administrator may give, points.
const SIZE_PT_MIN: f64 = 4.0;
const SIZE_PT_MAX: f64 = 144.0;

/// Sizes set by an administrator for a stamp that the law pack does not know fully. Only what the pack leaves open is used.
#[derive(Debug, Clone, PartialEq)]
pub struct StampSizes {
    /// Outline.
    pub outline: Outline,
    /// Number of border lines, 1 to 3.
    pub border_lines: u8,
    /// Clear distance between the border lines, millimetres.
    pub border_gap_mm: f64,
    /// From the base line of a row to the capitals of the next, millimetres; `None` shares the free height equally.
    pub row_gap_mm: Option<f64>,
    /// Letters of each row of the stamp, from top to bottom.
    pub rows: Vec<RowSize>,
}

/// Letters of one row, set by an administrator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowSize {
    /// Letter size, points.
    pub size_pt: f64,
    /// Bold.
    pub bold: bool,
}

/// A stamp to be printed.
#[derive(Debug, Clone)]
pub struct StampPrint<'a> {
    /// The stamp of the law pack.
    pub stamp: &'a Stamp,
    /// What an administrator set for it.
    pub sizes: Option<&'a StampSizes>,
    /// Text in place of the dots of a fill-in row ("Bản số: …"); `None` prints dots to be written on.
    pub fill: Option<String>,
}

/// A stamp with every length known.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// Outer edge of the outer line.
    pub outline: Outline,
    /// Number of border lines.
    pub border_lines: u8,
    /// Clear distance between the border lines, millimetres; 0 for one line.
    pub border_gap_mm: f64,
    /// Rows of letters from top to bottom.
    pub rows: Vec<RowGeometry>,
    /// A value of [`StampSizes`] was used: the print says [`SUPPLIED_NOTE`].
    pub supplied: bool,
}

/// One row of letters.
#[derive(Debug, Clone, PartialEq)]
pub struct RowGeometry {
    /// The words, without the dots of a fill-in row.
    pub text: String,
    /// The rest of the row is dots to be written on.
    pub dots: bool,
    /// Letter size, points.
    pub size_pt: f64,
    /// Bold.
    pub bold: bool,
    /// Share of the natural width of the letters; below 1 where they would otherwise stand on the border.
    pub narrow: f64,
    /// Base of the letters under the upper edge of the stamp, millimetres.
    pub baseline_mm: f64,
    /// Shift to the right that brings the letters themselves, not their widths with blanks, to the middle; millimetres.
    pub shift_mm: f64,
    /// Width inside the border, millimetres.
    pub room_mm: f64,
}

impl Geometry {
    /// Width and height of the outer edge, millimetres.
    #[must_use]
    pub fn size_mm(&self) -> (f64, f64) {
        outer(self.outline)
    }

    /// Thickness of the whole border, from the outer edge to the free inside, millimetres.
    #[must_use]
    pub fn ring_mm(&self) -> f64 {
        ring(self.border_lines, self.border_gap_mm)
    }
}

fn outer(outline: Outline) -> (f64, f64) {
    match outline {
        Outline::Rectangle {
            width_mm,
            height_mm,
        } => (width_mm, height_mm),
        Outline::Circle { diameter_mm } => (diameter_mm, diameter_mm),
    }
}

fn ring(lines: u8, gap_mm: f64) -> f64 {
    let lines = f64::from(lines);
    lines * LINE_MM + (lines - 1.0).max(0.0) * gap_mm
}

/// The lengths of a stamp: from the law pack, and where it is silent from `sizes`.
///
/// # Errors
/// [`PrintError::StampUnknown`] names the first length that neither gives; [`PrintError::StampFit`] when a given size is out of
/// bounds or the letters do not fit inside the border.
pub fn geometry(print: &StampPrint<'_>) -> Result<Geometry, PrintError> {
    if let Some(sizes) = print.sizes {
        check_sizes(print.stamp, sizes)?;
    }
    let mut open = Open {
        stamp: print.stamp,
        sizes: print.sizes,
        supplied: false,
    };
    let outline = open.outline()?;
    let (border_lines, border_gap_mm) = open.border()?;
    let letters = open.letters(print.fill.as_deref())?;
    let ring_mm = ring(border_lines, border_gap_mm);
    let row_gap_mm = print.sizes.and_then(|sizes| sizes.row_gap_mm);
    let rows = place_rows(letters, outline, ring_mm, row_gap_mm)
        .map_err(|what| misfit(print.stamp, what))?;
    Ok(Geometry {
        outline,
        border_lines,
        border_gap_mm,
        rows,
        supplied: open.supplied,
    })
}

fn misfit(stamp: &Stamp, what: &'static str) -> PrintError {
    PrintError::StampFit {
        stamp: stamp.label_vi.clone(),
        what,
    }
}

fn check_sizes(stamp: &Stamp, sizes: &StampSizes) -> Result<(), PrintError> {
    let (width_mm, height_mm) = outer(sizes.outline);
    let length = |mm: f64| mm > 0.0 && mm <= STAMP_MM_MAX;
    let gap = |mm: f64| (0.0..=STAMP_MM_MAX).contains(&mm);
    let good = length(width_mm)
        && length(height_mm)
        && gap(sizes.border_gap_mm)
        && sizes.row_gap_mm.is_none_or(gap)
        && (1..=3).contains(&sizes.border_lines)
        && sizes
            .rows
            .iter()
            .all(|row| (SIZE_PT_MIN..=SIZE_PT_MAX).contains(&row.size_pt));
    if good {
        Ok(())
    } else {
        Err(misfit(stamp, "a size that was set for it is out of bounds"))
    }
}

/// A stamp while its lengths are gathered.
struct Open<'a> {
    stamp: &'a Stamp,
    sizes: Option<&'a StampSizes>,
    supplied: bool,
}

impl Open<'_> {
    fn unknown(&self, what: &'static str) -> PrintError {
        PrintError::StampUnknown {
            stamp: self.stamp.label_vi.clone(),
            generation: self.stamp.generation.clone(),
            what,
        }
    }

    /// The pack's value, else the administrator's.
    fn take<T>(
        &mut self,
        known: Option<T>,
        set: impl FnOnce(&StampSizes) -> Option<T>,
        what: &'static str,
    ) -> Result<T, PrintError> {
        if let Some(known) = known {
            return Ok(known);
        }
        let value = self.sizes.and_then(set).ok_or_else(|| self.unknown(what))?;
        self.supplied = true;
        Ok(value)
    }

    fn outline(&mut self) -> Result<Outline, PrintError> {
        self.take(self.stamp.outline, |sizes| Some(sizes.outline), "outline")
    }

    fn border(&mut self) -> Result<(u8, f64), PrintError> {
        let known = self.stamp.border;
        let lines = self.take(
            known.map(|border| border.lines),
            |sizes| Some(sizes.border_lines),
            "border lines",
        )?;
        if lines < 2 {
            return Ok((lines, 0.0));
        }
        let gap = self.take(
            known.and_then(|border| border.gap_mm),
            |sizes| Some(sizes.border_gap_mm),
            "distance of the border lines",
        )?;
        Ok((lines, gap))
    }

    fn letters(&mut self, fill: Option<&str>) -> Result<Vec<Letters>, PrintError> {
        if self.stamp.rows.is_empty() {
            return Err(self.unknown("words"));
        }
        let rows = self.stamp.rows.iter().enumerate();
        rows.map(|(index, row)| self.row(index, row, fill))
            .collect()
    }

    fn row(
        &mut self,
        index: usize,
        row: &StampRow,
        fill: Option<&str>,
    ) -> Result<Letters, PrintError> {
        let set = |sizes: &StampSizes| sizes.rows.get(index).copied();
        let (text, dots) = words(&row.text, fill);
        let known = row.size_pt.is_some() || row.height_mm.is_some();
        let bold = row
            .bold
            .unwrap_or_else(|| !known && self.sizes.and_then(set).is_some_and(|row| row.bold));
        let ink = ink(&text, bold)
            .or(dots.then_some(DOTS_INK))
            .ok_or_else(|| misfit(self.stamp, "a row has no letters"))?;
        if let Some(height_mm) = row.height_mm {
            let size_pt = height_mm / (ink.top - ink.bottom) / MM_PER_PT;
            return Ok(Letters::new(text, dots, size_pt, bold, ink));
        }
        let size_pt = self.take(
            row.size_pt,
            |sizes| set(sizes).map(|row| row.size_pt),
            "letter size",
        )?;
        Ok(Letters::new(text, dots, size_pt, bold, ink))
    }
}

/// The words of a row, and whether dots follow.
fn words(text: &str, fill: Option<&str>) -> (String, bool) {
    match (text.contains('…'), fill) {
        (true, Some(fill)) => (cell_text(&text.replace('…', fill)), false),
        (true, None) => (cell_text(&text.replace('…', "")), true),
        (false, _) => (cell_text(text), false),
    }
}

/// A row with its letter size; lengths in millimetres.
struct Letters {
    text: String,
    dots: bool,
    size_pt: f64,
    bold: bool,
    /// Of the letters with all their marks, over the base line: negative for what reaches under it.
    top_mm: f64,
    bottom_mm: f64,
    width_mm: f64,
    /// Distance of the middle of the letters from the middle of their widths.
    off_mm: f64,
}

impl Letters {
    fn new(text: String, dots: bool, size_pt: f64, bold: bool, ink: Ink) -> Self {
        let mm = size_pt * MM_PER_PT;
        Self {
            text,
            dots,
            size_pt,
            bold,
            top_mm: ink.top * mm,
            bottom_mm: ink.bottom * mm,
            width_mm: (ink.right - ink.left) * mm,
            off_mm: f64::midpoint(ink.left, ink.right) * mm - ink.advance * mm / 2.0,
        }
    }
}

/// Shares the height between the rows and narrows what is too wide.
fn place_rows(
    letters: Vec<Letters>,
    outline: Outline,
    ring_mm: f64,
    row_gap_mm: Option<f64>,
) -> Result<Vec<RowGeometry>, &'static str> {
    let (_, height_mm) = outer(outline);
    let bases = match row_gap_mm {
        Some(gap) => spaced(&letters, height_mm, gap),
        None => shared(&letters, height_mm, ring_mm)?,
    };
    let place = |(row, base): (Letters, f64)| {
        let (top, bottom) = (base - row.top_mm, base - row.bottom_mm);
        if top < ring_mm || bottom > height_mm - ring_mm {
            return Err(TOO_HIGH);
        }
        place_row(row, base, room(outline, ring_mm, top, bottom))
    };
    letters.into_iter().zip(bases).map(place).collect()
}

const TOO_HIGH: &str = "the rows are higher than the room inside the border";

/// Base lines of rows whose letters are equally far from each other and from the border.
fn shared(letters: &[Letters], height_mm: f64, ring_mm: f64) -> Result<Vec<f64>, &'static str> {
    let taken: f64 = letters.iter().map(|row| row.top_mm - row.bottom_mm).sum();
    let count = f64::from(u32::try_from(letters.len()).unwrap_or(u32::MAX));
    let blank = (height_mm - 2.0 * ring_mm - taken) / (count + 1.0);
    if blank < 0.0 {
        return Err(TOO_HIGH);
    }
    let mut at = ring_mm;
    let base = |row: &Letters| {
        let base = at + blank + row.top_mm;
        at = base - row.bottom_mm;
        base
    };
    Ok(letters.iter().map(base).collect())
}

/// Base lines of rows with this distance from a base line to the capitals under it, all together in the middle.
fn spaced(letters: &[Letters], height_mm: f64, gap_mm: f64) -> Vec<f64> {
    let mut base = 0.0;
    let mut bases = Vec::with_capacity(letters.len());
    for (index, row) in letters.iter().enumerate() {
        if index > 0 {
            base += gap_mm + CAP_EM * row.size_pt * MM_PER_PT;
        }
        bases.push(base);
    }
    let top = letters.first().map_or(0.0, |row| row.top_mm);
    let bottom = letters.last().map_or(0.0, |row| row.bottom_mm);
    let start = (height_mm - (top + base - bottom)) / 2.0 + top;
    bases.into_iter().map(|base| start + base).collect()
}

fn place_row(row: Letters, baseline_mm: f64, room_mm: f64) -> Result<RowGeometry, &'static str> {
    let narrow = if row.width_mm > room_mm {
        room_mm / row.width_mm
    } else {
        1.0
    };
    if narrow < NARROW_MIN || room_mm <= 0.0 {
        return Err("a row is wider than the room inside the border");
    }
    Ok(RowGeometry {
        text: row.text,
        dots: row.dots,
        size_pt: row.size_pt,
        bold: row.bold,
        narrow,
        baseline_mm,
        shift_mm: if row.dots { 0.0 } else { -row.off_mm * narrow },
        room_mm,
    })
}

/// Width inside the border for letters between these distances from the upper edge.
fn room(outline: Outline, ring_mm: f64, top_mm: f64, bottom_mm: f64) -> f64 {
    match outline {
        Outline::Rectangle { width_mm, .. } => width_mm - 2.0 * (ring_mm + CLEAR_STRAIGHT_MM),
        Outline::Circle { diameter_mm } => {
            let radius = diameter_mm / 2.0;
            let inner = radius - ring_mm - CLEAR_ROUND_MM;
            let far = (top_mm - radius).abs().max((bottom_mm - radius).abs());
            2.0 * (inner * inner - far * far).max(0.0).sqrt()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use law::{LegalDate, Pack};

    fn on(id: &str, day: (i16, i8, i8)) -> Stamp {
        let day = LegalDate::new(day.0, day.1, day.2).unwrap();
        Pack::embedded().unwrap().stamp(id, day).value.unwrap()
    }

    fn drawn(stamp: &Stamp, sizes: Option<&StampSizes>) -> Result<Geometry, PrintError> {
        geometry(&StampPrint {
            stamp,
            sizes,
            fill: None,
        })
    }

    fn sizes() -> StampSizes {
        StampSizes {
            outline: Outline::Rectangle {
                width_mm: 25.0,
                height_mm: 9.0,
            },
            border_lines: 1,
            border_gap_mm: 3.0,
            row_gap_mm: None,
            rows: vec![RowSize {
                size_pt: 11.0,
                bold: false,
            }],
        }
    }

    #[test]
    fn a_known_stamp_needs_nothing_and_takes_nothing() {
        let stamp = on("level_toi_mat", (2024, 1, 1));
        let plain = drawn(&stamp, None).unwrap();
        assert_eq!(plain.size_mm(), (30.0, 8.0));
        assert_eq!((plain.border_lines, plain.border_gap_mm), (2, 1.0));
        assert!(!plain.supplied);
        assert_eq!(plain, drawn(&stamp, Some(&sizes())).unwrap());
    }

    #[test]
    fn an_unknown_size_is_refused_and_a_set_size_is_told() {
        let stamp = on("level_mat", (2024, 1, 1));
        let error = drawn(&stamp, None).unwrap_err();
        assert_eq!(error.code(), "PRINT-11");
        assert!(error.to_string().contains("Dấu Mật"), "{error}");
        let set = drawn(&stamp, Some(&sizes())).unwrap();
        assert_eq!((set.size_mm(), set.supplied), ((25.0, 9.0), true));
        // What the pack knows stays: two lines, 1 mm, 13 points bold.
        assert_eq!((set.border_lines, set.border_gap_mm), (2, 1.0));
        assert_eq!((set.rows[0].size_pt, set.rows[0].bold), (13.0, true));
    }

    #[test]
    fn every_open_length_is_asked_for() {
        let asked = |id, day, sizes: Option<&StampSizes>| match drawn(&on(id, day), sizes) {
            Err(PrintError::StampUnknown { what, .. }) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(asked("level_tuyet_mat", (2016, 1, 1), None), "border lines");
        assert_eq!(asked("copy_number", (2024, 1, 1), None), "outline");
        assert_eq!(
            asked("level_adjusted", (2024, 1, 1), Some(&sizes())),
            "words"
        );
        let no_rows = StampSizes {
            rows: Vec::new(),
            ..sizes()
        };
        assert_eq!(
            asked("copy_number", (2024, 1, 1), Some(&no_rows)),
            "letter size"
        );
    }

    #[test]
    fn sizes_out_of_bounds_and_letters_that_do_not_fit_are_refused() {
        let stamp = on("copy_number", (2024, 1, 1));
        let code = |change: &dyn Fn(&mut StampSizes)| {
            let mut sizes = sizes();
            change(&mut sizes);
            drawn(&stamp, Some(&sizes)).err().map(|e| e.code())
        };
        let rectangle = |width_mm, height_mm| Outline::Rectangle {
            width_mm,
            height_mm,
        };
        assert_eq!(code(&|_| {}), None);
        for width in [0.0, -3.0, 500.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                code(&|sizes| sizes.outline = rectangle(width, 9.0)),
                Some("PRINT-12"),
                "{width}"
            );
        }
        assert_eq!(code(&|sizes| sizes.border_lines = 0), Some("PRINT-12"));
        assert_eq!(
            code(&|sizes| sizes.rows[0].size_pt = 500.0),
            Some("PRINT-12")
        );
        assert_eq!(
            code(&|sizes| sizes.outline = rectangle(6.0, 9.0)),
            Some("PRINT-12")
        );
        assert_eq!(
            code(&|sizes| sizes.outline = rectangle(25.0, 3.0)),
            Some("PRINT-12")
        );
        assert_eq!(
            code(&|sizes| sizes.row_gap_mm = Some(f64::NAN)),
            Some("PRINT-12")
        );
    }

    #[test]
    fn letters_of_a_given_height_are_that_high_and_stay_inside_the_ring() {
        for id in ["letter_a", "letter_b", "letter_c"] {
            let geometry = drawn(&on(id, (2024, 1, 1)), None).unwrap();
            let row = &geometry.rows[0];
            let ink = ink(&row.text, row.bold).unwrap();
            let mm = row.size_pt * MM_PER_PT;
            assert!(((ink.top - ink.bottom) * mm - 10.0).abs() < 1e-9, "{id}");
            let half = (ink.right - ink.left) * mm * row.narrow / 2.0;
            assert!(half.hypot(5.0) <= 7.5 - geometry.ring_mm(), "{id}");
        }
    }

    #[test]
    fn dots_are_filled_or_left() {
        assert_eq!(words("Từ: …", None), ("Từ:".to_owned(), true));
        assert_eq!(
            words("Bản số: …", Some("03")),
            ("Bản số: 03".to_owned(), false)
        );
        assert_eq!(words("MẬT", Some("03")), ("MẬT".to_owned(), false));
    }
}
