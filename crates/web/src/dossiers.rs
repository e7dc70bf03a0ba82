//! Dossiers: lists, the form of any step, a dossier's page, its prints.
//!
//! One set of pages serves every kind: forms and records are made from the
//! kind's own data in `domain::dossier`.

pub mod api;
mod form;
mod list;
mod page;
mod print;
pub(crate) mod view;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{get, post};

use app::App;
use domain::dossier::{Input, Step};

use crate::fields::Fields;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/dossiers", get(list::page))
        .route(
            "/dossiers/new/{kind}",
            get(form::unit).post(form::open_unit),
        )
        .route(
            "/documents/{id}/dossiers/{kind}",
            get(form::document).post(form::open_document),
        )
        .route("/dossiers/{id}", get(page::page))
        .route(
            "/dossiers/{id}/steps/{step}",
            get(form::step).post(form::take),
        )
        .route("/dossiers/{id}/record/{n}/{format}", get(print::record))
        .route("/api/v1/dossiers/{id}", get(api::show))
        .route("/api/v1/dossiers/new/{kind}", post(api::open_unit))
        .route("/api/v1/documents/{id}/dossiers/{kind}", post(api::open))
        .route("/api/v1/dossiers/{id}/steps/{step}", post(api::take))
}

/// The values of a step out of a posted form: one text a field.
fn values(step: &Step, fields: &Fields) -> BTreeMap<String, String> {
    step.fields
        .iter()
        .map(|field| {
            let value = match field.input {
                Input::Copies => fields.all(field.name).join(","),
                _ => fields.text(field.name),
            };
            (field.name.to_owned(), value)
        })
        .collect()
}
