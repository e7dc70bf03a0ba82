//! Tells the format of a file by its first bytes, then by what its container holds, and only then
//! by its name: names lie more often than bytes.

use std::io::Cursor;

use crate::formats::{html, text};

/// Format of a file. A new one also gets an arm in [`crate::formats::read`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    Text,
    Html,
    Xml,
    Rtf,
    Pdf,
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Ods,
    Odp,
    Doc,
    Xls,
    Ppt,
    /// A Microsoft compound file that is none of the others.
    Ole,
    /// An Office document that needs a password (`EncryptedPackage`).
    OfficeEncrypted,
    Eml,
    Mbox,
    Msg,
    Pst,
    Zip,
    SevenZip,
    Rar,
    Tar,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    /// LZMA data behind the short header that came before xz.
    Lzma,
    Warc,
    Jpeg,
    Png,
    Tiff,
    Gif,
    Bmp,
    Webp,
    Heic,
    Jpeg2000,
    /// No bytes at all: nothing to read, nothing missed.
    Empty,
    Unknown,
}

impl Kind {
    /// The name that reports use, stable for scripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::Xml => "xml",
            Self::Rtf => "rtf",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Odp => "odp",
            Self::Doc => "doc",
            Self::Xls => "xls",
            Self::Ppt => "ppt",
            Self::Ole => "ole",
            Self::OfficeEncrypted => "office_encrypted",
            Self::Eml => "eml",
            Self::Mbox => "mbox",
            Self::Msg => "msg",
            Self::Pst => "pst",
            Self::Zip => "zip",
            Self::SevenZip => "7z",
            Self::Rar => "rar",
            Self::Tar => "tar",
            Self::Gzip => "gz",
            Self::Zstd => "zst",
            Self::Bzip2 => "bz2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Warc => "warc",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Tiff => "tiff",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Jpeg2000 => "jp2",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the file is one picture, or several pages of pictures.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(
            self,
            Self::Jpeg
                | Self::Png
                | Self::Tiff
                | Self::Gif
                | Self::Bmp
                | Self::Webp
                | Self::Heic
                | Self::Jpeg2000
        )
    }

    /// The format of `bytes`, which came under the name `name`.
    #[must_use]
    pub fn of(bytes: &[u8], name: &str) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            return match kind {
                Self::Zip => zip(bytes),
                Self::Ole => ole(bytes),
                kind => *kind,
            };
        }
        if let Some(kind) = deeper(bytes) {
            return kind;
        }
        let named = by_name(name);
        let textual = text::looks_like(bytes);
        if has_pdf(bytes) {
            return Self::Pdf;
        }
        if !textual {
            // Damaged beyond its first bytes: the reader of the promised format says so.
            return named
                .filter(|kind| !kind.is_textual())
                .unwrap_or(Self::Unknown);
        }
        textual_kind(bytes, named)
    }

    const fn is_textual(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Html | Self::Xml | Self::Rtf | Self::Eml | Self::Mbox | Self::Warc
        )
    }
}

/// First bytes that decide alone.
const MAGIC: [(&[u8], Kind); 27] = [
    (b"%PDF-", Kind::Pdf),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"PK\x07\x08", Kind::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Ole),
    (b"{\\rt", Kind::Rtf),
    (b"\xef\xbb\xbf{\\rt", Kind::Rtf),
    (b"\xff\xd8\xff", Kind::Jpeg),
    (b"\x89PNG\r\n\x1a\n", Kind::Png),
    (b"II*\0", Kind::Tiff),
    (b"MM\0*", Kind::Tiff),
    (b"II+\0", Kind::Tiff),
    (b"MM\0+", Kind::Tiff),
    (b"GIF87a", Kind::Gif),
    (b"GIF89a", Kind::Gif),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Kind::Jpeg2000),
    (b"\xff\x4f\xff\x51", Kind::Jpeg2000),
    (b"Rar!\x1a\x07", Kind::Rar),
    (b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (b"\x1f\x8b", Kind::Gzip),
    (b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (b"BZh", Kind::Bzip2),
    (b"\xfd7zXZ\0", Kind::Xz),
    (b"!BDN", Kind::Pst),
    (b"WARC/0.", Kind::Warc),
    (b"WARC/1.", Kind::Warc),
    (b"\x50\x4b\x30\x30\x50\x4b\x03\x04", Kind::Zip),
];

/// Marks that stand a little inside the file.
fn deeper(bytes: &[u8]) -> Option<Kind> {
    let at = |from: usize, to: usize| bytes.get(from..to);
    if at(257, 262) == Some(b"ustar") {
        return Some(Kind::Tar);
    }
    if bytes.starts_with(b"RIFF") && at(8, 12) == Some(b"WEBP") {
        return Some(Kind::Webp);
    }
    if at(4, 8) == Some(b"ftyp") {
        let brands = at(8, bytes.len().min(64)).unwrap_or(&[]);
        let heif: [&[u8]; 6] = [b"heic", b"heix", b"hevc", b"heim", b"mif1", b"avif"];
        return heif
            .iter()
            .any(|brand| brands.chunks(4).any(|four| four == *brand))
            .then_some(Kind::Heic);
    }
    if is_lzma(bytes) {
        return Some(Kind::Lzma);
    }
    // "BM" also begins words: the reserved fields of the header are zero and its size is known.
    let bitmap = bytes.starts_with(b"BM")
        && at(6, 10) == Some(&[0; 4])
        && at(14, 18)
            .is_some_and(|size| matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]));
    bitmap.then_some(Kind::Bmp)
}

/// The header of LZMA data has no mark: usual properties, a dictionary of a round size, and a size
/// that is unknown or below 256 GiB, as xz itself tells them.
fn is_lzma(bytes: &[u8]) -> bool {
    let Some((&[0x5d, a, b, c, d, ref size @ ..], _)) = bytes.split_first_chunk::<13>() else {
        return false;
    };
    let dictionary = u32::from_le_bytes([a, b, c, d]);
    let size = u64::from_le_bytes(*size);
    let is_round = dictionary.count_ones() == 1
        || dictionary.count_ones() == 2
            && dictionary.leading_zeros() + dictionary.trailing_zeros() == 30;
    dictionary >= 4096 && is_round && (size == u64::MAX || size < 1 << 38)
}

/// A PDF with other bytes before its header.
fn has_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or(bytes);
    has(head, b"%PDF-") && has(bytes, b"endobj")
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn textual_kind(bytes: &[u8], named: Option<Kind>) -> Kind {
    let head = text::head(bytes);
    let start = head.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if start.starts_with("{\\rt") {
        return Kind::Rtf;
    }
    if start.starts_with("From ")
        && mail_headers(start.split_once('\n').map_or("", |(_, rest)| rest))
    {
        return Kind::Mbox;
    }
    if mail_headers(start) {
        return Kind::Eml;
    }
    if html::looks_like(start) {
        return Kind::Html;
    }
    if start.starts_with("<?xml") || start.starts_with("<svg") {
        return Kind::Xml;
    }
    match named {
        Some(kind @ (Kind::Html | Kind::Xml | Kind::Eml))
            if start.contains('<') || kind == Kind::Eml =>
        {
            kind
        }
        _ => Kind::Text,
    }
}

/// Whether a text starts with the header of a message: known fields, one to a line, two of them at least.
fn mail_headers(text: &str) -> bool {
    const FIELDS: [&str; 14] = [
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "received",
        "return-path",
        "mime-version",
        "content-type",
        "delivered-to",
        "reply-to",
        "content-transfer-encoding",
        "dkim-signature",
    ];
    let mut known = 0;
    for line in text.lines().take(60) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((field, _)) = line.split_once(':') else {
            break;
        };
        let plain = !field.is_empty()
            && field
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain {
            break;
        }
        let field = field.to_ascii_lowercase();
        known += usize::from(FIELDS.contains(&field.as_str()));
    }
    known >= 2
}

/// Names of the central directory tell a document from an archive.
fn zip(bytes: &[u8]) -> Kind {
    const ODF: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.";
    if bytes.get(30..30 + ODF.len()) == Some(ODF) {
        let rest = bytes.get(30 + ODF.len()..).unwrap_or(&[]);
        return match rest {
            [b't', ..] => Kind::Odt,
            [b's', ..] => Kind::Ods,
            [b'p', ..] => Kind::Odp,
            _ => Kind::Odt,
        };
    }
    let mut kind = Kind::Zip;
    let mut package = false;
    for name in zip_names(bytes) {
        package |= name == b"[Content_Types].xml" || name.starts_with(b"_rels/");
        if kind != Kind::Zip {
            continue;
        }
        if name.starts_with(b"word/") {
            kind = Kind::Docx;
        } else if name.starts_with(b"xl/") {
            kind = Kind::Xlsx;
        } else if name.starts_with(b"ppt/") {
            kind = Kind::Pptx;
        }
    }
    if package { kind } else { Kind::Zip }
}

/// File names of the central directory; where it is lost, of the local headers. The bytes of a member are passed over:
/// a document stored in an archive does not make the archive a document.
fn zip_names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    const NAMES_MAX: usize = 4096;
    let central = central_directory(bytes);
    let mut at = central.unwrap_or(0);
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(at..)?;
            let found = match central {
                Some(_) if rest.starts_with(CENTRAL) => 0,
                Some(_) => return None,
                None => rest
                    .windows(4)
                    .position(|four| four == LOCAL || four == CENTRAL)?,
            };
            let head = rest.get(found..)?;
            let is_local = head.starts_with(LOCAL);
            let (lengths, start) = if is_local { (26, 30) } else { (28, 46) };
            let name = word(head, lengths);
            let mut whole = start + name + word(head, lengths + 2);
            if !is_local {
                whole += word(head, lengths + 4);
            } else if word(head, 6) & 8 == 0 {
                whole += word(head, 18) | word(head, 20) << 16;
            }
            at += found + whole.max(4);
            if let Some(name) = head.get(start..start + name) {
                return Some(name);
            }
        }
    })
    .take(NAMES_MAX)
}

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";

/// Where the central directory begins, counted back from the last record of the file (APPNOTE 4.3.16).
fn central_directory(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"PK\x05\x06";
    /// The record and the longest comment.
    const TAIL: usize = 22 + 65_535;
    let from = bytes.len().saturating_sub(TAIL);
    let tail = bytes.get(from..)?;
    let end = tail.windows(4).rposition(|four| four == END)?;
    let record = tail.get(end..)?;
    // That of a document in an archive whose own is lost does not end the file.
    if record.len() != 22 + word(record, 20) {
        return None;
    }
    let size = word(record, 12) | word(record, 14) << 16;
    let at = (from + end).checked_sub(size)?;
    bytes.get(at..)?.starts_with(CENTRAL).then_some(at)
}

/// Two bytes, the lower one first; 0 beyond the end.
fn word(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..at + 2) {
        Some(&[low, high]) => usize::from(low) | usize::from(high) << 8,
        _ => 0,
    }
}

/// Streams of the root storage tell what a compound file holds.
fn ole(bytes: &[u8]) -> Kind {
    if let Ok(file) = cfb::CompoundFile::open(Cursor::new(bytes)) {
        let names: Vec<String> = file
            .read_root_storage()
            .map(|entry| entry.name().to_owned())
            .collect();
        let found = OLE_STREAMS
            .iter()
            .find(|(stream, _)| names.iter().any(|name| name.eq_ignore_ascii_case(stream)));
        return found.map_or(Kind::Ole, |(_, kind)| *kind);
    }
    // A damaged directory: its names still stand somewhere, in UTF-16.
    OLE_STREAMS
        .iter()
        .find(|(stream, _)| {
            let wide: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
            has(bytes, &wide)
        })
        .map_or(Kind::Ole, |(_, kind)| *kind)
}

const OLE_STREAMS: [(&str, Kind); 6] = [
    ("EncryptedPackage", Kind::OfficeEncrypted),
    ("__properties_version1.0", Kind::Msg),
    ("WordDocument", Kind::Doc),
    ("PowerPoint Document", Kind::Ppt),
    ("Workbook", Kind::Xls),
    ("Book", Kind::Xls),
];

fn by_name(name: &str) -> Option<Kind> {
    let (_, extension) = name.rsplit_once('.')?;
    let kind = match extension.to_ascii_lowercase().as_str() {
        "txt" | "csv" | "md" | "log" | "json" => Kind::Text,
        "html" | "htm" | "xhtml" => Kind::Html,
        "xml" | "svg" | "fodt" => Kind::Xml,
        "rtf" => Kind::Rtf,
        "pdf" => Kind::Pdf,
        "docx" | "docm" | "dotx" => Kind::Docx,
        "xlsx" | "xlsm" | "xltx" => Kind::Xlsx,
        "pptx" | "pptm" | "ppsx" => Kind::Pptx,
        "odt" | "ott" => Kind::Odt,
        "ods" => Kind::Ods,
        "odp" => Kind::Odp,
        "doc" | "dot" => Kind::Doc,
        "xls" => Kind::Xls,
        "ppt" | "pps" => Kind::Ppt,
        "eml" | "mht" | "mhtml" => Kind::Eml,
        "mbox" => Kind::Mbox,
        "msg" => Kind::Msg,
        "pst" | "ost" => Kind::Pst,
        "zip" => Kind::Zip,
        "7z" => Kind::SevenZip,
        "rar" => Kind::Rar,
        "tar" => Kind::Tar,
        "gz" | "tgz" => Kind::Gzip,
        "zst" => Kind::Zstd,
        "bz2" | "tbz2" => Kind::Bzip2,
        "xz" | "txz" => Kind::Xz,
        "lzma" => Kind::Lzma,
        "warc" => Kind::Warc,
        "jpg" | "jpeg" => Kind::Jpeg,
        "png" => Kind::Png,
        "tif" | "tiff" => Kind::Tiff,
        "gif" => Kind::Gif,
        "bmp" => Kind::Bmp,
        "webp" => Kind::Webp,
        "heic" | "heif" => Kind::Heic,
        "jp2" | "j2k" => Kind::Jpeg2000,
        _ => return None,
    };
    Some(kind)
}
