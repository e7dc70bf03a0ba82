//! The form of a step for several documents: what counts for all is asked once, what each
//! has for itself stands in its line.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use app::dossiers::batch::{BatchForm, BatchLine, BatchTarget, BatchTyped};
use app::rows::{BatchMember, DocumentRow};
use app::{App, AppError, Who};
use domain::dossier::{Field, Kind, Step};

use super::{ids, pairs, title, typed};
use crate::dossiers::view::{self, Shown};
use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "batch_form.html")]
struct FormPage {
    page: Page,
    kind: &'static Kind,
    step: &'static Step,
    heading: String,
    action: String,
    back: String,
    /// Fields that count for all.
    fields: Vec<Shown>,
    /// Heads of the columns that each document has for itself.
    own: Vec<String>,
    lines: Vec<LineView>,
    left_out: Vec<BatchMember>,
    problem: Problem,
    unknown: String,
}

struct LineView {
    n: i64,
    /// Name and value of the box that takes the line along.
    name: &'static str,
    value: String,
    ticked: bool,
    wrong: bool,
    document: DocumentRow,
    own: Vec<Shown>,
}

impl FormPage {
    fn step_label(&self) -> String {
        let step = format!("step-{}-{}", self.kind.code, self.step.code);
        self.page.t.s(step)
    }

    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }

    fn state(&self, code: &str) -> String {
        self.page.t.s(format!("dstate-{code}"))
    }

    fn opens(&self) -> bool {
        self.step.from.is_empty()
    }

    /// A field is wrong in the line that refused, or in all lines.
    fn own_wrong(&self, line: &LineView, field: &str) -> bool {
        self.problem.is_on(field) && (line.wrong || self.problem.row == 0)
    }
}

#[derive(Template)]
#[template(path = "batch_new.html")]
struct NewPage {
    page: Page,
    kind: String,
    documents: Vec<i64>,
    numbers: String,
    unknown: String,
    problem: Problem,
}

/// What was posted and why it was refused.
struct Refused {
    typed: BatchTyped,
    /// Values of the boxes that were ticked.
    ticked: Vec<String>,
    error: AppError,
}

/// `GET /batches/new`: ticked documents and numbers of a paper list, then the opening form.
pub async fn new(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let fields = Fields::decode(query.unwrap_or_default().as_bytes());
    match chosen(&app, who, &fields).await {
        Ok(page) => page,
        Err(error) => Fault::new(error, t).into_response(),
    }
}

async fn chosen(app: &App, who: Who, fields: &Fields) -> Result<Response, AppError> {
    let t = T::new(&who.language);
    let numbers: Vec<String> = fields
        .get("numbers")
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let found = app.documents_numbered(&who, &numbers).await?;
    // Ticked lines as they were registered, then the paper list in its own order.
    let mut documents = ids(fields.all("document"));
    documents.sort_unstable();
    documents.extend(found.documents);
    let unknown = found.unknown.join("; ");
    let mut problem = Problem::default();
    if !fields.get("kind").is_empty() && !documents.is_empty() {
        match app
            .batch_opening(&who, fields.get("kind"), &documents)
            .await
        {
            Ok(form) => return Ok(show(app, who, form, unknown, None)),
            Err(AppError::Refused(refusal)) if refusal.code != "ACCESS-01" => {
                problem = fault::problem(&AppError::Refused(refusal), t);
            }
            Err(error) => return Err(error),
        }
    }
    let status = if problem.code.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = NewPage {
        page: Page::new(app, who, "batches"),
        kind: fields.text("kind"),
        documents,
        numbers: fields.text("numbers"),
        unknown,
        problem,
    };
    Ok(shell::with_status(status, &page))
}

/// `POST /batches/new/{kind}`
pub async fn open(
    State(app): State<App>,
    Path(kind): Path<String>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let Some((of, step)) =
        domain::dossier::kind(&kind).and_then(|kind| Some((kind, kind.opening()?)))
    else {
        return Fault::new(AppError::Absent, t).into_response();
    };
    let typed = typed(of, step, &fields);
    let documents = ids(fields.all("document"));
    let target = BatchTarget::Open {
        kind: &kind,
        documents: &documents,
    };
    match app.take_batch(&who, fields.request(), target, &typed).await {
        Ok(id) => Redirect::to(&format!("/batches/{id}?done=batch")).into_response(),
        Err(error) => {
            // Ticked lines first, in the order in which a refusal counts them; the others stay.
            let shown = [documents, ids(fields.all("shown"))].concat();
            match app.batch_opening(&who, &kind, &shown).await {
                Ok(form) => {
                    let refused = Refused {
                        typed,
                        ticked: fields.all("document").to_vec(),
                        error,
                    };
                    show(&app, who, form, String::new(), Some(refused))
                }
                Err(_) => Fault::new(error, t).into_response(),
            }
        }
    }
}

/// `GET /batches/{id}/steps/{step}`
pub async fn step(
    State(app): State<App>,
    Path((id, step)): Path<(i64, String)>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.batch_step(&who, id, &step).await {
        Ok(form) => show(&app, who, form, String::new(), None),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /batches/{id}/steps/{step}`
pub async fn take(
    State(app): State<App>,
    Path((id, code)): Path<(i64, String)>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let form = match app.batch_step(&who, id, &code).await {
        Ok(form) => form,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let typed = typed(form.kind, form.step, &fields);
    let dossiers = pairs(fields.all("dossier"));
    let target = BatchTarget::Next {
        batch: id,
        step: &code,
        dossiers: &dossiers,
    };
    match app.take_batch(&who, fields.request(), target, &typed).await {
        Ok(id) => Redirect::to(&format!("/batches/{id}?done=batch")).into_response(),
        Err(error) => {
            let refused = Refused {
                typed,
                ticked: fields.all("dossier").to_vec(),
                error,
            };
            show(&app, who, form, String::new(), Some(refused))
        }
    }
}

fn show(
    app: &App,
    who: Who,
    form: BatchForm,
    unknown: String,
    refused: Option<Refused>,
) -> Response {
    let t = T::new(&who.language);
    let (kind, step) = (form.kind, form.step);
    let problem = refused
        .as_ref()
        .map(|refused| fault::problem(&refused.error, t));
    let status = refused
        .as_ref()
        .map_or(StatusCode::OK, |refused| fault::status(&refused.error));
    let common = match &refused {
        Some(refused) => refused.typed.common.clone(),
        None => view::first_values(app, &who, step, &BTreeMap::new()),
    };
    let own = |field: &&Field| kind.own(field);
    let row = problem.as_ref().map_or(0, |problem| problem.row);
    let lines = form
        .lines
        .into_iter()
        .map(|line| line_view(app, t, (kind, step), line, refused.as_ref(), row))
        .collect();
    let (heading, action, back) = match &form.batch {
        Some(batch) => (
            title(t, kind, batch),
            format!("/batches/{}/steps/{}", batch.id, step.code),
            format!("/batches/{}", batch.id),
        ),
        None => (
            t.s(format!("dossier-{}", kind.code)),
            format!("/batches/new/{}", kind.code),
            "/batches".to_owned(),
        ),
    };
    let fields = view::shown(app, t, step, &[], &common);
    let page = FormPage {
        own: step
            .fields
            .iter()
            .filter(own)
            .map(|field| t.s(format!("df-{}", field.name)))
            .collect(),
        fields: fields
            .into_iter()
            .zip(step.fields)
            .filter(|(_, field)| !kind.own(field))
            .map(|(shown, _)| shown)
            .collect(),
        page: Page::new(app, who, "batches"),
        kind,
        step,
        heading,
        action,
        back,
        lines,
        left_out: form.left_out,
        problem: problem.unwrap_or_default(),
        unknown,
    };
    shell::with_status(status, &page)
}

fn line_view(
    app: &App,
    t: T,
    (kind, step): (&'static Kind, &'static Step),
    line: BatchLine,
    refused: Option<&Refused>,
    row: usize,
) -> LineView {
    let (name, value) = match line.dossier {
        Some((dossier, seen)) => ("dossier", format!("{dossier}:{seen}")),
        None => ("document", line.document.id.to_string()),
    };
    let typed = match refused {
        Some(refused) => refused.typed.own.get(&line.document.id).cloned(),
        None => Some(BTreeMap::from([("copies".to_owned(), line.offered)])),
    };
    let shown = view::shown(app, t, step, &line.copies, &typed.unwrap_or_default());
    // What became stale is not ticked again: the person looks at it anew.
    let ticked = refused.is_none_or(|refused| refused.ticked.contains(&value));
    LineView {
        n: line.n,
        name,
        ticked,
        value,
        wrong: usize::try_from(line.n).is_ok_and(|n| n == row),
        document: line.document,
        own: shown
            .into_iter()
            .zip(step.fields)
            .filter(|(_, field)| kind.own(field))
            .map(|(shown, _)| shown)
            .collect(),
    }
}
