//! Every limit of the reader, in one place.

use crate::error::ReadError;

/// Largest file taken, in bytes. Checked before anything is parsed; a caller that reads from a
/// disk asks [`check_file_bytes`] first and never loads a larger file.
pub const FILE_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Largest text that is read out of one file, in bytes.
pub const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Most lines that are read out of one file.
pub const LINES_MAX: usize = 200_000;
/// Most entries in a zip container.
pub const ZIP_ENTRIES_MAX: usize = 10_000;
/// Largest single part of a zip container after inflation, in bytes.
pub const ZIP_PART_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Highest inflation ratio accepted for a part larger than [`ZIP_RATIO_FROM_BYTES`].
pub const ZIP_RATIO_MAX: u64 = 300;
/// Below this inflated size, in bytes, the ratio of a part is not judged.
pub const ZIP_RATIO_FROM_BYTES: u64 = 1024 * 1024;
/// Deepest nesting of XML elements.
pub const XML_DEPTH_MAX: usize = 256;
/// Most pages of a PDF.
pub const PDF_PAGES_MAX: usize = 5_000;
/// Largest content or font stream of a PDF after inflation, in bytes.
pub const PDF_STREAM_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Inflated bytes of all content and font streams of a PDF together.
pub const PDF_STREAMS_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Most drawing calls (glyph runs, clips, groups, images, paths) of one PDF.
pub const PDF_DRAWS_MAX: u64 = 1_000_000;
/// Most words of one paragraph that are looked at for citations, bodies and deadlines.
pub const PARAGRAPH_WORDS_MAX: usize = 4_000;
/// Most citations of one document.
pub const CITATIONS_MAX: usize = 1_000;
/// Most footnotes of one document.
pub const NOTES_MAX: usize = 10_000;

/// Says whether a file of `bytes` bytes may be loaded at all.
///
/// # Errors
/// [`ReadError::TooLarge`] above [`FILE_BYTES_MAX`].
pub fn check_file_bytes(bytes: u64) -> Result<(), ReadError> {
    if bytes > FILE_BYTES_MAX {
        return Err(ReadError::TooLarge {
            bytes,
            limit: FILE_BYTES_MAX,
        });
    }
    Ok(())
}
