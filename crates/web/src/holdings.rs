//! Terms that end, yearly statistics, stock-takes, sweeps after a change of
//! catalogue.

mod stock;
mod sweep;
mod terms;

use axum::Router;
use axum::routing::{get, post};

use app::App;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/terms", get(terms::queue))
        .route("/holdings", get(terms::figures))
        .route("/stock-takes", get(stock::list).post(stock::open))
        .route("/stock-takes/{id}", get(stock::page))
        .route("/stock-takes/{id}/marks", post(stock::mark))
        .route("/stock-takes/{id}/close", post(stock::close))
        .route("/sweeps", get(sweep::list).post(sweep::open))
        .route("/sweeps/{id}", get(sweep::page))
        .route("/sweeps/{id}/marks", post(sweep::mark))
}

/// Numbers of the ticked rows.
fn ticked(values: &[String]) -> Vec<i64> {
    values
        .iter()
        .filter_map(|value| value.parse().ok())
        .collect()
}
