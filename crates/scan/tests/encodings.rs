//! One marked document in every encoding and disguise that the law's offices and those who hide
//! something have used: each is found, with its level.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use scan::{FileReport, Level, Limits, Markers, Scanner, Verdict};
use unicode_normalization::UnicodeNormalization as _;
use vanban::encodings::{Encoding, as_western, encode};

const LEVELS: [(&str, Level); 3] = [
    ("TUYỆT MẬT", Level::TuyetMat),
    ("TỐI MẬT", Level::ToiMat),
    ("MẬT", Level::Mat),
];

fn document(stamp: &str) -> String {
    format!(
        "CÔNG AN TỈNH HẢI SƠN\nPHÒNG HÀNH CHÍNH\nSố: 12/BC-PHC\n{stamp}\nHải Sơn, ngày 5 tháng 3 năm 2024\n\
         BÁO CÁO\nVề công tác quý một của các đơn vị trực thuộc; những nước đi tư liệu được giữ ở kho\n"
    )
}

fn scan_one(scanner: &Scanner, name: &str, bytes: &[u8]) -> FileReport {
    let mut reports = Vec::new();
    scanner.scan(name, bytes, &Limits::default(), &mut |report| {
        reports.push(report)
    });
    reports.pop().unwrap()
}

/// Small letters but for the plain ones: how a font of capitals is typed.
fn as_typed_for_capitals(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_ascii() {
                vec![c]
            } else {
                c.to_lowercase().collect()
            }
        })
        .collect()
}

/// The bare capital before the letter, as some converters write capitals of TCVN3.
fn as_converters_write(stamp: &str) -> String {
    let typed = stamp
        .replace('Ậ', "Âậ")
        .replace('Ố', "Ôố")
        .replace('Ệ', "Êệ");
    as_western(&encode(&typed, Encoding::Tcvn3).unwrap())
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark
        .then_some(0xfeff)
        .into_iter()
        .chain(text.encode_utf16());
    units
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

fn spaced(text: &str, gap: &str) -> String {
    text.chars()
        .map(|c| c.to_string())
        .collect::<Vec<_>>()
        .join(gap)
}

fn texts(stamp: &str) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let text = document(stamp);
    let typed = as_typed_for_capitals(&text);
    let legacy = |text: &str, encoding| encode(text, encoding).unwrap();
    let western = |text: &str, encoding| as_western(&legacy(text, encoding)).into_bytes();
    let replaced = |from: &str, to: &str| document(&stamp.replace(from, to)).into_bytes();
    let escapes: String = stamp
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect();
    vec![
        ("utf-8", "a.txt", text.clone().into_bytes()),
        (
            "utf-8 with mark",
            "a.txt",
            format!("\u{feff}{text}").into_bytes(),
        ),
        ("nfd", "a.txt", text.nfd().collect::<String>().into_bytes()),
        (
            "nfd, other order",
            "a.txt",
            replaced("Ậ", "A\u{302}\u{323}"),
        ),
        ("nfd, half", "a.txt", replaced("Ậ", "Â\u{323}")),
        (
            "tcvn3, font of capitals",
            "a.txt",
            legacy(&typed, Encoding::Tcvn3),
        ),
        ("tcvn3, full", "a.txt", legacy(&text, Encoding::Tcvn3)),
        (
            "tcvn3 as letters",
            "a.txt",
            western(&typed, Encoding::Tcvn3),
        ),
        (
            "tcvn3 of converters",
            "a.txt",
            document(&as_converters_write(stamp)).into_bytes(),
        ),
        ("vni", "a.txt", legacy(&text, Encoding::Vni)),
        ("vni as letters", "a.txt", western(&text, Encoding::Vni)),
        ("viqr", "a.txt", legacy(&text, Encoding::Viqr)),
        ("viscii", "a.txt", legacy(&text, Encoding::Viscii)),
        ("cp1258", "a.txt", legacy(&text, Encoding::Cp1258)),
        ("utf-16 le", "a.txt", utf16(&text, false, true)),
        ("utf-16 be", "a.txt", utf16(&text, true, true)),
        (
            "utf-16 le without mark",
            "a.txt",
            utf16(&text, false, false),
        ),
        ("utf-16 be without mark", "a.txt", utf16(&text, true, false)),
        (
            "lines parted by U+2028",
            "a.txt",
            text.replace('\n', "\u{2028}").into_bytes(),
        ),
        (
            "lines parted by U+0085",
            "a.txt",
            text.replace('\n', "\u{85}").into_bytes(),
        ),
        (
            "spaced",
            "a.txt",
            document(&spaced(stamp, " ")).into_bytes(),
        ),
        (
            "spaced by points",
            "a.txt",
            document(&spaced(stamp, ".")).into_bytes(),
        ),
        (
            "spaced by no-break spaces",
            "a.txt",
            document(&spaced(stamp, "\u{a0}")).into_bytes(),
        ),
        (
            "zero width inside",
            "a.txt",
            document(&spaced(stamp, "\u{200b}")).into_bytes(),
        ),
        (
            "soft hyphens inside",
            "a.txt",
            document(&spaced(stamp, "\u{ad}")).into_bytes(),
        ),
        (
            "cyrillic",
            "a.txt",
            document(&stamp.replace('M', "М").replace('T', "Т")).into_bytes(),
        ),
        ("cyrillic a", "a.txt", replaced("Ậ", "А\u{302}\u{323}")),
        (
            "greek",
            "a.txt",
            document(&stamp.replace('M', "Μ").replace('T', "Τ").replace('Y', "Υ")).into_bytes(),
        ),
        (
            "full width",
            "a.txt",
            document(&stamp.replace('M', "Ｍ").replace('T', "Ｔ")).into_bytes(),
        ),
        (
            "mathematical",
            "a.txt",
            document(&stamp.replace('M', "𝐌").replace('T', "𝐓")).into_bytes(),
        ),
        (
            "json",
            "a.json",
            format!("{{\"so\":\"12/BC\",\n\"nhan\":\n\"{escapes}\"\n}}").into_bytes(),
        ),
    ]
}

fn pages(stamp: &str) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let legacy = |text: &str, encoding| encode(text, encoding).unwrap();
    let small = stamp.to_lowercase();
    let tcvn = as_western(&legacy(&small, Encoding::Tcvn3));
    let private: String = legacy(&small, Encoding::Tcvn3)
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(*byte)
            } else {
                char::from_u32(0xf000 + u32::from(*byte)).unwrap()
            }
        })
        .collect();
    let rtf_bytes: String = legacy(&small, Encoding::Tcvn3)
        .iter()
        .map(|byte| format!("\\'{byte:02x}"))
        .collect();
    let rtf_1258: String = legacy(stamp, Encoding::Cp1258)
        .iter()
        .map(|byte| format!("\\'{byte:02x}"))
        .collect();
    let rtf_unicode: String = stamp
        .encode_utf16()
        .map(|unit| format!("\\u{}?", i16::from_ne_bytes(unit.to_ne_bytes())))
        .collect();
    let entities: String = stamp
        .chars()
        .map(|c| format!("&#{};", u32::from(c)))
        .collect();
    vec![
        ("html entities", "a.html", format!("<html><p>Số: 12/BC</p><p><b>{entities}</b></p></html>").into_bytes()),
        ("html font", "a.html", format!("<html><p>So: 12/BC</p><p><font face=\".VnTimeH\">{tcvn}</font></p></html>").into_bytes()),
        ("html style", "a.html", format!("<html><p>So</p><p><span style=\"font-family:'.VnTimeH'\">{private}</span></p></html>").into_bytes()),
        ("html broken up", "a.html", format!("<html><p>Số: 1</p><p>{}</p></html>", spaced(stamp, "<b></b>")).into_bytes()),
        ("rtf tcvn3", "a.rtf", format!("{{\\rtf1\\ansi{{\\fonttbl{{\\f0 Arial;}}{{\\f1\\fnil .VnTimeH;}}}}\\f0 So: 12/BC\\par\\f1 {rtf_bytes}\\par}}").into_bytes()),
        ("rtf cp1258", "a.rtf", format!("{{\\rtf1\\ansi{{\\fonttbl{{\\f0\\fcharset163 Times New Roman;}}}}\\f0 So: 12\\par {rtf_1258}\\par}}").into_bytes()),
        ("rtf unicode", "a.rtf", format!("{{\\rtf1\\ansi\\uc1{{\\fonttbl{{\\f0 Arial;}}}}So: 12\\par {rtf_unicode}\\par}}").into_bytes()),
        ("rtf header", "a.rtf", format!("{{\\rtf1\\ansi\\uc1{{\\header {rtf_unicode}\\par}}Noi dung\\par}}").into_bytes()),
        ("rtf text box", "a.rtf", format!("{{\\rtf1\\ansi\\uc1{{\\shp{{\\*\\shpinst{{\\shptxt {rtf_unicode}\\par}}}}}}Noi dung\\par}}").into_bytes()),
        ("rtf hidden", "a.rtf", format!("{{\\rtf1\\ansi\\uc1 Noi dung {{\\v {rtf_unicode}}}\\par}}").into_bytes()),
        ("rtf drawn", "a.rtf", format!("{{\\rtf1\\ansi\\uc1{{\\shp{{\\*\\shpinst{{\\sp{{\\sn gtextUNICODE}}{{\\sv {rtf_unicode}}}}}}}}}Noi dung\\par}}").into_bytes()),
        ("rtf deleted", "a.rtf", format!("{{\\rtf1\\ansi\\uc1 Noi dung\\par{{\\deleted {rtf_unicode}}}\\par}}").into_bytes()),
    ]
}

#[test]
fn every_encoding_and_disguise_is_found() {
    let scanner = Scanner::new(Markers::built_in().unwrap(), None);
    let mut missed = Vec::new();
    for (stamp, level) in LEVELS {
        for (how, name, bytes) in texts(stamp).into_iter().chain(pages(stamp)) {
            let report = scan_one(&scanner, name, &bytes);
            if report.verdict != Verdict::Marked || report.level != Some(level) {
                missed.push(format!(
                    "{stamp} in {how}: {:?} {:?} {:?}",
                    report.level, report.findings, report.incomplete
                ));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// A line is looked at alone as by those who gather lines, and in a long text as by the sieve that
/// passes over the rest: both must stop at it, wherever the borders of the sieve's parts fall.
#[test]
fn the_sieve_stops_at_a_marking_wherever_it_stands() {
    const PROSE: &str = "Các đơn vị báo cáo tình hình thực hiện nhiệm vụ được giao trong quý.\n";
    let markers = Markers::built_in().unwrap();
    let western = |stamp: &str, encoding| as_western(&encode(stamp, encoding).unwrap());
    for (stamp, _) in LEVELS {
        let small = as_typed_for_capitals(stamp);
        let spellings = [
            stamp.to_owned(),
            stamp.nfd().collect(),
            stamp.replace('Ậ', "A\u{302}\u{323}"),
            western(&small, Encoding::Tcvn3),
            as_converters_write(stamp),
            western(stamp, Encoding::Vni),
            western(stamp, Encoding::Viqr),
            spaced(stamp, " "),
            spaced(stamp, "\u{ad}"),
        ];
        for line in spellings {
            assert_eq!(
                markers.next_interest(&line, 0).map(|at| at < line.len()),
                Some(true),
                "{line}"
            );
            for before in (0..40).chain(16_320..16_420).chain(32_700..32_800) {
                let mut text = PROSE.repeat(before / PROSE.len());
                text.push_str(&"-".repeat(before - text.len()));
                text.push('\n');
                let start = text.len();
                text.push_str(&line);
                let end = text.len();
                text.push('\n');
                text.push_str(PROSE);
                let found = markers.next_interest(&text, 0);
                assert!(
                    found.is_some_and(|at| (start..end).contains(&at)),
                    "{line} after {before} bytes: {found:?}"
                );
                assert_eq!(markers.next_interest(&text, end), None, "{line}");
            }
        }
    }
}

#[test]
fn near_words_in_every_encoding_are_clean() {
    let scanner = Scanner::new(Markers::built_in().unwrap(), None);
    for word in [
        "MẶT",
        "MẤT",
        "KHẨN",
        "HỎA TỐC",
        "BẢO MẬT",
        "BÍ MẬT",
        "MẬT KHẨU",
    ] {
        let text = document(word);
        for encoding in Encoding::ALL {
            let report = scan_one(&scanner, "a.txt", &encode(&text, encoding).unwrap());
            assert_eq!(
                report.verdict,
                Verdict::Clean,
                "{word} in {}: {:?}",
                encoding.as_str(),
                report
            );
        }
    }
}
