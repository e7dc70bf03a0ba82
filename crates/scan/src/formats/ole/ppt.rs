//! PowerPoint 97-2003. Records are walked in the order of the file, so text of earlier savings that the
//! file still holds is read too.

use super::{le16, le32, wide};
use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::formats::archive::drain;
use crate::formats::legacy_font::{self, Encoding};
use crate::limits::PART_BYTES_MAX;
use crate::report::Reason;
use flate2::read::ZlibDecoder;

/// Reads the stream of slides.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(stream: &[u8], user: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
    const ENCRYPTED: u32 = 0xf3d1_c4df;
    if le32(user, 12) == Some(ENCRYPTED) {
        sink.missed(Reason::Encrypted, "");
        return Ok(());
    }
    let mut slides = Slides {
        font: font(stream),
        place: Place::Body,
        page: None,
        sink,
    };
    let mut whole = true;
    walk(stream, |kind, record, from| {
        let Some(record) = record else {
            whole = false;
            return Ok(());
        };
        slides.record(kind, record, from)
    })?;
    if !whole {
        sink.missed(Reason::Damaged, "PowerPoint Document");
    }
    Ok(())
}

/// Goes through all records; containers are entered, not skipped. A record that says more than there
/// is comes as none.
fn walk(
    stream: &[u8],
    mut each: impl FnMut(u16, Option<&[u8]>, u16) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut at = 0usize;
    while at + 8 <= stream.len() {
        let (Some(head), Some(kind), Some(length)) =
            (le16(stream, at), le16(stream, at + 2), le32(stream, at + 4))
        else {
            break;
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        at += 8;
        if head & 0xf == 0xf {
            each(kind, Some(&[]), head >> 4)?;
            continue;
        }
        let record = at.checked_add(length).and_then(|end| stream.get(at..end));
        each(kind, record, head >> 4)?;
        match record {
            Some(record) => at += record.len(),
            None => break,
        }
    }
    Ok(())
}

/// The encoding of the old Vietnamese fonts that the file names, if any.
fn font(stream: &[u8]) -> Option<Encoding> {
    let mut found = None;
    let walked = walk(stream, |kind, record, _| {
        if let (0x0fb7, Some(record)) = (kind, record) {
            let name = wide(record.get(..64).unwrap_or(record));
            found = found.or(legacy_font::encoding(&name));
        }
        Ok(())
    });
    walked.ok().and(found)
}

struct Slides<'s> {
    font: Option<Encoding>,
    place: Place,
    page: Option<u32>,
    sink: &'s mut dyn Sink,
}

impl Slides<'_> {
    fn record(&mut self, kind: u16, record: &[u8], instance: u16) -> Result<(), Stop> {
        match kind {
            0x03ee => {
                self.place = Place::Body;
                self.page = Some(self.page.unwrap_or(0).saturating_add(1));
            }
            0x03f0 => self.place = Place::Note,
            0x03f8 => self.place = Place::Header,
            0x03e8 => self.place = Place::Body,
            0x0fa0 => return self.text(self.place, &wide_lines(record)),
            0x0fa8 => {
                let text: String = record.iter().map(|byte| char::from(*byte)).collect();
                return self.text(self.place, &text);
            }
            0x0fba => return self.text(Place::Label, &wide(record)),
            0x1011 => return self.object(record, instance),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, place: Place, text: &str) -> Result<(), Stop> {
        for line in text.split(['\r', '\u{b}', '\n']) {
            if line.trim().is_empty() {
                continue;
            }
            let piece = Piece {
                page: self.page.filter(|_| place == Place::Body),
                ..Piece::new(place, line)
            };
            // Which font shows a text is not known here: both readings are handed on.
            if let Some(decoded) = self
                .font
                .map(|encoding| legacy_font::decode(encoding, line))
                .filter(|decoded| decoded != line)
            {
                self.sink.piece(Piece {
                    text: decoded,
                    ..piece.clone()
                })?;
            }
            self.sink.piece(piece)?;
        }
        Ok(())
    }

    /// An embedded object: a compound file, mostly compressed.
    fn object(&mut self, record: &[u8], instance: u16) -> Result<(), Stop> {
        let mut bytes = Vec::new();
        if instance == 1 {
            let mut decoder = ZlibDecoder::new(record.get(4..).unwrap_or(&[]));
            if let Err(fault) = drain(&mut decoder, PART_BYTES_MAX, &mut bytes, self.sink) {
                fault.note("object", self.sink)?;
            }
        } else {
            bytes = record.to_vec();
        }
        // The storage of the macros is one of these objects as well.
        if bytes.is_empty() || contains(&bytes, b"V\0B\0A\0") {
            return Ok(());
        }
        self.sink.member(Member {
            name: "object.ole".to_owned(),
            bytes,
        })
    }
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn wide_lines(record: &[u8]) -> String {
    let units = record
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect()
}
