//! Where every copy of a document is, who holds it and since when (Luật
//! 29/2018/QH14 Điều 12-13; Luật 117/2025/QH15 Điều 13).
//!
//! Double entry: every move takes a copy from one holder and gives it to
//! another, so the sum over all holders, the press and the sender included, is
//! zero at every moment. A copy that is out cannot be given a second time.
//!
//! ```text
//!   issued / received / copied ──► at the unit ──transfer──► person or body ──return──► at the unit
//! ```

mod decide;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{make_copies, open, transfer};
pub use state::{
    CopyForm, CopyPermit, DocumentFacts, HeldCopy, Holder, HolderKind, Move, NewCopy, PermitDraft,
    Permitted, TransferDraft, Transferred,
};
