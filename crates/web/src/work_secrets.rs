//! Work secrets: another thing than state secrets, without a level.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use app::documents::WorkSecretDraft;
use app::rows::{PAGE_ROWS, WorkSecretRow};
use app::{App, AppError, Who};

use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem, thousands};

#[derive(Template)]
#[template(path = "work_secrets.html")]
struct ListPage {
    page: Page,
    rows: Vec<WorkSecretRow>,
    total: String,
    number: i64,
    pages: i64,
    draft: WorkSecretDraft,
    problem: Problem,
}

impl ListPage {
    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }
}

#[derive(Deserialize)]
struct Asked {
    page: Option<i64>,
    done: Option<String>,
}

pub fn routes() -> Router<App> {
    Router::new().route("/work-secrets", get(list).post(add))
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>, Signed(who): Signed) -> Response {
    let number = asked.page.unwrap_or(1).max(1);
    show(
        &app,
        who,
        number,
        asked.done.as_deref(),
        WorkSecretDraft::default(),
        None,
    )
    .await
}

async fn add(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let draft = WorkSecretDraft {
        number_symbol: fields.text("number_symbol"),
        doc_date: fields.text("doc_date"),
        subject: fields.text("subject"),
        keeper: fields.text("holder"),
        note: fields.text("note"),
    };
    match app.add_work_secret(&who, fields.request(), &draft).await {
        Ok(()) => Redirect::to("/work-secrets?done=work-secret").into_response(),
        Err(error) => show(&app, who, 1, None, draft, Some(error)).await,
    }
}

async fn show(
    app: &App,
    who: Who,
    number: i64,
    done: Option<&str>,
    draft: WorkSecretDraft,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    match app.work_secrets(&who, number).await {
        Ok((rows, total)) => {
            let page = ListPage {
                page: Page::new(app, who, "work-secrets").done(done),
                rows,
                total: thousands(total),
                number,
                pages: (total + PAGE_ROWS - 1) / PAGE_ROWS,
                draft,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
            };
            let status = error
                .as_ref()
                .map_or(axum::http::StatusCode::OK, fault::status);
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}
