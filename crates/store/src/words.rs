//! The index of folded words: which lines of a run hold a word, and sets of
//! line numbers that are joined and cut.
//!
//! Lines are indexed in closed runs of fixed length, not one by one: a line's
//! dozen words would change a dozen far pages of the file in every commit. The
//! newest lines, not yet in a run, are found by reading their words.

use std::collections::BTreeMap;

use crate::limits;

/// Mark of a list of places, two bytes each.
const LIST: u8 = 0;
/// Mark of one bit per line of the run.
const BITS: u8 = 1;

/// The run that the line `serial` closes: its first line. The longest run wins;
/// it replaces the shorter ones inside it.
fn closes(serial: i64) -> Option<i64> {
    limits::WORD_RUNS
        .iter()
        .rev()
        .find(|length| serial > 0 && serial % **length == 0)
        .map(|length| serial - length + 1)
}

/// The last run, first and last line, that lines from `first` to `last` close.
pub(crate) fn last_run(last: i64, first: i64) -> Option<(i64, i64)> {
    let high = closed_until(last);
    (high >= first)
        .then(|| closes(high))
        .flatten()
        .map(|low| (low, high))
}

/// Last line that is in a run when a book has `last` lines.
pub(crate) fn closed_until(last: i64) -> i64 {
    let shortest = limits::WORD_RUNS.first().copied().unwrap_or(1);
    last.max(0) / shortest * shortest
}

/// The words of a run, with the places of the lines that hold them.
#[derive(Debug, Default)]
pub(crate) struct Run {
    length: usize,
    places: BTreeMap<String, Vec<u16>>,
}

impl Run {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            length,
            places: BTreeMap::new(),
        }
    }

    /// Notes the words of the line at a place, in the order of places.
    pub(crate) fn note(&mut self, place: u16, words: &str) {
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            if let Some(list) = self.places.get_mut(word) {
                list.push(place);
            } else {
                self.places.insert(word.to_owned(), vec![place]);
            }
        }
    }

    /// Every word with its places in the shorter of the two forms.
    pub(crate) fn encoded(self) -> impl Iterator<Item = (String, Vec<u8>)> {
        let length = self.length;
        self.places
            .into_iter()
            .map(move |(word, places)| (word, encode(&places, length)))
    }
}

fn encode(places: &[u16], length: usize) -> Vec<u8> {
    let bytes = length.div_ceil(8);
    if places.len() * 2 <= bytes {
        let mut out = Vec::with_capacity(1 + places.len() * 2);
        out.push(LIST);
        for place in places {
            out.extend_from_slice(&place.to_be_bytes());
        }
        return out;
    }
    let mut out = vec![0; 1 + bytes];
    if let Some(mark) = out.first_mut() {
        *mark = BITS;
    }
    for place in places {
        if let Some(byte) = out.get_mut(1 + usize::from(*place / 8)) {
            *byte |= 1 << (place % 8);
        }
    }
    out
}

/// A set of line numbers from 1 to a highest one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines {
    highest: i64,
    bits: Vec<u64>,
}

impl Lines {
    pub(crate) fn none(highest: i64) -> Self {
        let highest = highest.max(0);
        let words = usize::try_from(highest / 64 + 1).unwrap_or(0);
        Self {
            highest,
            bits: vec![0; words],
        }
    }

    pub(crate) fn all(highest: i64) -> Self {
        let mut all = Self::none(highest);
        all.bits.fill(u64::MAX);
        if let Some(first) = all.bits.first_mut() {
            *first &= !1;
        }
        let used = u32::try_from(all.highest % 64 + 1).unwrap_or(64);
        if let Some(last) = all.bits.last_mut() {
            *last &= u64::MAX.checked_shr(64 - used).unwrap_or(0);
        }
        all
    }

    /// Adds a line; one outside the range is left out.
    pub(crate) fn add(&mut self, line: i64) {
        if (1..=self.highest).contains(&line)
            && let Some(word) = usize::try_from(line / 64)
                .ok()
                .and_then(|at| self.bits.get_mut(at))
        {
            *word |= 1 << (line % 64);
        }
    }

    pub(crate) fn holds(&self, line: i64) -> bool {
        (1..=self.highest).contains(&line)
            && usize::try_from(line / 64)
                .ok()
                .and_then(|at| self.bits.get(at))
                .is_some_and(|word| word & (1 << (line % 64)) != 0)
    }

    /// Adds the lines of a run that begins with line `low`; `None` when the
    /// bytes are not what [`Run::encoded`] writes.
    pub(crate) fn add_run(&mut self, low: i64, bytes: &[u8]) -> Option<()> {
        let (form, bytes) = bytes.split_first()?;
        match *form {
            LIST => {
                let (pairs, rest) = bytes.as_chunks::<2>();
                if !rest.is_empty() {
                    return None;
                }
                for pair in pairs {
                    self.add(low + i64::from(u16::from_be_bytes(*pair)));
                }
            }
            BITS => {
                for (place, byte) in (0_i64..).step_by(8).zip(bytes) {
                    let mut left = *byte;
                    while left != 0 {
                        self.add(low + place + i64::from(left.trailing_zeros()));
                        left &= left - 1;
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Keeps what is in both.
    pub(crate) fn keep(&mut self, other: &Self) {
        for (at, word) in self.bits.iter_mut().enumerate() {
            *word &= other.bits.get(at).copied().unwrap_or(0);
        }
    }

    /// Takes out what is in the other.
    pub(crate) fn drop_all(&mut self, other: &Self) {
        for (word, out) in self.bits.iter_mut().zip(&other.bits) {
            *word &= !out;
        }
    }

    pub(crate) fn count(&self) -> i64 {
        self.bits
            .iter()
            .map(|word| i64::from(word.count_ones()))
            .sum()
    }

    /// Line numbers from the lowest.
    pub(crate) fn upwards(&self) -> impl Iterator<Item = i64> {
        (0_i64..)
            .step_by(64)
            .zip(&self.bits)
            .flat_map(|(base, word)| Ones(*word).map(move |bit| base + i64::from(bit)))
    }

    /// Line numbers from the highest.
    pub(crate) fn downwards(&self) -> impl Iterator<Item = i64> {
        let words = i64::try_from(self.bits.len()).unwrap_or(0);
        (0..words)
            .rev()
            .zip(self.bits.iter().rev())
            .flat_map(|(at, word)| {
                Ones(word.reverse_bits()).map(move |bit| at * 64 + 63 - i64::from(bit))
            })
    }
}

/// Positions of the set bits of a word, from the lowest.
struct Ones(u64);

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_that_ends_here() {
        assert_eq!(closes(255), None);
        assert_eq!(closes(256), Some(1));
        assert_eq!(closes(512), Some(257));
        assert_eq!(closes(2_048), Some(1));
        assert_eq!(closes(4_096), Some(2_049));
        assert_eq!(closes(16_384), Some(1));
        assert_eq!(closes(16_384 + 256), Some(16_385));
        assert_eq!(closes(0), None);
        assert_eq!(last_run(255, 1), None);
        assert_eq!(last_run(300, 257), None);
        assert_eq!(last_run(300, 256), Some((1, 256)));
        assert_eq!(last_run(4_400, 4_000), Some((4_097, 4_352)));
        assert_eq!(last_run(4_096, 4_000), Some((2_049, 4_096)));
        assert_eq!(closed_until(255), 0);
        assert_eq!(closed_until(700), 512);
        assert_eq!(closed_until(-3), 0);
    }

    #[test]
    fn runs_of_all_lengths_give_their_lines_back() {
        for length in [256_u16, 2_048, 16_384] {
            for step in [1, 2, 3, 17, 255] {
                let mut run = Run::of(length.into());
                let mut expected = Lines::none(100_000);
                for place in (0..length).step_by(step) {
                    run.note(place, "mot hai");
                    expected.add(1_000 + i64::from(place));
                }
                let encoded: Vec<_> = run.encoded().collect();
                assert_eq!(encoded.len(), 2);
                let mut found = Lines::none(100_000);
                found.add_run(1_000, &encoded[0].1).unwrap();
                assert_eq!(found, expected, "{length} {step}");
                assert!(encoded[0].1.len() <= usize::from(length) / 8 + 1);
            }
        }
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let mut lines = Lines::none(10);
        assert!(lines.add_run(1, &[]).is_none());
        assert!(lines.add_run(1, &[2, 0]).is_none());
        assert!(lines.add_run(1, &[LIST, 0]).is_none());
    }

    #[test]
    fn sets_agree_with_plain_lists() {
        for highest in [0, 1, 62, 63, 64, 65, 127, 128, 300] {
            let all = Lines::all(highest);
            assert_eq!(all.count(), highest);
            assert_eq!(
                all.upwards().collect::<Vec<_>>(),
                (1..=highest).collect::<Vec<_>>()
            );
            let mut third = Lines::none(highest);
            for line in (0..=highest + 5).step_by(3) {
                third.add(line);
            }
            let plain: Vec<i64> = (1..=highest).filter(|line| line % 3 == 0).collect();
            assert_eq!(third.upwards().collect::<Vec<_>>(), plain);
            assert_eq!(
                third.downwards().collect::<Vec<_>>(),
                plain.iter().rev().copied().collect::<Vec<_>>()
            );
            let mut rest = all.clone();
            rest.drop_all(&third);
            assert!((1..=highest).all(|line| rest.holds(line) == (line % 3 != 0)));
            rest.keep(&third);
            assert_eq!(rest.count(), 0);
            assert!(!all.holds(0) && !all.holds(highest + 1));
        }
    }
}
