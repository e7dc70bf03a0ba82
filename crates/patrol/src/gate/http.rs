//! The gate over HTTP: `POST /check` with a form or the file itself as body answers with the decision. The
//! body is held until the verdict; nothing of it is written to a disk.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use scan::Reason;

use super::{Gate, Outcome, Part, parts};
use crate::error::PatrolError;
use crate::limits::{HELD_MIB_UNKNOWN, UPLOAD_WALL};

/// Room for the lines around the parts of a form.
const FORM_BYTES: u64 = 1 << 20;

/// The pages of the gate.
pub fn router(gate: Gate) -> Router {
    Router::new()
        .route("/check", post(check))
        .route("/", post(check))
        .route("/healthz", get(async || "ok\n"))
        // The handler counts the bytes itself, and answers in its own words.
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(gate)
}

/// Serves the gate until the program ends.
///
/// # Errors
/// Those of the listener.
pub async fn serve(listener: tokio::net::TcpListener, gate: Gate) -> Result<(), PatrolError> {
    Ok(axum::serve(listener, router(gate)).await?)
}

async fn check(State(gate): State<Gate>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let limit = gate.file_bytes_max().saturating_add(FORM_BYTES);
    let announced = text(&head.headers, header::CONTENT_LENGTH.as_str())
        .parse::<u64>()
        .ok();
    let name = name_of(&head.headers, head.uri.query());
    if announced.is_some_and(|bytes| bytes > limit) {
        return too_large(&name, announced.unwrap_or(0));
    }
    let mib = announced.map_or(u64::from(HELD_MIB_UNKNOWN), |bytes| (bytes >> 20) + 1);
    let room = u32::try_from(mib).unwrap_or(HELD_MIB_UNKNOWN);
    // Without an announced length a body may take what it has asked for, and no more.
    let limit = announced.map_or(u64::from(HELD_MIB_UNKNOWN) << 20, |_| limit);
    let Ok(_room) = gate.room_mib.acquire_many(room).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let received = tokio::time::timeout(UPLOAD_WALL, receive(&head.headers, body, limit, &name));
    match received.await {
        Ok(Ok(upload)) => answer(gate.judge(upload).await),
        Ok(Err(Refused::TooLarge)) => too_large(&name, announced.unwrap_or(limit)),
        Ok(Err(Refused::Form)) => {
            let unseen = Outcome::unseen(&name, 0, Reason::Damaged, "form");
            said(StatusCode::BAD_REQUEST, &unseen)
        }
        Err(_) => {
            let unseen = Outcome::unseen(&name, 0, Reason::Timeout, "upload");
            said(StatusCode::REQUEST_TIMEOUT, &unseen)
        }
    }
}

enum Refused {
    TooLarge,
    Form,
}

async fn receive(
    headers: &HeaderMap,
    body: Body,
    limit: u64,
    name: &str,
) -> Result<Vec<Part>, Refused> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let content_type = text(headers, header::CONTENT_TYPE.as_str());
    let bytes = to_bytes(body, limit).await.map_err(|_| Refused::TooLarge)?;
    let parts = parts::split(content_type, name, bytes.into()).await;
    parts.map_err(|parts::BadForm| Refused::Form)
}

fn answer(outcome: Result<Outcome, PatrolError>) -> Response {
    match outcome {
        Ok(outcome) => said(StatusCode::OK, &outcome),
        Err(error) => {
            tracing::error!(code = error.code(), %error, "the gate cannot scan");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn too_large(name: &str, bytes: u64) -> Response {
    let unseen = Outcome::unseen(name, bytes, Reason::TooLarge, "");
    let mut response = said(StatusCode::PAYLOAD_TOO_LARGE, &unseen);
    // The rest of the body is not read.
    let close = header::HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

fn said(status: StatusCode, outcome: &Outcome) -> Response {
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/json"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        ("x-khien-decision", outcome.decision.as_str()),
    ];
    (status, headers, outcome.json()).into_response()
}

/// What the sender calls a raw body: `?name=` or the header `X-Filename`, percent-encoded.
fn name_of(headers: &HeaderMap, query: Option<&str>) -> String {
    let asked = query
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("name="));
    let name = asked.unwrap_or_else(|| text(headers, "x-filename"));
    parts::named(&parts::decoded(name))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
