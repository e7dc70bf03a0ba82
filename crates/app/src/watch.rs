//! The watch: sources, runs, findings, taking down, handing over; and the unit's cases.
//!
//! People act through [`App`]; workers through the functions of this module, on behalf of the
//! person who asked for the run:
//!
//! 1. [`start_due`] queues the runs that the schedule asks for.
//! 2. [`crate::jobs::lease`] of [`crate::jobs::RUN`] gives a [`RunTask`]; [`begin_run`] gives the source.
//! 3. The worker lists the source. [`unread`] says which files have to be read: unchanged ones that the
//!    same rules read are only noted as seen.
//! 4. [`record_reports`] takes what was read, in batches; or [`enqueue_files`] shares the files among all
//!    workers ([`crate::jobs::FILE`]), until [`files_left`] is 0.
//! 5. [`end_run`], then [`crate::jobs::finish`]. Long work calls [`crate::jobs::heartbeat`] each minute.

mod cases;
mod figures;
mod findings;
mod hand_over;
mod jsonl;
mod records;
mod runs;
pub mod seed;
mod sources;

pub use cases::CasePage;
pub use domain::watch::report::{Marking, Report, Unread};
pub use figures::{Month, Summary, SummaryWords};
pub use findings::{FindingPage, Scope, StepView};
pub use hand_over::{Document, HandOverFile};
pub use jsonl::read as read_reports;
pub use records::{Recorded, Seen, record_reports, unread};
pub(crate) use runs::bury;
pub use runs::{
    Ended, FileTask, Imported, RunTask, begin_run, end_run, enqueue_files, files_left,
    run_progress, set_total,
};
pub use sources::start_due;

/// SHA-256 in hexadecimal, for keys of addresses.
fn key(parts: &[&str]) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    ledger::digest::hex(&hasher.finalize())
}
