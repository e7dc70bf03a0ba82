//! Files that LibreOffice wrote (`tests/fixtures/make.py`): every place where a mark can stand is read.
//!
//! What is read of each file is kept beside it; `SCAN_UPDATE=1` writes it anew.

use crate::make::{Part, zip};
use crate::testing::Collected;
use scan::content::PictureData;
use scan::{Kind, Limits, Place};
use std::fmt::Write as _;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn read(name: &str) -> Collected {
    let bytes = fixture(name);
    let mut sink = Collected::default();
    let kind = Kind::of(&bytes, name);
    scan::formats::read(kind, &bytes, &Limits::default(), &mut sink).unwrap();
    sink
}

fn told(sink: &Collected) -> String {
    let mut out = String::new();
    for piece in &sink.pieces {
        let page = piece.page.map_or(String::new(), |page| format!(" p{page}"));
        let bold = if piece.emphasised { " *" } else { "" };
        let place = piece.bbox_mm.map_or(String::new(), |[x, y, w, h]| {
            format!(" [{x:.0} {y:.0} {w:.0} {h:.0}]")
        });
        writeln!(out, "{:?}{page}{place}{bold}: {}", piece.place, piece.text).unwrap();
    }
    for picture in &sink.pictures {
        let data = match &picture.data {
            PictureData::Encoded(bytes) => format!("stored, {} bytes", bytes.len()),
            PictureData::Rgb { width, height, .. } => format!("drawn, {width} x {height}"),
        };
        writeln!(out, "picture: {data}").unwrap();
    }
    for member in &sink.members {
        writeln!(out, "member: {}", member.name).unwrap();
    }
    for part in &sink.incomplete {
        writeln!(out, "not read: {:?} {}", part.reason, part.place).unwrap();
    }
    out
}

const FILES: [&str; 11] = [
    "writer.odt",
    "writer.docx",
    "writer.doc",
    "writer.pdf",
    "calc.ods",
    "calc.xlsx",
    "calc.xls",
    "impress.odp",
    "impress.pptx",
    "impress.ppt",
    "word.docx",
];

#[test]
fn what_is_read_stays_the_same() {
    for name in FILES {
        let found = told(&read(name));
        let golden = folder().join(format!("{name}.txt"));
        if std::env::var_os("SCAN_UPDATE").is_some() {
            std::fs::write(&golden, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap();
        assert_eq!(found, expected, "{name}");
    }
}

/// Whether some piece at one of the places holds the text.
fn says(sink: &Collected, places: &[Place], text: &str) -> bool {
    sink.pieces
        .iter()
        .any(|piece| places.contains(&piece.place) && piece.text.contains(text))
}

#[test]
fn every_place_of_a_text_is_read() {
    for name in ["writer.odt", "writer.docx", "writer.doc"] {
        let sink = read(name);
        let cases: [(&[Place], &str); 14] = [
            (&[Place::Header], "Đầu trang: MẬT"),
            (&[Place::Footer, Place::Header], "Chân trang: Bản số 02"),
            (&[Place::Body], "TUYỆT MẬT"),
            (&[Place::TextBox], "Hộp chữ: TỐI MẬT"),
            (&[Place::Note], "Chú thích cuối trang"),
            (&[Place::Comment], "Nhận xét bên lề"),
            (&[Place::TableCell], "Độ mật: Mật"),
            (&[Place::Deleted], "TỐI MẬT"),
            (&[Place::Hidden], "chữ bị ẩn"),
            (&[Place::Body], "chữ hiện"),
            (&[Place::Body], "tuyệt mật"),
            (&[Place::Property], "Nhãn Mật"),
            (&[Place::Property], "Chủ đề của bản thử"),
            (&[Place::Body], "Dòng cuối."),
        ];
        for (places, text) in cases {
            assert!(says(&sink, places, text), "{name}: {text}\n{}", told(&sink));
        }
        // Once by each of the two old fonts.
        let decoded = sink
            .pieces
            .iter()
            .filter(|piece| piece.text == "TỐI MẬT")
            .count();
        assert_eq!(decoded, 2, "{name}\n{}", told(&sink));
        let bold = sink
            .pieces
            .iter()
            .find(|piece| piece.text == "TUYỆT MẬT")
            .unwrap();
        assert!(bold.emphasised, "{name}");
        assert!(!sink.pictures.is_empty(), "{name}");
        assert!(sink.incomplete.is_empty(), "{name}: {:?}", sink.incomplete);
    }
}

#[test]
fn every_place_of_a_sheet_is_read() {
    for name in ["calc.ods", "calc.xlsx", "calc.xls"] {
        let sink = read(name);
        let cases: [(&[Place], &str); 8] = [
            (&[Place::Label], "Sổ mật đi"),
            (&[Place::Header], "Đầu trang: MẬT"),
            (&[Place::Footer], "Chân trang sổ"),
            (&[Place::TableCell], "SỔ ĐĂNG KÝ VĂN BẢN"),
            (&[Place::TableCell], "TỐI MẬT"),
            (&[Place::Comment, Place::TextBox], "Nhận xét ô"),
            (&[Place::TableCell], "Ô trang hai"),
            (&[Place::Property], "Nhãn Mật"),
        ];
        for (places, text) in cases {
            assert!(says(&sink, places, text), "{name}: {text}\n{}", told(&sink));
        }
        assert!(sink.incomplete.is_empty(), "{name}: {:?}", sink.incomplete);
    }
}

#[test]
fn every_place_of_a_talk_is_read() {
    for name in ["impress.odp", "impress.pptx", "impress.ppt"] {
        let sink = read(name);
        for text in ["Bài giảng thử", "Lời dẫn: MẬT", "TUYỆT MẬT", "Nhãn Mật"] {
            assert!(
                sink.pieces.iter().any(|piece| piece.text.contains(text)),
                "{name}: {text}\n{}",
                told(&sink)
            );
        }
        let second = sink
            .pieces
            .iter()
            .find(|piece| piece.text == "TUYỆT MẬT")
            .unwrap();
        assert_eq!(second.page, Some(2), "{name}");
        assert!(!sink.pictures.is_empty(), "{name}");
        assert!(sink.incomplete.is_empty(), "{name}: {:?}", sink.incomplete);
    }
}

#[test]
fn text_of_a_page_has_its_place() {
    let sink = read("writer.pdf");
    let mark = sink
        .pieces
        .iter()
        .find(|piece| piece.text == "TUYỆT MẬT")
        .unwrap();
    let [x, y, width, height] = mark.bbox_mm.unwrap();
    assert!(
        (29.0..31.0).contains(&x) && (30.0..60.0).contains(&y),
        "{x} {y}"
    );
    assert!((20.0..40.0).contains(&width) && (3.0..6.0).contains(&height));
    assert_eq!(mark.page, Some(1));
    assert!(
        sink.pieces
            .iter()
            .any(|piece| piece.text.contains("Hộp chữ: TỐI MẬT"))
    );
    assert!(sink.incomplete.is_empty(), "{:?}", sink.incomplete);
}

/// A document as Word writes it, with what LibreOffice does not write.
#[test]
fn what_only_word_writes_is_read() {
    let sink = read("word.docx");
    let cases: [(&[Place], &str); 8] = [
        (&[Place::TextBox], "MẬT (hình mờ)"),
        (&[Place::TextBox], "Hộp chữ kiểu mới"),
        (&[Place::TextBox], "chỉ trong bản dự phòng"),
        (&[Place::Property], "Nhãn bảo vệ"),
        (&[Place::Body], "ô nội dung"),
        (&[Place::Deleted], "chuyển đi"),
        (&[Place::Hidden], "DOCVARIABLE \"DoMat\""),
        (&[Place::Label], "mô tả hình vẽ"),
    ];
    for (places, text) in cases {
        assert!(says(&sink, places, text), "{text}\n{}", told(&sink));
    }
    let boxes = sink
        .pieces
        .iter()
        .filter(|piece| piece.text == "Hộp chữ kiểu mới")
        .count();
    assert_eq!(boxes, 1, "the second reading of a drawing says nothing new");
    let names: Vec<&str> = sink
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(names, ["word/embeddings/sheet1.xlsx"]);
}

/// OpenDocument in one file of XML.
#[test]
fn a_flat_document_is_read() {
    let bytes = b"<?xml version=\"1.0\"?><office:document xmlns:office=\"o\" xmlns:text=\"t\"><office:body><text:note-body><text:p>in a note</text:p></text:note-body></office:body></office:document>";
    let mut sink = Collected::default();
    let kind = Kind::of(bytes, "a.fodt");
    scan::formats::read(kind, bytes, &Limits::default(), &mut sink).unwrap();
    assert!(says(&sink, &[Place::Note], "in a note"), "{}", told(&sink));
}

/// A package whose table of types names these parts: path without slash, type without `application/` and `+xml`, text.
fn typed(parts: &[(&str, &str, &str)]) -> Collected {
    let rows: Vec<String> = parts
        .iter()
        .map(|(path, kind, _)| {
            format!(r#"<Override PartName="/{path}" ContentType="application/{kind}+xml"/>"#)
        })
        .collect();
    let types = format!("<Types>{}</Types>", rows.concat());
    let mut all = vec![Part::packed("[Content_Types].xml", types.as_bytes())];
    all.extend(
        parts
            .iter()
            .map(|(path, _, xml)| Part::packed(path, xml.as_bytes())),
    );
    let bytes = zip(&all);
    let mut sink = Collected::default();
    let kind = Kind::of(&bytes, "");
    scan::formats::read(kind, &bytes, &Limits::default(), &mut sink).unwrap();
    sink
}

const WORD: &str = "vnd.openxmlformats-officedocument.wordprocessingml";
const SHEET: &str = "vnd.openxmlformats-officedocument.spreadsheetml";

#[test]
fn a_part_is_what_its_type_says_whatever_its_name() {
    let text = r#"<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>MẬT</w:t></w:r></w:p></w:body></w:document>"#;
    for name in [
        "word/settings.xml",
        "word/styles.xml",
        "word/webSettings.xml",
    ] {
        let main = format!("{WORD}.document.main");
        let sink = typed(&[(name, &main, text), ("word/other.xml", &main, text)]);
        let said = sink.pieces.iter().filter(|piece| piece.text == "MẬT");
        assert_eq!(said.count(), 2, "{name}: {}", told(&sink));
    }
    let sheet = r#"<worksheet><sheetData><row r="2"><c r="B2" t="s"><v>0</v></c></row></sheetData></worksheet>"#;
    let strings = "<sst><si><t>TỐI MẬT</t></si></sst>";
    let sink = typed(&[
        ("xl/sheet1.xml", &format!("{SHEET}.worksheet"), sheet),
        ("xl/words.xml", &format!("{SHEET}.sharedStrings"), strings),
    ]);
    assert!(
        says(&sink, &[Place::TableCell], "TỐI MẬT"),
        "{}",
        told(&sink)
    );
}

#[test]
fn an_archive_with_a_stored_document_is_an_archive() {
    let document = fixture("writer.docx");
    let archive = zip(&[
        Part::stored("van-ban.docx", &document),
        Part::packed("ghi-chu.rels", "TUYỆT MẬT".as_bytes()),
    ]);
    assert_eq!(Kind::of(&archive, "a.zip"), Kind::Zip);
    // Its directory lost.
    let headless = &archive[..archive.len() - 60];
    assert_eq!(Kind::of(headless, "a.zip"), Kind::Zip);
    assert_eq!(Kind::of(&document, ""), Kind::Docx);
    assert_eq!(Kind::of(&document[..document.len() - 60], ""), Kind::Docx);
}
