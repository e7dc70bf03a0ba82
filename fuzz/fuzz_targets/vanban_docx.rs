//! Word parts: the bytes are the text part of a container, and the container itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use vanban::reader::read;
use zip::write::SimpleFileOptions;

fuzz_target!(|bytes: &[u8]| {
    let _ = read(bytes, "a.docx");
    let mut container = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for part in [
        "word/document.xml",
        "word/numbering.xml",
        "word/footnotes.xml",
    ] {
        container
            .start_file(part, stored)
            .expect("a part opens in memory");
        container
            .write_all(bytes)
            .expect("a part is written to memory");
    }
    let file = container
        .finish()
        .expect("a container closes in memory")
        .into_inner();
    let _ = read(&file, "a.docx");
});
