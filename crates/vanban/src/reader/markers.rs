//! List marks at the start of a line: `I.`, `Điều 3.`, `1.`, `4.1.`, `a)`, `-`, `+`.

/// Kind of a list mark; the order is the usual nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// `PHẦN I`, `Chương I`.
    Part,
    /// `A.` before a heading in capitals.
    Capital,
    /// `I.`
    Roman,
    /// `Điều 1.`
    Article,
    /// `1.` has depth 1, `1.1.` depth 2.
    Number(u8),
    /// `a)`
    Letter,
    /// `-`
    Dash,
    /// `+`
    Plus,
}

/// A list mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    pub rank: Rank,
    /// What the label shows; empty for dashes and pluses, which are counted.
    pub part: String,
}

impl Marker {
    fn new(rank: Rank, part: &str) -> Self {
        Self {
            rank,
            part: part.to_owned(),
        }
    }
}

/// The mark of a line and the text after it.
pub(crate) fn marker(line: &str) -> Option<(Marker, &str)> {
    part(line)
        .or_else(|| roman(line))
        .or_else(|| article(line))
        .or_else(|| numbered(line))
        .or_else(|| letter(line))
        .or_else(|| dash(line))
}

fn part(line: &str) -> Option<(Marker, &str)> {
    for word in ["PHẦN ", "Phần ", "CHƯƠNG ", "Chương "] {
        if let Some(rest) = line.strip_prefix(word) {
            let (name, rest) = rest.split_once([' ', '.', ':']).unwrap_or((rest, ""));
            if is_roman(name) {
                return Some((
                    Marker::new(Rank::Part, &format!("{}{name}", word.trim())),
                    rest.trim_start_matches(['.', ':', ' ']),
                ));
            }
        }
    }
    None
}

fn is_roman(word: &str) -> bool {
    (1..=6).contains(&word.len()) && word.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
}

fn roman(line: &str) -> Option<(Marker, &str)> {
    let (name, rest) = line.split_once(['.', ')'])?;
    let name = name.trim_end();
    let text = rest.trim_start();
    if text.chars().next().is_none_or(|c| !c.is_alphabetic()) {
        return None;
    }
    if is_roman(name) {
        return Some((Marker::new(Rank::Roman, name), text));
    }
    let single = name.len() == 1 && name.bytes().all(|b| b.is_ascii_uppercase());
    (single && rest.starts_with(' ') && crate::text::is_capitals(text))
        .then(|| (Marker::new(Rank::Capital, name), text))
}

fn article(line: &str) -> Option<(Marker, &str)> {
    let rest = line.strip_prefix("Điều ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..)?;
    if !(1..=3).contains(&digits) || !after.starts_with(['.', ':']) {
        return None;
    }
    Some((
        Marker::new(Rank::Article, &format!("Đ{}", rest.get(..digits)?)),
        after.get(1..)?.trim_start(),
    ))
}

fn numbered(line: &str) -> Option<(Marker, &str)> {
    let mut end = 0;
    let mut depth = 0u8;
    let mut dotted = false;
    loop {
        let digits = line
            .get(end..)?
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        if digits == 0 {
            break;
        }
        if digits > 2 || depth >= 4 {
            return None;
        }
        end += digits;
        depth += 1;
        dotted = line.get(end..)?.starts_with('.');
        if !dotted {
            break;
        }
        end += 1;
    }
    let after = line.get(end..)?;
    let bracket = after.strip_prefix(')');
    let rest = bracket.unwrap_or(after);
    let open = rest.starts_with(' ') || (dotted && rest.starts_with(char::is_alphabetic));
    if depth == 0 || !open || rest.trim().is_empty() || !(dotted || bracket.is_some() || depth > 1)
    {
        return None;
    }
    let part = line.get(..end)?.trim_end_matches('.');
    Some((Marker::new(Rank::Number(depth), part), rest.trim_start()))
}

fn letter(line: &str) -> Option<(Marker, &str)> {
    let mut chars = line.chars();
    let name = chars.next()?;
    let close = chars.next()?;
    let rest = chars.as_str();
    if !(name.is_ascii_lowercase() || name == 'đ') || rest.trim().is_empty() {
        return None;
    }
    (close == ')' || (close == '.' && rest.starts_with(' '))).then(|| {
        (
            Marker::new(Rank::Letter, &name.to_string()),
            rest.trim_start(),
        )
    })
}

fn dash(line: &str) -> Option<(Marker, &str)> {
    let mut chars = line.chars();
    let rank = match chars.next()? {
        '-' | '–' | '—' | '•' | '\u{f0b7}' | '*' => Rank::Dash,
        '+' => Rank::Plus,
        _ => return None,
    };
    let rest = chars.as_str().trim_start();
    rest.chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() || matches!(c, '(' | '“' | '"'))
        .then(|| (Marker::new(rank, ""), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Rank, String, String)> {
        marker(line).map(|(marker, rest)| (marker.rank, marker.part, rest.to_owned()))
    }

    fn found(rank: Rank, part: &str, rest: &str) -> Option<(Rank, String, String)> {
        Some((rank, part.to_owned(), rest.to_owned()))
    }

    #[test]
    fn marks_are_told_apart() {
        assert_eq!(read("II. NHIỆM VỤ"), found(Rank::Roman, "II", "NHIỆM VỤ"));
        assert_eq!(read("A. ĐÁNH GIÁ"), found(Rank::Capital, "A", "ĐÁNH GIÁ"));
        assert_eq!(
            read("4.1. Ban cán sự"),
            found(Rank::Number(2), "4.1", "Ban cán sự")
        );
        assert_eq!(
            read("4.1 Ban cán sự"),
            found(Rank::Number(2), "4.1", "Ban cán sự")
        );
        assert_eq!(
            read("1.Công an tỉnh"),
            found(Rank::Number(1), "1", "Công an tỉnh")
        );
        assert_eq!(
            read("1) Công an tỉnh"),
            found(Rank::Number(1), "1", "Công an tỉnh")
        );
        assert_eq!(read("đ) Đại diện"), found(Rank::Letter, "đ", "Đại diện"));
        assert_eq!(
            read("Điều 2. Giao Công an"),
            found(Rank::Article, "Đ2", "Giao Công an")
        );
        assert_eq!(read("- Tham mưu"), found(Rank::Dash, "", "Tham mưu"));
        assert_eq!(read("+ Xác định"), found(Rank::Plus, "", "Xác định"));
        assert_eq!(
            read("PHẦN I. MỤC TIÊU"),
            found(Rank::Part, "PHẦNI", "MỤC TIÊU")
        );
    }

    #[test]
    fn words_that_look_like_marks_are_not() {
        for line in [
            "20.5.2022 là ngày",
            "03 ngày",
            "2024",
            "3.000 tỷ đồng",
            "I",
            "ông A. đến",
            "Điều 14, Luật",
            "-----",
            "V/v nâng cao",
        ] {
            assert_eq!(marker(line), None, "{line}");
        }
    }
}
