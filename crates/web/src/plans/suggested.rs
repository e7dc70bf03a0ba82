//! Give out all tasks whose units are clear, after a look at the whole set.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use app::rows::PlanRow;
use app::{App, AppError, Who};

use super::view::{Asked, TaskView};
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

/// A task and the names of the units that it would go to.
struct Given {
    task: TaskView,
    units: String,
}

#[derive(Template)]
#[template(path = "plan_assign.html")]
struct ConfirmPage {
    page: Page,
    plan: PlanRow,
    rows: Vec<Given>,
    /// Proposed tasks of the set that a person has to look at one by one.
    unclear: usize,
    asked: Asked,
    problem: Problem,
}

impl ConfirmPage {
    fn query(&self) -> String {
        self.asked.query(1)
    }
}

/// `GET /plans/{id}/assignments`
pub async fn form(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, id, asked, None).await
}

/// `POST /plans/{id}/assignments`
pub async fn assign(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let asked = Asked {
        state: fields.text("state"),
        unit: fields.text("unit"),
        ..Asked::default()
    };
    let expected = fields.get("expected").parse().unwrap_or(0);
    match app
        .assign_suggested(&who, fields.request(), id, asked.filter(), expected)
        .await
    {
        Ok(_) => Redirect::to(&format!("/plans/{id}?done=tasks-assign")).into_response(),
        Err(error) => show(&app, who, id, asked, Some(error)).await,
    }
}

async fn show(app: &App, who: Who, id: i64, asked: Asked, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    match app.plan_tasks(&who, id, asked.filter()).await {
        Ok(found) => {
            let names: BTreeMap<i64, &str> = found
                .units
                .iter()
                .map(|unit| (unit.id, unit.name.as_str()))
                .collect();
            let proposed = found
                .tasks
                .iter()
                .filter(|task| task.state == domain::task::State::Proposed);
            let unclear = proposed.filter(|task| !task.is_clear()).count();
            let clear = found.tasks.iter().filter(|task| task.is_clear());
            let rows = clear
                .map(|task| Given {
                    units: task
                        .suggestion
                        .units
                        .iter()
                        .filter_map(|unit| names.get(unit).copied())
                        .collect::<Vec<_>>()
                        .join("; "),
                    task: TaskView::of(task.row.clone(), task.state, task.overdue_days, t),
                })
                .collect();
            let page = ConfirmPage {
                page: Page::new(app, who, "plans"),
                plan: found.plan,
                rows,
                unclear,
                asked,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
            };
            let status = error.as_ref().map_or(StatusCode::OK, fault::status);
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}
