use proptest::prelude::*;

use super::*;

const WORDS: &str = "Bí mật nhà nước, độ Tối mật; Tuyệt mật. Ủy ban nhân dân tỉnh Đắk Lắk: những người được giữ, ở Quảng Ngãi, kỹ lưỡng";
const CAPITALS: &str = "ỦY BAN NHÂN DÂN TỈNH – TỐI MẬT, TUYỆT MẬT, MẬT – ĐỘC LẬP";

#[test]
fn tables_are_those_of_iconv() {
    let files = [
        (
            Encoding::Tcvn3,
            include_str!("../../tests/encodings/tcvn3.tsv"),
        ),
        (
            Encoding::Viscii,
            include_str!("../../tests/encodings/viscii.tsv"),
        ),
        (
            Encoding::Cp1258,
            include_str!("../../tests/encodings/cp1258.tsv"),
        ),
    ];
    for (encoding, file) in files {
        for line in file.lines() {
            let (byte, code) = line.split_once('\t').unwrap();
            let byte = u8::from_str_radix(byte, 16).unwrap();
            let want = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
            // One letter alone: TCVN3 words change their case as a whole.
            let got = match encoding {
                Encoding::Tcvn3 => single::tcvn3(&as_western(&[byte])),
                Encoding::Viscii => single::viscii(&[byte]),
                _ => single::cp1258(&[byte]),
            };
            let want = want.unwrap_or(char::REPLACEMENT_CHARACTER);
            assert_eq!(got, want.to_string(), "{} {byte:02x}", encoding.as_str());
        }
    }
}

#[test]
fn every_encoding_comes_back() {
    for encoding in Encoding::ALL {
        let text = if encoding == Encoding::Vni {
            WORDS.replace('–', "-")
        } else {
            WORDS.to_owned()
        };
        let bytes = encode(&text, encoding).unwrap();
        assert_eq!(decode(&bytes, encoding).text, text, "{}", encoding.as_str());
        assert_eq!(detect(&bytes), encoding);
    }
}

#[test]
fn capitals_come_back() {
    let text = CAPITALS.replace('–', "-");
    for encoding in Encoding::ALL {
        let bytes = encode(&text, encoding).unwrap();
        assert_eq!(decode(&bytes, encoding).text, text, "{}", encoding.as_str());
        assert_eq!(detect(&bytes), encoding);
    }
}

#[test]
fn the_soft_hyphen_of_tcvn3_is_a_letter() {
    let bytes = encode("nhà nước, tư liệu, ư", Encoding::Tcvn3).unwrap();
    assert!(bytes.contains(&0xad));
    assert_eq!(decode(&bytes, Encoding::Tcvn3).text, "nhà nước, tư liệu, ư");
    assert_eq!(
        decode_by_font("ABCDEF+.VnTime", "n\u{ad}íc").as_deref(),
        Some("nước")
    );
    assert_eq!(
        decode_by_font(".VnTime", "n\u{f0ad}\u{f0ed}c").as_deref(),
        Some("nước")
    );
}

#[test]
fn capitals_of_tcvn3_fonts_and_converters() {
    for (typed, want) in [
        ("MËT", "MẬT"),
        ("M¢ËT", "MẬT"),
        ("M†T", "MẬT"),
        ("T¤èI M¢ËT", "TỐI MẬT"),
        ("TèI MËT", "TỐI MẬT"),
        ("TUY£ÖT M¢ËT", "TUYỆT MẬT"),
        ("TUYÖT MËT", "TUYỆT MẬT"),
        ("ViÖt Nam", "Việt Nam"),
        ("bÝ mËt nhµ n\u{ad}íc", "bí mật nhà nước"),
    ] {
        assert_eq!(decode(typed.as_bytes(), Encoding::Tcvn3).text, want);
        assert_eq!(
            repair(typed),
            Some((Encoding::Tcvn3, want.to_owned())),
            "{typed}"
        );
    }
    assert_eq!(
        decode_by_font(".VnTimeH", "tuyÖt mËt").as_deref(),
        Some("TUYỆT MẬT")
    );
    assert_eq!(
        decode_by_font(".VnTime", "tuyÖt mËt").as_deref(),
        Some("tuyệt mật")
    );
    assert_eq!(
        decode_by_font(".VnArial NarrowH,Bold", "mËt").as_deref(),
        Some("MẬT")
    );
}

#[test]
fn lines_of_vni_and_viqr_are_repaired() {
    for (typed, encoding, want) in [
        ("maät", Encoding::Vni, "mật"),
        ("TOÁI MAÄT", Encoding::Vni, "TỐI MẬT"),
        ("bí maät nhaø nöôùc", Encoding::Vni, "bí mật nhà nước"),
        ("MA^.T", Encoding::Viqr, "MẬT"),
        ("to^'i ma^.t", Encoding::Viqr, "tối mật"),
        ("TUYE^.T MA^.T", Encoding::Viqr, "TUYỆT MẬT"),
        (
            "bi' ma^.t nha` nu+o+'c.",
            Encoding::Viqr,
            "bí mật nhà nước.",
        ),
    ] {
        assert_eq!(repair(typed), Some((encoding, want.to_owned())), "{typed}");
    }
}

#[test]
fn other_text_stays_as_it_is() {
    for text in [
        "",
        "Số: 12/BC-UBND",
        "Noël à la carte, café crème",
        "Bí mật nhà nước",
        "let a = f(x) + g(a)*2;",
        "Größe und Übung",
        "a + b (c) d'accord?",
        "Hà Nội, ngày 5",
        "© 2024 Công ty",
    ] {
        assert_eq!(repair(text), None, "{text}");
    }
    assert_eq!(detect(b"fn add(a: u8) { dd(a) }"), Encoding::Utf8);
    assert_eq!(detect("Ủy ban nhân dân".as_bytes()), Encoding::Utf8);
}

#[test]
fn utf16_needs_no_mark() {
    let text = "Số: 37/KH-UBND tối mật";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(detect(&bytes), Encoding::Utf16);
        assert_eq!(decode(&bytes, Encoding::Utf16).text, text);
    }
    assert_eq!(decode(b"\xff\xfea", Encoding::Utf16).broken, 1);
}

#[test]
fn syllables_of_a_law_are_syllables() {
    let law = include_str!("../../tests/seeds/s1.txt");
    let marked: Vec<&str> = law
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_ascii())
        .collect();
    let odd: Vec<&&str> = marked.iter().filter(|word| !is_syllable(word)).collect();
    assert!(
        marked.len() > 500 && odd.len() * 200 < marked.len(),
        "{odd:?}"
    );
}

proptest! {
    #[test]
    fn any_bytes_decode(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = detect(&bytes);
        for encoding in Encoding::ALL {
            let text = decode(&bytes, encoding).text;
            prop_assert_eq!(crate::text::nfc(&text), text);
        }
    }

    #[test]
    fn any_text_is_repaired_or_left(text in "\\PC{0,60}") {
        if let Some((_, repaired)) = repair(&text) {
            prop_assert_ne!(repaired, text.clone());
        }
        for font in [".VnTime", ".VnTimeH", "VNI-Times"] {
            prop_assert!(decode_by_font(font, &text).is_some());
        }
    }

    #[test]
    fn vietnamese_comes_back_from_every_encoding(words in prop::collection::vec("[bđlmnt][aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứự](m|n|ng|t|c)?", 1..12)) {
        // A question mark at the end of a text is one.
        let text = words.join(" ") + " xin";
        for encoding in Encoding::ALL {
            let bytes = encode(&text, encoding).unwrap();
            prop_assert_eq!(decode(&bytes, encoding).text, text.clone());
        }
    }
}
