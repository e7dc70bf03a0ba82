//! A unit's own Word templates: upload, placeholders that may be used, preview, filling.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use app::dossiers::DossierPage;
use app::limits::{PLAN_UPLOAD_DRAIN_BYTES_MAX, TEMPLATE_BYTES_MAX};
use app::rows::{DossierQuery, DossierRow, TemplateRow};
use app::templates::{self, COPIES, STEPS, Source, Subject, TemplateDraft, Values};
use app::{App, AppError, Who};
use domain::access::Action;

use crate::dossiers::view;
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::papers::download;
use crate::shell::{self, Page, Problem};
use crate::upload;

#[derive(Template)]
#[template(path = "templates.html")]
struct ListPage {
    page: Page,
    rows: Vec<(TemplateRow, String)>,
    /// Code and words of every subject.
    subjects: Vec<(String, String)>,
    subject: String,
    name: String,
    names: Vec<Placeholder>,
    may_add: bool,
    size_max_mb: usize,
    problem: Problem,
}

#[derive(Template)]
#[template(path = "template.html")]
struct TemplatePage {
    page: Page,
    row: TemplateRow,
    subject: String,
    names: Vec<Placeholder>,
    /// What it can be filled from: number and words.
    sources: Vec<(i64, String)>,
    source: i64,
    /// The filled text; empty when nothing was asked for.
    lines: Vec<String>,
    may_retire: bool,
    problem: Problem,
}

/// One placeholder that a template may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Placeholder {
    /// As it stands in the template: `{{dong.so_tt}}`.
    text: String,
    meaning: String,
    /// Stands in a table row, which repeats.
    repeats: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    subject: String,
    source: Option<i64>,
    done: Option<String>,
}

pub fn routes() -> Router<App> {
    let limit = || DefaultBodyLimit::max(PLAN_UPLOAD_DRAIN_BYTES_MAX);
    Router::new()
        .route("/templates", get(list).post(add).layer(limit()))
        .route("/templates/{id}", get(page))
        .route("/templates/{id}/fill", post(fill))
        .route("/templates/{id}/retirement", post(retire))
        .route(
            "/api/v1/templates",
            get(api_list).post(api_add).layer(limit()),
        )
        .route("/api/v1/templates/names/{subject}", get(api_names))
}

/// `GET /templates`
async fn list(State(app): State<App>, Query(asked): Query<Asked>, Signed(who): Signed) -> Response {
    show(&app, who, &asked, "", None).await
}

/// `POST /templates`
async fn add(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    let (asked, name, added) = match taken(&app, &who, form).await {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    match added {
        Ok(id) => Redirect::to(&format!("/templates/{id}?done=template")).into_response(),
        Err(error) => show(&app, who, &asked, &name, Some(error)).await,
    }
}

/// `POST /api/v1/templates`: the same multipart form as the page.
async fn api_add(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    match taken(&app, &who, form).await {
        Ok((_, _, Ok(id))) => {
            let body = Json(serde_json::json!({ "template": id }));
            (StatusCode::CREATED, body).into_response()
        }
        Ok((_, _, Err(error))) => fault::json(&error, T::new(&who.language)),
        Err(answer) => *answer,
    }
}

type Taken = (Asked, String, Result<i64, AppError>);

/// Reads the form and keeps the template; what was typed comes back for a form that is refused.
async fn taken(app: &App, who: &Who, form: Multipart) -> Result<Taken, Box<Response>> {
    let read = match upload::read(form, &who.csrf, TEMPLATE_BYTES_MAX).await {
        Ok(read) => read,
        Err(wrong) => {
            let _ = wrong.sort(TEMPLATE_BYTES_MAX)?;
            let refusal = domain::Refusal::new("TPL-02").on("file");
            let error = refusal
                .arg("max", TEMPLATE_BYTES_MAX / (1024 * 1024))
                .into();
            return Ok((Asked::default(), String::new(), Err(error)));
        }
    };
    let asked = Asked {
        subject: read.get("subject").to_owned(),
        ..Asked::default()
    };
    let name = read.get("name").to_owned();
    let request = Some(read.get("request")).filter(|id| (16..=64).contains(&id.len()));
    let request = request.map(str::to_owned);
    let (file_name, bytes) = read.file.unwrap_or_default();
    let draft = TemplateDraft {
        subject: asked.subject.clone(),
        name: name.clone(),
        file_name,
        bytes,
    };
    let added = app.add_template(who, request.as_deref(), draft).await;
    Ok((asked, name, added))
}

async fn show(app: &App, who: Who, asked: &Asked, name: &str, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    let rows = match app.templates(&who).await {
        Ok(rows) => rows,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let subjects: Vec<(String, String)> = Subject::all()
        .into_iter()
        .map(|subject| (subject.code(), words(t, subject)))
        .collect();
    let subject = Subject::parse(&asked.subject);
    let status = error.as_ref().map_or(StatusCode::OK, fault::status);
    let page = ListPage {
        may_add: who.may(Action::WriteBooks),
        page: Page::new(app, who, "templates").done(asked.done.as_deref()),
        rows: rows
            .into_iter()
            .map(|row| {
                let subject = Subject::parse(&row.subject);
                (
                    row,
                    subject.map_or_else(String::new, |subject| words(t, subject)),
                )
            })
            .collect(),
        subjects,
        subject: asked.subject.clone(),
        name: name.to_owned(),
        names: subject.map_or_else(Vec::new, |subject| placeholders(t, subject)),
        size_max_mb: TEMPLATE_BYTES_MAX / (1024 * 1024),
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
    };
    shell::with_status(status, &page)
}

/// `GET /templates/{id}`: what it may use, what it can be filled from, and its text filled.
async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let row = app.template(&who, id).await?;
        let subject = Subject::parse(&row.subject).ok_or(AppError::Absent)?;
        let sources = sources(&app, &who, t, subject).await?;
        let lines = match asked.source {
            Some(number) => {
                let from = source(&app, &who, subject, number).await?;
                app.preview_template(&who, id, from).await
            }
            None => Ok(Vec::new()),
        };
        Ok((row, subject, sources, lines))
    };
    let (row, subject, sources, lines) = match found.await {
        Ok(found) => found,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let (lines, error) = match lines {
        Ok(lines) => (lines, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let page = TemplatePage {
        may_retire: who.may(Action::WriteBooks),
        page: Page::new(&app, who, "templates").done(asked.done.as_deref()),
        row,
        subject: words(t, subject),
        names: placeholders(t, subject),
        sources,
        source: asked.source.unwrap_or(0),
        lines,
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
    };
    shell::with_status(error.as_ref().map_or(StatusCode::OK, fault::status), &page)
}

/// `POST /templates/{id}/fill`: fills, which the ledger notes, and sends the Word file.
async fn fill(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let made = async {
        let row = app.template(&who, id).await?;
        let subject = Subject::parse(&row.subject).ok_or(AppError::Absent)?;
        let from = source(&app, &who, subject, fields.number("source")).await?;
        app.fill_template(&who, id, from).await
    };
    match made.await {
        Ok(paper) => download(paper),
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

/// `POST /templates/{id}/retirement`
async fn retire(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), _): Posted,
) -> Response {
    match app.retire_template(&who, id).await {
        Ok(()) => Redirect::to("/templates?done=template-retired").into_response(),
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

#[derive(Serialize)]
struct Kept {
    id: i64,
    subject: String,
    name: String,
    file_name: String,
    sha256: String,
}

/// `GET /api/v1/templates`
async fn api_list(State(app): State<App>, Signed(who): Signed) -> Response {
    match app.templates(&who).await {
        Ok(rows) => {
            let kept: Vec<Kept> = rows
                .into_iter()
                .map(|row| Kept {
                    id: row.id,
                    subject: row.subject,
                    name: row.name,
                    file_name: row.file_name,
                    sha256: row.sha256,
                })
                .collect();
            Json(serde_json::json!({ "templates": kept })).into_response()
        }
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// `GET /api/v1/templates/names/{subject}`
async fn api_names(Path(subject): Path<String>, Signed(who): Signed) -> Response {
    let t = T::new(&who.language);
    match Subject::parse(&subject) {
        Some(subject) => {
            let names = placeholders(t, subject);
            Json(serde_json::json!({ "placeholders": names })).into_response()
        }
        None => fault::json(&AppError::Absent, t),
    }
}

fn words(t: T, subject: Subject) -> String {
    match subject {
        Subject::Book(kind) => t.s(crate::books::name_key(kind.code())),
        Subject::Dossier(kind) => t.s(format!("dossier-{}", kind.code)),
    }
}

/// Every placeholder of a subject with its meaning, those of lists last.
fn placeholders(t: T, subject: Subject) -> Vec<Placeholder> {
    let names = templates::names(subject);
    let single = names.fields.into_iter().map(|name| Placeholder {
        meaning: meaning(t, subject, &name),
        text: format!("{{{{{name}}}}}"),
        repeats: false,
    });
    let lists = names.lists.into_iter().flat_map(|(list, fields)| {
        fields.into_iter().map(move |field| Placeholder {
            meaning: t.s(format!("tpl-{list}-{field}")),
            text: format!("{{{{{list}.{field}}}}}"),
            repeats: true,
        })
    });
    single
        .collect::<Vec<_>>()
        .into_iter()
        .chain(lists)
        .collect()
}

fn meaning(t: T, subject: Subject, name: &str) -> String {
    match (subject, name.split_once('.')) {
        (Subject::Dossier(kind), Some((step, field))) => {
            let step = t.s(format!("step-{}-{step}", kind.code));
            format!("{step}: {}", t.s(format!("df-{field}")))
        }
        _ => t.s(format!("tpl-{name}")),
    }
}

/// The newest records that a template of this subject can be filled from.
async fn sources(
    app: &App,
    who: &Who,
    t: T,
    subject: Subject,
) -> Result<Vec<(i64, String)>, AppError> {
    match subject {
        Subject::Book(kind) => {
            let years = app.book_years(who, kind).await?;
            Ok(years
                .into_iter()
                .map(|year| (year, format!("{} {year}", words(t, subject))))
                .collect())
        }
        Subject::Dossier(kind) => {
            let mut rows = Vec::new();
            for closed in [false, true] {
                let query = DossierQuery {
                    kind: kind.code.to_owned(),
                    closed,
                    page: 1,
                };
                rows.extend(app.dossiers(who, &query).await?.0);
            }
            let line = |row: DossierRow| {
                let words = format!("{} · {}", row.title, shell::day(&row.opened_on));
                (row.id, words)
            };
            Ok(rows.into_iter().map(line).collect())
        }
    }
}

async fn source(app: &App, who: &Who, subject: Subject, number: i64) -> Result<Source, AppError> {
    match subject {
        Subject::Book(_) => Ok(Source::Book {
            year: number,
            title: words(T::new("vi"), subject),
        }),
        Subject::Dossier(_) => {
            let page = app.dossier_page(who, number).await?;
            Ok(Source::Dossier {
                id: number,
                values: values(app, &page),
            })
        }
    }
}

/// A dossier in words. A paper of this country's administration is in its language.
fn values(app: &App, page: &DossierPage) -> Values {
    let t = T::new("vi");
    let mut fields = BTreeMap::from([
        (
            "ten_viec".to_owned(),
            t.s(format!("dossier-{}", page.kind.code)),
        ),
        (
            "trang_thai".to_owned(),
            t.s(format!("dstate-{}", page.dossier.state)),
        ),
        ("ngay_mo".to_owned(), shell::day(&page.dossier.opened_on)),
    ]);
    if let Some(row) = &page.document {
        let level = shell::level(&row.level).to_owned();
        let own = [
            ("so_ky_hieu", row.number_symbol.clone()),
            ("ngay_van_ban", shell::opt_day(&row.doc_date)),
            ("ten_loai", row.doc_type.clone()),
            ("do_mat", level),
            ("co_quan_ban_hanh", row.issuer.clone()),
            ("nguoi_ky", row.signer.clone()),
        ];
        fields.extend(own.map(|(name, value)| (name.to_owned(), value)));
    }
    let mut steps = Vec::new();
    for taken in &page.steps {
        for (name, value) in view::said(app, t, taken.spec, &page.copies, &taken.values) {
            fields.insert(templates::step_name(taken.spec.code, name), value);
        }
        let step = t.s(format!("step-{}-{}", page.kind.code, taken.spec.code));
        let texts = [
            ("so", taken.row.n.to_string()),
            ("buoc", step),
            ("ngay", shell::day(&taken.row.on_date)),
            ("nguoi", taken.row.account_name.clone()),
        ];
        steps.push(BTreeMap::from(
            texts.map(|(name, value)| (name.to_owned(), value)),
        ));
    }
    let copies = page
        .copies
        .iter()
        .map(|copy| {
            let holder = t.s(format!("holder-{}", copy.holder_kind));
            let place = format!("{holder} {}", copy.holder_name);
            BTreeMap::from([
                ("ten".to_owned(), copy.label.clone()),
                ("noi_giu".to_owned(), place.trim_end().to_owned()),
            ])
        })
        .collect();
    Values {
        fields,
        lists: BTreeMap::from([(STEPS.to_owned(), steps), (COPIES.to_owned(), copies)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_of_every_subject_has_a_meaning() {
        for language in ["vi", "en"] {
            let t = T::new(language);
            for subject in Subject::all() {
                let names = placeholders(t, subject);
                assert!(names.len() > 20, "{}", subject.code());
                for one in names {
                    let plain = !one.meaning.contains("tpl-") && !one.meaning.contains("df-");
                    assert!(plain, "{} of {}", one.text, subject.code());
                }
            }
        }
    }
}
