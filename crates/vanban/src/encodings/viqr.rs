//! VIQR (RFC 1456): marks typed after the vowel, `dd` for đ, a backslash before a mark that is none.

use unicode_normalization::UnicodeNormalization as _;

const SHAPES: [(char, char); 4] = [
    ('^', '\u{302}'),
    ('(', '\u{306}'),
    ('+', '\u{31b}'),
    ('*', '\u{31b}'),
];
const TONES: [(char, char); 5] = [
    ('\'', '\u{301}'),
    ('`', '\u{300}'),
    ('?', '\u{309}'),
    ('~', '\u{303}'),
    ('.', '\u{323}'),
];

/// VIQR to text. A point or question mark that ends a line stays one.
pub fn decode(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let next = chars.get(at + 1).copied();
        at += 1;
        match (c, next) {
            ('\\', Some(mark)) if is_mark(mark) || matches!(mark, 'd' | 'D' | '\\') => {
                out.push(mark);
                at += 1;
            }
            ('d' | 'D', Some('d' | 'D')) => {
                out.push(if c == 'D' { 'Đ' } else { 'đ' });
                at += 1;
            }
            _ if is_vowel(c) => at = vowel(c, &chars, at, &mut out),
            _ => out.push(c),
        }
    }
    out
}

/// Writes the vowel `c` with the marks from `at`, and gives the place after them.
fn vowel(c: char, chars: &[char], mut at: usize, out: &mut String) -> usize {
    let (mut shape, mut tone) = (None, None);
    while let Some(next) = chars.get(at) {
        let fits = |mark: char| match c.to_ascii_lowercase() {
            'a' => mark != '\u{31b}',
            'e' => mark == '\u{302}',
            'o' => mark != '\u{306}',
            'u' => mark == '\u{31b}',
            _ => false,
        };
        if let Some((_, mark)) = SHAPES
            .iter()
            .find(|(typed, mark)| typed == next && fits(*mark))
            && shape.is_none()
        {
            shape = Some(*mark);
        } else if let Some((_, mark)) = TONES.iter().find(|(typed, _)| typed == next)
            && tone.is_none()
            && !ends_sentence(chars, at)
        {
            tone = Some(*mark);
        } else {
            break;
        }
        at += 1;
    }
    out.extend(std::iter::once(c).chain(shape).chain(tone).nfc());
    at
}

/// Whether the point or question mark at `at` is one: the line ends there. Elsewhere RFC 1456 wants a
/// backslash before it.
fn ends_sentence(chars: &[char], at: usize) -> bool {
    matches!(chars.get(at), Some('.' | '?'))
        && matches!(
            chars.get(at + 1),
            None | Some('\n' | '\r' | '"' | ')' | '.' | '?')
        )
}

/// Text to VIQR.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut after_vowel = false;
    for c in text.chars() {
        if c.is_ascii() {
            if after_vowel && is_mark(c) {
                out.push('\\');
            }
            after_vowel = is_vowel(c);
            out.push(c);
            continue;
        }
        after_vowel = true;
        match c {
            'đ' => out.push_str("dd"),
            'Đ' => out.push_str("DD"),
            _ => {
                // The shape before the tone: NFD puts a dot below first.
                let mut tone = None;
                for part in std::iter::once(c).nfd() {
                    if let Some((typed, _)) = TONES.iter().find(|(_, mark)| *mark == part) {
                        tone = Some(*typed);
                    } else {
                        let typed = SHAPES.iter().find(|(_, mark)| *mark == part);
                        out.push(typed.map_or(part, |(typed, _)| *typed));
                    }
                }
                out.extend(tone);
            }
        }
    }
    out
}

pub fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

pub fn is_mark(c: char) -> bool {
    SHAPES.iter().chain(&TONES).any(|(typed, _)| *typed == c)
}
