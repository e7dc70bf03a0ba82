//! A posted form: bounded, decoded, and proven to be ours.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use app::App;

use crate::guard::{self, Signed};

/// Most fields that a form may have.
const FIELDS_MAX: usize = 2_000;

/// The fields of a form by name, in the order they came.
#[derive(Debug, Default, Clone)]
pub struct Fields(BTreeMap<String, Vec<String>>);

impl Fields {
    /// Decodes `application/x-www-form-urlencoded`.
    pub fn decode(body: &[u8]) -> Self {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body).take(FIELDS_MAX) {
            fields
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        Self(fields)
    }

    /// The first value of a field; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .get(name)
            .and_then(|values| values.first())
            .map_or("", String::as_str)
    }

    /// As [`Fields::get`], owned.
    pub fn text(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Names of all fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A number, or 0.
    pub fn number(&self, name: &str) -> i64 {
        self.get(name).parse().unwrap_or(0)
    }

    /// The mark by which a form that is sent twice is recognised.
    pub fn request(&self) -> Option<&str> {
        Some(self.get("request")).filter(|id| (16..=64).contains(&id.len()))
    }
}

/// A signed-in person and the form they sent, with the session's token checked.
pub struct Posted(pub Signed, pub Fields);

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        use axum::extract::FromRequestParts as _;
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, app).await?;
        let header = parts
            .headers
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let fields = Fields::decode(&bytes);
        let token = header.as_deref().unwrap_or_else(|| fields.get("csrf"));
        if guard::same_secret(token, &signed.0.csrf) {
            Ok(Self(signed, fields))
        } else {
            Err((
                StatusCode::FORBIDDEN,
                "CSRF: the form's token is not this session's",
            )
                .into_response())
        }
    }
}
