//! A line as rules see it: cells, words and bare letters, in normal form, with look-alikes made plain.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use vanban::encodings;
use vanban::text::is_invisible;

/// A cell of a line, or the whole line.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub words: Vec<Word>,
    /// All letters in small, without blanks and signs; digits are counted beside.
    pub letters: String,
    pub digits: usize,
    /// No small letter, and some capital.
    pub capitals: bool,
    /// In normal form, with signs.
    pub text: String,
}

/// A run of letters and digits.
#[derive(Clone, Debug)]
pub struct Word {
    /// In small letters, with tones.
    pub text: String,
    pub capitals: bool,
    /// First byte and the byte behind the last in the text of the cell.
    pub from: usize,
    pub to: usize,
}

/// The readings of a line: as it is, and as the legacy text that it may be. Each is a list of cells.
pub fn readings(text: &str) -> Vec<Vec<Cell>> {
    let text = unescaped(text);
    let mut readings = vec![cells(&text)];
    if let Some((_, repaired)) = encodings::repair(&text) {
        readings.push(cells(&repaired));
    }
    readings
}

/// `\u1eac` as JSON, scripts and style sheets write it.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let code = escape
            .get(2..6)
            .and_then(|four| u32::from_str_radix(four, 16).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            out.push(c);
            rest = escape.get(6..).unwrap_or("");
        } else {
            out.push_str("\\u");
            rest = escape.get(2..).unwrap_or("");
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn cells(text: &str) -> Vec<Cell> {
    let plain: Cow<'_, str> = if text.chars().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        text.nfkd()
            .filter(|c| !is_invisible(*c) && !is_joiner(*c))
            .map(look_alike)
            .nfc()
            .collect()
    };
    // A tab, a bar or a wide gap parts columns that a reader joined.
    plain
        .split(['\t', '|'])
        .flat_map(columns)
        .map(|part| cell(&part))
        .collect()
}

/// Parts between wide gaps. A gap between letters that are set apart parts two words, not two columns.
fn columns(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in text
        .split("   ")
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match out.last_mut() {
            Some(last) if is_set_apart(last) && is_set_apart(part) => {
                last.push_str("  ");
                last.push_str(part);
            }
            _ => out.push(part.to_owned()),
        }
    }
    out
}

/// Whether a text is letters with blanks between: `T Ố I`.
fn is_set_apart(text: &str) -> bool {
    text.len() > 2
        && text
            .split_whitespace()
            .all(|word| word.chars().count() == 1)
}

/// Composed Latin letters and plain signs, which need no normal form.
fn is_plain(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1ea0}'..='\u{1eff}')
}

/// Marks that change no letter, beyond those that the fold of searches drops.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{2061}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{335}'..='\u{338}')
}

/// Latin letters for the Cyrillic and Greek ones that look the same.
fn look_alike(c: char) -> char {
    match c {
        'А' | 'Α' => 'A',
        'а' | 'α' => 'a',
        'В' | 'Β' => 'B',
        'С' | 'Ϲ' => 'C',
        'с' => 'c',
        'Е' | 'Ε' => 'E',
        'е' => 'e',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'і' | 'ι' => 'i',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'м' => 'm',
        'О' | 'Ο' => 'O',
        'о' | 'ο' => 'o',
        'Р' | 'Ρ' => 'P',
        'р' | 'ρ' => 'p',
        'Т' | 'Τ' => 'T',
        'т' | 'τ' => 't',
        'У' | 'Υ' | 'Ү' => 'Y',
        'у' | 'ү' => 'y',
        'υ' => 'u',
        other => other,
    }
}

fn cell(text: &str) -> Cell {
    let mut cell = Cell {
        text: text.to_owned(),
        ..Cell::default()
    };
    let mut small = false;
    let mut capital = false;
    let mut start = None;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            start.get_or_insert(at);
            small |= c.is_lowercase();
            capital |= c.is_uppercase();
            if c.is_alphabetic() {
                cell.letters.extend(c.to_lowercase());
            } else {
                cell.digits += 1;
            }
        } else if let Some(from) = start.take() {
            cell.words.push(word(text, from, at));
        }
    }
    if let Some(from) = start {
        cell.words.push(word(text, from, text.len()));
    }
    cell.capitals = capital && !small;
    join_spaced(&mut cell.words);
    cell
}

fn word(text: &str, from: usize, to: usize) -> Word {
    let raw = text.get(from..to).unwrap_or("");
    Word {
        text: raw.to_lowercase(),
        capitals: raw.chars().all(|c| !c.is_lowercase()) && raw.chars().any(char::is_uppercase),
        from,
        to,
    }
}

/// Joins letters set apart: `M Ậ T` is one word, and a wider gap parts two.
fn join_spaced(words: &mut Vec<Word>) {
    let is_letter =
        |word: &Word| word.text.chars().count() == 1 && word.text.chars().all(char::is_alphabetic);
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    let mut run: Vec<Word> = Vec::new();
    let end = |run: &mut Vec<Word>, out: &mut Vec<Word>| {
        if run.len() < 3 {
            out.append(run);
            return;
        }
        let mut last_end = None;
        for letter in run.drain(..) {
            let near = last_end.is_some_and(|end| letter.from <= end + 1);
            last_end = Some(letter.to);
            match out.last_mut() {
                Some(word) if near => {
                    word.text.push_str(&letter.text);
                    word.to = letter.to;
                    word.capitals &= letter.capitals;
                }
                _ => out.push(letter),
            }
        }
    };
    for word in words.drain(..) {
        if is_letter(&word) {
            run.push(word);
        } else {
            end(&mut run, &mut out);
            out.push(word);
        }
    }
    end(&mut run, &mut out);
    *words = out;
}
