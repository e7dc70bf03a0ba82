//! Plans read in, their tasks and every step of a task.

use crate::{Db, Row, StoreError, Tx, args, limits, statements};

/// A plan or directive that was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    pub id: i64,
    pub unit_id: i64,
    pub file_name: String,
    pub file_sha256: String,
    pub form: String,
    pub type_code: Option<String>,
    pub number: Option<String>,
    pub doc_date: Option<String>,
    pub issuer: Option<String>,
    pub title: String,
    /// One warning a line.
    pub warnings: String,
    pub created_by: i64,
    pub created_at: String,
}

/// A task that came out of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    pub id: i64,
    pub plan_id: i64,
    pub position: i64,
    pub at_label: String,
    pub text: String,
    pub actors: String,
    pub with_actors: String,
    pub due_text: Option<String>,
    pub every: Option<String>,
    pub due_on: Option<String>,
    pub unit_id: Option<i64>,
    pub state: String,
    pub result: Option<String>,
    pub result_ref: Option<String>,
    pub reported_on: Option<String>,
    pub reason: Option<String>,
    pub version: i64,
    pub created_at: String,
    pub updated_at: String,
    /// Name of the assigned unit, when joined.
    pub unit_name: Option<String>,
    /// Title of the plan, when joined.
    pub plan_title: String,
}

/// One step in a task's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    pub act: String,
    pub note: String,
    pub who: String,
    pub created_at: String,
}

/// Figures of one plan for its list row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFigures {
    pub plan: PlanRow,
    pub tasks: i64,
    pub proposed: i64,
    pub done: i64,
    pub late: i64,
}

/// Tasks of one unit by how they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFigures {
    pub unit_id: i64,
    pub name: String,
    /// A result is owed, late ones among them.
    pub open: i64,
    pub late: i64,
    pub reported: i64,
    pub done: i64,
}

statements! {
    PLAN_ADD = "INSERT INTO plan (unit_id, file_name, file_sha256, form, type_code, number, doc_date, issuer, title,
        warnings, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    PLAN_GET = "SELECT * FROM plan WHERE id = $1";
    PLAN_BY_FILE = "SELECT id FROM plan WHERE unit_id = $1 AND file_sha256 = $2";
    PLAN_LIST = "SELECT p.*, coalesce(t.tasks, 0) AS tasks, coalesce(t.proposed, 0) AS proposed,
            coalesce(t.done, 0) AS done, coalesce(t.late, 0) AS late
        FROM plan p LEFT JOIN (SELECT plan_id, COUNT(*) AS tasks,
            CAST(SUM(CASE WHEN state = 'proposed' THEN 1 ELSE 0 END) AS BIGINT) AS proposed,
            CAST(SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS BIGINT) AS done,
            CAST(SUM(CASE WHEN state IN ('assigned', 'returned') AND due_on < $1 THEN 1 ELSE 0 END) AS BIGINT) AS late
            FROM task WHERE state <> 'dropped' GROUP BY plan_id) t ON t.plan_id = p.id
        ORDER BY p.id DESC LIMIT $2 OFFSET $3";
    TASK_ADD = "INSERT INTO task (plan_id, position, at_label, text, actors, with_actors, due_text, every, due_on,
        unit_id, state, version, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $12) RETURNING id";
    TASK_GET = "SELECT t.*, u.name AS unit_name, p.title AS plan_title FROM task t
        JOIN plan p ON p.id = t.plan_id LEFT JOIN unit u ON u.id = t.unit_id WHERE t.id = $1";
    TASKS_OF_PLAN = "SELECT t.*, u.name AS unit_name, p.title AS plan_title FROM task t
        JOIN plan p ON p.id = t.plan_id LEFT JOIN unit u ON u.id = t.unit_id
        WHERE t.plan_id = $1 ORDER BY t.position, t.id LIMIT 2000";
    TASKS_OF_UNIT = "SELECT t.*, u.name AS unit_name, p.title AS plan_title FROM task t
        JOIN plan p ON p.id = t.plan_id LEFT JOIN unit u ON u.id = t.unit_id
        WHERE t.unit_id = $1 AND t.state IN ('assigned', 'returned', 'reported')
        ORDER BY coalesce(t.due_on, '9999'), t.id LIMIT $2 OFFSET $3";
    TASKS_LATE = "SELECT t.*, u.name AS unit_name, p.title AS plan_title FROM task t
        JOIN plan p ON p.id = t.plan_id LEFT JOIN unit u ON u.id = t.unit_id
        WHERE t.state IN ('assigned', 'returned') AND t.due_on < $1 ORDER BY t.due_on, t.id LIMIT $2 OFFSET $3";
    TASKS_LATE_COUNT = "SELECT COUNT(*) AS n FROM task WHERE state IN ('assigned', 'returned') AND due_on < $1";
    TASKS_WITH_STATE = "SELECT t.*, u.name AS unit_name, p.title AS plan_title FROM task t
        JOIN plan p ON p.id = t.plan_id LEFT JOIN unit u ON u.id = t.unit_id
        WHERE t.state = $1 ORDER BY t.id LIMIT $2 OFFSET $3";
    /// A later task of the same duty and unit: the next period's.
    TASK_FOLLOWER = "SELECT id FROM task WHERE plan_id = $1 AND position = $2 AND unit_id = $3 AND id > $4 LIMIT 1";
    TASK_CHANGE = "UPDATE task SET unit_id = $3, state = $4, due_on = $5, result = $6, result_ref = $7,
        reported_on = $8, reason = $9, updated_at = $10, version = version + 1 WHERE id = $1 AND version = $2";
    STEP_ADD = "INSERT INTO task_step (task_id, act, note, account_id, created_at) VALUES ($1, $2, $3, $4, $5)";
    STEPS_OF = "SELECT s.act AS act, s.note AS note, s.created_at AS created_at, a.display_name AS who
        FROM task_step s JOIN account a ON a.id = s.account_id WHERE s.task_id = $1 ORDER BY s.id LIMIT 500";
    TASKS_OF_UNIT_CLOSED = "SELECT t.*, u.name AS unit_name, p.title AS plan_title FROM task t
        JOIN plan p ON p.id = t.plan_id LEFT JOIN unit u ON u.id = t.unit_id
        WHERE t.unit_id = $1 AND t.state IN ('done', 'dropped') ORDER BY t.id DESC LIMIT $2 OFFSET $3";
    /// Figures of every unit that has tasks; `$2` is a plan, or 0 for all plans.
    UNIT_FIGURES = "SELECT u.id AS id, u.name AS name, t.open AS open, t.late AS late, t.reported AS reported,
            t.done AS done
        FROM unit u JOIN (SELECT unit_id,
            CAST(SUM(CASE WHEN state IN ('assigned', 'returned') THEN 1 ELSE 0 END) AS BIGINT) AS open,
            CAST(SUM(CASE WHEN state IN ('assigned', 'returned') AND due_on < $1 THEN 1 ELSE 0 END) AS BIGINT) AS late,
            CAST(SUM(CASE WHEN state = 'reported' THEN 1 ELSE 0 END) AS BIGINT) AS reported,
            CAST(SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS BIGINT) AS done
            FROM task WHERE state <> 'dropped' AND ($2 = 0 OR plan_id = $2) GROUP BY unit_id) t ON t.unit_id = u.id
        ORDER BY u.name_key, u.id LIMIT 2000";
    TASK_FIGURES = "SELECT state, COUNT(*) AS n FROM task WHERE unit_id = $1 GROUP BY state ORDER BY state";
}

fn plan(row: &Row) -> Result<PlanRow, StoreError> {
    Ok(PlanRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        file_name: row.text("file_name")?,
        file_sha256: row.text("file_sha256")?,
        form: row.text("form")?,
        type_code: row.opt_text("type_code")?,
        number: row.opt_text("number")?,
        doc_date: row.opt_text("doc_date")?,
        issuer: row.opt_text("issuer")?,
        title: row.text("title")?,
        warnings: row.text("warnings")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

fn task(row: &Row) -> Result<TaskRow, StoreError> {
    Ok(TaskRow {
        id: row.int("id")?,
        plan_id: row.int("plan_id")?,
        position: row.int("position")?,
        at_label: row.text("at_label")?,
        text: row.text("text")?,
        actors: row.text("actors")?,
        with_actors: row.text("with_actors")?,
        due_text: row.opt_text("due_text")?,
        every: row.opt_text("every")?,
        due_on: row.opt_text("due_on")?,
        unit_id: row.opt_int("unit_id")?,
        state: row.text("state")?,
        result: row.opt_text("result")?,
        result_ref: row.opt_text("result_ref")?,
        reported_on: row.opt_text("reported_on")?,
        reason: row.opt_text("reason")?,
        version: row.int("version")?,
        created_at: row.text("created_at")?,
        updated_at: row.text("updated_at")?,
        unit_name: row.opt_text("unit_name")?,
        plan_title: row.text("plan_title")?,
    })
}

/// OFFSET of a page, bounded.
fn offset(page: i64) -> i64 {
    (page.clamp(1, limits::PAGE_DEPTH_MAX) - 1) * limits::PAGE_ROWS
}

impl Db {
    pub async fn plan(&self, id: i64) -> Result<Option<PlanRow>, StoreError> {
        self.first(PLAN_GET, &args![id])
            .await?
            .as_ref()
            .map(plan)
            .transpose()
    }

    /// Plans with their figures, newest first; `today` decides what is late.
    pub async fn plans(&self, today: &str, page: i64) -> Result<Vec<PlanFigures>, StoreError> {
        self.all(PLAN_LIST, &args![today, limits::PAGE_ROWS, offset(page)])
            .await?
            .iter()
            .map(|row| {
                Ok(PlanFigures {
                    plan: plan(row)?,
                    tasks: row.int("tasks")?,
                    proposed: row.int("proposed")?,
                    done: row.int("done")?,
                    late: row.int("late")?,
                })
            })
            .collect()
    }

    pub async fn task(&self, id: i64) -> Result<Option<TaskRow>, StoreError> {
        self.first(TASK_GET, &args![id])
            .await?
            .as_ref()
            .map(task)
            .transpose()
    }

    pub async fn tasks_of_plan(&self, plan_id: i64) -> Result<Vec<TaskRow>, StoreError> {
        self.all(TASKS_OF_PLAN, &args![plan_id])
            .await?
            .iter()
            .map(task)
            .collect()
    }

    /// Open tasks of a unit, soonest due first.
    pub async fn tasks_of_unit(&self, unit_id: i64, page: i64) -> Result<Vec<TaskRow>, StoreError> {
        self.all(
            TASKS_OF_UNIT,
            &args![unit_id, limits::PAGE_ROWS, offset(page)],
        )
        .await?
        .iter()
        .map(task)
        .collect()
    }

    /// Closed tasks of a unit, newest first.
    pub async fn tasks_of_unit_closed(
        &self,
        unit_id: i64,
        page: i64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        self.all(
            TASKS_OF_UNIT_CLOSED,
            &args![unit_id, limits::PAGE_ROWS, offset(page)],
        )
        .await?
        .iter()
        .map(task)
        .collect()
    }

    /// Figures of every unit that has tasks, of one plan or (0) of all.
    pub async fn unit_figures(
        &self,
        today: &str,
        plan_id: i64,
    ) -> Result<Vec<UnitFigures>, StoreError> {
        self.all(UNIT_FIGURES, &args![today, plan_id])
            .await?
            .iter()
            .map(|row| {
                Ok(UnitFigures {
                    unit_id: row.int("id")?,
                    name: row.text("name")?,
                    open: row.int("open")?,
                    late: row.int("late")?,
                    reported: row.int("reported")?,
                    done: row.int("done")?,
                })
            })
            .collect()
    }

    /// Late tasks of all units, longest overdue first.
    pub async fn tasks_late(&self, today: &str, page: i64) -> Result<Vec<TaskRow>, StoreError> {
        self.all(TASKS_LATE, &args![today, limits::PAGE_ROWS, offset(page)])
            .await?
            .iter()
            .map(task)
            .collect()
    }

    pub async fn tasks_late_count(&self, today: &str) -> Result<i64, StoreError> {
        self.one(TASKS_LATE_COUNT, &args![today]).await?.int("n")
    }

    pub async fn tasks_with_state(
        &self,
        state: &str,
        page: i64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        self.all(
            TASKS_WITH_STATE,
            &args![state, limits::PAGE_ROWS, offset(page)],
        )
        .await?
        .iter()
        .map(task)
        .collect()
    }

    pub async fn steps(&self, task_id: i64) -> Result<Vec<StepRow>, StoreError> {
        self.all(STEPS_OF, &args![task_id])
            .await?
            .iter()
            .map(|row| {
                Ok(StepRow {
                    act: row.text("act")?,
                    note: row.text("note")?,
                    who: row.text("who")?,
                    created_at: row.text("created_at")?,
                })
            })
            .collect()
    }

    /// Tasks of a unit by state.
    pub async fn task_figures(&self, unit_id: i64) -> Result<Vec<(String, i64)>, StoreError> {
        self.all(TASK_FIGURES, &args![unit_id])
            .await?
            .iter()
            .map(|row| Ok((row.text("state")?, row.int("n")?)))
            .collect()
    }
}

impl Tx {
    /// The plan already read from the same file, if any.
    pub async fn plan_by_file(
        &mut self,
        unit_id: i64,
        sha256: &str,
    ) -> Result<Option<i64>, StoreError> {
        self.first(PLAN_BY_FILE, &args![unit_id, sha256])
            .await?
            .map(|row| row.int("id"))
            .transpose()
    }

    pub async fn add_plan(&mut self, new: &PlanRow) -> Result<i64, StoreError> {
        self.one(
            PLAN_ADD,
            &args![
                new.unit_id,
                new.file_name.as_str(),
                new.file_sha256.as_str(),
                new.form.as_str(),
                new.type_code.as_deref(),
                new.number.as_deref(),
                new.doc_date.as_deref(),
                new.issuer.as_deref(),
                new.title.as_str(),
                new.warnings.as_str(),
                new.created_by,
                new.created_at.as_str()
            ],
        )
        .await?
        .int("id")
    }

    pub async fn add_task(&mut self, new: &TaskRow) -> Result<i64, StoreError> {
        self.one(
            TASK_ADD,
            &args![
                new.plan_id,
                new.position,
                new.at_label.as_str(),
                new.text.as_str(),
                new.actors.as_str(),
                new.with_actors.as_str(),
                new.due_text.as_deref(),
                new.every.as_deref(),
                new.due_on.as_deref(),
                new.unit_id,
                new.state.as_str(),
                new.created_at.as_str()
            ],
        )
        .await?
        .int("id")
    }

    pub async fn task(&mut self, id: i64) -> Result<Option<TaskRow>, StoreError> {
        self.first(TASK_GET, &args![id])
            .await?
            .as_ref()
            .map(task)
            .transpose()
    }

    /// Whether the same duty has a later task of the same unit.
    pub async fn has_follower(&mut self, row: &TaskRow) -> Result<bool, StoreError> {
        let found = self
            .first(
                TASK_FOLLOWER,
                &args![row.plan_id, row.position, row.unit_id, row.id],
            )
            .await?;
        Ok(found.is_some())
    }

    /// Writes the changeable part of a task; `false` when its version has moved on.
    pub async fn change_task(&mut self, row: &TaskRow) -> Result<bool, StoreError> {
        let touched = self
            .run(
                TASK_CHANGE,
                &args![
                    row.id,
                    row.version,
                    row.unit_id,
                    row.state.as_str(),
                    row.due_on.as_deref(),
                    row.result.as_deref(),
                    row.result_ref.as_deref(),
                    row.reported_on.as_deref(),
                    row.reason.as_deref(),
                    row.updated_at.as_str()
                ],
            )
            .await?;
        Ok(touched == 1)
    }

    pub async fn add_step(
        &mut self,
        task_id: i64,
        act: &str,
        note: &str,
        account: i64,
        at: &str,
    ) -> Result<(), StoreError> {
        self.run(STEP_ADD, &args![task_id, act, note, account, at])
            .await?;
        Ok(())
    }
}
