//! Archives and compressed files: ZIP, 7z, RAR, tar, gzip, bzip2, xz, Zstandard. Their members go on to the engine,
//! which keeps count of members, bytes, ratio and depth.
//!
//! Sizes and counts in headers are claims: memory grows only with bytes that really come out.

pub mod pack;
pub mod rar;
pub mod sevenz;
pub mod tar;
pub mod zip;

use crate::content::{Sink, Stop};
use crate::report::Reason;
use std::io::{self, Read};

/// Why an entry was not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The sink has had enough.
    Stop,
    /// The data says something else than its header, breaks off, or makes no sense.
    Damaged,
    /// Needs a password.
    Encrypted,
    /// Larger than any file that is read.
    TooLarge,
    /// Compressed by a method that is not read.
    UnknownType,
}

impl From<Stop> for Fault {
    fn from(_: Stop) -> Self {
        Self::Stop
    }
}

impl From<&io::Error> for Fault {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::OutOfMemory => Self::TooLarge,
            io::ErrorKind::Unsupported => Self::UnknownType,
            _ => Self::Damaged,
        }
    }
}

impl Fault {
    /// Notes the fault of `place`.
    ///
    /// # Errors
    /// [`Stop`] if the sink itself ended the reading.
    pub fn note(self, place: &str, sink: &mut dyn Sink) -> Result<(), Stop> {
        let reason = match self {
            Self::Stop => return Err(Stop),
            Self::Damaged => Reason::Damaged,
            Self::Encrypted => Reason::Encrypted,
            Self::TooLarge => Reason::TooLarge,
            Self::UnknownType => Reason::UnknownType,
        };
        sink.missed(reason, place);
        Ok(())
    }
}

/// Largest dictionary of a method, in bytes: memory that a header may ask for.
const DICTIONARY_BYTES_MAX: u64 = 128 << 20;

/// Bytes asked for at a time.
const CHUNK: usize = 64 * 1024;

/// Reads to the end, at most `limit` bytes, telling the sink of every step.
///
/// # Errors
/// [`Fault`]; `out` holds what came before it.
pub fn drain(
    reader: &mut dyn Read,
    limit: u64,
    out: &mut Vec<u8>,
    sink: &mut dyn Sink,
) -> Result<(), Fault> {
    let mut chunk = vec![0u8; CHUNK];
    loop {
        let read = reader
            .read(&mut chunk)
            .map_err(|error| Fault::from(&error))?;
        if read == 0 {
            return Ok(());
        }
        sink.inflate(read as u64)?;
        if (out.len() + read) as u64 > limit {
            return Err(Fault::TooLarge);
        }
        out.extend_from_slice(chunk.get(..read).unwrap_or(&[]));
    }
}

/// A number of `N` bytes at `at`, lowest byte first.
pub fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let found = bytes.get(at..at.checked_add(N)?)?;
    Some(
        found
            .iter()
            .rev()
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)),
    )
}

/// A name as text: UTF-8 where it is, else byte by byte.
#[must_use]
pub fn name(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(name) => name.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
