//! Screens of the watch, and of the unit's cases that come from it.

mod api;
mod cases;
mod figures;
mod findings;
mod forms;
mod sources;
#[cfg(test)]
mod tests;
mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::{get, post};

use app::App;
use app::limits::PLAN_UPLOAD_DRAIN_BYTES_MAX;

pub fn routes() -> Router<App> {
    let large = || DefaultBodyLimit::max(PLAN_UPLOAD_DRAIN_BYTES_MAX);
    Router::new()
        .route("/watch", get(|| async { Redirect::to("/watch/findings") }))
        .route("/watch/sources", get(sources::list).post(sources::add))
        .route("/watch/sources/{id}", get(sources::page))
        .route("/watch/sources/{id}/runs", post(sources::start))
        .route("/watch/sources/{id}/stop", post(sources::stop))
        .route("/watch/sources/{id}/resume", post(sources::resume))
        .route(
            "/watch/sources/{id}/reports",
            post(sources::import).layer(large()),
        )
        .route("/watch/runs", get(sources::runs))
        .route("/watch/runs/{id}", get(sources::run))
        .route("/watch/objects", get(findings::objects))
        .route("/watch/findings", get(findings::list))
        .route("/watch/findings/{id}", get(findings::page))
        .route("/watch/findings/{id}/review", post(findings::review))
        .route("/watch/findings/{id}/takedown", post(findings::take))
        .route("/watch/findings/{id}/hand-over", post(findings::hand_over))
        .route("/watch/objects/{id}/hand-over", get(findings::download))
        .route("/watch/leaks", get(findings::leaks))
        .route("/watch/trends", get(figures::trends))
        .route("/watch/summary", get(figures::summary))
        .route("/watch/summary/pdf", get(figures::pdf))
        .route("/watch/senders", get(cases::senders).post(cases::trust))
        .route(
            "/watch/hand-over/import",
            get(cases::form).post(cases::take).layer(large()),
        )
        .route("/cases", get(cases::list))
        .route("/cases/{id}", get(cases::page))
        .route("/cases/{id}/close", post(cases::close))
        .merge(api::routes())
}
