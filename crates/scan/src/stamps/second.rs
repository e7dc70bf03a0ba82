//! A second opinion on stamps that the reader could not decide: the straightened inside of the frame, for a program that
//! reads lines of text. It may confirm what the reader holds likeliest, never dismiss anything.

use super::Class;

/// One line of text in grey, upright, with white around it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Strip {
    pub width: usize,
    pub height: usize,
    /// Rows of bytes, 0 black.
    pub pixels: Vec<u8>,
}

/// Reads a line of text.
pub trait SecondReader: Send + Sync {
    /// The text; `None` if it could not be asked.
    fn read(&self, strip: &Strip) -> Option<String>;
}

/// Where the second reader is asked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Ask {
    /// Where the reader neither confirmed nor dismissed a level.
    #[default]
    Undecided,
    /// Also where the reader dismissed what the gate had let through. What is read there makes a person look.
    Always,
}

/// Why a place is asked about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Doubt {
    Undecided,
    Dismissed,
}

/// Strips of one picture that are read.
pub const STRIPS_MAX: usize = 6;

/// What a line may say of a level. MẬT itself must be whole, because its tone is what tells it from other words; of the
/// letters before it a faint tone may be lost or look like a hook, as long as that makes no other word of a stamp.
const SPELLINGS: [(&str, Class); 6] = [
    ("MẬT", Class::Mat),
    ("TỐI MẬT", Class::ToiMat),
    ("TÔI MẬT", Class::ToiMat),
    ("TỔI MẬT", Class::ToiMat),
    ("TUYỆT MẬT", Class::TuyetMat),
    ("TUYÊT MẬT", Class::TuyetMat),
];

/// The level whose word, in capitals, is all that the line says. Strokes of the frame at its ends do not count.
pub fn level_of(line: &str) -> Option<Class> {
    let kept: String = line
        .chars()
        .map(|letter| if letter.is_alphabetic() { letter } else { ' ' })
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let mut words = words.as_slice();
    while let ["I" | "J" | "L" | "i" | "l", inner @ ..]
    | [inner @ .., "I" | "J" | "L" | "i" | "l"] = words
    {
        words = inner;
    }
    let said = words.join(" ");
    let known = SPELLINGS.iter().find(|(spelling, _)| *spelling == said)?;
    Some(known.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_word_with_its_tones_is_a_level() {
        for (line, class) in [
            ("MẬT\n", Some(Class::Mat)),
            (" | TỐI  MẬT ]", Some(Class::ToiMat)),
            ("I TUYỆT MẬT l", Some(Class::TuyetMat)),
            ("[ TÔI MẬT", Some(Class::ToiMat)),
            ("TỒI MẬT", None),
            ("TUYẾT MẬT", None),
            ("MẶT", None),
            ("Mật", None),
            ("BẢO MẬT", None),
            ("GIẢI MẬT", None),
            ("MẬT VỤ", None),
            ("", None),
            ("|||", None),
        ] {
            assert_eq!(level_of(line), class, "{line}");
        }
    }
}
