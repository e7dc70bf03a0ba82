//! Finds state-secret markings in the bytes of a file: formats are read into text, pictures and inner
//! files ([`content`]); rules of `checks/markers/` judge the text ([`markers`]); a cascade looks for the
//! stamps in pictures ([`stamps`]). The answer is a [`report::FileReport`] with one of three verdicts.
//!
//! No I/O, no clock, no randomness: bytes in, reports out. Files are hostile; callers run this in a
//! locked worker process.

pub mod content;
pub mod engine;
pub mod formats;
pub mod kind;
pub mod limits;
pub mod markers;
pub mod names;
pub mod report;

pub use content::{Member, Picture, PictureData, Piece, Place, Sink, Stop};
pub use engine::{PictureAnswer, Scanner, StampFinder};
pub use kind::Kind;
pub use limits::Limits;
pub use markers::Markers;
pub use report::{FileReport, Finding, How, Incomplete, Level, Reason, Verdict};
