//! A person judges a finding.

use law::LegalDate;

use super::{line, past_day};
use crate::{Refusal, limits};

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    New,
    /// A real marking of a document that should not be there.
    True,
    /// The program was wrong.
    False,
    /// It was declassified before it was put there.
    Declassified,
}

impl State {
    pub const ALL: [Self; 4] = [Self::New, Self::True, Self::False, Self::Declassified];

    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::True => "true",
            Self::False => "false",
            Self::Declassified => "declassified",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What a person says of a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub verdict: String,
    /// Why it is false.
    pub reason: String,
    /// Number and date of the decision that declassified it.
    pub decision_number: String,
    pub decision_date: String,
}

/// A judgement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub state: State,
    pub reason: String,
    pub decision_number: String,
    pub decision_date: Option<LegalDate>,
}

/// Judges a finding. `steps` is how many steps of taking down its file has.
///
/// # Errors
/// `WATCH-10` nothing was chosen; `WATCH-11` a false finding without its reason; `WATCH-12` the
/// decision's number or date; `WATCH-13` taking down has begun, so the judgement stands.
pub fn judge(today: LegalDate, state: State, steps: usize, said: &Said) -> Result<Judged, Refusal> {
    let verdict = State::parse(said.verdict.trim())
        .filter(|verdict| *verdict != State::New)
        .ok_or_else(|| Refusal::new("WATCH-10").on("verdict"))?;
    if steps > 0 && state == State::True && verdict != State::True {
        return Err(Refusal::new("WATCH-13"));
    }
    let mut judged = Judged {
        state: verdict,
        reason: String::new(),
        decision_number: String::new(),
        decision_date: None,
    };
    match verdict {
        State::False => judged.reason = reason(&said.reason)?,
        State::Declassified => {
            let number = line(
                "decision_number",
                &said.decision_number,
                limits::FIELD_CHARS_MAX,
            )
            .ok()
            .filter(|number| number.chars().any(|c| c.is_ascii_digit()))
            .ok_or_else(|| Refusal::new("WATCH-12").on("decision_number"))?;
            judged.decision_number = number;
            judged.decision_date = Some(past_day(today, "decision_date", &said.decision_date)?);
        }
        State::True | State::New => {}
    }
    Ok(judged)
}

/// A reason that says something.
///
/// # Errors
/// `WATCH-11`.
pub(super) fn reason(text: &str) -> Result<String, Refusal> {
    line("reason", text, limits::SUBJECT_CHARS_MAX)
        .ok()
        .filter(|text| text.chars().count() >= limits::REASON_CHARS_MIN)
        .ok_or_else(|| Refusal::new("WATCH-11").on("reason"))
}
