//! The unit's side: a hand-over file opens a case (vụ việc), and the unit closes it.

use super::{line, line_or};
use crate::{Refusal, limits};

/// What a case came to.
pub const OUTCOMES: &[&str] = &["leak", "not_secret", "declassified", "other_unit"];

/// What the reader of a hand-over file found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// Code of the unit that reads it.
    pub reader: &'a str,
    /// Code of the unit that it is for.
    pub receiver: &'a str,
    /// A case of this unit has the same sender and number.
    pub known: bool,
}

/// A file whose signature held may open a case.
///
/// # Errors
/// `WATCH-23` it is for another unit; `WATCH-24` it was taken before.
pub fn arrive(file: &Arrived<'_>) -> Result<(), Refusal> {
    if file.receiver.is_empty() || file.receiver != file.reader {
        return Err(Refusal::new("WATCH-23").arg("receiver", file.receiver));
    }
    if file.known {
        return Err(Refusal::new("WATCH-24"));
    }
    Ok(())
}

/// A finding may be handed over: who gets it.
///
/// # Errors
/// `WATCH-17` nobody confirmed it; `WATCH-25` the source does not say whose it is.
pub fn hand_over(confirmed: bool, owner_code: &str) -> Result<(), Refusal> {
    if !confirmed {
        return Err(Refusal::new("WATCH-17"));
    }
    if owner_code.is_empty() {
        return Err(Refusal::new("WATCH-25"));
    }
    Ok(())
}

/// Closes a case: what it came to, and in words what was done.
///
/// # Errors
/// `WATCH-27` it is closed; `WATCH-28` no such outcome, or no word on what was done.
pub fn close(open: bool, outcome: &str, words: &str) -> Result<(&'static str, String), Refusal> {
    if !open {
        return Err(Refusal::new("WATCH-27"));
    }
    let outcome = OUTCOMES
        .iter()
        .find(|code| **code == outcome.trim())
        .ok_or_else(|| Refusal::new("WATCH-28").on("outcome"))?;
    let words = line_or("words", words, limits::SUBJECT_CHARS_MAX)?;
    if words.chars().count() < limits::REASON_CHARS_MIN {
        return Err(Refusal::new("WATCH-28").on("words"));
    }
    Ok((outcome, words))
}

/// The key of a watch installation, by the name under which it signs. A name keeps its key.
///
/// # Errors
/// `WATCH-01` the words; `WATCH-26` another key stands under this name.
pub fn trust(text: &str, kept: Option<&str>) -> Result<String, Refusal> {
    let text = line("key", text, limits::FIELD_CHARS_MAX)?;
    if kept.is_some_and(|kept| kept != text) {
        return Err(Refusal::new("WATCH-26").on("key"));
    }
    Ok(text)
}
