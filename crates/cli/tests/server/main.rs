//! The real program on real installations, from outside.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a story that cannot go on has failed"
)]

mod house;
mod http;
mod killed;
mod pages;
mod watch;
