//! Printed pages: the digest of a page's text, and the proof that fits the QR code in its footer.
//!
//! Printing a page appends an event of kind [`PAGE_PRINTED`] whose fields carry the digests ([`event_fields`]). The
//! proof is the signed checkpoint, that event and its audit path: enough to verify the page offline with the public key.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use unicode_normalization::UnicodeNormalization;

use crate::base45;
use crate::checkpoint::Checkpoint;
use crate::digest::{Hash, leaf_hash, sha256};
use crate::error::Error;
use crate::event::Event;
use crate::limits::{KEY_NAME_BYTES_MAX, LOG_SIZE_MAX, PROOF_HASHES_MAX, QR_TEXT_CHARS_MAX};
use crate::note::{self, KeyId, VerifierKey};
use crate::proof::verify_inclusion;
use crate::wire::{Cursor, Cut};

/// Kind of the event that records the printing of a page.
pub const PAGE_PRINTED: &str = "page.printed";

/// Field with the base64 of [`digest`].
pub const FIELD_DIGEST: &str = "digest";

/// Field with the base64 of [`flow_digest`].
pub const FIELD_FLOW: &str = "flow";

/// Start of the text in the QR code.
pub const QR_PREFIX: &str = "KHIEN1:";

/// First byte of a packed page proof.
const VERSION: u8 = 1;

/// What is printed on a page of a book, cell by cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText {
    /// Code of the book.
    pub book: String,
    /// Code of the unit that keeps it.
    pub unit: String,
    /// Year of the book.
    pub year: u32,
    /// Edition of its columns.
    pub edition: String,
    /// Page number.
    pub page: u32,
    /// Cells of each row, left to right, top to bottom.
    pub rows: Vec<Vec<String>>,
}

/// Digest of a page: its head and every cell, each normalised (blanks removed, NFC) and length-prefixed, so that line
/// breaks do not matter and moving text between cells does.
#[must_use]
pub fn digest(page: &PageText) -> Hash {
    let mut bytes = b"khien-page-1\n".to_vec();
    for part in [
        &page.book,
        &page.unit,
        &page.year.to_string(),
        &page.edition,
        &page.page.to_string(),
    ] {
        put_cell(&mut bytes, part);
    }
    put_count(&mut bytes, page.rows.len());
    for row in &page.rows {
        put_count(&mut bytes, row.len());
        row.iter().for_each(|cell| put_cell(&mut bytes, cell));
    }
    sha256(&[&bytes])
}

/// Digest of the running text of a page's rows, without cell borders: for a text layer that no longer tells the cells
/// apart. Weaker than [`digest`]: text moved across the border of two neighbouring cells is not noticed.
#[must_use]
pub fn flow_digest(text: &str) -> Hash {
    sha256(&[b"khien-flow-1\n", normal(text).as_bytes()])
}

/// The fields that an event of kind [`PAGE_PRINTED`] must carry for `page`.
#[must_use]
pub fn event_fields(page: &PageText) -> BTreeMap<String, String> {
    let flow = flow_digest(
        &page
            .rows
            .iter()
            .flatten()
            .map(String::as_str)
            .collect::<String>(),
    );
    BTreeMap::from([
        (FIELD_DIGEST.to_owned(), STANDARD.encode(digest(page))),
        (FIELD_FLOW.to_owned(), STANDARD.encode(flow)),
    ])
}

/// Proof of one printed page, as it stands in the QR code. Nothing in it is trusted before [`PageProof::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProof {
    /// Checkpoint that covers the printing.
    pub checkpoint: Checkpoint,
    /// Identifier of the key that signed it.
    pub key_id: KeyId,
    /// Its Ed25519 signature over the checkpoint text.
    pub signature: [u8; 64],
    /// Canonical bytes of the event.
    pub leaf: Vec<u8>,
    /// Position of the event in the log.
    pub index: u64,
    /// Audit path of the event in the checkpoint.
    pub inclusion: Vec<Hash>,
}

/// A page proof that was verified; only the text of the page is still to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPage {
    /// The checkpoint whose signature held.
    pub checkpoint: Checkpoint,
    /// Position of the printing in the log.
    pub index: u64,
    /// The event of the printing.
    pub event: Event,
    digest: Hash,
    flow: Option<Hash>,
}

impl PageProof {
    /// Builds the proof of a printing and verifies it, so that no page leaves with a proof that fails.
    ///
    /// # Errors
    /// Those of [`Checkpoint::open`] and [`PageProof::verify`].
    pub fn build(
        signed: &str,
        key: &VerifierKey,
        leaf: Vec<u8>,
        index: u64,
        inclusion: Vec<Hash>,
    ) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open(signed, key)?;
        let signature = note::open(signed, key)?.signature;
        let proof = Self {
            checkpoint,
            key_id: key.id(),
            signature,
            leaf,
            index,
            inclusion,
        };
        proof.verify(key)?;
        Ok(proof)
    }

    /// Text for the QR code, all in its alphanumeric set.
    ///
    /// # Errors
    /// `LEDGER-PAGE-TEXT` if the proof is too large for any QR code.
    pub fn to_qr_text(&self) -> Result<String, Error> {
        let too_large = Error::PageText {
            why: "too large for a QR code",
        };
        let Some(bytes) = self.pack() else {
            return Err(too_large);
        };
        let text = format!("{QR_PREFIX}{}", base45::encode(&bytes));
        if text.len() <= QR_TEXT_CHARS_MAX {
            Ok(text)
        } else {
            Err(too_large)
        }
    }

    /// Reads the text of a QR code.
    ///
    /// # Errors
    /// `LEDGER-PAGE-TEXT` if it is not exactly a page proof, `LEDGER-SIZE` if its log size is above the limit.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why| Error::PageText { why };
        if text.len() > QR_TEXT_CHARS_MAX {
            return Err(wrong("too long"));
        }
        let packed = text
            .strip_prefix(QR_PREFIX)
            .ok_or(wrong("does not start with `KHIEN1:`"))?;
        let bytes = base45::decode(packed).ok_or(wrong("not base 45"))?;
        let proof = unpack(&bytes).map_err(|cut| wrong(cut.why))?;
        note::check_key_name(&proof.checkpoint.origin)?;
        if proof.checkpoint.size > LOG_SIZE_MAX {
            return Err(Error::Size {
                size: proof.checkpoint.size,
            });
        }
        Ok(proof)
    }

    /// Verifies signature, inclusion and event, in this order; the error's code tells which failed.
    ///
    /// # Errors
    /// `LEDGER-UNSIGNED` if another key signed it, `LEDGER-SIGNATURE`, `LEDGER-INCLUSION` (or `LEDGER-PROOF-...` if the
    /// proof cannot belong to the sizes), `LEDGER-EVENT-...` or `LEDGER-PAGE-EVENT` if the leaf is no printed page.
    pub fn verify(&self, key: &VerifierKey) -> Result<VerifiedPage, Error> {
        if self.checkpoint.origin != key.name() || self.key_id != key.id() {
            return Err(Error::NoteUnsigned {
                name: key.name().to_owned(),
            });
        }
        key.verify(&self.checkpoint.to_text(), &self.signature)?;
        let Checkpoint { size, root, .. } = &self.checkpoint;
        verify_inclusion(
            &leaf_hash(&self.leaf),
            self.index,
            *size,
            &self.inclusion,
            root,
        )?;
        let (event, _) = Event::decode(&self.leaf)?;
        if event.kind != PAGE_PRINTED {
            return Err(Error::PageEvent {
                why: "the event is of another kind",
            });
        }
        let digest =
            hash_field(&event, FIELD_DIGEST)?.ok_or(Error::PageEvent { why: "no digest" })?;
        let flow = hash_field(&event, FIELD_FLOW)?;
        Ok(VerifiedPage {
            checkpoint: self.checkpoint.clone(),
            index: self.index,
            event,
            digest,
            flow,
        })
    }

    /// `None` if a part is longer than its length field can say.
    fn pack(&self) -> Option<Vec<u8>> {
        let mut out = vec![VERSION, u8::try_from(self.checkpoint.origin.len()).ok()?];
        out.extend_from_slice(self.checkpoint.origin.as_bytes());
        out.extend_from_slice(&self.checkpoint.size.to_be_bytes());
        out.extend_from_slice(&self.checkpoint.root);
        out.extend_from_slice(&self.key_id);
        out.extend_from_slice(&self.signature);
        out.extend_from_slice(&self.index.to_be_bytes());
        out.push(u8::try_from(self.inclusion.len()).ok()?);
        self.inclusion
            .iter()
            .for_each(|hash| out.extend_from_slice(hash));
        out.extend_from_slice(&u16::try_from(self.leaf.len()).ok()?.to_be_bytes());
        out.extend_from_slice(&self.leaf);
        Some(out)
    }
}

impl VerifiedPage {
    /// Compares the cells of a page with those that were printed.
    ///
    /// # Errors
    /// `LEDGER-PAGE-DIGEST` if any cell or the head of the page differs.
    pub fn check_cells(&self, page: &PageText) -> Result<(), Error> {
        if digest(page) == self.digest {
            Ok(())
        } else {
            Err(Error::PageDigest)
        }
    }

    /// Compares the running text of a page's rows (see [`flow_digest`]) with what was printed.
    ///
    /// # Errors
    /// `LEDGER-PAGE-FLOW` if it differs, `LEDGER-PAGE-EVENT` if the printing recorded no running text.
    pub fn check_flow(&self, text: &str) -> Result<(), Error> {
        match self.flow {
            None => Err(Error::PageEvent {
                why: "no digest of the running text",
            }),
            Some(flow) if flow == flow_digest(text) => Ok(()),
            Some(_) => Err(Error::PageFlow),
        }
    }
}

fn unpack(bytes: &[u8]) -> Result<PageProof, Cut> {
    let mut cursor = Cursor::new(bytes);
    if cursor.u8()? != VERSION {
        return Err(cursor.cut("unknown version"));
    }
    let length = usize::from(cursor.u8()?);
    if length > KEY_NAME_BYTES_MAX {
        return Err(cursor.cut("origin is too long"));
    }
    let cut = cursor.cut("origin is not UTF-8");
    let origin = std::str::from_utf8(cursor.take(length)?)
        .map_err(|_| cut)?
        .to_owned();
    let checkpoint = Checkpoint {
        origin,
        size: cursor.u64()?,
        root: cursor.array()?,
    };
    let key_id = cursor.array()?;
    let signature = cursor.array()?;
    let index = cursor.u64()?;
    let count = usize::from(cursor.u8()?);
    if count > PROOF_HASHES_MAX {
        return Err(cursor.cut("too many hashes"));
    }
    let inclusion = (0..count)
        .map(|_| cursor.array())
        .collect::<Result<_, _>>()?;
    let length = usize::from(cursor.u16()?);
    let leaf = cursor.take(length)?.to_vec();
    cursor.end()?;
    Ok(PageProof {
        checkpoint,
        key_id,
        signature,
        leaf,
        index,
        inclusion,
    })
}

fn hash_field(event: &Event, name: &str) -> Result<Option<Hash>, Error> {
    let Some(text) = event.fields.get(name) else {
        return Ok(None);
    };
    let mut hash = Hash::default();
    match STANDARD.decode_slice(text, &mut hash) {
        Ok(32) => Ok(Some(hash)),
        _ => Err(Error::PageEvent {
            why: "a digest is not base64 of 32 bytes",
        }),
    }
}

/// Removes blanks and invisible characters, then composes (Unicode NFC).
fn normal(text: &str) -> String {
    text.chars()
        .filter(|letter| !is_blank(*letter))
        .nfc()
        .collect()
}

/// Unicode `White_Space`, and the invisible characters that typesetters put between words and lines.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
        )
}

fn put_cell(out: &mut Vec<u8>, cell: &str) {
    let cell = normal(cell);
    put_count(out, cell.len());
    out.extend_from_slice(cell.as_bytes());
}

/// A count as 32 bits: a page has never as many cells or bytes as that could not say.
fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}
