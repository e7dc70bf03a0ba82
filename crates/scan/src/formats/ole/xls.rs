//! Excel 5 to 2003 (BIFF): names of sheets, cells in their order, heads and feet, comments, boxes.

use super::{blips, le16, le32};
use crate::content::{Piece, Place, Sink, Stop};
use crate::formats::legacy_font::{self, Encoding};
use crate::report::Reason;

/// Most shared strings, fonts and formats that are kept.
const STRINGS_MAX: usize = 2_000_000;

/// Reads a workbook stream.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(stream: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut book = Book::default();
    let mut records = Records { stream, at: 0 };
    while let Some(record) = records.next() {
        if record.cut {
            sink.missed(Reason::Damaged, "Workbook");
        }
        if record.kind == 0x2f {
            sink.missed(Reason::Encrypted, "");
            return Ok(());
        }
        book.record(&record, sink)?;
    }
    blips::read(&book.drawings, sink)
}

/// A record with the records that continue it.
struct Record<'s> {
    kind: u16,
    parts: Vec<&'s [u8]>,
    cut: bool,
}

impl<'s> Record<'s> {
    fn first(&self) -> &'s [u8] {
        self.parts.first().copied().unwrap_or(&[])
    }
}

struct Records<'s> {
    stream: &'s [u8],
    at: usize,
}

impl<'s> Records<'s> {
    fn one(&self) -> Option<(u16, &'s [u8], bool)> {
        let (kind, length) = (le16(self.stream, self.at)?, le16(self.stream, self.at + 2)?);
        let rest = self.stream.get(self.at + 4..)?;
        let whole = rest.get(..usize::from(length));
        Some((kind, whole.unwrap_or(rest), whole.is_none()))
    }

    fn next(&mut self) -> Option<Record<'s>> {
        let (kind, data, mut cut) = self.one()?;
        // The end of a stream is filled with zeros.
        if kind == 0 && data.is_empty() {
            return None;
        }
        self.at += 4 + data.len();
        let mut parts = vec![data];
        while let Some((0x3c, data, is_cut)) = self.one() {
            self.at += 4 + data.len();
            parts.push(data);
            cut |= is_cut;
        }
        Some(Record { kind, parts, cut })
    }
}

/// Bytes that run over the borders of records. Characters that do so begin anew with a byte that says
/// how wide they are.
struct Joined<'s> {
    parts: Vec<&'s [u8]>,
    part: usize,
    at: usize,
}

impl Joined<'_> {
    fn is_at_border(&self) -> bool {
        self.parts
            .get(self.part)
            .is_none_or(|part| self.at >= part.len())
    }

    fn byte(&mut self) -> Option<u8> {
        while self.is_at_border() {
            self.part += 1;
            self.at = 0;
            if self.part >= self.parts.len() {
                return None;
            }
        }
        let byte = self.parts.get(self.part)?.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn number(&mut self, bytes: u32) -> Option<u32> {
        let mut sum = 0;
        for index in 0..bytes {
            sum |= u32::from(self.byte()?) << (8 * index);
        }
        Some(sum)
    }

    /// Characters of a string.
    fn characters(&mut self, count: u32, flags: u8) -> Option<String> {
        let mut is_wide = flags & 1 == 1;
        let mut units = Vec::new();
        for _ in 0..count {
            if self.is_at_border() && self.part + 1 < self.parts.len() && !units.is_empty() {
                is_wide = self.byte()? & 1 == 1;
            }
            let unit = if is_wide {
                self.number(2)?
            } else {
                u32::from(self.byte()?)
            };
            units.push(u16::try_from(unit).unwrap_or(0xfffd));
        }
        Some(
            char::decode_utf16(units)
                .map(|c| c.unwrap_or('\u{fffd}'))
                .collect(),
        )
    }

    /// A string with its flags, runs and extension.
    fn string(&mut self, length_bytes: u32) -> Option<String> {
        let count = self.number(length_bytes)?;
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.number(2)? } else { 0 };
        let extension = if flags & 4 != 0 { self.number(4)? } else { 0 };
        let text = self.characters(count, flags)?;
        for _ in 0..runs.saturating_mul(4).saturating_add(extension) {
            self.byte()?;
        }
        Some(text)
    }
}

#[derive(Default)]
struct Book {
    is_old: bool,
    strings: Vec<String>,
    fonts: Vec<Option<Encoding>>,
    formats: Vec<Option<Encoding>>,
    drawings: Vec<u8>,
}

impl Book {
    fn say(&self, place: Place, text: &str, sink: &mut dyn Sink) -> Result<(), Stop> {
        for line in text
            .split(['\n', '\r'])
            .filter(|line| !line.trim().is_empty())
        {
            sink.piece(Piece::new(place, line))?;
        }
        Ok(())
    }

    /// A string of the given record from `at` on; old workbooks keep bytes.
    fn string(&self, record: &Record<'_>, at: usize, length_bytes: u32) -> Option<String> {
        let first = record.first().get(at..)?;
        if self.is_old {
            let skip = usize::try_from(length_bytes).ok()?;
            let length = match length_bytes {
                1 => usize::from(*first.first()?),
                _ => usize::from(le16(first, 0)?),
            };
            return Some(vanban::encodings::as_western(
                first.get(skip..skip + length)?,
            ));
        }
        let mut parts = vec![first];
        parts.extend(record.parts.iter().skip(1));
        Joined {
            parts,
            part: 0,
            at: 0,
        }
        .string(length_bytes)
    }

    fn encoding(&self, record: &[u8]) -> Option<Encoding> {
        let format = usize::from(le16(record, 4)?);
        self.formats.get(format).copied().flatten()
    }

    fn cell(&self, record: &Record<'_>, text: &str, sink: &mut dyn Sink) -> Result<(), Stop> {
        match self.encoding(record.first()) {
            Some(encoding) => {
                self.say(Place::TableCell, &legacy_font::decode(encoding, text), sink)
            }
            None => self.say(Place::TableCell, text, sink),
        }
    }

    fn record(&mut self, record: &Record<'_>, sink: &mut dyn Sink) -> Result<(), Stop> {
        let first = record.first();
        match record.kind {
            0x0809 => self.is_old = le16(first, 0) == Some(0x0500),
            0x0085 => {
                let text = self.string(record, 6, 1).unwrap_or_default();
                self.say(Place::Label, &text, sink)?;
            }
            0x00fc => self.shared(record, sink),
            0x0031 => {
                let name = self.string(record, 14, 1).unwrap_or_default();
                self.fonts.push(legacy_font::encoding(&name));
            }
            0x00e0 if self.formats.len() < STRINGS_MAX => {
                let font = usize::from(le16(first, 0).unwrap_or(0));
                // There is no fourth font.
                let font = if font > 4 { font - 1 } else { font };
                self.formats.push(self.fonts.get(font).copied().flatten());
            }
            0x00fd => {
                let index = le32(first, 6).and_then(|index| usize::try_from(index).ok());
                if let Some(text) = index.and_then(|index| self.strings.get(index)) {
                    self.cell(record, text, sink)?;
                }
            }
            0x0204 | 0x00d6 => {
                let text = self.string(record, 6, 2).unwrap_or_default();
                self.cell(record, &text, sink)?;
            }
            0x0207 => {
                let text = self.string(record, 0, 2).unwrap_or_default();
                self.say(Place::TableCell, &text, sink)?;
            }
            0x0014 | 0x0015 if !first.is_empty() => {
                let place = if record.kind == 0x14 {
                    Place::Header
                } else {
                    Place::Footer
                };
                let length = if self.is_old { 1 } else { 2 };
                let text = self.string(record, 0, length).unwrap_or_default();
                let text = crate::formats::ooxml::without_codes(&text);
                self.say(place, &text, sink)?;
            }
            0x01b6 => {
                // The text of a box follows in a record of its own.
                let count = u32::from(le16(first, 10).unwrap_or(0));
                let mut joined = Joined {
                    parts: record.parts.iter().skip(1).copied().collect(),
                    part: 0,
                    at: 0,
                };
                if count > 0
                    && let Some(flags) = joined.byte()
                    && let Some(text) = joined.characters(count, flags)
                {
                    self.say(Place::TextBox, &text, sink)?;
                }
            }
            0x00eb | 0x00ec => {
                for part in &record.parts {
                    self.drawings.extend_from_slice(part);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn shared(&mut self, record: &Record<'_>, sink: &mut dyn Sink) {
        let mut joined = Joined {
            parts: record.parts.clone(),
            part: 0,
            at: 8,
        };
        let count = le32(record.first(), 4).unwrap_or(0);
        for _ in 0..count {
            if self.strings.len() >= STRINGS_MAX {
                sink.missed(Reason::TooLarge, "SST");
                return;
            }
            match joined.string(2) {
                Some(text) => self.strings.push(text),
                None => {
                    sink.missed(Reason::Damaged, "SST");
                    return;
                }
            }
        }
    }
}
