//! Evidence: an append-only Merkle log (RFC 6962) over canonical, salted events, signed checkpoints (C2SP signed
//! note and tlog-checkpoint, Ed25519), proofs, and their verification with the public key alone.
//!
//! Pure: bytes in, bytes out. No I/O, no clock, no randomness (the salt and the keys are arguments). Verification
//! treats everything it reads as hostile and bounds it by [`limits`].
//!
//! The byte formats are written down in `docs/LEDGER-FORMAT.md`; a second verifier lives in `tests/second_verifier`.
//!
//! | to | use |
//! |---|---|
//! | turn an act into a leaf | [`event::Event::encode`] |
//! | append | [`frontier::Frontier::append`] |
//! | make a proof from stored hashes | [`proof::inclusion_plan`], [`proof::consistency_plan`], [`proof::resolve`] |
//! | sign and open a checkpoint | [`checkpoint::Checkpoint`] |
//! | prove a printed page | [`page::PageProof`] |
//! | verify an exported ledger | [`export::ExportVerifier`] |

mod base45;
pub mod checkpoint;
pub mod digest;
pub mod error;
pub mod event;
pub mod export;
pub mod frontier;
pub mod limits;
pub mod memory;
pub mod note;
pub mod page;
pub mod proof;
mod wire;

pub use digest::Hash;
pub use error::Error;
pub use event::Event;
pub use frontier::Frontier;
