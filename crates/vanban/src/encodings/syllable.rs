//! The shape of a Vietnamese syllable. Encodings are told apart by it: text in the wrong one gives
//! letters, but no syllables.

use unicode_normalization::char::decompose_canonical;

const ONSETS: [&str; 28] = [
    "ngh", "ng", "nh", "gh", "gi", "qu", "kh", "ph", "th", "tr", "ch", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];

/// Vowels that a consonant may follow.
const OPEN: [&str; 25] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "iê", "yê", "oa", "oă", "oe", "oo",
    "uâ", "uê", "uô", "uy", "uyê", "ươ", "ôô",
];

/// Vowels that end the syllable.
const CLOSED: [&str; 36] = [
    "ia", "ya", "ua", "uya", "ưa", "uơ", "ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "iu",
    "iêu", "yêu", "oai", "oao", "oay", "oeo", "oi", "ôi", "ơi", "ui", "uây", "uôi", "uyu", "ưi",
    "ưu", "ươi", "ươu", "uao", "uay", "uai", "uêu",
];

const CODAS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// Whether a word is spelt like a Vietnamese syllable, whatever its case.
///
/// ```
/// use vanban::encodings::is_syllable;
/// assert!(is_syllable("mật") && is_syllable("NƯỚC") && is_syllable("quyết"));
/// assert!(!is_syllable("mặet") && !is_syllable("mËt") && !is_syllable("tôđi"));
/// ```
#[must_use]
pub fn is_syllable(word: &str) -> bool {
    let mut plain = String::with_capacity(word.len());
    let (mut tones, mut tone) = (0, None);
    for c in word.to_lowercase().chars() {
        if c.is_ascii() || c == 'đ' {
            plain.push(c);
            continue;
        }
        let mut parts = [None; 4];
        let mut filled = 0;
        decompose_canonical(c, |part| {
            if let Some(place) = parts.get_mut(filled) {
                *place = Some(part);
            }
            filled += 1;
        });
        for part in parts.into_iter().flatten() {
            match part {
                '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => {
                    tones += 1;
                    tone = Some(part);
                }
                '\u{302}' => shape(&mut plain, [('a', 'â'), ('e', 'ê'), ('o', 'ô')]),
                '\u{306}' => shape(&mut plain, [('a', 'ă'); 3]),
                '\u{31b}' => shape(&mut plain, [('o', 'ơ'), ('u', 'ư'), ('u', 'ư')]),
                part => plain.push(part),
            }
        }
    }
    tones <= 1
        && ONSETS.iter().any(|onset| {
            plain
                .strip_prefix(onset)
                .is_some_and(|rest| is_rhyme(rest, tone))
        })
}

fn shape(plain: &mut String, forms: [(char, char); 3]) {
    let shaped = plain
        .chars()
        .last()
        .and_then(|last| forms.iter().find(|(base, _)| *base == last));
    if let Some((_, shaped)) = shaped {
        plain.pop();
        plain.push(*shaped);
    } else {
        // A mark where it cannot stand: no syllable.
        plain.push('\u{fffd}');
    }
}

fn is_rhyme(rest: &str, tone: Option<char>) -> bool {
    if CLOSED.contains(&rest) {
        return true;
    }
    OPEN.iter().any(|vowel| {
        let Some(coda) = rest.strip_prefix(vowel).filter(|coda| CODAS.contains(coda)) else {
            return false;
        };
        // A stopped syllable is said in one of two tones.
        let stopped = matches!(coda, "c" | "ch" | "p" | "t");
        !stopped || matches!(tone, Some('\u{301}' | '\u{323}'))
    })
}
