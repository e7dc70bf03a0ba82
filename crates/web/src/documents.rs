//! A document's page and the acts that start from it.

mod copying;
mod page;
mod transfer;

use axum::Router;
use axum::routing::get;

use app::App;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/documents/{id}", get(page::page))
        .route("/documents/{id}/transfers/new", get(transfer::form))
        .route(
            "/documents/{id}/transfers",
            axum::routing::post(transfer::add),
        )
        .route("/documents/{id}/copying-permits/new", get(copying::form))
        .route(
            "/documents/{id}/copying-permits",
            axum::routing::post(copying::add),
        )
}

/// A copy that changes hands no more is not offered in forms; `domain` refuses it besides.
pub(crate) fn gone(copy: &app::rows::CopyRow) -> bool {
    use domain::custody::HolderKind;
    matches!(
        HolderKind::parse(&copy.holder_kind),
        Some(HolderKind::Destroyed | HolderKind::Archive)
    )
}
