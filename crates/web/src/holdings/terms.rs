//! The queue of ending terms and the yearly statistics.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::App;
use app::holdings::TermQueue;
use app::rows::{DocumentRow, HoldingFigure, HoldingSigns, PAGE_ROWS};

use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    page: Page,
    queue: TermQueue,
    rows: Vec<DocumentRow>,
    total: i64,
    ended: bool,
    number: i64,
    more: bool,
}

impl TermsPage {
    fn link(&self, number: i64) -> String {
        if self.ended {
            format!("/terms?ended=1&page={number}")
        } else {
            format!("/terms?days={}&page={number}", self.queue.days)
        }
    }
}

#[derive(Deserialize)]
pub struct Asked {
    days: Option<i32>,
    #[serde(default)]
    ended: String,
    page: Option<i64>,
}

/// `GET /terms`
pub async fn queue(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    let ended = asked.ended == "1";
    let found = async {
        let queue = app
            .term_queue(&who, asked.days.unwrap_or(365), number)
            .await?;
        let (rows, total) = if ended {
            app.terms_ended(&who, number).await?
        } else {
            (queue.rows.clone(), queue.total)
        };
        Ok::<_, app::AppError>((queue, rows, total))
    };
    match found.await {
        Ok((queue, rows, total)) => shell::show(&TermsPage {
            page: Page::new(&app, who, "terms"),
            queue,
            rows,
            total,
            ended,
            number,
            more: number * PAGE_ROWS < total,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "holdings.html")]
struct HoldingsPage {
    page: Page,
    year: i64,
    figures: Vec<HoldingFigure>,
    signs: HoldingSigns,
}

impl HoldingsPage {
    /// Counts that stop at 1,000 say so.
    fn capped(&self, n: i64) -> String {
        if n >= 1000 {
            "1.000+".to_owned()
        } else {
            n.to_string()
        }
    }
}

#[derive(Deserialize)]
pub struct OfYear {
    year: Option<i64>,
}

/// `GET /holdings`
pub async fn figures(
    State(app): State<App>,
    Query(asked): Query<OfYear>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let this_year = i64::from(app.today()?.year());
        let year = asked.year.unwrap_or(this_year).clamp(1900, 9998);
        let figures = app.holding_figures(&who, year).await?;
        let signs = app.holding_signs(&who).await?;
        Ok::<_, app::AppError>((year, figures, signs))
    };
    match found.await {
        Ok((year, figures, signs)) => shell::show(&HoldingsPage {
            page: Page::new(&app, who, "holdings"),
            year,
            figures,
            signs,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}
