#![no_main]

use fuzz::scanned;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| scanned("file.rtf", bytes));
