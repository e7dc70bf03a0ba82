//! A file on disk as the bytes of a scan: opened without following its last link, without waiting on a
//! pipe, and compared with itself afterwards, because files change while they are read.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags};
use sha2::{Digest as _, Sha256};

use crate::limits::WHOLE_BYTES_MAX;

/// What tells that a file is the one that was read before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stamp {
    pub device: u64,
    pub inode: u64,
    pub bytes: u64,
    /// Seconds and nanoseconds of the last change of content.
    pub modified: (i64, i64),
    /// Seconds and nanoseconds of the last change of anything; no program can set it.
    pub changed: (i64, i64),
}

impl Stamp {
    /// The stamp of an open file or a path.
    #[must_use]
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Bytes for a worker.
#[derive(Clone, Debug)]
pub enum Body {
    Memory(Arc<[u8]>),
    /// An open file from its start, with its length.
    Disk(Arc<File>, u64),
}

impl Body {
    /// Number of bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Disk(_, bytes) => *bytes,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why a path gives no bytes.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    #[error("not a regular file")]
    Special,
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// An open regular file.
#[derive(Debug)]
pub struct Opened {
    file: Arc<File>,
    pub stamp: Stamp,
}

/// Opens a path whose last part may not be a link.
///
/// # Errors
/// [`Unread`] for links, pipes, devices, and what the system refuses.
pub fn open(path: &Path) -> Result<Opened, Unread> {
    // Without NONBLOCK, opening a pipe waits until somebody writes.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file =
        File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(std::io::Error::from)?);
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Unread::Special);
    }
    Ok(Opened {
        file: Arc::new(file),
        stamp: Stamp::of(&metadata),
    })
}

impl Opened {
    /// The bytes, and their digest where they were read for it.
    ///
    /// # Errors
    /// Those of reading.
    pub fn body(&self) -> std::io::Result<Body> {
        if self.stamp.bytes > WHOLE_BYTES_MAX {
            return Ok(Body::Disk(Arc::clone(&self.file), self.stamp.bytes));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(self.stamp.bytes).unwrap_or(0) + 1);
        // A file that grows while it is read does not take more than the limit.
        (&*self.file)
            .take(WHOLE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)?;
        Ok(Body::Memory(bytes.into()))
    }

    /// Whether the file still is as it was when it was opened.
    ///
    /// # Errors
    /// Those of the system.
    pub fn unchanged(&self) -> std::io::Result<bool> {
        Ok(Stamp::of(&self.file.metadata()?) == self.stamp)
    }
}

/// Lower-case hexadecimal SHA-256 of all bytes; a file is read in pieces and left at its start.
///
/// # Errors
/// Those of reading, and `UnexpectedEof` for a file that became shorter.
pub fn digest(body: &Body) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    each_piece(body, |piece| {
        hasher.update(piece);
        Ok(())
    })?;
    Ok(hex(&hasher.finalize()))
}

/// Gives all bytes in pieces.
pub(crate) fn each_piece(
    body: &Body,
    mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<()> {
    match body {
        Body::Memory(bytes) => take(bytes),
        Body::Disk(file, bytes) => {
            let mut file = &**file;
            file.seek(SeekFrom::Start(0))?;
            let mut piece = vec![0; 256 << 10];
            let mut left = *bytes;
            while left > 0 {
                let want = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
                let room = piece.get_mut(..want).unwrap_or_default();
                let read = file.read(room)?;
                if read == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                take(room.get(..read).unwrap_or_default())?;
                left = left.saturating_sub(read as u64);
            }
            Ok(())
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
