//! Dossiers as JSON: the same fields, the same refusals.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;

use app::dossiers::{DossierPage, Target};
use app::{App, AppError};
use domain::dossier::Kind;

use super::values;
use crate::fault;
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;

#[derive(Serialize)]
struct Dossier {
    id: i64,
    kind: String,
    state: String,
    closed: bool,
    title: String,
    document: Option<i64>,
    due: Option<String>,
    /// How many steps were taken: send it as `seen` with the next one.
    seen: i64,
    steps: Vec<TakenStep>,
    next: Vec<&'static str>,
}

#[derive(Serialize)]
struct TakenStep {
    step: String,
    on: String,
    by: String,
    values: BTreeMap<String, String>,
    because: Vec<String>,
    notes: Vec<String>,
}

impl From<DossierPage> for Dossier {
    fn from(page: DossierPage) -> Self {
        Self {
            id: page.dossier.id,
            kind: page.dossier.kind,
            state: page.dossier.state,
            closed: page.dossier.closed,
            title: page.dossier.title,
            document: page.dossier.document_id,
            due: page.dossier.due_on,
            seen: page.dossier.steps,
            steps: page
                .steps
                .into_iter()
                .map(|step| TakenStep {
                    because: step.row.because.lines().map(str::to_owned).collect(),
                    notes: step.row.notes.lines().map(str::to_owned).collect(),
                    step: step.row.step,
                    on: step.row.on_date,
                    by: step.row.account_name,
                    values: step.values,
                })
                .collect(),
            next: page.next.into_iter().map(|step| step.code).collect(),
        }
    }
}

/// `GET /api/v1/dossiers/{id}`
pub async fn show(State(app): State<App>, Path(id): Path<i64>, Signed(who): Signed) -> Response {
    match app.dossier_page(&who, id).await {
        Ok(page) => Json(Dossier::from(page)).into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// `POST /api/v1/dossiers/new/{kind}`
pub async fn open_unit(
    State(app): State<App>,
    Path(kind): Path<String>,
    posted: Posted,
) -> Response {
    opened(&app, &kind, None, posted).await
}

/// `POST /api/v1/documents/{id}/dossiers/{kind}`
pub async fn open(
    State(app): State<App>,
    Path((id, kind)): Path<(i64, String)>,
    posted: Posted,
) -> Response {
    opened(&app, &kind, Some(id), posted).await
}

async fn opened(app: &App, kind: &str, document: Option<i64>, posted: Posted) -> Response {
    let Posted(Signed(who), fields) = posted;
    let t = T::new(&who.language);
    let Some(step) = domain::dossier::kind(kind).and_then(Kind::opening) else {
        return fault::json(&AppError::Absent, t);
    };
    let target = Target::Open { kind, document };
    let raw = values(step, &fields);
    match app.take_step(&who, fields.request(), target, &raw).await {
        Ok(id) => (
            StatusCode::CREATED,
            Json(serde_json::json!({ "dossier": id })),
        )
            .into_response(),
        Err(error) => fault::json(&error, t),
    }
}

/// `POST /api/v1/dossiers/{id}/steps/{step}`
pub async fn take(
    State(app): State<App>,
    Path((id, code)): Path<(i64, String)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let page = match app.dossier_page(&who, id).await {
        Ok(page) => page,
        Err(error) => return fault::json(&error, t),
    };
    let Some(step) = page.kind.step(&code) else {
        return fault::json(&AppError::Absent, t);
    };
    let target = Target::Next {
        dossier: id,
        step: &code,
        seen: fields.number("seen"),
    };
    let raw = values(step, &fields);
    match app.take_step(&who, fields.request(), target, &raw).await {
        Ok(id) => Json(serde_json::json!({ "dossier": id })).into_response(),
        Err(error) => fault::json(&error, t),
    }
}
