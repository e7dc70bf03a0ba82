//! One task: what it says, what happened, and the acts that come next.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::plans::{TaskPage, Ticked};
use app::rows::{PlanRow, StepRow};
use app::{App, AppError, Who};
use domain::task::{Command, ReportDraft, Step};

use super::review::numbers;
use super::view::{Choice, TaskView, choices, names, notes};
use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem, moment};

/// One step of the history in words.
struct Past {
    act: String,
    note: String,
    who: String,
    at: String,
}

#[derive(Template)]
#[template(path = "task_page.html")]
struct View {
    page: Page,
    task: TaskView,
    plan: PlanRow,
    actors: Vec<String>,
    with_actors: Vec<String>,
    version: i64,
    past: Vec<Past>,
    next: Vec<Step>,
    units: Vec<Choice>,
    notes: Vec<String>,
    /// What was typed into the form that was refused.
    kept: Fields,
    /// The step that was refused; empty when none.
    refused: String,
    due_on: String,
    result: String,
    problem: Problem,
}

impl View {
    fn can(&self, code: &str) -> bool {
        self.next.iter().any(|step| step.code() == code)
    }

    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }

    /// A form stands open when it is the only act, or was refused.
    fn open(&self, code: &str) -> bool {
        self.refused == code
            || (self.refused.is_empty()
                && self.next.first().is_some_and(|step| step.code() == code))
    }

    fn wrong_reason(&self, step: &str) -> bool {
        self.refused == step && self.wrong("reason")
    }

    fn step_key(&self, step: &str) -> String {
        format!("task-act-{step}")
    }

    fn do_key(&self, step: &str) -> String {
        format!("task-do-{step}")
    }

    fn typed(&self, step: &str, field: &str) -> &str {
        if self.refused == step {
            self.kept.get(field)
        } else {
            ""
        }
    }
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /tasks/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, id, asked.done.as_deref(), None).await
}

/// `POST /tasks/{id}/{step}`
pub async fn act(
    State(app): State<App>,
    Path((id, step)): Path<(i64, String)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let Some(command) = Step::parse(&step).map(|step| command(step, &fields)) else {
        return Fault::new(AppError::Absent, t).into_response();
    };
    let task = Ticked {
        id,
        version: fields.number("version"),
    };
    match app.task_act(&who, fields.request(), task, command).await {
        Ok(()) => Redirect::to(&format!("/tasks/{id}?done=task-{step}")).into_response(),
        Err(error) => show(&app, who, id, None, Some((error, step, fields))).await,
    }
}

fn command(step: Step, fields: &Fields) -> Command {
    match step {
        Step::Assign => Command::Assign {
            units: numbers(fields.all("units")),
            due_on: fields.text("due_on"),
        },
        Step::Deadline => Command::Deadline {
            due_on: fields.text("due_on"),
        },
        Step::Drop => Command::Drop {
            reason: fields.text("reason"),
        },
        Step::Report => Command::Report(ReportDraft {
            result: fields.text("result"),
            number: fields.text("number"),
            date: fields.text("date"),
        }),
        Step::Accept => Command::Accept {
            note: fields.text("note"),
        },
        Step::Return => Command::Return {
            reason: fields.text("reason"),
        },
        Step::Reopen => Command::Reopen {
            reason: fields.text("reason"),
        },
    }
}

async fn show(
    app: &App,
    who: Who,
    id: i64,
    done: Option<&str>,
    refused: Option<(AppError, String, Fields)>,
) -> Response {
    let t = T::new(&who.language);
    match app.task_page(&who, id).await {
        Ok(found) => {
            let active = if found.task.row.unit_id == Some(who.actor.unit) {
                "tasks"
            } else {
                "plans"
            };
            let mut view = view(Page::new(app, who, active).done(done), found, t);
            let mut status = StatusCode::OK;
            if let Some((error, step, fields)) = refused {
                status = fault::status(&error);
                view.problem = fault::problem(&error, t);
                keep(&mut view, &step, fields);
            }
            shell::with_status(status, &view)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// What was typed stays in the form.
fn keep(view: &mut View, step: &str, fields: Fields) {
    match step {
        "assign" => {
            let units = numbers(fields.all("units"));
            for choice in &mut view.units {
                choice.chosen = units.contains(&choice.id);
            }
            view.due_on = fields.text("due_on");
        }
        "deadline" => view.due_on = fields.text("due_on"),
        "report" => view.result = fields.text("result"),
        _ => {}
    }
    step.clone_into(&mut view.refused);
    view.kept = fields;
}

fn view(page: Page, found: TaskPage, t: T) -> View {
    let row = &found.task.row;
    View {
        page,
        actors: names(&row.actors),
        with_actors: names(&row.with_actors),
        version: row.version,
        due_on: row.due_on.clone().unwrap_or_default(),
        result: row.result.clone().unwrap_or_default(),
        past: found.steps.into_iter().map(|step| past(step, t)).collect(),
        units: choices(&found.units, &found.suggestion.units),
        notes: if found.next.contains(&Step::Assign) {
            notes(&found.suggestion, t)
        } else {
            Vec::new()
        },
        next: found.next,
        plan: found.plan,
        kept: Fields::default(),
        refused: String::new(),
        problem: Problem::default(),
        task: TaskView::new(found.task, t),
    }
}

fn past(step: StepRow, t: T) -> Past {
    Past {
        act: t.s(format!("task-step-{}", step.act)),
        note: step.note,
        who: step.who,
        at: moment(&step.created_at),
    }
}
