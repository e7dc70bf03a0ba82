//! 7z: LZMA, LZMA2, bzip2 and stored, with their branch filters. Other methods are reported.

use super::{DICTIONARY_BYTES_MAX, Fault, drain};
use crate::content::{Member, Sink, Stop};
use crate::limits::Limits;
use sevenz_rust2::{Archive, ArchiveReader, Error, Password};
use std::io::Cursor;

/// Reads an archive.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let mut source = Cursor::new(bytes);
    let archive = match Archive::read(&mut source, &Password::empty()) {
        Ok(archive) => archive,
        Err(error) => return fault(&error).note("", sink),
    };
    if archive
        .blocks
        .iter()
        .any(|block| dictionary(block) > DICTIONARY_BYTES_MAX)
    {
        return Fault::TooLarge.note("", sink);
    }
    let mut reader = ArchiveReader::from_archive(archive, source, Password::empty());
    let mut stopped = false;
    let done = reader.for_each_entries(|entry, data| {
        if entry.is_directory() {
            return Ok(true);
        }
        let mut out = Vec::new();
        let taken = drain(data, limits.file_bytes, &mut out, sink);
        let short = taken.is_ok() && out.len() as u64 != entry.size();
        let noted = match taken {
            Err(fault) => fault.note(entry.name(), sink),
            Ok(()) if short => Fault::Damaged.note(entry.name(), sink),
            Ok(()) => Ok(()),
        };
        let handed = noted.and_then(|()| {
            if taken == Err(Fault::TooLarge) {
                return Ok(());
            }
            sink.member(Member {
                name: entry.name().to_owned(),
                bytes: out,
            })
        });
        stopped = handed.is_err();
        // What comes after a broken entry of the same block cannot be unpacked.
        Ok(!stopped && taken.is_ok())
    });
    if stopped {
        return Err(Stop);
    }
    match done {
        Ok(()) => Ok(()),
        Err(error) => fault(&error).note("", sink),
    }
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Fault::Encrypted,
        Error::UnsupportedCompressionMethod(method) if method.to_uppercase().contains("AES") => {
            Fault::Encrypted
        }
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) => Fault::UnknownType,
        Error::MaxMemLimited { .. } => Fault::TooLarge,
        _ => Fault::Damaged,
    }
}

/// The largest dictionary that the methods of a block ask for.
fn dictionary(block: &sevenz_rust2::Block) -> u64 {
    block
        .ordered_coder_iter()
        .map(
            |(_, coder)| match (coder.encoder_method_id(), coder.properties()) {
                // LZMA: five bytes, the size in the last four.
                ([3, 1, 1], [_, size @ ..]) => super::number::<4>(size, 0).unwrap_or(0),
                // LZMA2: one byte, mantissa and exponent.
                ([0x21], [bits, ..]) if *bits < 40 => {
                    u64::from(2 | bits & 1) << (u32::from(*bits) / 2 + 11)
                }
                ([0x21], _) => u64::MAX,
                _ => 0,
            },
        )
        .max()
        .unwrap_or(0)
}
