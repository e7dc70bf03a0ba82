//! Workbooks and sheets: no bytes panic the reader of workbooks, what it reads keeps
//! the limits, and every row of a recognised book is taken or has a reason.
//!
//! The first byte says what the rest is: a file, or the inner part of a container
//! that random bytes would seldom form (`content.xml` of .ods, a sheet of .xlsx, the
//! stream of .xls).

#![no_main]

use std::io::{Cursor, Write as _};
use std::sync::Once;

use domain::book::recognise;
use domain::limits::{IMPORT_CELL_CHARS_MAX, IMPORT_COLUMNS_MAX, IMPORT_ROWS_MAX};
use law::BookKind;
use libfuzzer_sys::fuzz_target;

// The reader alone: the crate around it brings databases and fonts.
#[path = "../../crates/app/src/workbook/mod.rs"]
mod workbook;

const TYPES: &str =
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        writer.start_file(*name, stored).expect("a part");
        writer.write_all(content).expect("content");
    }
    writer.finish().expect("a container").into_inner()
}

fn compound(stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
    let mut workbook = file.create_stream("/Workbook").expect("a stream");
    workbook.write_all(stream).expect("content");
    drop(workbook);
    file.flush().expect("written");
    file.into_inner().into_inner()
}

fuzz_target!(|bytes: &[u8]| {
    // The reader of .xlsx catches panics of its library; the fuzzer's own hook would
    // end the process before it can. A panic that leaves the target still ends it.
    static QUIET: Once = Once::new();
    QUIET.call_once(|| drop(std::panic::take_hook()));
    let Some((shape, rest)) = bytes.split_first() else {
        return;
    };
    let file = match shape {
        b'o' => zipped(&[
            (
                "mimetype",
                b"application/vnd.oasis.opendocument.spreadsheet",
            ),
            ("content.xml", rest),
        ]),
        b'x' => zipped(&[
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", RELS.as_bytes()),
            ("xl/worksheets/sheet1.xml", rest),
        ]),
        b'c' => compound(rest),
        _ => rest.to_vec(),
    };
    let workbook = match workbook::read(&file) {
        Ok(workbook) => workbook,
        Err(error) => {
            assert!(error.code().starts_with("WORKBOOK-") && !error.help().is_empty());
            return;
        }
    };
    for sheet in &workbook.sheets {
        assert!(sheet.rows.len() <= IMPORT_ROWS_MAX);
        for cells in &sheet.rows {
            assert!(cells.len() <= IMPORT_COLUMNS_MAX);
            assert!(
                cells
                    .iter()
                    .all(|cell| cell.text().chars().count() <= IMPORT_CELL_CHARS_MAX + 1)
            );
        }
        for kind in BookKind::ALL {
            if let Ok(book) = recognise(*kind, sheet, 2024) {
                let joined: usize = book.taken.iter().map(|row| row.joined.len()).sum();
                let rows = book.taken.len() + joined + book.skipped.len() + book.blank_rows;
                assert!(rows <= sheet.rows.len());
            }
        }
    }
});
