//! Evidence: sign the state of the ledger, prove one event, and compare every
//! line of the books with the event that recorded it.

use domain::access::Action;
use ledger::checkpoint::Checkpoint;
use ledger::note::{SignerKey, VerifierKey};
use ledger::page::PageProof;
use ledger::{Event, Hash, proof};
use store::log::EventRow;
use store::papers::WitnessedRow;

use crate::act::salted_digest;
use crate::paper_check::check_code;
use crate::{App, AppError, Who, books, clock};

/// Lines compared with their events in one read.
const BATCH_ROWS: i64 = 1_000;

/// A state of the log and its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub checkpoint: Checkpoint,
    /// The C2SP signed note.
    pub note: String,
}

/// One event, proven to stand in a signed log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventProof {
    pub signed: Signed,
    pub index: u64,
    /// Canonical bytes of the event.
    pub leaf: Vec<u8>,
    pub inclusion: Vec<Hash>,
}

/// Whether the log still extends what was signed earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub size: u64,
    pub signed_at: String,
    /// Why not; `None` when it does.
    pub problem: Option<String>,
}

/// Outcome of comparing the books with the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BooksVerified {
    /// Lines that were compared.
    pub lines: u64,
    /// The first line that does not agree; nothing is compared after it.
    pub mismatch: Option<Mismatch>,
}

/// A line that is not as the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub entry: i64,
    pub unit_id: i64,
    pub book: String,
    pub year: i64,
    pub serial: i64,
    pub what: Wrong,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// No event recorded it.
    Unrecorded,
    /// Its words are not those that were recorded.
    Changed,
    /// It is closed without an event, or its reason is another one.
    Closed,
    /// It was closed by an event and stands again.
    Reopened,
    /// An event recorded it and it is no longer there.
    Gone,
}

impl Wrong {
    /// Stable, for messages and scripts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unrecorded => "unrecorded",
            Self::Changed => "changed",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Gone => "gone",
        }
    }
}

impl App {
    /// The key that signs for this installation.
    pub(crate) fn signer_key(&self) -> Result<SignerKey, AppError> {
        Ok(SignerKey::from_seed(
            &self.signer.origin,
            &self.signer.key.to_bytes(),
        )?)
    }

    /// The public key by which everybody verifies this installation's papers.
    pub fn public_key(&self) -> Result<VerifierKey, AppError> {
        Ok(self.signer_key()?.verifier().clone())
    }

    /// Signs the present state of the log and keeps the note. The same state has
    /// the same note.
    ///
    /// # Errors
    /// [`store::StoreError::Ledger`] when the log contradicts what was signed
    /// before: a rewritten log gets no signature.
    pub async fn checkpoint(&self) -> Result<Signed, AppError> {
        let key = self.signer_key()?;
        let at = clock::instant(self.clock.now());
        let mut tx = self.db.begin().await?;
        let (size, root) = tx.log_head().await?;
        if let Some(last) = self.db.checkpoint_last().await? {
            self.extends(&last.note, key.verifier(), size, &root)
                .await?;
        }
        let checkpoint = Checkpoint {
            origin: self.signer.origin.clone(),
            size,
            root,
        };
        let note = checkpoint.sign(&key)?;
        tx.add_checkpoint(seq(size)?, &note, &at).await?;
        tx.commit().await?;
        Ok(Signed { checkpoint, note })
    }

    /// As [`App::checkpoint`], by a person on the ledger page.
    pub async fn sign_now(&self, who: &Who) -> Result<Signed, AppError> {
        who.require(Action::ReadLedger)?;
        self.checkpoint().await
    }

    /// Proves that an event stands in the log as it is now.
    ///
    /// # Errors
    /// [`AppError::Absent`] when there is no such event.
    pub async fn prove(&self, index: u64) -> Result<EventProof, AppError> {
        let event = self.db.event(seq(index)?).await?.ok_or(AppError::Absent)?;
        let signed = self.checkpoint().await?;
        let inclusion = self.db.inclusion(index, signed.checkpoint.size).await?;
        Ok(EventProof {
            signed,
            index,
            leaf: event.bytes,
            inclusion,
        })
    }

    /// Text of the QR code for an event under a signed state that covers it.
    pub(crate) async fn qr_text(
        &self,
        signed: &Signed,
        event: EventRow,
    ) -> Result<String, AppError> {
        let key = self.public_key()?;
        let index = u64::try_from(event.seq).map_err(|_| AppError::Absent)?;
        let inclusion = self.db.inclusion(index, signed.checkpoint.size).await?;
        let text = PageProof {
            checkpoint: signed.checkpoint.clone(),
            key_id: key.id(),
            signature: ledger::note::open(&signed.note, &key)?.signature,
            leaf: event.bytes,
            index,
            inclusion,
        }
        .to_qr_text()?;
        // No paper leaves with a proof that fails.
        check_code(&text, &key)?;
        Ok(text)
    }

    /// Compares every kept checkpoint with the log as it is now, newest first.
    pub async fn agreements(&self, who: &Who) -> Result<Vec<Agreement>, AppError> {
        who.require(Action::ReadLedger)?;
        let key = self.public_key()?;
        let (size, root) = self.db.log_head().await?;
        let mut found = Vec::new();
        for row in self.db.checkpoints().await? {
            let problem = self.extends(&row.note, &key, size, &root).await.err();
            found.push(Agreement {
                size: u64::try_from(row.size).unwrap_or(0),
                signed_at: row.created_at,
                problem: problem.map(|error| error.to_string()),
            });
        }
        Ok(found)
    }

    /// Proves that the log of `size` events extends the one that `note` signed.
    async fn extends(
        &self,
        note: &str,
        key: &VerifierKey,
        size: u64,
        root: &Hash,
    ) -> Result<(), AppError> {
        let old = Checkpoint::open(note, key)?;
        let shorter = |what: &str| {
            AppError::Store(store::StoreError::Ledger {
                seq: seq(old.size).unwrap_or(i64::MAX),
                what: what.to_owned(),
            })
        };
        if old.size > size {
            return Err(shorter("the log is shorter than its last signed state"));
        }
        let path = self.db.consistency(old.size, size).await?;
        proof::verify_consistency(old.size, size, &old.root, root, &path)
            .map_err(|_| shorter("the log contradicts its last signed state"))
    }

    /// Compares every line of every book with the event that recorded it, in
    /// batches; stops at the first line that does not agree.
    pub async fn verify_books(&self) -> Result<BooksVerified, AppError> {
        let mut lines = 0;
        let mut after = 0;
        loop {
            let batch = self.db.witnessed_entries(after, BATCH_ROWS).await?;
            let Some(last) = batch.last() else { break };
            after = last.entry.id;
            for row in &batch {
                lines += 1;
                if let Some(what) = judge(row) {
                    let mismatch = Some(mismatch(row, what));
                    return Ok(BooksVerified { lines, mismatch });
                }
            }
        }
        let mismatch = match self.db.line_gone().await? {
            None => None,
            Some(event) => Some(gone(&event)?),
        };
        Ok(BooksVerified { lines, mismatch })
    }
}

fn seq(index: u64) -> Result<i64, AppError> {
    i64::try_from(index).map_err(|_| AppError::Absent)
}

/// What is wrong with a line, given every event about it.
fn judge(row: &WitnessedRow) -> Option<Wrong> {
    let mut recorded = false;
    let mut closed = None;
    for stored in &row.events {
        let Ok((event, salt)) = Event::decode(&stored.bytes) else {
            return Some(Wrong::Changed);
        };
        let holds = |text: &str| event.fields.get("digest") == Some(&salted_digest(&salt, text));
        match event.kind.as_str() {
            "entry.registered" | "entry.imported" => {
                recorded = true;
                let imported = event.kind == "entry.imported";
                let actor = format!("account:{}", row.entry.created_by);
                if event.actor != actor
                    || imported != row.entry.imported
                    || !holds(&books::entry_text(&row.entry))
                {
                    return Some(Wrong::Changed);
                }
            }
            "entry.voided" | "entry.corrected" => {
                closed = Some(event.kind.clone());
                let by = row
                    .entry
                    .corrected_by_serial
                    .map(|serial| serial.to_string());
                let reason = row.entry.reason.as_deref().unwrap_or_default();
                let same = holds(reason) && event.fields.get("by_serial") == by.as_ref();
                if row.entry.state != "active" && !same {
                    return Some(Wrong::Closed);
                }
            }
            _ => {}
        }
    }
    match (recorded, closed.as_deref(), row.entry.state.as_str()) {
        (false, ..) => Some(Wrong::Unrecorded),
        (_, None, "active")
        | (_, Some("entry.voided"), "voided")
        | (_, Some("entry.corrected"), "corrected") => None,
        (_, Some(_), "active") => Some(Wrong::Reopened),
        _ => Some(Wrong::Closed),
    }
}

fn mismatch(row: &WitnessedRow, what: Wrong) -> Mismatch {
    Mismatch {
        entry: row.entry.id,
        unit_id: row.entry.unit_id,
        book: row.entry.kind.clone(),
        year: row.entry.year,
        serial: row.entry.serial,
        what,
    }
}

fn gone(row: &EventRow) -> Result<Mismatch, AppError> {
    let (event, _) = Event::decode(&row.bytes)?;
    let number = |name: &str| {
        event
            .fields
            .get(name)
            .and_then(|n| n.parse().ok())
            .unwrap_or(0)
    };
    Ok(Mismatch {
        entry: row
            .object
            .strip_prefix("entry:")
            .and_then(|id| id.parse().ok())
            .unwrap_or(0),
        unit_id: 0,
        book: event.fields.get("book").cloned().unwrap_or_default(),
        year: number("year"),
        serial: number("serial"),
        what: Wrong::Gone,
    })
}
