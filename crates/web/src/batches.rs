//! Batches: one act on several documents at once. The list, the form of any step, the page
//! of a batch, its printed list, the same as JSON.

mod api;
mod form;
mod list;
mod page;
mod print;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{get, post};

use app::App;
use app::dossiers::batch::BatchTyped;
use app::rows::BatchRow;
use domain::dossier::{Input, KINDS, Kind, Step};

use crate::fields::Fields;
use crate::i18n::T;
use crate::shell::Page;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/batches", get(list::page))
        .route("/batches/new", get(form::new))
        .route("/batches/new/{kind}", post(form::open))
        .route("/batches/{id}", get(page::page))
        .route(
            "/batches/{id}/steps/{step}",
            get(form::step).post(form::take),
        )
        .route("/batches/{id}/list/{format}", get(print::list))
        .route("/api/v1/batches", get(api::list))
        .route("/api/v1/batches/new/{kind}", post(api::open))
        .route("/api/v1/batches/{id}", get(api::show))
        .route("/api/v1/batches/{id}/steps/{step}", post(api::take))
}

/// The number of a batch as people say it: `01/2026`.
pub(crate) fn number(batch: &BatchRow) -> String {
    format!("{:02}/{}", batch.serial, batch.year)
}

/// Kinds of batch that this person may open.
pub(crate) fn kinds(page: &Page) -> Vec<&'static Kind> {
    let may = |kind: &&Kind| {
        let step = kind.opening();
        step.is_some_and(|step| page.who.as_ref().is_some_and(|who| who.may(step.action)))
    };
    KINDS
        .iter()
        .copied()
        .filter(|kind| kind.batched())
        .filter(may)
        .collect()
}

fn title(t: T, kind: &Kind, batch: &BatchRow) -> String {
    let number = t.a("batch-number", "number", number(batch));
    format!("{} – {number}", t.s(format!("dossier-{}", kind.code)))
}

/// What a form says: one text a field for all, and `<field>-<document>` for what a document has
/// for itself.
fn typed(kind: &Kind, step: &Step, fields: &Fields) -> BatchTyped {
    let mut typed = BatchTyped::default();
    for field in step.fields {
        let value = fields.text(field.name);
        if !value.is_empty() {
            typed.common.insert(field.name.to_owned(), value);
        }
    }
    for name in fields.names() {
        let Some((field, document)) = name.rsplit_once('-') else {
            continue;
        };
        let field = step.fields.iter().find(|one| one.name == field);
        let (Some(field), Ok(document)) = (field, document.parse::<i64>()) else {
            continue;
        };
        if kind.own(field) {
            let value = match field.input {
                Input::Copies => fields.all(name).join(","),
                _ => fields.text(name),
            };
            let own: &mut BTreeMap<_, _> = typed.own.entry(document).or_default();
            own.insert(field.name.to_owned(), value);
        }
    }
    typed
}

/// Ids out of the values of a field.
fn ids(values: &[String]) -> Vec<i64> {
    values
        .iter()
        .filter_map(|value| value.parse().ok())
        .collect()
}

/// `dossier:steps` out of the values of a field.
fn pairs(values: &[String]) -> Vec<(i64, i64)> {
    values
        .iter()
        .filter_map(|value| value.split_once(':'))
        .filter_map(|(dossier, seen)| Some((dossier.parse().ok()?, seen.parse().ok()?)))
        .collect()
}
