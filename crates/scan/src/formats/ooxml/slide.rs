//! DrawingML text: slides, their notes and masters, charts, diagrams, drawings of sheets, comments of sheets.

use super::Alternatives;
use crate::content::{Piece, Place, Sink};
use crate::formats::legacy_font::{self, Encoding};
use crate::formats::xml::{self, Fault, Walk, attribute};
use quick_xml::events::BytesStart;

/// Reads a part whose text stands at `place`.
///
/// # Errors
/// [`Fault`] as [`xml::walk`].
pub(super) fn read(
    bytes: &[u8],
    place: Place,
    page: Option<u32>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut walker = Slide {
        sink,
        place,
        page,
        table: 0,
        in_text: false,
        in_value: false,
        font: None,
        stretches: Vec::new(),
        bold: false,
        hidden: false,
        is_box: false,
        alternatives: Alternatives::default(),
    };
    let done = xml::walk(bytes, &mut walker);
    let rest = walker.flush();
    done.and(rest)
}

struct Slide<'s> {
    sink: &'s mut dyn Sink,
    place: Place,
    page: Option<u32>,
    /// Depth of table cells.
    table: usize,
    in_text: bool,
    in_value: bool,
    font: Option<Encoding>,
    stretches: Vec<(Option<Encoding>, String)>,
    bold: bool,
    /// The slide is skipped in a show.
    hidden: bool,
    is_box: bool,
    alternatives: Alternatives,
}

impl Slide<'_> {
    fn say(&mut self, place: Place, text: &str, emphasised: bool) -> Result<(), Fault> {
        for line in text.split('\n') {
            if line.trim().is_empty() || self.alternatives.is_told(line) {
                continue;
            }
            self.sink.piece(Piece {
                page: self.page,
                emphasised,
                ..Piece::new(place, line)
            })?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Fault> {
        let mut text = String::new();
        for (encoding, part) in std::mem::take(&mut self.stretches) {
            match encoding {
                Some(encoding) => text.push_str(&legacy_font::decode(encoding, &part)),
                None => text.push_str(&part),
            }
        }
        let place = if self.hidden {
            Place::Hidden
        } else if self.place == Place::Body && self.table > 0 {
            Place::TableCell
        } else if self.place == Place::Body && self.is_box {
            Place::TextBox
        } else {
            self.place
        };
        let emphasised = std::mem::take(&mut self.bold);
        self.say(place, &text, emphasised)
    }

    fn push(&mut self, text: &str) {
        match self.stretches.last_mut() {
            Some((encoding, last)) if *encoding == self.font => last.push_str(text),
            _ => self.stretches.push((self.font, text.to_owned())),
        }
    }
}

impl Walk for Slide<'_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        self.alternatives.open(name);
        match name {
            "sld" => {
                self.hidden = attribute(element, "show").is_some_and(|show| show == "0");
            }
            "t" => self.in_text = true,
            // Cached labels of charts.
            "v" => self.in_value = true,
            "r" | "fld" => self.font = None,
            "rPr" => self.bold |= attribute(element, "b").is_some_and(|bold| bold == "1"),
            "b" => self.bold = true,
            "latin" | "ea" | "cs" => {
                if let Some(font) = attribute(element, "typeface") {
                    self.font = self.font.or(legacy_font::encoding(&font));
                }
            }
            "rFont" => {
                if let Some(font) = attribute(element, "val") {
                    self.font = legacy_font::encoding(&font);
                }
            }
            "br" => self.push("\n"),
            "tab" => self.push("\t"),
            "tc" => self.table += 1,
            "sp" => self.is_box = false,
            "cNvSpPr" => {
                self.is_box = attribute(element, "txBox").is_some_and(|value| value == "1");
            }
            "cNvPr" | "docPr" => {
                for key in ["descr", "title"] {
                    if let Some(text) = attribute(element, key) {
                        self.say(Place::Label, &text, false)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        self.alternatives.close(name);
        match name {
            "t" => self.in_text = false,
            "v" => {
                self.in_value = false;
                self.flush()?;
            }
            "p" | "text" | "author" => self.flush()?,
            "tc" => self.table = self.table.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        if self.in_text || self.in_value && text.chars().any(char::is_alphabetic) {
            self.push(text);
        }
        Ok(())
    }
}
