//! Catalogues of secrets: the decisions, one of them, and the drafter's search.

use std::collections::BTreeMap;

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use law::Level;
use serde::{Deserialize, Serialize};

use app::library::{CatalogueLine, CataloguePage, ItemHit, ItemsAsk, ItemsFound};
use app::rows::UnitCatalogueRow;
use app::{App, AppError};

use super::{address, asked_day, evidence_tone, heading, place, shown, shown_or};
use crate::fault::{self, Fault};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

/// The question, as it stands in the address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    on: String,
    level: String,
}

impl Asked {
    fn ask(&self) -> ItemsAsk {
        ItemsAsk {
            words: self.q.clone(),
            on: asked_day(&self.on),
            level: Level::parse(&self.level),
        }
    }
}

#[derive(Template)]
#[template(path = "law_catalogues.html")]
struct ListPage {
    page: Page,
    on: String,
    lines: Vec<CatalogueLine>,
    own: Vec<UnitCatalogueRow>,
    fields: &'static BTreeMap<String, String>,
}

impl ListPage {
    fn date(&self, line: &CatalogueLine) -> String {
        shown_or(line.catalogue.act.date, self.page.t)
    }

    fn field(&self, code: &str) -> String {
        heading(self.fields.get(code).map_or(code, String::as_str))
    }

    fn own_in_force(&self, row: &UnitCatalogueRow) -> bool {
        let last = row.valid_to.as_ref();
        row.valid_from <= self.on && last.is_none_or(|last| self.on <= *last)
    }

    fn in_force(&self) -> usize {
        self.lines.iter().filter(|line| line.in_force).count()
    }
}

/// `GET /law/catalogues`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let on = asked_day(&asked.on).map_or_else(|| app.today(), Ok)?;
        let lines = app.catalogues(&who, on)?;
        Ok::<_, AppError>((on, lines, app.unit_catalogues(&who).await?))
    };
    match found.await {
        Ok((on, lines, own)) => shell::show(&ListPage {
            page: Page::new(&app, who, "catalogues"),
            own,
            fields: app.law.fields(),
            on: on.to_string(),
            lines,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "law_catalogue.html")]
struct OnePage {
    page: Page,
    found: CataloguePage,
}

impl OnePage {
    fn line(&self) -> &CatalogueLine {
        &self.found.line
    }

    fn date(&self, line: &CatalogueLine) -> String {
        shown_or(line.catalogue.act.date, self.page.t)
    }

    fn days(&self) -> String {
        let period = self.found.line.catalogue.period;
        let to = period
            .to
            .map_or_else(String::new, |to| format!(" – {}", shown(to)));
        format!("{}{to}", shown(period.from))
    }

    fn place(&self, item: &law::CatalogueItem) -> String {
        let place = place(
            item.article.as_deref(),
            item.clause.as_deref(),
            item.point.as_deref(),
        );
        if place.is_empty() {
            self.page.t.s("lib-place-unknown")
        } else {
            place
        }
    }

    fn use_it(&self, item: &law::CatalogueItem, stored: &str) -> String {
        use_it(stored, item.level, self.found.line.catalogue.field)
    }
}

/// `GET /law/catalogues/{key}`
pub async fn page(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let found = asked_day(&asked.on)
        .map_or_else(|| app.today(), Ok)
        .and_then(|on| app.catalogue(&who, &key, on));
    match found {
        Ok(found) => shell::show(&OnePage {
            page: Page::new(&app, who, "catalogues"),
            found,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "law_items.html")]
struct SearchPage {
    page: Page,
    asked: Asked,
    on: String,
    found: ItemsFound,
    may_propose: bool,
}

impl SearchPage {
    fn place(&self, hit: &ItemHit) -> String {
        let place = place(
            hit.article.as_deref(),
            hit.clause.as_deref(),
            hit.point.as_deref(),
        );
        if place.is_empty() {
            self.page.t.s("lib-place-unknown")
        } else {
            place
        }
    }

    fn date(&self, hit: &ItemHit) -> String {
        shell::opt_day(&hit.date)
    }

    /// How much of what is in force was looked through.
    fn coverage(&self) -> String {
        let figures = BTreeMap::from([
            ("items", self.found.searched.to_string()),
            ("catalogues", self.found.catalogues.to_string()),
            ("incomplete", self.found.incomplete.to_string()),
        ]);
        self.page.t.m("items-coverage", &figures)
    }

    fn evidence(&self, hit: &ItemHit) -> (&'static str, String) {
        match hit.evidence {
            Some(evidence) => (evidence_tone(evidence), evidence.label_vi().to_owned()),
            None => ("", self.page.t.s("lib-evidence-own")),
        }
    }

    fn use_it(&self, hit: &ItemHit) -> String {
        use_it(&hit.stored, hit.level, &hit.field)
    }
}

/// The form that opens a classification with an item; the person still decides.
pub(super) fn use_it(stored: &str, level: Level, field: &str) -> String {
    let query = [
        ("catalogue_item", stored),
        ("level", level.code()),
        ("sphere", field),
    ];
    address("/dossiers/new/classify", &query)
}

/// `GET /law/catalogues/search`
pub async fn search(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.find_items(&who, &asked.ask()).await {
        Ok(found) => shell::show(&SearchPage {
            may_propose: who.may(domain::access::Action::WriteBooks),
            page: Page::new(&app, who, "items"),
            on: found.on.to_string(),
            asked,
            found,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// An item as JSON.
#[derive(Serialize)]
struct Item {
    item: String,
    number: String,
    date: Option<String>,
    field: String,
    level: &'static str,
    article: Option<String>,
    clause: Option<String>,
    point: Option<String>,
    text: String,
    evidence: &'static str,
    score: u32,
}

impl From<ItemHit> for Item {
    fn from(hit: ItemHit) -> Self {
        Self {
            item: hit.stored,
            number: hit.number,
            date: hit.date,
            field: hit.field,
            level: hit.level.code(),
            article: hit.article,
            clause: hit.clause,
            point: hit.point,
            text: hit.text,
            evidence: hit.evidence.map_or("own_file", law::Evidence::code),
            score: hit.score,
        }
    }
}

#[derive(Serialize)]
struct Items {
    on: String,
    items: Vec<Item>,
    searched: usize,
    catalogues: usize,
    incomplete: usize,
}

/// `GET /api/v1/law/catalogues/search`
pub async fn json(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    match app.find_items(&who, &asked.ask()).await {
        Ok(found) => Json(Items {
            on: found.on.to_string(),
            items: found.hits.into_iter().map(Item::from).collect(),
            searched: found.searched,
            catalogues: found.catalogues,
            incomplete: found.incomplete,
        })
        .into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}
