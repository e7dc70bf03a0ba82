//! Stock-takes and sweeps: what may be said in them.

use crate::{Refusal, limits};

/// What was found of a copy in a stock-take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// `seen`, `moved` or `not_seen`.
    pub result: String,
    /// Where it lies, for `moved`.
    pub container: String,
    pub note: String,
}

/// What a stock-take may say of a copy.
pub const RESULTS: &[&str] = &["seen", "moved", "not_seen"];
/// What may become of a holding that a sweep found.
pub const OUTCOMES: &[&str] = &["keeps_item", "new_item", "level_change", "declassify"];

/// A stock-take is led by somebody and made by at least one more.
///
/// # Errors
/// `HOLD-01`.
pub fn leader(led_by: &str, members: &str) -> Result<String, Refusal> {
    let led_by = vanban::text::nfc(led_by.trim());
    for (field, value) in [("led_by", led_by.as_str()), ("members", members.trim())] {
        if value.is_empty() || value.chars().count() > limits::RESULT_CHARS_MAX {
            return Err(Refusal::new("HOLD-01").on(field));
        }
    }
    Ok(led_by)
}

/// # Errors
/// `HOLD-02` the stock-take is closed; `HOLD-03` nothing picked or no such
/// result; `HOLD-04` moved without saying where, or not seen without a word.
pub fn mark(closed: bool, picked: usize, found: &Found) -> Result<(), Refusal> {
    if closed {
        return Err(Refusal::new("HOLD-02"));
    }
    if picked == 0 || !RESULTS.contains(&found.result.as_str()) {
        return Err(Refusal::new("HOLD-03").on("result"));
    }
    if found.result == "moved" && found.container.trim().is_empty() {
        return Err(Refusal::new("HOLD-04").on("container"));
    }
    if found.result == "not_seen" && found.note.trim().is_empty() {
        return Err(Refusal::new("HOLD-04").on("note"));
    }
    Ok(())
}

/// The number of a catalogue decision, as items begin with it.
///
/// # Errors
/// `HOLD-05` empty or with a sign that no number has.
pub fn catalogue(number: &str) -> Result<String, Refusal> {
    let number = vanban::text::nfc(number.trim());
    let odd = |c: char| c.is_control() || c == '|';
    if number.is_empty() || number.chars().count() > limits::FIELD_CHARS_MAX || number.contains(odd)
    {
        return Err(Refusal::new("HOLD-05").on("catalogue"));
    }
    Ok(number)
}

/// # Errors
/// `HOLD-03`.
pub fn swept(picked: usize, outcome: &str) -> Result<(), Refusal> {
    if picked == 0 || !OUTCOMES.contains(&outcome) {
        return Err(Refusal::new("HOLD-03").on("outcome"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(result: Result<T, Refusal>) -> &'static str {
        result.err().map_or("", |refusal| refusal.code)
    }

    #[test]
    fn a_missing_copy_needs_a_word_and_a_moved_one_a_place() {
        let found = |result: &str, container: &str, note: &str| Found {
            result: result.to_owned(),
            container: container.to_owned(),
            note: note.to_owned(),
        };
        assert_eq!(code(mark(false, 1, &found("seen", "", ""))), "");
        assert_eq!(code(mark(false, 1, &found("moved", "", ""))), "HOLD-04");
        assert_eq!(code(mark(false, 1, &found("not_seen", "", ""))), "HOLD-04");
        assert_eq!(code(mark(false, 0, &found("seen", "", ""))), "HOLD-03");
        assert_eq!(code(mark(true, 1, &found("seen", "", ""))), "HOLD-02");
        assert_eq!(code(mark(false, 1, &found("gone", "", ""))), "HOLD-03");
    }

    #[test]
    fn a_catalogue_number_holds_no_separator() {
        assert_eq!(catalogue(" 960/QĐ-TTg ").unwrap(), "960/QĐ-TTg");
        assert_eq!(code(catalogue("960|QĐ")), "HOLD-05");
        assert_eq!(code(catalogue("  ")), "HOLD-05");
        let most = "9".repeat(limits::FIELD_CHARS_MAX);
        assert_eq!(code(catalogue(&most)), "");
        assert_eq!(code(catalogue(&format!("{most}9"))), "HOLD-05");
    }

    #[test]
    fn a_sweep_says_a_known_outcome_of_something() {
        assert_eq!(code(swept(1, "declassify")), "");
        assert_eq!(code(swept(0, "declassify")), "HOLD-03");
        assert_eq!(code(swept(1, "forgotten")), "HOLD-03");
    }

    #[test]
    fn a_stock_take_needs_more_than_one_person() {
        assert_eq!(code(leader("Nguyễn Văn Mẫu", "")), "HOLD-01");
        assert!(leader("Nguyễn Văn Mẫu", "Trần Thị Thử").is_ok());
        let most = "x".repeat(limits::RESULT_CHARS_MAX);
        assert!(leader("Nguyễn Văn Mẫu", &most).is_ok());
        assert_eq!(
            code(leader("Nguyễn Văn Mẫu", &format!("{most}x"))),
            "HOLD-01"
        );
    }
}
