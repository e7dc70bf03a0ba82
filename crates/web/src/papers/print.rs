//! Print pages of a book.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::papers::{BookAsk, PrintChoice};
use app::{App, AppError, Who};

use super::download;
use crate::books;
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "print_book.html")]
struct PrintPage {
    page: Page,
    kind: &'static str,
    year: i64,
    years: Vec<i64>,
    choice: PrintChoice,
    problem: Problem,
}

/// The query of the address.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Asked {
    year: Option<i64>,
    from: Option<i64>,
    to: Option<i64>,
}

/// `GET /books/{kind}/print`
pub async fn form(
    State(app): State<App>,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match load(&app, who, &kind, &asked).await {
        Ok(page) => shell::show(&page),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /books/{kind}/prints`: prints, which the ledger notes, and sends the PDF.
pub async fn print(
    State(app): State<App>,
    Path(kind): Path<String>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let asked = Asked {
        year: Some(fields.number("year")),
        from: Some(fields.number("from")),
        to: Some(fields.number("to")),
    };
    let printed = async {
        let ask = BookAsk {
            kind: books::kind(&kind)?,
            year: fields.number("year"),
            edition: fields.text("edition"),
            from: fields.number("from"),
            to: fields.number("to"),
            cover: fields.get("cover") == "1",
        };
        app.book_pdf(&who, &ask).await
    }
    .await;
    match printed {
        Ok(book) => download(book.paper),
        Err(error @ AppError::Input { .. }) => refused(&app, who, &kind, &asked, &error).await,
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /books/{kind}/years/{year}/pack`: binds the year, which the ledger notes, and sends the PDF.
pub async fn pack(
    State(app): State<App>,
    Path((kind, year)): Path<(String, i64)>,
    Posted(Signed(who), _): Posted,
) -> Response {
    let bound = async { app.book_pack(&who, books::kind(&kind)?, year).await };
    match bound.await {
        Ok(pack) => download(pack.paper),
        Err(error) => {
            let asked = Asked {
                year: Some(year),
                ..Asked::default()
            };
            refused(&app, who, &kind, &asked, &error).await
        }
    }
}

/// `POST /api/v1/books/{kind}/years/{year}/pack`
pub async fn api_pack(
    State(app): State<App>,
    Path((kind, year)): Path<(String, i64)>,
    Posted(Signed(who), _): Posted,
) -> Response {
    let bound = async { app.book_pack(&who, books::kind(&kind)?, year).await };
    match bound.await {
        Ok(pack) => download(pack.paper),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// The form again, with what was wrong.
async fn refused(app: &App, who: Who, kind: &str, asked: &Asked, error: &AppError) -> Response {
    let t = T::new(&who.language);
    let asked = Asked {
        year: asked.year,
        ..Asked::default()
    };
    match load(app, who, kind, &asked).await {
        Ok(mut page) => {
            page.problem = fault::problem(error, t);
            shell::with_status(fault::status(error), &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

async fn load(app: &App, who: Who, kind: &str, asked: &Asked) -> Result<PrintPage, AppError> {
    let kind = books::kind(kind)?;
    let years = app.book_years(&who, kind).await?;
    let year = asked.year.or_else(|| years.first().copied()).unwrap_or(0);
    let t = T::new(&who.language);
    let mut problem = Problem::default();
    let choice = match app
        .print_choice(&who, kind, year, (asked.from, asked.to))
        .await
    {
        Ok(choice) => choice,
        // Too many pages asked: the newest page, and the reason.
        Err(error @ AppError::Input { .. }) => {
            problem = fault::problem(&error, t);
            app.print_choice(&who, kind, year, (None, None)).await?
        }
        Err(error) => return Err(error),
    };
    Ok(PrintPage {
        page: Page::new(app, who, kind.code()),
        kind: kind.code(),
        year,
        years,
        choice,
        problem,
    })
}
