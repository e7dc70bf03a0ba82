//! Automatic numbers: Word keeps `1.` and `a)` apart from the text.

use super::{attribute, events};
use crate::error::ReadError;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// Deepest list level.
const LEVELS_MAX: u8 = 9;

/// One level of a list.
#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    text: String,
    start: u32,
}

/// The lists of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbering {
    /// Abstract list and level to its look.
    levels: BTreeMap<(String, u8), Level>,
    /// List to abstract list.
    lists: BTreeMap<String, String>,
    /// Paragraph style to list and level.
    styles: BTreeMap<String, (String, u8)>,
}

/// Where each list stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Counters {
    counts: BTreeMap<(String, u8), u32>,
}

impl Numbering {
    pub fn read(numbering: &str, styles: &str) -> Result<Self, ReadError> {
        let mut out = Self::default();
        let mut state = State::default();
        events("word/numbering.xml", numbering, |event| {
            if let Event::Start(element) | Event::Empty(element) = &event {
                out.element(element, &mut state);
            }
            Ok(())
        })?;
        let mut style: Option<String> = None;
        let mut list: Option<String> = None;
        let mut level = 0u8;
        events("word/styles.xml", styles, |event| {
            match &event {
                Event::Start(element) | Event::Empty(element) => {
                    match element.local_name().as_ref() {
                        "style" => (style, list, level) = (attribute(element, "styleId"), None, 0),
                        "numId" => list = attribute(element, "val"),
                        "ilvl" => level = number(element).unwrap_or(0),
                        _ => {}
                    }
                }
                Event::End(element) if AsRef::<str>::as_ref(&element.local_name()) == "style" => {
                    if let (Some(style), Some(list)) = (style.take(), list.take()) {
                        out.styles.insert(style, (list, level));
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(out)
    }

    fn element(&mut self, element: &BytesStart<'_>, state: &mut State) {
        match element.local_name().as_ref() {
            "abstractNum" => state.r#abstract = attribute(element, "abstractNumId"),
            "lvl" => {
                state.level = attribute(element, "ilvl")
                    .and_then(|value| value.parse().ok())
                    .filter(|level| *level < LEVELS_MAX)
            }
            "num" => (state.list, state.r#abstract) = (attribute(element, "numId"), None),
            "abstractNumId" => {
                if let (Some(list), Some(value)) = (&state.list, attribute(element, "val")) {
                    self.lists.insert(list.clone(), value);
                }
            }
            name @ ("start" | "numFmt" | "lvlText") => {
                if let (Some(found), Some(level)) = (&state.r#abstract, state.level) {
                    let entry = self
                        .levels
                        .entry((found.clone(), level))
                        .or_insert_with(|| Level {
                            start: 1,
                            ..Level::default()
                        });
                    let value = attribute(element, "val").unwrap_or_default();
                    match name {
                        "start" => entry.start = value.parse().unwrap_or(1),
                        "numFmt" => entry.format = value,
                        _ => entry.text = value,
                    }
                }
            }
            _ => {}
        }
    }

    /// The number of a paragraph, counted on; none for a paragraph outside lists.
    pub fn label(
        &self,
        list: Option<&str>,
        level: Option<u8>,
        style: Option<&str>,
        counters: &mut Counters,
    ) -> Option<String> {
        let styled = style.and_then(|style| self.styles.get(style));
        let list = list
            .or(styled.map(|(list, _)| list.as_str()))
            .filter(|list| *list != "0")?;
        let level = level.or(styled.map(|(_, level)| *level)).unwrap_or(0);
        let found = self.lists.get(list)?;
        let look = self.levels.get(&(found.clone(), level))?;
        let count = counters
            .counts
            .entry((found.clone(), level))
            .or_insert_with(|| look.start.saturating_sub(1));
        *count = count.saturating_add(1);
        for deeper in level + 1..LEVELS_MAX {
            counters.counts.remove(&(found.clone(), deeper));
        }
        Some(self.write(found, look, counters))
    }

    fn write(&self, list: &str, look: &Level, counters: &Counters) -> String {
        if look.format == "bullet" {
            return "-".to_owned();
        }
        if look.format == "none" {
            return String::new();
        }
        let mut out = String::new();
        let mut chars = look.text.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let Some(level) = chars
                .next()
                .and_then(|digit| digit.to_digit(10))
                .and_then(|digit| u8::try_from(digit).ok())
                .and_then(|digit| digit.checked_sub(1))
            else {
                continue;
            };
            let key = (list.to_owned(), level);
            let count = counters.counts.get(&key).copied().unwrap_or(1);
            out.push_str(&digits(
                count,
                self.levels
                    .get(&key)
                    .map_or("decimal", |look| look.format.as_str()),
            ));
        }
        out
    }
}

#[derive(Default)]
struct State {
    r#abstract: Option<String>,
    list: Option<String>,
    level: Option<u8>,
}

fn number(element: &BytesStart<'_>) -> Option<u8> {
    attribute(element, "val")?.parse().ok()
}

/// A count in the format of its level.
fn digits(count: u32, format: &str) -> String {
    match format {
        "upperRoman" => roman(count),
        "lowerRoman" => roman(count).to_lowercase(),
        "lowerLetter" => letter(count, 'a'),
        "upperLetter" => letter(count, 'A'),
        "decimalZero" => format!("{count:02}"),
        _ => count.to_string(),
    }
}

fn letter(count: u32, first: char) -> String {
    let index = count.saturating_sub(1) % 26;
    char::from_u32(u32::from(first) + index)
        .map(String::from)
        .unwrap_or_default()
}

fn roman(count: u32) -> String {
    const PARTS: [(u32, &str); 9] = [
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = count.min(399);
    let mut out = String::new();
    for (value, digits) in PARTS {
        while rest >= value {
            out.push_str(digits);
            rest -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl><w:lvl w:ilvl="2"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl><w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl></w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"#;

    #[test]
    fn numbers_are_counted_on() {
        let lists = Numbering::read(LISTS, r#"<w:styles xmlns:w="w"><w:style w:styleId="M"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style></w:styles>"#).unwrap();
        let mut counters = Counters::default();
        let mut next = |level: u8| {
            lists
                .label(Some("3"), Some(level), None, &mut counters)
                .unwrap()
        };
        let got: Vec<String> = [0, 1, 1, 2, 2, 3, 1, 0, 1].map(&mut next).into();
        assert_eq!(got, ["I.", "1.", "2.", "a)", "b)", "-", "3.", "II.", "1."]);
        assert_eq!(
            lists.label(None, None, Some("M"), &mut counters).as_deref(),
            Some("2.")
        );
        assert_eq!(lists.label(None, None, None, &mut counters), None);
        assert_eq!(roman(19), "XIX");
    }
}
