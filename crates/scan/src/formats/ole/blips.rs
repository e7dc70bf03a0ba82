//! Pictures in the drawing records of old Office files. They are found by the heads of their records,
//! wherever the stream keeps them, so that no chain of records has to be followed.

use super::le32;
use crate::content::{Picture, PictureData, Sink, Stop};
use crate::formats::metafile;
use crate::limits::PART_BYTES_MAX;
use aho_corasick::AhoCorasick;
use flate2::read::ZlibDecoder;

/// Instance and type of a picture record, and whether a second digest stands before the data.
const HEADS: [([u8; 4], Kind, bool); 18] = [
    ([0xa0, 0x46, 0x1d, 0xf0], Kind::File, false),
    ([0xb0, 0x46, 0x1d, 0xf0], Kind::File, true),
    ([0x20, 0x6e, 0x1d, 0xf0], Kind::File, false),
    ([0x30, 0x6e, 0x1d, 0xf0], Kind::File, true),
    ([0xa0, 0x46, 0x2a, 0xf0], Kind::File, false),
    ([0xb0, 0x46, 0x2a, 0xf0], Kind::File, true),
    ([0x20, 0x6e, 0x2a, 0xf0], Kind::File, false),
    ([0x30, 0x6e, 0x2a, 0xf0], Kind::File, true),
    ([0x00, 0x6e, 0x1e, 0xf0], Kind::File, false),
    ([0x10, 0x6e, 0x1e, 0xf0], Kind::File, true),
    ([0x40, 0x6e, 0x29, 0xf0], Kind::File, false),
    ([0x50, 0x6e, 0x29, 0xf0], Kind::File, true),
    ([0x80, 0x7a, 0x1f, 0xf0], Kind::Bitmap, false),
    ([0x90, 0x7a, 0x1f, 0xf0], Kind::Bitmap, true),
    ([0x40, 0x3d, 0x1a, 0xf0], Kind::Drawing, false),
    ([0x50, 0x3d, 0x1a, 0xf0], Kind::Drawing, true),
    ([0x60, 0x21, 0x1b, 0xf0], Kind::Drawing, false),
    ([0x70, 0x21, 0x1b, 0xf0], Kind::Drawing, true),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A whole file: JPEG, PNG, TIFF.
    File,
    /// A bitmap without the header of its file.
    Bitmap,
    /// A metafile, mostly compressed.
    Drawing,
}

/// Hands on the pictures in a stream.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(stream: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
    let Ok(finder) = AhoCorasick::new(HEADS.iter().map(|(head, ..)| head)) else {
        return Ok(());
    };
    let mut until = 0;
    for found in finder.find_iter(stream) {
        if found.start() < until {
            continue;
        }
        let Some((_, kind, second)) = HEADS.get(found.pattern().as_usize()) else {
            continue;
        };
        let at = found.end();
        let Some(body) = le32(stream, at)
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| stream.get(at + 4..)?.get(..length))
        else {
            continue;
        };
        let skip = if *second { 32 } else { 16 };
        let handed = match kind {
            Kind::Drawing => drawing(body.get(skip..).unwrap_or(&[]), sink)?,
            _ => picture(*kind, body.get(skip + 1..).unwrap_or(&[]), sink)?,
        };
        if handed {
            until = at + 4 + body.len();
        }
    }
    Ok(())
}

fn picture(kind: Kind, data: &[u8], sink: &mut dyn Sink) -> Result<bool, Stop> {
    let is_file = data.starts_with(b"\xff\xd8\xff")
        || data.starts_with(b"\x89PNG")
        || data.starts_with(b"II*\0")
        || data.starts_with(b"MM\0*");
    let file = match kind {
        Kind::File if is_file => data.to_vec(),
        Kind::Bitmap if le32(data, 0) == Some(40) => bitmap(data),
        _ => return Ok(false),
    };
    sink.picture(Picture {
        page: None,
        bbox_mm: None,
        data: PictureData::Encoded(file),
    })?;
    Ok(true)
}

/// Puts the header of a file before a bitmap.
fn bitmap(data: &[u8]) -> Vec<u8> {
    let bits = super::le16(data, 14).unwrap_or(24);
    let named = le32(data, 32).unwrap_or(0);
    let colours = match (bits, named) {
        (1..=8, 0) => 1u32 << bits,
        (1..=8, named) => named.min(256),
        _ => 0,
    };
    let size = u32::try_from(data.len() + 14).unwrap_or(u32::MAX);
    let mut file = b"BM".to_vec();
    file.extend(size.to_le_bytes());
    file.extend([0; 4]);
    file.extend((14 + 40 + colours * 4).to_le_bytes());
    file.extend(data);
    file
}

/// A metafile behind its head of 34 bytes.
fn drawing(data: &[u8], sink: &mut dyn Sink) -> Result<bool, Stop> {
    let (Some(compression), Some(body)) = (data.get(32), data.get(34..)) else {
        return Ok(false);
    };
    let mut plain = Vec::new();
    let bytes = if *compression == 0 {
        let done = crate::formats::archive::drain(
            &mut ZlibDecoder::new(body),
            PART_BYTES_MAX,
            &mut plain,
            sink,
        );
        if let Err(fault) = done {
            fault.note("picture", sink)?;
        }
        plain.as_slice()
    } else {
        body
    };
    metafile::read(bytes, "picture", sink)?;
    Ok(true)
}
