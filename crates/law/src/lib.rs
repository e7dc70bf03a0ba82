//! The law of state-secret protection as data: loads and checks the law pack
//! and answers "on this day", always with a citation and its evidence.
//!
//! The crate has no clock, no randomness and does no I/O; the pack compiled in
//! comes from `law/acts`, `law/rules` and `law/catalogues`. Answers are an interpretation of the
//! articles they cite. What is not known is "unknown" and names the missing text;
//! on a day without a value in force the answer is "unknown", never the nearest value.

pub mod ask;
mod book;
mod catalogue;
mod check;
mod citation;
mod conduct;
mod date;
mod diagnostic;
pub mod embedded;
pub mod limits;
mod load;
mod may;
mod pack;
mod proceeding;
mod rules;
mod stamp;
mod term;
mod terms_of_art;
mod timeline;

pub use book::{BookEdition, COLUMN_KEYS, Column, CoverField};
pub use catalogue::{Catalogue, CatalogueItem};
pub use check::{CitationCheck, CitationFault, Force};
pub use citation::Citation;
pub use conduct::{
    Definition, Envelope, EnvelopeLayer, HandlingRule, LayoutBox, MeetingRule, Requirement,
};
pub use date::{DateError, LegalDate, Round};
pub use diagnostic::{Diagnostic, nearest};
pub use load::check;
pub use may::{May, UnknownPost};
pub use pack::{Pack, SubjectRule};
pub use proceeding::{Council, NoticeDuty, Paper, Particular, Procedure, ReportDuty};
pub use rules::{
    ActRecord, Delegate, DueKey, Finding, FormRule, Post, Prohibition, Regime, SubjectUse, Verdict,
};
pub use stamp::{Border, Outline, Stamp, StampRow};
pub use term::{Due, Extension, Notice, Term};
pub use terms_of_art::{
    Act, ActKind, BookKind, Carrier, DeviceRule, EnvelopePlace, Evidence, Level, Proceeding, Rank,
    Tier, Timing, TwoPersons,
};
pub use timeline::Period;
