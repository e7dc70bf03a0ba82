#![no_main]
//! The stamp cascade on any pixels: the first two bytes are the size, the rest is repeated until it fills the picture.

use libfuzzer_sys::fuzz_target;
use scan::images::Bitmap;
use scan::stamps::find;

fuzz_target!(|bytes: &[u8]| {
    let [wide, high, seed @ ..] = bytes else {
        return;
    };
    if seed.is_empty() {
        return;
    }
    let (width, height) = (usize::from(*wide) * 4 + 1, usize::from(*high) * 4 + 1);
    let pixels = seed.iter().copied().cycle().take(width * height * 3).collect();
    let Some(bitmap) = Bitmap::rgb(width, height, pixels) else {
        return;
    };
    for sighting in find(&bitmap, None, None) {
        assert!((0.0..=1.0).contains(&sighting.confidence));
        assert!(sighting.bbox_px.iter().all(|side| side.is_finite()));
    }
});
