//! Outlook messages (MS-OXMSG): subject, people, header lines, body in every form, attachments.

use super::container::Container;
use super::wide;
use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::formats;
use crate::kind::Kind;
use crate::limits::{Limits, PART_BYTES_MAX};
use crate::report::Reason;

/// Whether the storage is a message, not one of its people or attachments.
pub(super) fn is_message(folder: &[String]) -> bool {
    folder.last().is_none_or(|name| {
        !name.starts_with("__recip_version1.0_") && !name.starts_with("__attach_version1.0_")
    })
}

/// Properties that the reader of a message sees first.
const BODY: u16 = 0x1000;
const HTML: u16 = 0x1013;
const RTF: u16 = 0x1009;
/// Identifiers and addresses in a program's own form.
const MUTE: [u16; 6] = [0x001a, 0x0c1e, 0x3002, 0x0064, 0x0075, 0x0077];

/// Reads a message with its attachments. Messages inside it are storages of their own.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(
    container: &Container<'_>,
    folder: &[String],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    for (own, name) in container.streams() {
        let Some(rest) = own.strip_prefix(folder) else {
            continue;
        };
        let is_person = matches!(rest, [one] if one.starts_with("__recip_version1.0_"));
        if !(rest.is_empty() || is_person) {
            continue;
        }
        let Some((id, kind)) = property(name) else {
            continue;
        };
        let Some((bytes, whole)) = container.read(own, name, limits.file_bytes) else {
            continue;
        };
        if !whole {
            sink.missed(Reason::Damaged, name);
        }
        value(id, kind, &bytes, limits, sink)?;
    }
    let attachments: Vec<&[String]> = container
        .storages()
        .filter(|own| {
            matches!(own.strip_prefix(folder), Some([one]) if one.starts_with("__attach_version1.0_"))
        })
        .collect();
    for attachment in attachments {
        attached(container, attachment, limits, sink)?;
    }
    Ok(())
}

/// Number and type of a property, out of the name of its stream.
fn property(name: &str) -> Option<(u16, u16)> {
    let digits = name.strip_prefix("__substg1.0_")?;
    Some((
        u16::from_str_radix(digits.get(..4)?, 16).ok()?,
        u16::from_str_radix(digits.get(4..8)?, 16).ok()?,
    ))
}

fn text(kind: u16, bytes: &[u8]) -> Option<String> {
    match kind {
        0x1f => Some(wide(bytes)),
        0x1e => Some(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => vanban::encodings::as_western(bytes),
        }),
        _ => None,
    }
}

fn value(
    id: u16,
    kind: u16,
    bytes: &[u8],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    match (id, text(kind, bytes)) {
        (HTML, Some(text)) => formats::html::read(text.as_bytes(), limits, sink),
        (HTML, None) => formats::html::read(bytes, limits, sink),
        (RTF, _) => match unpacked_rtf(bytes) {
            Some(rtf) => {
                sink.inflate(rtf.len() as u64)?;
                formats::read(Kind::Rtf, &rtf, limits, sink)
            }
            None => {
                sink.missed(Reason::Damaged, "rtf");
                Ok(())
            }
        },
        (id, Some(text)) if !MUTE.contains(&id) => {
            let place = if id == BODY {
                Place::Body
            } else {
                Place::Property
            };
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                sink.piece(Piece::new(place, line))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn attached(
    container: &Container<'_>,
    folder: &[String],
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    let read = |id: u16, kind: u16| {
        let name = format!("__substg1.0_{id:04X}{kind:04X}");
        container.read(folder, &name, limits.file_bytes)
    };
    let name = [0x3707u16, 0x3704, 0x3001]
        .into_iter()
        .flat_map(|id| [(id, 0x1fu16), (id, 0x1e)])
        .find_map(|(id, kind)| text(kind, &read(id, kind)?.0))
        .unwrap_or_else(|| "attachment".to_owned());
    // A preview of what an attached object shows.
    if let Some((preview, _)) = read(0x3709, 0x102) {
        formats::metafile::read(&preview, &name, sink)?;
    }
    let Some((bytes, whole)) = read(0x3701, 0x102) else {
        let inner = folder.to_vec();
        let has_object = container.storages().any(|own| {
            own.strip_prefix(inner.as_slice())
                .is_some_and(|rest| !rest.is_empty())
        });
        if !has_object {
            // Only a link, or nothing.
            sink.piece(Piece::new(Place::Label, name))?;
        }
        return Ok(());
    };
    if !whole {
        sink.missed(Reason::Damaged, &name);
    }
    sink.member(Member { name, bytes })
}

/// RTF out of its compression (MS-OXRTFCP): runs that repeat what came before, in a window of 4,096
/// bytes that starts with words common in RTF.
pub(in crate::formats) fn unpacked_rtf(bytes: &[u8]) -> Option<Vec<u8>> {
    const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
    let claimed = u64::from(super::le32(bytes, 4)?);
    let data = bytes.get(16..)?;
    match bytes.get(8..12)? {
        b"MELA" => return Some(data.to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut window = START.to_vec();
    window.resize(4096, 0);
    let mut write = START.len();
    let mut out = Vec::new();
    let mut rest = data.iter().copied();
    let limit = claimed.min(PART_BYTES_MAX);
    'all: while let Some(control) = rest.next() {
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(byte) = rest.next() else { break 'all };
                out.push(byte);
                *window.get_mut(write)? = byte;
                write = (write + 1) % 4096;
            } else {
                let (Some(high), Some(low)) = (rest.next(), rest.next()) else {
                    break 'all;
                };
                let pair = usize::from(high) << 8 | usize::from(low);
                let (from, length) = (pair >> 4, (pair & 0xf) + 2);
                // A run that begins where the next byte goes is the end.
                if from == write {
                    break 'all;
                }
                for step in 0..length {
                    let byte = *window.get((from + step) % 4096)?;
                    out.push(byte);
                    *window.get_mut(write)? = byte;
                    write = (write + 1) % 4096;
                }
            }
            if out.len() as u64 > limit {
                break 'all;
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, section 4.1.
    #[test]
    fn rtf_is_unpacked() {
        let packed = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03,
            0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3,
            0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d,
            0x0a, 0x80, 0x0f, 0xa0,
        ];
        let text = String::from_utf8(unpacked_rtf(&packed).unwrap()).unwrap();
        assert_eq!(text, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    }
}
