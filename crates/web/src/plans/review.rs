//! A plan's page: its duties in a table to review, give out, date or drop.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use app::plans::{Chosen, PlanTasks, ReadWarning, Ticked};
use app::rows::PlanRow;
use app::{App, AppError, Who};
use domain::task::{Command, State as TaskState};

use super::view::{Asked, ReviewRow, cut};
use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::home;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

/// One filter over the table with the number of its tasks.
struct Tab {
    code: &'static str,
    label: String,
    tasks: usize,
    active: bool,
}

#[derive(Template)]
#[template(path = "plan_review.html")]
struct PlanPage {
    page: Page,
    plan: PlanRow,
    warnings: Vec<ReadWarning>,
    tabs: Vec<Tab>,
    units: Vec<(i64, String)>,
    rows: Vec<ReviewRow>,
    asked: Asked,
    /// Proposed tasks of the filtered set whose units are clear.
    clear: usize,
    found: usize,
    number: i64,
    pages: i64,
    problem: Problem,
    reason: String,
}

impl PlanPage {
    /// The address of this table on another page.
    fn link(&self, number: i64) -> String {
        format!("/plans/{}?{}", self.plan.id, self.asked.query(number))
    }

    fn query(&self) -> String {
        self.asked.query(1)
    }

    fn is_unit(&self, id: &i64) -> bool {
        self.asked.unit == id.to_string()
    }
}

/// `GET /plans/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, id, asked, None).await
}

/// `POST /plans/{id}/reviews`: one act on the ticked tasks.
pub async fn act(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let asked = Asked {
        state: fields.text("state"),
        unit: fields.text("unit"),
        page: Some(fields.number("page")),
        done: None,
    };
    let step = fields.get("act").to_owned();
    let done = match chosen(&fields, &step) {
        Ok(chosen) => app.plan_act(&who, fields.request(), id, chosen).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => {
            let query = asked.query(asked.page.unwrap_or(1));
            Redirect::to(&format!("/plans/{id}?{query}&done=tasks-{step}")).into_response()
        }
        Err(error) => show(&app, who, id, asked, Some((error, fields))).await,
    }
}

/// `GET /plans/{id}/tasks.xlsx`
pub async fn xlsx(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    match app.tasks_xlsx(&who, id, asked.filter()).await {
        Ok(paper) => {
            let disposition = format!("attachment; filename=\"{}\"", paper.file_name);
            let headers = [
                (header::CONTENT_TYPE, paper.media_type.to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
            ];
            (headers, paper.bytes).into_response()
        }
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

/// Each ticked task comes as `id:version`, its choices under its number.
fn chosen(fields: &Fields, step: &str) -> Result<Vec<Chosen>, AppError> {
    let mut chosen = Vec::new();
    for task in fields.all("tasks").iter().filter_map(|tick| ticked(tick)) {
        let due_on = fields.text(&format!("due-{}", task.id));
        let command = match step {
            "assign" => Command::Assign {
                units: numbers(fields.all(&format!("units-{}", task.id))),
                due_on,
            },
            "deadline" => Command::Deadline { due_on },
            "drop" => Command::Drop {
                reason: fields.text("reason"),
            },
            _ => return Err(AppError::Absent),
        };
        chosen.push(Chosen { task, command });
    }
    Ok(chosen)
}

pub fn ticked(tick: &str) -> Option<Ticked> {
    let (id, version) = tick.split_once(':')?;
    Some(Ticked {
        id: id.parse().ok()?,
        version: version.parse().ok()?,
    })
}

pub fn numbers(texts: &[String]) -> Vec<i64> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

async fn show(
    app: &App,
    who: Who,
    id: i64,
    asked: Asked,
    refused: Option<(AppError, Fields)>,
) -> Response {
    let t = T::new(&who.language);
    match app.plan_tasks(&who, id, asked.filter()).await {
        Ok(found) => {
            let page = Page::new(app, who, "plans").done(asked.done.as_deref());
            let mut view = view(page, found, asked, t);
            let mut status = StatusCode::OK;
            if let Some((error, fields)) = refused {
                status = fault::status(&error);
                view.problem = fault::problem(&error, t);
                view.reason = fields.text("reason");
                view.rows.iter_mut().for_each(|row| keep(row, &fields));
            }
            shell::with_status(status, &view)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// What was typed stays in the form.
fn keep(row: &mut ReviewRow, fields: &Fields) {
    row.ticked = fields.all("tasks").contains(&row.task.tick);
    if !row.ticked {
        return;
    }
    row.due_on = fields.text(&format!("due-{}", row.task.id));
    let units = numbers(fields.all(&format!("units-{}", row.task.id)));
    for choice in &mut row.units {
        choice.chosen = units.contains(&choice.id);
    }
}

fn view(page: Page, found: PlanTasks, asked: Asked, t: T) -> PlanPage {
    let tabs = tabs(&found, &asked, t);
    let clear = found.tasks.iter().filter(|task| task.is_clear()).count();
    let total = found.tasks.len();
    let (tasks, number, pages) = cut(found.tasks, asked.page);
    let mut rows = Vec::new();
    let mut group = String::new();
    for task in &tasks {
        let mut row = ReviewRow::new(task, &found.units, t);
        let part = row.task.at.split('.').next().unwrap_or_default().to_owned();
        if part != group {
            row.group = t.a("plan-section", "at", &part);
            group = part;
        }
        rows.push(row);
    }
    PlanPage {
        page,
        plan: found.plan,
        warnings: found.warnings,
        tabs,
        units: found
            .units
            .into_iter()
            .map(|unit| (unit.id, unit.name))
            .collect(),
        rows,
        asked,
        clear,
        found: total,
        number,
        pages,
        problem: Problem::default(),
        reason: String::new(),
    }
}

fn tabs(found: &PlanTasks, asked: &Asked, t: T) -> Vec<Tab> {
    let all = Tab {
        code: "",
        label: t.s("all"),
        tasks: found.figures.values().sum(),
        active: asked.state.is_empty(),
    };
    let overdue = Tab {
        code: "overdue",
        label: t.s("late"),
        tasks: found.overdue,
        active: asked.state == "overdue",
    };
    let states = TaskState::ALL.into_iter().map(|state| Tab {
        code: state.code(),
        label: t.s(home::state_key(state.code())),
        tasks: found.figures.get(&state).copied().unwrap_or(0),
        active: asked.state == state.code(),
    });
    std::iter::once(all)
        .chain(states)
        .chain([overdue])
        .collect()
}
