//! Papers as a reader gets them: pictures, bytes, text layer, memory.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a paper that cannot be read has failed"
)]

mod common;
mod golden;
mod memory;
mod pack;
mod record;
mod same_bytes;
mod stamps;
mod text_layer;
