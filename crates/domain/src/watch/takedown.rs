//! Taking a confirmed leak down, against a clock that starts when a person confirms it.
//!
//! The targets are the house's own working targets, not terms of law. What the law says of the
//! report is asked of the law pack on the day and shown beside it, "unknown" where it is.

use law::{Finding, LegalDate, Pack};

use super::review;
use crate::Refusal;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The unit that owns the document was told.
    Reported,
    /// Whoever runs the place was asked to remove it.
    Asked,
    Removed,
    /// A later look found it gone.
    Verified,
    /// Search engines and caches were asked to forget it.
    Caches,
}

impl Step {
    pub const ALL: [Self; 5] = [
        Self::Reported,
        Self::Asked,
        Self::Removed,
        Self::Verified,
        Self::Caches,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Asked => "asked",
            Self::Removed => "removed",
            Self::Verified => "verified",
            Self::Caches => "caches",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The house's target, in hours after the leak was confirmed.
    pub fn target_hours(self) -> i64 {
        match self {
            Self::Reported => 1,
            Self::Asked => 2,
            Self::Removed => 24,
            Self::Verified | Self::Caches => 48,
        }
    }

    /// Steps that may be left out with a reason: a shared folder has nobody to ask and no cache.
    fn may_be_left_out(self) -> bool {
        matches!(self, Self::Asked | Self::Caches)
    }
}

/// Outcomes of a step.
pub const OUTCOMES: &[&str] = &["done", "not_needed"];

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub step: Step,
    /// Instant as stored.
    pub at: String,
}

/// What the decision looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leak {
    /// When a person confirmed it, as stored; `None`: nobody did.
    pub confirmed_at: Option<String>,
    pub taken: Vec<Taken>,
    /// Start of the newest finished run of the source.
    pub last_look: Option<String>,
    /// That run saw the file with this content.
    pub seen_then: Option<bool>,
}

/// What a person says of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub step: String,
    pub outcome: String,
    /// When it was done, as stored.
    pub at: String,
    pub note: String,
}

/// A step as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub step: Step,
    pub outcome: &'static str,
    pub at: String,
    pub note: String,
    /// The file is known to be gone.
    pub gone: bool,
}

/// Takes a step; `now` is the instant as stored.
///
/// # Errors
/// `WATCH-14` no such step, or not yet its turn; `WATCH-15` taken before; `WATCH-16` a time
/// before the confirmation or in the future; `WATCH-17` nobody confirmed the leak; `WATCH-18`
/// the last run still saw it; `WATCH-19` no run since the removal and no word on how it was
/// checked; `WATCH-29` this step cannot be left out, or not without a reason.
pub fn take(now: &str, leak: &Leak, said: &Said) -> Result<Done, Refusal> {
    let step = Step::parse(said.step.trim()).ok_or_else(|| Refusal::new("WATCH-14").on("step"))?;
    let confirmed = leak
        .confirmed_at
        .as_deref()
        .ok_or_else(|| Refusal::new("WATCH-17"))?;
    let outcome = OUTCOMES
        .iter()
        .find(|code| **code == said.outcome.trim())
        .ok_or_else(|| Refusal::new("WATCH-14").on("outcome"))?;
    if leak.at(step).is_some() {
        return Err(Refusal::new("WATCH-15").on("step"));
    }
    if let Some(before) = leak.missing_before(step) {
        return Err(Refusal::new("WATCH-14")
            .on("step")
            .arg("before", before.code()));
    }
    if minute(&said.at) < minute(confirmed) || said.at.as_str() > now {
        return Err(Refusal::new("WATCH-16").on("at"));
    }
    let note = super::line_or("note", &said.note, crate::limits::SUBJECT_CHARS_MAX)?;
    if *outcome == "not_needed" && (!step.may_be_left_out() || review::reason(&note).is_err()) {
        return Err(Refusal::new("WATCH-29").on("note"));
    }
    if step == Step::Verified {
        leak.verify(&said.at, &note)?;
    }
    Ok(Done {
        step,
        outcome,
        at: said.at.clone(),
        note,
        gone: step == Step::Verified,
    })
}

impl Leak {
    /// When a step was taken.
    pub fn at(&self, step: Step) -> Option<&str> {
        self.taken
            .iter()
            .find(|taken| taken.step == step)
            .map(|taken| taken.at.as_str())
    }

    /// A step that has to come first and is not there.
    fn missing_before(&self, step: Step) -> Option<Step> {
        let before = match step {
            Step::Reported | Step::Asked | Step::Caches => None,
            Step::Removed => Some(Step::Asked),
            Step::Verified => Some(Step::Removed),
        };
        before.filter(|before| self.at(*before).is_none())
    }

    fn verify(&self, at: &str, note: &str) -> Result<(), Refusal> {
        let removed = self.at(Step::Removed).unwrap_or_default();
        if minute(at) < minute(removed) {
            return Err(Refusal::new("WATCH-16").on("at"));
        }
        let looked = self
            .last_look
            .as_deref()
            .is_some_and(|look| minute(look) > minute(removed));
        match self.seen_then {
            Some(true) if looked => Err(Refusal::new("WATCH-18")),
            Some(false) if looked => Ok(()),
            _ if review::reason(note).is_ok() => Ok(()),
            _ => Err(Refusal::new("WATCH-19").on("note")),
        }
    }

    /// Steps that wait, in order, each with its target in hours.
    pub fn waiting(&self) -> Vec<Step> {
        Step::ALL
            .into_iter()
            .filter(|step| self.at(*step).is_none())
            .collect()
    }
}

/// People say times to the minute.
fn minute(instant: &str) -> &str {
    instant.get(..16).unwrap_or(instant)
}

/// What the law says of reporting a leak found on a day: at once, or unknown with what is missing.
pub fn report_duty(law: &Pack, found: LegalDate) -> Finding<law::Notice> {
    law.notify("leak_or_loss", found)
}
