//! The sieve: letters that must stand somewhere in a text before any rule can fire, in every way in
//! which they may be written. Clean text passes through it once and is never looked at again.
//!
//! Nearly all text is composed Unicode, so a small set of needles is looked for with vector
//! instructions; only near letters of other spellings, all needles are.

use std::collections::BTreeSet;

use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind, Span};
use unicode_normalization::UnicodeNormalization as _;
use vanban::encodings::{Encoding, as_western, encode};

use super::MarkerError;
use super::data::{File, Term};
use super::gather::LINE_BYTES_MAX;

/// A text is looked through in parts of this size, which stay near the processor.
const PART_BYTES: usize = 16 * 1024;
/// Longer than any needle.
const OVERLAP_BYTES: usize = 128;

/// Finds places worth reading in UTF-8 text.
#[derive(Clone, Debug)]
pub struct Needles {
    /// Few needles, and which of them are a letter that counts only after `M`.
    quick: Option<Searcher>,
    quick_lone: Vec<bool>,
    full: AhoCorasick,
    full_lone: Vec<bool>,
}

impl Needles {
    /// Needles for every term of `file` that some rule needs.
    pub fn new(file: &File) -> Result<Self, MarkerError> {
        let (quick, full) = lists(file);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&full)
            .map_err(|problem| MarkerError {
                file: "checks/markers".to_owned(),
                problem: problem.to_string(),
            })?;
        let lone = |needles: &[String]| needles.iter().map(|needle| is_lone(needle)).collect();
        Ok(Self {
            quick: searcher(&quick),
            quick_lone: lone(&quick),
            full: automaton,
            full_lone: lone(&full),
        })
    }

    /// Whether a rule can fire on this text.
    pub fn hits(&self, text: &str) -> bool {
        self.next(text, 0).is_some()
    }

    /// Place of the next needle from `from`. Each byte up to there is looked at a few times at most, so
    /// that to call this again and again takes a time that the length of the text bounds.
    pub fn next(&self, text: &str, from: usize) -> Option<usize> {
        let mut at = from;
        while at < text.len() {
            let end = (at + PART_BYTES).min(text.len());
            let quick = match &self.quick {
                Some(quick) => self.next_quick(quick, text, at, end),
                None => self.next_full(text, at, end),
            };
            let other = self.next_other(text, from, at, quick.unwrap_or(end));
            if let Some(found) = other.or(quick) {
                return Some(found);
            }
            at = end;
        }
        None
    }

    /// The next needle that begins from `at` up to `end`, in the usual spelling.
    fn next_quick(&self, quick: &Searcher, text: &str, at: usize, end: usize) -> Option<usize> {
        let mut start = at;
        while start < end {
            let found = quick.find_in(text.as_bytes(), span(text, start, end))?;
            let lone = self.quick_lone.get(found.pattern().as_usize());
            if lone != Some(&true) || follows_m(text, found.start()) {
                return Some(found.start()).filter(|found| *found < end);
            }
            start = found.end();
        }
        None
    }

    /// The next needle that begins from `at` up to `to`, in any spelling, near signs of others.
    fn next_other(&self, text: &str, from: usize, at: usize, to: usize) -> Option<usize> {
        let mut start = at;
        while start < to {
            let end = (start + LINE_BYTES_MAX).min(to);
            let near_from = start.saturating_sub(LINE_BYTES_MAX).max(from);
            let near_to = (end + LINE_BYTES_MAX).min(text.len());
            let near = text.as_bytes().get(near_from..near_to).unwrap_or(&[]);
            if has_other_spelling(near)
                && let Some(found) = self.next_full(text, start, end)
            {
                return Some(found);
            }
            start = end;
        }
        None
    }

    /// The next needle that begins from `at` up to `end`, in any spelling.
    fn next_full(&self, text: &str, at: usize, end: usize) -> Option<usize> {
        let mut start = at;
        while start < end {
            let input = Input::new(text.as_bytes()).span(span(text, start, end));
            let found = self.full.find(input)?;
            let lone = self.full_lone.get(found.pattern().as_usize());
            if lone != Some(&true) || follows_m(text, found.start()) {
                return Some(found.start()).filter(|found| *found < end);
            }
            start = found.end();
        }
        None
    }
}

/// Where needles stand that begin from `start` up to `end`.
fn span(text: &str, start: usize, end: usize) -> Span {
    Span {
        start,
        end: (end + OVERLAP_BYTES).min(text.len()),
    }
}

/// Whether letters stand in UTF-8 text that composed Vietnamese does not have: signs from U+0080 on and
/// `ñ ö` for legacy letters, combining marks, the circumflex of VIQR.
fn has_other_spelling(part: &[u8]) -> bool {
    let next = part.get(1..).unwrap_or(&[]);
    let blocks = part.as_chunks::<64>().0;
    let next_blocks = next.as_chunks::<64>().0;
    // Whole blocks without a branch inside: the compiler makes vectors of them.
    let block = |one: &[u8], two: &[u8]| {
        one.iter().zip(two).fold(false, |seen, (one, two)| {
            let letter = (*one == 0xc3) & ((*two == 0xb1) | (*two == 0xb6));
            seen | (*one == 0xc2) | (*one == 0xcc) | (*one == b'^') | letter
        })
    };
    let whole = blocks
        .iter()
        .zip(next_blocks)
        .any(|(one, two)| block(one, two));
    // The last bytes have none behind them.
    let tail = blocks.len().min(next_blocks.len()) * 64;
    let rest = block(
        part.get(tail..).unwrap_or(&[]),
        next.get(tail..).unwrap_or(&[]),
    );
    whole
        || rest
        || part
            .last()
            .is_some_and(|last| matches!(last, 0xc2 | 0xcc | b'^'))
}

/// The needles of the usual spelling, and those of every spelling.
fn lists(file: &File) -> (Vec<String>, Vec<String>) {
    let mut quick = BTreeSet::new();
    let mut full = BTreeSet::new();
    for term in file.term.iter().filter(|term| !term.support) {
        quick.extend(term.always.iter().cloned());
        full.extend(term.always.iter().cloned());
        for letters in rare(term) {
            full.extend(spellings(&letters));
            quick.extend(decomposed_otherwise(&letters));
            quick.insert(letters);
        }
    }
    (without_longer(&quick), without_longer(&full))
}

fn searcher(needles: &[String]) -> Option<Searcher> {
    packed::Config::new()
        .match_kind(packed::MatchKind::LeftmostFirst)
        .builder()
        .extend(needles)
        .build()
}

/// A needle inside another finds it too.
fn without_longer(needles: &BTreeSet<String>) -> Vec<String> {
    let is_longer = |needle: &String| {
        needles
            .iter()
            .any(|other| other != needle && needle.contains(other.as_str()))
    };
    needles
        .iter()
        .filter(|needle| !is_longer(needle))
        .cloned()
        .collect()
}

/// Whether a needle is one letter, which words such as LUẬT have too.
fn is_lone(needle: &str) -> bool {
    needle.nfc().count() == 1
}

/// Whether the letter before a place is an M, or one that may stand for it.
fn follows_m(text: &str, at: usize) -> bool {
    const GAP_CHARS: usize = 6;
    let before = text.get(..at).unwrap_or("");
    let letter = before
        .chars()
        .rev()
        .take(GAP_CHARS)
        .find(|c| c.is_alphanumeric());
    letter.is_none_or(|c| !c.is_ascii_alphabetic() || matches!(c, 'M' | 'm'))
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

#[cfg(test)]
mod tests {
    use super::{Needles, follows_m, has_other_spelling, is_lone, lists};
    use crate::markers::data::File;
    use crate::markers::{BUILT_IN, MarkerError};

    /// Pieces of lines: needles, halves of needles, letters around them, signs of other spellings.
    const PIECES: [&str; 24] = [
        "MẬT",
        "LUẬT",
        "Ậ",
        "M",
        "mật",
        "bí ",
        "BẢN SAO",
        "BẢN ",
        "SAO",
        "BA\u{309}N SAO",
        "B¶N SAO",
        "BAÛN SAO",
        "BA?N SAO",
        "THU HỒI",
        "THU HoàI",
        "ñ",
        "^",
        "\u{ad}",
        "\u{301}",
        "Ë",
        "aä",
        " văn bản số 12 ",
        "-----------------------------------------------",
        "ö",
    ];

    /// Every needle tried at every place of the line.
    fn slow(quick: &[String], full: &[String], line: &str) -> Option<usize> {
        let signs = has_other_spelling(line.as_bytes());
        let needles = || quick.iter().chain(full.iter().filter(|_| signs));
        let mut places = line.char_indices().map(|(at, _)| at);
        places.find(|at| {
            let rest = line.get(*at..).unwrap_or("");
            needles()
                .filter(|needle| rest.starts_with(needle.as_str()))
                .any(|needle| !is_lone(needle) || follows_m(line, *at))
        })
    }

    #[test]
    fn the_fast_search_stops_where_the_slow_one_does() -> Result<(), MarkerError> {
        let file = File::merged(&BUILT_IN)?;
        let (quick, full) = lists(&file);
        let needles = Needles::new(&file)?;
        let mut state = 1_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for _ in 0..20_000 {
            let count = next(6);
            let line: String = (0..count)
                .filter_map(|_| PIECES.get(next(24) as usize))
                .copied()
                .collect();
            assert_eq!(needles.next(&line, 0), slow(&quick, &full, &line), "{line}");
        }
        Ok(())
    }
}
