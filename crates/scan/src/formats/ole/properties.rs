//! Document properties of compound files (MS-OLEPS): title, subject, keywords, comments, custom ones.

use super::{le16, le32, wide};
use crate::content::{Piece, Place, Sink, Stop};
use std::collections::BTreeMap;

/// Most properties of one set.
const PROPERTIES_MAX: u32 = 4_096;
/// The properties that say nothing about the content: template, times, counts, thumbnail, program.
const MUTE: [u32; 4] = [7, 9, 17, 18];

/// Hands on all properties that are text.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Stop> {
    let sets = le32(bytes, 24).unwrap_or(0).min(4);
    for index in 0..sets {
        let at = 28 + 20 * usize::try_from(index).unwrap_or(0);
        let set = le32(bytes, at + 16)
            .and_then(|offset| usize::try_from(offset).ok())
            .and_then(|offset| bytes.get(offset..));
        if let Some(set) = set {
            section(set, index > 0, sink)?;
        }
    }
    Ok(())
}

fn section(set: &[u8], is_custom: bool, sink: &mut dyn Sink) -> Result<(), Stop> {
    let count = le32(set, 4).unwrap_or(0).min(PROPERTIES_MAX);
    let properties: Vec<(u32, &[u8])> = (0..count)
        .filter_map(|index| {
            let at = 8 + 8 * usize::try_from(index).ok()?;
            let offset = usize::try_from(le32(set, at + 4)?).ok()?;
            Some((le32(set, at)?, set.get(offset..)?))
        })
        .collect();
    let page = properties
        .iter()
        .find(|(id, _)| *id == 1)
        .and_then(|(_, value)| le16(value, 4))
        .unwrap_or(1252);
    let names = properties
        .iter()
        .find(|(id, _)| *id == 0 && is_custom)
        .map(|(_, dictionary)| dictionary_names(dictionary, page))
        .unwrap_or_default();
    for (id, value) in properties {
        if id < 2 || !is_custom && MUTE.contains(&id) {
            continue;
        }
        for text in texts(value, page) {
            if text.trim().is_empty() {
                continue;
            }
            let text = match names.get(&id) {
                Some(name) => format!("{name}: {}", text.trim()),
                None => text.trim().to_owned(),
            };
            sink.piece(Piece::new(Place::Property, text))?;
        }
    }
    Ok(())
}

fn narrow(bytes: &[u8], page: u16) -> String {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let bytes = bytes.get(..end).unwrap_or(bytes);
    match page {
        65001 => String::from_utf8_lossy(bytes).into_owned(),
        1258 => vanban::encodings::decode(bytes, vanban::encodings::Encoding::Cp1258).text,
        _ => vanban::encodings::as_western(bytes),
    }
}

/// Text of a value; several of a vector.
fn texts(value: &[u8], page: u16) -> Vec<String> {
    let kind = le32(value, 0).unwrap_or(0);
    let (count, mut at) = match kind & 0x1000 {
        0 => (1, 4),
        _ => (le32(value, 4).unwrap_or(0).min(PROPERTIES_MAX), 8),
    };
    let mut out = Vec::new();
    for _ in 0..count {
        let kind = match kind & 0xfff {
            // A vector of values of any kind names the kind of each.
            0x0c => {
                let own = le32(value, at).unwrap_or(0);
                at += 4;
                own
            }
            kind => kind,
        };
        let Some(length) = le32(value, at).and_then(|length| usize::try_from(length).ok()) else {
            break;
        };
        let (bytes, is_wide) = match kind {
            0x1e if page == 1200 => (length, true),
            0x1e => (length, false),
            0x1f => (length.saturating_mul(2), true),
            0x03 => {
                at += 4;
                continue;
            }
            _ => break,
        };
        let Some(raw) = value.get(at + 4..).and_then(|rest| rest.get(..bytes)) else {
            break;
        };
        out.push(if is_wide {
            wide(raw)
        } else {
            narrow(raw, page)
        });
        at = at + 4 + bytes.next_multiple_of(4);
    }
    out
}

fn dictionary_names(bytes: &[u8], page: u16) -> BTreeMap<u32, String> {
    let mut out = BTreeMap::new();
    let mut at = 4;
    for _ in 0..le32(bytes, 0).unwrap_or(0).min(PROPERTIES_MAX) {
        let (Some(id), Some(length)) = (le32(bytes, at), le32(bytes, at + 4)) else {
            break;
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let length = if page == 1200 {
            length.saturating_mul(2)
        } else {
            length
        };
        let Some(raw) = bytes.get(at + 8..).and_then(|rest| rest.get(..length)) else {
            break;
        };
        let name = if page == 1200 {
            wide(raw)
        } else {
            narrow(raw, page)
        };
        out.insert(id, name);
        at += 8 + length;
        if page == 1200 {
            at = at.next_multiple_of(4);
        }
    }
    out
}
