//! The watch (giám sát): marked documents found on the Internet side, judged by a person, taken
//! down against a clock, and handed over to the unit that owns them.
//!
//! ```text
//!   source ──► run ──► object ──► finding ──► new ─┬─► false (why)
//!                                                  ├─► declassified before (decision)
//!                                                  └─► true ──► reported ─► asked ─► removed ─► verified gone
//!                                                                  │                    caches asked ┘
//!                                                                  └─► hand-over file ─► case of the unit
//! ```
//!
//! Nobody here holds a list of secret words, and nothing here is the content of a document: a
//! finding is what marking, where, and a masked excerpt. The duty to report a leak is Nghị định
//! 26/2020/NĐ-CP Điều 8 khoản 1 điểm b; its successor is not known (law pack, `leak_or_loss`).

pub mod case;
pub mod job;
pub mod report;
pub mod review;
pub mod source;
pub mod takedown;
#[cfg(test)]
mod tests;

use law::LegalDate;
use vanban::text::{nfc, squeeze};

use crate::Refusal;

/// One line of text.
///
/// # Errors
/// `WATCH-01` empty, too long, or with a control or direction character.
pub(crate) fn line(field: &'static str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = squeeze(&nfc(text));
    if text.is_empty() || text.chars().count() > chars_max || text.contains(hidden) {
        return Err(Refusal::new("WATCH-01").on(field).arg("field", field));
    }
    Ok(text)
}

/// One line of text, or nothing.
///
/// # Errors
/// As [`line`].
pub(crate) fn line_or(
    field: &'static str,
    text: &str,
    chars_max: usize,
) -> Result<String, Refusal> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    line(field, text, chars_max)
}

/// A day that is not after today.
///
/// # Errors
/// `WATCH-12`.
pub(crate) fn past_day(
    today: LegalDate,
    field: &'static str,
    text: &str,
) -> Result<LegalDate, Refusal> {
    LegalDate::parse(text.trim())
        .ok()
        .filter(|day| *day <= today)
        .ok_or_else(|| Refusal::new("WATCH-12").on(field))
}

/// Control characters, and those that turn the direction of a line.
pub(crate) fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
