//! A book's year: how it is numbered, its closing.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use app::book_years::YearPage;
use app::{App, AppError, Who};
use domain::book::Numbering;
use law::BookKind;

use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "book_year.html")]
struct View {
    page: Page,
    kind: &'static str,
    year: i64,
    found: YearPage,
    /// Book pages that the lines take.
    pages: i64,
    problem: Problem,
}

impl View {
    fn numbering(&self) -> String {
        let code = self.found.stand.numbering.code();
        self.page.t.s(format!("numbering-{code}"))
    }

    fn is_by_level(&self) -> bool {
        self.found.stand.numbering == Numbering::ByLevel
    }
}

#[derive(Serialize)]
struct Year {
    book: &'static str,
    year: i64,
    numbering: &'static str,
    last: i64,
    closed: Option<Closed>,
}

#[derive(Serialize)]
struct Closed {
    on: Option<String>,
    last: Option<i64>,
    pages: Option<i64>,
    by: String,
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /books/{kind}/years/{year}`
pub async fn page(
    State(app): State<App>,
    Path((kind, year)): Path<(String, i64)>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, &kind, year, asked.done.as_deref(), None).await
}

/// `POST /books/{kind}/years/{year}`
pub async fn choose(
    State(app): State<App>,
    Path((kind, year)): Path<(String, i64)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    match chosen(&app, &who, &kind, year, &fields).await {
        Ok(()) => {
            Redirect::to(&format!("/books/{kind}/years/{year}?done=numbering")).into_response()
        }
        Err(error) => show(&app, who, &kind, year, None, Some(error)).await,
    }
}

/// `GET /api/v1/books/{kind}/years/{year}`
pub async fn api_show(
    State(app): State<App>,
    Path((kind, year)): Path<(String, i64)>,
    Signed(who): Signed,
) -> Response {
    let found = async {
        let kind = super::kind(&kind)?;
        Ok((kind, app.book_year(&who, kind, year).await?))
    };
    match found.await {
        Ok((kind, found)) => Json(json(kind, year, found)).into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// `POST /api/v1/books/{kind}/years/{year}`
pub async fn api_choose(
    State(app): State<App>,
    Path((kind, year)): Path<(String, i64)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    match chosen(&app, &who, &kind, year, &fields).await {
        Ok(()) => Json(serde_json::json!({ "numbering": fields.get("numbering") })).into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

async fn chosen(
    app: &App,
    who: &Who,
    kind: &str,
    year: i64,
    fields: &Fields,
) -> Result<(), AppError> {
    let kind = super::kind(kind)?;
    let numbering = Numbering::parse(fields.get("numbering")).ok_or(AppError::Absent)?;
    app.choose_numbering(who, fields.request(), kind, year, numbering)
        .await
}

async fn show(
    app: &App,
    who: Who,
    kind: &str,
    year: i64,
    done: Option<&str>,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let kind = super::kind(kind)?;
        Ok((kind, app.book_year(&who, kind, year).await?))
    };
    let (kind, found) = match found.await {
        Ok(found) => found,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let status = error
        .as_ref()
        .map_or(axum::http::StatusCode::OK, fault::status);
    let page = View {
        page: Page::new(app, who, kind.code()).done(done),
        kind: kind.code(),
        year,
        pages: app::papers::pages(found.last),
        found,
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
    };
    shell::with_status(status, &page)
}

fn json(kind: BookKind, year: i64, found: YearPage) -> Year {
    Year {
        book: kind.code(),
        year,
        numbering: found.stand.numbering.code(),
        last: found.last,
        closed: found.closing.map(|row| Closed {
            on: row.closed_on,
            last: row.last_serial,
            pages: row.pages,
            by: row.closed_by,
        }),
    }
}
