#![no_main]
//! Picture files: any bytes give bitmaps or reasons within the limits.

use libfuzzer_sys::fuzz_target;
use scan::images::each_page;
use scan::limits::Limits;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        pixels: 4_000_000,
        pages: 8,
        inflated_bytes: 16_000_000,
        ..Limits::default()
    };
    let mut calls = 0;
    each_page(bytes, &limits, &mut |page| {
        calls += 1;
        if let Ok(bitmap) = page {
            assert!(bitmap.width() * bitmap.height() <= 4_000_000);
        }
        true
    });
    assert!((1..=9).contains(&calls));
});
