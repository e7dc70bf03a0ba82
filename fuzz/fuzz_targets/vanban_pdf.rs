//! PDF files: refused or read, page by page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanban::formats::pdf::pages;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(pages) = pages(bytes) {
        assert!(
            pages
                .iter()
                .any(|page| page.chars().any(char::is_alphanumeric))
        );
    }
});
