//! Limits of what a person may enter. Suffixes name the unit.

/// Longest single-line field (number, name, post).
pub const FIELD_CHARS_MAX: usize = 300;
/// Longest subject or note: long enough for any real one, too short for a document.
pub const SUBJECT_CHARS_MAX: usize = 500;
/// Longest result or reason of a task.
pub const RESULT_CHARS_MAX: usize = 2_000;
/// Copies of one document in one act.
pub const COPIES_MAX: i64 = 200;
