//! The sieve: letters that must stand somewhere in a text before any rule can fire, in every way in
//! which they may be written. Clean text passes through it once and is never looked at again.
//!
//! Nearly all text is composed Unicode, so the few needles of that spelling are looked for with vector
//! instructions; only near letters of other spellings, all needles are.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::packed::{self, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind, PatternID, Span};
use unicode_normalization::UnicodeNormalization as _;
use vanban::encodings::{Encoding, as_western, encode};

use super::MarkerError;
use super::data::{File, Term};
use super::gather::LINE_BYTES_MAX;

/// A text is looked through in parts of this size, which stay near the processor.
const PART_BYTES: usize = 16 * 1024;
/// The first bytes are looked through alone, and those behind them in growing steps: where needles stand
/// close to each other, one set of needles does not read far past what another finds.
const FIRST_BYTES: usize = 256;
const GROWTH: usize = 8;
/// From this length on, needles differ in enough bytes for vectors to tell them from nearly all text;
/// among them a single shorter one would make all of them slow.
const LONG_BYTES: usize = 4;

/// Finds places worth reading in UTF-8 text.
#[derive(Clone, Debug)]
pub struct Needles {
    /// Needles of the usual spelling; none where there are too many for vectors.
    quick: Option<Quick>,
    full: AhoCorasick,
    full_list: List,
}

#[derive(Clone, Debug)]
struct Quick {
    /// Needles without a sign of other spellings.
    plain: Vec<Group>,
    /// The others, for text that has no sign of other spellings but combining marks; none where there
    /// are too many for vectors.
    marked: Option<Vec<Group>>,
}

/// Needles that are looked for together.
#[derive(Clone, Debug)]
struct Group {
    searcher: Searcher,
    list: List,
}

/// What is known of needles beside their letters.
#[derive(Clone, Debug)]
struct List {
    /// Which of them are a letter that counts only after `M`.
    lone: Vec<bool>,
    /// Bytes of the longest.
    longest: usize,
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
        Ok(Self {
            quick: Quick::new(&quick, &full),
            full: automaton,
            full_list: List::new(&full),
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
        let mut size = LINE_BYTES_MAX;
        while at < text.len() {
            let end = (at + size).min(text.len());
            if let Some(found) = self.next_in_part(text, from, at, end) {
                return Some(found);
            }
            at = end;
            size = PART_BYTES;
        }
        None
    }

    /// The next needle that begins from `at` up to `end`.
    fn next_in_part(&self, text: &str, from: usize, at: usize, end: usize) -> Option<usize> {
        let Some(quick) = &self.quick else {
            return self.next_full(text, at, end);
        };
        let found = first(&quick.plain, text, at, end);
        let to = found.unwrap_or(end);
        self.next_other(quick, text, from, at..to).or(found)
    }

    /// The next needle that begins in a part, in any spelling, near signs of others.
    fn next_other(
        &self,
        quick: &Quick,
        text: &str,
        from: usize,
        part: Range<usize>,
    ) -> Option<usize> {
        // Nearly no text has any, which is seen at once.
        let near = around(text, from, part.start, part.end);
        if !has_other_spelling(near) {
            return None;
        }
        // The automaton is through a few bytes before more signs are looked for.
        let is_long = part.len() > FIRST_BYTES;
        let marked = quick.marked.as_ref();
        let marked = marked.filter(|_| is_long && !has_legacy_sign(near));
        let mut start = part.start;
        while start < part.end {
            let end = (start + LINE_BYTES_MAX).min(part.end);
            if has_other_spelling(around(text, from, start, end)) {
                let found = match marked {
                    Some(marked) => first(marked, text, start, end),
                    None => self.next_full(text, start, end),
                };
                if found.is_some() {
                    return found;
                }
            }
            start = end;
        }
        None
    }

    /// The next needle that begins from `at` up to `end`, in any spelling.
    fn next_full(&self, text: &str, at: usize, end: usize) -> Option<usize> {
        let mut start = at;
        while start < end {
            let input = Input::new(text.as_bytes()).span(self.full_list.span(text, start, end));
            let found = self.full.find(input)?;
            if self.full_list.counts(found.pattern(), text, found.start()) {
                return Some(found.start()).filter(|found| *found < end);
            }
            start = found.end();
        }
        None
    }
}

impl Quick {
    fn new(quick: &[String], full: &[String]) -> Option<Self> {
        // Together they must not be too many, or they would cost more than the automaton of all.
        packed::Searcher::new(quick)?;
        let is_plain = |needle: &&String| !has_other_spelling(needle.as_bytes());
        let is_marked = |needle: &&String| !has_legacy_sign(needle.as_bytes());
        let plain: Vec<&String> = quick.iter().filter(is_plain).collect();
        let marked = full
            .iter()
            .filter(|needle| is_marked(needle) && !plain.contains(needle));
        Some(Self {
            marked: groups(marked),
            plain: groups(plain.iter().copied())?,
        })
    }
}

impl Group {
    /// The next needle that begins from `at` up to `end`.
    fn next(&self, text: &str, at: usize, end: usize) -> Option<usize> {
        let mut start = at;
        while start < end {
            let span = self.list.span(text, start, end);
            let found = self.searcher.find_in(text.as_bytes(), span)?;
            if self.list.counts(found.pattern(), text, found.start()) {
                return Some(found.start()).filter(|found| *found < end);
            }
            start = found.end();
        }
        None
    }
}

impl List {
    fn new(needles: &[impl AsRef<str>]) -> Self {
        let needles = || needles.iter().map(AsRef::as_ref);
        Self {
            lone: needles().map(is_lone).collect(),
            longest: needles().map(str::len).max().unwrap_or(0),
        }
    }

    /// Where needles stand that begin from `start` up to `end`.
    fn span(&self, text: &str, start: usize, end: usize) -> Span {
        Span {
            start,
            end: (end + self.longest).min(text.len()),
        }
    }

    /// Whether a needle counts at its place.
    fn counts(&self, needle: PatternID, text: &str, at: usize) -> bool {
        self.lone.get(needle.as_usize()) != Some(&true) || follows_m(text, at)
    }
}

/// The long and the short ones of some needles; `None` if vectors do not take them.
fn groups<'n>(needles: impl Iterator<Item = &'n String>) -> Option<Vec<Group>> {
    let (long, short): (Vec<&String>, Vec<&String>) =
        needles.partition(|needle| needle.len() >= LONG_BYTES);
    [long, short]
        .into_iter()
        .filter(|needles| !needles.is_empty())
        .map(|needles| {
            let searcher = packed::Config::new()
                .heuristic_pattern_limits(false)
                .builder()
                .extend(&needles)
                .build()?;
            let list = List::new(&needles);
            Some(Group { searcher, list })
        })
        .collect()
}

/// The first needle of all groups that begins from `at` up to `end`.
fn first(groups: &[Group], text: &str, at: usize, end: usize) -> Option<usize> {
    let mut start = at;
    let mut size = FIRST_BYTES;
    while start < end {
        let stop = (start + size).min(end);
        let found = groups.iter().fold(None, |found, group| {
            group.next(text, start, found.unwrap_or(stop)).or(found)
        });
        if found.is_some() {
            return found;
        }
        start = stop;
        size *= GROWTH;
    }
    None
}

/// A part and what stands near it, not before `from`.
fn around(text: &str, from: usize, at: usize, end: usize) -> &[u8] {
    let near_from = at.saturating_sub(LINE_BYTES_MAX).max(from);
    let near_to = (end + LINE_BYTES_MAX).min(text.len());
    text.as_bytes().get(near_from..near_to).unwrap_or(&[])
}

/// Whether letters stand in UTF-8 text that composed Vietnamese does not have: signs from U+0080 on and
/// `ñ ö` for legacy letters, combining marks, the circumflex of VIQR.
fn has_other_spelling(part: &[u8]) -> bool {
    any_pair(part, |one, two| {
        (one == 0xcc) | (one == 0xc2) | (one == b'^') | is_legacy_letter(one, two)
    })
}

/// Whether a needle of another spelling may stand in UTF-8 text that combining marks alone do not make:
/// of legacy letters, also as an escape or in the private area, or of VIQR.
fn has_legacy_sign(part: &[u8]) -> bool {
    any_pair(part, |one, two| {
        let escape = (one == b'\\') | (one == 0xef);
        escape | (one == 0xc2) | (one == b'^') | is_legacy_letter(one, two)
    })
}

/// `ñ` and `ö`.
fn is_legacy_letter(one: u8, two: u8) -> bool {
    (one == 0xc3) & ((two == 0xb1) | (two == 0xb6))
}

/// Whether a byte and the one behind it pass a test, which has no branch: the compiler makes vectors of
/// whole blocks.
fn any_pair(part: &[u8], test: impl Fn(u8, u8) -> bool) -> bool {
    let next = part.get(1..).unwrap_or(&[]);
    let blocks = part.as_chunks::<64>().0;
    let next_blocks = next.as_chunks::<64>().0;
    let block = |one: &[u8], two: &[u8]| {
        one.iter()
            .zip(two)
            .fold(false, |seen, (one, two)| seen | test(*one, *two))
    };
    let whole = blocks
        .iter()
        .zip(next_blocks)
        .any(|(one, two)| block(one, two));
    let tail = blocks.len().min(next_blocks.len()) * 64;
    let rest = block(
        part.get(tail..).unwrap_or(&[]),
        next.get(tail..).unwrap_or(&[]),
    );
    // The last byte has none behind it.
    whole || rest || part.last().is_some_and(|last| test(*last, 0))
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
    let quick = without_longer(&quick);
    let mut full = without_longer(&full);
    // Only near their signs; a letter inside that counts after `M` does not stand for them.
    let signed = |needle: &&String| has_other_spelling(needle.as_bytes());
    full.extend(quick.iter().filter(signed).cloned());
    full.sort();
    full.dedup();
    (quick, full)
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
    const PIECES: [&str; 32] = [
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
        "A\u{302}\u{323}",
        "A\u{323}\u{302}",
        "¢Ë",
        "mu\u{323}c ma\u{323}\u{302}t",
        "THU HO\u{302}\u{300}I",
        "\\u1eac",
        "m\\u1eadt",
        "\u{f0cb}",
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
                .filter_map(|_| PIECES.get(next(32) as usize))
                .copied()
                .collect();
            assert_eq!(needles.next(&line, 0), slow(&quick, &full, &line), "{line}");
        }
        Ok(())
    }

    #[test]
    fn a_needle_is_found_wherever_it_stands() -> Result<(), MarkerError> {
        let needles = Needles::new(&File::merged(&BUILT_IN)?)?;
        let spellings = [
            ("(M)", 0),
            ("THỜI HẠN BẢO VỆ", 0),
            ("MẬT", 1),
            ("MA\u{323}\u{302}T", 1),
            ("THU HO\u{302}\u{300}I", 0),
            ("¢Ë", 0),
            ("B¶n sao sè", 0),
            ("GIA HAÏN THÔØI HAÏN ñ", 0),
            ("\u{f086}", 0),
        ];
        // Across the ends of steps, of parts, and of the text.
        let ends = [0, 256, 2048, 2304, 4096, 18_432, 18_688, 34_816, 50_000];
        for (spelling, found) in spellings {
            for end in ends {
                for before in 0..24_usize {
                    let at = usize::saturating_sub(end, before);
                    let text = format!("{}{spelling}{}", ".".repeat(at), ".".repeat(50_000 - at));
                    assert_eq!(
                        needles.next(&text, 0),
                        Some(at + found),
                        "{spelling} at {at}"
                    );
                }
            }
        }
        Ok(())
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn vectors_take_the_needles_of_the_rules() -> Result<(), MarkerError> {
        let needles = Needles::new(&File::merged(&BUILT_IN)?)?;
        let taken = needles.quick.is_some_and(|quick| quick.marked.is_some());
        assert!(taken || !std::arch::is_x86_feature_detected!("avx2"));
        Ok(())
    }
}
