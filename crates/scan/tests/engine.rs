//! The way of a file through the scan: members, limits, pictures, and that nothing cut short is clean.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::LazyLock;

use proptest::prelude::*;
use scan::{
    FileReport, Finding, How, Kind, Level, Limits, Markers, Picture, PictureAnswer, Reason,
    Scanner, StampFinder, Verdict,
};

struct Finder;

impl StampFinder for Finder {
    fn look(&self, _picture: &Picture, page: Option<u32>) -> PictureAnswer {
        let finding = Finding {
            rule: "stamp.level".to_owned(),
            level: Some(Level::Mat),
            page,
            bbox_mm: Some([25.0, 48.0, 20.0, 8.0]),
            how: How::Image,
            confidence: 0.97,
            excerpt: "MẬT".to_owned(),
        };
        PictureAnswer {
            findings: vec![finding],
            incomplete: Vec::new(),
        }
    }
}

fn scan_with(limits: &Limits, name: &str, bytes: &[u8]) -> Vec<FileReport> {
    static SCANNER: LazyLock<Scanner> =
        LazyLock::new(|| Scanner::new(Markers::built_in().unwrap(), None));
    let mut reports = Vec::new();
    SCANNER.scan(name, bytes, limits, &mut |report| reports.push(report));
    reports
}

fn all(name: &str, bytes: &[u8]) -> Vec<FileReport> {
    scan_with(&Limits::default(), name, bytes)
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks(3)
        .map(|three| {
            let bits = three
                .iter()
                .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - three.len()));
            let letter = |at: usize| {
                if at <= three.len() {
                    char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63])
                } else {
                    '='
                }
            };
            (0..4).map(letter).collect::<String>()
        })
        .collect()
}

/// A page that holds a file.
fn page(inner: &[u8], kind: &str) -> Vec<u8> {
    format!(
        "<html><body><a href=\"data:text/{kind};base64,{}\">tệp</a></body></html>",
        base64(inner)
    )
    .into_bytes()
}

const MARKED: &str = "Số: 12/BC-CA\nMẬT\nBÁO CÁO\n";

#[test]
fn members_come_first_with_their_path() {
    let reports = all(
        "ngoai.html",
        &page(&page(MARKED.as_bytes(), "plain"), "html"),
    );
    let seen: Vec<_> = reports
        .iter()
        .map(|report| {
            (
                report.member.as_deref(),
                report.kind.as_str(),
                report.verdict,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Some("data-1.html/data-1.plain"), "text", Verdict::Marked),
            (Some("data-1.html"), "html", Verdict::Clean),
            (None, "html", Verdict::Clean),
        ]
    );
    assert!(
        reports
            .iter()
            .all(|report| report.path == "ngoai.html" && report.sha256.len() == 64)
    );
}

#[test]
fn nesting_ends_at_the_limit() {
    let mut bytes = MARKED.as_bytes().to_vec();
    for _ in 0..9 {
        bytes = page(&bytes, "html");
    }
    let reports = all("a.html", &bytes);
    assert_eq!(reports.len(), 6);
    assert_eq!(reports[0].verdict, Verdict::Incomplete);
    assert_eq!(reports[0].incomplete[0].reason, Reason::Nesting);
}

#[test]
fn each_limit_makes_a_file_incomplete() {
    let many: String = (0..30)
        .map(|_| format!("<img src=\"data:text/plain;base64,{}\">", base64(b"abc")))
        .collect();
    let lines = "Thời hạn bảo vệ: 10 năm\n".repeat(100);
    let base = Limits::default();
    let cases: [(&str, &[u8], Limits); 4] = [
        (
            "a.html",
            many.as_bytes(),
            Limits {
                members: 10,
                ..base
            },
        ),
        (
            "a.txt",
            lines.as_bytes(),
            Limits {
                text_bytes: 200,
                ..base
            },
        ),
        (
            "a.txt",
            lines.as_bytes(),
            Limits {
                file_bytes: 100,
                ..base
            },
        ),
        (
            "a.rtf",
            b"{\\rtf1{\\pict 00112233445566}}",
            Limits {
                inflated_bytes: 3,
                ..base
            },
        ),
    ];
    for (name, bytes, limits) in cases {
        let last = scan_with(&limits, name, bytes).pop().unwrap();
        assert_eq!(last.verdict, Verdict::Incomplete, "{name} {limits:?}");
        assert_eq!(last.incomplete[0].reason, Reason::TooLarge);
    }
}

#[test]
fn pictures_go_to_the_finder_and_are_not_clean_without_one() {
    let png = b"\x89PNG\r\n\x1a\nnot really a picture";
    let without = all("a.png", png).pop().unwrap();
    assert_eq!(
        (without.verdict, without.incomplete[0].reason),
        (Verdict::Incomplete, Reason::OcrUnavailable)
    );
    let scanner = Scanner::new(Markers::built_in().unwrap(), Some(Box::new(Finder)));
    let mut reports = Vec::new();
    scanner.scan("a.png", png, &Limits::default(), &mut |report| {
        reports.push(report)
    });
    assert_eq!(
        (reports[0].verdict, reports[0].level),
        (Verdict::Marked, Some(Level::Mat))
    );
    assert_eq!(reports[0].findings[0].page, Some(1));
}

#[test]
fn names_are_judged_and_made_safe() {
    assert_eq!(
        all("thư/Kế hoạch (Tối mật).txt", b"abc")[0].level,
        Some(Level::ToiMat)
    );
    assert_eq!(all("mật/abc.txt", b"abc")[0].verdict, Verdict::Clean);
    for (name, want) in [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\Windows\\a.txt", "Windows/a.txt"),
        ("a\u{202e}txt.exe", "atxt.exe"),
        ("a\u{a0}b\u{0}c.txt", "a bc.txt"),
        ("....//..", "_"),
        ("", "_"),
    ] {
        assert_eq!(scan::names::safe(name), want);
    }
}

#[test]
fn kinds_are_told_by_bytes_before_names() {
    let wide: Vec<u8> = "Báo cáo số 12"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases: [(&[u8], &str, Kind); 27] = [
        (b"%PDF-1.7", "a.docx", Kind::Pdf),
        (b"junk\n%PDF-1.4\n1 0 obj\nendobj", "a.bin", Kind::Pdf),
        (b"tells about %PDF-1.4 files", "a.txt", Kind::Text),
        (b"{\\rtf1 x}", "a.doc", Kind::Rtf),
        (b"\xff\xd8\xff\xe0", "a.txt", Kind::Jpeg),
        (b"II*\0", "", Kind::Tiff),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "", Kind::Heic),
        (b"RIFF\0\0\0\0WEBP", "", Kind::Webp),
        (b"BM is a word", "a.txt", Kind::Text),
        (b"Rar!\x1a\x07\0", "a.zip", Kind::Rar),
        (b"7z\xbc\xaf\x27\x1c", "", Kind::SevenZip),
        (b"\x1f\x8b\x08", "", Kind::Gzip),
        (b"\x28\xb5\x2f\xfd", "", Kind::Zstd),
        (b"\xfd7zXZ\0", "", Kind::Xz),
        (
            b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0",
            "",
            Kind::Lzma,
        ),
        (b"]\0\0\x81\0 no dictionary", "a.txt", Kind::Unknown),
        (b"WARC/1.1\r\n", "", Kind::Warc),
        (b"!BDN", "", Kind::Pst),
        (b"From a@b Mon\nFrom: a@b\nTo: c@d\n\nx", "", Kind::Mbox),
        (b"Subject: x\r\nFrom: a@b\r\n\r\nx", "", Kind::Eml),
        (b"Subject: only one field\n\nx", "a.txt", Kind::Text),
        (b"<!DOCTYPE html><p>x", "a.txt", Kind::Html),
        (b"<?xml version=\"1.0\"?><a/>", "", Kind::Xml),
        (&wide, "a.bin", Kind::Text),
        (b"\x00\x01\x02\x03garbage", "a.docx", Kind::Docx),
        (b"\x00\x01\x02\x03garbage", "a.txt", Kind::Unknown),
        (b"", "a.docx", Kind::Empty),
    ];
    for (bytes, name, want) in cases {
        assert_eq!(Kind::of(bytes, name), want, "{name} {bytes:?}");
    }
    assert_eq!(
        all("a.bin", b"\x00\x01\x02\x03")[0].incomplete[0].reason,
        Reason::UnknownType
    );
}

#[test]
fn containers_are_told_by_what_they_hold() {
    let entry = |name: &str, body: &str| {
        let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(name.as_bytes());
        bytes.extend(body.as_bytes());
        bytes
    };
    let zip = |names: &[&str]| {
        names
            .iter()
            .flat_map(|name| entry(name, ""))
            .collect::<Vec<u8>>()
    };
    assert_eq!(
        Kind::of(&zip(&["[Content_Types].xml", "word/document.xml"]), ""),
        Kind::Docx
    );
    assert_eq!(
        Kind::of(&zip(&["[Content_Types].xml", "xl/workbook.xml"]), ""),
        Kind::Xlsx
    );
    assert_eq!(
        Kind::of(&zip(&["[Content_Types].xml", "ppt/presentation.xml"]), ""),
        Kind::Pptx
    );
    assert_eq!(Kind::of(&zip(&["word/a.txt", "b.txt"]), ""), Kind::Zip);
    assert_eq!(
        Kind::of(
            &entry("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ""
        ),
        Kind::Ods
    );
    let mut ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    ole.extend("WordDocument".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(Kind::of(&ole, ""), Kind::Doc);
}

#[test]
fn a_needle_far_inside_a_large_text_is_found() {
    let filler = "Dòng chữ thường của một báo cáo dài về công tác năm.\n".repeat(100_000);
    let text = format!("{filler}Số: 12/BC-CA\nTỐI MẬT\n{filler}");
    assert!(text.len() > Limits::default().text_bytes as usize);
    let report = all("a.txt", text.as_bytes()).pop().unwrap();
    assert_eq!(
        (report.verdict, report.level),
        (Verdict::Marked, Some(Level::ToiMat))
    );
    let clean = all("a.txt", filler.as_bytes()).pop().unwrap();
    assert_eq!(clean.verdict, Verdict::Clean);
}

#[test]
fn pages_of_a_text_are_counted() {
    let text = format!("Trang một\u{c}Trang hai\n\u{c}{MARKED}");
    assert_eq!(all("a.txt", text.as_bytes())[0].findings[0].page, Some(3));
}

#[test]
fn text_cut_inside_a_letter_is_damaged() {
    let whole = "Báo cáo về việc nước".as_bytes();
    for end in [whole.len() - 3, whole.len() - 4] {
        let report = &all("a.txt", &whole[..end])[0];
        assert_eq!(
            report.verdict == Verdict::Clean,
            std::str::from_utf8(&whole[..end]).is_ok()
        );
    }
    let wide: Vec<u8> = "Báo cáo số 12"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        all("a.txt", &wide[..wide.len() - 1])[0].verdict,
        Verdict::Incomplete
    );
}

const RTF: &[u8] = b"{\\rtf1\\ansi\\ansicpg1258\\uc1{\\fonttbl{\\f0\\fcharset163 Times New Roman;}}{\\info{\\title Ke hoach}}\
\\pard\\f0 So: 12/KH\\par{\\footnote ghi chu}\\cell\\row{\\pict\\jpegblip ffd8ff}{\\u7853?}noi dung\\par}";

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), name in "[a-z]{1,3}\\.(txt|html|rtf|xml|eml|bin)") {
        for report in all(&name, &bytes) {
            prop_assert_eq!(report.verdict == Verdict::Clean, report.findings.is_empty() && report.incomplete.is_empty());
        }
    }

    #[test]
    fn no_text_panics(text in "([<>{}\\\\/'\"=;:&#|\\t\\n ]|MẬT|TỐI|Số|p|table|rtf1|par|u|\\PC){0,80}") {
        for name in ["a.txt", "a.html", "a.rtf", "a.xml"] {
            for start in ["", "{\\rtf1", "<html>"] {
                for report in all(name, format!("{start}{text}").as_bytes()) {
                    prop_assert!(report.findings.iter().all(|finding| finding.excerpt.chars().count() <= 40));
                }
            }
        }
    }

    #[test]
    fn a_document_cut_short_is_never_clean(end in 6..RTF.len() - 1) {
        let last = all("a.rtf", &RTF[..end]).pop().unwrap();
        prop_assert_ne!(last.verdict, Verdict::Clean);
    }

    #[test]
    fn a_limit_that_is_reached_is_never_clean(bytes in 1u64..400) {
        let text = "Thời hạn bảo vệ: 10 năm\n".repeat(40);
        let limits = Limits { text_bytes: bytes, ..Limits::default() };
        let last = scan_with(&limits, "a.txt", text.as_bytes()).pop().unwrap();
        prop_assert_ne!(last.verdict, Verdict::Clean);
    }
}

#[test]
fn a_file_of_rules_that_is_wrong_names_itself() {
    for (text, want) in [
        ("[[rule]]\nid = 3", "own.toml"),
        (
            "[[rule]]\nid='x'\nabout=''\nterm='nothing'\nform='alone'\nzones=['head']\nscore=1",
            "nothing",
        ),
        ("[[term]]\nid='level'\nwords=[]", "twice"),
    ] {
        let error = Markers::with(&[("own.toml", text)])
            .unwrap_err()
            .to_string();
        assert!(error.contains(want), "{error}");
    }
    let own = "[[term]]\nid='own'\nwords=[{ text='SÊ-RI ĐỎ', level='mat' }]\n[[rule]]\nid='own.series'\nabout='x'\nterm='own'\nform='alone'\nzones=['head']\nscore=100";
    let scanner = Scanner::new(Markers::with(&[("own.toml", own)]).unwrap(), None);
    let mut reports = Vec::new();
    scanner.scan(
        "a.txt",
        "Số: 1\nSÊ-RI ĐỎ\n".as_bytes(),
        &Limits::default(),
        &mut |report| reports.push(report),
    );
    assert_eq!(reports[0].findings[0].rule, "own.series");
}
