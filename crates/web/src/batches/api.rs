//! Batches as JSON: the same fields, the same refusals.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use app::dossiers::batch::{BatchPage, BatchTarget};
use app::rows::{BatchMember, BatchRow, PAGE_ROWS};
use app::{App, AppError};

use super::{ids, number, pairs, typed};
use crate::fault;
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;

#[derive(Serialize)]
struct Batch {
    id: i64,
    number: String,
    kind: String,
    opened_on: String,
    documents: i64,
    /// Dossiers that are not closed.
    open: i64,
}

impl From<BatchRow> for Batch {
    fn from(row: BatchRow) -> Self {
        Self {
            number: number(&row),
            id: row.id,
            kind: row.kind,
            opened_on: row.opened_on,
            documents: row.members,
            open: row.open,
        }
    }
}

#[derive(Serialize)]
struct Batches {
    batches: Vec<Batch>,
    total: i64,
    more: bool,
}

#[derive(Serialize)]
struct WithLines {
    #[serde(flatten)]
    batch: Batch,
    lines: Vec<Line>,
    next: Vec<Next>,
}

#[derive(Serialize)]
struct Line {
    line: i64,
    document: i64,
    number_symbol: String,
    level: String,
    status: String,
    dossier: i64,
    state: String,
    closed: bool,
    /// How many steps were taken: send `dossier=<id>:<seen>` with the next one.
    seen: i64,
    copies: Vec<Copy>,
}

#[derive(Serialize)]
struct Copy {
    id: i64,
    label: String,
    holder: String,
    moves: i64,
}

#[derive(Serialize)]
struct Next {
    step: &'static str,
    documents: usize,
}

impl From<BatchMember> for Line {
    fn from(member: BatchMember) -> Self {
        Self {
            line: member.n,
            document: member.document.id,
            number_symbol: member.document.number_symbol,
            level: member.document.level,
            status: member.document.status,
            dossier: member.dossier.id,
            state: member.dossier.state,
            closed: member.dossier.closed,
            seen: member.dossier.steps,
            copies: member
                .copies
                .into_iter()
                .map(|copy| Copy {
                    id: copy.id,
                    label: copy.label,
                    holder: copy.holder_kind,
                    moves: copy.moves,
                })
                .collect(),
        }
    }
}

impl From<BatchPage> for WithLines {
    fn from(page: BatchPage) -> Self {
        Self {
            batch: page.batch.into(),
            lines: page.members.into_iter().map(Line::from).collect(),
            next: page
                .next
                .into_iter()
                .map(|(step, documents)| Next {
                    step: step.code,
                    documents,
                })
                .collect(),
        }
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    kind: String,
    page: Option<i64>,
}

/// `GET /api/v1/batches`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let page = asked.page.unwrap_or(1).max(1);
    match app.batches(&who, &asked.kind, page).await {
        Ok((rows, total)) => Json(Batches {
            batches: rows.into_iter().map(Batch::from).collect(),
            total,
            more: page * PAGE_ROWS < total,
        })
        .into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// `GET /api/v1/batches/{id}`
pub async fn show(State(app): State<App>, Path(id): Path<i64>, Signed(who): Signed) -> Response {
    match app.batch_page(&who, id).await {
        Ok(page) => Json(WithLines::from(page)).into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// `POST /api/v1/batches/new/{kind}`
pub async fn open(
    State(app): State<App>,
    Path(kind): Path<String>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let found = domain::dossier::kind(&kind).and_then(|kind| Some((kind, kind.opening()?)));
    let Some((of, step)) = found else {
        return fault::json(&AppError::Absent, t);
    };
    let documents = ids(fields.all("document"));
    let target = BatchTarget::Open {
        kind: &kind,
        documents: &documents,
    };
    let typed = typed(of, step, &fields);
    match app.take_batch(&who, fields.request(), target, &typed).await {
        Ok(id) => (
            StatusCode::CREATED,
            Json(serde_json::json!({ "batch": id })),
        )
            .into_response(),
        Err(error) => fault::json(&error, t),
    }
}

/// `POST /api/v1/batches/{id}/steps/{step}`
pub async fn take(
    State(app): State<App>,
    Path((id, code)): Path<(i64, String)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let page = match app.batch_page(&who, id).await {
        Ok(page) => page,
        Err(error) => return fault::json(&error, t),
    };
    let Some(step) = page.kind.step(&code) else {
        return fault::json(&AppError::Absent, t);
    };
    let dossiers = pairs(fields.all("dossier"));
    let target = BatchTarget::Next {
        batch: id,
        step: &code,
        dossiers: &dossiers,
    };
    let typed = typed(page.kind, step, &fields);
    match app.take_batch(&who, fields.request(), target, &typed).await {
        Ok(id) => Json(serde_json::json!({ "batch": id })).into_response(),
        Err(error) => fault::json(&error, t),
    }
}
