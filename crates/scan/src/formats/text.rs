//! Plain text in any of the encodings that Vietnamese offices left behind.

use crate::content::{Piece, Place, Sink, Stop};
use crate::limits::Limits;

/// Bytes looked at to tell text from other data.
const HEAD_BYTES: usize = 8192;

/// Whether bytes are text in some encoding: no binary zeros (but for UTF-16) and next to no control characters.
#[must_use]
pub fn looks_like(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    if utf16(head).is_some() {
        return true;
    }
    let odd = head
        .iter()
        .filter(|byte| matches!(byte, 0 | 1 | 3 | 4 | 7 | 8 | 0x0e..=0x13 | 0x15..=0x18 | 0x1a | 0x1c | 0x1d | 0x1f | 0x7f))
        .count();
    !head.contains(&0) && odd * 100 <= head.len()
}

/// The first characters, for those who look for a tag or a field name.
#[must_use]
pub fn head(bytes: &[u8]) -> String {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    match utf16(head) {
        Some(unit) => decode_utf16(head, unit),
        None => String::from_utf8_lossy(head).into_owned(),
    }
}

/// Reads a text into its lines.
///
/// # Errors
/// [`Stop`] when the sink had enough.
pub fn read(bytes: &[u8], _limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let text = match utf16(bytes.get(..HEAD_BYTES).unwrap_or(bytes)) {
        Some(unit) => decode_utf16(bytes, unit),
        None => String::from_utf8_lossy(bytes).into_owned(),
    };
    for line in text.lines() {
        sink.piece(Piece::new(Place::Body, line))?;
    }
    Ok(())
}

fn utf16(head: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    if head.starts_with(b"\xff\xfe") {
        return Some(u16::from_le_bytes);
    }
    head.starts_with(b"\xfe\xff").then_some(u16::from_be_bytes)
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or('\u{fffd}'))
        .collect()
}
