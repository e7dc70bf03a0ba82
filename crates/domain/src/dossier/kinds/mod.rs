//! The kinds of dossier, one file for each group of acts.

mod catalogues;
mod classification;
mod delivery;
mod destruction;
mod holdings;
mod meetings;
mod provision;
mod publication;
mod stamps;
mod term;

use super::Kind;

/// Every kind, in the order of the life of a secret.
pub static KINDS: &[&Kind] = &[
    &classification::CLASSIFY,
    &classification::UNDETERMINED,
    &classification::CITE_ITEM,
    &delivery::DISPATCH,
    &delivery::RECEIPT,
    &delivery::RECALL,
    &provision::EXTRACT,
    &provision::PHOTOGRAPH,
    &provision::SURPLUS,
    &provision::PROVIDE,
    &provision::PROVIDE_FOREIGN,
    &provision::CARRY_OUT,
    &provision::CARRY_ABROAD,
    &provision::DELEGATION,
    &meetings::MEETING,
    &term::EXTEND,
    &term::ADJUST,
    &term::DECLASSIFY,
    &term::REMARK,
    &destruction::DESTROY,
    &destruction::DESTROY_URGENT,
    &holdings::SHELVE,
    &holdings::DEPOSIT,
    &holdings::CONTAINER,
    &holdings::YEAR_CLOSE,
    &catalogues::PROPOSAL,
    &stamps::STAMP,
    &publication::PUBLISH,
];

/// A kind by its code.
pub fn kind(code: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.code == code)
}
