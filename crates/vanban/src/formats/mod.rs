//! Bytes to lines. The type is told by the first bytes; the name only decides between text
//! formats, and is refused where it promises a container that is not there.

pub mod docx;
pub mod html;
pub mod pdf;
pub mod txt;

use crate::error::ReadError;
use crate::limits::{LINES_MAX, TEXT_BYTES_MAX, check_file_bytes};
use crate::text;

/// Type of a readable file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain text.
    Txt,
    /// Word document of ECMA-376.
    Docx,
    /// PDF with a text layer.
    Pdf,
    /// HTML page.
    Html,
}

/// A footnote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its mark, such as `1`.
    pub mark: String,
    /// Its text.
    pub text: String,
}

/// What a file says, before its structure is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Type of the file.
    pub kind: Kind,
    /// Lines or paragraphs in reading order, NFC; an empty line separates.
    pub lines: Vec<String>,
    /// Footnotes kept apart from the lines.
    pub notes: Vec<Note>,
}

/// Reads a file into lines.
///
/// # Errors
/// [`ReadError`], with a stable code and a remedy.
pub fn load(bytes: &[u8], file_name: &str) -> Result<Source, ReadError> {
    check_file_bytes(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    let mut source = match kind(bytes, file_name)? {
        Kind::Txt => txt::source(bytes)?,
        Kind::Docx => docx::source(bytes)?,
        Kind::Pdf => pdf::source(bytes)?,
        Kind::Html => html::source(bytes)?,
    };
    for line in &mut source.lines {
        *line = text::nfc(line);
    }
    for note in &mut source.notes {
        note.text = text::nfc(&note.text);
    }
    check_text(&source)?;
    Ok(source)
}

fn check_text(source: &Source) -> Result<(), ReadError> {
    let bytes: usize = source.lines.iter().map(String::len).sum();
    if bytes > TEXT_BYTES_MAX || source.lines.len() > LINES_MAX {
        return Err(ReadError::Limit {
            kind: "txt",
            what: "text",
            limit: TEXT_BYTES_MAX as u64,
        });
    }
    Ok(())
}

/// Tells the type of a file by its first bytes, then by its name.
///
/// # Errors
/// [`ReadError::Type`] for a type that is known and not read, [`ReadError::Mismatch`] where the
/// name promises a container and the content is another thing.
pub fn kind(bytes: &[u8], file_name: &str) -> Result<Kind, ReadError> {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or(bytes);
    if head.windows(5).any(|five| five == b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Docx);
    }
    let refused: [(&[u8], &str); 9] = [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
        (b"{\\rtf", "rtf"),
        (b"\x89PNG", "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"GIF8", "gif"),
        (b"Rar!", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
    ];
    if let Some((_, name)) = refused.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ReadError::Type {
            kind: (*name).to_owned(),
        });
    }
    let extension = file_name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase())
        .unwrap_or_default();
    match extension.as_str() {
        "docx" | "pdf" | "doc" | "odt" | "xlsx" => Err(ReadError::Mismatch { named: extension }),
        "html" | "htm" | "xhtml" => Ok(Kind::Html),
        _ if html::looks_like(head) => Ok(Kind::Html),
        _ => Ok(Kind::Txt),
    }
}
