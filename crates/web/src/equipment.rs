//! Which books, stamps and forms the unit has, and which it lacks.

use std::collections::BTreeMap;

use app::App;
use app::equipment::{Equipment, FormBy, FormHeld};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::access::Action;

use crate::fault::{self, Fault};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

#[derive(Template)]
#[template(path = "equipment.html")]
struct EquipmentPage {
    held: Equipment,
    /// The person takes stamps in.
    writes: bool,
    page: Page,
}

impl EquipmentPage {
    fn stamps_kept(&self) -> String {
        let stamps = self.held.stamps.iter();
        let had = stamps.filter(|stamp| !stamp.kept.is_empty()).count();
        self.of(had, self.held.stamps.len())
    }

    fn forms_had(&self) -> String {
        let forms = self.held.forms.iter();
        let had = forms.filter(|form| form.by != FormBy::Missing).count();
        self.of(had, self.held.forms.len())
    }

    fn of(&self, had: usize, all: usize) -> String {
        let values = BTreeMap::from([("had", had.to_string()), ("all", all.to_string())]);
        self.page.t.m("equipment-count", &values)
    }

    /// Address and words of what stands for a form.
    fn way(&self, form: &FormHeld) -> Option<(String, String)> {
        let t = self.page.t;
        Some(match &form.by {
            FormBy::Book(kind) => (format!("/books/{}", kind.code()), t.s("equipment-by-book")),
            FormBy::Stamps(_) => ("/stamps".to_owned(), t.s("equipment-by-stamps")),
            FormBy::Record(kind) => (
                format!("/dossiers?kind={kind}"),
                t.a(
                    "equipment-by-record",
                    "kind",
                    t.s(format!("dossier-{kind}")),
                ),
            ),
            FormBy::Statistics => ("/holdings".to_owned(), t.s("equipment-by-statistics")),
            FormBy::StampPlaces => ("/stamps".to_owned(), t.s("equipment-by-places")),
            FormBy::Missing => return None,
        })
    }
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/equipment", get(page))
        .route("/api/v1/equipment", get(api))
}

/// `GET /equipment`
async fn page(State(app): State<App>, Signed(who): Signed) -> Response {
    match app.equipment(&who).await {
        Ok(held) => shell::show(&EquipmentPage {
            held,
            writes: who.may(Action::WriteBooks),
            page: Page::new(&app, who, "equipment"),
        }),
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

/// `GET /api/v1/equipment`
async fn api(State(app): State<App>, Signed(who): Signed) -> Response {
    let held = match app.equipment(&who).await {
        Ok(held) => held,
        Err(error) => return fault::json(&error, T::new(&who.language)),
    };
    let books: Vec<_> = held
        .books
        .iter()
        .map(|book| serde_json::json!({ "book": book.kind.code(), "title": book.title, "last": book.last }))
        .collect();
    let stamps: Vec<_> = held
        .stamps
        .iter()
        .map(|stamp| serde_json::json!({ "stamp": stamp.id, "label": stamp.label, "kept": stamp.kept }))
        .collect();
    let forms: Vec<_> = held
        .forms
        .iter()
        .map(|form| {
            serde_json::json!({
                "form": form.number,
                "title": form.title,
                "missing": form.by == FormBy::Missing,
                "templates": form.templates,
            })
        })
        .collect();
    Json(serde_json::json!({
        "year": held.year,
        "books": books,
        "stamps": stamps,
        "forms_of": held.forms_of.to_string(),
        "forms": forms,
    }))
    .into_response()
}
