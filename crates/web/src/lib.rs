//! HTTP words only: routes, forms, pages, JSON. Nothing is decided here; a
//! handler reads a form, calls one use case of `app` and shows its answer.
//!
//! One action, one file. The address is the state: filter, order and page stand
//! in the query. No page loads anything from outside.

mod accounts;
mod api;
mod assets;
mod batches;
mod books;
mod documents;
mod dossiers;
mod equipment;
mod fault;
mod fields;
mod guard;
mod holdings;
mod home;
mod i18n;
mod language;
mod law_page;
mod ledger_page;
mod library;
mod login;
mod papers;
mod plans;
mod setup;
mod shell;
mod stamps;
mod templates;
mod upload;
mod watch;
mod work_secrets;

pub use i18n::missing_keys;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// Largest body of an ordinary form.
const FORM_BYTES_MAX: usize = 256 * 1024;

/// Nothing from outside, nothing inline, no frame around us.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The whole application as one service.
pub fn router(app: app::App) -> Router {
    let pages = Router::new()
        .merge(home::routes())
        .merge(books::routes())
        .merge(documents::routes())
        .merge(dossiers::routes())
        .merge(batches::routes())
        .merge(holdings::routes())
        .merge(work_secrets::routes())
        .merge(plans::routes())
        .merge(papers::routes())
        .merge(stamps::routes())
        .merge(templates::routes())
        .merge(equipment::routes())
        .merge(ledger_page::routes())
        .merge(law_page::routes())
        .merge(library::routes())
        .merge(watch::routes())
        .merge(accounts::routes())
        .merge(language::routes())
        .merge(api::routes())
        .merge(login::routes())
        .merge(setup::routes())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(middleware::from_fn(guard::same_origin));
    let secured = pages
        .layer(header_value(header::CACHE_CONTROL, "no-store"))
        .merge(assets::routes())
        .route("/healthz", get(|| async { "ok" }))
        .fallback(fault::not_found)
        .layer(header_value(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(header_value(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_value(header::REFERRER_POLICY, "same-origin"))
        .layer(header_value(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header_value(
            header::HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(header_value(
            header::HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ))
        .layer(CatchPanicLayer::custom(fault::panicked));
    secured.with_state(app)
}

fn header_value(
    name: header::HeaderName,
    value: &'static str,
) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// A refusal as a sentence, for the command line.
pub fn sentence(refusal: &domain::Refusal, language: &str) -> String {
    let problem = fault::problem(
        &app::AppError::Refused(refusal.clone()),
        i18n::T::new(language),
    );
    format!("{} ({})", problem.message, problem.code)
}
