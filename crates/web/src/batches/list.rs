//! The unit's batches.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::App;
use app::rows::{BatchRow, PAGE_ROWS};

use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

#[derive(Template)]
#[template(path = "batch_list.html")]
struct ListPage {
    page: Page,
    rows: Vec<BatchRow>,
    kind: String,
    number: i64,
    total: i64,
    more: bool,
}

impl ListPage {
    fn kind_label(&self, code: &str) -> String {
        self.page.t.s(format!("dossier-{code}"))
    }

    fn link(&self, number: i64) -> String {
        format!("/batches?kind={}&page={number}", self.kind)
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    kind: String,
    page: Option<i64>,
}

/// `GET /batches`
pub async fn page(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    match app.batches(&who, &asked.kind, number).await {
        Ok((rows, total)) => shell::show(&ListPage {
            page: Page::new(&app, who, "batches"),
            rows,
            // Goes back into the address of the next page: only a kind's own code.
            kind: domain::dossier::kind(&asked.kind)
                .map_or_else(String::new, |kind| kind.code.to_owned()),
            number,
            total,
            more: number * PAGE_ROWS < total,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}
