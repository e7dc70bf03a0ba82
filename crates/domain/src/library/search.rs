//! Search by words without marks, best first.
//!
//! A text is found by its own words and, with less weight, by the words of what it
//! belongs to (the field of a catalogue, say). Rare words weigh more than common
//! ones; words that stand side by side, as in the question, weigh most, because one
//! Vietnamese syllable alone says little.

use std::collections::BTreeSet;

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

/// A text that can be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    own: Vec<String>,
    around: Vec<String>,
}

impl Text {
    /// `own` is the text, `around` what it belongs to.
    pub fn new(own: &str, around: &str) -> Self {
        Self {
            own: plain_words(own),
            around: plain_words(around),
        }
    }

    fn fit(&self, word: &str) -> u32 {
        let best = |words: &[String], whole: u32, beginning: u32| {
            words
                .iter()
                .map(|own| match own.strip_prefix(word) {
                    Some("") => whole,
                    Some(_) => beginning,
                    None => 0,
                })
                .max()
                .unwrap_or(0)
        };
        best(&self.own, OWN, OWN_BEGINNING).max(best(&self.around, AROUND, AROUND_BEGINNING))
    }

    fn has_pair(&self, first: &str, second: &str) -> bool {
        self.own
            .iter()
            .zip(self.own.iter().skip(1))
            .any(|(one, two)| one == first && two == second)
    }
}

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
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
            words: plain_words(&chosen.join(" ")),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words as they are compared.
    pub fn words(&self) -> &[String] {
        &self.words
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
pub fn with_every_word(query: &Query, texts: &[Text]) -> Vec<Hit> {
    ranked(query, texts, |found, asked, _| found == asked)
}

/// The texts that have half of the words asked, or two of them side by side, best
/// first; without words, none. For people who describe a thing in words of their own.
pub fn with_some_words(query: &Query, texts: &[Text]) -> Vec<Hit> {
    if query.is_empty() {
        return Vec::new();
    }
    ranked(query, texts, |found, asked, pairs| {
        found > 0 && (found * 2 >= asked || pairs > 0)
    })
}

fn ranked(query: &Query, texts: &[Text], fits: impl Fn(usize, usize, usize) -> bool) -> Vec<Hit> {
    let table: Vec<Vec<u32>> = texts
        .iter()
        .map(|text| query.words.iter().map(|word| text.fit(word)).collect())
        .collect();
    let weights: Vec<u32> = (0..query.words.len())
        .map(|at| {
            let having = table
                .iter()
                .filter(|row| row.get(at).is_some_and(|fit| *fit > 0))
                .count();
            let rare = texts.len().checked_div(having).unwrap_or(1);
            1 + rare.max(1).ilog2()
        })
        .collect();
    let mut hits: Vec<Hit> = texts
        .iter()
        .zip(&table)
        .enumerate()
        .filter_map(|(place, (text, row))| {
            let found = row.iter().filter(|fit| **fit > 0).count();
            let words = query.words.iter().zip(query.words.iter().skip(1));
            let pairs = words.filter(|(one, two)| text.has_pair(one, two)).count();
            fits(found, query.words.len(), pairs).then(|| {
                let single: u32 = row.iter().zip(&weights).map(|(fit, by)| fit * by).sum();
                let pair = PAIR * u32::try_from(pairs).unwrap_or(0);
                Hit {
                    place,
                    score: single + pair,
                }
            })
        })
        .collect();
    hits.sort_by_key(|hit| (std::cmp::Reverse(hit.score), hit.place));
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

/// The different words by which a text is kept in an index.
pub fn index_words(text: &str) -> BTreeSet<String> {
    plain_words(text).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let found = with_every_word(&Query::new("2/ct-ttg"), &items());
        assert_eq!(places(&found), [4]);
        let found = with_every_word(&Query::new("KE HOACH thanh tra"), &items());
        assert_eq!(places(&found), [2]);
    }

    #[test]
    fn words_side_by_side_come_first() {
        let found = with_some_words(&Query::new("đáp án đề thi tốt nghiệp"), &items());
        assert_eq!(places(&found), [0, 1]);
        assert!(found[0].score > found[1].score);
    }

    #[test]
    fn what_a_text_belongs_to_counts_less_than_its_words() {
        let found = with_some_words(&Query::new("thanh tra"), &items());
        assert_eq!(places(&found), [2, 3]);
        let found = with_some_words(&Query::new("giáo dục"), &items());
        assert_eq!(places(&found), [0, 1]);
    }

    #[test]
    fn no_words_find_all_acts_and_no_item() {
        let none = Query::new(" -- ");
        assert_eq!(with_every_word(&none, &items()).len(), 5);
        assert!(with_some_words(&none, &items()).is_empty());
        assert!(with_some_words(&Query::new("nông nghiệp"), &items()).is_empty());
    }

    #[test]
    fn joining_words_alone_are_still_words() {
        assert_eq!(Query::new("của các").words().len(), 2);
        assert_eq!(
            Query::new("kết luận của đoàn").words(),
            ["ket", "luan", "doan"]
        );
        assert_eq!(Query::new("đề thi thì sao").words(), ["de", "thi", "sao"]);
    }
}
