//! The plans, and the form that reads one in.

use askama::Template;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::limits::PLAN_FILE_BYTES_MAX;
use app::rows::{PAGE_ROWS, PlanFigures};
use app::{App, AppError, Who};

use crate::fault::{self, Fault};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};
use crate::upload::{self, Wrong};

#[derive(Template)]
#[template(path = "plan_list.html")]
struct ListPage {
    page: Page,
    rows: Vec<PlanFigures>,
    number: i64,
    more: bool,
    size_max_mb: usize,
    problem: Problem,
}

#[derive(Deserialize)]
pub struct Asked {
    page: Option<i64>,
    done: Option<String>,
}

/// `GET /plans`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, asked, None).await
}

/// `POST /plans`: the session's token comes first, the file after it.
pub async fn add(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    if let Err(error) = who.require(domain::access::Action::SteerTasks) {
        return Fault::new(error, T::new(&who.language)).into_response();
    }
    let file = match upload::read(form, &who.csrf, PLAN_FILE_BYTES_MAX).await {
        Ok(upload) => upload.file.ok_or(Wrong::Input("PLAN-FILE")),
        Err(wrong) => Err(wrong),
    };
    let (name, bytes) = match file {
        Ok(file) => file,
        Err(wrong) => match wrong.sort(PLAN_FILE_BYTES_MAX) {
            Ok(error) => return refused(&app, who, error).await,
            Err(answer) => return *answer,
        },
    };
    match app.read_in(&who, &name, bytes).await {
        Ok(read) => {
            let done = if read.already {
                "plan-already"
            } else {
                "plan-read"
            };
            Redirect::to(&format!("/plans/{}?done={done}", read.plan)).into_response()
        }
        Err(error) => refused(&app, who, error).await,
    }
}

async fn refused(app: &App, who: Who, error: AppError) -> Response {
    let asked = Asked {
        page: None,
        done: None,
    };
    show(app, who, asked, Some(error)).await
}

async fn show(app: &App, who: Who, asked: Asked, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    match app.plan_list(&who, number).await {
        Ok(rows) => {
            let page = ListPage {
                page: Page::new(app, who, "plans").done(asked.done.as_deref()),
                more: i64::try_from(rows.len()) == Ok(PAGE_ROWS),
                rows,
                number,
                size_max_mb: PLAN_FILE_BYTES_MAX / (1024 * 1024),
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
