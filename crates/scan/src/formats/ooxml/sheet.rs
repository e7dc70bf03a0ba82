//! SpreadsheetML: names of sheets, cells in their order, heads and feet of the printed page.

use crate::content::{Piece, Place, Sink};
use crate::formats::legacy_font::{self, Encoding};
use crate::formats::xml::{self, Fault, Walk, attribute};
use quick_xml::events::BytesStart;

/// Strings, fonts and names that the sheets refer to.
#[derive(Debug, Default)]
pub(super) struct Workbook {
    strings: Vec<Shared>,
    /// Encoding of each cell format.
    formats: Vec<Option<Encoding>>,
    /// Fonts of the workbook in their order.
    fonts: Vec<Option<Encoding>>,
}

/// One shared string: plain text, and the text with the encodings of its runs.
#[derive(Debug, Default)]
struct Shared {
    stretches: Vec<(Option<Encoding>, String)>,
}

impl Shared {
    /// The text in a cell of the given font.
    fn text(&self, cell: Option<Encoding>) -> String {
        self.stretches
            .iter()
            .map(|(own, text)| match own.or(cell) {
                Some(encoding) => legacy_font::decode(encoding, text),
                None => text.clone(),
            })
            .collect()
    }
}

impl Workbook {
    /// Hands on the names of sheets and ranges.
    pub fn names(&mut self, bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Fault> {
        xml::walk(bytes, &mut Names { sink })
    }

    /// Reads the fonts of the cell formats.
    pub fn styles(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        xml::walk(
            bytes,
            &mut CellStyles {
                workbook: self,
                in_fonts: false,
                in_formats: false,
            },
        )
    }

    /// Reads the shared strings.
    pub fn strings(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        xml::walk(
            bytes,
            &mut Strings {
                workbook: self,
                font: None,
                in_text: false,
                phonetic: 0,
            },
        )
    }
}

struct Names<'s> {
    sink: &'s mut dyn Sink,
}

impl Walk for Names<'_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        if matches!(name, "sheet" | "definedName")
            && let Some(text) = attribute(element, "name")
        {
            self.sink.piece(Piece::new(Place::Label, text))?;
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

struct CellStyles<'w> {
    workbook: &'w mut Workbook,
    in_fonts: bool,
    in_formats: bool,
}

impl Walk for CellStyles<'_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        match name {
            "fonts" => self.in_fonts = true,
            "cellXfs" => self.in_formats = true,
            "font" if self.in_fonts => self.workbook.fonts.push(None),
            "name" if self.in_fonts => {
                if let (Some(font), Some(name)) =
                    (self.workbook.fonts.last_mut(), attribute(element, "val"))
                {
                    *font = legacy_font::encoding(&name);
                }
            }
            "xf" if self.in_formats => {
                let encoding = attribute(element, "fontId")
                    .and_then(|id| id.parse::<usize>().ok())
                    .and_then(|id| self.workbook.fonts.get(id).copied().flatten());
                self.workbook.formats.push(encoding);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        match name {
            "fonts" => self.in_fonts = false,
            "cellXfs" => self.in_formats = false,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

struct Strings<'w> {
    workbook: &'w mut Workbook,
    font: Option<Encoding>,
    in_text: bool,
    phonetic: usize,
}

impl Walk for Strings<'_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        match name {
            "si" => {
                self.workbook.strings.push(Shared::default());
                self.font = None;
            }
            "r" => self.font = None,
            "rFont" => {
                self.font = attribute(element, "val").and_then(|font| legacy_font::encoding(&font));
            }
            "rPh" => self.phonetic += 1,
            "t" => self.in_text = true,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        match name {
            "t" => self.in_text = false,
            "rPh" => self.phonetic = self.phonetic.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        if self.in_text
            && self.phonetic == 0
            && let Some(last) = self.workbook.strings.last_mut()
        {
            match last.stretches.last_mut() {
                Some((font, last)) if *font == self.font => last.push_str(text),
                _ => last.stretches.push((self.font, text.to_owned())),
            }
        }
        Ok(())
    }
}

/// Reads a sheet.
///
/// # Errors
/// [`Fault`] as [`xml::walk`].
pub(super) fn read(bytes: &[u8], workbook: &Workbook, sink: &mut dyn Sink) -> Result<(), Fault> {
    xml::walk(
        bytes,
        &mut Sheet {
            workbook,
            sink,
            cell: Cell::default(),
            target: Target::None,
            text: String::new(),
            inline: Shared::default(),
            font: None,
        },
    )
}

/// Where the text of the open element goes.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    None,
    Value,
    Inline,
    Head(Place),
    Note,
}

#[derive(Default)]
struct Cell {
    kind: String,
    encoding: Option<Encoding>,
}

struct Sheet<'w, 's> {
    workbook: &'w Workbook,
    sink: &'s mut dyn Sink,
    cell: Cell,
    target: Target,
    text: String,
    inline: Shared,
    font: Option<Encoding>,
}

impl Sheet<'_, '_> {
    fn say(&mut self, place: Place, text: &str) -> Result<(), Fault> {
        for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
            self.sink.piece(Piece::new(place, line))?;
        }
        Ok(())
    }

    fn value(&mut self) -> Result<(), Fault> {
        let value = std::mem::take(&mut self.text);
        match self.cell.kind.as_str() {
            "s" => {
                let found = value
                    .trim()
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| self.workbook.strings.get(index));
                match found.map(|shared| shared.text(self.cell.encoding)) {
                    Some(text) => self.say(Place::TableCell, &text),
                    None => Ok(()),
                }
            }
            "str" => match self.cell.encoding {
                Some(encoding) => {
                    let text = legacy_font::decode(encoding, &value);
                    self.say(Place::TableCell, &text)
                }
                None => self.say(Place::TableCell, &value),
            },
            _ => Ok(()),
        }
    }
}

impl Walk for Sheet<'_, '_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        match name {
            "c" => {
                self.cell = Cell {
                    kind: attribute(element, "t").unwrap_or_default(),
                    encoding: attribute(element, "s")
                        .and_then(|style| style.parse::<usize>().ok())
                        .and_then(|style| self.workbook.formats.get(style).copied().flatten()),
                };
            }
            "v" => self.target = Target::Value,
            "is" => {
                self.inline = Shared::default();
                self.font = None;
            }
            "r" => self.font = None,
            "rFont" => {
                self.font = attribute(element, "val").and_then(|font| legacy_font::encoding(&font));
            }
            "t" => self.target = Target::Inline,
            "oddHeader" | "evenHeader" | "firstHeader" => {
                self.target = Target::Head(Place::Header);
            }
            "oddFooter" | "evenFooter" | "firstFooter" => {
                self.target = Target::Head(Place::Footer);
            }
            "formula1" | "formula2" => self.target = Target::Note,
            "dataValidation" | "inputCell" => {
                for key in ["promptTitle", "prompt", "errorTitle", "error"] {
                    if let Some(text) = attribute(element, key) {
                        self.say(Place::Comment, &text)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        match (name, self.target) {
            ("v", _) => {
                self.target = Target::None;
                self.value()?;
            }
            ("t", _) => self.target = Target::None,
            ("is", _) => {
                let text = std::mem::take(&mut self.inline).text(self.cell.encoding);
                self.say(Place::TableCell, &text)?;
            }
            (_, Target::Head(place)) => {
                self.target = Target::None;
                let codes = std::mem::take(&mut self.text);
                self.say(place, &without_codes(&codes))?;
            }
            (_, Target::Note) => {
                self.target = Target::None;
                // A list of choices stands in quotes.
                let text = std::mem::take(&mut self.text);
                if text.starts_with('"') {
                    self.say(Place::Label, &text)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match self.target {
            Target::None => {}
            Target::Inline => self.inline.stretches.push((self.font, text.to_owned())),
            _ => self.text.push_str(text),
        }
        Ok(())
    }
}

/// The text of a printed head without its codes: `&L`, `&"Arial,Bold"`, `&14`, `&K000000`.
pub(in crate::formats) fn without_codes(text: &str) -> String {
    let mut out = String::new();
    let mut encoding = None;
    let mut chars = text.chars().peekable();
    let push = |out: &mut String, encoding: Option<Encoding>, c: char| match encoding {
        Some(encoding) => {
            out.push_str(&legacy_font::decode(encoding, c.encode_utf8(&mut [0; 4])));
        }
        None => out.push(c),
    };
    while let Some(c) = chars.next() {
        if c != '&' {
            push(&mut out, encoding, c);
            continue;
        }
        match chars.next() {
            Some('&') => out.push('&'),
            Some('L' | 'C' | 'R') => out.push('\n'),
            Some('"') => {
                let font: String = chars.by_ref().take_while(|c| *c != '"').collect();
                encoding = legacy_font::encoding(&font);
            }
            Some('K') => {
                for _ in 0..6 {
                    chars.next_if(char::is_ascii_hexdigit);
                }
            }
            Some(digit) if digit.is_ascii_digit() => {
                while chars.next_if(char::is_ascii_digit).is_some() {}
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_lose_their_codes() {
        assert_eq!(
            without_codes("&L&\"Arial,Bold\"&14MẬT&CTrang &P&RA && B"),
            "\nMẬT\nTrang \nA & B"
        );
    }
}
