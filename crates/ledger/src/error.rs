//! The one error of this crate: what was refused, with a stable code and, where a person can do something, a remedy.

/// Why a ledger function refused its input. Texts never quote the content of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A part of an event is longer than its limit.
    #[error("{part} of the event has {found}, at most {max} are allowed")]
    EventLimit {
        part: &'static str,
        found: usize,
        max: usize,
    },
    /// A kind or field key is empty or has other characters than `a-z 0-9 . _ -`.
    #[error("{part} of the event is not a name of `a-z`, `0-9`, `.`, `_`, `-`")]
    EventName { part: &'static str },
    /// The instant of an event is not UTC RFC 3339 ending in `Z`.
    #[error("the instant of the event is not UTC RFC 3339 ending in `Z`")]
    EventTime,
    /// The bytes are not the canonical encoding of any event.
    #[error("not a canonical event: {why} at byte {at}")]
    EventBytes { why: &'static str, at: usize },
    /// A log size above [`crate::limits::LOG_SIZE_MAX`].
    #[error("log size {size} is above the limit")]
    Size { size: u64 },
    /// The stored right edge of a log does not fit its size.
    #[error("stored frontier is damaged: {why}")]
    FrontierBytes { why: &'static str },
    /// A leaf position outside the log.
    #[error("entry {index} is not in a log of {size} entries")]
    ProofIndex { index: u64, size: u64 },
    /// A consistency proof asked from a larger to a smaller log.
    #[error("a log of {new} entries cannot extend one of {old}")]
    ProofOrder { old: u64, new: u64 },
    /// More or fewer hashes than the sizes demand.
    #[error("the proof has {found} hashes, which does not fit the sizes")]
    ProofLength { found: usize },
    /// The leaf is not in the log with this root, at this position.
    #[error("inclusion: the entry does not lead to the root of the checkpoint")]
    Inclusion,
    /// The old root cannot be derived from the proof.
    #[error("consistency: the proof does not lead to the earlier root")]
    ConsistencyOld,
    /// The new root cannot be derived from the proof: the new log does not extend the old one.
    #[error("consistency: the proof does not lead to the later root")]
    ConsistencyNew,
    /// A key name that C2SP signed-note forbids.
    #[error("key name is empty, too long, or has a blank, a control character or `+`")]
    KeyName,
    /// A public key text that is not `name+hex8+base64` of an Ed25519 key.
    #[error("not a public key text: {why}")]
    KeyText { why: &'static str },
    /// A text that is not a C2SP signed note.
    #[error("not a signed note: {why}")]
    NoteText { why: &'static str },
    /// No signature of the wanted key.
    #[error("not signed by `{name}`")]
    NoteUnsigned { name: String },
    /// A signature of the wanted key that does not hold.
    #[error("signature: the signature of `{name}` does not hold")]
    NoteSignature { name: String },
    /// A text that is not a C2SP checkpoint.
    #[error("not a checkpoint: {why}")]
    CheckpointText { why: &'static str },
    /// A checkpoint of another log than the key's.
    #[error("the checkpoint is of log `{found}`, the key of `{expected}`")]
    CheckpointOrigin { expected: String, found: String },
    /// A QR text that is not a page proof.
    #[error("not a page proof: {why}")]
    PageText { why: &'static str },
    /// The proven event is not the printing of a page, or lacks its digest.
    #[error("the proven entry is not a printed page: {why}")]
    PageEvent { why: &'static str },
    /// The cells of the page are not the cells that were printed.
    #[error("digest: the text of the page is not the text that was printed")]
    PageDigest,
    /// The text layer of the page is not the text that was printed.
    #[error("digest: the running text of the page is not the text that was printed")]
    PageFlow,
    /// A line of an exported ledger that cannot be read.
    #[error("line {line}: {why}")]
    ExportLine { line: u64, why: &'static str },
    /// A leaf of an exported ledger that is not a canonical event.
    #[error("line {line}: unreadable entry")]
    ExportLeaf {
        line: u64,
        #[source]
        source: Box<Error>,
    },
    /// The export has more or fewer leaves than its checkpoint says.
    #[error("the export has {found} entries, its checkpoint says {expected}")]
    ExportSize { found: u64, expected: u64 },
    /// The leaves do not lead to the signed root.
    #[error("the entries do not lead to the root of the signed checkpoint")]
    ExportRoot,
    /// The export contradicts a checkpoint that was witnessed earlier.
    #[error("the entries contradict the checkpoint witnessed at size {size}")]
    ExportWitness { size: u64 },
}

impl Error {
    /// Stable code for scripts and for the manual.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EventLimit { .. } => "LEDGER-EVENT-LIMIT",
            Self::EventName { .. } => "LEDGER-EVENT-NAME",
            Self::EventTime => "LEDGER-EVENT-TIME",
            Self::EventBytes { .. } => "LEDGER-EVENT-BYTES",
            Self::Size { .. } => "LEDGER-SIZE",
            Self::FrontierBytes { .. } => "LEDGER-FRONTIER",
            Self::ProofIndex { .. } => "LEDGER-PROOF-INDEX",
            Self::ProofOrder { .. } => "LEDGER-PROOF-ORDER",
            Self::ProofLength { .. } => "LEDGER-PROOF-LENGTH",
            Self::Inclusion => "LEDGER-INCLUSION",
            Self::ConsistencyOld => "LEDGER-CONSISTENCY-OLD",
            Self::ConsistencyNew => "LEDGER-CONSISTENCY-NEW",
            Self::KeyName => "LEDGER-KEY-NAME",
            Self::KeyText { .. } => "LEDGER-KEY-TEXT",
            Self::NoteText { .. } => "LEDGER-NOTE-TEXT",
            Self::NoteUnsigned { .. } => "LEDGER-UNSIGNED",
            Self::NoteSignature { .. } => "LEDGER-SIGNATURE",
            Self::CheckpointText { .. } => "LEDGER-CHECKPOINT-TEXT",
            Self::CheckpointOrigin { .. } => "LEDGER-CHECKPOINT-ORIGIN",
            Self::PageText { .. } => "LEDGER-PAGE-TEXT",
            Self::PageEvent { .. } => "LEDGER-PAGE-EVENT",
            Self::PageDigest => "LEDGER-PAGE-DIGEST",
            Self::PageFlow => "LEDGER-PAGE-FLOW",
            Self::ExportLine { .. } => "LEDGER-EXPORT-LINE",
            Self::ExportLeaf { .. } => "LEDGER-EXPORT-ENTRY",
            Self::ExportSize { .. } => "LEDGER-EXPORT-SIZE",
            Self::ExportRoot => "LEDGER-EXPORT-ROOT",
            Self::ExportWitness { .. } => "LEDGER-EXPORT-WITNESS",
        }
    }

    /// What the reader of the message can do, if anything.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoteUnsigned { .. }
            | Self::NoteSignature { .. }
            | Self::CheckpointOrigin { .. } => {
                Some("check that the public key is the one of the unit that issued the checkpoint")
            }
            Self::KeyText { .. } => {
                Some("expected `name+hex8+base64`, as `khien ledger checkpoint` prints it")
            }
            Self::PageText { .. } => {
                Some("read the whole QR code again; its text starts with `KHIEN1:`")
            }
            Self::PageDigest | Self::PageFlow => {
                Some("compare the page with the book: at least one cell was changed after printing")
            }
            Self::ExportSize { .. } | Self::ExportRoot | Self::ExportWitness { .. } => Some(
                "entries were removed, added or changed; compare with an earlier export or printed checkpoint",
            ),
            Self::FrontierBytes { .. } => {
                Some("rebuild it from the stored entries with `khien doctor`")
            }
            _ => None,
        }
    }
}
