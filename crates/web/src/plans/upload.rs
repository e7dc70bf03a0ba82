//! The plans, and the form that reads one in.

use askama::Template;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::limits::PLAN_FILE_BYTES_MAX;
use app::rows::{PAGE_ROWS, PlanFigures};
use app::{App, AppError, Who};

use crate::fault::{self, Fault};
use crate::guard::{self, Signed};
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

/// Longest text field of the form.
const TOKEN_BYTES_MAX: usize = 1_024;

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
    let (name, bytes) = match file(form, &who.csrf).await {
        Ok(file) => file,
        Err(Wrong::Token) => {
            return (
                StatusCode::FORBIDDEN,
                "CSRF: the form's token is not this session's",
            )
                .into_response();
        }
        Err(Wrong::Input(code)) => {
            let what = (PLAN_FILE_BYTES_MAX / (1024 * 1024)).to_string();
            return refused(&app, who, AppError::Input { code, what }).await;
        }
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

/// Why an upload holds no file to read.
enum Wrong {
    Token,
    Input(&'static str),
}

async fn file(mut form: Multipart, csrf: &str) -> Result<(String, Vec<u8>), Wrong> {
    let cut_short = |_| Wrong::Input("PLAN-FILE");
    let first = form
        .next_field()
        .await
        .map_err(cut_short)?
        .ok_or(Wrong::Token)?;
    if first.name() != Some("csrf") {
        return Err(Wrong::Token);
    }
    let token = taken(first, TOKEN_BYTES_MAX).await?;
    if !guard::same_secret(&String::from_utf8_lossy(&token), csrf) {
        return Err(Wrong::Token);
    }
    while let Some(field) = form.next_field().await.map_err(cut_short)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            break;
        }
        return Ok((name, taken(field, PLAN_FILE_BYTES_MAX).await?));
    }
    Err(Wrong::Input("PLAN-FILE"))
}

/// The bytes of a field. What goes beyond the limit is read and forgotten, so
/// that the browser gets to see the answer.
async fn taken(mut field: Field<'_>, bytes_max: usize) -> Result<Vec<u8>, Wrong> {
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) => {
                total = total.saturating_add(chunk.len());
                if total <= bytes_max {
                    bytes.extend_from_slice(&chunk);
                }
            }
            Ok(None) if total > bytes_max => return Err(Wrong::Input("PLAN-SIZE")),
            Ok(None) => return Ok(bytes),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Wrong::Input("PLAN-SIZE"));
            }
            Err(_) => return Err(Wrong::Input("PLAN-FILE")),
        }
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
