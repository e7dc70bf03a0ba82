//! What is measured before the interpreter sees a file: how far its compressed streams unfold, and how
//! deep its arrays and dictionaries nest.

use crate::content::{Sink, Stop};
use crate::limits::{ELEMENT_DEPTH_MAX, PDF_STREAM_BYTES_MAX};
use aho_corasick::AhoCorasick;
use flate2::read::{DeflateDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};
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
    let mut inflater = Inflater::new();
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
        let unfolded = filters.unfolded(data, &mut inflater);
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
    fn unfolded(&self, data: &[u8], inflater: &mut Inflater) -> u64 {
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
            inflater.inflated(data, self.flate)
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

/// Inflates to nowhere. Made once a file: a short stream costs less than the tables of a new one.
struct Inflater {
    zlib: Decompress,
    buffer: Vec<u8>,
}

impl Inflater {
    fn new() -> Self {
        Self {
            zlib: Decompress::new(true),
            buffer: vec![0u8; 64 * 1024],
        }
    }

    /// Bytes of `data` behind `filters` layers; a stream that breaks off is left to the interpreter.
    fn inflated(&mut self, data: &[u8], filters: usize) -> u64 {
        let zlib = is_zlib(data);
        // Some readers take data whose two bytes of header are damaged.
        let data = if zlib {
            data
        } else {
            data.get(2..).unwrap_or(&[])
        };
        if filters > 1 {
            return self.layers(data, zlib, filters);
        }
        self.zlib.reset(zlib);
        let mut rest = data;
        while self.zlib.total_out() <= PDF_STREAM_BYTES_MAX {
            let (read, made) = (self.zlib.total_in(), self.zlib.total_out());
            let status = self
                .zlib
                .decompress(rest, &mut self.buffer, FlushDecompress::None);
            let taken = usize::try_from(self.zlib.total_in() - read).unwrap_or(usize::MAX);
            rest = rest.get(taken..).unwrap_or(&[]);
            let stuck = taken == 0 && self.zlib.total_out() == made;
            if stuck || !matches!(status, Ok(Status::Ok | Status::BufError)) {
                break;
            }
        }
        self.zlib.total_out()
    }

    fn layers(&mut self, data: &[u8], zlib: bool, filters: usize) -> u64 {
        let mut reader: Box<dyn Read + '_> = if zlib {
            Box::new(ZlibDecoder::new(data))
        } else {
            Box::new(DeflateDecoder::new(data))
        };
        for _ in 1..filters {
            reader = Box::new(ZlibDecoder::new(reader.take(PDF_STREAM_BYTES_MAX + 1)));
        }
        let mut total = 0u64;
        while let Ok(read) = reader.read(&mut self.buffer) {
            if read == 0 || total > PDF_STREAM_BYTES_MAX {
                break;
            }
            total += read as u64;
        }
        total
    }
}

/// Whether arrays or dictionaries open deeper than any honest file, outside streams and strings.
fn nests_too_deep(bytes: &[u8]) -> bool {
    let mut depth = 0usize;
    // The deepest of each stretch is asked for, not each byte: no branch on what a byte is.
    bytes.chunks(4096).any(|stretch| {
        let mut deepest = 0;
        for byte in stretch {
            let (opened, closed, keep) = match byte {
                b'[' | b'<' => (1, 0, 1),
                b']' | b'>' => (0, 1, 1),
                // Objects and streams start anew: their data is binary and means nothing here.
                b'\0'..=b'\x08' | b'\x80'.. => (0, 0, 0),
                _ => (0, 0, 1),
            };
            depth = (depth * keep + opened).saturating_sub(closed);
            deepest = deepest.max(depth);
        }
        deepest > ELEMENT_DEPTH_MAX * 4
    })
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
        // Closed and cut off again and again: never deep.
        assert!(!nests_too_deep(&b"[[[[]]]]".repeat(100_000)));
        assert!(!nests_too_deep(&b"[[[[\x80".repeat(100_000)));
        assert!(!nests_too_deep(&b"]".repeat(100_000)));
        // As deep as is allowed, anywhere in the file, and one deeper.
        let at = |before: usize, depth: usize| {
            let mut bytes = vec![b' '; before];
            bytes.resize(before + depth, b'<');
            bytes.resize(before + depth * 2, b'>');
            nests_too_deep(&bytes)
        };
        for before in [0, 1, 4090, 4096, 10_000] {
            assert!(!at(before, ELEMENT_DEPTH_MAX * 4), "{before}");
            assert!(at(before, ELEMENT_DEPTH_MAX * 4 + 1), "{before}");
        }
    }

    #[test]
    fn one_inflater_counts_every_stream() {
        use flate2::Compression;
        use flate2::write::{DeflateEncoder, ZlibEncoder};
        use std::io::Write;

        let text = vec![b'a'; 300_000];
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(&text).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut raw = DeflateEncoder::new(b"??".to_vec(), Compression::default());
        raw.write_all(&text).unwrap();
        let raw = raw.finish().unwrap();
        let mut twice = ZlibEncoder::new(Vec::new(), Compression::default());
        twice.write_all(&zlib).unwrap();
        let twice = twice.finish().unwrap();

        let mut inflater = Inflater::new();
        for _ in 0..2 {
            assert_eq!(inflater.inflated(&zlib, 1), 300_000);
            assert_eq!(inflater.inflated(&raw, 1), 300_000, "a damaged header");
            assert_eq!(inflater.inflated(&twice, 2), 300_000, "two layers");
            assert!(inflater.inflated(&zlib[..zlib.len() / 2], 1) > 0, "cut off");
            assert_eq!(inflater.inflated(b"no data", 1), 0);
            assert_eq!(inflater.inflated(b"", 1), 0);
            let mut more = zlib.clone();
            more.extend(b"endstream and what follows");
            assert_eq!(inflater.inflated(&more, 1), 300_000);
        }
    }
}
