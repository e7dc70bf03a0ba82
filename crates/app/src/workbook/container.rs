//! The zip container of .xlsx and .ods.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{INFLATED_BYTES_MAX, PARTS_MAX, Workbook, WorkbookError, ods, xlsx};

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Reads a zip container that is a workbook. Every part is inflated once, into
/// nothing, before any is parsed: declared sizes are not believed.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, WorkbookError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refused(&error))?;
    if archive.len() > PARTS_MAX {
        return Err(WorkbookError::TooMuch);
    }
    check_sizes(&mut archive)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("content.xml") && has("mimetype") {
        return ods::read(&mut archive);
    }
    if has("xl/workbook.bin") {
        return Err(WorkbookError::OldFormat);
    }
    if has("[Content_Types].xml") && has_folder(&archive, "xl/") {
        return xlsx::read(bytes);
    }
    Err(WorkbookError::NotAWorkbook)
}

fn has_folder(archive: &Archive<'_>, folder: &str) -> bool {
    archive
        .file_names()
        .filter_map(Result::ok)
        .any(|name| name.starts_with(folder))
}

fn check_sizes(archive: &mut Archive<'_>) -> Result<(), WorkbookError> {
    let declared = (0..archive.len()).try_fold(0_u64, |sum, index| {
        let part = archive.by_index_raw(index).ok()?;
        sum.checked_add(part.size())
    });
    if declared.is_some_and(|bytes| bytes > INFLATED_BYTES_MAX) {
        return Err(WorkbookError::Inflated);
    }
    let mut left = INFLATED_BYTES_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| refused(&error))?;
        let name = part.name().map_or_else(|_| "part".to_owned(), Into::into);
        let inflated = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|_| WorkbookError::Damaged { part: name })?;
        left = left.checked_sub(inflated).ok_or(WorkbookError::Inflated)?;
    }
    Ok(())
}

/// The text of a part, or nothing when there is no such part.
pub(super) fn part(archive: &mut Archive<'_>, name: &str) -> Result<Option<String>, WorkbookError> {
    let part = match archive.by_name(name) {
        Ok(part) => part,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(refused(&error)),
    };
    let mut text = String::new();
    part.take(INFLATED_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|_| WorkbookError::damaged(name))?;
    Ok(Some(text))
}

fn refused(error: &ZipError) -> WorkbookError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            WorkbookError::Encrypted
        }
        _ => WorkbookError::damaged("container"),
    }
}
