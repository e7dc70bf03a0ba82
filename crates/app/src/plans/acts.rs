//! Acts on tasks. One act, however many tasks it ticks, is one transaction: all
//! of it happens or nothing.

use std::collections::BTreeSet;

use domain::access::Action;
use domain::task::{self, Command, State, Step};
use store::plans::TaskRow;

use super::{Filter, Reviewed, sees, stored};
use crate::{Act, App, AppError, Who};

/// A ticked task and the version that the form showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticked {
    pub id: i64,
    pub version: i64,
}

/// A ticked task with what was chosen for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    pub task: Ticked,
    pub command: Command,
}

impl App {
    /// One act on one task, by its own page.
    pub async fn task_act(
        &self,
        who: &Who,
        request: Option<&str>,
        task: Ticked,
        command: Command,
    ) -> Result<(), AppError> {
        self.tasks_act(who, request, None, vec![Chosen { task, command }])
            .await?;
        Ok(())
    }

    /// An act on ticked tasks of one plan; the answer is how many.
    ///
    /// # Errors
    /// `TASK-09` nothing ticked; [`AppError::Stale`] when one of them has changed
    /// since the form was made.
    pub async fn plan_act(
        &self,
        who: &Who,
        request: Option<&str>,
        plan: i64,
        chosen: Vec<Chosen>,
    ) -> Result<usize, AppError> {
        who.require(Action::SteerTasks)?;
        let ticked = chosen
            .iter()
            .map(|one| (one.task.id, one.task.version))
            .collect();
        task::checked_selection(ticked)?;
        self.tasks_act(who, request, Some(plan), chosen).await
    }

    /// Gives every proposed task of the filtered set to its suggested units.
    /// `expected` is the count that the person confirmed.
    ///
    /// # Errors
    /// `TASK-10` the set is no longer the one that was confirmed.
    pub async fn assign_suggested(
        &self,
        who: &Who,
        request: Option<&str>,
        plan: i64,
        filter: Filter,
        expected: usize,
    ) -> Result<usize, AppError> {
        let page = self.plan_tasks(who, plan, filter).await?;
        let chosen: Vec<Chosen> = page
            .tasks
            .iter()
            .filter(|task| task.is_clear())
            .map(suggested)
            .collect();
        if chosen.len() != expected {
            return Err(domain::Refusal::new("TASK-10")
                .arg("expected", expected)
                .arg("now", chosen.len())
                .into());
        }
        self.plan_act(who, request, plan, chosen).await
    }

    async fn tasks_act(
        &self,
        who: &Who,
        request: Option<&str>,
        plan: Option<i64>,
        chosen: Vec<Chosen>,
    ) -> Result<usize, AppError> {
        let units: BTreeSet<i64> = self
            .db
            .units()
            .await?
            .into_iter()
            .map(|unit| unit.id)
            .collect();
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        // Everything is judged before anything is written: a refused act draws no
        // number on either database.
        let mut judged = Vec::with_capacity(chosen.len());
        let mut seen = BTreeSet::new();
        for one in &chosen {
            if !seen.insert(one.task.id) {
                return Err(AppError::Stale);
            }
            judged.push(judge(&mut act, who, &units, plan, one).await?);
        }
        for (row, decision) in judged {
            carry_out(&mut act, who, row, &decision).await?;
        }
        act.finish(&chosen.len().to_string()).await?;
        Ok(chosen.len())
    }
}

impl Reviewed {
    /// Its words say which units are meant, all of them.
    pub fn is_clear(&self) -> bool {
        self.state == State::Proposed
            && !self.suggestion.units.is_empty()
            && self.suggestion.notes.is_empty()
    }
}

fn suggested(task: &Reviewed) -> Chosen {
    Chosen {
        task: Ticked {
            id: task.row.id,
            version: task.row.version,
        },
        command: Command::Assign {
            units: task.suggestion.units.iter().copied().collect(),
            due_on: task.row.due_on.clone().unwrap_or_default(),
        },
    }
}

async fn judge(
    act: &mut Act<'_>,
    who: &Who,
    units: &BTreeSet<i64>,
    plan: Option<i64>,
    one: &Chosen,
) -> Result<(TaskRow, task::Decision), AppError> {
    let row = act
        .tx
        .task(one.task.id)
        .await?
        .filter(|row| sees(who, row) && plan.is_none_or(|plan| plan == row.plan_id))
        .ok_or(AppError::Absent)?;
    if row.version != one.task.version {
        return Err(AppError::Stale);
    }
    // Of many ticked tasks, the sentence names the one that was refused.
    let mut before = stored(&row)?;
    // A task that was reopened and is accepted again has its next period already.
    if before.again.is_some() && act.tx.has_follower(&row).await? {
        before.again = None;
    }
    let decision = task::decide(act.ctx(), units, &before, &one.command)
        .map_err(|refusal| refusal.arg("at", &row.at_label))?;
    Ok((row, decision))
}

async fn carry_out(
    act: &mut Act<'_>,
    who: &Who,
    row: TaskRow,
    decision: &task::Decision,
) -> Result<(), AppError> {
    let changed = with(row, &decision.task, &act.now);
    if !act.tx.change_task(&changed).await? {
        return Err(AppError::Stale);
    }
    note(act, who, changed.id, decision, decision.fact.clone()).await?;
    for unit in &decision.also {
        let twin = TaskRow {
            unit_id: Some(*unit),
            created_at: act.now.clone(),
            ..changed.clone()
        };
        let id = act.tx.add_task(&twin).await?;
        let fact = decision
            .fact
            .clone()
            .with("unit", unit)
            .with("like", changed.id);
        note(act, who, id, decision, fact).await?;
    }
    if let Some(next) = &decision.next {
        carry_on(act, who, &changed, next).await?;
    }
    Ok(())
}

/// The task of the next period.
async fn carry_on(
    act: &mut Act<'_>,
    who: &Who,
    done: &TaskRow,
    next: &task::Task,
) -> Result<(), AppError> {
    let row = TaskRow {
        created_at: act.now.clone(),
        ..with(done.clone(), next, &act.now)
    };
    let id = act.tx.add_task(&row).await?;
    let day = |day: Option<&str>| day.map_or_else(|| "-".to_owned(), crate::papers::day);
    let words = format!(
        "{} → {}",
        day(done.due_on.as_deref()),
        day(row.due_on.as_deref())
    );
    let now = act.now.clone();
    act.tx
        .add_step(id, Step::Assign.code(), &words, who.actor.account, &now)
        .await?;
    let mut fact = domain::Fact::new("task.assigned")
        .with("state", next.state.code())
        .with("follows", done.id);
    if let Some(unit) = next.unit {
        fact = fact.with("unit", unit);
    }
    if let Some(due_on) = next.due_on {
        fact = fact.with("due_on", due_on);
    }
    act.record_text(format!("task:{id}"), fact, words);
    Ok(())
}

/// The step for the history and the event for the ledger.
async fn note(
    act: &mut Act<'_>,
    who: &Who,
    id: i64,
    decision: &task::Decision,
    fact: domain::Fact,
) -> Result<(), AppError> {
    let now = act.now.clone();
    act.tx
        .add_step(
            id,
            decision.step.code(),
            &decision.note,
            who.actor.account,
            &now,
        )
        .await?;
    act.record_text(format!("task:{id}"), fact, decision.note.clone());
    Ok(())
}

fn with(row: TaskRow, task: &task::Task, now: &str) -> TaskRow {
    TaskRow {
        unit_id: task.unit,
        state: task.state.code().to_owned(),
        due_on: task.due_on.map(|day| day.to_string()),
        result: task.result.clone(),
        result_ref: task.result_ref.clone(),
        reported_on: task.reported_on.map(|day| day.to_string()),
        reason: task.reason.clone(),
        updated_at: now.to_owned(),
        ..row
    }
}
