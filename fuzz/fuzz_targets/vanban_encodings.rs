#![no_main]

use libfuzzer_sys::fuzz_target;
use vanban::encodings::{self, Encoding};

fuzz_target!(|bytes: &[u8]| {
    let _ = encodings::detect(bytes);
    for encoding in Encoding::ALL {
        let text = encodings::decode(bytes, encoding).text;
        if let Some(bytes) = encodings::encode(&text, encoding) {
            let _ = encodings::decode(&bytes, encoding);
        }
        let _ = encodings::repair(&text);
        for font in [".VnTimeH", "VNI-Times", "Arial"] {
            let _ = encodings::decode_by_font(font, &text);
        }
    }
});
