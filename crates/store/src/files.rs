//! Files of an installation: read with a bound, replaced as a whole, readable by their owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::StoreError;

/// Mode of every file of an installation: its owner reads and writes, nobody else.
pub(crate) const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Wraps an I/O error with its path; a full disk is its own error.
pub(crate) fn failed(path: &Path) -> impl Fn(io::Error) -> StoreError {
    move |source| {
        if source.kind() == io::ErrorKind::StorageFull {
            StoreError::DiskFull(sqlx::Error::Io(source))
        } else {
            StoreError::File {
                path: path.to_owned(),
                source,
            }
        }
    }
}

/// The text of a file of at most `bytes_max` bytes.
pub(crate) fn read_text(path: &Path, bytes_max: u64) -> Result<String, StoreError> {
    let mut text = String::new();
    let file = File::open(path).map_err(failed(path))?;
    let read = file.take(bytes_max + 1).read_to_string(&mut text);
    let length = read.map_err(failed(path))?;
    if length as u64 > bytes_max {
        let source = io::Error::new(io::ErrorKind::InvalidData, "file is too large");
        return Err(failed(path)(source));
    }
    Ok(text)
}

/// Creates a file that must not exist yet, for its owner alone.
pub(crate) fn create_new(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).read(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options.open(path).map_err(failed(path))
}

/// Creates a folder for its owner alone; `false` if it is there already.
pub(crate) fn create_folder(path: &Path) -> Result<bool, StoreError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    match builder.create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
        Err(error) => Err(failed(path)(error)),
    }
}

/// Writes a file as a whole or not at all: a new file beside it, made durable, then renamed.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let new = beside(path, "new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&new)(error)),
        _ => {}
    }
    let mut file = create_new(&new)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed(&new))
        .and_then(|()| rename(&new, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&new);
    }
    written
}

/// Renames and makes the new name durable.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(failed(to))?;
    sync_folder(to)
}

/// Makes the entries of the folder that holds `path` durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed(folder))
}

/// `keys.toml` and `new` give `keys.toml.new`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}
