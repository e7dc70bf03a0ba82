//! Readers against real files, crafted files and bombs.

mod bombs;
mod crafted_pdf;
mod make;
mod message;
mod office;

/// The sink of the readers' own tests looks for these under the root of its crate.
mod content {
    pub(crate) use scan::content::*;
}
mod report {
    pub(crate) use scan::report::*;
}
#[path = "../../src/testing.rs"]
mod testing;
