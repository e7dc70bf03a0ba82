//! The unit's dossiers.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::App;
use app::rows::{DossierQuery, DossierRow, PAGE_ROWS};
use domain::dossier::{About, KINDS, Kind};

use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

#[derive(Template)]
#[template(path = "dossier_list.html")]
struct ListPage {
    page: Page,
    rows: Vec<DossierRow>,
    query: DossierQuery,
    total: i64,
    more: bool,
    kinds: Vec<&'static Kind>,
    unit_kinds: Vec<&'static Kind>,
}

impl ListPage {
    fn kind_label(&self, code: &str) -> String {
        self.page.t.s(format!("dossier-{code}"))
    }

    fn state(&self, code: &str) -> String {
        self.page.t.s(format!("dstate-{code}"))
    }

    fn link(&self, number: i64) -> String {
        let closed = if self.query.closed { "1" } else { "" };
        format!(
            "/dossiers?kind={}&closed={closed}&page={number}",
            self.query.kind
        )
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    closed: String,
    page: Option<i64>,
    done: Option<String>,
}

/// `GET /dossiers`
pub async fn page(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let query = DossierQuery {
        kind: asked.kind,
        closed: asked.closed == "1",
        page: asked.page.unwrap_or(1).max(1),
    };
    match app.dossiers(&who, &query).await {
        Ok((rows, total)) => {
            let may = |kind: &&Kind| kind.opening().is_some_and(|step| who.may(step.action));
            let unit_kinds = KINDS
                .iter()
                .copied()
                .filter(|kind| kind.about == About::Unit)
                .filter(may)
                .collect();
            let page = ListPage {
                page: Page::new(&app, who, "dossiers").done(asked.done.as_deref()),
                more: query.page * PAGE_ROWS < total,
                rows,
                query,
                total,
                kinds: KINDS.to_vec(),
                unit_kinds,
            };
            shell::show(&page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}
