//! A line as rules see it: cells, words and bare letters, in normal form, with look-alikes made plain.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use vanban::encodings;
use vanban::text::is_invisible;

use super::letter;

/// A cell of a line, or the whole line.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub words: Vec<Word>,
    /// All letters in small, without blanks and signs; digits are counted beside.
    pub letters: String,
    pub digits: usize,
    /// In normal form, with signs.
    pub text: String,
    /// Where the text behind its last colon or equals sign begins, and its letters.
    pub value_from: usize,
    value_letters_from: usize,
    /// The words in small letters, with tones and digits, without anything between.
    small: String,
}

/// A run of letters and digits.
#[derive(Clone, Debug)]
pub struct Word {
    pub capitals: bool,
    /// First byte and the byte behind the last in the text of the cell.
    pub from: usize,
    pub to: usize,
    /// The same in the small letters of the cell.
    small_from: usize,
    small_to: usize,
}

impl Cell {
    /// A word of this cell in small letters.
    pub fn small(&self, word: &Word) -> &str {
        self.small.get(word.small_from..word.small_to).unwrap_or("")
    }

    /// Letters of the value: of what stands behind the last colon or equals sign.
    pub fn value_letters(&self) -> &str {
        self.letters.get(self.value_letters_from..).unwrap_or("")
    }
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
fn columns(text: &str) -> Vec<Cow<'_, str>> {
    let mut out: Vec<Cow<'_, str>> = Vec::new();
    for part in gaps(text).map(str::trim).filter(|part| !part.is_empty()) {
        match out.last_mut() {
            Some(last) if is_set_apart(last) && is_set_apart(part) => {
                let last = last.to_mut();
                last.push_str("  ");
                last.push_str(part);
            }
            _ => out.push(Cow::Borrowed(part)),
        }
    }
    out
}

/// Parts between three blanks. Most text has none, which is seen faster than it is parted.
fn gaps(text: &str) -> impl Iterator<Item = &str> {
    const GAP: &str = "   ";
    let parted = text.contains(GAP).then(|| text.split(GAP));
    let whole = parted.is_none().then_some(text);
    parted.into_iter().flatten().chain(whole)
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
        letters: String::with_capacity(text.len()),
        small: String::with_capacity(text.len()),
        text: text.to_owned(),
        ..Cell::default()
    };
    let mut open: Option<OpenWord> = None;
    for (at, c) in text.char_indices() {
        let letter = letter::of(c);
        if !letter.is_alphanumeric() {
            if let Some(word) = open.take() {
                cell.end(&word, at);
            }
            if matches!(c, ':' | '=') {
                cell.value_from = at + 1;
                cell.value_letters_from = cell.letters.len();
            }
            continue;
        }
        let word = open.get_or_insert(OpenWord {
            from: at,
            small_from: cell.small.len(),
            has_small: false,
            has_capital: false,
        });
        word.has_small |= letter.is_small();
        word.has_capital |= letter.is_capital();
        let before = cell.small.len();
        letter.push_small(c, &mut cell.small);
        if letter.is_alphabetic() {
            cell.letters
                .push_str(cell.small.get(before..).unwrap_or(""));
        } else {
            cell.digits += 1;
        }
    }
    if let Some(word) = open {
        cell.end(&word, text.len());
    }
    join_spaced(&mut cell);
    cell
}

/// A word that is being read.
struct OpenWord {
    from: usize,
    small_from: usize,
    has_small: bool,
    has_capital: bool,
}

impl Cell {
    fn end(&mut self, word: &OpenWord, to: usize) {
        self.words.push(Word {
            capitals: word.has_capital && !word.has_small,
            from: word.from,
            to,
            small_from: word.small_from,
            small_to: self.small.len(),
        });
    }
}

/// Joins letters set apart: `M Ậ T` is one word, and a wider gap parts two. What stands between words
/// is not among the small letters, so those of a joined word stand side by side.
fn join_spaced(cell: &mut Cell) {
    let is_letter = |word: &Word| {
        let mut chars = cell.small(word).chars();
        let first = chars.next();
        chars.next().is_none() && first.is_some_and(char::is_alphabetic)
    };
    if !cell
        .words
        .windows(3)
        .any(|words| words.iter().all(is_letter))
    {
        return;
    }
    let mut out: Vec<Word> = Vec::with_capacity(cell.words.len());
    for run in cell
        .words
        .chunk_by(|one, two| is_letter(one) && is_letter(two))
    {
        let mut last_end = None;
        for word in run {
            let near = run.len() > 2 && last_end.is_some_and(|end| word.from <= end + 1);
            last_end = Some(word.to);
            match out.last_mut() {
                Some(joined) if near => {
                    joined.to = word.to;
                    joined.small_to = word.small_to;
                    joined.capitals &= word.capitals;
                }
                _ => out.push(word.clone()),
            }
        }
    }
    cell.words = out;
}
