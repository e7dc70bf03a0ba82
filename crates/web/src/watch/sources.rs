//! Sources and their runs.

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::limits::REPORT_FILE_BYTES_MAX;
use app::rows::{PAGE_ROWS, RunRow, SourceLine, SourceRow};
use app::watch::run_progress;
use app::{App, AppError, Who};
use domain::watch::source::{Draft, KINDS};

use super::forms;
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};
use crate::upload;

#[derive(Deserialize, Default)]
pub struct Asked {
    page: Option<i64>,
    source: Option<i64>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "watch_sources.html")]
struct ListPage {
    page: Page,
    rows: Vec<SourceLine>,
    draft: Draft,
    problem: Problem,
    number: i64,
    more: bool,
}

impl ListPage {
    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }
}

/// `GET /watch/sources`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show_list(&app, who, asked, Draft::default(), None).await
}

/// `POST /watch/sources`
pub async fn add(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let draft = forms::source(&fields);
    match app.add_watch_source(&who, fields.request(), &draft).await {
        Ok(id) => Redirect::to(&format!("/watch/sources/{id}?done=watch-source")).into_response(),
        Err(error) => show_list(&app, who, Asked::default(), draft, Some(error)).await,
    }
}

async fn show_list(
    app: &App,
    who: Who,
    asked: Asked,
    draft: Draft,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    match app.watch_sources(&who, number).await {
        Ok(rows) => {
            let page = ListPage {
                page: Page::new(app, who, "watch-sources").done(asked.done.as_deref()),
                more: i64::try_from(rows.len()) == Ok(PAGE_ROWS),
                rows,
                draft,
                problem: problem(error.as_ref(), t),
                number,
            };
            shell::with_status(status(error.as_ref()), &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "watch_source.html")]
struct SourcePage {
    page: Page,
    source: SourceRow,
    runs: Vec<RunRow>,
    problem: Problem,
    size_max_mb: usize,
}

impl SourcePage {
    fn open(&self) -> bool {
        self.runs.iter().any(|run| run.ended_at.is_none())
    }
}

/// `GET /watch/sources/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, id, asked.done.as_deref(), None).await
}

/// `POST /watch/sources/{id}/runs`
pub async fn start(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    match app.start_watch_run(&who, fields.request(), id).await {
        Ok(run) => Redirect::to(&format!("/watch/runs/{run}?done=watch-run")).into_response(),
        Err(error) => show(&app, who, id, None, Some(error)).await,
    }
}

/// `POST /watch/sources/{id}/stop`
pub async fn stop(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let version = fields.number("version");
    let done = app.stop_watching(&who, fields.request(), id, version).await;
    changed(&app, who, id, done).await
}

/// `POST /watch/sources/{id}/resume`
pub async fn resume(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let version = fields.number("version");
    let done = app.watch_again(&who, fields.request(), id, version).await;
    changed(&app, who, id, done).await
}

async fn changed(app: &App, who: Who, id: i64, done: Result<(), AppError>) -> Response {
    match done {
        Ok(()) => Redirect::to(&format!("/watch/sources/{id}?done=watch-source")).into_response(),
        Err(error) => show(app, who, id, None, Some(error)).await,
    }
}

/// `POST /watch/sources/{id}/reports`: a file of `khien scan --jsonl`.
pub async fn import(
    State(app): State<App>,
    Path(id): Path<i64>,
    Signed(who): Signed,
    form: Multipart,
) -> Response {
    if let Err(error) = who.require(domain::access::Action::WriteWatch) {
        return Fault::new(error, T::new(&who.language)).into_response();
    }
    let taken = match upload::read(form, &who.csrf, REPORT_FILE_BYTES_MAX).await {
        Ok(taken) => taken,
        Err(wrong) => match wrong.sort(REPORT_FILE_BYTES_MAX) {
            Ok(error) => return show(&app, who, id, None, Some(error)).await,
            Err(answer) => return *answer,
        },
    };
    let request = Some(taken.get("request")).filter(|id| (16..=64).contains(&id.len()));
    let done = match &taken.file {
        Some((name, bytes)) => app.import_reports(&who, request, id, name, bytes).await,
        None => Err(AppError::Input {
            code: "PLAN-FILE",
            what: String::new(),
        }),
    };
    match done {
        Ok(done) => {
            Redirect::to(&format!("/watch/runs/{}?done=watch-reports", done.run)).into_response()
        }
        Err(error) => show(&app, who, id, None, Some(error)).await,
    }
}

async fn show(
    app: &App,
    who: Who,
    id: i64,
    done: Option<&str>,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let source = app.watch_source(&who, id).await?;
        let runs = app.watch_runs(&who, id, 1).await?;
        Ok::<_, AppError>((source, runs))
    };
    match found.await {
        Ok((source, runs)) => {
            let page = SourcePage {
                page: Page::new(app, who, "watch-sources").done(done),
                source,
                runs,
                problem: problem(error.as_ref(), t),
                size_max_mb: REPORT_FILE_BYTES_MAX / (1024 * 1024),
            };
            shell::with_status(status(error.as_ref()), &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "watch_runs.html")]
struct RunsPage {
    page: Page,
    runs: Vec<RunRow>,
    source: i64,
    names: Vec<(i64, String)>,
    number: i64,
    more: bool,
}

/// `GET /watch/runs`
pub async fn runs(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    let source = asked.source.unwrap_or(0);
    let found = async {
        let rows = app.watch_runs(&who, source, number).await?;
        let names = app.watch_source_names(&who).await?;
        Ok::<_, AppError>((rows, names))
    };
    match found.await {
        Ok((rows, names)) => shell::show(&RunsPage {
            page: Page::new(&app, who, "watch-runs"),
            more: i64::try_from(rows.len()) == Ok(PAGE_ROWS),
            runs: rows,
            source,
            names,
            number,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "watch_run.html")]
struct RunPage {
    page: Page,
    run: RunRow,
}

impl RunPage {
    fn open(&self) -> bool {
        self.run.ended_at.is_none()
    }

    fn progress(&self) -> Option<i64> {
        run_progress(&self.run)
    }
}

/// `GET /watch/runs/{id}`: while the run is open, the page asks again by itself.
pub async fn run(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.watch_run(&who, id).await {
        Ok(run) => shell::show(&RunPage {
            page: Page::new(&app, who, "watch-runs").done(asked.done.as_deref()),
            run,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

pub(super) fn problem(error: Option<&AppError>, t: T) -> Problem {
    error
        .map(|error| fault::problem(error, t))
        .unwrap_or_default()
}

pub(super) fn status(error: Option<&AppError>) -> StatusCode {
    error.map_or(StatusCode::OK, fault::status)
}
