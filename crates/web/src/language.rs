//! Switch the language of one's own session.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use app::App;

use crate::fault::Fault;
use crate::fields::Posted;
use crate::guard;
use crate::i18n::T;

pub fn routes() -> Router<App> {
    Router::new().route("/language", post(switch))
}

async fn switch(
    State(app): State<App>,
    headers: HeaderMap,
    Posted(who, fields): Posted,
) -> Response {
    let token = guard::token(&headers).unwrap_or_default();
    match app.set_language(&token, fields.get("language")).await {
        Ok(()) => Redirect::to(back(fields.get("back"))).into_response(),
        Err(error) => Fault::new(error, T::new(&who.0.language)).into_response(),
    }
}

/// Only a path of ours: never another site.
fn back(path: &str) -> &str {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if ours { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::back;

    #[test]
    fn never_leaves_this_site() {
        assert_eq!(back("/books/di?page=2"), "/books/di?page=2");
        for path in [
            "//outside.example",
            "https://outside.example",
            "/\\outside.example",
            "",
        ] {
            assert_eq!(back(path), "/");
        }
    }
}
