//! Checkpoints (C2SP tlog-checkpoint): what a log promises about its content, in three lines of text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::digest::{Hash, empty_root};
use crate::error::Error;
use crate::limits::LOG_SIZE_MAX;
use crate::note::{self, SignerKey, VerifierKey};

/// The state of a log at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log, which is also the name of its key.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root over those leaves.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed: origin, size and base64 root, each on its line.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root)
        )
    }

    /// Reads the text of a checkpoint. Extension lines are allowed and not kept, as C2SP tlog-checkpoint defines none.
    ///
    /// # Errors
    /// `LEDGER-CHECKPOINT-TEXT` if it is not one, `LEDGER-SIZE` if its size is above the limit.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why| Error::CheckpointText { why };
        let body = text
            .strip_suffix('\n')
            .ok_or(wrong("the last line does not end in a newline"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(wrong("fewer than three lines"));
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(wrong("an empty line"));
        }
        let number: u64 = size
            .parse()
            .map_err(|_| wrong("the size is not a number"))?;
        if number.to_string() != size {
            return Err(wrong("the size is not written in the shortest way"));
        }
        if number > LOG_SIZE_MAX {
            return Err(Error::Size { size: number });
        }
        let mut hash = Hash::default();
        match STANDARD.decode_slice(root, &mut hash) {
            Ok(32) => {}
            _ => return Err(wrong("the root is not base64 of 32 bytes")),
        }
        if number == 0 && hash != empty_root() {
            return Err(wrong(
                "the root of an empty log is not the one of an empty log",
            ));
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: number,
            root: hash,
        })
    }

    /// The checkpoint as a note signed by the key of its log.
    ///
    /// # Errors
    /// `LEDGER-CHECKPOINT-ORIGIN` if the key is of another log, `LEDGER-SIZE` if the size is above the limit.
    pub fn sign(&self, key: &SignerKey) -> Result<String, Error> {
        self.check_origin(key.verifier())?;
        if self.size > LOG_SIZE_MAX {
            return Err(Error::Size { size: self.size });
        }
        key.sign(&self.to_text())
    }

    /// Opens a signed checkpoint of the log that `key` belongs to.
    ///
    /// # Errors
    /// Those of [`note::open`] and [`Checkpoint::parse`]; `LEDGER-CHECKPOINT-ORIGIN` if it is of another log.
    pub fn open(signed: &str, key: &VerifierKey) -> Result<Self, Error> {
        let checkpoint = Self::parse(note::open(signed, key)?.text)?;
        checkpoint.check_origin(key)?;
        Ok(checkpoint)
    }

    fn check_origin(&self, key: &VerifierKey) -> Result<(), Error> {
        if self.origin == key.name() {
            return Ok(());
        }
        Err(Error::CheckpointOrigin {
            expected: key.name().to_owned(),
            found: self.origin.clone(),
        })
    }
}
