//! Sweeps: holdings that a new or replaced catalogue touches.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::rows::{SweepItemRow, SweepRow};
use app::{App, AppError, Who};

use super::ticked;
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "sweep_list.html")]
struct ListPage {
    page: Page,
    rows: Vec<SweepRow>,
    problem: Problem,
    catalogue: String,
    replaced_by: String,
}

/// `GET /sweeps`
pub async fn list(State(app): State<App>, Signed(who): Signed) -> Response {
    show_list(&app, who, String::new(), String::new(), None).await
}

/// `POST /sweeps`
pub async fn open(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let (catalogue, replaced_by) = (fields.text("catalogue"), fields.text("replaced_by"));
    match app
        .open_sweep(&who, fields.request(), &catalogue, &replaced_by)
        .await
    {
        Ok(id) => Redirect::to(&format!("/sweeps/{id}")).into_response(),
        Err(error) => show_list(&app, who, catalogue, replaced_by, Some(error)).await,
    }
}

async fn show_list(
    app: &App,
    who: Who,
    catalogue: String,
    replaced_by: String,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    match app.sweeps(&who).await {
        Ok(rows) => {
            let status = error.as_ref().map_or(StatusCode::OK, fault::status);
            let page = ListPage {
                page: Page::new(app, who, "sweeps"),
                rows,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
                catalogue,
                replaced_by,
            };
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "sweep_page.html")]
struct SweepView {
    page: Page,
    sweep: SweepRow,
    rows: Vec<SweepItemRow>,
    problem: Problem,
}

impl SweepView {
    fn outcome(&self, code: &str) -> String {
        let code = if code.is_empty() { "open" } else { code };
        self.page.t.s(format!("sweep-outcome-{code}"))
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    outcome: String,
    page: Option<i64>,
    done: Option<String>,
}

/// `GET /sweeps/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, id, asked, None).await
}

/// `POST /sweeps/{id}/marks`
pub async fn mark(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let documents = ticked(fields.all("document"));
    let marked = app
        .mark_sweep(
            &who,
            fields.request(),
            id,
            &documents,
            fields.get("outcome"),
            fields.get("note"),
        )
        .await;
    match marked {
        Ok(()) => Redirect::to(&format!("/sweeps/{id}?done=sweep")).into_response(),
        Err(error) => {
            let asked = Asked {
                outcome: String::new(),
                page: None,
                done: None,
            };
            show(&app, who, id, asked, Some(error)).await
        }
    }
}

async fn show(app: &App, who: Who, id: i64, asked: Asked, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    match app.sweep_page(&who, id, &asked.outcome, number).await {
        Ok((sweep, rows)) => {
            let status = error.as_ref().map_or(StatusCode::OK, fault::status);
            let page = SweepView {
                page: Page::new(app, who, "sweeps").done(asked.done.as_deref()),
                sweep,
                rows,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
            };
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}
