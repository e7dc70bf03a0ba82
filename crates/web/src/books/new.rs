//! Quick entry: a new line that repeats the values of the last one.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::{App, AppError, Who};
use domain::book::Draft;
use law::BookKind;

use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

/// The form of a line; correction uses it too.
#[derive(Template)]
#[template(path = "entry_form.html")]
pub struct FormPage {
    pub page: Page,
    pub kind: &'static str,
    pub draft: Draft,
    pub problem: Problem,
    /// Where the form is sent.
    pub action: String,
    /// Number of the line that is corrected; empty for a new one.
    pub corrects: String,
    pub reason: String,
    /// Said of a correction of a closed year's line.
    pub late_note: String,
    /// Whether the law of today forbids the subject of Tuyệt mật.
    pub subject_rule: String,
}

impl FormPage {
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /books/{kind}/entries/new`
pub async fn form(
    State(app): State<App>,
    Path(kind): Path<String>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let loaded = match super::kind(&kind) {
        Ok(kind) => app
            .repeated_values(&who, kind)
            .await
            .map(|draft| (kind, draft)),
        Err(error) => Err(error),
    };
    match loaded {
        Ok((kind, draft)) => {
            let mut page = form_page(&app, who, kind, draft);
            page.page = page.page.done(asked.done.as_deref());
            shell::show(&page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /books/{kind}/entries`
pub async fn add(
    State(app): State<App>,
    Path(kind): Path<String>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let kind = match super::kind(&kind) {
        Ok(kind) => kind,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let draft = draft(&fields);
    match app.register(&who, fields.request(), kind, &draft).await {
        Ok(done) => {
            let target = if fields.get("next") == "again" {
                format!("/books/{}/entries/new?done=entry", kind.code())
            } else {
                format!("/entries/{}?done=entry", done.entry)
            };
            Redirect::to(&target).into_response()
        }
        Err(error) => refused(&app, who, kind, draft, &error),
    }
}

fn refused(app: &App, who: Who, kind: BookKind, draft: Draft, error: &AppError) -> Response {
    let t = T::new(&who.language);
    let mut page = form_page(app, who, kind, draft);
    page.problem = fault::problem(error, t);
    shell::with_status(fault::status(error), &page)
}

/// The form with a draft in it.
pub fn form_page(app: &App, who: Who, kind: BookKind, draft: Draft) -> FormPage {
    let t = T::new(&who.language);
    let today = app.today().ok();
    let rule = today.map(|today| app.law.subject_rule(law::Level::TuyetMat, today));
    let subject_rule = match rule.map(|found| found.rule) {
        Some(Some(law::SubjectUse::ConsentInWriting)) => t.s("subject-rule-consent"),
        Some(Some(law::SubjectUse::Allowed)) | None => String::new(),
        Some(_) => t.s("subject-rule-forbidden"),
    };
    FormPage {
        page: Page::new(app, who, kind.code()),
        kind: kind.code(),
        draft,
        problem: Problem::default(),
        action: format!("/books/{}/entries", kind.code()),
        corrects: String::new(),
        reason: String::new(),
        late_note: String::new(),
        subject_rule,
    }
}

/// The draft out of a form; fields that the book does not have stay empty.
pub fn draft(fields: &Fields) -> Draft {
    Draft {
        entry_date: fields.text("entry_date"),
        number_symbol: fields.text("number_symbol"),
        doc_date: fields.text("doc_date"),
        doc_type: fields.text("doc_type"),
        subject: fields.text("subject"),
        subject_consent: fields.text("subject_consent"),
        level: fields.text("level"),
        signer: fields.text("signer"),
        issuer: fields.text("issuer"),
        recipient: fields.text("recipient"),
        receiver_sign: fields.text("receiver_sign"),
        holder: fields.text("holder"),
        quantity: fields.text("quantity"),
        copy_numbers: fields.text("copy_numbers"),
        arrival_number: fields.text("arrival_number"),
        envelope: fields.text("envelope"),
        form: fields.text("form"),
        permitted_by: fields.text("permitted_by"),
        performed_by: fields.text("performed_by"),
        surplus: fields.text("surplus"),
        note: fields.text("note"),
    }
}
