//! Messages about the law pack: where, what, and what to do.

use std::{fmt, ops::Range, sync::Arc};

/// A place in a file of the pack.
#[derive(Debug, Clone)]
pub struct Place {
    /// Path inside the pack: `rules/terms.toml`.
    pub path: Arc<str>,
    /// The whole text of the file.
    pub text: Arc<str>,
    /// Bytes of the text that the message is about.
    pub span: Range<usize>,
}

/// One refusal, with everything needed to find and mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code: `LAW-GAP`.
    pub code: &'static str,
    /// What is wrong, lower case, no final stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Path inside the pack.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line the place stands on.
    pub source_line: String,
    /// How many characters the caret underlines, at least one.
    pub width: usize,
}

impl Diagnostic {
    /// A message about a place.
    #[must_use]
    pub fn new(
        code: &'static str,
        place: &Place,
        message: String,
        help: impl Into<String>,
    ) -> Self {
        let text: &str = &place.text;
        let mut start = place.span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = text.get(line_start..).unwrap_or_default();
        let source_line = rest
            .split('\n')
            .next()
            .unwrap_or_default()
            .trim_end_matches('\r');
        let column = text
            .get(line_start..start)
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        let on_line = source_line.chars().count().saturating_sub(column - 1);
        let wanted = text
            .get(start..place.span.end)
            .map_or(1, |span| span.chars().count());
        Self {
            code,
            message,
            help: help.into(),
            path: place.path.to_string(),
            line: before.matches('\n').count() + 1,
            column,
            source_line: source_line.to_owned(),
            width: wanted.min(on_line).max(1),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent: String = self
            .source_line
            .chars()
            .take(self.column - 1)
            .map(blank)
            .collect();
        writeln!(out, "error[{}]: {}", self.code, self.message)?;
        writeln!(
            out,
            "{margin}--> {}:{}:{}",
            self.path, self.line, self.column
        )?;
        writeln!(out, "{margin} |")?;
        writeln!(out, "{number} | {}", self.source_line)?;
        writeln!(out, "{margin} | {indent}{}", "^".repeat(self.width))?;
        writeln!(out, "{margin} = help: {}", self.help)
    }
}

/// A blank as wide as the character, so that carets stand under tabs too.
const fn blank(character: char) -> char {
    if character == '\t' { '\t' } else { ' ' }
}

/// The valid name nearest to a mistyped one, for `did you mean`.
#[must_use]
pub fn nearest<'a>(wrong: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = wrong.chars().count();
    let limit = (letters / 3).max(if letters < 4 { 1 } else { 2 });
    let distances = valid.into_iter().map(|name| (distance(wrong, name), name));
    distances
        .filter(|(far, _)| *far <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Edit distance (insert, delete, replace) in characters.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(crate::limits::NAME_CHARS_MAX).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().take(crate::limits::NAME_CHARS_MAX).enumerate() {
        let mut next = vec![at + 1];
        for (other, (replace, delete)) in right.iter().zip(row.iter().zip(row.iter().skip(1))) {
            let insert = next.last().copied().unwrap_or_default();
            let replaced = replace + usize::from(*other != letter);
            next.push(replaced.min(delete + 1).min(insert + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_words() {
        let text = "a = 1\n\ttên = \"độ mật\"\n";
        let start = text.find("\"độ").expect("the value");
        let place = Place {
            path: "rules/x.toml".into(),
            text: text.into(),
            span: start..start + "\"độ mật\"".len(),
        };
        let shown =
            Diagnostic::new("LAW-TEST", &place, "wrong value".to_owned(), "mend it").to_string();
        let expected = "error[LAW-TEST]: wrong value\n --> rules/x.toml:2:8\n  |\n2 | \ttên = \"độ mật\"\n  | \t      ^^^^^^^^\n  = help: mend it\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        assert_eq!(
            nearest("giam_doc_s", ["giam_doc_so", "thu_tuong"]),
            Some("giam_doc_so")
        );
        assert_eq!(nearest("xyz", ["giam_doc_so", "thu_tuong"]), None);
    }
}
