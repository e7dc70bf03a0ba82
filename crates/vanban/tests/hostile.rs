//! Bad files: each refused with its code and a remedy, none with a panic.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use proptest::prelude::*;
use std::io::{Cursor, Write};
use std::path::Path;
use vanban::ReadError;
use vanban::reader::read;
use zip::write::SimpleFileOptions;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/files")
            .join(name),
    )
    .unwrap()
}

/// A zip container with these parts.
fn container(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(
            *name,
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated),
        )
        .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    container(&[("word/document.xml", body.as_bytes())])
}

/// A PDF of one page with this content stream and these resources.
fn pdf(content: &[u8], dictionary: &str, objects: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n".to_vec();
    out.extend_from_slice(b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>endobj\n");
    out.extend_from_slice(
        format!("4 0 obj<</Length {}{dictionary}>>stream\n", content.len()).as_bytes(),
    );
    out.extend_from_slice(content);
    out.extend_from_slice(b"\nendstream endobj\n");
    out.extend_from_slice(objects.as_bytes());
    out.extend_from_slice(b"trailer<</Root 1 0 R>>\n%%EOF\n");
    out
}

fn refusal(bytes: &[u8], name: &str) -> ReadError {
    let error = read(bytes, name).unwrap_err();
    assert!(!error.remedy().is_empty());
    assert!(
        error.message_vi().ends_with('.') && error.remedy_vi().ends_with('.'),
        "{error}"
    );
    error
}

fn code(bytes: &[u8], name: &str) -> &'static str {
    refusal(bytes, name).code()
}

#[test]
fn files_of_the_wrong_kind_are_named() {
    assert_eq!(code(b"", "a.txt"), "READ-EMPTY");
    assert_eq!(code(b"plain text", "a.docx"), "READ-MISMATCH");
    assert_eq!(code(b"plain text", "a.pdf"), "READ-MISMATCH");
    assert_eq!(
        code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "a.docx"),
        "READ-TYPE"
    );
    assert_eq!(code(b"{\\rtf1 text}", "a.txt"), "READ-TYPE");
    assert_eq!(code(b"\x89PNG\r\n", "a.pdf"), "READ-TYPE");
    assert_eq!(code(b"B\xfd m\xcbt", "a.txt"), "READ-ENCODING");
    assert_eq!(
        code(&container(&[("xl/workbook.xml", b"<x/>")]), "a.docx"),
        "READ-TYPE"
    );
}

#[test]
fn content_decides_over_the_name() {
    let renamed = read(&file("s0.docx"), "s0.txt").unwrap();
    assert_eq!(renamed.number.as_deref(), Some("37/KH-UBND"));
}

#[test]
fn a_cut_container_is_damaged() {
    let whole = file("s0.docx");
    for length in [30, whole.len() / 2, whole.len() - 10] {
        assert_eq!(code(&whole[..length], "a.docx"), "READ-DAMAGED", "{length}");
    }
    assert_eq!(
        code(&docx("<w:document><w:p><w:t>cut"), "a.docx"),
        "READ-DAMAGED"
    );
    assert_eq!(code(&docx("<w:a></w:b>"), "a.docx"), "READ-DAMAGED");
}

#[test]
fn a_cut_pdf_is_read_as_far_as_it_goes_or_damaged() {
    let whole = file("s0.pdf");
    assert_eq!(code(&whole[..40], "a.pdf"), "READ-DAMAGED");
    assert_eq!(code(b"%PDF-1.7\n%%EOF", "a.pdf"), "READ-DAMAGED");
}

#[test]
fn bombs_are_refused_before_they_unfold() {
    let blanks = vec![b' '; 300 * 1024 * 1024 / 4];
    let bomb = container(&[("word/document.xml", &blanks)]);
    assert!(bomb.len() < 200_000);
    assert_eq!(code(&bomb, "a.docx"), "READ-LIMIT");

    let names: Vec<String> = (0..10_001).map(|index| format!("f{index}")).collect();
    let parts: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), b"x".as_slice()))
        .collect();
    assert_eq!(code(&container(&parts), "a.docx"), "READ-LIMIT");
}

#[test]
fn nested_xml_and_document_types_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(code(&docx(&deep), "a.docx"), "READ-LIMIT");
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><x>&b;</x>";
    assert_eq!(code(&docx(laughs), "a.docx"), "READ-DTD");
}

#[test]
fn a_pdf_of_pictures_has_no_text() {
    let picture = "5 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\n0\nendstream endobj\n";
    let error = refusal(
        &pdf(b"q 200 0 0 200 0 0 cm /A Do Q", "", picture),
        "scan.pdf",
    );
    assert_eq!(
        error,
        ReadError::NoText {
            kind: "pdf",
            pages: 1
        }
    );
    assert_eq!(
        error.remedy_vi(),
        "Hãy nhận dạng chữ bản quét trước, hoặc xin bản điện tử gốc của văn bản."
    );
}

#[test]
fn a_pdf_that_unfolds_or_draws_without_end_is_left() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1024 * 1024];
    for _ in 0..80 {
        packed.write_all(&blanks).unwrap();
    }
    let bomb = pdf(&packed.finish().unwrap(), "/Filter/FlateDecode", "");
    assert!(bomb.len() < 600_000);
    assert_eq!(code(&bomb, "a.pdf"), "READ-LIMIT");

    // Each form draws the next one four times: 4^12 calls.
    let mut forms = String::new();
    for index in 5..17 {
        let next = index + 1;
        forms.push_str(&format!(
            "{index} 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A {next} 0 R>>>>/Length 24>>stream\n/A Do /A Do /A Do /A Do \nendstream endobj\n"
        ));
    }
    forms.push_str(
        "17 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 0>>stream\n\nendstream endobj\n",
    );
    assert_eq!(code(&pdf(b"/A Do", "", &forms), "a.pdf"), "READ-LIMIT");
}

#[test]
fn size_is_judged_before_reading() {
    let limit = vanban::limits::FILE_BYTES_MAX;
    assert_eq!(vanban::limits::check_file_bytes(limit), Ok(()));
    assert_eq!(
        vanban::limits::check_file_bytes(limit + 1)
            .unwrap_err()
            .code(),
        "READ-TOO-LARGE"
    );
}

#[test]
fn nested_brackets_and_lists_stay_small() {
    let text = "(".repeat(200_000);
    assert!(read(text.as_bytes(), "a.txt").is_ok());
    let text = "[1: ".repeat(20_000);
    assert!(read(text.as_bytes(), "a.txt").is_ok());
    let text = "Công an yêu cầu ".repeat(200_000);
    assert!(read(text.as_bytes(), "a.txt").is_ok());
    let text = "Luật A; trước ngày 1/1 hằng năm ".repeat(50_000);
    assert!(read(text.as_bytes(), "a.txt").is_ok());
    let text = "- a\n+ b\n1. c\na) d\n".repeat(2_000);
    assert!(read(text.as_bytes(), "a.txt").is_ok());
}

/// Pieces of administrative text, thrown together.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "KẾ HOẠCH",
        "Số: ",
        "/KH-UBND",
        "ngày ",
        "tháng ",
        "năm 2024",
        "trước ngày 31/12",
        "I. ",
        "1. ",
        "a) ",
        "- ",
        "Điều 1. ",
        "phối hợp với ",
        "Công an tỉnh",
        "Nơi nhận:",
        "T/M ",
        "[1: ",
        "]",
        "(",
        ")",
        "|",
        "**",
        "\n",
        "\n\n",
        " ",
        "./.",
        "Chỉ thị số 02/CT-",
        "TTg",
        "của ",
        "định kỳ ",
        "quý ",
        "II",
        "Luật ",
        "Kính gửi",
        "V/v ",
        "Ngày đăng 1/1/2024",
        "PHỤ LỤC",
        "\u{0}",
        "ắ",
        "yêu cầu ",
        "các sở",
        ", ",
        ";",
        ":",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), name in prop::sample::select(vec!["a.txt", "a.docx", "a.pdf", "a.html", "a"])) {
        let _ = read(&bytes, name).map(|document| vanban::json::document(&document));
    }

    #[test]
    fn random_documents_never_panic(text in pieces()) {
        if let Ok(document) = read(text.as_bytes(), "a.txt") {
            let again = read(text.as_bytes(), "a.txt").unwrap();
            prop_assert_eq!(document, again);
        }
    }

    #[test]
    fn broken_containers_never_panic(at in 0usize..9_000, value in any::<u8>()) {
        let mut bytes = file("s0.docx");
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
        let _ = read(&bytes, "a.docx");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_pdfs_never_panic(at in 0usize..100_000, value in any::<u8>(), cut in 100usize..100_000) {
        let mut bytes = file("s0.pdf");
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
        bytes.truncate(cut.max(at));
        let _ = read(&bytes, "a.pdf");
    }
}
