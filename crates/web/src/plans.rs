//! Screens of plans and tasks.

mod lists;
mod review;
mod suggested;
mod task;
mod upload;
mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use app::App;
use app::limits::PLAN_UPLOAD_DRAIN_BYTES_MAX;

pub fn routes() -> Router<App> {
    let upload = post(upload::add).layer(DefaultBodyLimit::max(PLAN_UPLOAD_DRAIN_BYTES_MAX));
    Router::new()
        .route("/plans", get(upload::list).merge(upload))
        .route("/plans/{id}", get(review::page))
        .route("/plans/{id}/reviews", post(review::act))
        .route(
            "/plans/{id}/assignments",
            get(suggested::form).post(suggested::assign),
        )
        .route("/plans/{id}/tasks.xlsx", get(review::xlsx))
        .route("/tasks", get(lists::own))
        .route("/tasks/late", get(lists::late))
        .route("/tasks/reported", get(lists::reported))
        .route("/tasks/units", get(lists::units))
        .route("/tasks/{id}", get(task::page))
        .route("/tasks/{id}/{step}", post(task::act))
}
