//! A task before and after an act.

use law::LegalDate;
use vanban::reader::Every;

use crate::Fact;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Read from the document, not yet reviewed.
    Proposed,
    /// Given to a unit.
    Assigned,
    /// The unit has handed in its result.
    Reported,
    /// The result was accepted.
    Done,
    /// The result was sent back with a reason.
    Returned,
    /// Not followed, with a reason.
    Dropped,
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::Proposed,
        Self::Assigned,
        Self::Reported,
        Self::Done,
        Self::Returned,
        Self::Dropped,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Assigned => "assigned",
            Self::Reported => "reported",
            Self::Done => "done",
            Self::Returned => "returned",
            Self::Dropped => "dropped",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The state as Vietnamese papers write it.
    pub fn vi(self) -> &'static str {
        match self {
            Self::Proposed => "Chờ duyệt",
            Self::Assigned => "Đã giao",
            Self::Reported => "Đã báo cáo",
            Self::Done => "Hoàn thành",
            Self::Returned => "Bị trả lại",
            Self::Dropped => "Không giao",
        }
    }

    /// A unit still owes a result.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Assigned | Self::Returned)
    }

    /// What may be done next, by anybody.
    pub fn steps(self) -> &'static [Step] {
        match self {
            Self::Proposed => &[Step::Assign, Step::Deadline, Step::Drop],
            Self::Assigned | Self::Returned => &[Step::Report, Step::Deadline, Step::Drop],
            Self::Reported => &[Step::Accept, Step::Return],
            Self::Done | Self::Dropped => &[Step::Reopen],
        }
    }
}

/// A kind of act on a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Assign,
    Deadline,
    Drop,
    Report,
    Accept,
    Return,
    Reopen,
}

impl Step {
    pub const ALL: [Self; 7] = [
        Self::Assign,
        Self::Deadline,
        Self::Drop,
        Self::Report,
        Self::Accept,
        Self::Return,
        Self::Reopen,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Deadline => "deadline",
            Self::Drop => "drop",
            Self::Report => "report",
            Self::Accept => "accept",
            Self::Return => "return",
            Self::Reopen => "reopen",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }
}

/// The changeable part of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub state: State,
    /// The unit that answers for it.
    pub unit: Option<i64>,
    /// Last day on which a result is in time.
    pub due_on: Option<LegalDate>,
    /// What the unit did.
    pub result: Option<String>,
    /// Number, symbol and day of the document that shows it.
    pub result_ref: Option<String>,
    /// Day on which the unit reported.
    pub reported_on: Option<LegalDate>,
    /// Why it was dropped, returned or reopened last.
    pub reason: Option<String>,
    /// Period after which the duty comes again; `None` when it does not, or when the
    /// task of the next period is there already.
    pub again: Option<Every>,
}

impl Task {
    /// A task as it comes out of a document.
    pub fn proposed(due_on: Option<LegalDate>) -> Self {
        Self {
            state: State::Proposed,
            unit: None,
            due_on,
            result: None,
            result_ref: None,
            reported_on: None,
            reason: None,
            again: None,
        }
    }
}

/// What a unit typed as its result, untrusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportDraft {
    pub result: String,
    /// Number and symbol of the document sent; may be empty.
    pub number: String,
    /// Its day, ISO; may be empty.
    pub date: String,
}

/// What somebody wants to do with a task, untrusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Give it to units, with the last day (ISO; empty for none).
    Assign { units: Vec<i64>, due_on: String },
    /// Change the last day (ISO; empty for none).
    Deadline { due_on: String },
    /// Not followed.
    Drop { reason: String },
    /// The unit hands in its result.
    Report(ReportDraft),
    /// The result is enough; the note may be empty.
    Accept { note: String },
    /// The result is not enough.
    Return { reason: String },
    /// Take it up again.
    Reopen { reason: String },
}

impl Command {
    pub fn step(&self) -> Step {
        match self {
            Self::Assign { .. } => Step::Assign,
            Self::Deadline { .. } => Step::Deadline,
            Self::Drop { .. } => Step::Drop,
            Self::Report(_) => Step::Report,
            Self::Accept { .. } => Step::Accept,
            Self::Return { .. } => Step::Return,
            Self::Reopen { .. } => Step::Reopen,
        }
    }
}

/// Outcome of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The task after the act.
    pub task: Task,
    /// Further units that each get a task of their own like this one.
    pub also: Vec<i64>,
    /// The same duty for the next period, owed by the same unit.
    pub next: Option<Task>,
    pub step: Step,
    /// What the history shows beside the act.
    pub note: String,
    pub fact: Fact,
}
