//! The zip container of an office document, read under limits.

use crate::error::ReadError;
use crate::formats::txt;
use crate::limits::{ZIP_ENTRIES_MAX, ZIP_PART_BYTES_MAX, ZIP_RATIO_FROM_BYTES, ZIP_RATIO_MAX};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// An open container.
pub(super) struct Container<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Container<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
        if archive.len() > ZIP_ENTRIES_MAX {
            return Err(ReadError::Limit {
                kind: "docx",
                what: "entries",
                limit: ZIP_ENTRIES_MAX as u64,
            });
        }
        Ok(Self { archive })
    }

    /// A part as text; none if the container has no such part.
    pub fn part(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        let mut file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(text)) if text == ZipError::PASSWORD_REQUIRED => {
                return Err(ReadError::Encrypted { kind: "docx" });
            }
            Err(error) => return Err(damaged(&error)),
        };
        let packed = file.compressed_size().max(1);
        let limit =
            ZIP_PART_BYTES_MAX.min(ZIP_RATIO_FROM_BYTES.max(packed.saturating_mul(ZIP_RATIO_MAX)));
        // The size in the directory may lie: the bytes that come out are counted.
        let mut bytes = Vec::new();
        file.by_ref()
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| ReadError::Damaged {
                kind: "docx",
                detail: format!("{name}: {error}"),
            })?;
        if bytes.len() as u64 > limit {
            return Err(ReadError::Limit {
                kind: "docx",
                what: "inflated bytes",
                limit,
            });
        }
        let text = txt::decode(&bytes).map_err(|_| ReadError::Damaged {
            kind: "docx",
            detail: format!("{name}: not unicode text"),
        })?;
        Ok(Some(text))
    }

    /// The refusal for a container that holds no Word document.
    pub fn foreign(&self) -> ReadError {
        let has = |start: &str| {
            self.archive
                .file_names()
                .flatten()
                .any(|name| name.starts_with(start))
        };
        let kind = if has("xl/") {
            "xlsx"
        } else if has("ppt/") {
            "pptx"
        } else if has("content.xml") {
            "odt"
        } else {
            "zip"
        };
        ReadError::Type {
            kind: kind.to_owned(),
        }
    }
}

fn damaged(error: &ZipError) -> ReadError {
    ReadError::Damaged {
        kind: "docx",
        detail: error.to_string(),
    }
}
