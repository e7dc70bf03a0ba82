//! What the parts of a package are by `[Content_Types].xml` (ECMA-376 part 2, 7.2.3): the names of parts are only a habit.

use std::collections::BTreeMap;

use quick_xml::events::BytesStart;

use super::Part;
use crate::content::Place;
use crate::formats::xml::{self, Fault, Walk};

/// Content types by part and by extension, both in lower case.
#[derive(Debug, Default)]
pub(super) struct Types {
    parts: BTreeMap<String, String>,
    extensions: BTreeMap<String, String>,
}

impl Types {
    /// What the table tells of a part, where it is one whose text has a place of its own.
    pub(super) fn part(&self, path: &str) -> Option<Part> {
        part(self.of(path)?)
    }

    /// The first part whose content type has this end.
    pub(super) fn named(&self, end: &str) -> Option<&str> {
        let mut parts = self.parts.iter();
        parts
            .find(|(_, kind)| kind.ends_with(end))
            .map(|(path, _)| path.as_str())
    }

    fn of(&self, path: &str) -> Option<&str> {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        let kind = self.parts.get(path);
        kind.or_else(|| self.extensions.get(extension))
            .map(String::as_str)
    }
}

impl Walk for Types {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        let said = |name| xml::attribute(element, name).map(|value| value.to_lowercase());
        let Some(kind) = said("ContentType") else {
            return Ok(());
        };
        match (name, said("PartName"), said("Extension")) {
            ("Override", Some(path), _) => {
                let path = path.trim_start_matches('/').to_owned();
                self.parts.insert(path, kind);
            }
            ("Default", _, Some(extension)) => {
                self.extensions.insert(extension, kind);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &str) -> Result<(), Fault> {
        Ok(())
    }

    fn text(&mut self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

/// Types of Word, Excel and PowerPoint, with and without macros, document and template.
fn part(kind: &str) -> Option<Part> {
    let kind = kind.strip_suffix("+xml")?;
    let (family, name) = kind
        .rsplit_once("ml.")
        .or_else(|| kind.rsplit_once("ms-"))?;
    let word = family.ends_with("wordprocessing") || name.starts_with("word.");
    Some(match name {
        "document.glossary" if word => Part::Word(Place::Body),
        "header" if word => Part::Word(Place::Header),
        "footer" if word => Part::Word(Place::Footer),
        "footnotes" | "endnotes" if word => Part::Word(Place::Note),
        "comments" if word => Part::Word(Place::Comment),
        _ if word && name.ends_with(".main") => Part::Word(Place::Body),
        "worksheet" | "chartsheet" | "dialogsheet" | "excel.macrosheet" => Part::Sheet,
        "slide" => Part::Slide(Place::Body),
        "notesslide" => Part::Slide(Place::Note),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_part_tells_what_it_is() {
        let of = |name: &str| part(&format!("application/{name}+xml"));
        let word = |name: &str| {
            of(&format!(
                "vnd.openxmlformats-officedocument.wordprocessingml.{name}"
            ))
        };
        assert_eq!(word("document.main"), Some(Part::Word(Place::Body)));
        assert_eq!(word("template.main"), Some(Part::Word(Place::Body)));
        assert_eq!(word("header"), Some(Part::Word(Place::Header)));
        assert_eq!(word("styles"), None);
        assert_eq!(
            of("vnd.ms-word.document.macroenabled.main"),
            Some(Part::Word(Place::Body))
        );
        let sheet = "vnd.openxmlformats-officedocument.spreadsheetml.worksheet";
        assert_eq!(of(sheet), Some(Part::Sheet));
        assert_eq!(of("vnd.ms-excel.macrosheet"), Some(Part::Sheet));
        assert_eq!(
            of("vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"),
            None
        );
        assert_eq!(
            of("vnd.openxmlformats-officedocument.presentationml.notesslide"),
            Some(Part::Slide(Place::Note))
        );
        assert_eq!(part("application/xml"), None);
    }
}
