//! Workbooks as clerks keep them, as hostile people make them, and as random bytes.
//!
//! `UPDATE_GOLDEN=1` writes the expected reports anew; the difference is reviewed.

#![expect(
    clippy::expect_used,
    reason = "a helper of tests stops at the first surprise"
)]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use app::workbook::{self, Workbook, WorkbookError};
use domain::access::Role;
use domain::book::import::{Cell, Sheet};
use domain::book::{Recognised, SkippedRow, judge, recognise};
use domain::{Actor, Ctx};
use law::{BookKind, LegalDate};
use proptest::prelude::*;

/// A kept book and the report that it gives.
fn check(name: &str, bytes: &[u8], kind: BookKind, year: i16, expected: &str) {
    let workbook = workbook::read(bytes).expect("a workbook");
    let report = report(&workbook, kind, year);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = format!("{}/workbook/golden/{name}.txt", folder());
        std::fs::write(path, &report).expect("a golden file is written");
        return;
    }
    assert_eq!(report, expected, "{name}");
}

fn folder() -> String {
    let file = std::path::Path::new(file!());
    let here = file.parent().expect("a folder");
    // Tests run in the folder of their crate, `file!` starts at the workspace.
    let here = if here.is_absolute() {
        here.to_owned()
    } else {
        std::path::Path::new("../..").join(here)
    };
    here.display().to_string()
}

fn report(workbook: &Workbook, kind: BookKind, year: i16) -> String {
    let mut text = String::new();
    let sheet = workbook.sheets.first().expect("a sheet");
    let names: Vec<&str> = workbook
        .sheets
        .iter()
        .map(|sheet| sheet.name.as_str())
        .collect();
    let _ = writeln!(text, "sheets {names:?} hidden {:?}", workbook.hidden);
    let recognised = recognise(kind, sheet, year).expect("a book");
    describe(&mut text, &recognised);
    let actor = Actor {
        account: 1,
        unit: 1,
        role: Role::VanThu,
        supervises: false,
        post: String::new(),
        name: "Văn thư".to_owned(),
    };
    let ctx = Ctx {
        law: law::Pack::embedded().expect("the pack loads"),
        today: LegalDate::parse("2026-11-22").expect("a date"),
        actor: &actor,
    };
    let judged = judge(ctx, recognised).expect("may write books");
    for row in &judged.rows {
        let entry = &row.entry;
        let _ = writeln!(
            text,
            "row {} no {}: {} | {} | {:?} | {} | {:?} | {:?} | {} | {} | {} | {:?} | {} | {} guessed {:?}",
            row.sheet_row,
            row.serial,
            entry.entry_date,
            entry.number_symbol,
            entry.doc_date.map(|date| date.to_string()),
            entry.doc_type,
            entry.subject,
            entry.level.map(law::Level::code),
            entry.signer,
            entry.issuer,
            entry.recipient,
            entry.quantity,
            entry.copy_numbers,
            entry.note,
            row.guessed,
        );
    }
    for SkippedRow { sheet_row, refusal } in &judged.skipped {
        let _ = writeln!(
            text,
            "left {sheet_row}: {} {:?} {:?} cites {}",
            refusal.code,
            refusal.field,
            refusal.args,
            refusal.because.len()
        );
    }
    text
}

fn describe(text: &mut String, book: &Recognised) {
    let _ = writeln!(
        text,
        "headings in row {}, {} blank rows",
        book.header_row, book.blank_rows
    );
    for column in &book.columns {
        let _ = writeln!(
            text,
            "column {} {:?} is {}",
            column.letter,
            column.heading,
            column.field.key()
        );
    }
    for column in &book.unknown {
        let _ = writeln!(text, "unknown {column:?}");
    }
    for row in book.taken.iter().filter(|row| !row.joined.is_empty()) {
        let _ = writeln!(text, "joined {:?} to row {}", row.joined, row.sheet_row);
    }
}

/// One fixture: name of the file, book, year.
macro_rules! fixtures {
    ($($test:ident $file:literal $kind:ident $year:literal;)+) => { $(
        #[test]
        fn $test() {
            check(
                $file,
                include_bytes!(concat!("workbook/fixtures/", $file)),
                BookKind::$kind,
                $year,
                include_str!(concat!("workbook/golden/", $file, ".txt")),
            );
        }
    )+ };
}

fixtures! {
    outgoing_of_2024 "so-di-2024.xlsx" Di 2024;
    incoming_of_2025 "so-den-2025.xlsx" Den 2025;
    outgoing_of_2026_by_libreoffice "so-di-2026.xlsx" Di 2026;
    transfers_of_2025_as_ods "so-chuyen-giao-2025.ods" ChuyenGiao 2025;
    copies_of_2023_as_xls "so-sao-chup-2023.xls" SaoChup 2023;
}

const XLSX: &[u8] = include_bytes!("workbook/fixtures/so-di-2024.xlsx");
const ODS: &[u8] = include_bytes!("workbook/fixtures/so-chuyen-giao-2025.ods");
const XLS: &[u8] = include_bytes!("workbook/fixtures/so-sao-chup-2023.xls");

/// The parts of a fixture, and a container made of parts.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a container");
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).expect("a part");
            let name = part.name().expect("a name").into_owned();
            let mut content = Vec::new();
            std::io::copy(&mut part, &mut content).expect("content");
            (name, content)
        })
        .collect()
}

fn container(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(name.as_str(), options).expect("a part");
        writer.write_all(content).expect("content");
    }
    writer.finish().expect("a container").into_inner()
}

/// The fixture with one part changed.
fn changed(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut parts = parts(bytes);
    for (name, content) in &mut parts {
        if name == part {
            *content = change(String::from_utf8(content.clone()).expect("text")).into_bytes();
        }
    }
    container(&parts)
}

/// An .xlsx whose only sheet has these rows of XML.
fn with_rows(rows: &str) -> Vec<u8> {
    let parts: Vec<(String, Vec<u8>)> = parts(XLSX)
        .into_iter()
        .map(|(name, content)| {
            if name == "xl/worksheets/sheet1.xml" {
                let sheet = format!(
                    "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
                );
                (name, sheet.into_bytes())
            } else {
                (name, content)
            }
        })
        .collect();
    container(&parts)
}

fn code(bytes: &[u8]) -> &'static str {
    let error = workbook::read(bytes).expect_err("a refusal");
    assert!(!error.help().is_empty() && !error.to_string().is_empty());
    error.code()
}

#[test]
fn size_is_refused_before_loading() {
    assert_eq!(
        workbook::check_file_bytes(200 * 1024 * 1024)
            .expect_err("a refusal")
            .code(),
        "WORKBOOK-01"
    );
    assert_eq!(workbook::check_file_bytes(1024), Ok(()));
    let large = vec![b'P'; usize::try_from(workbook::FILE_BYTES_MAX).expect("fits") + 1];
    assert_eq!(code(&large), "WORKBOOK-01");
}

#[test]
fn what_is_no_workbook_is_said_so() {
    for bytes in [
        &b""[..],
        b"STT;So",
        b"<html><table></table></html>",
        b"%PDF-1.7",
    ] {
        assert_eq!(code(bytes), "WORKBOOK-02");
    }
    let word = container(&[
        ("[Content_Types].xml".to_owned(), Vec::new()),
        ("word/document.xml".to_owned(), b"<w/>".to_vec()),
    ]);
    assert_eq!(code(&word), "WORKBOOK-02");
    let text = changed(ODS, "mimetype", |_| {
        "application/vnd.oasis.opendocument.text".to_owned()
    });
    assert_eq!(code(&text), "WORKBOOK-02");
    let binary = container(&[("xl/workbook.bin".to_owned(), vec![0; 9])]);
    assert_eq!(code(&binary), "WORKBOOK-09");
}

#[test]
fn encrypted_workbooks_are_told() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
    file.create_stream("/EncryptedPackage")
        .expect("a stream")
        .write_all(&[7; 5_000])
        .expect("content");
    file.flush().expect("written");
    assert_eq!(code(&file.into_inner().into_inner()), "WORKBOOK-03");
    let ods = changed(ODS, "META-INF/manifest.xml", |manifest| {
        manifest.replace(
            "</manifest:manifest>",
            "<manifest:encryption-data/></manifest:manifest>",
        )
    });
    assert_eq!(code(&ods), "WORKBOOK-03");
    // Excel 97: a FilePass record in the globals.
    let stream = biff(&[(0x0809, &[0, 6, 5, 0]), (0x002f, &[1, 0, 0, 0])]);
    assert_eq!(code(&compound("/Workbook", &stream)), "WORKBOOK-03");
}

fn biff(records: &[(u16, &[u8])]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (kind, content) in records {
        stream.extend(kind.to_le_bytes());
        stream.extend(u16::try_from(content.len()).expect("short").to_le_bytes());
        stream.extend(*content);
    }
    stream
}

fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
    file.create_stream(name)
        .expect("a stream")
        .write_all(stream)
        .expect("content");
    file.flush().expect("written");
    file.into_inner().into_inner()
}

#[test]
fn old_formats_are_told() {
    assert_eq!(code(&compound("/Book", &[0; 100])), "WORKBOOK-09");
    assert_eq!(
        code(&compound("/Workbook", &biff(&[(0x0809, &[0, 5, 5, 0])]))),
        "WORKBOOK-09"
    );
    assert_eq!(code(&compound("/WordDocument", &[0; 100])), "WORKBOOK-02");
}

#[test]
fn a_workbook_cut_anywhere_is_refused_or_whole() {
    for bytes in [XLSX, ODS, XLS] {
        let whole = workbook::read(bytes).expect("a workbook");
        for cut in (0..bytes.len()).step_by(bytes.len() / 40) {
            match workbook::read(&bytes[..cut]) {
                Ok(read) => assert_eq!(read, whole, "cut at {cut}"),
                Err(error) => assert!(
                    matches!(error.code(), "WORKBOOK-02" | "WORKBOOK-04"),
                    "{error}"
                ),
            }
        }
    }
    let sheet = changed(XLSX, "xl/worksheets/sheet1.xml", |xml| {
        xml[..xml.len() / 2].to_owned()
    });
    assert!(
        matches!(workbook::read(&sheet), Err(WorkbookError::Damaged { part }) if part == "Sổ đi 2024")
    );
    let content = changed(ODS, "content.xml", |xml| {
        xml.chars().take(xml.len() / 2).collect()
    });
    assert_eq!(code(&content), "WORKBOOK-04");
    let entities = changed(ODS, "content.xml", |xml| {
        let at = xml.find("<office:document-content").expect("a root");
        format!(
            "{}<!DOCTYPE a [<!ENTITY b \"c\">]>{}",
            &xml[..at],
            &xml[at..]
        )
    });
    assert_eq!(code(&entities), "WORKBOOK-04");
}

#[test]
fn bombs_are_refused_before_parsing() {
    let mut parts = parts(XLSX);
    for n in 0..5 {
        parts.push((format!("xl/media/image{n}.bin"), vec![0; 90 * 1024 * 1024]));
    }
    let mut bomb = container(&parts);
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(code(&bomb), "WORKBOOK-05");
    // The same with lies about the sizes in the directory at the end.
    let size = (90_u32 * 1024 * 1024).to_le_bytes();
    let places: Vec<usize> = bomb
        .windows(4)
        .enumerate()
        .filter(|(_, four)| *four == size)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bomb[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    assert!(matches!(code(&bomb), "WORKBOOK-04" | "WORKBOOK-05"));
    let many: Vec<_> = (0..=workbook::PARTS_MAX)
        .map(|n| (format!("xl/{n}"), Vec::new()))
        .collect();
    assert_eq!(code(&container(&many)), "WORKBOOK-08");
}

#[test]
fn sheets_beyond_the_limits_are_refused() {
    let cell = |place: &str| format!("<row><c r=\"{place}\"><v>1</v></c></row>");
    assert_eq!(code(&with_rows(&cell("A200001"))), "WORKBOOK-06");
    assert_eq!(code(&with_rows(&cell("BM1"))), "WORKBOOK-07");
    assert_eq!(code(&with_rows("")), "WORKBOOK-10");
    assert_eq!(code(&with_rows(&cell("A9999999"))), "WORKBOOK-06");
    let far = with_rows("<row><c r=\"A1\"><v>1</v></c><c r=\"XFD1\" s=\"1\"/></row>");
    assert_eq!(
        workbook::read(&far)
            .expect("a format far away is nothing")
            .sheets[0]
            .rows[0]
            .len(),
        1
    );
    let wide: String = (1..=100_000)
        .map(|row| format!("<row><c r=\"BL{row}\"><v>1</v></c></row>"))
        .collect();
    assert_eq!(code(&with_rows(&wide)), "WORKBOOK-08");
    let repeated = changed(ODS, "content.xml", |xml| {
        xml.replacen(
            "<table:table-row",
            "<table:table-row table:number-rows-repeated=\"1000000\"",
            4,
        )
    });
    assert_eq!(code(&repeated), "WORKBOOK-06");
    let long = with_rows(&format!(
        "<row><c r=\"A1\" t=\"inlineStr\"><is><t>{}</t></is></c></row>",
        "ơ".repeat(40_000)
    ));
    match &workbook::read(&long)
        .expect("one long cell is no reason")
        .sheets[0]
        .rows[0][0]
    {
        Cell::Text(text) => assert_eq!(text.chars().count(), 2_001),
        other => panic!("a text, not {other:?}"),
    }
}

#[test]
fn hidden_sheets_are_named_and_not_read() {
    let read = workbook::read(XLSX).expect("a workbook");
    assert_eq!(read.hidden, ["Nháp"]);
    assert_eq!(read.sheets.len(), 1);
    assert_eq!(workbook::read(ODS).expect("a workbook").hidden, ["Ẩn"]);
}

#[test]
fn strings_across_records_are_whole() {
    let read = workbook::read(XLS).expect("a workbook");
    let notes: &Sheet = &read.sheets[1];
    for (n, row) in notes.rows.iter().enumerate() {
        let expected = format!("ô ghi tạm số {n}: {}", "chữ ".repeat(120));
        assert_eq!(row[0], Cell::Text(expected));
    }
    assert_eq!(notes.rows.len(), 40);
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), kind in 0..3_usize) {
        let head: &[u8] = [&b""[..], b"PK\x03\x04", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]][kind];
        let error = workbook::read(&[head, &bytes].concat()).expect_err("random bytes are no workbook");
        prop_assert!(error.code().starts_with("WORKBOOK-"));
    }

    #[test]
    fn a_workbook_with_flipped_bytes_never_panics(
        which in 0..3_usize,
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = [XLSX, ODS, XLS][which].to_vec();
        for (place, byte) in flips {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if let Err(error) = workbook::read(&bytes) {
            prop_assert!(error.code().starts_with("WORKBOOK-"));
        }
    }

    #[test]
    fn random_records_never_panic(records in proptest::collection::vec((
        prop_oneof![Just(0x0006_u16), Just(0x00fc), Just(0x00fd), Just(0x00bd), Just(0x00e5), Just(0x0207), Just(0x003c), Just(0x0085), Just(0x041e), Just(0x00e0), any::<u16>()],
        proptest::collection::vec(any::<u8>(), 0..60),
    ), 0..30)) {
        let bof: &[u8] = &[0, 6, 5, 0];
        // The sheet begins where the globals end: head (8), name (4 + 9), end (4).
        let listed: &[u8] = &[25, 0, 0, 0, 0, 0, 1, 0, b'A'];
        let globals = [(0x0809, bof), (0x0085, listed), (0x000a, &[])];
        let sheet = records.iter().map(|(kind, content)| (*kind, content.as_slice()));
        let all: Vec<(u16, &[u8])> = globals.into_iter().chain([(0x0809, bof)]).chain(sheet).chain([(0x000a, &[][..])]).collect();
        if let Err(error) = workbook::read(&compound("/Workbook", &biff(&all))) {
            prop_assert!(error.code().starts_with("WORKBOOK-"));
        }
    }

    #[test]
    fn random_sheet_xml_never_panics(rows in "(<row( r=\"[0-9]{1,7}\")?>|</row>|<c r=\"[A-Z]{0,3}[0-9]{0,7}\"( s=\"[0-9]{1,4}\")?( t=\"(s|b|e|d|str|inlineStr)\")?>|</c>|<v>[0-9.e#A-Z/-]{0,9}</v>|<is><t>[a-z]{0,5}</t></is>){0,30}") {
        if let Err(error) = workbook::read(&with_rows(&rows)) {
            prop_assert!(error.code().starts_with("WORKBOOK-"));
        }
    }
}
