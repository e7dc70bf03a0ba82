//! Vietnamese text and the grammar of administrative documents.
//!
//! `text` folds and orders Vietnamese words. `formats` turns the bytes of a file into lines.
//! `reader` turns lines into a [`reader::Document`]: header, legal bases, section tree, duties,
//! recipients, signer and warnings. `json` writes the shape that scripts rely on.
//!
//! Nothing here touches a disk, a network, a clock or randomness. A document that is not
//! understood becomes form `other`; it never fails for being unusual.

pub mod encodings;
pub mod error;
pub mod formats;
pub mod json;
pub mod limits;
pub mod reader;
pub mod text;

pub use error::ReadError;
