//! Joins the lines that a copy broke, and finds the list mark of each paragraph.

use super::markers::{Marker, Rank, marker};
use crate::text;

/// A paragraph with its list mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paragraph {
    pub marker: Option<Marker>,
    pub text: String,
}

/// Longest heading in capitals that may go on over another line, in bytes.
const HEADING_BYTES_MAX: usize = 2_000;

/// How the lines of a document were broken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wrapping {
    /// Widest line in characters, if the lines were broken at a width.
    width: Option<usize>,
    /// Whether the first line of an item was broken early, as law sites do.
    ragged: bool,
}

impl Wrapping {
    /// Looks at all lines of a document.
    pub fn of(lines: &[String]) -> Self {
        let mut widths: Vec<usize> = lines
            .iter()
            .map(|line| line.chars().count())
            .filter(|width| *width > 0)
            .collect();
        widths.sort_unstable();
        let widest = widths.last().copied().unwrap_or(0);
        // A page line holds at most about 110 characters; paragraphs of one line exceed it.
        let width = (widths.len() >= 8 && widest <= 140).then_some(widest);
        let Some(limit) = width else {
            return Self {
                width: None,
                ragged: false,
            };
        };
        let (mut short, mut continued) = (0usize, 0usize);
        for pair in lines.windows(2) {
            let [first, second] = pair else { continue };
            if marker(first).is_some()
                && first.chars().count() * 2 < limit
                && !is_ended(first)
                && !text::is_capitals(first)
            {
                short += 1;
                continued += usize::from(second.starts_with(char::is_lowercase));
            }
        }
        Self {
            width,
            ragged: short > 0 && continued * 3 >= short,
        }
    }

    /// Whether `next` would not have fitted on the line that ends here.
    fn is_full(self, line: &str, next: &str) -> bool {
        let Some(width) = self.width else {
            return false;
        };
        let word = next.split(' ').next().unwrap_or("").chars().count();
        (line.chars().count() + 1 + word) * 100 >= width * 93
    }

    /// Whether a line at least reaches the middle of the page.
    fn is_long(self, line: &str) -> bool {
        self.width
            .is_some_and(|width| line.chars().count() * 100 >= width * 60)
    }
}

/// Whether a line ends a sentence or an item.
fn is_ended(line: &str) -> bool {
    line.trim_end_matches(['"', '”', ')', ' '])
        .ends_with(['.', ';', ':', '?', '!', '…'])
}

/// Joins lines to paragraphs.
pub(crate) fn paragraphs(lines: &[String], wrapping: Wrapping) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let mut last: Option<&str> = None;
    let mut gap = false;
    for line in lines {
        if line.is_empty() {
            gap = true;
            continue;
        }
        let mark = marker(line);
        let joined = match (out.last(), last) {
            (Some(paragraph), Some(last)) => joins(
                paragraph,
                last,
                line,
                mark.as_ref().map(|(mark, _)| mark),
                gap,
                wrapping,
            ),
            _ => false,
        };
        match (joined, out.last_mut()) {
            (true, Some(paragraph)) => {
                append(&mut paragraph.text, line);
            }
            _ => out.push(match mark {
                Some((marker, rest)) => Paragraph {
                    marker: Some(marker),
                    text: rest.to_owned(),
                },
                None => Paragraph {
                    marker: None,
                    text: line.clone(),
                },
            }),
        }
        last = Some(line);
        gap = false;
    }
    out
}

/// Adds a line; a word broken at its hyphen is joined without a blank.
pub(crate) fn append(text: &mut String, line: &str) {
    let mut end = text.chars().rev();
    let hyphen = end.next() == Some('-') && end.next().is_some_and(char::is_alphanumeric);
    if !hyphen {
        text.push(' ');
    }
    text.push_str(line);
}

/// Whether `line` continues `paragraph`, whose last line was `last`.
fn joins(
    paragraph: &Paragraph,
    last: &str,
    line: &str,
    mark: Option<&Marker>,
    gap: bool,
    wrapping: Wrapping,
) -> bool {
    let ended = is_ended(last);
    if let Some(mark) = mark {
        // "viễn thông\n- Internet": a dash inside a sentence that the page broke.
        let dash = matches!(mark.rank, Rank::Dash | Rank::Plus);
        return dash
            && !gap
            && !ended
            && !last.ends_with(',')
            && wrapping.is_full(last, line)
            && paragraph
                .marker
                .as_ref()
                .is_none_or(|own| own.rank < Rank::Dash);
    }
    let heading = paragraph.text.len() <= HEADING_BYTES_MAX && text::is_capitals(&paragraph.text);
    if heading || text::is_capitals(line) {
        return !gap && heading && text::is_capitals(line);
    }
    let lower = line.starts_with(char::is_lowercase);
    if ended {
        return !gap && wrapping.is_full(last, line) && (lower || !last.ends_with([':', ';']));
    }
    if gap || wrapping.width.is_none() {
        return lower || (line.starts_with('(') && !gap);
    }
    if line.starts_with(['(', ')', ',', ';']) || lower {
        return true;
    }
    wrapping.is_long(last)
        || (wrapping.ragged && paragraph.marker.is_some())
        || wrapping.is_full(last, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(lines: &[&str]) -> Vec<String> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        paragraphs(&lines, Wrapping::of(&lines))
            .into_iter()
            .map(|paragraph| paragraph.text)
            .collect()
    }

    #[test]
    fn a_web_copy_is_joined() {
        let got = join(&[
            "II. NHIỆM VỤ",
            "TRỌNG TÂM",
            "1. Tiếp tục tổ chức quán triệt",
            "Luật bảo vệ bí mật nhà nước và các văn bản hướng dẫn thi hành; Chỉ thị số",
            "02/CT-TTg ngày 04/7/2018 của Thủ tướng Chính phủ về quản lý nhà nước về viễn",
            "- Internet và các mạng khác trên địa bàn.",
            "2. Sở Tư pháp phối hợp với Công",
            "an tỉnh làm tốt công tác phổ biến các văn bản quy phạm pháp luật liên quan đến",
            "công tác bảo vệ bí mật nhà nước.",
        ]);
        assert_eq!(got.len(), 3);
        assert_eq!(got[0], "NHIỆM VỤ TRỌNG TÂM");
        assert!(
            got[1].contains("triệt Luật bảo vệ")
                && got[1].ends_with("viễn - Internet và các mạng khác trên địa bàn.")
        );
        assert!(got[2].starts_with("Sở Tư pháp phối hợp với Công an tỉnh"));
    }

    #[test]
    fn a_page_break_inside_a_sentence_is_joined() {
        let long = "x".repeat(300) + ".";
        assert_eq!(
            join(&[
                &long,
                "",
                "một số cán",
                "",
                "bộ, đảng viên còn chủ quan.",
                "",
                "Tuy nhiên, còn hạn chế."
            ]),
            [
                long.as_str(),
                "một số cán bộ, đảng viên còn chủ quan.",
                "Tuy nhiên, còn hạn chế."
            ]
        );
    }

    #[test]
    fn short_headings_stand_alone() {
        let long = "y".repeat(200);
        assert_eq!(
            join(&["2. Công an tỉnh", "Chủ trì thực hiện.", &long]),
            ["Công an tỉnh", "Chủ trì thực hiện.", long.as_str()]
        );
    }
}
