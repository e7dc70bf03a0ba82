//! The sieve: letters that must stand somewhere in a text before any rule can fire, in every way in
//! which they may be written. Clean text passes through it once and is never looked at again.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use unicode_normalization::UnicodeNormalization as _;
use vanban::encodings::{Encoding, as_western, encode};

use super::MarkerError;
use super::data::{File, Term};

/// Finds places worth reading in UTF-8 text.
#[derive(Clone, Debug)]
pub struct Needles {
    sieve: AhoCorasick,
}

impl Needles {
    /// Needles for every term of `file` that some rule needs.
    pub fn new(file: &File) -> Result<Self, MarkerError> {
        let mut all = BTreeSet::new();
        for term in file.term.iter().filter(|term| !term.support) {
            for letters in rare(term) {
                all.extend(spellings(&letters));
            }
        }
        // A needle inside another finds it too.
        let kept: Vec<&String> = all
            .iter()
            .filter(|needle| {
                !all.iter()
                    .any(|other| other != *needle && needle.contains(other.as_str()))
            })
            .collect();
        let sieve = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(kept)
            .map_err(|problem| MarkerError {
                file: "checks/markers".to_owned(),
                problem: problem.to_string(),
            })?;
        Ok(Self { sieve })
    }

    /// Whether a rule can fire on this text.
    pub fn hits(&self, text: &str) -> bool {
        self.sieve.is_match(text)
    }

    /// Place of the next needle in UTF-8 bytes from `from`.
    pub fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let found = self.sieve.find(bytes.get(from..)?)?;
        Some(from + found.start())
    }
}

/// The letters of a term that stand for it in the sieve.
fn rare(term: &Term) -> Vec<String> {
    if !term.rare.is_empty() {
        return term.rare.clone();
    }
    term.words.iter().map(|word| word.text.clone()).collect()
}

/// One text in every way in which a Unicode file may hold it.
fn spellings(letters: &str) -> Vec<String> {
    let mut out = vec![letters.to_owned()];
    if letters.is_ascii() {
        return out;
    }
    out.push(letters.nfd().collect());
    out.extend(decomposed_otherwise(letters));
    // JSON and scripts.
    for hexadecimal in [false, true] {
        out.push(escaped(letters, hexadecimal));
    }
    // A font of capitals holds small letters, a converter puts the bare capital before them.
    let small: String = letters
        .chars()
        .map(|c| if c.is_ascii() { c } else { lower(c) })
        .collect();
    for text in [letters, &small] {
        for encoding in [Encoding::Tcvn3, Encoding::Vni] {
            out.extend(encode(text, encoding).map(|bytes| as_western(&bytes)));
        }
        let private = encode(text, Encoding::Tcvn3).map(|bytes| {
            bytes
                .iter()
                .map(|byte| {
                    if byte.is_ascii() {
                        char::from(*byte)
                    } else {
                        private(*byte)
                    }
                })
                .collect()
        });
        out.extend(private);
    }
    out.extend(encode(letters, Encoding::Viqr).and_then(|bytes| String::from_utf8(bytes).ok()));
    // A needle of one plain letter would stop everywhere.
    out.retain(|needle| needle.len() > 1);
    out
}

/// The same letters with their marks apart in the other orders, and on look-alike letters.
fn decomposed_otherwise(letters: &str) -> Vec<String> {
    if !letters.contains(['Ậ', 'ậ']) || letters.chars().count() > 1 {
        return Vec::new();
    }
    ["A\u{302}\u{323}", "Â\u{323}", "Ạ\u{302}"]
        .into_iter()
        .map(str::to_owned)
        .chain(
            ['\u{410}', '\u{391}', '\u{ff21}']
                .into_iter()
                .flat_map(|base| {
                    [
                        format!("{base}\u{323}\u{302}"),
                        format!("{base}\u{302}\u{323}"),
                    ]
                }),
        )
        .collect()
}

fn escaped(letters: &str, capitals: bool) -> String {
    let mut out = String::new();
    for c in letters.chars() {
        if c.is_ascii() {
            out.push(c);
        } else if capitals {
            out.push_str(&format!("\\u{:04X}", u32::from(c)));
        } else {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        }
    }
    out
}

fn private(byte: u8) -> char {
    char::from_u32(0xf000 + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn lower(c: char) -> char {
    let mut small = c.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}
