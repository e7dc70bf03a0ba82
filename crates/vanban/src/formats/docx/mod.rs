//! Word documents (ECMA-376): paragraphs, tables, text boxes, footnotes, automatic numbers.
//!
//! Every part is inflated under limits; a document type declaration is refused, so that no
//! entity is ever expanded.

mod container;
mod numbering;

use super::{Kind, Note, Source};
use crate::error::ReadError;
use crate::limits::{LINES_MAX, NOTES_MAX, XML_DEPTH_MAX};
use container::Container;
use numbering::{Counters, Numbering};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Paragraphs of a Word document in reading order.
///
/// # Errors
/// [`ReadError`] for a damaged or hostile container, or a container of another kind.
pub fn source(bytes: &[u8]) -> Result<Source, ReadError> {
    let mut container = Container::open(bytes)?;
    let body = container
        .part("word/document.xml")?
        .ok_or_else(|| container.foreign())?;
    let numbering = match container.part("word/numbering.xml")? {
        Some(xml) => {
            let styles = container.part("word/styles.xml")?.unwrap_or_default();
            Numbering::read(&xml, &styles)?
        }
        None => Numbering::default(),
    };
    let mut notes = Vec::new();
    if let Some(xml) = container.part("word/footnotes.xml")? {
        let found = Walker::run("word/footnotes.xml", &xml, &numbering)?;
        notes = found.notes;
    }
    let found = Walker::run("word/document.xml", &body, &numbering)?;
    Ok(Source {
        kind: Kind::Docx,
        lines: found.lines,
        notes,
    })
}

/// Reads the events of one part and enforces depth and the ban on document types.
pub(crate) fn events<'x>(
    part: &str,
    xml: &'x str,
    mut each: impl FnMut(Event<'x>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0usize;
    loop {
        let event = reader
            .read_event()
            .map_err(|error| damaged(part, &error.to_string()))?;
        match &event {
            Event::Start(_) => {
                depth += 1;
                if depth > XML_DEPTH_MAX {
                    return Err(ReadError::Limit {
                        kind: "docx",
                        what: "xml depth",
                        limit: XML_DEPTH_MAX as u64,
                    });
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => {
                return Err(ReadError::Dtd {
                    part: part.to_owned(),
                });
            }
            Event::Eof => {
                if depth > 0 {
                    return Err(damaged(part, "ends inside an element"));
                }
                return Ok(());
            }
            _ => {}
        }
        each(event)?;
    }
}

fn damaged(part: &str, detail: &str) -> ReadError {
    ReadError::Damaged {
        kind: "docx",
        detail: format!("{part}: {detail}"),
    }
}

/// The value of an attribute by its local name.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .flatten()
        .find(|found| AsRef::<str>::as_ref(&found.key.local_name()) == name)
        .and_then(|found| {
            found
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .ok()
                .map(|value| value.into_owned())
        })
}

/// Text collected for one paragraph.
#[derive(Default)]
struct Open {
    text: String,
    style: Option<String>,
    list: Option<String>,
    level: Option<u8>,
}

struct Walker<'n> {
    numbering: &'n Numbering,
    counters: Counters,
    lines: Vec<String>,
    notes: Vec<Note>,
    note: Option<Vec<String>>,
    open: Vec<Open>,
    in_text: bool,
    in_numbering: bool,
    skip: usize,
}

impl<'n> Walker<'n> {
    fn run(part: &str, xml: &str, numbering: &'n Numbering) -> Result<Self, ReadError> {
        let mut walker = Self {
            numbering,
            counters: Counters::default(),
            lines: Vec::new(),
            notes: Vec::new(),
            note: None,
            open: Vec::new(),
            in_text: false,
            in_numbering: false,
            skip: 0,
        };
        events(part, xml, |event| walker.event(&event))?;
        Ok(walker)
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), ReadError> {
        match event {
            Event::Start(element) => {
                if self.skip > 0 || AsRef::<str>::as_ref(&element.local_name()) == "Fallback" {
                    self.skip += 1;
                } else {
                    self.start(element);
                }
            }
            Event::End(element) => {
                if self.skip > 0 {
                    self.skip -= 1;
                } else {
                    self.end(element.local_name().as_ref())?;
                }
            }
            Event::Empty(element) if self.skip == 0 => {
                self.start(element);
                self.end(element.local_name().as_ref())?;
            }
            Event::Text(text) if self.in_text && self.skip == 0 => self.push(&text.xml10_content()),
            Event::CData(text) if self.in_text && self.skip == 0 => {
                self.push(&text.xml10_content())
            }
            Event::GeneralRef(entity) if self.in_text && self.skip == 0 => {
                let found = match entity.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    _ => named(AsRef::<str>::as_ref(entity)).to_owned(),
                };
                self.push(&found);
            }
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(text);
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "p" => self.open.push(Open::default()),
            "t" => self.in_text = true,
            "tab" if self.open.last().is_some() => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "pStyle" => {
                if let Some(open) = self.open.last_mut() {
                    open.style = attribute(element, "val");
                }
            }
            "numPr" => self.in_numbering = true,
            "numId" | "ilvl" if self.in_numbering => self.list(element),
            "footnote" => {
                let separator = attribute(element, "type").is_some_and(|kind| kind != "normal");
                self.note = (!separator).then(Vec::new);
            }
            _ => {}
        }
    }

    fn list(&mut self, element: &BytesStart<'_>) {
        let value = attribute(element, "val");
        let Some(open) = self.open.last_mut() else {
            return;
        };
        if AsRef::<str>::as_ref(&element.local_name()) == "numId" {
            open.list = value;
        } else {
            open.level = value.and_then(|value| value.parse().ok());
        }
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        match name {
            "t" => self.in_text = false,
            "numPr" => self.in_numbering = false,
            "p" => {
                if let Some(open) = self.open.pop() {
                    self.paragraph(open)?;
                }
            }
            "tc" => self.lines.push(String::new()),
            "footnote" => {
                if let Some(lines) = self.note.take().filter(|_| self.notes.len() < NOTES_MAX) {
                    let mark = (self.notes.len() + 1).to_string();
                    self.notes.push(Note {
                        mark,
                        text: crate::text::squeeze(&lines.join(" ")),
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self, open: Open) -> Result<(), ReadError> {
        let label = self.numbering.label(
            open.list.as_deref(),
            open.level,
            open.style.as_deref(),
            &mut self.counters,
        );
        let text = match label {
            Some(label) if !open.text.trim().is_empty() => format!("{label} {}", open.text),
            _ => open.text,
        };
        let lines = self.note.as_mut().unwrap_or(&mut self.lines);
        lines.extend(text.split('\n').map(str::to_owned));
        if lines.len() > LINES_MAX {
            return Err(ReadError::Limit {
                kind: "docx",
                what: "lines",
                limit: LINES_MAX as u64,
            });
        }
        Ok(())
    }
}

/// The five entities that XML itself defines; no other can exist without a document type.
fn named(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}
