//! Who is asking: the session cookie, and the proof that a form came from our
//! own page.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use app::{App, AppError, Who};

use crate::fault::Fault;

/// Name of the session cookie.
pub const COOKIE: &str = "khien_session";

/// A signed-in person. Pages without a session go to the sign-in page.
pub struct Signed(pub Who);

/// The session's secret from the cookie, if any.
pub fn token(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

impl FromRequestParts<App> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let wants_json = parts.uri.path().starts_with("/api/");
        let signed_out = |why: &'static str| {
            if wants_json {
                (StatusCode::UNAUTHORIZED, "{\"error\":\"SIGNED-OUT\"}").into_response()
            } else {
                Redirect::to(why).into_response()
            }
        };
        let Some(token) = token(&parts.headers) else {
            return Err(signed_out("/login"));
        };
        match app.who(&token).await {
            // A one-time password opens one page only: the one that replaces it.
            Ok(who) if who.must_change && !["/password", "/logout"].contains(&parts.uri.path()) => {
                Err(signed_out("/password"))
            }
            Ok(who) => Ok(Self(who)),
            Err(AppError::SignedOut) => Err(signed_out("/login?over=1")),
            Err(error) => Err(Fault::new(error, crate::i18n::T::new("vi")).into_response()),
        }
    }
}

/// Refuses writes that a browser says come from another site.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let reading = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let site = request
        .headers()
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    match site {
        Some(site) if !reading && site != "same-origin" && site != "none" => (
            StatusCode::FORBIDDEN,
            "CSRF: request from another site refused",
        )
            .into_response(),
        _ => next.run(request).await,
    }
}

/// Equal-time comparison of two secrets.
pub fn same_secret(a: &str, b: &str) -> bool {
    a.len() == b.len()
        && a.bytes()
            .zip(b.bytes())
            .fold(0_u8, |differ, (x, y)| differ | (x ^ y))
            == 0
}
