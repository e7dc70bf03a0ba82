//! The unit's own instruments: directives, plans, regulations of the unit and its
//! superiors that the law pack does not have.
//!
//! ```text
//!   entered ──► in force ──► ended (last day; perhaps replaced by another)
//! ```

use law::LegalDate;
use vanban::text::{fold, nfc, squeeze};

use crate::{Refusal, limits};

/// Kinds that a register takes.
pub const KINDS: &[&str] = &[
    "chi_thi",
    "ke_hoach",
    "quy_che",
    "noi_quy",
    "quyet_dinh",
    "quy_dinh",
    "nghi_quyet",
    "cong_van",
    "huong_dan",
    "thong_bao",
    "khac",
];
/// Whose instrument it is: the unit's own, or of a body above it.
pub const ORIGINS: &[&str] = &["superior", "own"];

/// What a person typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub number: String,
    pub date: String,
    pub kind: String,
    pub origin: String,
    pub issuer: String,
    pub title: String,
    /// Empty: the day of the instrument.
    pub valid_from: String,
    pub valid_to: String,
    pub note: String,
}

/// A checked line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instrument {
    pub number: String,
    pub number_key: String,
    pub date: LegalDate,
    pub kind: String,
    pub origin: String,
    pub issuer: String,
    pub title: String,
    pub valid_from: LegalDate,
    pub valid_to: Option<LegalDate>,
    pub note: String,
}

/// How an instrument or a catalogue ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub last: LegalDate,
    /// Empty when nothing replaces it.
    pub replaced_by: String,
    pub replaced_by_date: Option<LegalDate>,
}

/// Checks a new line.
///
/// # Errors
/// `LIB-01` empty, too long or with a sign that no number has; `LIB-02` no such day, or
/// in the future; `LIB-04` no such kind or origin; `LIB-05` ends before it begins;
/// `LIB-08` the year in the number is not the year of the date.
pub fn enter(today: LegalDate, draft: &Draft) -> Result<Instrument, Refusal> {
    let number = number(&draft.number)?;
    let date = past_day(today, "doc_date", &draft.date)?;
    year_agrees(&number, date)?;
    for (field, value, known) in [
        ("kind", &draft.kind, KINDS),
        ("origin", &draft.origin, ORIGINS),
    ] {
        if !known.contains(&value.as_str()) {
            return Err(Refusal::new("LIB-04").on(field).arg("field", field));
        }
    }
    let valid_from = day_or("valid_from", &draft.valid_from)?.unwrap_or(date);
    let valid_to = day_or("valid_to", &draft.valid_to)?;
    if valid_to.is_some_and(|to| to < valid_from) {
        return Err(Refusal::new("LIB-05").on("valid_to"));
    }
    Ok(Instrument {
        number_key: number_key(&number),
        number,
        date,
        kind: draft.kind.clone(),
        origin: draft.origin.clone(),
        issuer: line("issuer", &draft.issuer, limits::FIELD_CHARS_MAX)?,
        title: line("title", &draft.title, limits::SUBJECT_CHARS_MAX)?,
        valid_from,
        valid_to,
        note: note(&draft.note)?,
    })
}

/// Ends an instrument or a catalogue of a number, in force from a day.
///
/// # Errors
/// `LIB-02` no such day; `LIB-05` before it began; `LIB-06` it has ended; `LIB-07`
/// replaced by itself; `LIB-01`, `LIB-08` for the number that replaces it.
pub fn end(
    (own_key, own_date): (&str, &str),
    valid_from: LegalDate,
    ended: bool,
    (last, replaced_by, replaced_by_date): (&str, &str, &str),
) -> Result<End, Refusal> {
    if ended {
        return Err(Refusal::new("LIB-06"));
    }
    let last = day_or("valid_to", last)?.ok_or_else(|| {
        Refusal::new("LIB-02")
            .on("valid_to")
            .arg("field", "valid_to")
    })?;
    if last < valid_from {
        return Err(Refusal::new("LIB-05").on("valid_to"));
    }
    let replaced_by_date = day_or("replaced_by_date", replaced_by_date)?;
    let replaced_by = if replaced_by.trim().is_empty() {
        String::new()
    } else {
        number(replaced_by).map_err(|refusal| refusal.on("replaced_by"))?
    };
    if let Some(date) = replaced_by_date.filter(|_| !replaced_by.is_empty()) {
        year_agrees(&replaced_by, date).map_err(|refusal| refusal.on("replaced_by"))?;
    }
    let same_day = replaced_by_date.is_none_or(|date| date.to_string() == own_date);
    if number_key(&replaced_by) == own_key && same_day {
        return Err(Refusal::new("LIB-07").on("replaced_by"));
    }
    Ok(End {
        last,
        replaced_by,
        replaced_by_date,
    })
}

/// The number of an instrument or a decision: one line, no `|`, which parts an item.
///
/// # Errors
/// `LIB-01`.
pub fn number(text: &str) -> Result<String, Refusal> {
    let number = line("number", text, limits::FIELD_CHARS_MAX)?;
    let digit = number.chars().any(|c| c.is_ascii_digit());
    if number.contains('|') || !digit {
        return Err(wrong("number"));
    }
    Ok(number)
}

/// The number as it is compared: no marks, no blanks, no leading zeros.
pub fn number_key(number: &str) -> String {
    let folded: String = fold(number).split_whitespace().collect();
    folded.trim_start_matches('0').to_owned()
}

/// A day that is not in the future.
///
/// # Errors
/// `LIB-02`.
pub fn past_day(today: LegalDate, field: &'static str, text: &str) -> Result<LegalDate, Refusal> {
    day_or(field, text)?
        .filter(|day| *day <= today)
        .ok_or_else(|| Refusal::new("LIB-02").on(field).arg("field", field))
}

/// A day, or none.
///
/// # Errors
/// `LIB-02` for what is no day.
pub fn day_or(field: &'static str, text: &str) -> Result<Option<LegalDate>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    LegalDate::parse(text)
        .map(Some)
        .map_err(|_| Refusal::new("LIB-02").on(field).arg("field", field))
}

/// One line of text.
///
/// # Errors
/// `LIB-01`.
pub fn line(field: &'static str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = squeeze(&nfc(text));
    if text.is_empty() || text.chars().count() > chars_max || text.contains(char::is_control) {
        return Err(wrong(field));
    }
    Ok(text)
}

/// Number and date of one instrument: `26/2020/NĐ-CP` is not of 2021.
///
/// # Errors
/// `LIB-08`.
pub fn year_agrees(number: &str, date: LegalDate) -> Result<(), Refusal> {
    let year = number.split('/').nth(1).unwrap_or_default().trim();
    let four = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    if four && year != format!("{:04}", date.year()) {
        return Err(Refusal::new("LIB-08")
            .on("number")
            .arg("number", number)
            .arg("year", date.year()));
    }
    Ok(())
}

fn note(text: &str) -> Result<String, Refusal> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    line("note", text, limits::SUBJECT_CHARS_MAX)
}

fn wrong(field: &'static str) -> Refusal {
    Refusal::new("LIB-01").on(field).arg("field", field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> LegalDate {
        LegalDate::new(2026, 2, 20).unwrap()
    }

    fn draft() -> Draft {
        Draft {
            number: " 04/2022/QĐ-UBND ".to_owned(),
            date: "2022-01-24".to_owned(),
            kind: "quyet_dinh".to_owned(),
            origin: "superior".to_owned(),
            issuer: "UBND tỉnh Mẫu".to_owned(),
            title: "Quy chế bảo vệ bí mật nhà nước của tỉnh".to_owned(),
            ..Draft::default()
        }
    }

    fn code<T>(result: Result<T, Refusal>) -> (&'static str, &'static str) {
        result.err().map_or(("", ""), |refusal| {
            (refusal.code, refusal.field.unwrap_or_default())
        })
    }

    #[test]
    fn a_line_without_its_first_day_is_in_force_from_its_date() {
        let line = enter(today(), &draft()).unwrap();
        assert_eq!(line.valid_from.to_string(), "2022-01-24");
        assert_eq!(line.number, "04/2022/QĐ-UBND");
        assert_eq!(line.number_key, number_key("4/2022/qd-ubnd"));
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_field() {
        let with = |change: &dyn Fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            code(enter(today(), &draft))
        };
        assert_eq!(
            with(&|d| d.number = "1|2/KH".to_owned()),
            ("LIB-01", "number")
        );
        assert_eq!(with(&|d| d.number = "KH".to_owned()), ("LIB-01", "number"));
        assert_eq!(with(&|d| d.title = " ".to_owned()), ("LIB-01", "title"));
        assert_eq!(
            with(&|d| d.date = "2027-01-01".to_owned()),
            ("LIB-02", "doc_date")
        );
        assert_eq!(with(&|d| d.date = String::new()), ("LIB-02", "doc_date"));
        assert_eq!(with(&|d| d.kind = "x".to_owned()), ("LIB-04", "kind"));
        assert_eq!(with(&|d| d.origin = String::new()), ("LIB-04", "origin"));
        assert_eq!(
            with(&|d| d.valid_to = "2021-01-01".to_owned()),
            ("LIB-05", "valid_to")
        );
        assert_eq!(
            with(&|d| d.date = "2021-01-24".to_owned()),
            ("LIB-08", "number")
        );
    }

    #[test]
    fn an_end_comes_once_after_the_beginning_and_not_by_itself() {
        let from = LegalDate::new(2022, 1, 24).unwrap();
        let end = |ended, says| end(("4/2022/qd-ubnd", "2022-01-24"), from, ended, says);
        let done = end(false, ("2025-06-30", "15/2025/QĐ-UBND", "2025-06-20")).unwrap();
        assert_eq!(done.replaced_by, "15/2025/QĐ-UBND");
        assert_eq!(code(end(true, ("2025-06-30", "", ""))).0, "LIB-06");
        assert_eq!(code(end(false, ("2021-06-30", "", ""))).0, "LIB-05");
        assert_eq!(code(end(false, ("", "", ""))).0, "LIB-02");
        assert_eq!(
            code(end(false, ("2025-06-30", "04/2022/QĐ-UBND", "2022-01-24"))).0,
            "LIB-07"
        );
        assert_eq!(
            code(end(false, ("2025-06-30", "15/2025/QĐ-UBND", "2024-06-20"))),
            ("LIB-08", "replaced_by")
        );
    }
}
