//! The JSON API: nouns, the same use cases, the same refusals.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use app::App;
use app::rows::{EntryRow, ListQuery};

use crate::books;
use crate::fault;
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;

/// A line of a book as JSON.
#[derive(Serialize)]
struct Entry {
    id: i64,
    book: String,
    year: i64,
    serial: i64,
    edition: String,
    entry_date: String,
    number_symbol: String,
    doc_date: Option<String>,
    doc_type: String,
    subject: Option<String>,
    level: Option<String>,
    signer: String,
    issuer: String,
    recipient: String,
    receiver_sign: String,
    quantity: Option<i64>,
    note: String,
    state: String,
    document: Option<i64>,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id,
            book: row.kind,
            year: row.year,
            serial: row.serial,
            edition: row.edition,
            entry_date: row.entry_date,
            number_symbol: row.number_symbol,
            doc_date: row.doc_date,
            doc_type: row.doc_type,
            subject: row.subject,
            level: row.level,
            signer: row.signer,
            issuer: row.issuer,
            recipient: row.recipient,
            receiver_sign: row.receiver_sign,
            quantity: row.quantity,
            note: row.note,
            state: row.state,
            document: row.document_id,
        }
    }
}

#[derive(Serialize)]
struct Entries {
    entries: Vec<Entry>,
    total: i64,
    more: bool,
}

#[derive(Serialize)]
struct Me {
    login: String,
    name: String,
    unit: String,
    role: &'static str,
    csrf: String,
}

#[derive(Deserialize)]
struct Asked {
    year: Option<i64>,
    #[serde(default)]
    q: String,
    page: Option<i64>,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/openapi.json", get(openapi))
        .route("/api/v1/me", get(me))
        .route("/api/v1/books/{kind}/entries", get(list).post(add))
        .route("/api/v1/law/questions", post(ask))
}

async fn openapi() -> Response {
    let body = include_str!("../openapi.json");
    ([("content-type", "application/json")], body).into_response()
}

async fn me(Signed(who): Signed) -> Response {
    Json(Me {
        login: who.login,
        name: who.actor.name,
        unit: who.unit.name,
        role: who.actor.role.code(),
        csrf: who.csrf,
    })
    .into_response()
}

async fn list(
    State(app): State<App>,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let kind = books::kind(&kind)?;
        let this_year = i64::from(app.today()?.year());
        let query = ListQuery {
            kind: kind.code().to_owned(),
            year: asked.year.unwrap_or(this_year),
            words: app::words::words(&asked.q),
            page: asked.page.unwrap_or(1),
            ..ListQuery::default()
        };
        app.book_page(&who, &query).await
    };
    match found.await {
        Ok(page) => Json(Entries {
            entries: page.rows.into_iter().map(Entry::from).collect(),
            total: page.total,
            more: page.more,
        })
        .into_response(),
        Err(error) => fault::json(&error, t),
    }
}

/// Takes the same fields as the form; the session's token may come as
/// `X-CSRF-Token`.
async fn add(
    State(app): State<App>,
    Path(kind): Path<String>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let kind = match books::kind(&kind) {
        Ok(kind) => kind,
        Err(error) => return fault::json(&error, t),
    };
    let draft = books::draft(&fields);
    match app.register(&who, fields.request(), kind, &draft).await {
        Ok(done) => {
            let body = serde_json::json!({
                "entry": done.entry, "serial": done.serial, "year": done.year, "document": done.document,
            });
            (axum::http::StatusCode::CREATED, Json(body)).into_response()
        }
        Err(error) => fault::json(&error, t),
    }
}

/// A question to the law, as `khien law ask` takes it, in the field `question`.
async fn ask(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    match law::ask::answer(app.law, fields.get("question")) {
        Ok(answer) => ([("content-type", "application/json")], answer).into_response(),
        Err(error) => {
            let error = app::AppError::Input {
                code: "LAW-ASK",
                what: error.to_string(),
            };
            fault::json(&error, T::new(&who.language))
        }
    }
}
