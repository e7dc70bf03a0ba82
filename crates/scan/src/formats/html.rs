//! HTML and other marked-up text.

use crate::content::{Piece, Place, Sink, Stop};
use crate::limits::Limits;

/// Whether the start of a text looks like HTML.
#[must_use]
pub fn looks_like(start: &str) -> bool {
    let head: String = start
        .chars()
        .take(1024)
        .collect::<String>()
        .to_ascii_lowercase();
    head.starts_with('<')
        && [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<div",
            "<p>",
            "<p ",
        ]
        .iter()
        .any(|tag| head.contains(tag))
}

/// Reads a page into its blocks.
///
/// # Errors
/// [`Stop`] when the sink had enough.
pub fn read(bytes: &[u8], _limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    sink.piece(Piece::new(Place::Body, super::text::head(bytes)))
}
