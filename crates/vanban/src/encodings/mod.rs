//! Encodings that Vietnamese offices used before Unicode, and the ways in which their text survives:
//! as bytes, as Latin letters in a Unicode file, as a legacy font in a document.
//!
//! A legacy text is decoded before anything else is done to it: the `ư` of TCVN3 is U+00AD, the soft
//! hyphen, which every clean-up drops.

mod detect;
mod single;
mod syllable;
mod tables;
mod viqr;
mod vni;

pub use detect::{detect, is_utf16, repair};
pub use syllable::is_syllable;

use crate::text;

/// An encoding of Vietnamese text.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Encoding {
    Utf8,
    /// With or without mark, either byte order.
    Utf16,
    /// TCVN 5712:1993, called ABC; the fonts `.VnTime` and their like.
    Tcvn3,
    /// VNI for Windows: a letter and a mark after it.
    Vni,
    /// Plain ASCII, RFC 1456: `bi' ma^.t`.
    Viqr,
    /// RFC 1456.
    Viscii,
    /// Windows code page 1258. Also read for Western text that is none of the others.
    Cp1258,
}

impl Encoding {
    /// Every encoding, in the order in which equal guesses are preferred.
    pub const ALL: [Self; 7] = [
        Self::Utf8,
        Self::Utf16,
        Self::Tcvn3,
        Self::Vni,
        Self::Viscii,
        Self::Cp1258,
        Self::Viqr,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Utf16 => "utf16",
            Self::Tcvn3 => "tcvn3",
            Self::Vni => "vni",
            Self::Viqr => "viqr",
            Self::Viscii => "viscii",
            Self::Cp1258 => "cp1258",
        }
    }

    /// The encoding of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|encoding| encoding.as_str() == name)
    }
}

/// Text out of bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decoded {
    /// NFC.
    pub text: String,
    /// Places that are not text in this encoding; each is U+FFFD in the text.
    pub broken: usize,
}

/// Decodes bytes from an encoding, to NFC. Legacy text that was saved as Unicode letter by letter
/// (`mËt` in a UTF-8 file) is taken for what it stands for.
#[must_use]
pub fn decode(bytes: &[u8], encoding: Encoding) -> Decoded {
    let text = match encoding {
        Encoding::Utf8 => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            String::from_utf8_lossy(bytes).into_owned()
        }
        Encoding::Utf16 => utf16(bytes),
        Encoding::Viscii => single::viscii(bytes),
        Encoding::Cp1258 => single::cp1258(bytes),
        Encoding::Tcvn3 | Encoding::Vni | Encoding::Viqr => legacy(&letters(bytes), encoding),
    };
    let broken = text
        .chars()
        .filter(|c| *c == char::REPLACEMENT_CHARACTER)
        .count();
    Decoded {
        text: text::nfc(&text),
        broken,
    }
}

/// Decodes text whose letters stand for the bytes of TCVN3, VNI or VIQR. Other encodings give the
/// text back.
#[must_use]
pub fn legacy(text: &str, encoding: Encoding) -> String {
    match encoding {
        Encoding::Tcvn3 => single::tcvn3(text),
        Encoding::Vni => vni::decode(text),
        Encoding::Viqr => viqr::decode(text),
        Encoding::Utf8 | Encoding::Utf16 | Encoding::Viscii | Encoding::Cp1258 => text.to_owned(),
    }
}

/// Decodes text that a document sets in a legacy font: `.VnTime` (TCVN3), `.VnTimeH` (TCVN3, drawn in
/// capitals), `VNI-Times` (VNI). `None` for every other font.
///
/// ```
/// use vanban::encodings::decode_by_font;
/// assert_eq!(decode_by_font(".VnTimeH", "mËt").as_deref(), Some("MẬT"));
/// assert_eq!(decode_by_font("VNI-Times", "maät").as_deref(), Some("mật"));
/// assert_eq!(decode_by_font("Arial", "mËt"), None);
/// ```
#[must_use]
pub fn decode_by_font(font: &str, text: &str) -> Option<String> {
    // A subset of a font in a PDF is named `ABCDEF+Name`; a printer's name may be quoted or slashed.
    let name = font.rsplit_once('+').map_or(font, |(_, name)| name);
    let name = name
        .trim_matches(['"', '\'', '/', ' '])
        .to_ascii_lowercase();
    if name.starts_with(".vn") {
        let plain = text::nfc(&single::tcvn3(text));
        let capitals = name
            .split([',', '-'])
            .next()
            .is_some_and(|face| face.trim_end().ends_with('h'));
        return Some(if capitals {
            plain.to_uppercase()
        } else {
            plain
        });
    }
    name.starts_with("vni")
        .then(|| text::nfc(&vni::decode(text)))
}

/// Text as the bytes of a legacy encoding; `None` if a letter has no place there.
#[must_use]
pub fn encode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    let text = text::nfc(text);
    match encoding {
        Encoding::Utf8 => Some(text.into_bytes()),
        Encoding::Utf16 => {
            let mark = std::iter::once(0xfeff);
            Some(
                mark.chain(text.encode_utf16())
                    .flat_map(u16::to_le_bytes)
                    .collect(),
            )
        }
        Encoding::Tcvn3 => single::encode_tcvn3(&text),
        Encoding::Viscii => single::encode_viscii(&text),
        Encoding::Cp1258 => single::encode_cp1258(&text),
        Encoding::Vni => vni::encode(&text),
        Encoding::Viqr => Some(viqr::encode(&text).into_bytes()),
    }
}

/// Legacy bytes as the letters that a Western program shows for them.
#[must_use]
pub fn as_western(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| single::western(*byte)).collect()
}

/// Letters that stand for bytes: those of a Unicode file, or the bytes themselves.
fn letters(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        Err(_) => as_western(bytes),
    }
}

fn utf16(bytes: &[u8]) -> String {
    let (big_endian, bytes) = match bytes {
        [0xff, 0xfe, rest @ ..] => (false, rest),
        [0xfe, 0xff, rest @ ..] => (true, rest),
        _ => (detect::is_big_endian(bytes), bytes),
    };
    let unit = if big_endian {
        u16::from_be_bytes
    } else {
        u16::from_le_bytes
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut out: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
    out
}

#[cfg(test)]
mod tests;
