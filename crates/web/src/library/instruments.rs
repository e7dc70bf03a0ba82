//! The unit's own register of instruments: list with search, add, one line, end it.

use askama::Template;
use axum::Json;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use app::library::{Attached, Ending, InstrumentAsk, in_force};
use app::limits::PLAN_FILE_BYTES_MAX;
use app::rows::InstrumentRow;
use app::{App, AppError, Who};
use domain::library::instrument::{Draft, KINDS, ORIGINS};
use law::LegalDate;

use super::asked_day;
use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};
use crate::upload::{self, Upload};

/// The question, as it stands in the address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    kind: String,
    origin: String,
    year: String,
    on: String,
    done: Option<String>,
}

impl Asked {
    fn ask(&self) -> InstrumentAsk {
        InstrumentAsk {
            words: self.q.clone(),
            kind: self.kind.clone(),
            origin: self.origin.clone(),
            year: self.year.trim().parse().ok(),
            in_force_on: asked_day(&self.on),
        }
    }
}

#[derive(Template)]
#[template(path = "instruments.html")]
struct ListPage {
    page: Page,
    asked: Asked,
    today: LegalDate,
    rows: Vec<InstrumentRow>,
}

impl ListPage {
    fn kind(&self, code: &str) -> String {
        kind_words(code, self.page.t)
    }

    fn origin(&self, code: &str) -> String {
        self.page.t.s(format!("instrument-origin-{code}"))
    }

    fn standing(&self, row: &InstrumentRow) -> (&'static str, String) {
        standing(row, self.today, self.page.t)
    }

    fn narrowed(&self) -> bool {
        let asked = &self.asked;
        [&asked.q, &asked.kind, &asked.origin, &asked.year, &asked.on]
            .iter()
            .any(|text| !text.is_empty())
    }
}

fn kind_words(code: &str, t: T) -> String {
    t.s(format!("instrument-kind-{code}"))
}

/// Colour and words of a line's standing on a day.
fn standing(row: &InstrumentRow, on: LegalDate, t: T) -> (&'static str, String) {
    if in_force(row, on) {
        return ("good", t.s("force-in_force"));
    }
    if row.valid_from > on.to_string() {
        return (
            "bad",
            t.a("force-not-yet-from", "day", shell::day(&row.valid_from)),
        );
    }
    let last = shell::opt_day(&row.valid_to);
    ("bad", t.a("force-ended-after", "day", last))
}

/// `GET /instruments`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let found = async { Ok((app.instruments(&who, &asked.ask()).await?, app.today()?)) };
    match found.await {
        Ok((rows, today)) => shell::show(&ListPage {
            page: Page::new(&app, who, "instruments").done(asked.done.as_deref()),
            asked,
            today,
            rows,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "instrument_form.html")]
struct FormPage {
    page: Page,
    draft: Draft,
    problem: Problem,
}

impl FormPage {
    fn kind(&self, code: &str) -> String {
        kind_words(code, self.page.t)
    }

    fn origin(&self, code: &str) -> String {
        self.page.t.s(format!("instrument-origin-{code}"))
    }

    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }
}

/// `GET /instruments/new`
pub async fn form(State(app): State<App>, Signed(who): Signed) -> Response {
    let draft = Draft {
        origin: "superior".to_owned(),
        ..Draft::default()
    };
    show_form(&app, who, draft, None)
}

/// `POST /instruments`
pub async fn add(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    let upload = match upload::read(form, &who.csrf, PLAN_FILE_BYTES_MAX).await {
        Ok(upload) => upload,
        Err(wrong) => match wrong.sort(PLAN_FILE_BYTES_MAX) {
            Ok(error) => return show_form(&app, who, Draft::default(), Some(error)),
            Err(answer) => return *answer,
        },
    };
    let draft = draft(|name| upload.get(name).to_owned());
    let file = upload
        .file
        .as_ref()
        .map(|(name, bytes)| Attached { name, bytes });
    match app
        .add_instrument(&who, request(&upload), &draft, file)
        .await
    {
        Ok(id) => Redirect::to(&format!("/instruments/{id}?done=instrument")).into_response(),
        Err(error) => show_form(&app, who, draft, Some(error)),
    }
}

/// The mark by which a form that is sent twice is recognised.
pub(super) fn request(upload: &Upload) -> Option<&str> {
    Some(upload.get("request")).filter(|id| (16..=64).contains(&id.len()))
}

fn draft(field: impl Fn(&str) -> String) -> Draft {
    Draft {
        number: field("number"),
        date: field("doc_date"),
        kind: field("kind"),
        origin: field("origin"),
        issuer: field("issuer"),
        title: field("title"),
        valid_from: field("valid_from"),
        valid_to: field("valid_to"),
        note: field("note"),
    }
}

fn show_form(app: &App, who: Who, draft: Draft, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    if let Err(error) = who.require(domain::access::Action::WriteBooks) {
        return Fault::new(error, t).into_response();
    }
    let status = error.as_ref().map_or(StatusCode::OK, fault::status);
    let page = FormPage {
        page: Page::new(app, who, "instruments"),
        draft,
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
    };
    shell::with_status(status, &page)
}

#[derive(Template)]
#[template(path = "instrument.html")]
struct OnePage {
    page: Page,
    row: InstrumentRow,
    standing: (&'static str, String),
    ending: Ending,
    problem: Problem,
}

impl OnePage {
    fn kind(&self) -> String {
        kind_words(&self.row.kind, self.page.t)
    }

    fn origin(&self) -> String {
        self.page
            .t
            .s(format!("instrument-origin-{}", self.row.origin))
    }

    fn end_action(&self) -> String {
        format!("/instruments/{}/end", self.row.id)
    }

    fn version(&self) -> i64 {
        self.row.version
    }

    fn may_end(&self) -> bool {
        self.page.may_write_books() && self.row.replaced_by.is_empty() && self.standing.0 == "good"
    }
}

/// `GET /instruments/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show_one(&app, who, id, asked.done.as_deref(), None).await
}

/// `POST /instruments/{id}/end`
pub async fn end(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let ending = ending(&fields);
    let request = fields.request();
    match app.end_instrument(&who, request, id, &ending).await {
        Ok(()) => Redirect::to(&format!("/instruments/{id}?done=instrument-ended")).into_response(),
        Err(error) => show_one(&app, who, id, None, Some((ending, error))).await,
    }
}

/// What a form says of an end.
pub(super) fn ending(fields: &Fields) -> Ending {
    Ending {
        version: fields.number("version"),
        last_day: fields.text("valid_to"),
        replaced_by: fields.text("replaced_by"),
        replaced_by_date: fields.text("replaced_by_date"),
    }
}

async fn show_one(
    app: &App,
    who: Who,
    id: i64,
    done: Option<&str>,
    refused: Option<(Ending, AppError)>,
) -> Response {
    let t = T::new(&who.language);
    let found = async { Ok((app.instrument(&who, id).await?, app.today()?)) };
    let (row, today) = match found.await {
        Ok(found) => found,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let (ending, error) = refused.unzip();
    let status = error.as_ref().map_or(StatusCode::OK, fault::status);
    let page = OnePage {
        page: Page::new(app, who, "instruments").done(done),
        standing: standing(&row, today, t),
        row,
        ending: ending.unwrap_or_default(),
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
    };
    shell::with_status(status, &page)
}

/// A line as JSON.
#[derive(Serialize)]
struct Instrument {
    id: i64,
    number: String,
    date: String,
    kind: String,
    origin: String,
    issuer: String,
    title: String,
    valid_from: String,
    valid_to: Option<String>,
    replaced_by: String,
    replaced_by_date: Option<String>,
    file_name: String,
    file_sha256: String,
    note: String,
    version: i64,
}

impl From<InstrumentRow> for Instrument {
    fn from(row: InstrumentRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            date: row.doc_date,
            kind: row.kind,
            origin: row.origin,
            issuer: row.issuer,
            title: row.title,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            replaced_by: row.replaced_by,
            replaced_by_date: row.replaced_by_date,
            file_name: row.file_name,
            file_sha256: row.file_sha256,
            note: row.note,
            version: row.version,
        }
    }
}

/// `GET /api/v1/instruments`
pub async fn json(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    match app.instruments(&who, &asked.ask()).await {
        Ok(rows) => {
            let rows: Vec<Instrument> = rows.into_iter().map(Instrument::from).collect();
            Json(serde_json::json!({ "instruments": rows })).into_response()
        }
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// `POST /api/v1/instruments`: the fields of the form, without a file.
pub async fn json_add(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let draft = draft(|name| fields.text(name));
    match app
        .add_instrument(&who, fields.request(), &draft, None)
        .await
    {
        Ok(id) => (StatusCode::CREATED, Json(serde_json::json!({ "id": id }))).into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}

/// `POST /api/v1/instruments/{id}/end`
pub async fn json_end(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let request = fields.request();
    match app
        .end_instrument(&who, request, id, &ending(&fields))
        .await
    {
        Ok(()) => Json(serde_json::json!({ "id": id })).into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}
