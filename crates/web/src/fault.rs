//! How an error of a use case reaches a person: a refused form is shown again
//! with its problem, everything else is a page of its own.

use std::any::Any;
use std::collections::BTreeMap;

use askama::Template;
use axum::Json;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};

use app::AppError;

use crate::i18n::T;
use crate::shell::{self, Page, Problem};

/// An error on its way out.
pub struct Fault {
    error: AppError,
    t: T,
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    page: Page,
    problem: Problem,
}

impl Fault {
    pub fn new(error: AppError, t: T) -> Self {
        Self { error, t }
    }
}

/// The status that says what kind of error it is. Unseen and absent are one.
pub fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::InBatch { error, .. } => status(error),
        AppError::Absent => StatusCode::NOT_FOUND,
        AppError::Refused(refusal) if refusal.code == "ACCESS-01" => StatusCode::NOT_FOUND,
        AppError::Refused(_) | AppError::Input { .. } | AppError::Password { .. } => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AppError::Stale => StatusCode::CONFLICT,
        AppError::SignedOut | AppError::WrongLogin => StatusCode::UNAUTHORIZED,
        AppError::Locked { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::Store(store) if store.code() == "STORE-BUSY" => StatusCode::SERVICE_UNAVAILABLE,
        AppError::Store(store) if store.code() == "STORE-FULL" => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The sentence, the field and the legal basis of an error.
pub fn problem(error: &AppError, t: T) -> Problem {
    match error {
        AppError::Refused(refusal) if refusal.code != "ACCESS-01" => {
            let mut args = refusal.args.clone();
            if let Some(field) = args.get("field") {
                let key = format!("field-{}", field.replace('_', "-"));
                let own = format!("df-{field}");
                let known = crate::i18n::missing_keys("vi", [own.as_str()]).is_empty();
                args.insert("field", t.s(if known { &own } else { &key }));
            }
            if refusal.code == "ACT-05" {
                for name in ["step", "state"] {
                    let key = args.get(name).cloned().unwrap_or_default();
                    args.insert(name, t.s(&key));
                }
            }
            Problem {
                code: refusal.code.to_owned(),
                message: t.m(&refusal.message_key(), &args),
                field: refusal.field.unwrap_or_default().to_owned(),
                because: refusal.because.iter().map(law::Citation::vi).collect(),
                row: 0,
            }
        }
        AppError::InBatch {
            row,
            number_symbol,
            error,
        } => {
            let inner = problem(error, t);
            let values = BTreeMap::from([
                ("row", row.to_string()),
                ("number", number_symbol.clone()),
                ("message", inner.message),
            ]);
            Problem {
                message: t.m("batch-refused", &values),
                row: *row,
                ..inner
            }
        }
        other => {
            let code = other.code();
            let key = format!("error-{}", code.to_ascii_lowercase());
            let value: String = match other {
                AppError::Locked { until } => shell::moment(until),
                AppError::Input { what, .. } => what.clone(),
                AppError::Password { rule } => (*rule).to_owned(),
                _ => String::new(),
            };
            let known = crate::i18n::missing_keys("vi", [key.as_str()]).is_empty();
            Problem {
                code: code.to_owned(),
                message: t.a(if known { &key } else { "error-internal" }, "what", &value),
                ..Problem::default()
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if matches!(self.error, AppError::SignedOut) {
            return Redirect::to("/login?over=1").into_response();
        }
        let status = status(&self.error);
        if status.is_server_error() {
            log(&self.error);
        }
        let mut problem = problem(&self.error, self.t);
        if status == StatusCode::NOT_FOUND {
            problem = absent(self.t);
        }
        let page = Page::outside(self.t.language());
        shell::with_status(status, &FaultPage { page, problem })
    }
}

/// Logs an error with its chain of causes; no error holds a secret's words.
fn log(error: &AppError) {
    let mut chain = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        chain.push_str(": ");
        chain.push_str(&inner.to_string());
        cause = inner.source();
    }
    tracing::error!(code = error.code(), "{chain}");
}

fn absent(t: T) -> Problem {
    Problem {
        code: "ABSENT".to_owned(),
        message: t.s("error-absent"),
        ..Problem::default()
    }
}

/// As a page answer, an error of the JSON API.
pub fn json(error: &AppError, t: T) -> Response {
    let status = status(error);
    if status.is_server_error() {
        log(error);
    }
    let problem = if status == StatusCode::NOT_FOUND {
        absent(t)
    } else {
        problem(error, t)
    };
    let mut body = serde_json::json!({
        "error": problem.code,
        "message": problem.message,
        "field": if problem.field.is_empty() { None } else { Some(problem.field) },
        "because": problem.because,
    });
    if let Some(body) = body.as_object_mut().filter(|_| problem.row > 0) {
        body.insert("row".to_owned(), problem.row.into());
    }
    (status, Json(body)).into_response()
}

/// No such address.
pub async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let t = T::new("vi");
    if uri.path().starts_with("/api/")
        || headers
            .get("accept")
            .is_some_and(|a| a == "application/json")
    {
        return json(&AppError::Absent, t);
    }
    Fault::new(AppError::Absent, t).into_response()
}

/// A request that panicked does not end the process.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> axum::http::Response<axum::body::Body> {
    tracing::error!("a request panicked");
    Fault::new(
        AppError::Input {
            code: "INTERNAL",
            what: String::new(),
        },
        T::new("vi"),
    )
    .into_response()
}
