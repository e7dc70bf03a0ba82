//! HTML pages: what is read has no line break inside a line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanban::formats::html;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(source) = html::source(bytes) {
        assert!(source.lines.iter().all(|line| !line.contains('\n')));
        let _ = vanban::reader::understand(source);
    }
});
