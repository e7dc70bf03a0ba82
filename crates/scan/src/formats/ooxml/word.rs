//! One part of WordprocessingML, with the drawings in it.

use super::Alternatives;
use super::style::{Look, Styles};
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
    styles: &Styles,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut walker = Word {
        styles,
        usual: styles.usual_size(),
        sink,
        places: vec![place],
        paragraphs: Vec::new(),
        runs: Vec::new(),
        taken_out: 0,
        in_text: Text::None,
        in_run_properties: false,
        in_paragraph_properties: false,
        field: String::new(),
        alternatives: Alternatives::default(),
    };
    let done = xml::walk(bytes, &mut walker);
    // A part that breaks off inside a paragraph has still said its beginning.
    let mut rest = Ok(());
    while rest.is_ok() && !walker.paragraphs.is_empty() {
        rest = walker.end_paragraph();
    }
    done.and(rest)
}

/// What the text of the open element is.
#[derive(Clone, Copy, PartialEq)]
enum Text {
    None,
    Shown,
    TakenOut,
    Field,
}

/// A stretch of text of one kind and one encoding.
struct Stretch {
    place: Option<Place>,
    encoding: Option<Encoding>,
    text: String,
}

/// An open paragraph. Text boxes hold paragraphs inside the paragraph that anchors them.
#[derive(Default)]
struct Paragraph {
    stretches: Vec<Stretch>,
    style: Option<String>,
    letters: usize,
    bold: usize,
    large: usize,
}

/// An open run.
#[derive(Clone, Copy, Default)]
struct Run {
    look: Look,
}

struct Word<'w, 's> {
    styles: &'w Styles,
    usual: u32,
    sink: &'s mut dyn Sink,
    places: Vec<Place>,
    paragraphs: Vec<Paragraph>,
    runs: Vec<Run>,
    /// Depth of elements whose text was moved away.
    taken_out: usize,
    in_text: Text,
    in_run_properties: bool,
    /// Inside the properties of a paragraph, whose own mark has run properties too.
    in_paragraph_properties: bool,
    field: String,
    alternatives: Alternatives,
}

impl Word<'_, '_> {
    fn place(&self) -> Place {
        self.places.last().copied().unwrap_or(Place::Body)
    }

    fn say(&mut self, place: Place, text: &str, emphasised: bool) -> Result<(), Fault> {
        for line in text.split('\n') {
            if line.trim().is_empty() || self.alternatives.is_told(line) {
                continue;
            }
            self.sink.piece(Piece {
                emphasised,
                ..Piece::new(place, line)
            })?;
        }
        Ok(())
    }

    /// Puts text into the open paragraph.
    fn push(&mut self, text: &str) {
        let run = self.runs.last().copied().unwrap_or_default();
        let taken_out = self.taken_out > 0 || self.in_text == Text::TakenOut;
        let styles = self.styles;
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        let look = run.look.over(styles.paragraph(paragraph.style.as_deref()));
        let place = if taken_out {
            Some(Place::Deleted)
        } else if look.hidden == Some(true) || look.white == Some(true) {
            Some(Place::Hidden)
        } else {
            None
        };
        let encoding = look.font.flatten();
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        paragraph.letters += letters;
        if look.bold == Some(true) {
            paragraph.bold += letters;
        }
        if look.size.is_some_and(|size| size > self.usual) {
            paragraph.large += letters;
        }
        match paragraph.stretches.last_mut() {
            Some(last) if last.place == place && last.encoding == encoding => {
                last.text.push_str(text);
            }
            _ => paragraph.stretches.push(Stretch {
                place,
                encoding,
                text: text.to_owned(),
            }),
        }
    }

    fn end_paragraph(&mut self) -> Result<(), Fault> {
        let Some(paragraph) = self.paragraphs.pop() else {
            return Ok(());
        };
        let emphasised = paragraph.letters > 0
            && (paragraph.bold * 2 > paragraph.letters || paragraph.large * 2 > paragraph.letters);
        let mut shown = String::new();
        let (mut hidden, mut taken_out) = (String::new(), String::new());
        for stretch in paragraph.stretches {
            let out = match stretch.place {
                Some(Place::Deleted) => &mut taken_out,
                Some(_) => &mut hidden,
                None => &mut shown,
            };
            match stretch.encoding {
                Some(encoding) => out.push_str(&legacy_font::decode(encoding, &stretch.text)),
                None => out.push_str(&stretch.text),
            }
        }
        self.say(self.place(), &shown, emphasised)?;
        self.say(Place::Hidden, &hidden, emphasised)?;
        self.say(Place::Deleted, &taken_out, emphasised)
    }

    /// Names and descriptions that a reader of the page does not see.
    fn label(&mut self, value: Option<String>) -> Result<(), Fault> {
        match value {
            Some(text) if text.chars().any(char::is_alphabetic) => {
                self.say(Place::Label, &text, false)
            }
            _ => Ok(()),
        }
    }

    fn enter(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        match name {
            "txbxContent" | "textbox" => self.places.push(Place::TextBox),
            "tbl" => {
                let place = match self.place() {
                    Place::Body => Place::TableCell,
                    other => other,
                };
                self.places.push(place);
            }
            // Letters drawn along a line: watermarks.
            "textpath" => {
                if let Some(text) = attribute(element, "string") {
                    self.say(Place::TextBox, &text, true)?;
                }
            }
            "docPr" | "cNvPr" => {
                self.label(attribute(element, "descr"))?;
                self.label(attribute(element, "title"))?;
            }
            "shape" | "rect" | "imagedata" => {
                self.label(attribute(element, "alt"))?;
                self.label(attribute(element, "title"))?;
            }
            "alias" | "tag" => self.label(attribute(element, "val"))?,
            "bookmarkStart" => {
                let name = attribute(element, "name").filter(|name| !name.starts_with('_'));
                self.label(name)?;
            }
            "comment" => self.label(attribute(element, "author"))?,
            _ => {}
        }
        Ok(())
    }
}

impl Walk for Word<'_, '_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        self.alternatives.open(name);
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => self.runs.push(Run::default()),
            "pPr" => self.in_paragraph_properties = true,
            "rPr" => self.in_run_properties = !self.in_paragraph_properties,
            "t" => self.in_text = Text::Shown,
            "delText" => self.in_text = Text::TakenOut,
            "instrText" | "delInstrText" => self.in_text = Text::Field,
            "moveFrom" | "del" => self.taken_out += 1,
            "tab" | "ptab" if !self.runs.is_empty() => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "sym" => {
                let code = attribute(element, "char")
                    .and_then(|code| u32::from_str_radix(&code, 16).ok())
                    .and_then(char::from_u32);
                if let Some(c) = code {
                    self.push(c.encode_utf8(&mut [0; 4]));
                }
            }
            "pStyle" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.style = attribute(element, "val");
                }
            }
            "rStyle" => {
                let look = self.styles.named(attribute(element, "val").as_deref());
                if let Some(run) = self.runs.last_mut() {
                    run.look = run.look.over(look);
                }
            }
            _ if self.in_run_properties => {
                if let Some(run) = self.runs.last_mut() {
                    run.look.take(name, element);
                }
            }
            _ => return self.enter(name, element),
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        self.alternatives.close(name);
        match name {
            "p" => self.end_paragraph()?,
            "r" => {
                self.runs.pop();
            }
            "pPr" => self.in_paragraph_properties = false,
            "rPr" => self.in_run_properties = false,
            "t" | "delText" => self.in_text = Text::None,
            "instrText" | "delInstrText" => {
                self.in_text = Text::None;
                // The text of a field stands in quotes; what it shows is text of its own.
                let field = std::mem::take(&mut self.field);
                if field.contains('"') && !field.contains("HYPERLINK") {
                    self.say(Place::Hidden, &field, false)?;
                }
            }
            "moveFrom" | "del" => self.taken_out = self.taken_out.saturating_sub(1),
            "txbxContent" | "textbox" | "tbl" if self.places.len() > 1 => {
                self.places.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match self.in_text {
            Text::Shown | Text::TakenOut => self.push(text),
            Text::Field => self.field.push_str(text),
            // The boxes of spreadsheets hold their text without more ado.
            Text::None if self.paragraphs.is_empty() && self.place() == Place::TextBox => {
                self.say(Place::TextBox, text.trim(), false)?;
            }
            Text::None => {}
        }
        Ok(())
    }
}
