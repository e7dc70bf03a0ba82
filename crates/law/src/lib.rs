//! The law of state-secret protection as data: loads and checks the law pack
//! and answers "on this day", always with a citation and its evidence.
//!
//! The crate has no clock, no randomness and does no I/O; the pack compiled in
//! comes from `law/acts` and `law/rules`. Answers are an interpretation of the
//! articles they cite. What is not known is "unknown" and names the missing text;
//! on a day without a value in force the answer is "unknown", never the nearest value.

pub mod ask;
mod book;
mod citation;
mod date;
mod diagnostic;
pub mod embedded;
pub mod limits;
mod load;
mod may;
mod pack;
mod rules;
mod stamp;
mod term;
mod terms_of_art;
mod timeline;

pub use book::{BookEdition, COLUMN_KEYS, Column, CoverField};
pub use citation::Citation;
pub use date::{DateError, LegalDate, Round};
pub use diagnostic::{Diagnostic, nearest};
pub use load::check;
pub use may::{May, UnknownPost};
pub use pack::{Pack, SubjectRule};
pub use rules::{ActRecord, Delegate, DueKey, Finding, Post, Regime, SubjectUse, Verdict};
pub use stamp::{Border, Outline, Stamp, StampRow};
pub use term::{Due, Extension, Notice, Term};
pub use terms_of_art::{Act, ActKind, BookKind, Carrier, Evidence, Level, Rank, Tier};
pub use timeline::Period;
