#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scan::markers::{Gathered, Markers};
use scan::{Piece, Place};

static MARKERS: LazyLock<Markers> = LazyLock::new(|| Markers::built_in().expect("built-in rules load"));

fuzz_target!(|text: &str| {
    let mut lines = Gathered::default();
    for place in [Place::Body, Place::Header, Place::TableCell, Place::Property] {
        MARKERS.gather(&mut lines, &Piece::new(place, text));
    }
    for finding in MARKERS.judge(&lines).into_iter().chain(MARKERS.judge_name(text)) {
        assert!(finding.excerpt.chars().count() <= scan::limits::EXCERPT_CHARS_MAX);
    }
});
