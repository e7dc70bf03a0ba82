//! Any text is understood the same way twice, and a file that is refused says what to do.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vanban::reader::read;

fuzz_target!(|bytes: &[u8]| {
    match read(bytes, "a.txt") {
        Ok(document) => {
            assert_eq!(read(bytes, "a.txt").as_ref(), Ok(&document));
            assert!(vanban::json::document(&document)["form"].is_string());
        }
        Err(refusal) => assert!(!refusal.remedy_vi().is_empty()),
    }
});
