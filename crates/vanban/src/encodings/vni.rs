//! VNI for Windows: a plain vowel, then a Latin letter that stands for its marks.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::compose;

use super::single::{byte_of, western};

const CIRCUMFLEX: char = '\u{302}';
const BREVE: char = '\u{306}';
const ACUTE: char = '\u{301}';
const GRAVE: char = '\u{300}';
const HOOK: char = '\u{309}';
const TILDE: char = '\u{303}';
const DOT: char = '\u{323}';

/// Letters of their own, small.
const LETTERS: [(char, char); 9] = [
    ('ñ', 'đ'),
    ('ô', 'ơ'),
    ('ö', 'ư'),
    ('í', 'í'),
    ('ì', 'ì'),
    ('æ', 'ỉ'),
    ('ó', 'ĩ'),
    ('ò', 'ị'),
    ('î', 'ỵ'),
];

/// Marks after a vowel, small: the letter, the shape it gives, the tone it gives.
const MARKS: [(char, Option<char>, Option<char>); 17] = [
    ('ù', None, Some(ACUTE)),
    ('ø', None, Some(GRAVE)),
    ('û', None, Some(HOOK)),
    ('õ', None, Some(TILDE)),
    ('ï', None, Some(DOT)),
    ('â', Some(CIRCUMFLEX), None),
    ('á', Some(CIRCUMFLEX), Some(ACUTE)),
    ('à', Some(CIRCUMFLEX), Some(GRAVE)),
    ('å', Some(CIRCUMFLEX), Some(HOOK)),
    ('ã', Some(CIRCUMFLEX), Some(TILDE)),
    ('ä', Some(CIRCUMFLEX), Some(DOT)),
    ('ê', Some(BREVE), None),
    ('é', Some(BREVE), Some(ACUTE)),
    ('è', Some(BREVE), Some(GRAVE)),
    ('ú', Some(BREVE), Some(HOOK)),
    ('ü', Some(BREVE), Some(TILDE)),
    ('ë', Some(BREVE), Some(DOT)),
];

/// VNI out of letters that stand for its bytes.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().map(plain).peekable();
    while let Some(c) = chars.next() {
        let base = letter(c);
        let marked = chars.peek().and_then(|mark| with_mark(base, *mark));
        if let Some(marked) = marked {
            chars.next();
            out.push(marked);
        } else {
            out.push(base);
        }
    }
    out
}

/// The letter that a symbol-font or Western character shows.
fn plain(c: char) -> char {
    match byte_of(c) {
        Some(byte) if !c.is_ascii() => western(byte),
        _ => c,
    }
}

fn letter(c: char) -> char {
    let small = lower(c);
    let Some((_, letter)) = LETTERS.iter().find(|(vni, _)| *vni == small) else {
        return c;
    };
    if small == c { *letter } else { upper(*letter) }
}

fn with_mark(base: char, mark: char) -> Option<char> {
    let (_, shape, tone) = MARKS.iter().find(|(vni, _, _)| *vni == lower(mark))?;
    let fits = match (lower(base), shape) {
        ('a', _) => true,
        ('e' | 'o', shape) => *shape != Some(BREVE),
        ('u' | 'y' | 'ơ' | 'ư', shape) => shape.is_none(),
        _ => false,
    };
    if !fits {
        return None;
    }
    let shaped = shape.map_or(Some(base), |shape| compose(base, shape))?;
    match tone {
        Some(tone) => compose_tone(shaped, *tone),
        None => Some(shaped),
    }
}

/// Composes a letter and a tone; the dot below stands under the letter, before its shape.
fn compose_tone(letter: char, tone: char) -> Option<char> {
    let mut whole = [letter, tone].into_iter().nfc();
    match (whole.next(), whole.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// Text as VNI bytes.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii() {
            out.push(u8::try_from(c).ok()?);
            continue;
        }
        let (one, two) = pair(lower(c))?;
        let cased = |letter: char| {
            if c.is_uppercase() {
                upper(letter)
            } else {
                letter
            }
        };
        out.push(byte_of(cased(one))?);
        if let Some(two) = two {
            out.push(byte_of(cased(two))?);
        }
    }
    Some(out)
}

/// The one or two small letters that VNI writes for a small letter.
fn pair(c: char) -> Option<(char, Option<char>)> {
    if let Some((vni, _)) = LETTERS.iter().find(|(_, letter)| *letter == c) {
        return Some((*vni, None));
    }
    for (mark, _, _) in MARKS {
        for base in ['a', 'e', 'o', 'u', 'y', 'ơ', 'ư'] {
            if with_mark(base, mark) == Some(c) {
                let base = LETTERS
                    .iter()
                    .find(|(_, letter)| *letter == base)
                    .map_or(base, |(vni, _)| *vni);
                return Some((base, Some(mark)));
            }
        }
    }
    None
}

fn lower(c: char) -> char {
    one(c.to_lowercase(), c)
}

fn upper(c: char) -> char {
    one(c.to_uppercase(), c)
}

fn one(mut cased: impl Iterator<Item = char>, c: char) -> char {
    match (cased.next(), cased.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}
