//! Readers: the bytes of one format to pieces of text, pictures and inner files.
//!
//! A reader pushes what it finds, asks leave before it inflates, reports every part that it could not
//! read through [`Sink::missed`], and returns at once on [`Stop`]. It never fails: a damaged file is a
//! part that was not read.

pub mod archive;
pub mod html;
pub mod legacy_font;
pub mod mail;
pub mod metafile;
pub mod odf;
pub mod ole;
pub mod ooxml;
pub mod pdf;
pub mod pst;
pub mod rtf;
pub mod text;
pub mod warc;
pub mod xml;

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
        Kind::Xml if odf::is_flat(bytes) => odf::read_flat(bytes, limits, sink),
        Kind::Html | Kind::Xml => html::read(bytes, limits, sink),
        Kind::Pdf => pdf::read(bytes, limits, sink),
        Kind::Docx | Kind::Xlsx | Kind::Pptx => ooxml::read(bytes, limits, sink),
        Kind::Odt | Kind::Ods | Kind::Odp => odf::read(bytes, limits, sink),
        Kind::Doc | Kind::Xls | Kind::Ppt | Kind::Ole | Kind::Msg | Kind::OfficeEncrypted => {
            ole::read(bytes, limits, sink)
        }
        Kind::Eml => mail::message(bytes, limits, sink),
        Kind::Pst => pst::read(bytes, limits, sink),
        Kind::Mbox => mail::mbox(bytes, limits, sink),
        Kind::Warc => warc::read(bytes, limits, sink),
        Kind::Zip => archive::zip::read(bytes, limits, sink),
        Kind::SevenZip => archive::sevenz::read(bytes, limits, sink),
        Kind::Tar => archive::tar::read(bytes, limits, sink),
        Kind::Gzip => archive::pack::gzip(bytes, limits, sink),
        Kind::Zstd => archive::pack::zstd(bytes, limits, sink),
        Kind::Bzip2 => archive::pack::bzip2(bytes, limits, sink),
        Kind::Xz => archive::pack::xz(bytes, limits, sink),
        Kind::Lzma => archive::pack::lzma(bytes, limits, sink),
        Kind::Rar => archive::rar::read(bytes, limits, sink),
        Kind::Rtf => rtf::read(bytes, limits, sink),
        picture if picture.is_picture() => sink.picture(Picture {
            page: Some(1),
            bbox_mm: None,
            data: PictureData::Encoded(bytes.to_vec()),
        }),
        _ => {
            sink.missed(Reason::UnknownType, "");
            Ok(())
        }
    }
}
