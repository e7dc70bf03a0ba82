//! Every limit of the ledger formats. A reader refuses what is above them before it allocates.

/// Largest number of leaves of a log: proofs then have at most [`PROOF_HASHES_MAX`] hashes, and a size fits a signed
/// 64-bit integer of either database.
pub const LOG_SIZE_MAX: u64 = (1 << 63) - 1;

/// Most hashes in one inclusion or consistency proof (C2SP tlog-witness allows 63 proof lines).
pub const PROOF_HASHES_MAX: usize = 63;

/// Longest canonical event, in bytes.
pub const EVENT_BYTES_MAX: usize = 65_535;

/// Longest kind of an event and longest key of a field, in bytes.
pub const EVENT_NAME_BYTES_MAX: usize = 64;

/// Longest actor or object of an event, in bytes.
pub const EVENT_IDENTIFIER_BYTES_MAX: usize = 256;

/// Longest value of a field, in bytes.
pub const EVENT_VALUE_BYTES_MAX: usize = 4_096;

/// Most fields of one event.
pub const EVENT_FIELDS_MAX: usize = 64;

/// Longest name of a key (the name of a log), in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 128;

/// Longest signed note, in bytes: room for sixteen post-quantum signatures, which C2SP asks a reader to accept.
pub const NOTE_BYTES_MAX: usize = 131_072;

/// Most signature lines of one signed note.
pub const NOTE_SIGNATURES_MAX: usize = 32;

/// Longest text of a page proof, in characters: what the largest QR code holds in alphanumeric mode (ISO/IEC 18004,
/// version 40-L).
pub const QR_TEXT_CHARS_MAX: usize = 4_296;

/// Longest line of an exported ledger, in bytes: an event of [`EVENT_BYTES_MAX`] in base64 and its mark.
pub const EXPORT_LINE_BYTES_MAX: usize = EVENT_BYTES_MAX.div_ceil(3) * 4 + 1;
