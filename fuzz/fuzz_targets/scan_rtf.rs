#![no_main]

use libfuzzer_sys::fuzz_target;
use scan::{Limits, Markers, Scanner, Verdict};

fuzz_target!(|bytes: &[u8]| {
    let scanner = Scanner::new(Markers::built_in().expect("built-in rules load"), None);
    scanner.scan("file.rtf", bytes, &Limits::default(), &mut |report| {
        assert_eq!(report.verdict == Verdict::Clean, report.findings.is_empty() && report.incomplete.is_empty());
    });
});
