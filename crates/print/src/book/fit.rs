//! Keeps a row on one sheet: breaks words that are wider than their column and cuts very long cells into further rows.

use crate::limits::ROW_LINES_MAX;
use crate::typeset::advance_em;

/// Size of the text in cells, points.
pub(crate) const CELL_PT: f64 = 10.5;

const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// Room for the difference between this estimate and the typesetter.
const SAFETY: f64 = 0.96;

/// Cuts the cells of one entry into drawn rows of at most [`ROW_LINES_MAX`] lines.
///
/// `widths_mm` are the inner widths of the columns. Joining the parts of a cell gives the cell again, except for zero-width
/// break marks inside words that are wider than their column.
pub(crate) fn split_row(cells: &[String], widths_mm: &[f64]) -> Vec<Vec<String>> {
    let lined: Vec<Vec<String>> = cells
        .iter()
        .zip(widths_mm)
        .map(|(cell, width)| lines(cell, *width))
        .collect();
    let tallest = lined.iter().map(Vec::len).max().unwrap_or(0).max(1);
    (0..tallest.div_ceil(ROW_LINES_MAX))
        .map(|part| lined.iter().map(|cell| slice(cell, part)).collect())
        .collect()
}

fn slice(lines: &[String], part: usize) -> String {
    lines
        .iter()
        .skip(part * ROW_LINES_MAX)
        .take(ROW_LINES_MAX)
        .map(String::as_str)
        .collect()
}

/// Greedy line breaking; each line keeps the blank or line end that closes it.
fn lines(text: &str, width_mm: f64) -> Vec<String> {
    let room = width_mm * POINTS_PER_MM * SAFETY / CELL_PT;
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0.0;
    for word in text.split_inclusive([' ', '\n']) {
        let mut word = word.to_owned();
        let mut width = width_em(word.trim_end());
        if width > room {
            word = break_word(&word, room);
            // Broken words fill whole lines; counting them as such errs on the safe side.
            let pieces: Vec<&str> = word.split_inclusive('\u{200b}').collect();
            if used > 0.0 {
                lines.push(std::mem::take(&mut line));
            }
            let (last, full) = pieces
                .split_last()
                .map_or(("", &[][..]), |(last, full)| (*last, full));
            lines.extend(full.iter().map(|piece| (*piece).to_owned()));
            word = last.to_owned();
            width = width_em(word.trim_end());
            used = 0.0;
        }
        if used > 0.0 && used + width > room {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        used += width_em(&word);
        line.push_str(&word);
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
        let width = advance_em(c);
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
        .map(advance_em)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_parts_give_the_cell_again() {
        let long = "Kế hoạch kiểm tra công tác bảo vệ bí mật nhà nước ".repeat(60);
        let parts = split_row(&[long.clone(), "1".to_owned()], &[40.0, 10.0]);
        assert!(parts.len() > 2, "{}", parts.len());
        let joined: String = parts.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(joined, long);
        assert_eq!(parts[1][1], "");
    }

    #[test]
    fn a_word_wider_than_its_column_gets_breaks() {
        let parts = split_row(&["123456789012345678901234567890".to_owned()], &[12.0]);
        let text = &parts[0][0];
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
    fn an_empty_row_stays_one_row() {
        assert_eq!(split_row(&[String::new()], &[10.0]), [[String::new()]]);
    }
}
