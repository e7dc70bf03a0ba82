//! The library: acts, the unit's own instruments, catalogues of secrets (danh
//! mục), and the check of what a document cites.
//!
//! ```text
//!   words ──search──► acts, instruments, items; best first, nothing decided
//!   document ──citations──► each citation against the library
//!   draft ──instrument──► a line of the register, or why not
//!   rows of a file ──catalogue──► items with their place, or every broken row
//! ```
//!
//! Number and date together name an act: two directives are both 02/CT-TTg.

pub mod catalogue;
pub mod citations;
pub mod instrument;
mod marks;
pub mod search;
