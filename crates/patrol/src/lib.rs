//! Takes bytes from disks, portals, HTTP and ICAP to locked scan workers, and writes what they found.
//!
//! A worker is this same program, started with the hidden subcommand `scan-worker`: it gets bytes on
//! standard input and answers with reports on standard output ([`wire`]), behind the walls of the crate
//! `sandbox`. The parent ([`pool`]) never parses a foreign file. A worker that crashes, hangs or grows costs
//! the one file it was reading, and that file is reported as not fully checked.

pub mod cache;
pub mod crawl;
pub mod error;
pub mod gate;
mod hands;
pub mod limits;
pub mod names;
pub mod pool;
pub mod report;
pub mod run;
pub mod second;
pub mod source;
pub mod walk;
pub mod wire;
pub mod worker;

pub use error::PatrolError;
pub use pool::{Pool, Settings};
pub use run::{Summary, scan_object};
