//! Which encoding a text is in.

use super::{Encoding, as_western, decode, is_syllable, legacy, viqr};
use crate::text;

/// Bytes of a text that are weighed.
const SAMPLE_BYTES: usize = 64 * 1024;

/// The encoding of a text, judged by its marks, its validity and the syllables that it gives.
#[must_use]
pub fn detect(bytes: &[u8]) -> Encoding {
    if is_utf16(bytes) {
        return Encoding::Utf16;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let end = text.floor_char_boundary(SAMPLE_BYTES);
            let sample = text.get(..end).unwrap_or(text);
            repair_with(sample, FILE).map_or(Encoding::Utf8, |(encoding, _)| encoding)
        }
        Err(_) => of_bytes(bytes),
    }
}

/// Whether text is UTF-16, by its mark or by the zeros of its plain letters.
#[must_use]
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || has_wide_zeros(bytes)
}

fn of_bytes(bytes: &[u8]) -> Encoding {
    // Where the text starts with a long plain preamble the letters come later.
    let first = bytes
        .iter()
        .position(|byte| *byte >= 0x80)
        .unwrap_or(0)
        .saturating_sub(256);
    let rest = bytes.get(first..).unwrap_or(bytes);
    let sample = rest.get(..SAMPLE_BYTES).unwrap_or(rest);
    let mut best = (Encoding::Cp1258, 0);
    // A file may be Unicode with a few broken places.
    let candidates = [
        Encoding::Utf8,
        Encoding::Tcvn3,
        Encoding::Vni,
        Encoding::Viscii,
        Encoding::Cp1258,
    ];
    for encoding in candidates {
        let text = match encoding {
            // The sample may be cut inside a letter, so it is not asked whether it is Unicode.
            Encoding::Tcvn3 | Encoding::Vni => text::nfc(&legacy(&as_western(sample), encoding)),
            _ => decode(sample, encoding).text,
        };
        let score = weigh(&text).score();
        if score > best.1 {
            best = (encoding, score);
        }
    }
    best.0
}

/// Takes text whose letters stand for the bytes of TCVN3 or VNI, or which is typed in VIQR, for what
/// it stands for. `None` where the text makes more sense as it is.
///
/// ```
/// use vanban::encodings::{Encoding, repair};
/// assert_eq!(repair("bÝ mËt nhµ n\u{ad}íc"), Some((Encoding::Tcvn3, "bí mật nhà nước".to_owned())));
/// assert_eq!(repair("TUYEÄT MAÄT").map(|(_, text)| text).as_deref(), Some("TUYỆT MẬT"));
/// assert_eq!(repair("bi' ma^.t").map(|(_, text)| text).as_deref(), Some("bí mật"));
/// assert_eq!(repair("Noël à la carte"), None);
/// ```
#[must_use]
pub fn repair(text: &str) -> Option<(Encoding, String)> {
    repair_with(text, LINE)
}

/// Least share of VIQR words among all words, in percent: of a line, and of a whole file.
const LINE: usize = 1;
const FILE: usize = 15;

fn repair_with(text: &str, viqr_percent: usize) -> Option<(Encoding, String)> {
    if text.is_ascii() {
        return viqr_words(text, viqr_percent).map(|text| (Encoding::Viqr, text));
    }
    if is_beyond_bytes(text) {
        return None;
    }
    let own = weigh(text);
    if own.invalid == 0 {
        return None;
    }
    let mut best: Option<(i64, Encoding, String)> = None;
    for encoding in [Encoding::Tcvn3, Encoding::Vni] {
        let decoded = text::nfc(&legacy(text, encoding));
        let score = weigh(&decoded).score();
        if score > own.score().max(0) && best.as_ref().is_none_or(|(other, _, _)| score > *other) {
            best = Some((score, encoding, decoded));
        }
    }
    best.map(|(_, encoding, text)| (encoding, text))
}

/// Whether letters stand in a text that no byte of a legacy encoding shows: it is Unicode already.
/// Punctuation of the web (dashes, quotes) stands among legacy letters too.
fn is_beyond_bytes(text: &str) -> bool {
    text.chars().any(|c| {
        c.is_alphabetic() && super::single::byte_of(c).is_none()
            || ('\u{300}'..='\u{36f}').contains(&c)
    })
}

/// The text out of VIQR, if enough of its words are.
fn viqr_words(text: &str, percent: usize) -> Option<String> {
    let bytes = text.as_bytes();
    let typed = bytes.windows(2).any(|two| {
        matches!(two, [vowel, b'^' | b'(' | b'+' | b'*'] if viqr::is_vowel(char::from(*vowel)))
            || matches!(two, [b'd' | b'D', b'd' | b'D'])
    });
    if !typed {
        return None;
    }
    let decoded = viqr::decode(text);
    let weight = weigh(&decoded);
    let words = text.split_whitespace().count().max(1);
    (weight.score() > 0 && weight.valid * 100 >= words * percent && weight.shaped > 0)
        .then_some(decoded)
}

/// What a text's words look like.
#[derive(Debug, Default)]
struct Weight {
    /// Words with marks that are syllables.
    valid: usize,
    /// Words with marks that are none.
    invalid: usize,
    /// Of the valid ones, those with a letter that only Vietnamese has.
    shaped: usize,
}

impl Weight {
    fn score(&self) -> i64 {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX / 8);
        count(self.valid) * 2 + count(self.shaped) - count(self.invalid) * 5
    }
}

fn weigh(text: &str) -> Weight {
    let mut weight = Weight::default();
    for word in text.split(|c: char| {
        !c.is_alphanumeric() && c != '\u{ad}' && c != '\u{fffd}' && !is_western_symbol(c)
    }) {
        if word.is_ascii() {
            continue;
        }
        if is_syllable(word) && is_one_case(word) {
            weight.valid += 1;
            weight.shaped += usize::from(word.chars().any(|c| c >= '\u{100}'));
        } else {
            weight.invalid += 1;
        }
    }
    weight
}

/// Signs inside words betray legacy text that was not decoded: `T¤èI`.
fn is_western_symbol(c: char) -> bool {
    matches!(
        c,
        '\u{a1}'..='\u{bf}' | '\u{d7}' | '\u{f7}' | '†' | '‡' | '‰' | '€' | 'ˆ' | '˜' | '™'
    ) && !matches!(c, '«' | '»' | '§' | '°' | '©' | '®' | '·')
}

/// Small, capital, or with a first capital: no capitals inside a word.
fn is_one_case(word: &str) -> bool {
    text::is_capitals(word) || word.chars().skip(1).all(|c| !c.is_uppercase())
}

/// Whether every second byte is nearly always zero, as in UTF-16 without a mark.
fn has_wide_zeros(bytes: &[u8]) -> bool {
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let (even, odd) = zeros(sample);
    let pairs = sample.len() / 2;
    pairs > 1 && even.max(odd) * 100 >= pairs * 40 && even.min(odd) * 100 <= pairs
}

/// Whether zeros stand in the first byte of the pairs.
pub fn is_big_endian(bytes: &[u8]) -> bool {
    let (even, odd) = zeros(bytes.get(..SAMPLE_BYTES).unwrap_or(bytes));
    even > odd
}

fn zeros(bytes: &[u8]) -> (usize, usize) {
    bytes
        .as_chunks::<2>()
        .0
        .iter()
        .fold((0, 0), |(even, odd), [one, two]| {
            (even + usize::from(*one == 0), odd + usize::from(*two == 0))
        })
}
