//! An exported ledger: every leaf, one a line, and the signed checkpoint. Verified offline with the public key alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::Checkpoint;
use crate::digest::{Hash, leaf_hash};
use crate::error::Error;
use crate::event::Event;
use crate::frontier::Frontier;
use crate::limits::{EXPORT_LINE_BYTES_MAX, NOTE_BYTES_MAX};
use crate::note::VerifierKey;

/// First line of an export. After the last record follow an empty line and the signed checkpoint.
pub const HEADER: &str = "khien-ledger-1";

/// One leaf of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The canonical bytes of an event.
    Kept(Vec<u8>),
    /// The leaf hash of an event that was lawfully destroyed.
    Destroyed(Hash),
}

impl Record {
    /// The line of this leaf, without newline: `+` and base64 of the bytes, or `#` and base64 of the hash.
    #[must_use]
    pub fn to_line(&self) -> String {
        match self {
            Self::Kept(bytes) => format!("+{}", STANDARD.encode(bytes)),
            Self::Destroyed(hash) => format!("#{}", STANDARD.encode(hash)),
        }
    }

    /// Hash of the leaf.
    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        match self {
            Self::Kept(bytes) => leaf_hash(bytes),
            Self::Destroyed(hash) => *hash,
        }
    }

    fn parse(line: &[u8]) -> Result<Self, &'static str> {
        let (mark, text) = line.split_first().ok_or("an empty record")?;
        let bytes = STANDARD.decode(text).map_err(|_| "not base64")?;
        match mark {
            b'+' => Ok(Self::Kept(bytes)),
            b'#' => Ok(Self::Destroyed(
                bytes.try_into().map_err(|_| "a leaf hash has 32 bytes")?,
            )),
            _ => Err("a record starts with `+` or `#`"),
        }
    }
}

/// What a verified export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The checkpoint whose signature held and whose root the leaves give.
    pub checkpoint: Checkpoint,
    /// Readable events.
    pub events: u64,
    /// Leaves of which only the hash is kept.
    pub destroyed: u64,
    /// Earlier checkpoints that were compared and agree.
    pub witnessed: usize,
}

/// Reads an export line by line, so that a large one need not be in memory.
#[derive(Debug)]
pub struct ExportVerifier<'a> {
    key: &'a VerifierKey,
    witnessed: &'a [Checkpoint],
    frontier: Frontier,
    line: u64,
    destroyed: u64,
    note: Option<String>,
}

impl<'a> ExportVerifier<'a> {
    /// Verifies against `key` and against `witnessed`: checkpoints of this log that someone else kept, on paper or
    /// in an earlier export. Without one, a log rewritten by the holder of the key cannot be told from an honest one.
    ///
    /// # Errors
    /// `LEDGER-CHECKPOINT-ORIGIN` if a witnessed checkpoint is of another log.
    pub fn new(key: &'a VerifierKey, witnessed: &'a [Checkpoint]) -> Result<Self, Error> {
        if let Some(other) = witnessed
            .iter()
            .find(|checkpoint| checkpoint.origin != key.name())
        {
            return Err(Error::CheckpointOrigin {
                expected: key.name().to_owned(),
                found: other.origin.clone(),
            });
        }
        let verifier = Self {
            key,
            witnessed,
            frontier: Frontier::new(),
            line: 0,
            destroyed: 0,
            note: None,
        };
        verifier.check_witnessed()?;
        Ok(verifier)
    }

    /// Takes the next line, without its newline.
    ///
    /// # Errors
    /// `LEDGER-EXPORT-LINE` or `LEDGER-EXPORT-ENTRY` if it cannot be read, `LEDGER-EXPORT-WITNESS` if the leaves so far
    /// contradict a witnessed checkpoint.
    pub fn line(&mut self, line: &[u8]) -> Result<(), Error> {
        self.line = self.line.saturating_add(1);
        if line.len() > EXPORT_LINE_BYTES_MAX {
            return Err(self.refused("too long"));
        }
        if self.line == 1 {
            return if line == HEADER.as_bytes() {
                Ok(())
            } else {
                Err(self.refused("not an exported ledger"))
            };
        }
        if let Some(note) = &mut self.note {
            let text = std::str::from_utf8(line)
                .ok()
                .filter(|text| note.len() + text.len() < NOTE_BYTES_MAX);
            let Some(text) = text else {
                return Err(self.refused("the checkpoint is too long or not UTF-8"));
            };
            note.push_str(text);
            note.push('\n');
            return Ok(());
        }
        if line.is_empty() {
            self.note = Some(String::new());
            return Ok(());
        }
        let record = Record::parse(line).map_err(|why| self.refused(why))?;
        match &record {
            Record::Kept(bytes) => {
                let leaf = |source| Error::ExportLeaf {
                    line: self.line,
                    source: Box::new(source),
                };
                Event::decode(bytes).map_err(leaf)?;
            }
            Record::Destroyed(_) => self.destroyed += 1,
        }
        self.frontier.append(record.leaf_hash())?;
        self.check_witnessed()
    }

    /// Verifies the signed checkpoint against all leaves.
    ///
    /// # Errors
    /// Those of [`Checkpoint::open`]; `LEDGER-EXPORT-SIZE`, `LEDGER-EXPORT-ROOT`, `LEDGER-EXPORT-WITNESS` if the leaves
    /// are not what was signed or witnessed.
    pub fn finish(self) -> Result<Report, Error> {
        let note = self
            .note
            .as_deref()
            .ok_or_else(|| self.refused("the file ends before its checkpoint"))?;
        let checkpoint = Checkpoint::open(note, self.key)?;
        let size = self.frontier.size();
        if checkpoint.size != size {
            return Err(Error::ExportSize {
                found: size,
                expected: checkpoint.size,
            });
        }
        if checkpoint.root != self.frontier.root() {
            return Err(Error::ExportRoot);
        }
        if let Some(later) = self
            .witnessed
            .iter()
            .find(|witnessed| witnessed.size > size)
        {
            return Err(Error::ExportWitness { size: later.size });
        }
        Ok(Report {
            checkpoint,
            events: size.saturating_sub(self.destroyed),
            destroyed: self.destroyed,
            witnessed: self.witnessed.len(),
        })
    }

    fn check_witnessed(&self) -> Result<(), Error> {
        let size = self.frontier.size();
        let contradicts = |witnessed: &&Checkpoint| {
            witnessed.size == size && witnessed.root != self.frontier.root()
        };
        match self.witnessed.iter().find(contradicts) {
            Some(_) => Err(Error::ExportWitness { size }),
            None => Ok(()),
        }
    }

    fn refused(&self, why: &'static str) -> Error {
        Error::ExportLine {
            line: self.line,
            why,
        }
    }
}

/// Verifies an export that is in memory; see [`ExportVerifier`].
///
/// # Errors
/// Those of [`ExportVerifier`]; `LEDGER-EXPORT-LINE` if the last line has no newline.
pub fn verify_export(
    bytes: &[u8],
    key: &VerifierKey,
    witnessed: &[Checkpoint],
) -> Result<Report, Error> {
    let mut verifier = ExportVerifier::new(key, witnessed)?;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let complete = line
            .strip_suffix(b"\n")
            .ok_or_else(|| verifier.refused("the last line is cut off"))?;
        verifier.line(complete)?;
    }
    verifier.finish()
}
