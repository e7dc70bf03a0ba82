//! The four statutory books: sổ đăng ký đi, sổ đăng ký đến, sổ chuyển giao,
//! sổ quản lý sao, chụp (Luật 29/2018/QH14 Điều 12-13, NĐ 26/2020/NĐ-CP Điều 3-4,
//! NĐ 63/2026/NĐ-CP).
//!
//! ```text
//!   draft ──register──► active ──void(reason)──► voided
//!                         │
//!                         └──correct(reason, draft)──► corrected + a new active line
//! ```
//!
//! A line is never edited and its number never reused: a correction is a new
//! line that names the old one, and the old one stays readable. A closed year
//! takes no number: its lines are corrected in an open year's book.

mod decide;
pub mod import;
mod level;
mod state;
#[cfg(test)]
mod tests;
mod year;

pub use decide::{DoubleKey, WorkSecret, correct, double_key, register, void, work_secret};
pub use import::{JudgedRow, Recognised, SkippedRow, UnknownColumn, judge, recognise};
pub use level::level_from_text;
pub use state::{BookState, Draft, Entry, EntryState, Existing, Voided};
pub use year::{BookYear, Closing, Numbering, choose_numbering, close, require_open};
