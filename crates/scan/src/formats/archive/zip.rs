//! ZIP, read by our own eyes: the libraries keep one entry of two that have the same name, trust the
//! directory alone, and so miss what a file hides between its entries.

use super::{Fault, drain, name, number};
use crate::content::{Member, Piece, Place, Sink, Stop};
use crate::limits::{ENTRIES_MAX, Limits};
use crate::report::Reason;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::collections::BTreeMap;

/// Longest comment that the end of the directory may carry, and the end itself.
const END_BYTES_MAX: usize = 22 + 65_535;

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    method: u16,
    flags: u16,
    stored: u64,
    size: u64,
    crc: u32,
    /// Where its local header stands.
    header: usize,
    /// Found between entries, not in the directory.
    hidden: bool,
}

impl Entry {
    /// A folder, which has no bytes of its own.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/') && self.stored <= 2
    }
}

/// An open archive.
pub struct Zip<'b> {
    bytes: &'b [u8],
    pub entries: Vec<Entry>,
    /// Entries lie over one another, or the directory does not say the truth.
    pub crooked: bool,
    /// More entries than are looked at.
    pub cut: bool,
    pub comment: String,
}

impl<'b> Zip<'b> {
    /// Opens an archive by its directory, or by its local headers where the directory is missing.
    #[must_use]
    pub fn open(bytes: &'b [u8]) -> Self {
        let mut zip = Self {
            bytes,
            entries: Vec::new(),
            crooked: false,
            cut: false,
            comment: String::new(),
        };
        if let Some((from, to, base)) = zip.directory() {
            zip.central(from, to, base);
        }
        if zip.entries.is_empty() {
            zip.sweep(0, bytes.len());
            // An empty archive is only its end.
            zip.crooked = !(zip.entries.is_empty() && bytes.starts_with(b"PK\x05\x06"));
        } else {
            zip.gaps();
        }
        zip
    }

    /// Where the directory stands, where it ends, and how many bytes were put before the archive.
    fn directory(&mut self) -> Option<(usize, usize, usize)> {
        let bytes = self.bytes;
        let tail = bytes.len().saturating_sub(END_BYTES_MAX);
        let end = bytes
            .get(tail..)?
            .windows(4)
            .rposition(|four| four == b"PK\x05\x06")?
            + tail;
        let comment = usize::try_from(number::<2>(bytes, end + 20)?).ok()?;
        self.comment = name(bytes.get(end + 22..end + 22 + comment).unwrap_or(&[]));
        let mut size = number::<4>(bytes, end + 12)?;
        let mut offset = number::<4>(bytes, end + 16)?;
        let mut stop = end;
        if size == 0xffff_ffff || offset == 0xffff_ffff {
            let locator = end.checked_sub(20)?;
            let large = usize::try_from(number::<8>(bytes, locator + 8)?).ok()?;
            if bytes.get(large..large.checked_add(4)?) == Some(b"PK\x06\x06") {
                size = number::<8>(bytes, large + 40)?;
                offset = number::<8>(bytes, large + 48)?;
                stop = large;
            }
        }
        let (size, offset) = (usize::try_from(size).ok()?, usize::try_from(offset).ok()?);
        let is_entry = |at: usize| bytes.get(at..at.saturating_add(4)) == Some(b"PK\x01\x02");
        if is_entry(offset) {
            return Some((offset, stop, 0));
        }
        let shifted = stop.checked_sub(size)?;
        is_entry(shifted).then_some((shifted, stop, shifted.checked_sub(offset)?))
    }

    fn central(&mut self, from: usize, to: usize, base: usize) {
        let bytes = self.bytes;
        let mut at = from;
        while bytes.get(at..at.saturating_add(4)) == Some(b"PK\x01\x02") && at < to {
            if self.entries.len() >= ENTRIES_MAX {
                self.cut = true;
                return;
            }
            let Some((entry, next)) = central_entry(bytes, at, base) else {
                self.crooked = true;
                return;
            };
            self.entries.push(entry);
            at = next;
        }
        self.crooked |= at != to
            && !bytes
                .get(at..)
                .is_some_and(|rest| rest.starts_with(b"PK\x05\x05"));
    }

    /// Looks between the entries, and whether they lie over one another.
    fn gaps(&mut self) {
        let mut ends: Vec<(usize, usize)> = self
            .entries
            .iter()
            .map(|entry| {
                let start = data_start(self.bytes, entry.header).unwrap_or(entry.header);
                let stored = usize::try_from(entry.stored).unwrap_or(usize::MAX);
                (entry.header, start.saturating_add(stored))
            })
            .collect();
        ends.sort_unstable();
        let mut at = 0usize;
        for (header, end) in ends {
            if header < at {
                self.crooked = true;
            } else {
                self.sweep(at, header);
            }
            at = at.max(end);
        }
    }

    /// Entries by their local headers alone.
    fn sweep(&mut self, from: usize, to: usize) {
        let bytes = self.bytes;
        let mut at = from;
        while let Some(found) = bytes
            .get(at..to)
            .filter(|gap| gap.len() > 30)
            .and_then(|gap| gap.windows(4).position(|four| four == b"PK\x03\x04"))
        {
            let header = at + found;
            at = header + 4;
            let Some(entry) = local_entry(bytes, header) else {
                continue;
            };
            if self.entries.len() >= ENTRIES_MAX {
                self.cut = true;
                return;
            }
            if let Some(start) = data_start(bytes, header) {
                let stored = usize::try_from(entry.stored).unwrap_or(usize::MAX);
                at = start.saturating_add(stored).max(at);
            }
            self.entries.push(entry);
        }
    }

    /// The bytes of an entry.
    ///
    /// # Errors
    /// [`Fault`] if it is encrypted, damaged, too large, compressed by an unknown method, or the
    /// sink has had enough.
    pub fn data(&self, entry: &Entry, limit: u64, sink: &mut dyn Sink) -> Result<Vec<u8>, Fault> {
        let mut out = Vec::new();
        self.data_into(entry, limit, &mut out, sink)?;
        Ok(out)
    }

    fn data_into(
        &self,
        entry: &Entry,
        limit: u64,
        out: &mut Vec<u8>,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        const ENCRYPTED: u16 = 1;
        const AES: u16 = 99;
        if entry.flags & ENCRYPTED != 0 || entry.method == AES {
            return Err(Fault::Encrypted);
        }
        if entry.size > limit {
            return Err(Fault::TooLarge);
        }
        let start = data_start(self.bytes, entry.header).ok_or(Fault::Damaged)?;
        let rest = self.bytes.get(start..).ok_or(Fault::Damaged)?;
        let stored = usize::try_from(entry.stored).map_err(|_| Fault::Damaged)?;
        let whole = rest.get(..stored);
        // Without a directory the length may stand only behind the data.
        let mut packed = if entry.hidden && stored == 0 {
            rest
        } else {
            whole.unwrap_or(rest)
        };
        let done = match entry.method {
            0 => drain(&mut packed, limit, out, sink),
            8 => drain(&mut DeflateDecoder::new(packed), limit, out, sink),
            93 => super::pack::frames(packed, limit, out, sink),
            _ => Err(Fault::UnknownType),
        };
        done?;
        let known = !entry.hidden || entry.stored > 0;
        let mut crc = Crc::new();
        crc.update(out);
        if whole.is_none() || known && (crc.sum() != entry.crc || out.len() as u64 != entry.size) {
            return Err(Fault::Damaged);
        }
        Ok(())
    }
}

fn central_entry(bytes: &[u8], at: usize, base: usize) -> Option<(Entry, usize)> {
    let small = |offset: usize| number::<2>(bytes, at + offset).and_then(|n| u16::try_from(n).ok());
    let length = |offset: usize| small(offset).map(usize::from);
    let (name_length, extra_length, comment_length) = (length(28)?, length(30)?, length(32)?);
    let name_end = at + 46 + name_length;
    let raw = bytes.get(at + 46..name_end)?;
    let extra = bytes.get(name_end..name_end + extra_length)?;
    let mut size = number::<4>(bytes, at + 24)?;
    let mut stored = number::<4>(bytes, at + 20)?;
    let mut header = number::<4>(bytes, at + 42)?;
    if let Some(large) = extra_field(extra, 1) {
        let mut from = 0;
        for value in [&mut size, &mut stored, &mut header] {
            if *value == 0xffff_ffff {
                *value = number::<8>(large, from)?;
                from += 8;
            }
        }
    }
    let entry = Entry {
        name: name(raw),
        method: small(10)?,
        flags: small(8)?,
        stored,
        size,
        crc: u32::try_from(number::<4>(bytes, at + 16)?).ok()?,
        header: usize::try_from(header).ok()?.checked_add(base)?,
        hidden: false,
    };
    Some((entry, name_end + extra_length + comment_length))
}

/// The field of the given kind among the extra fields.
fn extra_field(extra: &[u8], kind: u64) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        let length = usize::try_from(number::<2>(extra, at + 2)?).ok()?;
        let data = extra.get(at + 4..at + 4 + length)?;
        if number::<2>(extra, at)? == kind {
            return Some(data);
        }
        at += 4 + length;
    }
}

fn local_entry(bytes: &[u8], at: usize) -> Option<Entry> {
    let small = |offset: usize| number::<2>(bytes, at + offset).and_then(|n| u16::try_from(n).ok());
    let name_length = usize::from(small(26)?);
    Some(Entry {
        name: name(bytes.get(at + 30..at + 30 + name_length)?),
        method: small(8)?,
        flags: small(6)?,
        stored: number::<4>(bytes, at + 18)?,
        size: number::<4>(bytes, at + 22)?,
        crc: u32::try_from(number::<4>(bytes, at + 14)?).ok()?,
        header: at,
        hidden: true,
    })
}

/// Where the data of an entry begins, by its local header.
fn data_start(bytes: &[u8], header: usize) -> Option<usize> {
    if bytes.get(header..header.checked_add(4)?)? != b"PK\x03\x04" {
        return None;
    }
    let name_length = usize::try_from(number::<2>(bytes, header + 26)?).ok()?;
    let extra_length = usize::try_from(number::<2>(bytes, header + 28)?).ok()?;
    Some(header + 30 + name_length + extra_length)
}

/// Reads an archive: every entry is a member, also those of equal names and those that no directory names.
///
/// # Errors
/// [`Stop`] when the sink has had enough.
pub fn read(bytes: &[u8], limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let zip = Zip::open(bytes);
    faults(&zip, sink);
    if !zip.comment.trim().is_empty() {
        sink.piece(Piece::new(Place::Property, zip.comment.trim()))?;
    }
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in zip.entries.iter().filter(|entry| !entry.is_folder()) {
        let count = names.entry(&entry.name).or_default();
        *count += 1;
        let name = if *count > 1 {
            format!("{} ({count})", entry.name)
        } else {
            entry.name.clone()
        };
        let mut data = Vec::new();
        let done = zip.data_into(entry, limits.file_bytes, &mut data, sink);
        if let Err(fault) = done {
            fault.note(&name, sink)?;
        }
        // A part of a file still shows what it is.
        if done.is_ok() || done == Err(Fault::Damaged) && !data.is_empty() {
            sink.member(Member { name, bytes: data })?;
        } else {
            // The name alone may say it; an empty file of that name is judged by it.
            sink.piece(Piece::new(Place::Label, name))?;
        }
    }
    Ok(())
}

/// Notes what is wrong with the archive as a whole.
pub fn faults(zip: &Zip<'_>, sink: &mut dyn Sink) {
    if zip.crooked {
        sink.missed(Reason::Damaged, "directory");
    }
    if zip.cut {
        sink.missed(Reason::TooLarge, "directory");
    }
}
