//! What is measured before the interpreter sees a file: how far its compressed streams unfold, and how
//! deep its arrays and dictionaries nest.

use crate::content::{Sink, Stop};
use crate::limits::{ELEMENT_DEPTH_MAX, PDF_STREAM_BYTES_MAX};
use aho_corasick::AhoCorasick;
use flate2::read::{DeflateDecoder, ZlibDecoder};
use std::io::Read;

/// Whether the interpreter may see the file.
pub(super) enum Answer {
    Bounded,
    TooLarge,
    TooDeep,
}

/// Longest dictionary looked at before a stream, in bytes.
const DICTIONARY_BYTES_MAX: usize = 4096;
/// Most filters laid over one another.
const FILTERS_MAX: usize = 4;
/// How far one byte can unfold at most: LZW with its longest string, run length with its longest run.
const LZW_RATIO: u64 = 2_800;
const RUN_LENGTH_RATIO: u64 = 64;

/// Inflates every compressed stream, to nowhere, and counts the bytes.
///
/// # Errors
/// [`Stop`] when the sink does not allow so many bytes.
pub(super) fn check(bytes: &[u8], sink: &mut dyn Sink) -> Result<Answer, Stop> {
    if nests_too_deep(bytes) {
        return Ok(Answer::TooDeep);
    }
    let Ok(finder) = AhoCorasick::new(["stream"]) else {
        return Ok(Answer::TooLarge);
    };
    let mut buffer = vec![0u8; 64 * 1024];
    for found in finder.find_iter(bytes) {
        let (start, end) = (found.start(), found.end());
        let before = bytes.get(..start).unwrap_or(&[]);
        if before.ends_with(b"end") {
            continue;
        }
        let Some(data) = data_after(bytes, end) else {
            continue;
        };
        let dictionary = dictionary(before);
        let filters = Filters::of(dictionary, data);
        let unfolded = filters.unfolded(data, &mut buffer);
        if unfolded > PDF_STREAM_BYTES_MAX {
            return Ok(Answer::TooLarge);
        }
        sink.inflate(unfolded)?;
    }
    Ok(Answer::Bounded)
}

/// The bytes of a stream, if the word is followed by the line end that a stream needs.
fn data_after(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    rest.strip_prefix(b"\r\n")
        .or_else(|| rest.strip_prefix(b"\n"))
        .or_else(|| rest.strip_prefix(b"\r"))
}

fn dictionary(before: &[u8]) -> &[u8] {
    let near = before
        .get(before.len().saturating_sub(DICTIONARY_BYTES_MAX)..)
        .unwrap_or(before);
    let from = near
        .windows(3)
        .rposition(|three| three == b"obj")
        .unwrap_or(0);
    near.get(from..).unwrap_or(near)
}

/// Filters that unfold bytes, as far as the dictionary names them.
struct Filters {
    flate: usize,
    lzw: usize,
    run_length: usize,
}

impl Filters {
    fn of(dictionary: &[u8], data: &[u8]) -> Self {
        let count = |names: &[&[u8]]| {
            names
                .iter()
                .map(|name| {
                    dictionary
                        .windows(name.len() + 1)
                        .filter(|window| {
                            window.starts_with(name)
                                && window
                                    .last()
                                    .is_some_and(|next| !next.is_ascii_alphanumeric())
                        })
                        .count()
                })
                .sum::<usize>()
                .min(FILTERS_MAX)
        };
        let named = count(&[b"/FlateDecode", b"/Fl"]);
        Self {
            // A filter may be named by a reference; its data still begins like zlib's.
            flate: if named == 0 && is_zlib(data) {
                1
            } else {
                named
            },
            lzw: count(&[b"/LZWDecode", b"/LZW"]),
            run_length: count(&[b"/RunLengthDecode", b"/RL"]),
        }
    }

    /// Bytes after all filters.
    fn unfolded(&self, data: &[u8], buffer: &mut [u8]) -> u64 {
        if self.flate == 0 && self.lzw == 0 && self.run_length == 0 {
            return 0;
        }
        // Deflated data knows its own end.
        let stored = if self.flate > 0 {
            data
        } else {
            data.get(..end_of(data)).unwrap_or(data)
        };
        let mut bytes = if self.flate > 0 {
            inflated(data, self.flate, buffer)
        } else {
            stored.len() as u64
        };
        for _ in 0..self.lzw {
            bytes = bytes.saturating_mul(if self.flate == 0 && self.lzw == 1 {
                lzw_ratio(stored)
            } else {
                LZW_RATIO
            });
        }
        for _ in 0..self.run_length {
            bytes = bytes.saturating_mul(RUN_LENGTH_RATIO);
        }
        bytes
    }
}

fn is_zlib(data: &[u8]) -> bool {
    matches!(data, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31))
}

/// Length of the data up to the word that ends it.
fn end_of(data: &[u8]) -> usize {
    AhoCorasick::new(["endstream"])
        .ok()
        .and_then(|finder| finder.find(data))
        .map_or(data.len(), |found| found.start())
}

/// How far LZW data unfolds, rounded up, counted without making the bytes.
fn lzw_ratio(data: &[u8]) -> u64 {
    let mut lengths: Vec<u64> = Vec::with_capacity(4096);
    let reset = |lengths: &mut Vec<u64>| {
        lengths.clear();
        lengths.resize(258, 1);
    };
    reset(&mut lengths);
    let (mut bits, mut held, mut width) = (0u32, 0u32, 9u32);
    let mut total = 0u64;
    let mut last: Option<u64> = None;
    for byte in data {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = (bits >> held) & ((1 << width) - 1);
        bits &= (1 << held) - 1;
        match code {
            256 => {
                reset(&mut lengths);
                (width, last) = (9, None);
            }
            257 => break,
            _ => {
                let known = lengths.get(code as usize).copied();
                let length = known.or(last.map(|last| last + 1)).unwrap_or(1);
                total = total.saturating_add(length);
                if let Some(last) = last
                    && lengths.len() < 4096
                {
                    lengths.push(last + 1);
                }
                last = Some(length);
                width = match lengths.len() {
                    0..511 => 9,
                    511..1023 => 10,
                    1023..2047 => 11,
                    _ => 12,
                };
            }
        }
    }
    total.div_ceil(data.len().max(1) as u64).max(1)
}

/// Inflates `data` through `filters` layers; a stream that breaks off is left to the interpreter.
fn inflated(data: &[u8], filters: usize, buffer: &mut [u8]) -> u64 {
    let mut reader: Box<dyn Read + '_> = if is_zlib(data) {
        Box::new(ZlibDecoder::new(data))
    } else {
        // Some readers take data whose two bytes of header are damaged.
        Box::new(DeflateDecoder::new(data.get(2..).unwrap_or(&[])))
    };
    for _ in 1..filters {
        reader = Box::new(ZlibDecoder::new(reader.take(PDF_STREAM_BYTES_MAX + 1)));
    }
    let mut total = 0u64;
    while let Ok(read) = reader.read(buffer) {
        if read == 0 || total > PDF_STREAM_BYTES_MAX {
            break;
        }
        total += read as u64;
    }
    total
}

/// Whether arrays or dictionaries open deeper than any honest file, outside streams and strings.
fn nests_too_deep(bytes: &[u8]) -> bool {
    let mut depth = 0usize;
    for byte in bytes {
        match byte {
            b'[' | b'<' => depth += 1,
            b']' | b'>' => depth = depth.saturating_sub(1),
            // Objects and streams start anew: their data is binary and means nothing here.
            b'\0'..=b'\x08' | b'\x80'.. => depth = 0,
            _ => {}
        }
        if depth > ELEMENT_DEPTH_MAX * 4 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lzw_is_counted() {
        // clear, A, A A, A A A, end: codes 256 65 258 259 257 of nine bits.
        let codes = [256u32, 65, 258, 259, 257];
        let mut bits = String::new();
        for code in codes {
            bits.push_str(&format!("{code:09b}"));
        }
        while !bits.len().is_multiple_of(8) {
            bits.push('0');
        }
        let data: Vec<u8> = bits
            .as_bytes()
            .chunks(8)
            .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
            .collect();
        assert_eq!(lzw_ratio(&data), 1, "6 bytes out of 6");
        let repeated: Vec<u8> = data.iter().copied().cycle().take(6).collect();
        assert_eq!(lzw_ratio(&repeated), 1);
    }

    #[test]
    fn depth_is_seen() {
        let deep = vec![b'['; 100_000];
        assert!(nests_too_deep(&deep));
        assert!(!nests_too_deep(b"<< /A [ [ 1 ] ] >>"));
    }
}
