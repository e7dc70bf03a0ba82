//! Papers: pages of the books and the self-inspection report.

mod print;
mod report;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use app::App;
use app::papers::Paper;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/books/{kind}/print", get(print::form))
        .route("/books/{kind}/prints", post(print::print))
        .route("/books/{kind}/years/{year}/pack", post(print::pack))
        .route(
            "/api/v1/books/{kind}/years/{year}/pack",
            post(print::api_pack),
        )
        .route(
            "/reports/self-inspection",
            get(report::form).post(report::make),
        )
}

/// A paper as a file to keep.
pub(crate) fn download(paper: Paper) -> Response {
    let disposition = format!("attachment; filename=\"{}\"", paper.file_name);
    (
        [
            (header::CONTENT_TYPE, paper.media_type.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        paper.bytes,
    )
        .into_response()
}
