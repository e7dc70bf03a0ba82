//! Fictional words in the shape of Vietnamese: about two thousand syllables, a
//! few in nearly every line, most of them rare.

const ONSETS: [&str; 25] = [
    "b", "c", "ch", "d", "g", "gi", "h", "k", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r",
    "s", "t", "th", "tr", "v", "x", "đ", "",
];
const RIMES: [&str; 80] = [
    "a", "an", "ao", "ai", "am", "anh", "ang", "ac", "ach", "at", "ă", "ăn", "ăm", "ăng", "ăc",
    "ât", "âm", "ân", "âng", "ây", "e", "em", "en", "eo", "ê", "ên", "êu", "êm", "i", "in", "inh",
    "ich", "im", "iêm", "iên", "iêu", "o", "on", "ong", "oc", "oi", "om", "oa", "oan", "oang", "ô",
    "ôn", "ông", "ôi", "ôm", "ôc", "ơ", "ơn", "ơi", "ơm", "u", "un", "ung", "uc", "ui", "ua",
    "uân", "uy", "uyên", "ư", "ưng", "ưc", "ưa", "ươi", "ương", "ươc", "ươm", "uôi", "uôc", "uông",
    "iêng", "iêc", "yên", "uyêt", "iêt",
];

/// Draws that are the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: i64) -> Self {
        let seed = u64::try_from(seed).unwrap_or(0);
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % n.max(1)
    }
}

/// The syllable of a rank; rank 0 is the most common.
pub fn syllable(rank: usize) -> String {
    let onset = ONSETS.get(rank % ONSETS.len()).unwrap_or(&"");
    let rime = RIMES
        .get(rank * 7 / ONSETS.len() % RIMES.len())
        .unwrap_or(&"");
    format!("{onset}{rime}")
}

/// Some syllables in a row: half of the ranks are below 45, one in ten above 900.
pub fn sentence(dice: &mut Dice, syllables: usize) -> String {
    let ranks = ONSETS.len() * RIMES.len();
    let words: Vec<String> = (0..syllables)
        .map(|_| {
            // The logarithm of the rank is even: a rank is as likely as its inverse.
            let bits = dice.below(11);
            let low = 1_usize << bits;
            syllable((low - 1 + dice.below(low)) % ranks)
        })
        .collect();
    words.join(" ")
}
