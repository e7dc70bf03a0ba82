//! Readers against real files, crafted files and bombs.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "builders of files and their helpers are tests themselves"
)]

mod bombs;
mod crafted_pdf;
mod make;
mod message;
mod office;
mod packed;
mod pst;

/// The sink of the readers' own tests looks for these under the root of its crate.
mod content {
    pub(crate) use scan::content::*;
}
mod report {
    pub(crate) use scan::report::*;
}
#[path = "../../src/testing.rs"]
mod testing;
