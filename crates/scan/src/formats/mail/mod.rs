//! E-mail: single messages (RFC 5322 with MIME) and mailboxes of many.

mod mbox;
mod message;

pub use mbox::read as mbox;
pub use message::read as message;
