//! One line: its page, its correction, its void.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::rows::{EntryRow, EventRow};
use app::{App, AppError, Who};
use domain::book::Draft;

use super::EntryView;
use super::new::{FormPage, draft, form_page};
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    page: Page,
    entry: EntryView,
    events: Vec<EventRow>,
}

#[derive(Template)]
#[template(path = "entry_void.html")]
struct VoidPage {
    page: Page,
    entry: EntryView,
    problem: Problem,
    reason: String,
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /entries/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let loaded = async {
        let row = app.entry(&who, id).await?;
        let events = app.db.events_of_object(&format!("entry:{id}")).await?;
        Ok::<_, AppError>((row, events))
    };
    match loaded.await {
        Ok((row, events)) => shell::show(&EntryPage {
            entry: EntryView::new(row, t),
            events,
            page: Page::new(&app, who, "books").done(asked.done.as_deref()),
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `GET /entries/{id}/correction`
pub async fn correction_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.entry(&who, id).await {
        Ok(row) => {
            let draft = draft_of(&row);
            match correction_page(&app, who, &row, draft, String::new()).await {
                Ok(page) => shell::show(&page),
                Err(error) => Fault::new(error, t).into_response(),
            }
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /entries/{id}/correction`
pub async fn correct(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let draft = draft(&fields);
    let reason = fields.text("reason");
    match app
        .correct(&who, fields.request(), id, &draft, &reason)
        .await
    {
        Ok(done) => {
            Redirect::to(&format!("/entries/{}?done=correction", done.entry)).into_response()
        }
        Err(error) => {
            let row = match app.entry(&who, id).await {
                Ok(row) => row,
                Err(error) => return Fault::new(error, t).into_response(),
            };
            match correction_page(&app, who, &row, draft, reason).await {
                Ok(mut page) => {
                    page.problem = fault::problem(&error, t);
                    shell::with_status(fault::status(&error), &page)
                }
                Err(error) => Fault::new(error, t).into_response(),
            }
        }
    }
}

async fn correction_page(
    app: &App,
    who: Who,
    row: &EntryRow,
    mut draft: Draft,
    reason: String,
) -> Result<FormPage, AppError> {
    let kind = super::kind(&row.kind)?;
    let stand = app.book_year(&who, kind, row.year).await?;
    let late = stand.closing.is_some();
    if late && draft.entry_date == row.entry_date {
        draft.entry_date = app.today()?.to_string();
    }
    let mut page = form_page(app, who, kind, draft);
    page.action = format!("/entries/{}/correction", row.id);
    page.corrects = format!("{:02}", row.serial);
    page.reason = reason;
    if late {
        page.late_note = page.page.t.a("year-correct-late", "year", row.year);
    }
    Ok(page)
}

/// `GET /entries/{id}/void`
pub async fn void_form(
    State(app): State<App>,
    Path(id): Path<i64>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.entry(&who, id).await {
        Ok(row) => shell::show(&VoidPage {
            entry: EntryView::new(row, t),
            page: Page::new(&app, who, "books"),
            problem: Problem::default(),
            reason: String::new(),
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /entries/{id}/void`
pub async fn void(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let t = T::new(&who.language);
    let reason = fields.text("reason");
    match app.void(&who, fields.request(), id, &reason).await {
        Ok(()) => Redirect::to(&format!("/entries/{id}?done=void")).into_response(),
        Err(error) => match app.entry(&who, id).await {
            Ok(row) => {
                let status = fault::status(&error);
                let page = VoidPage {
                    entry: EntryView::new(row, t),
                    page: Page::new(&app, who, "books"),
                    problem: fault::problem(&error, t),
                    reason,
                };
                shell::with_status(status, &page)
            }
            Err(error) => Fault::new(error, t).into_response(),
        },
    }
}

/// `POST /entries/{id}/document`: opens the document of an imported line.
pub async fn open_document(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), _): Posted,
) -> Response {
    let t = T::new(&who.language);
    match app.open_document(&who, id).await {
        Ok(document) => Redirect::to(&format!("/documents/{document}")).into_response(),
        Err(AppError::Absent) => (
            StatusCode::SEE_OTHER,
            Redirect::to(&format!("/entries/{id}")),
        )
            .into_response(),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

fn draft_of(row: &EntryRow) -> Draft {
    let row = row.clone();
    Draft {
        entry_date: row.entry_date,
        number_symbol: row.number_symbol,
        doc_date: row.doc_date.unwrap_or_default(),
        doc_type: row.doc_type,
        subject: row.subject.unwrap_or_default(),
        subject_consent: row.subject_consent.unwrap_or_default(),
        level: row.level.unwrap_or_default(),
        signer: row.signer,
        issuer: row.issuer,
        recipient: row.recipient,
        receiver_sign: row.receiver_sign,
        holder: row.holder,
        quantity: row.quantity.map_or_else(String::new, |n| n.to_string()),
        copy_numbers: row.copy_numbers,
        arrival_number: row.arrival_number,
        envelope: row.envelope,
        form: row.form,
        permitted_by: row.permitted_by,
        performed_by: row.performed_by,
        surplus: row.surplus,
        note: row.note,
    }
}
