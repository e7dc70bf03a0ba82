//! Typed page data to bytes: PDF (typst), Word, Excel.
//!
//! Nothing here reads a clock, a disk or a system font: the same input gives the same bytes. Forms and fonts live in
//! `law/forms`, outlines in `law/outlines`, and are compiled into the program.

pub mod book;
mod error;
pub mod limits;
pub mod pack;
mod qr;
pub mod record;
pub mod report;
pub mod stamps;
pub mod tasks;
mod typeset;
mod word;

pub use error::PrintError;
pub use typeset::{Face, fonts};
