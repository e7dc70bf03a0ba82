//! Following tasks: one's own, the late ones of all units, the figures of every
//! unit, one task with its history, the list as a file.

use domain::access::Action;
use domain::task::{self, State, Step};
use law::LegalDate;
use print::tasks::{TaskList, TaskRow as PrintedTask};
use store::plans::{PlanRow, StepRow, TaskRow, UnitFigures};

use super::{Filter, Reviewed, sees, stored};
use crate::papers::{Paper, blocking};
use crate::{App, AppError, Who};

/// Media type of an Excel file.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A task on a list.
#[derive(Debug, Clone)]
pub struct Followed {
    pub row: TaskRow,
    pub state: State,
    /// `None` when not overdue.
    pub overdue_days: Option<u32>,
}

/// Which tasks of one's own unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Owed {
    /// Something is still to do or to be accepted.
    #[default]
    Open,
    Closed,
}

/// A task with its history.
#[derive(Debug, Clone)]
pub struct TaskPage {
    pub task: Followed,
    pub plan: PlanRow,
    pub steps: Vec<StepRow>,
    /// What this person may do next.
    pub next: Vec<Step>,
    /// Units to choose from, for those who assign.
    pub units: Vec<store::accounts::Unit>,
    /// Units that the words seem to mean.
    pub suggestion: task::Suggestion,
}

impl App {
    /// Tasks of one's own unit: open ones soonest due first, closed ones newest
    /// first.
    pub async fn own_tasks(
        &self,
        who: &Who,
        which: Owed,
        page: i64,
    ) -> Result<Vec<Followed>, AppError> {
        who.require(Action::ReadTasks)?;
        let rows = match which {
            Owed::Open => self.db.tasks_of_unit(who.actor.unit, page).await?,
            Owed::Closed => self.db.tasks_of_unit_closed(who.actor.unit, page).await?,
        };
        followed(rows, self.today()?)
    }

    /// Late tasks of all units, longest overdue first, and how many there are.
    pub async fn late_tasks(&self, who: &Who, page: i64) -> Result<(Vec<Followed>, i64), AppError> {
        who.require(Action::SteerTasks)?;
        let today = self.today()?;
        let iso = today.to_string();
        let total = self.db.tasks_late_count(&iso).await?;
        let rows = self.db.tasks_late(&iso, page).await?;
        Ok((followed(rows, today)?, total))
    }

    /// Results of all units that wait for acceptance, oldest first.
    pub async fn reported_tasks(&self, who: &Who, page: i64) -> Result<Vec<Followed>, AppError> {
        who.require(Action::SteerTasks)?;
        let rows = self
            .db
            .tasks_with_state(State::Reported.code(), page)
            .await?;
        followed(rows, self.today()?)
    }

    /// Unit by unit: owed, late, reported, done; of one plan or of all.
    pub async fn unit_figures(
        &self,
        who: &Who,
        plan: Option<i64>,
    ) -> Result<Vec<UnitFigures>, AppError> {
        who.require(Action::SteerTasks)?;
        let today = self.today()?.to_string();
        Ok(self.db.unit_figures(&today, plan.unwrap_or(0)).await?)
    }

    /// A task that this person may see, with its history and next acts.
    pub async fn task_page(&self, who: &Who, id: i64) -> Result<TaskPage, AppError> {
        who.require(Action::ReadTasks)?;
        let row = self
            .db
            .task(id)
            .await?
            .filter(|row| sees(who, row))
            .ok_or(AppError::Absent)?;
        let plan = self.db.plan(row.plan_id).await?.ok_or(AppError::Absent)?;
        let steps = self.db.steps(id).await?;
        let state = stored(&row)?;
        let next = task::next_steps(&who.actor, &state);
        let units = if next.contains(&Step::Assign) {
            self.db.units().await?
        } else {
            Vec::new()
        };
        let suggestion = super::suggestion(&row, &super::bodies(&units));
        Ok(TaskPage {
            task: one(row, self.today()?)?,
            plan,
            steps,
            next,
            units,
            suggestion,
        })
    }

    /// The tasks of a plan that the filter lets through, as an Excel file.
    pub async fn tasks_xlsx(
        &self,
        who: &Who,
        plan: i64,
        filter: Filter,
    ) -> Result<Paper, AppError> {
        let today = self.today()?;
        let found = self.plan_tasks(who, plan, filter).await?;
        let date = found
            .plan
            .doc_date
            .as_deref()
            .and_then(|date| LegalDate::parse(date).ok());
        let list = TaskList {
            issuer: found
                .plan
                .issuer
                .clone()
                .unwrap_or_else(|| who.unit.name.clone()),
            number: found.plan.number.clone(),
            date,
            title: found.plan.title.clone(),
            as_of: today,
            rows: found.tasks.into_iter().map(printed).collect(),
        };
        let bytes = blocking(move || print::tasks::xlsx(&list)).await??;
        Ok(Paper {
            file_name: format!("nhiem-vu-{plan}.xlsx"),
            media_type: XLSX,
            bytes,
        })
    }
}

fn followed(rows: Vec<TaskRow>, today: LegalDate) -> Result<Vec<Followed>, AppError> {
    rows.into_iter().map(|row| one(row, today)).collect()
}

fn one(row: TaskRow, today: LegalDate) -> Result<Followed, AppError> {
    let task = stored(&row)?;
    Ok(Followed {
        overdue_days: task::overdue_days(task.state, task.due_on, today),
        state: task.state,
        row,
    })
}

fn printed(task: Reviewed) -> PrintedTask {
    let row = task.row;
    let result = [row.result, row.result_ref]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n");
    PrintedTask {
        section: row.at_label,
        text: row.text,
        lead: row.actors,
        with: row.with_actors,
        unit: row.unit_name.unwrap_or_default(),
        deadline: row
            .due_on
            .as_deref()
            .and_then(|day| LegalDate::parse(day).ok()),
        deadline_text: row.due_text.unwrap_or_default(),
        state: task.state.vi().to_owned(),
        result,
        overdue_days: task.overdue_days,
    }
}
