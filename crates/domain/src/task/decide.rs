//! Judges one act on one task.

use std::collections::BTreeSet;

use law::LegalDate;

use super::due::next_day;
use super::state::{Command, Decision, ReportDraft, State, Step, Task};
use crate::access::{self, Action};
use crate::{Actor, Ctx, Fact, Refusal, limits};

/// Judges an act. `units` are the units of the installation.
///
/// # Errors
/// `ACCESS-01` not this role's act, or a report by another unit; `TASK-01` not
/// possible in this state; `TASK-02` no unit chosen; `TASK-03` unit not known;
/// `TASK-04` no reason; `TASK-05` no result; `TASK-06` not a date; `TASK-07`
/// date in the future; `TASK-08` text too long.
pub fn decide(
    ctx: Ctx<'_>,
    units: &BTreeSet<i64>,
    task: &Task,
    command: &Command,
) -> Result<Decision, Refusal> {
    let step = command.step();
    if !permitted(ctx.actor, task, step) {
        return Err(Refusal::new("ACCESS-01"));
    }
    if !task.state.steps().contains(&step) {
        return Err(Refusal::new("TASK-01")
            .arg("state", task.state.code())
            .arg("step", step.code()));
    }
    let mut also = Vec::new();
    let mut next = None;
    let (task, note) = match command {
        Command::Assign {
            units: chosen,
            due_on,
        } => {
            let (task, others) = assign(units, task, chosen, due_on)?;
            also = others;
            (task, String::new())
        }
        Command::Deadline { due_on } => deadline(task, due_on)?,
        Command::Drop { reason } => with_reason(task, State::Dropped, reason)?,
        Command::Report(draft) => report(ctx, task, draft)?,
        Command::Accept { note } => {
            let note = text(note, "note", limits::SUBJECT_CHARS_MAX)?;
            next = next_period(task);
            let done = Task {
                state: State::Done,
                reason: None,
                ..task.clone()
            };
            (done, note)
        }
        Command::Return { reason } => with_reason(task, State::Returned, reason)?,
        Command::Reopen { reason } => {
            let state = if task.unit.is_some() && task.state == State::Done {
                State::Assigned
            } else {
                State::Proposed
            };
            let (mut task, note) = with_reason(task, state, reason)?;
            if state == State::Proposed {
                task.unit = None;
            }
            (task, note)
        }
    };
    Ok(Decision {
        fact: fact(step, &task),
        task,
        also,
        next,
        step,
        note,
    })
}

/// A repeated duty (định kỳ) is owed again as soon as it is done; without a day so far it
/// stays without one.
fn next_period(task: &Task) -> Option<Task> {
    let every = task.again?;
    Some(Task {
        state: State::Assigned,
        unit: task.unit,
        due_on: task.due_on.and_then(|due_on| next_day(every, due_on)),
        ..Task::proposed(None)
    })
}

/// The tasks ticked for one act, each with the version the form was made of.
///
/// # Errors
/// `TASK-09` nothing ticked.
pub fn checked_selection(ticked: Vec<(i64, i64)>) -> Result<Vec<(i64, i64)>, Refusal> {
    if ticked.is_empty() {
        return Err(Refusal::new("TASK-09").on("tasks"));
    }
    Ok(ticked)
}

/// What this person may do next with a task.
pub fn next_steps(actor: &Actor, task: &Task) -> Vec<Step> {
    let steps = task.state.steps().iter().copied();
    steps.filter(|step| permitted(actor, task, *step)).collect()
}

fn permitted(actor: &Actor, task: &Task, step: Step) -> bool {
    let may = |action| access::may(actor.role, actor.supervises, action);
    match step {
        Step::Report => may(Action::ReportTask) && task.unit == Some(actor.unit),
        _ => may(Action::SteerTasks),
    }
}

/// The first unit takes the task itself, every further one a task like it.
fn assign(
    units: &BTreeSet<i64>,
    task: &Task,
    chosen: &[i64],
    due_on: &str,
) -> Result<(Task, Vec<i64>), Refusal> {
    let chosen: BTreeSet<i64> = chosen.iter().copied().collect();
    if chosen.iter().any(|unit| !units.contains(unit)) {
        return Err(Refusal::new("TASK-03").on("units"));
    }
    let mut chosen = chosen.into_iter();
    let first = chosen
        .next()
        .ok_or_else(|| Refusal::new("TASK-02").on("units"))?;
    let assigned = Task {
        state: State::Assigned,
        unit: Some(first),
        due_on: date(due_on, "due_on")?,
        reason: None,
        ..task.clone()
    };
    Ok((assigned, chosen.collect()))
}

fn deadline(task: &Task, due_on: &str) -> Result<(Task, String), Refusal> {
    let due_on = date(due_on, "due_on")?;
    let shown =
        |date: Option<LegalDate>| date.map_or_else(|| "-".to_owned(), LegalDate::day_month_year);
    let note = format!("{} → {}", shown(task.due_on), shown(due_on));
    Ok((
        Task {
            due_on,
            ..task.clone()
        },
        note,
    ))
}

fn report(ctx: Ctx<'_>, task: &Task, draft: &ReportDraft) -> Result<(Task, String), Refusal> {
    let result = text(&draft.result, "result", limits::RESULT_CHARS_MAX)?;
    if result.is_empty() {
        return Err(Refusal::new("TASK-05").on("result"));
    }
    let number = text(&draft.number, "number", limits::FIELD_CHARS_MAX)?;
    let on = date(&draft.date, "date")?;
    if let Some(on) = on
        && on > ctx.today
    {
        return Err(Refusal::new("TASK-07")
            .on("date")
            .arg("date", on.day_month_year())
            .arg("today", ctx.today.day_month_year()));
    }
    let result_ref = match (number.is_empty(), on) {
        (true, None) => None,
        (true, Some(on)) => Some(format!("ngày {}", on.day_month_year())),
        (false, None) => Some(number),
        (false, Some(on)) => Some(format!("{number} ngày {}", on.day_month_year())),
    };
    let note = match &result_ref {
        Some(named) => format!("{result} ({named})"),
        None => result.clone(),
    };
    let reported = Task {
        state: State::Reported,
        result: Some(result),
        result_ref,
        reported_on: Some(ctx.today),
        ..task.clone()
    };
    Ok((reported, note))
}

fn with_reason(task: &Task, state: State, reason: &str) -> Result<(Task, String), Refusal> {
    let reason = text(reason, "reason", limits::SUBJECT_CHARS_MAX)?;
    if reason.chars().count() < limits::REASON_CHARS_MIN {
        return Err(Refusal::new("TASK-04").on("reason"));
    }
    let changed = Task {
        state,
        reason: Some(reason.clone()),
        ..task.clone()
    };
    Ok((changed, reason))
}

fn fact(step: Step, task: &Task) -> Fact {
    let kind = match step {
        Step::Assign => "task.assigned",
        Step::Deadline => "task.deadline",
        Step::Drop => "task.dropped",
        Step::Report => "task.reported",
        Step::Accept => "task.accepted",
        Step::Return => "task.returned",
        Step::Reopen => "task.reopened",
    };
    let mut fact = Fact::new(kind).with("state", task.state.code());
    if let Some(unit) = task.unit {
        fact = fact.with("unit", unit);
    }
    if let Some(due_on) = task.due_on {
        fact = fact.with("due_on", due_on);
    }
    fact
}

fn date(text: &str, field: &'static str) -> Result<Option<LegalDate>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    LegalDate::parse(text)
        .map(Some)
        .map_err(|_| Refusal::new("TASK-06").on(field).arg("text", text))
}

/// Composed (NFC), trimmed and bounded; lines stay lines.
fn text(raw: &str, field: &'static str, chars_max: usize) -> Result<String, Refusal> {
    let text: String = vanban::text::nfc(raw.trim())
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    let chars = text.chars().count();
    if chars > chars_max {
        return Err(Refusal::new("TASK-08")
            .on(field)
            .arg("chars", chars)
            .arg("max", chars_max));
    }
    Ok(text)
}
