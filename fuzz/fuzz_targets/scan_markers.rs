#![no_main]

use libfuzzer_sys::fuzz_target;
use scan::markers::{Gathered, Markers};
use scan::{Piece, Place};

fuzz_target!(|text: &str| {
    let markers = Markers::built_in().expect("built-in rules load");
    let mut lines = Gathered::default();
    for place in [Place::Body, Place::Header, Place::TableCell, Place::Property] {
        markers.gather(&mut lines, &Piece::new(place, text));
    }
    for finding in markers.judge(&lines).into_iter().chain(markers.judge_name(text)) {
        assert!(finding.excerpt.chars().count() <= scan::limits::EXCERPT_CHARS_MAX);
    }
});
