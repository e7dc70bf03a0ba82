//! tar: ustar, GNU long names, pax.

use super::name;
use crate::content::{Member, Sink, Stop};
use crate::limits::Limits;
use crate::report::Reason;

const BLOCK: usize = 512;
/// Longest pax header or long name, in bytes.
const HEADER_BYTES_MAX: u64 = 1 << 20;

/// Reads an archive.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut at = 0usize;
    let mut ended = false;
    let mut long_name: Option<String> = None;
    let mut long_size: Option<u64> = None;
    while let Some(block) = bytes.get(at..at + BLOCK) {
        if block.iter().all(|byte| *byte == 0) {
            // Archives may be joined: what follows the end is read as well.
            ended = true;
            at += BLOCK;
            continue;
        }
        ended = false;
        let Some(header) = Header::read(block) else {
            sink.missed(Reason::Damaged, "header");
            return Ok(());
        };
        let size = long_size.take().unwrap_or(header.size);
        let start = at + BLOCK;
        let whole = usize::try_from(size)
            .ok()
            .and_then(|size| bytes.get(start..start.checked_add(size)?));
        let data = whole.unwrap_or_else(|| bytes.get(start..).unwrap_or(&[]));
        let is_header = matches!(header.kind, b'L' | b'K' | b'x' | b'g');
        if is_header && size > HEADER_BYTES_MAX {
            sink.missed(Reason::TooLarge, "header");
            return Ok(());
        }
        match header.kind {
            b'L' => long_name = Some(name(data).trim_end_matches('\0').to_owned()),
            b'x' => {
                for (key, value) in pax(data) {
                    match key {
                        "path" => long_name = Some(value.to_owned()),
                        "size" => long_size = value.parse().ok(),
                        _ => {}
                    }
                }
            }
            b'K' | b'g' | b'5' => {}
            _ => {
                let name = long_name.take().unwrap_or(header.name);
                if whole.is_none() {
                    sink.missed(Reason::Damaged, &name);
                }
                if data.len() as u64 > limits.file_bytes {
                    sink.missed(Reason::TooLarge, &name);
                } else if !data.is_empty() || !matches!(header.kind, b'1'..=b'6') {
                    sink.inflate(data.len() as u64)?;
                    sink.member(Member {
                        name,
                        bytes: data.to_vec(),
                    })?;
                }
            }
        }
        let Some(whole) = whole else { return Ok(()) };
        at = start + whole.len().div_ceil(BLOCK) * BLOCK;
    }
    if !ended {
        sink.missed(Reason::Damaged, "end");
    }
    Ok(())
}

struct Header {
    name: String,
    size: u64,
    kind: u8,
}

impl Header {
    fn read(block: &[u8]) -> Option<Self> {
        let stored = octal(block.get(148..156)?)?;
        let sum: u64 = block
            .iter()
            .enumerate()
            .map(|(index, byte)| match index {
                148..156 => u64::from(b' '),
                _ => u64::from(*byte),
            })
            .sum();
        if sum != stored {
            return None;
        }
        let text = |from: usize, to: usize| {
            let field = block.get(from..to).unwrap_or(&[]);
            name(field.split(|byte| *byte == 0).next().unwrap_or(&[]))
        };
        let (short, prefix) = (text(0, 100), text(345, 500));
        let is_posix = block.get(257..263) == Some(b"ustar\0");
        Some(Self {
            name: if is_posix && !prefix.is_empty() {
                format!("{prefix}/{short}")
            } else {
                short
            },
            size: octal(block.get(124..136)?)?,
            kind: *block.get(156)?,
        })
    }
}

/// A number in octal digits, or in bytes where it is marked so.
fn octal(field: &[u8]) -> Option<u64> {
    if let [first, rest @ ..] = field
        && first & 0x80 != 0
    {
        return rest.iter().try_fold(u64::from(first & 0x7f), |sum, byte| {
            sum.checked_mul(256)?.checked_add(u64::from(*byte))
        });
    }
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches(['\0', ' ']);
    if digits.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(digits, 8).ok()
}

/// Records `length key=value` of a pax header.
fn pax(data: &[u8]) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = data;
    while let Some(blank) = rest.iter().position(|byte| *byte == b' ') {
        let length = rest
            .get(..blank)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| digits.parse::<usize>().ok());
        let Some(record) = length.and_then(|length| rest.get(blank + 1..length)) else {
            break;
        };
        if let Some((key, value)) = std::str::from_utf8(record)
            .ok()
            .and_then(|record| record.trim_end_matches('\n').split_once('='))
        {
            out.push((key, value));
        }
        rest = rest.get(blank + 1 + record.len()..).unwrap_or(&[]);
    }
    out
}
