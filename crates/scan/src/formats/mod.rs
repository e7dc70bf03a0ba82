//! Readers: the bytes of one format to pieces of text, pictures and inner files.
//!
//! A reader pushes what it finds, asks leave before it inflates, reports every part that it could not
//! read through [`Sink::missed`], and returns at once on [`Stop`]. It never fails: a damaged file is a
//! part that was not read.

pub mod html;
pub mod rtf;
pub mod text;

use crate::content::{Picture, PictureData, Sink, Stop};
use crate::kind::Kind;
use crate::limits::Limits;
use crate::report::Reason;

/// Reads `bytes` by the reader of `kind`.
///
/// # Errors
/// [`Stop`] when the sink had enough; the limit is already noted there.
pub fn read(kind: Kind, bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    match kind {
        Kind::Empty => Ok(()),
        Kind::Text => text::read(bytes, limits, sink),
        Kind::Html | Kind::Xml => html::read(bytes, limits, sink),
        Kind::Rtf => rtf::read(bytes, limits, sink),
        picture if picture.is_picture() => sink.picture(Picture {
            page: Some(1),
            bbox_mm: None,
            data: PictureData::Encoded(bytes.to_vec()),
        }),
        Kind::OfficeEncrypted => {
            sink.missed(Reason::Encrypted, "");
            Ok(())
        }
        _ => {
            sink.missed(Reason::UnknownType, "");
            Ok(())
        }
    }
}
