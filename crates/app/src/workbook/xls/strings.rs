//! Unicode strings of BIFF8 (MS-XLS 2.5.240, 2.5.293, 2.5.294, 2.4.265).

use super::super::IMPORT_CELL_CHARS_MAX;
use super::records::Record;

/// A string with a length of two bytes (XLUnicodeString) at an offset.
pub(super) fn long(record: &Record<'_>, at: usize) -> Option<String> {
    let mut cursor = Cursor::new(record, at);
    let chars = cursor.u16()?;
    let flags = cursor.byte()?;
    cursor.chars(chars, flags)
}

/// A string with a length of one byte (ShortXLUnicodeString) at an offset.
pub(super) fn short(record: &Record<'_>, at: usize) -> Option<String> {
    let mut cursor = Cursor::new(record, at);
    let chars = u16::from(cursor.byte()?);
    let flags = cursor.byte()?;
    cursor.chars(chars, flags)
}

/// The shared strings (SST). A table that ends early is damaged.
pub(super) fn table(record: &Record<'_>) -> Option<Vec<String>> {
    let mut cursor = Cursor::new(record, 4);
    let count = cursor.u32()?;
    let mut strings = Vec::new();
    for _ in 0..count {
        let chars = cursor.u16()?;
        let flags = cursor.byte()?;
        let runs = if flags & 8 == 0 {
            0
        } else {
            usize::from(cursor.u16()?) * 4
        };
        let extra = if flags & 4 == 0 {
            0
        } else {
            usize::try_from(cursor.u32()?).ok()?
        };
        strings.push(cursor.chars(chars, flags)?);
        cursor.skip(runs.checked_add(extra)?)?;
    }
    Some(strings)
}

/// A place in the parts of a record.
struct Cursor<'a, 'r> {
    record: &'r Record<'a>,
    part: usize,
    at: usize,
}

impl<'a, 'r> Cursor<'a, 'r> {
    fn new(record: &'r Record<'a>, at: usize) -> Self {
        Self {
            record,
            part: 0,
            at,
        }
    }

    /// What is left of the part; moves on at its end. True when it moved.
    fn rest(&mut self) -> Option<(&'a [u8], bool)> {
        let part = self.record.parts.get(self.part)?;
        if let Some(rest) = part.get(self.at..).filter(|rest| !rest.is_empty()) {
            return Some((rest, false));
        }
        self.part += 1;
        self.at = 0;
        let part: &'a [u8] = self.record.parts.get(self.part)?;
        (!part.is_empty()).then_some((part, true))
    }

    fn byte(&mut self) -> Option<u8> {
        let (rest, _) = self.rest()?;
        self.at += 1;
        rest.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes([
            self.byte()?,
            self.byte()?,
            self.byte()?,
            self.byte()?,
        ]))
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            let (rest, _) = self.rest()?;
            let step = rest.len().min(bytes);
            self.at += step;
            bytes -= step;
        }
        Some(())
    }

    /// Characters of one or two bytes; a continuation says anew which.
    fn chars(&mut self, count: u16, flags: u8) -> Option<String> {
        let mut wide = flags & 1 == 1;
        let mut units: Vec<u16> = Vec::new();
        for _ in 0..count {
            let (_, moved) = self.rest()?;
            if moved {
                wide = self.byte()? & 1 == 1;
            }
            let unit = if wide {
                self.u16()?
            } else {
                u16::from(self.byte()?)
            };
            // The rest of a long string is passed over.
            if units.len() <= IMPORT_CELL_CHARS_MAX * 2 {
                units.push(unit);
            }
        }
        Some(String::from_utf16_lossy(&units))
    }
}
