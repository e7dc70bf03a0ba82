//! Screens of the four books.

mod entry;
mod import;
mod list;
mod new;
mod view;
mod year;

use axum::Router;
use axum::routing::get;

use app::App;
use law::BookKind;

pub(crate) use new::draft;
pub use view::EntryView;

/// Largest upload: a workbook and its form.
const IMPORT_BYTES_MAX: usize = 33 * 1024 * 1024;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/books/{kind}", get(list::list))
        .route("/books/{kind}/entries/new", get(new::form))
        .route("/books/{kind}/entries", axum::routing::post(new::add))
        .route(
            "/books/{kind}/import",
            get(import::form)
                .post(import::take)
                .layer(axum::extract::DefaultBodyLimit::max(IMPORT_BYTES_MAX)),
        )
        .route(
            "/books/{kind}/years/{year}",
            get(year::page).post(year::choose),
        )
        .route(
            "/api/v1/books/{kind}/years/{year}",
            get(year::api_show).post(year::api_choose),
        )
        .route("/entries/{id}", get(entry::page))
        .route(
            "/entries/{id}/correction",
            get(entry::correction_form).post(entry::correct),
        )
        .route(
            "/entries/{id}/void",
            get(entry::void_form).post(entry::void),
        )
        .route(
            "/entries/{id}/document",
            axum::routing::post(entry::open_document),
        )
}

/// The book of an address; an unknown one is absent.
pub(crate) fn kind(code: &str) -> Result<BookKind, app::AppError> {
    BookKind::parse(code).ok_or(app::AppError::Absent)
}

/// The words' key of a book's name.
pub fn name_key(kind: &str) -> &'static str {
    match kind {
        "di" => "nav-book-di",
        "den" => "nav-book-den",
        "chuyen_giao" => "nav-book-chuyen-giao",
        _ => "nav-book-sao-chup",
    }
}
