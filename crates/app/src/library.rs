//! The library: acts of the law pack, the unit's own instruments, catalogues of secrets
//! and their items, what a document cites.
//!
//! Everybody who may ask the law may read here; who writes the unit's books also keeps
//! its register of instruments and its catalogues.

mod acts;
mod catalogues;
mod check;
mod cited;
mod import;
mod instruments;

pub use acts::{ActAsk, ActLine, ActPage, ActsFound, key_of};
pub use catalogues::{CatalogueLine, CataloguePage, ItemHit, ItemsAsk, ItemsFound};
pub use check::CheckedFile;
pub use cited::Cited;
pub use import::{CatalogueAsk, CatalogueReport, UnitCataloguePage};
pub use instruments::{Attached, Ending, InstrumentAsk, in_force};

/// Items shown of one search.
pub const HITS_MAX: usize = 50;
/// Catalogues of units whose folded items are kept at hand.
const CATALOGUES_AT_HAND_MAX: usize = 500;

/// The last part of a path, composed, without control characters, bounded.
pub(crate) fn plain_name(file_name: &str) -> String {
    let last = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = vanban::text::nfc(last)
        .chars()
        .filter(|c| !c.is_control())
        .take(crate::limits::FILE_NAME_CHARS_MAX)
        .collect();
    name.trim().to_owned()
}
