//! The outline as data.

use serde::Deserialize;

use super::{Fill, Item, Part, Section};
use crate::PrintError;

const NAME: &str = "self-inspection.toml";
const TEXT: &str = include_str!("../../../../law/outlines/self-inspection.toml");

/// An empty report: subject and sections, every item and point with one [`Fill::Blank`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What the report is about.
    pub subject: String,
    /// Sections with blank items.
    pub sections: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    subject: String,
    section: Vec<FileSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSection {
    number: String,
    heading: String,
    heading_2025: Option<String>,
    #[serde(default)]
    item: Vec<FileItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileItem {
    key: String,
    heading: String,
    heading_2025: Option<String>,
    hint: Option<String>,
    #[serde(default)]
    part: Vec<FilePart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePart {
    key: String,
    heading: String,
}

/// The outline in the wording of the 2018 law, as the provincial plan gave it.
///
/// # Errors
/// [`PrintError::Outline`] when the data inside the program is damaged.
pub fn outline() -> Result<Outline, PrintError> {
    read(|old, _| old)
}

/// The same outline for periods from 1 March 2026: items that named articles and forms of the repealed rules name none.
///
/// # Errors
/// [`PrintError::Outline`] when the data inside the program is damaged.
pub fn outline_from_2026() -> Result<Outline, PrintError> {
    read(|old, new| new.unwrap_or(old))
}

fn read(choose: impl Fn(String, Option<String>) -> String) -> Result<Outline, PrintError> {
    let file: File = toml::from_str(TEXT).map_err(|e| PrintError::Outline {
        name: NAME,
        message: e.message().to_owned(),
    })?;
    let item = |item: FileItem| Item {
        key: item.key,
        heading: choose(item.heading, item.heading_2025),
        hint: item.hint,
        // An item that consists of points has no content of its own.
        fill: if item.part.is_empty() {
            vec![Fill::Blank]
        } else {
            Vec::new()
        },
        parts: item
            .part
            .into_iter()
            .map(|p| Part {
                key: p.key,
                heading: p.heading,
                fill: vec![Fill::Blank],
            })
            .collect(),
    };
    let section = |section: FileSection| Section {
        number: section.number,
        heading: choose(section.heading, section.heading_2025),
        items: section.item.into_iter().map(&item).collect(),
    };
    Ok(Outline {
        subject: file.subject,
        sections: file.section.into_iter().map(section).collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sections_are_those_of_the_source() {
        let outline = outline().unwrap();
        let numbers: Vec<(&str, usize)> = outline
            .sections
            .iter()
            .map(|s| (s.number.as_str(), s.items.len()))
            .collect();
        assert_eq!(
            numbers,
            [
                ("1", 0),
                ("1.1", 3),
                ("1.2", 3),
                ("2", 0),
                ("2.1", 9),
                ("2.2", 5),
                ("3", 2)
            ]
        );
    }

    #[test]
    fn every_key_is_used_once() {
        let outline = outline().unwrap();
        let items = outline.sections.iter().flat_map(|s| &s.items);
        let keys: Vec<&str> = items
            .flat_map(|i| {
                std::iter::once(i.key.as_str()).chain(i.parts.iter().map(|p| p.key.as_str()))
            })
            .collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn wording_from_2026_names_no_repealed_form() {
        let new = outline_from_2026().unwrap();
        let text = format!("{new:?}");
        assert!(
            !text.contains("24/2020/TT-BCA") && !text.contains("Điều 28"),
            "{text}"
        );
        assert_eq!(new.sections.len(), outline().unwrap().sections.len());
    }
}
