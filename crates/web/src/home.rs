//! "Việc của tôi": the first page.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use app::App;
use app::home::Home;

use crate::fault::Fault;
use crate::guard::Signed;
use crate::shell::{self, Page};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
    home: Home,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

pub fn routes() -> Router<App> {
    Router::new().route("/", get(home))
}

async fn home(State(app): State<App>, Query(asked): Query<Asked>, Signed(who): Signed) -> Response {
    let found = app.home(&who).await;
    let page = Page::new(&app, who, "home").done(asked.done.as_deref());
    match found {
        Ok(home) => shell::show(&HomePage { page, home }),
        Err(error) => Fault::new(error, page.t).into_response(),
    }
}

/// Whether a task is past its day and still open.
pub fn late(task: &app::rows::TaskRow, today: &str) -> bool {
    matches!(task.state.as_str(), "assigned" | "returned")
        && task.due_on.as_deref().is_some_and(|due| due < today)
}

/// The first words of a long text, for a table cell.
pub fn short(text: &str) -> String {
    const CHARS_MAX: usize = 140;
    if text.chars().count() <= CHARS_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(CHARS_MAX).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut))
}

/// The words' key of a task's state.
pub fn state_key(state: &str) -> &'static str {
    match state {
        "proposed" => "task-proposed",
        "assigned" => "task-assigned",
        "reported" => "task-reported",
        "returned" => "task-returned",
        "done" => "task-done",
        _ => "task-dropped",
    }
}

/// What the unit does next with a task.
pub fn next_key(state: &str) -> &'static str {
    match state {
        "assigned" => "next-report",
        "returned" => "next-report-again",
        _ => "next-wait",
    }
}

/// Name of a kind of dossier.
pub fn dossier(page: &Page, kind: &str) -> String {
    page.t.s(format!("dossier-{kind}"))
}

/// Name of a dossier's state.
pub fn dossier_state(page: &Page, state: &str) -> String {
    page.t.s(format!("dstate-{state}"))
}
