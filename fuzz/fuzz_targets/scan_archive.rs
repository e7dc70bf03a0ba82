#![no_main]

use fuzz::told;
use libfuzzer_sys::fuzz_target;
use scan::formats;

fuzz_target!(|bytes: &[u8]| {
    told(bytes, formats::archive::zip::read);
    told(bytes, formats::archive::sevenz::read);
    told(bytes, formats::archive::rar::read);
    told(bytes, formats::archive::tar::read);
    told(bytes, formats::archive::pack::bzip2);
    told(bytes, formats::archive::pack::gzip);
    told(bytes, formats::archive::pack::lzma);
    told(bytes, formats::archive::pack::xz);
    told(bytes, formats::archive::pack::zstd);
});
