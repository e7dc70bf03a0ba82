//! Words of a text with their places, for the small grammars of citations, actors and deadlines.

use crate::limits::PARAGRAPH_WORDS_MAX;

/// One run of non-blank characters.
#[derive(Debug, Clone)]
pub(crate) struct Token<'a> {
    /// The run as written.
    pub raw: &'a str,
    /// The run without punctuation at its ends.
    pub core: &'a str,
    /// `core` in lower case.
    pub low: String,
    /// Byte offset of `raw`.
    pub start: usize,
    /// Byte offset after `raw`.
    pub end: usize,
}

impl Token<'_> {
    /// Whether the core starts with a capital letter.
    pub fn is_capital(&self) -> bool {
        self.core.chars().next().is_some_and(char::is_uppercase)
    }

    /// Punctuation that follows the core.
    pub fn tail(&self) -> &str {
        self.raw
            .trim_start_matches(is_edge)
            .strip_prefix(self.core)
            .unwrap_or("")
    }
}

/// Punctuation that may stand at either end of a word.
fn is_edge(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '('
            | ')'
            | '['
            | ']'
            | '"'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '…'
            | '?'
            | '!'
    )
}

/// Splits a text into tokens; a paragraph beyond all measure is cut.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut start = None;
    for (at, c) in text
        .char_indices()
        .chain(std::iter::once((text.len(), ' ')))
    {
        if c.is_whitespace() {
            if let Some(from) = start.take() {
                out.extend(token(text, from, at));
                if out.len() >= PARAGRAPH_WORDS_MAX {
                    break;
                }
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    out
}

fn token(text: &str, start: usize, end: usize) -> Option<Token<'_>> {
    let raw = text.get(start..end)?;
    let core = raw.trim_matches(is_edge);
    Some(Token {
        raw,
        core,
        low: core.to_lowercase(),
        start,
        end,
    })
}

/// Whether the words of `phrase` (lower case, blank-separated) stand at token `at`.
/// Returns the index after them.
pub(crate) fn phrase(tokens: &[Token<'_>], at: usize, phrase: &str) -> Option<usize> {
    let mut next = at;
    for word in phrase.split(' ') {
        if tokens.get(next)?.low != word {
            return None;
        }
        next += 1;
    }
    Some(next)
}

/// The first of `phrases` that stands at token `at`; returns the index after it.
pub(crate) fn any_phrase(tokens: &[Token<'_>], at: usize, phrases: &[&str]) -> Option<usize> {
    phrases.iter().find_map(|words| phrase(tokens, at, words))
}

/// A run of ASCII digits of at most `len_max` characters, as a number.
pub(crate) fn number(text: &str, len_max: usize) -> Option<u32> {
    if text.is_empty() || text.len() > len_max || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// A calendar day as written: the year may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    pub day: u32,
    pub month: u32,
    pub year: Option<u32>,
}

impl Day {
    /// ISO date, if the day exists and has a year.
    pub fn iso(self) -> Option<String> {
        let year = self.year?;
        (self.day >= 1 && self.day <= month_days(self.month, year)?)
            .then(|| format!("{year:04}-{:02}-{:02}", self.month, self.day))
    }

    /// `MM-DD`, if such a day exists in some year.
    pub fn month_day(self) -> Option<String> {
        (self.day >= 1 && self.day <= month_days(self.month, 2024)?)
            .then(|| format!("{:02}-{:02}", self.month, self.day))
    }
}

/// Days of a month, none for a month that does not exist.
pub(crate) fn month_days(month: u32, year: u32) -> Option<u32> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            Some(29)
        }
        2 => Some(28),
        _ => None,
    }
}

/// Reads a day at token `at`: `20/3/2022`, `30/11`, `14 tháng 03 năm 2022`, `30 tháng 11`.
/// Returns the day and the index after it.
pub(crate) fn day(tokens: &[Token<'_>], at: usize) -> Option<(Day, usize)> {
    let word = tokens.get(at)?.core;
    if let Some(found) = numeric_day(word) {
        return Some((found, at + 1));
    }
    let day = number(word, 2)?;
    phrase(tokens, at + 1, "tháng")?;
    let third = tokens.get(at + 2)?.core;
    if let Some((month, year)) = month_year(third) {
        return Some((
            Day {
                day,
                month,
                year: Some(year),
            },
            at + 3,
        ));
    }
    let month = number(third, 2)?;
    if phrase(tokens, at + 3, "năm").is_some()
        && let Some(year) = tokens.get(at + 4).and_then(|token| year(token.core))
    {
        return Some((
            Day {
                day,
                month,
                year: Some(year),
            },
            at + 5,
        ));
    }
    Some((
        Day {
            day,
            month,
            year: None,
        },
        at + 3,
    ))
}

/// `20/3/2022`, `20-3-2022`, `20.3.2022` or `30/11`.
fn numeric_day(word: &str) -> Option<Day> {
    let separator = word.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '/' | '-' | '.') {
        return None;
    }
    let mut parts = word.split(separator);
    let day = number(parts.next()?, 2)?;
    let month = number(parts.next()?, 2)?;
    let year = match parts.next() {
        Some(text) => Some(year(text)?),
        None if separator == '/' => None,
        None => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    Some(Day { day, month, year })
}

/// `9/2024` as month and year.
pub(crate) fn month_year(word: &str) -> Option<(u32, u32)> {
    let (month, text) = word.split_once(['/', '-'])?;
    let month = number(month, 2)?;
    (1..=12).contains(&month).then_some(())?;
    Some((month, year(text)?))
}

/// A year of four digits.
pub(crate) fn year(word: &str) -> Option<u32> {
    (word.len() == 4)
        .then(|| number(word, 4))
        .flatten()
        .filter(|year| (1900..2200).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        day(&tokens(text), 0).and_then(|(day, _)| day.iso().or_else(|| day.month_day()))
    }

    #[test]
    fn days_are_read_as_written() {
        assert_eq!(read("20/3/2022).").as_deref(), Some("2022-03-20"));
        assert_eq!(read("14 tháng 03 năm 2022").as_deref(), Some("2022-03-14"));
        assert_eq!(read("30 tháng 11 hằng năm").as_deref(), Some("11-30"));
        assert_eq!(read("30/11").as_deref(), Some("11-30"));
        assert_eq!(read("29/2/2023"), Some("02-29".to_owned()));
        assert_eq!(read("29/02/2024").as_deref(), Some("2024-02-29"));
        assert_eq!(read("02/CT-TTg"), None);
        assert_eq!(read("26/2020/NĐ-CP"), None);
    }

    #[test]
    fn cores_lose_their_punctuation() {
        let text = "(USB, “thẻ nhớ”...),";
        let all = tokens(text);
        let cores: Vec<&str> = all.iter().map(|token| token.core).collect();
        assert_eq!(cores, ["USB", "thẻ", "nhớ"]);
        assert_eq!(all.first().map(Token::tail), Some(","));
    }
}
