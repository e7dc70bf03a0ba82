//! A book page by page: search without marks, filter, order.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::rows::{BookYearRow, ListQuery, PAGE_DEPTH_MAX, PAGE_ROWS, Sort};
use app::{App, AppError, Who};

use super::EntryView;
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, opt_day, thousands};

/// The query of the address.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    year: Option<i64>,
    #[serde(default)]
    level: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    dir: String,
    page: Option<i64>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "book_list.html")]
struct ListPage {
    page: Page,
    kind: &'static str,
    year: i64,
    years: Vec<i64>,
    asked: Asked,
    rows: Vec<EntryView>,
    /// Says that the year is closed; empty while it is open.
    closed: String,
    total: String,
    more: bool,
    number: i64,
    pages: i64,
}

impl ListPage {
    /// The address of this list with one thing changed.
    fn link(&self, name: &str, value: &str) -> String {
        let number = self.number.to_string();
        let year = self.year.to_string();
        let mut query = form_urlencoded::Serializer::new(String::new());
        let now = [
            ("year", year.as_str()),
            ("q", &self.asked.q),
            ("level", &self.asked.level),
            ("state", &self.asked.state),
            ("sort", &self.asked.sort),
            ("dir", &self.asked.dir),
            ("page", &number),
        ];
        for (key, current) in now {
            let value = if key == name { value } else { current };
            // Another order or filter starts again at the first page.
            let drop = key == "page" && name != "page";
            if !value.is_empty() && !drop {
                query.append_pair(key, value);
            }
        }
        format!("/books/{}?{}", self.kind, query.finish())
    }

    fn page_link(&self, number: i64) -> String {
        self.link("page", &number.to_string())
    }

    /// A column head reverses its own order and takes over from others.
    fn sort_link(&self, column: &str) -> String {
        let same = self.asked.sort == column || (column == "serial" && self.asked.sort.is_empty());
        let dir = if same && self.asked.dir != "asc" {
            "asc"
        } else {
            "desc"
        };
        let link = self.link("sort", column);
        let base = link
            .split('&')
            .filter(|part| !part.starts_with("dir="))
            .collect::<Vec<_>>()
            .join("&");
        format!("{base}&dir={dir}")
    }

    fn aria_sort(&self, column: &str) -> &'static str {
        let same = self.asked.sort == column || (column == "serial" && self.asked.sort.is_empty());
        match (same, self.asked.dir == "asc") {
            (true, true) => "ascending",
            (true, false) => "descending",
            _ => "none",
        }
    }

    fn filtered(&self) -> bool {
        !(self.asked.q.is_empty() && self.asked.level.is_empty() && self.asked.state.is_empty())
    }

    /// Whether documents may be ticked for a batch.
    fn picks(&self) -> bool {
        (self.is("di") || self.is("den")) && self.page.may_write_books()
    }

    fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

/// `GET /books/{kind}`
pub async fn list(
    State(app): State<App>,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match load(&app, who, &kind, asked).await {
        Ok(page) => shell::show(&page),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

async fn load(app: &App, who: Who, kind: &str, asked: Asked) -> Result<ListPage, AppError> {
    let kind = super::kind(kind)?;
    let years = app.book_years(&who, kind).await?;
    let year = asked.year.or_else(|| years.first().copied()).unwrap_or(0);
    let sort = Sort::ALL
        .into_iter()
        .find(|sort| sort.code() == asked.sort)
        .unwrap_or_default();
    let query = ListQuery {
        kind: kind.code().to_owned(),
        year,
        words: app::words::words(&asked.q),
        level: law::Level::parse(&asked.level).map(|level| level.code().to_owned()),
        state: domain::book::EntryState::parse(&asked.state).map(|state| state.code().to_owned()),
        sort,
        ascending: asked.dir == "asc",
        page: asked.page.unwrap_or(1),
        ..ListQuery::default()
    };
    let found = app.book_page(&who, &query).await?;
    let stand = app.book_year(&who, kind, year).await?;
    let t = T::new(&who.language);
    let pages = (found.total + PAGE_ROWS - 1) / PAGE_ROWS;
    let pages = if sort == Sort::Serial && query.words.is_empty() {
        pages
    } else {
        pages.min(PAGE_DEPTH_MAX)
    };
    Ok(ListPage {
        page: Page::new(app, who, kind.code()).done(asked.done.as_deref()),
        kind: kind.code(),
        year,
        years,
        rows: found
            .rows
            .into_iter()
            .map(|row| EntryView::new(row, t))
            .collect(),
        closed: stand
            .closing
            .map_or_else(String::new, |row| closed(&row, t)),
        total: thousands(found.total),
        more: found.more,
        number: query.page.clamp(1, pages.max(1)),
        pages,
        asked,
    })
}

fn closed(row: &BookYearRow, t: T) -> String {
    let last = row.last_serial.unwrap_or(0);
    let values = BTreeMap::from([
        ("on", opt_day(&row.closed_on)),
        ("last", format!("{last:02}")),
    ]);
    t.m("year-closed-line", &values)
}
