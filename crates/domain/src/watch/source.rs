//! What is watched: a portal, a folder, a mailbox, or files that people upload.

use super::{line, line_or};
use crate::{Refusal, limits};

/// Kinds of source.
pub const KINDS: &[&str] = &["portal", "folder", "mailbox", "upload"];

/// What a person typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub kind: String,
    /// Address of a portal, path of a folder or mailbox; empty for uploads.
    pub place: String,
    /// Code of the unit that owns it; needed to hand a finding over.
    pub owner_code: String,
    pub owner_name: String,
    /// Requests or files a minute.
    pub rate: String,
    /// Days between two runs; empty: only when asked.
    pub every: String,
}

/// A checked source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub kind: String,
    pub place: String,
    pub owner_code: String,
    pub owner_name: String,
    pub rate_per_min: i64,
    pub every_days: Option<i64>,
}

/// Checks a source.
///
/// # Errors
/// `WATCH-01` a field; `WATCH-02` no such kind; `WATCH-03` the place does not fit the kind;
/// `WATCH-04` rate or days out of range.
pub fn enter(draft: &Draft) -> Result<Source, Refusal> {
    let kind = draft.kind.trim();
    if !KINDS.contains(&kind) {
        return Err(Refusal::new("WATCH-02").on("kind"));
    }
    let source = Source {
        name: line("name", &draft.name, limits::FIELD_CHARS_MAX)?,
        kind: kind.to_owned(),
        place: place(kind, &draft.place)?,
        owner_code: code(&draft.owner_code)?,
        owner_name: line("owner_name", &draft.owner_name, limits::FIELD_CHARS_MAX)?,
        rate_per_min: number("rate", &draft.rate, limits::WATCH_RATE_PER_MIN_MAX)?
            .unwrap_or(limits::WATCH_RATE_PER_MIN),
        every_days: number("every", &draft.every, limits::WATCH_EVERY_DAYS_MAX)?,
    };
    if source.kind == "upload" && source.every_days.is_some() {
        return Err(Refusal::new("WATCH-04").on("every"));
    }
    Ok(source)
}

/// A worker may look at the whole source now.
///
/// # Errors
/// `WATCH-30` it has nothing to look at: files are brought to it; those of [`may_run`].
pub fn may_look(kind: &str, active: bool, open_run: bool) -> Result<(), Refusal> {
    if kind == "upload" {
        return Err(Refusal::new("WATCH-30"));
    }
    may_run(active, open_run)
}

/// A run of the source may begin now.
///
/// # Errors
/// `WATCH-05` it is not watched any more; `WATCH-06` a run of it is still open.
pub fn may_run(active: bool, open_run: bool) -> Result<(), Refusal> {
    if !active {
        return Err(Refusal::new("WATCH-05"));
    }
    if open_run {
        return Err(Refusal::new("WATCH-06"));
    }
    Ok(())
}

fn place(kind: &str, text: &str) -> Result<String, Refusal> {
    let wrong = || Refusal::new("WATCH-03").on("place");
    if kind == "upload" {
        return line_or("place", text, limits::WATCH_ADDRESS_CHARS_MAX);
    }
    let place = line("place", text, limits::WATCH_ADDRESS_CHARS_MAX)?;
    if kind == "portal" {
        let rest = place
            .strip_prefix("https://")
            .or_else(|| place.strip_prefix("http://"))
            .ok_or_else(wrong)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // A name and password in an address would be kept in the open.
        if host.is_empty() || host.contains(['@', ' ', '\\']) {
            return Err(wrong());
        }
    } else if place.contains("://") {
        return Err(wrong());
    }
    Ok(place)
}

/// The code of a unit as accounts know it.
pub(super) fn code(text: &str) -> Result<String, Refusal> {
    let code = line_or("owner_code", text, limits::WATCH_CODE_CHARS_MAX)?;
    let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if code.chars().all(plain) {
        Ok(code)
    } else {
        Err(Refusal::new("WATCH-01")
            .on("owner_code")
            .arg("field", "owner_code"))
    }
}

fn number(field: &'static str, text: &str, max: i64) -> Result<Option<i64>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.trim()
        .parse::<i64>()
        .ok()
        .filter(|n| (1..=max).contains(n))
        .map(Some)
        .ok_or_else(|| Refusal::new("WATCH-04").on(field))
}
