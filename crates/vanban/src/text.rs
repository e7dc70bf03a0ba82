//! Vietnamese text: normal form, folding for search, words, dictionary order.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Text in Unicode normal form C, the form kept everywhere in the program.
///
/// ```
/// assert_eq!(vanban::text::nfc("ma\u{323}\u{302}t"), "mật");
/// ```
#[must_use]
pub fn nfc(text: &str) -> String {
    // Nearly all text is composed already, and to see that is ten times faster than to compose.
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.to_owned();
    }
    text.nfc().collect()
}

/// Search form: marks stripped, `đ` as `d`, lower case, invisible characters dropped, every run
/// of blanks one blank, none at the ends.
///
/// ```
/// assert_eq!(vanban::text::fold("  Bí mật  NHÀ NƯỚC, Đà Nẵng "), "bi mat nha nuoc, da nang");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut take = |c: char| {
        if is_combining_mark(c) || is_invisible(c) {
            return;
        }
        if c.is_whitespace() {
            gap = !out.is_empty();
            return;
        }
        if gap {
            out.push(' ');
            gap = false;
        }
        out.push(if c == 'đ' { 'd' } else { c });
    };
    for c in text.to_lowercase().chars() {
        // One by one: the order of marks does not matter where all are dropped.
        if c.is_ascii() {
            take(c);
        } else {
            decompose_canonical(c, &mut take);
        }
    }
    out
}

/// Folded words: runs of letters and digits. `02/CT-TTg` gives `02`, `ct`, `ttg`.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A key whose plain comparison gives Vietnamese dictionary order.
///
/// Letters decide first (a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y, with f j w z
/// in their Latin places and digits before letters), then tones: level, huyền, hỏi, ngã, sắc,
/// nặng. Upper and lower case are equal. The key holds only `0-9` and `a-z`, so that every
/// database collation orders it alike.
///
/// ```
/// use vanban::text::collation_key;
/// assert!(collation_key("đa") > collation_key("dz"));
/// assert!(collation_key("ma") < collation_key("mà"));
/// assert!(collation_key("mạ") < collation_key("man"));
/// ```
#[must_use]
pub fn collation_key(text: &str) -> String {
    let mut letters = String::with_capacity(text.len() * 2);
    let mut tones = String::new();
    let mut gap = false;
    for c in text.to_lowercase().nfc() {
        if is_invisible(c) {
            continue;
        }
        let Some((base, rank, tone)) = letter(c) else {
            if is_combining_mark(c) {
                continue;
            }
            if c.is_alphanumeric() {
                open(&mut letters, &mut tones, &mut gap);
                letters.push_str("z9");
                letters.push_str(&format!("{:06x}", u32::from(c)));
                tones.push('0');
            } else {
                gap = true;
            }
            continue;
        };
        open(&mut letters, &mut tones, &mut gap);
        letters.push(base);
        letters.push(rank);
        tones.push(tone);
    }
    letters.push_str("00");
    letters + &tones
}

/// Writes the word gap that was waiting, if a word stands before it.
fn open(letters: &mut String, tones: &mut String, gap: &mut bool) {
    if *gap && !letters.is_empty() {
        letters.push_str("01");
        tones.push('0');
    }
    *gap = false;
}

/// Base letter, rank of its variant, and tone of one lower-case character; digits rank before
/// letters because their pair starts with `1`.
fn letter(c: char) -> Option<(char, char, char)> {
    if c.is_ascii_digit() {
        return Some(('1', c, '0'));
    }
    let mut base = None;
    let mut rank = '0';
    let mut tone = '0';
    for part in std::iter::once(c).nfd() {
        match part {
            'đ' => (base, rank) = (Some('d'), '1'),
            'a'..='z' => base = Some(part),
            '\u{306}' => rank = '1',
            '\u{302}' => rank = if base == Some('a') { '2' } else { '1' },
            '\u{31b}' => rank = if base == Some('o') { '2' } else { '1' },
            '\u{300}' => tone = '1',
            '\u{309}' => tone = '2',
            '\u{303}' => tone = '3',
            '\u{301}' => tone = '4',
            '\u{323}' => tone = '5',
            _ if is_combining_mark(part) => {}
            _ => return None,
        }
    }
    base.map(|base| (base, rank, tone))
}

/// Zero-width and soft characters that a copy from a web page or an office program leaves behind.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The text with every run of blanks made one blank, and none at the ends.
#[must_use]
pub fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Whether a text has letters and all of them are capitals.
#[must_use]
pub fn is_capitals(text: &str) -> bool {
    let mut any = false;
    for c in text.chars() {
        if c.is_lowercase() {
            return false;
        }
        any |= c.is_uppercase();
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_strips_every_vietnamese_mark() {
        let all = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";
        let want = "aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd";
        assert_eq!(fold(all), want);
        assert_eq!(fold(&all.to_uppercase()), want);
        assert_eq!(fold(&all.nfd().collect::<String>()), want);
    }

    #[test]
    fn words_split_numbers_and_symbols() {
        assert_eq!(
            words("Chỉ thị số 02/CT-TTg"),
            ["chi", "thi", "so", "02", "ct", "ttg"]
        );
        assert!(words(" -- / ").is_empty());
    }

    #[test]
    fn order_follows_the_dictionary() {
        let order = [
            "1 a", "2", "10", "a", "à", "ả", "ã", "á", "ạ", "an", "an ninh", "anh", "ăn", "ân",
            "ba", "ca", "da", "dân", "đa", "đân", "e", "ê", "ga", "ha", "ia", "ka", "la", "ma",
            "mà", "mạ", "mật", "na", "o", "on", "ô", "ơ", "pa", "qua", "ra", "sa", "ta", "u", "uy",
            "ư", "va", "xa", "y",
        ];
        let mut sorted = order.to_vec();
        sorted.sort_by_key(|word| collation_key(word));
        // "10" stands before "2": digits compare one by one, as letters do.
        let mut want = order.to_vec();
        want.retain(|word| *word != "10");
        want.insert(1, "10");
        assert_eq!(sorted, want);
    }

    #[test]
    fn key_is_plain_ascii_and_case_blind() {
        assert_eq!(collation_key("MẬT"), collation_key("mật"));
        assert!(
            collation_key("Ω Đà Nẵng №1")
                .chars()
                .all(|c| c.is_ascii_digit() || c.is_ascii_lowercase())
        );
    }

    proptest! {
        #[test]
        fn folding_is_that_of_the_whole_decomposed_text(text in "\\PC{0,40}") {
            let apart: String = text.to_lowercase().nfd().collect();
            prop_assert_eq!(fold(&text), fold(&apart));
            prop_assert_eq!(nfc(&text), text.nfc().collect::<String>());
        }

        #[test]
        fn folding_is_idempotent(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn normal_forms_fold_and_sort_alike(text in "[a-zđàáảãạăằâấêềôộơởưựỳ ]{0,30}") {
            let apart: String = text.nfd().collect();
            prop_assert_eq!(fold(&apart), fold(&text));
            prop_assert_eq!(collation_key(&apart), collation_key(&text));
            prop_assert_eq!(nfc(&apart), nfc(&text));
        }

        #[test]
        fn key_of_a_prefix_word_sorts_first(word in "[a-zđăâêôơư]{1,8}", tail in "[a-zđăâêôơư]{1,8}") {
            let joined = collation_key(&(word.clone() + &tail));
            let apart = collation_key(&(word.clone() + " " + &tail));
            let alone = collation_key(&word);
            prop_assert!(alone < joined);
            prop_assert!(alone < apart);
        }

        #[test]
        fn words_are_folded_and_have_no_separators(text in "\\PC{0,40}") {
            for word in words(&text) {
                prop_assert!(word.chars().all(char::is_alphanumeric));
            }
        }
    }
}
