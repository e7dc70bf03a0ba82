//! Plans and directives: read one in, review its duties, give them to units,
//! follow them to the end.
//!
//! A supervising unit sees the tasks of all units; every other unit sees its own
//! and nothing else. Names of bodies in `actors` are joined by [`BETWEEN`].

mod acts;
mod follow;
mod read;

pub use acts::{Chosen, Ticked};
pub use follow::{Followed, Owed, TaskPage};
pub use read::ReadIn;

use std::collections::BTreeMap;

use domain::access::Action;
use domain::task::{self, Body, State, Suggestion, Task};
use law::LegalDate;
use store::accounts::Unit;
use store::plans::{PlanFigures, PlanRow, TaskRow};
use vanban::reader::Every;

use crate::{App, AppError, Who};

/// Stands between two names of bodies in a stored task.
pub const BETWEEN: &str = "; ";

/// Which tasks of a plan a page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<State>,
    /// Only those past their day with a result still owed.
    pub overdue: bool,
    pub unit: Option<i64>,
}

/// A task of a plan with what a reviewer needs.
#[derive(Debug, Clone)]
pub struct Reviewed {
    pub row: TaskRow,
    pub state: State,
    /// Units that the words seem to mean; empty once it is assigned.
    pub suggestion: Suggestion,
    /// `None` when not overdue.
    pub overdue_days: Option<u32>,
}

/// A plan with the tasks that a filter lets through, in the order of the text.
#[derive(Debug, Clone)]
pub struct PlanTasks {
    pub plan: PlanRow,
    pub warnings: Vec<ReadWarning>,
    pub tasks: Vec<Reviewed>,
    /// How many of the whole plan stand where.
    pub figures: BTreeMap<State, usize>,
    pub overdue: usize,
    pub units: Vec<Unit>,
}

/// What a person should check in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadWarning {
    /// Stable code, such as `CITE-DATE`.
    pub code: String,
    /// Place in the document.
    pub at: String,
    pub text: String,
}

impl ReadWarning {
    fn line(&self) -> String {
        format!("{} {}: {}", self.code, self.at, self.text)
    }

    fn parse(line: &str) -> Self {
        let (head, text) = line.split_once(": ").unwrap_or(("", line));
        let (code, at) = head.split_once(' ').unwrap_or((head, ""));
        Self {
            code: code.to_owned(),
            at: at.to_owned(),
            text: text.to_owned(),
        }
    }
}

impl App {
    /// Plans with their figures, newest first.
    pub async fn plan_list(&self, who: &Who, page: i64) -> Result<Vec<PlanFigures>, AppError> {
        who.require(Action::SteerTasks)?;
        let today = self.today()?.to_string();
        Ok(self.db.plans(&today, page).await?)
    }

    /// A plan with the tasks that the filter lets through.
    pub async fn plan_tasks(
        &self,
        who: &Who,
        id: i64,
        filter: Filter,
    ) -> Result<PlanTasks, AppError> {
        who.require(Action::SteerTasks)?;
        let today = self.today()?;
        let plan = self.db.plan(id).await?.ok_or(AppError::Absent)?;
        let rows = self.db.tasks_of_plan(id).await?;
        let units = self.db.units().await?;
        Ok(gather(plan, rows, units, filter, today)?)
    }
}

fn gather(
    plan: PlanRow,
    rows: Vec<TaskRow>,
    units: Vec<Unit>,
    filter: Filter,
    today: LegalDate,
) -> Result<PlanTasks, store::StoreError> {
    let bodies = bodies(&units);
    let mut figures = BTreeMap::new();
    let mut overdue = 0;
    let mut tasks = Vec::new();
    for row in rows {
        let task = stored(&row)?;
        let overdue_days = task::overdue_days(task.state, task.due_on, today);
        *figures.entry(task.state).or_insert(0) += 1;
        overdue += usize::from(overdue_days.is_some());
        let shown = filter.state.is_none_or(|state| state == task.state)
            && (!filter.overdue || overdue_days.is_some())
            && filter.unit.is_none_or(|unit| Some(unit) == row.unit_id);
        if !shown {
            continue;
        }
        let suggestion = if task.state == State::Proposed {
            suggestion(&row, &bodies)
        } else {
            Suggestion::default()
        };
        tasks.push(Reviewed {
            row,
            state: task.state,
            suggestion,
            overdue_days,
        });
    }
    Ok(PlanTasks {
        warnings: plan.warnings.lines().map(ReadWarning::parse).collect(),
        plan,
        tasks,
        figures,
        overdue,
        units,
    })
}

fn bodies(units: &[Unit]) -> Vec<Body> {
    units
        .iter()
        .map(|unit| Body {
            id: unit.id,
            name: unit.name.clone(),
            kind: unit.kind.clone(),
            supervises: unit.supervises,
        })
        .collect()
}

fn suggestion(row: &TaskRow, bodies: &[Body]) -> Suggestion {
    let actors: Vec<String> = row.actors.split(BETWEEN).map(str::to_owned).collect();
    task::suggest(&actors, bodies)
}

/// The changeable part of a stored task.
fn stored(row: &TaskRow) -> Result<Task, store::StoreError> {
    let unknown = |column, value: &str| store::StoreError::Stored {
        table: "task",
        column,
        value: value.to_owned(),
    };
    let day = |column, text: &Option<String>| {
        text.as_deref()
            .map(|text| LegalDate::parse(text).map_err(|_| unknown(column, text)))
            .transpose()
    };
    Ok(Task {
        state: State::parse(&row.state).ok_or_else(|| unknown("state", &row.state))?,
        unit: row.unit_id,
        due_on: day("due_on", &row.due_on)?,
        result: row.result.clone(),
        result_ref: row.result_ref.clone(),
        reported_on: day("reported_on", &row.reported_on)?,
        reason: row.reason.clone(),
        again: match row.every.as_deref() {
            None => None,
            Some(every) => Some(Every::parse(every).ok_or_else(|| unknown("every", every))?),
        },
    })
}

/// Whether this person may know of a task.
fn sees(who: &Who, row: &TaskRow) -> bool {
    who.may(Action::SteerTasks)
        || (who.may(Action::ReadTasks) && row.unit_id == Some(who.actor.unit))
}
