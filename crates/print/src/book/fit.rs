//! Which rows stand on which sheet of paper. A row stays on one sheet: words wider than their column are broken, and very long
//! cells are cut into further rows of the same entry.
//!
//! Sheets are filled here and not by the typesetter, which would have to lay the whole book out twice to know that a sheet is a
//! continuation. Every estimate errs towards fewer rows on a sheet.

use crate::limits::ROW_LINES_MAX;
use crate::typeset::advance_em;

/// Size of the text in cells, points.
pub(crate) const CELL_PT: f64 = 10.0;
/// Blank between two lines of a cell, in parts of the text size.
pub(crate) const LEADING_EM: f64 = 0.45;
/// Blank above and below the text of a cell, millimetres.
pub(crate) const INSET_Y_MM: f64 = 1.5;
/// Points in a millimetre.
pub(crate) const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// Cap height of the face, in parts of the text size: the height of a single line.
const CAP_EM: f64 = 0.662;
/// Share of a column's width that is filled, to leave room for the difference between this estimate and the typesetter.
const SAFETY: f64 = 0.96;
/// How much wider bold letters are.
const BOLD: f64 = 1.1;
/// Height of the row of column numbers, points.
const NUMBERS_PT: f64 = 14.0;

/// A row as it is drawn.
pub(crate) struct Drawn {
    /// Cells, all or a part of an entry's.
    pub cells: Vec<String>,
    /// Lines of the tallest cell.
    pub lines: usize,
}

/// Cuts the cells of one entry into drawn rows of at most [`ROW_LINES_MAX`] lines.
///
/// `widths_mm` are the inner widths of the columns. Joining the parts of a cell gives the cell again, except for zero-width
/// break marks inside words that are wider than their column.
pub(crate) fn split_row(cells: &[String], widths_mm: &[f64]) -> Vec<Drawn> {
    let lined: Vec<Vec<String>> = cells
        .iter()
        .zip(widths_mm)
        .map(|(cell, width)| lines(cell, *width))
        .collect();
    let tallest = lined.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let part = |part: usize| Drawn {
        cells: lined.iter().map(|cell| slice(cell, part)).collect(),
        lines: (tallest - part * ROW_LINES_MAX).min(ROW_LINES_MAX),
    };
    (0..tallest.div_ceil(ROW_LINES_MAX)).map(part).collect()
}

fn slice(lines: &[String], part: usize) -> String {
    lines
        .iter()
        .skip(part * ROW_LINES_MAX)
        .take(ROW_LINES_MAX)
        .map(String::as_str)
        .collect()
}

/// A text set at `size_pt` in a column of this inner width, with breaks in words that are wider than it; and its number of lines.
pub(crate) fn wrap(text: &str, width_mm: f64, size_pt: f64) -> (String, usize) {
    let lines = lines(text, width_mm * CELL_PT / size_pt);
    (lines.concat(), lines.len())
}

/// Height of a row of `lines` lines, points.
pub(crate) fn row_pt(lines: usize) -> f64 {
    let lines = f64::from(u32::try_from(lines).unwrap_or(u32::MAX));
    lines * (CAP_EM + LEADING_EM) * CELL_PT - LEADING_EM * CELL_PT
        + 2.0 * INSET_Y_MM * POINTS_PER_MM
}

/// Height of the two heading rows, points.
pub(crate) fn head_pt<'a>(labels: impl Iterator<Item = (&'a str, f64)>) -> f64 {
    let tallest = labels
        .map(|(label, width_mm)| lines(label, width_mm / BOLD).len())
        .max()
        .unwrap_or(1);
    row_pt(tallest) + NUMBERS_PT
}

/// Deals items of these heights onto sheets with this much room; every sheet holds at least one. Gives the number on each.
pub(crate) fn deal(heights: &[f64], room: f64) -> Vec<usize> {
    let mut sheets = vec![0];
    let mut used = 0.0;
    for height in heights {
        if used > 0.0 && used + height > room {
            sheets.push(0);
            used = 0.0;
        }
        used += height;
        if let Some(count) = sheets.last_mut() {
            *count += 1;
        }
    }
    sheets
}

/// Greedy line breaking; each line keeps the blank or line end that closes it.
fn lines(text: &str, width_mm: f64) -> Vec<String> {
    let full = width_mm * POINTS_PER_MM / CELL_PT;
    let room = full * SAFETY;
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0.0;
    for word in text.split_inclusive([' ', '\n']) {
        let width = width_em(word.trim_end());
        if used > 0.0 && (used + width > room) {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        if width > full {
            let broken = break_word(word, room);
            let mut pieces: Vec<&str> = broken.split_inclusive('\u{200b}').collect();
            let last = pieces.pop().unwrap_or_default();
            lines.extend(pieces.into_iter().map(str::to_owned));
            used = width_em(last);
            line.push_str(last);
        } else {
            used += width_em(word);
            line.push_str(word);
        }
        if line.ends_with('\n') {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Puts a zero-width blank wherever the word would leave its column.
fn break_word(word: &str, room: f64) -> String {
    let mut out = String::with_capacity(word.len() + 8);
    let mut used = 0.0;
    for c in word.chars() {
        let width = width_of(c);
        if used + width > room && used > 0.0 && !c.is_whitespace() {
            out.push('\u{200b}');
            used = 0.0;
        }
        used += width;
        out.push(c);
    }
    out
}

fn width_em(text: &str) -> f64 {
    text.chars()
        .filter(|c| *c != '\n' && *c != '\u{200b}')
        .map(width_of)
        .sum()
}

fn width_of(c: char) -> f64 {
    advance_em(c).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_parts_give_the_cell_again() {
        let long = "Kế hoạch kiểm tra công tác bảo vệ bí mật nhà nước ".repeat(60);
        let parts = split_row(&[long.clone(), "1".to_owned()], &[40.0, 10.0]);
        assert!(parts.len() > 2, "{}", parts.len());
        let joined: String = parts.iter().map(|row| row.cells[0].as_str()).collect();
        assert_eq!(joined, long);
        assert_eq!(parts[1].cells[1], "");
    }

    #[test]
    fn a_word_wider_than_its_column_gets_breaks() {
        let parts = split_row(&["123456789012345678901234567890".to_owned()], &[12.0]);
        let text = &parts[0].cells[0];
        assert!(text.contains('\u{200b}'), "{text:?}");
        assert_eq!(
            text.replace('\u{200b}', ""),
            "123456789012345678901234567890"
        );
        assert!(
            text.split('\u{200b}')
                .all(|piece| width_em(piece) * CELL_PT / POINTS_PER_MM <= 12.0)
        );
    }

    #[test]
    fn an_empty_row_is_one_row_of_one_line() {
        let parts = split_row(&[String::new()], &[10.0]);
        assert_eq!((parts.len(), parts[0].lines), (1, 1));
    }

    #[test]
    fn sheets_are_filled_in_order_and_never_left_empty() {
        assert_eq!(deal(&[10.0, 10.0, 10.0, 25.0, 1.0], 20.0), [2, 1, 1, 1]);
        assert_eq!(deal(&[], 20.0), [0]);
    }
}
