//! Search by words without marks, best first.
//!
//! A text is found by its own words and, with less weight, by the words of what it
//! belongs to (the field of a catalogue, say). Rare words weigh more than common
//! ones; words that stand side by side, as in the question, weigh most, because one
//! Vietnamese syllable alone says little.

use vanban::text::words;

use crate::limits::QUERY_WORDS_MAX;

/// Words that join others and find nothing by themselves. Compared with their marks,
/// so that `thì` is left out and `thi` is not.
const JOINING: [&str; 20] = [
    "và", "của", "các", "về", "cho", "trong", "những", "có", "được", "một", "theo", "tại", "với",
    "đến", "thì", "hoặc", "cua", "cac", "nhung", "duoc",
];
/// A word of the text equals the word asked.
const OWN: u32 = 10;
/// A word of the text begins with the word asked.
const OWN_BEGINNING: u32 = 5;
/// The same two for what the text belongs to.
const AROUND: u32 = 4;
const AROUND_BEGINNING: u32 = 2;
/// Two words stand side by side in question and text.
const PAIR: u32 = 12;

/// A folded word as a number: its first 16 bytes, so that comparing is one step. No
/// Vietnamese syllable is as long; longer words are compared by their beginnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word(u128);

impl Word {
    fn new(word: &str) -> Self {
        let bytes = word.bytes().chain(std::iter::repeat(0)).take(16);
        Self(bytes.fold(0, |code, byte| (code << 8) | u128::from(byte)))
    }

    /// The bits that a word beginning with this one shares with it.
    fn mask(self) -> u128 {
        let spare = self.0.trailing_zeros() / 8 * 8;
        u128::MAX.checked_shl(spare).unwrap_or(0)
    }
}

/// A text that can be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    own: Vec<Word>,
    around: Vec<Word>,
}

impl Text {
    /// `own` is the text, `around` what it belongs to.
    pub fn new(own: &str, around: &str) -> Self {
        Self {
            own: numbered(own),
            around: numbered(around),
        }
    }

    fn fit(&self, word: Word, mask: u128) -> u32 {
        let best = |words: &[Word], whole: u32, beginning: u32| {
            let mut best = 0;
            for own in words {
                if *own == word {
                    return whole;
                }
                if (own.0 ^ word.0) & mask == 0 {
                    best = beginning;
                }
            }
            best
        };
        match best(&self.own, OWN, OWN_BEGINNING) {
            OWN => OWN,
            own => own.max(best(&self.around, AROUND, AROUND_BEGINNING)),
        }
    }

    fn has_pair(&self, first: Word, second: Word) -> bool {
        self.own
            .iter()
            .zip(self.own.iter().skip(1))
            .any(|(one, two)| *one == first && *two == second)
    }
}

fn numbered(text: &str) -> Vec<Word> {
    plain_words(text)
        .iter()
        .map(|word| Word::new(word))
        .collect()
}

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<Word>,
}

impl Query {
    /// The words of a question; joining words count only when there are no others.
    pub fn new(text: &str) -> Self {
        let lower = vanban::text::nfc(text).to_lowercase();
        let marked: Vec<&str> = lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(QUERY_WORDS_MAX)
            .collect();
        let telling: Vec<&str> = marked
            .iter()
            .copied()
            .filter(|word| !JOINING.contains(word))
            .collect();
        let chosen = if telling.is_empty() { marked } else { telling };
        Self {
            words: numbered(&chosen.join(" ")),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// A text that was found: its place in the list, and how well it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub place: usize,
    pub score: u32,
}

/// The texts that have every word asked, best first; without words, all of them in
/// their order.
pub fn with_every_word(query: &Query, texts: &[&Text]) -> Vec<Hit> {
    ranked(query, texts, |found, asked, _| found == asked)
}

/// The texts that have half of the words asked, or two of them side by side, best
/// first; without words, none. For people who describe a thing in words of their own.
pub fn with_some_words(query: &Query, texts: &[&Text]) -> Vec<Hit> {
    if query.is_empty() {
        return Vec::new();
    }
    ranked(query, texts, |found, asked, pairs| {
        found > 0 && (found * 2 >= asked || pairs > 0)
    })
}

fn ranked(query: &Query, texts: &[&Text], fits: impl Fn(usize, usize, usize) -> bool) -> Vec<Hit> {
    let asked: Vec<(Word, u128)> = query
        .words
        .iter()
        .map(|word| (*word, word.mask()))
        .collect();
    let mut having = vec![0_usize; asked.len()];
    let table: Vec<u32> = texts
        .iter()
        .flat_map(|text| asked.iter().map(|(word, mask)| text.fit(*word, *mask)))
        .collect();
    let width = asked.len().max(1);
    for row in table.chunks(width) {
        for (having, fit) in having.iter_mut().zip(row) {
            *having += usize::from(*fit > 0);
        }
    }
    let weights: Vec<u32> = having
        .iter()
        .map(|having| {
            let rare = texts.len().checked_div(*having).unwrap_or(1);
            1 + rare.max(1).ilog2()
        })
        .collect();
    let mut rows = table.chunks(width);
    let mut hits: Vec<Hit> = texts
        .iter()
        .enumerate()
        .filter_map(|(place, text)| {
            let row = rows.next().unwrap_or(&[]);
            let found = row.iter().filter(|fit| **fit > 0).count();
            let pairs = query
                .words
                .iter()
                .zip(query.words.iter().skip(1))
                .filter(|(one, two)| found > 1 && text.has_pair(**one, **two))
                .count();
            fits(found, asked.len(), pairs).then(|| {
                let single: u32 = row.iter().zip(&weights).map(|(fit, by)| fit * by).sum();
                let pair = PAIR * u32::try_from(pairs).unwrap_or(0);
                Hit {
                    place,
                    score: single + pair,
                }
            })
        })
        .collect();
    hits.sort_unstable_by_key(|hit| (std::cmp::Reverse(hit.score), hit.place));
    hits
}

/// Folded words; a number without its leading zeros, so that `2/CT-TTg` finds `02/CT-TTg`.
fn plain_words(text: &str) -> Vec<String> {
    words(text)
        .into_iter()
        .map(|word| {
            let bare = word.trim_start_matches('0');
            let number = word.bytes().all(|byte| byte.is_ascii_digit());
            if number && !bare.is_empty() {
                bare.to_owned()
            } else {
                word
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(query: &str) -> Vec<Hit> {
        let items = items();
        with_every_word(&Query::new(query), &items.iter().collect::<Vec<_>>())
    }

    fn some(query: &str) -> Vec<Hit> {
        let items = items();
        with_some_words(&Query::new(query), &items.iter().collect::<Vec<_>>())
    }

    fn items() -> Vec<Text> {
        [
            (
                "Đề thi, đáp án chưa công khai của kỳ thi cấp quốc gia",
                "giáo dục",
            ),
            (
                "Phương án về địa điểm, người và vận chuyển của việc ra đề thi",
                "giáo dục",
            ),
            ("Kế hoạch thanh tra đột xuất trước khi công bố", "thanh tra"),
            ("Kết luận thanh tra chưa công khai", "thanh tra"),
            ("Chỉ thị 02/CT-TTg", ""),
        ]
        .iter()
        .map(|(own, around)| Text::new(own, around))
        .collect()
    }

    fn places(hits: &[Hit]) -> Vec<usize> {
        hits.iter().map(|hit| hit.place).collect()
    }

    #[test]
    fn marks_case_and_leading_zeros_do_not_matter() {
        let found = every("2/ct-ttg");
        assert_eq!(places(&found), [4]);
        let found = every("KE HOACH thanh tra");
        assert_eq!(places(&found), [2]);
    }

    #[test]
    fn words_side_by_side_come_first() {
        let found = some("đáp án đề thi tốt nghiệp");
        assert_eq!(places(&found), [0, 1]);
        assert!(found[0].score > found[1].score);
    }

    #[test]
    fn what_a_text_belongs_to_counts_less_than_its_words() {
        let found = some("thanh tra");
        assert_eq!(places(&found), [2, 3]);
        let found = some("giáo dục");
        assert_eq!(places(&found), [0, 1]);
    }

    #[test]
    fn no_words_find_all_acts_and_no_item() {
        assert_eq!(every(" -- ").len(), 5);
        assert!(some(" -- ").is_empty());
        assert!(some("nông nghiệp").is_empty());
    }

    #[test]
    fn joining_words_alone_are_still_words() {
        assert_eq!(Query::new("của các").words.len(), 2);
        assert_eq!(Query::new("kết luận của đoàn"), Query::new("ket luan doan"));
        assert_eq!(Query::new("đề thi thì sao"), Query::new("de thi sao"));
    }

    #[test]
    fn a_beginning_is_told_from_another_word() {
        let fit = |text: &str, word: &str| {
            let word = Word::new(word);
            Text::new(text, "").fit(word, word.mask())
        };
        assert_eq!(fit("kế hoạch", "ke"), OWN);
        assert_eq!(fit("kế hoạch", "hoa"), OWN_BEGINNING);
        assert_eq!(fit("kế hoạch", "hoas"), 0);
        assert_eq!(fit("kế", "kehoach"), 0);
        assert_eq!(Word::new("").mask(), 0);
    }
}
