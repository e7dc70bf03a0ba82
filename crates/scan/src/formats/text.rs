//! Plain text in any of the encodings that Vietnamese offices left behind. Text without a needle of the
//! rules is passed over at the speed of the sieve; only lines around a needle become pieces.

use std::borrow::Cow;

use vanban::encodings::{self, Encoding};

use crate::content::{Piece, Place, Sink, Stop};
use crate::limits::Limits;
use crate::report::Reason;

/// Bytes looked at to tell text from other data.
const HEAD_BYTES: usize = 8192;
/// Legacy text is decoded in parts of about this size.
const PART_BYTES: usize = 1 << 20;
/// Reach of a needle, to either side: what a rule may want to see around it.
const WINDOW_LINES: usize = 40;
const WINDOW_BYTES: usize = 8192;
/// Share of broken letters, in percent, from which a text was not read.
const BROKEN_PERCENT: usize = 1;

/// Whether bytes are text in some encoding: no binary zeros (but for UTF-16) and next to no control characters.
#[must_use]
pub fn looks_like(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    if encodings::is_utf16(head) {
        let text = encodings::decode(head, Encoding::Utf16).text;
        let odd = text
            .chars()
            .filter(|c| c.is_control() && !c.is_whitespace() || *c == '\u{fffd}')
            .count();
        return odd * 50 <= text.chars().count();
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
    let encoding = if encodings::is_utf16(head) {
        Encoding::Utf16
    } else {
        Encoding::Utf8
    };
    encodings::decode(head, encoding).text
}

/// Reads a text.
///
/// # Errors
/// [`Stop`] when the sink had enough.
pub fn read(bytes: &[u8], _limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut page = None;
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return windows(
            text.strip_prefix('\u{feff}').unwrap_or(text),
            &mut page,
            sink,
        );
    }
    // Unicode up to a last letter that is not whole.
    let cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    let encoding = if cut {
        Encoding::Utf8
    } else {
        encodings::detect(bytes)
    };
    if cut || encoding == Encoding::Utf16 && bytes.len() % 2 == 1 {
        sink.missed(Reason::Damaged, "end of file");
    }
    let (mut broken, mut letters) = (0, 0);
    for part in parts(bytes, encoding) {
        let text = decoded(part, encoding);
        let lost = text
            .chars()
            .filter(|c| *c == char::REPLACEMENT_CHARACTER)
            .count();
        broken += lost;
        letters += text.len();
        windows(&text, &mut page, sink)?;
    }
    if broken * 100 > letters * BROKEN_PERCENT {
        sink.missed(Reason::Damaged, "encoding");
    }
    Ok(())
}

/// Parts that end with a line where there is one.
fn parts(bytes: &[u8], encoding: Encoding) -> impl Iterator<Item = &[u8]> {
    let wide = encoding == Encoding::Utf16;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = PART_BYTES.min(rest.len());
        if end < rest.len() && !wide {
            let line = rest
                .get(..end)
                .and_then(|part| part.iter().rposition(|byte| *byte == b'\n'));
            end = line.map_or(end, |line| line + 1);
        }
        let (part, next) = rest.split_at(end);
        rest = next;
        Some(part)
    })
}

/// One part; lines that are Unicode in a legacy text stay what they are.
fn decoded(part: &[u8], encoding: Encoding) -> String {
    if matches!(encoding, Encoding::Utf16 | Encoding::Utf8) {
        return encodings::decode(part, encoding).text;
    }
    let mut out = String::with_capacity(part.len() * 2);
    for line in part.split_inclusive(|byte| *byte == b'\n') {
        let text: Cow<'_, str> = match std::str::from_utf8(line) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(encodings::decode(line, encoding).text),
        };
        out.push_str(&text);
    }
    out
}

/// Hands on the lines around every place of interest.
fn windows(text: &str, page: &mut Option<u32>, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut at = 0;
    while let Some(found) = sink.next_interest(text, at) {
        let start = text.floor_char_boundary(before(text, at, found));
        let end = text.ceil_char_boundary(behind(text, found));
        skip(text.get(at..start).unwrap_or(""), page, sink);
        for line in text.get(start..end).unwrap_or("").split_inclusive('\n') {
            let feeds = line.matches('\u{c}').count();
            if feeds > 0 {
                turn(page, feeds);
            }
            let line = line.trim_end_matches(['\n', '\r']);
            sink.piece(Piece {
                page: *page,
                ..Piece::new(Place::Body, line)
            })?;
        }
        at = end;
    }
    skip(text.get(at..).unwrap_or(""), page, sink);
    Ok(())
}

/// Start of the window of a needle at `found`, not before `at`.
fn before(text: &str, at: usize, found: usize) -> usize {
    let floor = found.saturating_sub(WINDOW_BYTES).max(at);
    let bytes = text.as_bytes().get(floor..found).unwrap_or(&[]);
    let line = bytes
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(WINDOW_LINES);
    line.map_or(floor, |(line, _)| floor + line + 1)
}

/// End of the window.
fn behind(text: &str, found: usize) -> usize {
    let ceiling = (found + WINDOW_BYTES).min(text.len());
    let bytes = text.as_bytes().get(found..ceiling).unwrap_or(&[]);
    let line = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(WINDOW_LINES);
    line.map_or(ceiling, |(line, _)| found + line + 1)
}

/// Passes over text; its lines are counted only as far as their number matters.
fn skip(text: &str, page: &mut Option<u32>, sink: &mut dyn Sink) {
    const LINES_MAX: usize = 4096;
    if text.is_empty() {
        return;
    }
    let bytes = text.as_bytes();
    if bytes.contains(&0x0c) {
        turn(page, bytes.iter().filter(|byte| **byte == 0x0c).count());
    }
    let lines = bytes
        .iter()
        .filter(|byte| **byte == b'\n')
        .take(LINES_MAX)
        .count();
    sink.skipped(u32::try_from(lines).unwrap_or(u32::MAX));
}

/// Turns pages; a text has pages from its first form feed on.
fn turn(page: &mut Option<u32>, feeds: usize) {
    let feeds = u32::try_from(feeds).unwrap_or(u32::MAX);
    *page = Some(page.unwrap_or(1).saturating_add(feeds));
}
