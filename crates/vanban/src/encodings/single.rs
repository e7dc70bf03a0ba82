//! Encodings of one byte a letter.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::decompose_canonical;

use super::tables::{CP1252, CP1258, TCVN3, TCVN3_LOW, VISCII, VISCII_LOW};

/// The letter that the code page 1252 shows for a byte.
pub fn western(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        Some(high) => CP1252
            .get(usize::from(high))
            .copied()
            .unwrap_or(char::from(byte)),
        None => char::from(byte),
    }
}

/// The byte that a letter stands for, in the code page 1252, in Latin-1, or in the private area where
/// office programs put the letters of symbol fonts.
pub fn byte_of(c: char) -> Option<u8> {
    let code = u32::from(c);
    match code {
        0..=0xff => u8::try_from(code).ok(),
        0xf020..=0xf0ff => u8::try_from(code - 0xf000).ok(),
        _ => {
            let at = CP1252.iter().position(|other| *other == c)?;
            u8::try_from(at + 0x80).ok()
        }
    }
}

/// TCVN3 out of letters that stand for its bytes. A font draws its capitals, so `MËT` is MẬT; some
/// converters write the bare capital before the letter, so `M¢ËT` is MẬT too.
pub fn tcvn3(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let mut word = Vec::new();
    for c in text.chars() {
        let c = tcvn3_letter(c);
        if c.is_alphabetic() || is_tone(c) {
            word.push(c);
        } else {
            end_word(&mut word, &mut out);
            out.push(c);
        }
    }
    end_word(&mut word, &mut out);
    out
}

fn tcvn3_letter(c: char) -> char {
    match byte_of(c) {
        Some(byte @ 0x80..) => TCVN3.get(usize::from(byte) - 0x80).copied().unwrap_or(c),
        Some(byte @ 0..0x20) => TCVN3_LOW
            .iter()
            .find(|(low, _)| *low == byte)
            .map_or(c, |(_, c)| *c),
        Some(byte) => char::from(byte),
        None => c,
    }
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
}

fn end_word(word: &mut Vec<char>, out: &mut String) {
    if word.iter().all(char::is_ascii) {
        out.extend(word.drain(..));
        return;
    }
    let mut joined: Vec<char> = Vec::with_capacity(word.len());
    for c in word.drain(..) {
        match joined.last_mut() {
            Some(last) if last.is_uppercase() && c.is_lowercase() && is_toned(c, *last) => {
                *last = upper(c)
            }
            _ => joined.push(c),
        }
    }
    // No TCVN3 font has both: where the plain letters are capitals, all are.
    let plain = joined.iter().filter(|c| c.is_ascii_alphabetic());
    let (mut any, mut all) = (false, true);
    for c in plain {
        any = true;
        all &= c.is_ascii_uppercase();
    }
    let one_big = joined.len() > 1
        && any
        && all
        && !(joined.iter().filter(|c| c.is_ascii_alphabetic()).count() == 1
            && joined.first().is_some_and(char::is_ascii_uppercase));
    if one_big {
        out.extend(joined.into_iter().map(upper));
    } else {
        out.extend(joined);
    }
}

/// Whether `c` is the capital `base` in small letters with a tone, as `ậ` for `Â` and `à` for `A`.
fn is_toned(c: char, base: char) -> bool {
    let small: Vec<char> = base.to_lowercase().nfd().collect();
    let parts: Vec<char> = std::iter::once(c)
        .nfd()
        .filter(|part| !is_tone(*part))
        .collect();
    parts == small && !base.to_lowercase().eq(std::iter::once(c))
}

fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// VISCII to text.
pub fn viscii(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            0x80.. => VISCII
                .get(usize::from(*byte) - 0x80)
                .copied()
                .unwrap_or(char::REPLACEMENT_CHARACTER),
            0..0x20 => VISCII_LOW
                .iter()
                .find(|(low, _)| low == byte)
                .map_or(char::from(*byte), |(_, c)| *c),
            _ => char::from(*byte),
        })
        .collect()
}

/// Code page 1258 to text; the tones stay combining marks.
pub fn cp1258(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            0x80.. => CP1258
                .get(usize::from(*byte) - 0x80)
                .copied()
                .unwrap_or(char::REPLACEMENT_CHARACTER),
            _ => char::from(*byte),
        })
        .collect()
}

pub fn encode_tcvn3(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| place(c, &TCVN3, &TCVN3_LOW)).collect()
}

pub fn encode_viscii(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| place(c, &VISCII, &VISCII_LOW))
        .collect()
}

/// Letters of the code page stay whole, others give up their tone.
pub fn encode_cp1258(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        if let Some(byte) = place(c, &CP1258, &[]) {
            out.push(byte);
            continue;
        }
        let mut tone = None;
        let mut rest = String::new();
        decompose_canonical(c, |part| {
            if is_tone(part) {
                tone = Some(part);
            } else {
                rest.push(part);
            }
        });
        for part in rest.nfc().chain(tone) {
            out.push(place(part, &CP1258, &[])?);
        }
    }
    Some(out)
}

fn place(c: char, high: &[char; 128], low: &[(u8, char)]) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(c)
            .ok()
            .filter(|byte| !low.iter().any(|(taken, _)| taken == byte));
    }
    if let Some((byte, _)) = low.iter().find(|(_, other)| *other == c) {
        return Some(*byte);
    }
    let at = high.iter().position(|other| *other == c)?;
    u8::try_from(at + 0x80).ok()
}
