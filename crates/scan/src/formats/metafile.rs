//! Windows metafiles (EMF, WMF): pictures kept as drawing commands. Their text and the bitmaps in them
//! are read; what is drawn with lines alone is reported.

use super::archive::number;
use crate::content::{Picture, PictureData, Piece, Place, Sink, Stop};
use crate::report::Reason;

/// Most commands of one picture.
const COMMANDS_MAX: usize = 500_000;

/// Reads a picture that stands under `name`.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], name: &str, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut drawing = Drawing {
        lines: Vec::new(),
        bitmaps: 0,
        draws: 0,
        sink,
    };
    let whole = if number::<4>(bytes, 0) == Some(1) && bytes.get(40..44) == Some(b" EMF") {
        drawing.emf(bytes)?
    } else {
        drawing.wmf(bytes)?
    };
    let (lines, bitmaps, draws) = (drawing.lines, drawing.bitmaps, drawing.draws);
    if !whole {
        sink.missed(Reason::Damaged, name);
    } else if lines.is_empty() && bitmaps == 0 && draws > 0 {
        sink.missed(Reason::NoText, name);
    }
    for (_, line) in lines.iter().filter(|(_, line)| !line.trim().is_empty()) {
        sink.piece(Piece::new(Place::TextBox, line.trim()))?;
    }
    Ok(())
}

struct Drawing<'s> {
    /// Height of the base line, and its text.
    lines: Vec<(u64, String)>,
    bitmaps: usize,
    /// Commands that draw something else.
    draws: usize,
    sink: &'s mut dyn Sink,
}

impl Drawing<'_> {
    /// Words of one line are drawn one by one.
    fn text(&mut self, height: u64, text: &str) {
        match self.lines.last_mut() {
            Some((last, line)) if *last == height => line.push_str(text),
            _ => self.lines.push((height, text.to_owned())),
        }
    }

    /// A bitmap without the header of a file.
    fn bitmap(&mut self, info: &[u8], bits: &[u8]) -> Result<(), Stop> {
        // A brush or a line of a picture is no picture.
        let side = |at| {
            number::<4>(info, at)
                .unwrap_or(0)
                .min(u64::from(u32::MAX - 1))
        };
        if side(4) < 24 || side(8) < 12 {
            return Ok(());
        }
        self.bitmaps += 1;
        let (start, size) = (14 + info.len(), 14 + info.len() + bits.len());
        let (Ok(start), Ok(size)) = (u32::try_from(start), u32::try_from(size)) else {
            return Ok(());
        };
        let mut file = b"BM".to_vec();
        file.extend(size.to_le_bytes());
        file.extend([0; 4]);
        file.extend(start.to_le_bytes());
        file.extend(info);
        file.extend(bits);
        self.sink.picture(Picture {
            page: None,
            bbox_mm: None,
            data: PictureData::Encoded(file),
        })
    }

    /// Whether the picture was read to its end.
    fn emf(&mut self, bytes: &[u8]) -> Result<bool, Stop> {
        let mut at = 0usize;
        for _ in 0..COMMANDS_MAX {
            let (Some(kind), Some(size)) = (number::<4>(bytes, at), number::<4>(bytes, at + 4))
            else {
                return Ok(false);
            };
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let Some(record) = at.checked_add(size).and_then(|end| bytes.get(at..end)) else {
                return Ok(false);
            };
            let field = |offset| number::<4>(record, offset);
            let slice = |from: usize, length: usize| {
                let from = usize::try_from(field(from)?).ok()?;
                let length = usize::try_from(field(length)?).ok()?;
                record.get(from..from.checked_add(length)?)
            };
            match kind {
                14 => return Ok(true),
                83 | 84 => {
                    let count = usize::try_from(field(44).unwrap_or(0)).unwrap_or(0);
                    let from = usize::try_from(field(48).unwrap_or(0)).unwrap_or(0);
                    let width = if kind == 84 { 2 } else { 1 };
                    let raw = count
                        .checked_mul(width)
                        .and_then(|length| record.get(from..from.checked_add(length)?));
                    let text = raw.map(|raw| if kind == 84 { wide(raw) } else { narrow(raw) });
                    self.text(field(40).unwrap_or(0), &text.unwrap_or_default());
                }
                81 => match (slice(48, 52), slice(56, 60)) {
                    (Some(info), Some(bits)) => self.bitmap(info, bits)?,
                    _ => return Ok(false),
                },
                76 | 77 => match (slice(84, 88), slice(92, 96)) {
                    (Some(info), Some(bits)) if !info.is_empty() => self.bitmap(info, bits)?,
                    _ => {}
                },
                2..=8 | 27 | 41..=47 | 54..=56 | 59..=65 | 85..=92 | 118 => self.draws += 1,
                _ => {}
            }
            // A command of no length would be read for ever.
            if size < 8 {
                return Ok(false);
            }
            at += size;
        }
        Ok(false)
    }

    fn wmf(&mut self, bytes: &[u8]) -> Result<bool, Stop> {
        let mut at = if number::<4>(bytes, 0) == Some(0x9ac6_cdd7) {
            22 + 18
        } else {
            18
        };
        for _ in 0..COMMANDS_MAX {
            let (Some(words), Some(kind)) = (number::<4>(bytes, at), number::<2>(bytes, at + 4))
            else {
                return Ok(false);
            };
            let size = usize::try_from(words)
                .unwrap_or(usize::MAX)
                .saturating_mul(2);
            let Some(record) = at.checked_add(size).and_then(|end| bytes.get(at..end)) else {
                return Ok(false);
            };
            let small =
                |offset| number::<2>(record, offset).and_then(|value| usize::try_from(value).ok());
            match kind {
                0 => return Ok(true),
                0x0a32 => {
                    let length = small(10).unwrap_or(0);
                    let from = if small(12).unwrap_or(0) & 6 != 0 {
                        22
                    } else {
                        14
                    };
                    let raw = record.get(from..from + length).unwrap_or(&[]);
                    self.text(number::<2>(record, 6).unwrap_or(0), &narrow(raw));
                }
                0x0521 => {
                    let length = small(6).unwrap_or(0);
                    let raw = record.get(8..8 + length).unwrap_or(&[]);
                    let after = 8 + length.next_multiple_of(2);
                    self.text(number::<2>(record, after).unwrap_or(0), &narrow(raw));
                }
                0x0f43 => self.packed(record.get(28..).unwrap_or(&[]))?,
                0x0b41 => self.packed(record.get(26..).unwrap_or(&[]))?,
                0x0324 | 0x0325 | 0x0538 | 0x0213 | 0x041b | 0x0418 => self.draws += 1,
                _ => {}
            }
            if size < 6 {
                return Ok(false);
            }
            at += size;
        }
        Ok(false)
    }

    /// A bitmap whose header and dots stand together.
    fn packed(&mut self, dib: &[u8]) -> Result<(), Stop> {
        let header = number::<4>(dib, 0).unwrap_or(0);
        let bits = number::<2>(dib, 14).unwrap_or(0);
        let named = number::<4>(dib, 32).unwrap_or(0);
        let colours = match (bits, named) {
            (1..=8, 0) => 1u64 << bits,
            (1..=8, named) => named.min(256),
            _ => 0,
        };
        let Ok(start) = usize::try_from(header.saturating_add(colours * 4)) else {
            return Ok(());
        };
        match dib.split_at_checked(start) {
            Some((info, bits)) if header >= 40 => self.bitmap(info, bits),
            _ => Ok(()),
        }
    }
}

fn wide(raw: &[u8]) -> String {
    char::decode_utf16(
        raw.as_chunks::<2>()
            .0
            .iter()
            .map(|pair| u16::from_le_bytes(*pair)),
    )
    .map(|c| c.unwrap_or('\u{fffd}'))
    .collect()
}

fn narrow(raw: &[u8]) -> String {
    vanban::encodings::as_western(raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Collected;

    fn record(kind: u32, body: &[u8]) -> Vec<u8> {
        let mut out = kind.to_le_bytes().to_vec();
        out.extend(u32::try_from(body.len() + 8).unwrap().to_le_bytes());
        out.extend(body);
        out
    }

    #[test]
    fn text_of_a_picture_is_read() {
        let mut head = vec![0u8; 80];
        head[32..36].copy_from_slice(b" EMF");
        let mut file = record(1, &head);
        let text: Vec<u8> = "MẬT ".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut body = vec![0u8; 68];
        body[36..40].copy_from_slice(&4u32.to_le_bytes());
        body[40..44].copy_from_slice(&76u32.to_le_bytes());
        body.extend(&text);
        file.extend(record(84, &body));
        file.extend(record(14, &[0; 12]));
        let mut sink = Collected::default();
        read(&file, "image1.emf", &mut sink).unwrap();
        assert_eq!(sink.texts(), ["MẬT"]);
        assert!(sink.incomplete.is_empty());
        file.truncate(file.len() - 4);
        let mut sink = Collected::default();
        read(&file, "image1.emf", &mut sink).unwrap();
        assert_eq!(sink.reasons(), [Reason::Damaged]);
    }
}
