//! Stock-takes: what the books expect, and what was seen on the shelf.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::holdings::StockPage;
use app::rows::{PAGE_ROWS, StockTakeRow};
use app::{App, AppError, Who};
use domain::holding::Found;

use super::ticked;
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "stock_list.html")]
struct ListPage {
    page: Page,
    rows: Vec<StockTakeRow>,
    problem: Problem,
    led_by: String,
    members: String,
}

/// `GET /stock-takes`
pub async fn list(State(app): State<App>, Signed(who): Signed) -> Response {
    show_list(&app, who, String::new(), String::new(), None).await
}

/// `POST /stock-takes`
pub async fn open(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let (led_by, members) = (fields.text("led_by"), fields.text("members"));
    match app
        .open_stock_take(&who, fields.request(), &led_by, &members)
        .await
    {
        Ok(id) => Redirect::to(&format!("/stock-takes/{id}")).into_response(),
        Err(error) => show_list(&app, who, led_by, members, Some(error)).await,
    }
}

async fn show_list(
    app: &App,
    who: Who,
    led_by: String,
    members: String,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    match app.stock_takes(&who).await {
        Ok(rows) => {
            let status = error.as_ref().map_or(StatusCode::OK, fault::status);
            let page = ListPage {
                page: Page::new(app, who, "stock"),
                rows,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
                led_by,
                members,
            };
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "stock_page.html")]
struct StockView {
    page: Page,
    stock: StockPage,
    problem: Problem,
    number: i64,
}

impl StockView {
    fn open(&self) -> bool {
        self.stock.stock.closed_on.is_none()
    }

    /// Every result with its count, open lines first.
    fn figures(&self) -> Vec<(&'static str, i64)> {
        std::iter::once("")
            .chain(domain::holding::RESULTS.iter().copied())
            .map(|result| {
                let n = self
                    .stock
                    .figures
                    .iter()
                    .find(|(code, _)| code == result)
                    .map_or(0, |(_, n)| *n);
                (result, n)
            })
            .collect()
    }

    fn result(&self, code: &str) -> String {
        let code = if code.is_empty() { "open" } else { code };
        self.page.t.s(format!("stock-result-{code}"))
    }

    fn more(&self) -> bool {
        i64::try_from(self.stock.lines.len()).unwrap_or(0) == PAGE_ROWS
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    result: String,
    page: Option<i64>,
    done: Option<String>,
}

/// `GET /stock-takes/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, id, asked, None).await
}

/// `POST /stock-takes/{id}/marks`
pub async fn mark(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let found = Found {
        result: fields.text("result"),
        container: fields.text("container"),
        note: fields.text("note"),
    };
    let copies = ticked(fields.all("copy"));
    let marked = app
        .mark_stock(&who, fields.request(), id, &copies, &found)
        .await;
    after(&app, who, id, marked).await
}

/// `POST /stock-takes/{id}/close`
pub async fn close(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let closed = app.close_stock_take(&who, fields.request(), id).await;
    after(&app, who, id, closed).await
}

async fn after(app: &App, who: Who, id: i64, outcome: Result<(), AppError>) -> Response {
    match outcome {
        Ok(()) => Redirect::to(&format!("/stock-takes/{id}?done=stock")).into_response(),
        Err(error) => {
            let asked = Asked {
                result: String::new(),
                page: None,
                done: None,
            };
            show(app, who, id, asked, Some(error)).await
        }
    }
}

async fn show(app: &App, who: Who, id: i64, asked: Asked, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    match app.stock_page(&who, id, &asked.result, number).await {
        Ok(stock) => {
            let status = error.as_ref().map_or(StatusCode::OK, fault::status);
            let page = StockView {
                page: Page::new(app, who, "stock").done(asked.done.as_deref()),
                stock,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
                number,
            };
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}
