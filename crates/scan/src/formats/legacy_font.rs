//! Old Vietnamese fonts: the name of the font says in which encoding its text is kept.

use vanban::encodings;

/// Encoding of a font.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// TCVN 5712 in fonts `.Vn*`.
    Tcvn3,
    /// The same in fonts `.Vn*H`, which draw small letters as capitals.
    Tcvn3Capitals,
    /// Two-byte letters in fonts `VNI-*`.
    Vni,
}

/// The encoding of a font by its name; none for a font of Unicode text. A PDF puts six letters and
/// `+` before the name of a font of which it holds only a part.
#[must_use]
pub fn encoding(font: &str) -> Option<Encoding> {
    let name = font
        .split_once('+')
        .filter(|(tag, _)| tag.len() == 6)
        .map_or(font, |(_, name)| name)
        .trim()
        .to_ascii_lowercase();
    if name.starts_with("vni-") || name.starts_with("vni ") {
        return Some(Encoding::Vni);
    }
    let family = name.strip_prefix('.').unwrap_or(&name);
    if !family.starts_with("vn") {
        return None;
    }
    // A style may follow the family: `.VnTimeH-Bold`, `.VnTimeH,Bold`.
    let family = family.split(['-', ',']).next().unwrap_or(family);
    let dotted = name.starts_with('.');
    const UNDOTTED: [&str; 6] = [
        "vntime",
        "vnarial",
        "vncourier",
        "vntimeh",
        "vnarialh",
        "vncourierh",
    ];
    if !dotted && !UNDOTTED.contains(&family) {
        return None;
    }
    Some(if family.ends_with('h') {
        Encoding::Tcvn3Capitals
    } else {
        Encoding::Tcvn3
    })
}

/// The text that such a font shows.
#[must_use]
pub fn decode(encoding: Encoding, text: &str) -> String {
    let plain = |of| vanban::text::nfc(&encodings::legacy(text, of));
    match encoding {
        Encoding::Tcvn3 => plain(encodings::Encoding::Tcvn3),
        Encoding::Tcvn3Capitals => plain(encodings::Encoding::Tcvn3).to_uppercase(),
        Encoding::Vni => plain(encodings::Encoding::Vni),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_encoding() {
        let cases = [
            (".VnTime", Some(Encoding::Tcvn3)),
            (".VnTimeH", Some(Encoding::Tcvn3Capitals)),
            ("ABCDEF+.VnTimeH-Bold", Some(Encoding::Tcvn3Capitals)),
            ("VNI-Times", Some(Encoding::Vni)),
            ("Times New Roman", None),
            ("VNUni Serif", None),
        ];
        for (font, expected) in cases {
            assert_eq!(encoding(font), expected, "{font}");
        }
    }

    #[test]
    fn text_is_decoded() {
        assert_eq!(decode(Encoding::Tcvn3, "tuyÖt mËt"), "tuyệt mật");
        assert_eq!(decode(Encoding::Tcvn3Capitals, "mËt"), "MẬT");
        assert_eq!(decode(Encoding::Vni, "TOÁI MAÄT"), "TỐI MẬT");
    }
}
