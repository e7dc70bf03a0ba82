#![no_main]

use fuzz::told;
use libfuzzer_sys::fuzz_target;
use scan::formats;

fuzz_target!(|bytes: &[u8]| {
    told(bytes, formats::pst::read);
});
