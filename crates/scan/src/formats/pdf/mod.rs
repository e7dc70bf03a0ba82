//! PDF (ISO 32000): text with its place on the page, pictures, notes, form fields, bookmarks, layers,
//! attached files, metadata.
//!
//! The interpreter has no budget of its own: [`guard`] measures compressed streams before it runs, and a
//! page that draws without end is left by unwinding from the drawing calls. What remains (a stack that
//! overflows, memory inside a decoder) is what the caller's locked process is for.

mod guard;
mod lines;
mod objects;
mod pages;
mod second;

use crate::content::{Sink, Stop};
use crate::limits::Limits;
use crate::report::Reason;
use hayro_syntax::{LoadPdfError, Pdf};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a PDF.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    match guard::check(bytes, sink)? {
        guard::Answer::Bounded => {}
        guard::Answer::TooLarge => {
            sink.missed(Reason::TooLarge, "");
            return Ok(());
        }
        guard::Answer::TooDeep => {
            sink.missed(Reason::Nesting, "");
            return Ok(());
        }
    }
    match caught(|| Pdf::new(bytes.to_vec())) {
        Some(Ok(pdf)) => {
            objects::read(&pdf, bytes, limits, sink)?;
            pages::read(&pdf, bytes, limits, sink)
        }
        Some(Err(LoadPdfError::Decryption(_))) => {
            sink.missed(Reason::Encrypted, "");
            Ok(())
        }
        Some(Err(LoadPdfError::Invalid)) | None => second::read(bytes, limits, sink),
    }
}

/// What `act` answers, or none if the library gave up by panicking.
fn caught<T>(act: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(act)).ok()
}
