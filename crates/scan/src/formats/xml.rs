//! XML of office documents and metadata, read as a stream of events: no document type, no entity but
//! the five of XML itself, no nesting beyond [`ELEMENT_DEPTH_MAX`].

use crate::content::{Piece, Place, Sink, Stop};
use crate::limits::ELEMENT_DEPTH_MAX;
use crate::report::Reason;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;

/// Why reading a part ended before its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// Not well-formed, or with a document type.
    Damaged,
    /// Nested deeper than any honest file.
    Nesting,
    /// The sink has had enough.
    Stop,
}

impl From<Stop> for Fault {
    fn from(_: Stop) -> Self {
        Self::Stop
    }
}

/// Takes the events of one part.
pub trait Walk {
    /// An element opens. An empty element opens and closes.
    ///
    /// # Errors
    /// [`Fault`] ends the walk.
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Fault>;
    /// An element closes.
    ///
    /// # Errors
    /// [`Fault`] ends the walk.
    fn close(&mut self, name: &str) -> Result<(), Fault>;
    /// Text between elements.
    ///
    /// # Errors
    /// [`Fault`] ends the walk.
    fn text(&mut self, text: &str) -> Result<(), Fault>;
}

/// Walks through the XML of `bytes`; names come without prefix.
///
/// # Errors
/// [`Fault`]; what was walked before it stays with the walker.
pub fn walk(bytes: &[u8], walker: &mut dyn Walk) -> Result<(), Fault> {
    let text = decode(bytes);
    let mut reader = Reader::from_str(&text);
    let mut depth = 0usize;
    loop {
        match reader.read_event().map_err(|_| Fault::Damaged)? {
            Event::Start(element) => {
                depth += 1;
                if depth > ELEMENT_DEPTH_MAX {
                    return Err(Fault::Nesting);
                }
                walker.open(element.local_name().as_ref(), &element)?;
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                walker.close(element.local_name().as_ref())?;
            }
            Event::Empty(element) => {
                let name = element.local_name();
                walker.open(name.as_ref(), &element)?;
                walker.close(name.as_ref())?;
            }
            Event::Text(text) => walker.text(&text.xml10_content())?,
            Event::CData(text) => walker.text(&text.xml10_content())?,
            Event::GeneralRef(entity) => walker.text(&entity_text(&entity)?)?,
            Event::DocType(_) => return Err(Fault::Damaged),
            Event::Eof if depth > 0 => return Err(Fault::Damaged),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn entity_text(entity: &BytesRef<'_>) -> Result<Cow<'static, str>, Fault> {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return Ok(Cow::Owned(c.to_string()));
    }
    match AsRef::<str>::as_ref(entity) {
        "amp" => Ok(Cow::Borrowed("&")),
        "lt" => Ok(Cow::Borrowed("<")),
        "gt" => Ok(Cow::Borrowed(">")),
        "quot" => Ok(Cow::Borrowed("\"")),
        "apos" => Ok(Cow::Borrowed("'")),
        _ => Err(Fault::Damaged),
    }
}

/// The value of an attribute by its local name.
pub fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|found| AsRef::<str>::as_ref(&found.key.local_name()) == name)
        .and_then(|found| {
            found
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .ok()
                .map(Cow::into_owned)
        })
}

/// Whether a switch such as `w:b` is on: it is, unless its value says no.
pub fn is_on(element: &BytesStart<'_>) -> bool {
    !matches!(
        attribute(element, "val").as_deref(),
        Some("0" | "false" | "off" | "none")
    )
}

/// Bytes as text: UTF-8, or UTF-16 by its mark or its zeros.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |unit: fn([u8; 2]) -> u16, rest: &[u8]| {
        Cow::Owned(
            char::decode_utf16(rest.as_chunks::<2>().0.iter().map(|pair| unit(*pair)))
                .map(|c| c.unwrap_or('\u{fffd}'))
                .collect(),
        )
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        [b'<', 0, _, 0, ..] => wide(u16::from_le_bytes, bytes),
        [0, b'<', 0, ..] => wide(u16::from_be_bytes, bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        _ => String::from_utf8_lossy(bytes),
    }
}

/// Notes a fault of the part `name`, unless the sink itself ended the walk.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn note(result: Result<(), Fault>, name: &str, sink: &mut dyn Sink) -> Result<(), Stop> {
    match result {
        Ok(()) => Ok(()),
        Err(Fault::Stop) => Err(Stop),
        Err(Fault::Damaged) => {
            sink.missed(Reason::Damaged, name);
            Ok(())
        }
        Err(Fault::Nesting) => {
            sink.missed(Reason::Nesting, name);
            Ok(())
        }
    }
}

/// Hands on every text and every attribute of a part of unknown shape, one piece an element.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn all_text(bytes: &[u8], place: Place, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut walker = AllText {
        place,
        text: String::new(),
        sink,
    };
    let done = walk(bytes, &mut walker);
    let rest = walker.flush();
    note(done, "metadata", sink)?;
    match rest {
        Err(Fault::Stop) => Err(Stop),
        _ => Ok(()),
    }
}

struct AllText<'s> {
    place: Place,
    text: String,
    sink: &'s mut dyn Sink,
}

impl AllText<'_> {
    fn flush(&mut self) -> Result<(), Fault> {
        let text = std::mem::take(&mut self.text);
        if text.chars().any(char::is_alphabetic) {
            self.sink.piece(Piece::new(self.place, text.trim()))?;
        }
        Ok(())
    }
}

impl Walk for AllText<'_> {
    fn open(&mut self, _: &str, element: &BytesStart<'_>) -> Result<(), Fault> {
        self.flush()?;
        for attribute in element.attributes().with_checks(false).flatten() {
            let name: &str = attribute.key.as_ref();
            let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
            if name.starts_with("xmlns") || matches!(local, "id" | "lang" | "type" | "parseType") {
                continue;
            }
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|_| Fault::Damaged)?;
            // Numbers and switches say nothing; words do.
            if value.chars().any(char::is_alphabetic) && !value.contains("://") {
                self.sink.piece(Piece::new(self.place, value.trim()))?;
            }
        }
        Ok(())
    }

    fn close(&mut self, _: &str) -> Result<(), Fault> {
        self.flush()
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        self.text.push_str(text);
        Ok(())
    }
}
