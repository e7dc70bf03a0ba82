//! What a line of a catalogue's text begins with: article, clause, point, or the
//! heading of a level (Tuyệt mật, Tối mật, Mật).

use law::Level;
use vanban::text::{fold, nfc, squeeze};

/// Letters of points (điểm) in their order.
const POINTS: [char; 23] = [
    'a', 'b', 'c', 'd', 'đ', 'e', 'g', 'h', 'i', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't',
    'u', 'v', 'x', 'y',
];
/// Words that a heading of a level is made of, besides the level, folded.
const HEADING: [&str; 26] = [
    "bi", "mat", "nha", "nuoc", "do", "muc", "gom", "bao", "danh", "tai", "lieu", "thong", "tin",
    "thuoc", "pham", "vi", "cac", "trong", "nhom", "sau", "day", "nhung", "loai", "co", "la",
    "cua",
];

/// How a line begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// `Điều 2. ...`
    Article(u32, String),
    /// Heading of a level, with its own number if it has one (`II`).
    Section(Level, String),
    /// `1. ...`
    Clause(u32, String),
    /// `a) ...`, by its place in the order of points.
    Point(usize, String),
    /// Anything else: goes on with what stands before.
    Plain(String),
}

/// The beginning of a line.
pub(super) fn mark(line: &str) -> Mark {
    let line = squeeze(&nfc(line));
    if let Some((number, rest)) = article(&line) {
        return Mark::Article(number, rest);
    }
    let (label, bare) = roman(&line);
    if let Some(level) = section(bare) {
        return Mark::Section(level, label.to_owned());
    }
    if let Some((number, rest)) = clause(&line) {
        return Mark::Clause(number, rest);
    }
    if let Some((place, rest)) = point(&line) {
        return Mark::Point(place, rest);
    }
    Mark::Plain(line)
}

/// The letter of a point by its place.
pub(super) fn letter(place: usize) -> String {
    POINTS
        .get(place)
        .map_or_else(|| "…".to_owned(), char::to_string)
}

/// The place of a point's letter.
pub(super) fn letter_place(text: &str) -> Option<usize> {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let letter = letters.next()?;
    if letters.next().is_some() {
        return None;
    }
    POINTS.iter().position(|known| *known == letter)
}

/// The level that a cell or a heading names.
pub(super) fn level_in(text: &str) -> Option<Level> {
    let folded = fold(text);
    let words: Vec<&str> = words(&folded);
    let pair = |one: &str, two: &str| words.windows(2).any(|pair| pair == [one, two]);
    if pair("tuyet", "mat") {
        Some(Level::TuyetMat)
    } else if pair("toi", "mat") {
        Some(Level::ToiMat)
    } else if pair("do", "mat") || words == ["mat"] {
        Some(Level::Mat)
    } else {
        None
    }
}

/// The level, if the text is nothing but the heading of a level.
pub(super) fn section(text: &str) -> Option<Level> {
    let folded = fold(text);
    let words = words(&folded);
    let heading = |word: &&str| ["tuyet", "toi"].contains(word) || HEADING.contains(word);
    let level = level_in(text)?;
    words.iter().all(heading).then_some(level)
}

fn words(folded: &str) -> Vec<&str> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

fn article(line: &str) -> Option<(u32, String)> {
    let (first, rest) = line.split_once(' ')?;
    if first.to_lowercase() != "điều" {
        return None;
    }
    let (digits, rest) = digits(rest)?;
    let rest = rest.trim_start_matches(['.', ':', ')']).trim();
    Some((digits, rest.to_owned()))
}

fn clause(line: &str) -> Option<(u32, String)> {
    let (number, rest) = digits(line)?;
    let rest = rest.strip_prefix(['.', ')'])?;
    // `1.2.2020` is a date, not a clause.
    (!rest.starts_with(|c: char| c.is_ascii_digit())).then(|| (number, rest.trim().to_owned()))
}

fn point(line: &str) -> Option<(usize, String)> {
    let first = line.chars().next()?;
    let rest = line.get(first.len_utf8()..)?;
    let closed = rest
        .strip_prefix(')')
        .or_else(|| rest.strip_prefix('.').filter(|_| first.is_lowercase()))?;
    let place = letter_place(&first.to_string())?;
    Some((place, closed.trim().to_owned()))
}

fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text.get(..end)?.parse().ok()?;
    Some((number, text.get(end..)?))
}

/// `II. ...` or `A. ...` without its number, and the number.
fn roman(line: &str) -> (&str, &str) {
    let Some((label, rest)) = line.split_once(['.', ')', ' ']) else {
        return ("", line);
    };
    let numeral = !label.is_empty() && label.chars().all(|c| "IVXABCDĐ".contains(c));
    if numeral {
        (label, rest.trim())
    } else {
        ("", line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_told_apart() {
        let cases = [
            ("Điều 2. Bí mật nhà nước độ Tối mật gồm:", "Article(2"),
            ("ĐIỀU 3: Hiệu lực", "Article(3"),
            ("1. Kế hoạch", "Clause(1"),
            ("12) Báo cáo", "Clause(12"),
            ("a) Đề thi", "Point(0"),
            ("đ) Phương án", "Point(4"),
            ("II. TỐI MẬT", "Section(ToiMat, \"II\")"),
            ("Bí mật nhà nước độ Mật gồm:", "Section(Mat, \"\")"),
            ("1.2.2020 là ngày", "Plain"),
            ("- nội dung", "Plain"),
            ("Thông tin về độ mật của kho", "Plain"),
        ];
        for (line, want) in cases {
            let got = format!("{:?}", mark(line));
            assert!(got.starts_with(want), "{line}: {got}");
        }
    }

    #[test]
    fn levels_are_read_with_and_without_the_word_before() {
        assert_eq!(level_in("Tuyệt mật"), Some(Level::TuyetMat));
        assert_eq!(level_in("độ TỐI MẬT"), Some(Level::ToiMat));
        assert_eq!(level_in("Mật"), Some(Level::Mat));
        assert_eq!(level_in("bí mật nhà nước"), None);
        assert_eq!(letter(5), "e");
    }
}
