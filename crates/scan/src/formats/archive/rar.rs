//! RAR from its first version to the seventh: stored and compressed members, solid archives too.
//! Encrypted members and parts of a set of volumes are reported.

use super::{DICTIONARY_BYTES_MAX, Fault, name};
use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::limits::{ENTRIES_MAX, Limits};
use rars::{
    Archive, ArchiveMember, ArchiveReadOptions, ArchiveReader, Error, ErrorKind,
    ExtractionDecision, ExtractionErrorAction, ReadCancellation, rar15_40, rar50,
};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// Longest headers of one archive together, in bytes.
const HEADER_BYTES_MAX: u64 = 64 << 20;
/// Memory of the decoder beyond its dictionary, in bytes.
const WORKSPACE_BYTES_MAX: u64 = 64 << 20;

/// Reads an archive.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let cancelled = ReadCancellation::new();
    let options = ArchiveReadOptions::new()
        .with_max_header_count(ENTRIES_MAX as u64)
        .with_max_header_bytes(HEADER_BYTES_MAX)
        .with_max_member_output_bytes(limits.file_bytes)
        .with_max_reader_workspace_bytes(DICTIONARY_BYTES_MAX + WORKSPACE_BYTES_MAX)
        .with_rar50_dictionary_size_limit(DICTIONARY_BYTES_MAX)
        .with_rar50_buffered_decode_limit(0)
        .with_cancellation(&cancelled);
    let archive = match ArchiveReader::read_with_options(bytes, options) {
        Ok(archive) => archive,
        Err(error) => return fault(&error).note("", sink),
    };
    extras(bytes, &archive, options, sink)?;
    let run = RefCell::new(Run {
        sink,
        limits,
        swell: limits
            .ratio
            .saturating_mul(bytes.len() as u64)
            .max(1 << 20)
            .min(limits.inflated_bytes),
        solid: archive.is_solid(),
        cancelled: &cancelled,
        open: None,
        stopped: false,
    });
    let done = archive.extract_with_control_and_errors(
        options,
        |member| Ok(run.borrow_mut().next(member)),
        |_, error| Ok(run.borrow_mut().failed(error)),
    );
    let mut run = run.into_inner();
    if let Err(error) = &done {
        run.failed(error);
    }
    run.close(Ok(()));
    if run.stopped { Err(Stop) } else { Ok(()) }
}

/// Comment of the archive, and what stands in it beside its members.
fn extras(
    bytes: &[u8],
    archive: &Archive,
    options: ArchiveReadOptions<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Stop> {
    match archive.comment_with_options(options) {
        Ok(Some(comment)) => {
            sink.inflate(comment.len() as u64)?;
            let comment = name(&comment);
            for line in comment.lines().filter(|line| !line.trim().is_empty()) {
                sink.piece(Piece::new(Place::Property, line.trim_matches('\0')))?;
            }
        }
        Ok(None) => {}
        Err(error) => fault(&error).note("comment", sink)?,
    }
    // A stream that a Windows file system keeps beside the bytes of a file.
    let has_stream =
        match archive {
            Archive::Rar15To40(archive) => archive.blocks.iter().any(
                |block| matches!(block, rar15_40::Block::NewSub(sub) if sub.file.name == b"STM"),
            ),
            Archive::Rar50Plus(archive) => archive.blocks.iter().any(
                |block| matches!(block, rar50::Block::Service(service) if service.name == b"STM"),
            ),
            _ => false,
        };
    if has_stream {
        Fault::UnknownType.note("STM", sink)?;
    }
    // Where the archive says that it ends. Before version 5 it may end without a word.
    let end = match archive {
        Archive::Rar15To40(archive) => match archive.blocks.last() {
            Some(rar15_40::Block::End(end)) => Some(end.offset + usize::from(end.head_size)),
            _ => Some(bytes.len()),
        },
        Archive::Rar50Plus(archive) => match archive.blocks.last() {
            Some(rar50::Block::End(end)) => Some(end.block.header_range.end),
            _ => None,
        },
        _ => Some(bytes.len()),
    };
    let rest = end.and_then(|end| bytes.get(end..));
    if rest.is_none_or(|rest| rest.iter().any(|byte| *byte != 0)) {
        Fault::Damaged.note("end", sink)?;
    }
    Ok(())
}

fn fault(error: &Error) -> Fault {
    match error.kind() {
        ErrorKind::PasswordRequired | ErrorKind::BadPassword => Fault::Encrypted,
        ErrorKind::ResourceLimit => Fault::TooLarge,
        ErrorKind::UnsupportedFeature
            if matches!(
                error.root_cause(),
                Error::FeatureDisabled { .. }
                    | Error::UnsupportedEncryption { .. }
                    | Error::Rar50Crypto(_)
            ) =>
        {
            Fault::Encrypted
        }
        ErrorKind::UnsupportedFeature | ErrorKind::UnsupportedFormat => Fault::UnknownType,
        _ => Fault::Damaged,
    }
}

/// Bytes of a member as they come out, no more than it may have.
struct Pot {
    bytes: Vec<u8>,
    room: u64,
    overflowed: bool,
}

struct Spout(Rc<RefCell<Pot>>);

impl Write for Spout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pot = self.0.borrow_mut();
        match pot.room.checked_sub(bytes.len() as u64) {
            Some(rest) => pot.room = rest,
            None => {
                pot.overflowed = true;
                return Err(io::ErrorKind::OutOfMemory.into());
            }
        }
        pot.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The way through the members.
struct Run<'s> {
    sink: &'s mut dyn Sink,
    limits: &'s Limits,
    /// Bytes that may still come out of the archive.
    swell: u64,
    solid: bool,
    cancelled: &'s ReadCancellation,
    open: Option<(String, Rc<RefCell<Pot>>)>,
    stopped: bool,
}

impl Run<'_> {
    /// What to do with a member; the one before it is whole.
    fn next(&mut self, member: &ArchiveMember) -> ExtractionDecision {
        self.close(Ok(()));
        if self.stopped {
            return ExtractionDecision::Stop;
        }
        let meta = &member.meta;
        if meta.is_directory || meta.is_redirection {
            return ExtractionDecision::Skip;
        }
        let title = member
            .decoded_name(None)
            .map_or_else(|_| meta.name_lossy(), |bytes| name(&bytes));
        let unread = if meta.is_encrypted {
            Some(Fault::Encrypted)
        } else if meta.is_split_before || meta.is_split_after {
            Some(Fault::Damaged)
        } else if meta.unpacked_size > self.limits.file_bytes {
            Some(Fault::TooLarge)
        } else {
            None
        };
        if let Some(unread) = unread {
            self.note(unread, &title);
            if self.solid || self.stopped {
                // What comes after it in the same stream cannot be unpacked.
                return ExtractionDecision::Stop;
            }
            return ExtractionDecision::Skip;
        }
        let pot = Rc::new(RefCell::new(Pot {
            bytes: Vec::new(),
            room: self.limits.file_bytes.min(self.swell),
            overflowed: false,
        }));
        self.open = Some((title, Rc::clone(&pot)));
        ExtractionDecision::Extract(Box::new(Spout(pot)))
    }

    fn failed(&mut self, error: &Error) -> ExtractionErrorAction {
        if self.open.is_some() {
            self.close(Err(fault(error)));
        } else if error.kind() != ErrorKind::Cancelled {
            self.note(fault(error), "");
        }
        if self.stopped {
            self.cancelled.cancel();
            return ExtractionErrorAction::Abort;
        }
        ExtractionErrorAction::Continue
    }

    fn note(&mut self, fault: Fault, place: &str) {
        self.stopped |= fault.note(place, self.sink).is_err();
    }

    /// Hands on the member that was being unpacked.
    fn close(&mut self, done: Result<(), Fault>) {
        let Some((title, pot)) = self.open.take() else {
            return;
        };
        let (bytes, overflowed) = {
            let mut pot = pot.borrow_mut();
            (std::mem::take(&mut pot.bytes), pot.overflowed)
        };
        self.swell = self.swell.saturating_sub(bytes.len() as u64);
        if self.sink.inflate(bytes.len() as u64).is_err() {
            self.stopped = true;
            return;
        }
        if overflowed {
            return self.note(Fault::TooLarge, &title);
        }
        if let Err(fault) = done {
            self.note(fault, &title);
        }
        if self.stopped || bytes.is_empty() && done.is_err() {
            return;
        }
        let member = Member { name: title, bytes };
        self.stopped = self.sink.member(member).is_err();
    }
}
