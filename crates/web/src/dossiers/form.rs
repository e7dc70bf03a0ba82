//! The form of a step, whatever its kind.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};

use app::dossiers::Target;
use app::rows::{CopyRow, DocumentRow};
use app::{App, AppError, Who};
use domain::dossier::{Kind, Step};

use super::{values, view};
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "dossier_form.html")]
struct FormPage {
    page: Page,
    kind: &'static Kind,
    step: &'static Step,
    document: Option<DocumentRow>,
    /// Steps taken when the form was made.
    seen: i64,
    action: String,
    back: String,
    fields: Vec<view::Shown>,
    problem: Problem,
}

impl FormPage {
    fn heading(&self) -> String {
        self.page.t.s(format!("dossier-{}", self.kind.code))
    }

    fn step_label(&self) -> String {
        self.page
            .t
            .s(format!("step-{}-{}", self.kind.code, self.step.code))
    }

    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }
}

/// What a form is made from.
struct Asked {
    kind: &'static Kind,
    step: &'static Step,
    document: Option<DocumentRow>,
    copies: Vec<CopyRow>,
    dossier: Option<i64>,
    seen: i64,
    given: Given,
}

/// First values that the address of an opening form gives, by field name.
type Given = BTreeMap<String, String>;

/// `GET /dossiers/new/{kind}`
pub async fn unit(
    State(app): State<App>,
    Path(kind): Path<String>,
    Query(given): Query<Given>,
    Signed(who): Signed,
) -> Response {
    opening(&app, who, &kind, None, Ok(given)).await
}

/// `GET /documents/{id}/dossiers/{kind}`
pub async fn document(
    State(app): State<App>,
    Path((id, kind)): Path<(i64, String)>,
    Query(given): Query<Given>,
    Signed(who): Signed,
) -> Response {
    opening(&app, who, &kind, Some(id), Ok(given)).await
}

/// `POST /dossiers/new/{kind}`
pub async fn open_unit(
    State(app): State<App>,
    Path(kind): Path<String>,
    posted: Posted,
) -> Response {
    open(&app, &kind, None, posted).await
}

/// `POST /documents/{id}/dossiers/{kind}`
pub async fn open_document(
    State(app): State<App>,
    Path((id, kind)): Path<(i64, String)>,
    posted: Posted,
) -> Response {
    open(&app, &kind, Some(id), posted).await
}

async fn open(app: &App, kind: &str, document: Option<i64>, posted: Posted) -> Response {
    let Posted(Signed(who), fields) = posted;
    let t = T::new(&who.language);
    let Some(step) = domain::dossier::kind(kind).and_then(Kind::opening) else {
        return Fault::new(AppError::Absent, t).into_response();
    };
    let raw = values(step, &fields);
    let target = Target::Open { kind, document };
    match app.take_step(&who, fields.request(), target, &raw).await {
        Ok(id) => Redirect::to(&format!("/dossiers/{id}?done=step")).into_response(),
        Err(error) => opening(app, who, kind, document, Err((raw, error))).await,
    }
}

async fn opening(
    app: &App,
    who: Who,
    kind: &str,
    document: Option<i64>,
    first: Result<Given, (BTreeMap<String, String>, AppError)>,
) -> Response {
    let (given, typed) = match first {
        Ok(given) => (given, None),
        Err(typed) => (Given::new(), Some(typed)),
    };
    match app.dossier_opening(&who, kind, document).await {
        Ok(found) => {
            let asked = Asked {
                kind: found.kind,
                step: found.step,
                document: found.document,
                copies: found.copies,
                dossier: None,
                seen: 0,
                given,
            };
            show(app, who, asked, typed)
        }
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

/// `GET /dossiers/{id}/steps/{step}`
pub async fn step(
    State(app): State<App>,
    Path((id, step)): Path<(i64, String)>,
    Signed(who): Signed,
) -> Response {
    next(&app, who, id, &step, None).await
}

/// `POST /dossiers/{id}/steps/{step}`
pub async fn take(
    State(app): State<App>,
    Path((id, code)): Path<(i64, String)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let page = match app.dossier_page(&who, id).await {
        Ok(page) => page,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let Some(step) = page.kind.step(&code) else {
        return Fault::new(AppError::Absent, t).into_response();
    };
    let raw = values(step, &fields);
    let target = Target::Next {
        dossier: id,
        step: &code,
        seen: fields.number("seen"),
    };
    match app.take_step(&who, fields.request(), target, &raw).await {
        Ok(id) => Redirect::to(&format!("/dossiers/{id}?done=step")).into_response(),
        Err(error) => next(&app, who, id, &code, Some((raw, error))).await,
    }
}

async fn next(
    app: &App,
    who: Who,
    id: i64,
    code: &str,
    typed: Option<(BTreeMap<String, String>, AppError)>,
) -> Response {
    match app.dossier_page(&who, id).await {
        Ok(found) => match found.kind.step(code) {
            Some(step) => {
                let asked = Asked {
                    kind: found.kind,
                    step,
                    document: found.document,
                    copies: found.copies,
                    dossier: Some(id),
                    seen: found.dossier.steps,
                    given: Given::new(),
                };
                show(app, who, asked, typed)
            }
            None => Fault::new(AppError::Absent, T::new(&who.language)).into_response(),
        },
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

fn show(
    app: &App,
    who: Who,
    asked: Asked,
    typed: Option<(BTreeMap<String, String>, AppError)>,
) -> Response {
    let t = T::new(&who.language);
    let (typed, error) = match typed {
        Some((raw, error)) => (raw, Some(error)),
        None => (
            view::first_values(app, &who, asked.step, &asked.given),
            None,
        ),
    };
    let document = asked.document.as_ref().map(|row| row.id);
    let (action, back) = match (asked.dossier, document) {
        (Some(id), _) => (
            format!("/dossiers/{id}/steps/{}", asked.step.code),
            format!("/dossiers/{id}"),
        ),
        (None, Some(id)) => (
            format!("/documents/{id}/dossiers/{}", asked.kind.code),
            format!("/documents/{id}"),
        ),
        (None, None) => (
            format!("/dossiers/new/{}", asked.kind.code),
            "/dossiers".to_owned(),
        ),
    };
    let status = error
        .as_ref()
        .map_or(axum::http::StatusCode::OK, fault::status);
    let page = FormPage {
        fields: view::shown(app, t, asked.step, &asked.copies, &typed),
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
        page: Page::new(app, who, "dossiers"),
        kind: asked.kind,
        step: asked.step,
        document: asked.document,
        seen: asked.seen,
        action,
        back,
    };
    shell::with_status(status, &page)
}
