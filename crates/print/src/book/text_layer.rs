//! The text layer of a printed book page, and how to read it back.
//!
//! A verifier has only the PDF. Every cell is therefore followed by marks that the eye does not see (0.1 pt, white) but every
//! text extractor gives back in content order (`pdftotext -raw`, hayro). The grammar of one sheet:
//!
//! ```text
//! sheet = anything "╠" page-number "╣" row* anything
//! row   = (cell-text "╫"){columns} end
//! end   = "╬"   an entry that stands
//!       | "╩"   an entry struck through
//!       | "╪"   the entry goes on in the next row, cell by cell (a text too long for one row)
//! ```
//!
//! Rules, the same for printing and for reading:
//! 1. Cells are printed as [`cell_text`] gives them: NFC, no control or direction characters, marks replaced by `+`, characters
//!    outside the fonts by `□`.
//! 2. A row never breaks across two sheets; a page may. Each sheet repeats `╠n╣`, so the sheets of a page are joined by `n`.
//! 3. Reading removes every blank (line ends are not meaningful in a wrapped cell). The rows compared and hashed are those of
//!    [`compact_row`]: cells without blanks, and for a struck row one further cell [`STRUCK_CELL`], so that a strike cannot be
//!    taken away unseen.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::typeset::advance_em;

/// Opens the number of a page.
pub(crate) const PAGE_OPEN: char = '╠';
/// Closes the number of a page.
pub(crate) const PAGE_CLOSE: char = '╣';
/// Ends a cell.
pub(crate) const CELL_END: char = '╫';
/// Ends an entry that stands.
pub(crate) const ROW_END: char = '╬';
/// Ends an entry that is struck through.
pub(crate) const STRUCK_END: char = '╩';
/// The entry goes on in the next row.
pub(crate) const GOES_ON: char = '╪';

const MARKS: [char; 6] = [
    PAGE_OPEN, PAGE_CLOSE, CELL_END, ROW_END, STRUCK_END, GOES_ON,
];

/// Further cell of a struck row in compared rows.
pub const STRUCK_CELL: &str = "gạch";

/// One page read back from the text layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRows {
    /// Page number in the book.
    pub page: u32,
    /// Rows of cells without blanks; see [`compact_row`].
    pub rows: Vec<Vec<String>>,
}

/// The text of a cell as it is printed: NFC, one blank between words, line ends kept, nothing invisible.
#[must_use]
pub fn cell_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        let printed = match c {
            '\n' => '\n',
            c if c.is_whitespace() => ' ',
            c if c.is_control() || is_invisible(c) => continue,
            c if MARKS.contains(&c) => '+',
            c if advance_em(c).is_none() => '□',
            c => c,
        };
        let after_blank = out.is_empty() || out.ends_with([' ', '\n']);
        match printed {
            ' ' if after_blank => {}
            '\n' => {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
            }
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// Soft hyphens, joiners, direction marks and the byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}')
}

/// A row as a verifier compares and hashes it: cells as printed, without any blank, and [`STRUCK_CELL`] for a struck row.
#[must_use]
pub fn compact_row(cells: &[String], struck: bool) -> Vec<String> {
    let mut row: Vec<String> = cells.iter().map(|cell| compact(&cell_text(cell))).collect();
    if struck {
        row.push(STRUCK_CELL.to_owned());
    }
    row
}

fn compact(text: &str) -> String {
    text.nfc()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c))
        .collect()
}

/// Reads one sheet, or several sheets of one page one after the other, given the extracted text in content order.
///
/// `None` when the text holds no page, two different pages, or rows that do not follow the grammar above.
#[must_use]
pub fn parse_page_text(text: &str) -> Option<Vec<Vec<String>>> {
    let mut pages = parse_pages(&[text])?;
    match (pages.pop(), pages.is_empty()) {
        (Some(page), true) => Some(page.rows),
        _ => None,
    }
}

/// Reads a whole document, sheet by sheet in content order, and joins the sheets of each page. Sheets without a page (the cover)
/// are passed over.
///
/// `None` when a sheet does not follow the grammar of this module, or a cell of its last row is left open.
#[must_use]
pub fn parse_pages<S: AsRef<str>>(sheets: &[S]) -> Option<Vec<PageRows>> {
    let mut bodies: BTreeMap<u32, String> = BTreeMap::new();
    for sheet in sheets {
        let text = compact(sheet.as_ref());
        for part in text.split(PAGE_OPEN).skip(1) {
            let (number, body) = part.split_once(PAGE_CLOSE)?;
            let last = body.rfind([ROW_END, STRUCK_END, GOES_ON]);
            let rows = last
                .and_then(|at| body.get(..at + ROW_END.len_utf8()))
                .unwrap_or_default();
            if last.is_none() && body.contains(CELL_END) {
                return None;
            }
            bodies
                .entry(number.parse().ok()?)
                .or_default()
                .push_str(rows);
        }
    }
    bodies
        .into_iter()
        .map(|(page, body)| {
            Some(PageRows {
                page,
                rows: parse_rows(&body)?,
            })
        })
        .collect()
}

fn parse_rows(body: &str) -> Option<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for piece in body.split_inclusive([ROW_END, STRUCK_END, GOES_ON]) {
        let end = piece.chars().next_back()?;
        let cells = piece.strip_suffix(end)?.strip_suffix(CELL_END)?;
        let mut row = join(open.take(), cells.split(CELL_END))?;
        match end {
            GOES_ON => open = Some(row),
            STRUCK_END => {
                row.push(STRUCK_CELL.to_owned());
                rows.push(row);
            }
            _ => rows.push(row),
        }
    }
    open.is_none().then_some(rows)
}

fn join<'a>(
    open: Option<Vec<String>>,
    cells: impl Iterator<Item = &'a str>,
) -> Option<Vec<String>> {
    let cells: Vec<&str> = cells.collect();
    let Some(mut row) = open else {
        return Some(cells.into_iter().map(str::to_owned).collect());
    };
    if row.len() != cells.len() {
        return None;
    }
    for (cell, more) in row.iter_mut().zip(cells) {
        cell.push_str(more);
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_not_printed() {
        assert_eq!(cell_text("  a\u{200b}b \t c\u{202e}\r\n d "), "ab c\nd");
        assert_eq!(cell_text("x╬y 😀"), "x+y □");
        // Decomposed Vietnamese becomes composed.
        assert_eq!(cell_text("tie\u{302}\u{301}ng"), "tiếng");
    }

    #[test]
    fn rows_are_read_with_their_strikes_and_continuations() {
        let text = "SỔ\n╠7╣ 1╫Kế hoạch \n bảo vệ╫╪ ╫ bí mật╫╬\n2╫ Tờ trình╫╩ Trang 7";
        let rows = parse_page_text(text).unwrap();
        assert_eq!(
            rows,
            [
                vec!["1", "Kếhoạchbảovệbímật"],
                vec!["2", "Tờtrình", STRUCK_CELL]
            ]
        );
    }

    #[test]
    fn sheets_of_a_page_are_joined_and_the_cover_passed_over() {
        let pages =
            parse_pages(&["SỔ ĐĂNG KÝ", "╠1╣a╫╬ chân trang", "╠2╣b╫╬", "╠2╣c╫╬", "╠3╣"]).unwrap();
        let rows: Vec<(u32, usize)> = pages.iter().map(|p| (p.page, p.rows.len())).collect();
        assert_eq!(rows, [(1, 1), (2, 2), (3, 0)]);
    }

    #[test]
    fn broken_layers_are_refused() {
        for text in [
            "",
            "no page",
            "╠x╣a╫╬",
            "╠1╣a╫",
            "╠1╣a╬",
            "╠1╣a╫b╫╪a╫╬",
            "╠1╣a╫╪",
            "╠1╣a╫╬╠2╣b╫╬",
        ] {
            assert_eq!(parse_page_text(text), None, "{text}");
        }
    }
}
