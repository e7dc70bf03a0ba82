//! The watch and the cases as JSON: the same use cases, the same refusals.

use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Value, json};

use app::limits::{PLAN_UPLOAD_DRAIN_BYTES_MAX, REPORT_FILE_BYTES_MAX};
use app::rows::{FindingRow, RunRow, SourceLine};
use app::watch::StepView;
use app::{App, AppError};

use super::{figures, findings, forms};
use crate::fault;
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::upload::{self, Upload};

#[derive(Serialize)]
struct Source {
    id: i64,
    name: String,
    kind: String,
    place: String,
    owner_code: String,
    owner_name: String,
    rate_per_min: i64,
    every_days: Option<i64>,
    next_on: Option<String>,
    active: bool,
    version: i64,
    waiting: i64,
    last_run: Option<String>,
}

impl From<SourceLine> for Source {
    fn from(line: SourceLine) -> Self {
        let row = line.source;
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            place: row.place,
            owner_code: row.owner_code,
            owner_name: row.owner_name,
            rate_per_min: row.rate_per_min,
            every_days: row.every_days,
            next_on: row.next_on,
            active: row.active,
            version: row.version,
            waiting: line.waiting,
            last_run: line.last_run,
        }
    }
}

#[derive(Serialize)]
struct Run {
    id: i64,
    source: i64,
    how: String,
    state: String,
    rules: String,
    total: Option<i64>,
    same: i64,
    marked: i64,
    clean: i64,
    incomplete: i64,
    percent: Option<i64>,
    error: Option<String>,
    asked_at: String,
    started_at: Option<String>,
    ended_at: Option<String>,
}

impl From<RunRow> for Run {
    fn from(row: RunRow) -> Self {
        Self {
            percent: app::watch::run_progress(&row),
            id: row.id,
            source: row.source_id,
            how: row.how,
            state: row.state,
            rules: row.rules,
            total: row.total,
            same: row.same,
            marked: row.marked,
            clean: row.clean,
            incomplete: row.incomplete,
            error: Some(row.said).filter(|code| !code.is_empty()),
            asked_at: row.asked_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
        }
    }
}

#[derive(Serialize)]
struct Finding {
    id: i64,
    object: i64,
    source: i64,
    address: String,
    member: Option<String>,
    rule: String,
    level: Option<String>,
    page: Option<i64>,
    bbox_mm: Option<Vec<f64>>,
    how: String,
    confidence: f64,
    excerpt: String,
    state: String,
    reason: String,
    decision_number: String,
    decision_date: Option<String>,
    found_at: String,
    /// Send it with a judgement.
    version: i64,
}

impl From<FindingRow> for Finding {
    fn from(row: FindingRow) -> Self {
        let sides: Vec<f64> = row
            .bbox
            .split(' ')
            .filter_map(|side| side.parse().ok())
            .collect();
        Self {
            id: row.id,
            object: row.object_id,
            source: row.source_id,
            address: row.address,
            member: Some(row.member).filter(|member| !member.is_empty()),
            rule: row.rule,
            level: row.level,
            page: row.page,
            bbox_mm: Some(sides).filter(|sides| sides.len() == 4),
            how: row.how,
            // At most 1000, so nothing is lost.
            confidence: f64::from(i32::try_from(row.permille).unwrap_or(0)) / 1000.0,
            excerpt: row.excerpt,
            state: row.state,
            reason: row.reason,
            decision_number: row.decision_number,
            decision_date: row.decision_date,
            found_at: row.found_at,
            version: row.version,
        }
    }
}

pub fn routes() -> Router<App> {
    let large = || DefaultBodyLimit::max(PLAN_UPLOAD_DRAIN_BYTES_MAX);
    Router::new()
        .route("/api/v1/watch/sources", get(list_sources).post(add_source))
        .route("/api/v1/watch/sources/{id}/runs", post(start))
        .route(
            "/api/v1/watch/sources/{id}/reports",
            post(import).layer(large()),
        )
        .route("/api/v1/watch/runs/{id}", get(run))
        .route("/api/v1/watch/findings", get(list))
        .route("/api/v1/watch/findings/{id}", get(one))
        .route("/api/v1/watch/findings/{id}/review", post(review))
        .route("/api/v1/watch/findings/{id}/takedown", post(take))
        .route("/api/v1/watch/findings/{id}/hand-over", post(hand_over))
        .route("/api/v1/watch/trends", get(trends))
        .route("/api/v1/watch/summary", get(summary))
        .route("/api/v1/cases", get(cases).post(open_case).layer(large()))
        .route("/api/v1/cases/{id}/close", post(close_case))
}

fn answer(t: T, status: StatusCode, found: Result<Value, AppError>) -> Response {
    match found {
        Ok(body) => (status, Json(body)).into_response(),
        Err(error) => fault::json(&error, t),
    }
}

async fn list_sources(
    State(app): State<App>,
    Query(asked): Query<Paged>,
    Signed(who): Signed,
) -> Response {
    let found = app.watch_sources(&who, asked.page.unwrap_or(1)).await;
    let body = found
        .map(|rows| json!({ "sources": rows.into_iter().map(Source::from).collect::<Vec<_>>() }));
    answer(T::new(&who.language), StatusCode::OK, body)
}

#[derive(serde::Deserialize)]
struct Paged {
    page: Option<i64>,
    #[serde(default)]
    state: String,
}

async fn add_source(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let draft = forms::source(&fields);
    let added = app.add_watch_source(&who, fields.request(), &draft).await;
    let body = added.map(|id| json!({ "source": id }));
    answer(T::new(&who.language), StatusCode::CREATED, body)
}

async fn start(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let started = app.start_watch_run(&who, fields.request(), id).await;
    let body = started.map(|run| json!({ "run": run }));
    answer(T::new(&who.language), StatusCode::CREATED, body)
}

async fn run(State(app): State<App>, Path(id): Path<i64>, Signed(who): Signed) -> Response {
    let found = app.watch_run(&who, id).await;
    let body = found.map(|row| json!(Run::from(row)));
    answer(T::new(&who.language), StatusCode::OK, body)
}

/// The session's token first, then the file, as a form with a file sends them.
async fn uploaded(form: Multipart, csrf: &str, bytes_max: usize) -> Result<Upload, Box<Response>> {
    match upload::read(form, csrf, bytes_max).await {
        Ok(upload) => Ok(upload),
        Err(wrong) => match wrong.sort(bytes_max) {
            Ok(error) => Err(Box::new(fault::json(&error, T::new("vi")))),
            Err(answer) => Err(answer),
        },
    }
}

async fn import(
    State(app): State<App>,
    Path(id): Path<i64>,
    Signed(who): Signed,
    form: Multipart,
) -> Response {
    let taken = match uploaded(form, &who.csrf, REPORT_FILE_BYTES_MAX).await {
        Ok(taken) => taken,
        Err(answer) => return *answer,
    };
    let (name, bytes) = taken.file.unwrap_or_default();
    let done = app.import_reports(&who, None, id, &name, &bytes).await;
    let body = done.map(|done| {
        json!({
            "run": done.run, "marked": done.recorded.marked, "clean": done.recorded.clean,
            "incomplete": done.recorded.incomplete, "new_findings": done.recorded.new_findings,
        })
    });
    answer(T::new(&who.language), StatusCode::CREATED, body)
}

async fn list(
    State(app): State<App>,
    Query(asked): Query<findings::Asked>,
    Signed(who): Signed,
) -> Response {
    let found = app.watch_findings(&who, &asked.query()).await;
    let body = found.map(|(rows, total)| {
        let rows: Vec<Finding> = rows.into_iter().map(Finding::from).collect();
        json!({ "findings": rows, "total": total })
    });
    answer(T::new(&who.language), StatusCode::OK, body)
}

async fn one(State(app): State<App>, Path(id): Path<i64>, Signed(who): Signed) -> Response {
    let found = app.watch_finding(&who, id).await;
    let body = found.map(|page| {
        let steps: Vec<Value> = page.steps.iter().map(step).collect();
        let because: Vec<String> = page.duty.because.iter().map(law::Citation::vi).collect();
        json!({
            "finding": Finding::from(page.finding),
            "object": {
                "sha256": page.object.sha256, "bytes": page.object.bytes, "type": page.object.kind,
                "verdict": page.object.verdict, "first_seen": page.object.first_seen,
                "last_seen": page.object.last_seen, "confirmed_at": page.object.confirmed_at,
                "gone_at": page.object.gone_at,
            },
            "takedown": steps,
            "report": {
                "at_once": page.duty.value.map(|notice| notice.at_once),
                "because": because, "notes": page.duty.notes,
            },
        })
    });
    answer(T::new(&who.language), StatusCode::OK, body)
}

fn step(view: &StepView) -> Value {
    let taken = view.taken.as_ref();
    json!({
        "step": view.step.code(), "due_at": view.due_at, "late": view.late,
        "outcome": taken.map(|row| &row.outcome), "done_at": taken.map(|row| &row.done_at),
        "note": taken.map(|row| &row.note), "by": taken.map(|row| &row.account_name),
    })
}

async fn review(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let said = forms::review(&fields);
    let key = (id, fields.number("version"));
    let done = app
        .review_watch_finding(&who, fields.request(), key, &said, forms::scope(&fields))
        .await;
    let body = done.map(|()| json!({ "finding": id }));
    answer(T::new(&who.language), StatusCode::OK, body)
}

async fn take(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let done = async {
        let found = app.watch_finding(&who, id).await?;
        let said = forms::step(&app, &fields)?;
        app.take_watch_step(&who, fields.request(), found.object.id, &said)
            .await?;
        Ok(json!({ "finding": id, "step": said.step }))
    };
    let body = done.await;
    answer(T::new(&who.language), StatusCode::OK, body)
}

async fn hand_over(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let done = async {
        let found = app.watch_finding(&who, id).await?;
        app.hand_over(&who, fields.request(), found.object.id).await
    };
    let body = done
        .await
        .map(|file| json!({ "file_name": file.file_name, "note": file.text }));
    answer(T::new(&who.language), StatusCode::CREATED, body)
}

async fn trends(State(app): State<App>, Signed(who): Signed) -> Response {
    let found = app.watch_trends(&who).await;
    let body = found.map(|months| {
        let months: Vec<Value> = months
            .into_iter()
            .map(|month| {
                let [new, real, wrong, declassified] = month.findings;
                json!({
                    "month": month.month,
                    "findings": { "new": new, "true": real, "false": wrong, "declassified": declassified },
                    "runs": month.runs.runs, "same": month.runs.same, "marked": month.runs.marked,
                    "clean": month.runs.clean, "incomplete": month.runs.incomplete,
                })
            })
            .collect();
        json!({ "months": months })
    });
    answer(T::new(&who.language), StatusCode::OK, body)
}

async fn summary(
    State(app): State<App>,
    Query(asked): Query<figures::Asked>,
    Signed(who): Signed,
) -> Response {
    let found = figures::of(&app, &who, &asked).await;
    let body = found.map(|summary| {
        let [new, real, wrong, declassified] = summary.findings;
        let sources: serde_json::Map<String, Value> = summary
            .sources
            .into_iter()
            .map(|(kind, n)| (kind, n.into()))
            .collect();
        json!({
            "from": summary.from, "to": summary.to, "sources": sources, "runs": summary.runs,
            "files": summary.files, "incomplete": summary.incomplete,
            "findings": { "new": new, "true": real, "false": wrong, "declassified": declassified },
            "confirmed": summary.confirmed, "gone": summary.gone, "handed_over": summary.handed_over,
        })
    });
    answer(T::new(&who.language), StatusCode::OK, body)
}

async fn cases(
    State(app): State<App>,
    Query(asked): Query<Paged>,
    Signed(who): Signed,
) -> Response {
    let found = app
        .leak_cases(&who, &asked.state, asked.page.unwrap_or(1))
        .await;
    let body = found.map(|rows| {
        let rows: Vec<Value> = rows
            .into_iter()
            .map(|row| {
                json!({
                    "id": row.id, "sender": row.sender, "number": row.number, "state": row.state,
                    "outcome": row.outcome, "address": row.address, "level": row.level,
                    "confirmed_on": row.confirmed_on, "received_at": row.received_at,
                    "closed_at": row.closed_at,
                })
            })
            .collect();
        json!({ "cases": rows })
    });
    answer(T::new(&who.language), StatusCode::OK, body)
}

async fn open_case(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    let taken = match uploaded(form, &who.csrf, app::limits::HAND_OVER_BYTES_MAX).await {
        Ok(taken) => taken,
        Err(answer) => return *answer,
    };
    let (_, bytes) = taken.file.unwrap_or_default();
    let opened = app.take_hand_over(&who, None, &bytes).await;
    let body = opened.map(|id| json!({ "case": id }));
    answer(T::new(&who.language), StatusCode::CREATED, body)
}

async fn close_case(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let said = (fields.get("outcome"), fields.get("words"));
    let closed = app.close_leak_case(&who, fields.request(), id, said).await;
    let body = closed.map(|()| json!({ "case": id }));
    answer(T::new(&who.language), StatusCode::OK, body)
}
