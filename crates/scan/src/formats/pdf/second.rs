//! A second reader for files that the first one gives up on, and the opening of hidden layers.

use super::caught;
use crate::content::{Piece, Place, Sink, Stop};
use crate::limits::Limits;
use crate::report::Reason;
use hayro_syntax::Pdf;
use lopdf::Document;

/// Reads what text a damaged file still gives. The file stays damaged.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub(super) fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    if bytes.windows(8).any(|eight| eight == b"/Encrypt") {
        sink.missed(Reason::Encrypted, "");
        return Ok(());
    }
    sink.missed(Reason::Damaged, "");
    let Some(Ok(document)) = caught(|| Document::load_mem(bytes)) else {
        return Ok(());
    };
    for number in document
        .get_pages()
        .into_keys()
        .take_while(|n| *n <= limits.pages)
    {
        let Some(Ok(text)) = caught(|| document.extract_text(&[number])) else {
            continue;
        };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            sink.piece(Piece {
                page: Some(number),
                ..Piece::new(Place::Body, line)
            })?;
        }
    }
    Ok(())
}

/// The same document with every layer shown, or none if it cannot be made.
pub(super) fn opened(bytes: &[u8]) -> Option<Pdf> {
    const LAYERS: &[u8] = b"/OCProperties";
    let mut copy = bytes.to_vec();
    let mut at = 0;
    while let Some(found) = copy.get(at..).and_then(|rest| {
        rest.windows(LAYERS.len())
            .position(|window| window == LAYERS)
    }) {
        at += found + LAYERS.len();
        // A key that nothing looks for, of the same length, so that offsets stay right.
        if let Some(last) = copy.get_mut(at - 1) {
            *last = b'z';
        }
    }
    let plain = caught(|| Pdf::new(copy))?.ok();
    if let Some(pdf) = plain
        && !pdf.xref().has_optional_content_groups()
    {
        return Some(pdf);
    }
    // The catalogue is compressed: write the document anew without the key.
    let mut document = caught(|| Document::load_mem(bytes))?.ok()?;
    document.catalog_mut().ok()?.remove(b"OCProperties");
    let mut anew = Vec::new();
    caught(|| document.save_to(&mut anew).is_ok())?.then_some(())?;
    caught(|| Pdf::new(anew))?.ok()
}
