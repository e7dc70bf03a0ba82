//! Hand copies over against a signature.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use app::documents::DocumentPage;
use app::{App, AppError, Who};
use domain::custody::TransferDraft;

use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "transfer_form.html")]
struct FormPage {
    page: Page,
    document: DocumentPage,
    draft: TransferDraft,
    problem: Problem,
}

impl FormPage {
    fn picked(&self, copy: &i64) -> bool {
        self.draft.copies.iter().any(|(id, _)| id == copy)
    }

    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }

    fn holder(&self, kind: &str, name: &str) -> String {
        format!("{}: {name}", self.page.s(&format!("holder-{kind}")))
    }
}

/// `GET /documents/{id}/transfers/new`
pub async fn form(State(app): State<App>, Path(id): Path<i64>, Signed(who): Signed) -> Response {
    let today = app.today().map(|day| day.to_string()).unwrap_or_default();
    let draft = TransferDraft {
        on: today,
        to_kind: "person".to_owned(),
        ..TransferDraft::default()
    };
    show(&app, who, id, draft, None).await
}

/// `POST /documents/{id}/transfers`
pub async fn add(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let draft = draft(&fields);
    match app.transfer(&who, fields.request(), id, &draft).await {
        Ok(()) => Redirect::to(&format!("/documents/{id}?done=transfer")).into_response(),
        Err(error) => show(&app, who, id, draft, Some(error)).await,
    }
}

async fn show(
    app: &App,
    who: Who,
    id: i64,
    draft: TransferDraft,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    match app.document_page(&who, id).await {
        Ok(document) => {
            let page = FormPage {
                page: Page::new(app, who, "books"),
                document,
                draft,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
            };
            let status = error
                .as_ref()
                .map_or(axum::http::StatusCode::OK, fault::status);
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// Each picked copy comes as `id:moves`, so that a stale form is seen.
fn draft(fields: &Fields) -> TransferDraft {
    TransferDraft {
        on: fields.text("on"),
        to_kind: fields.text("to_kind"),
        to_name: fields.text("to_name"),
        receiver_sign: fields.text("receiver_sign"),
        copies: fields
            .all("copies")
            .iter()
            .filter_map(|pair| pair.split_once(':'))
            .filter_map(|(id, moves)| Some((id.parse().ok()?, moves.parse().ok()?)))
            .collect(),
        note: fields.text("note"),
    }
}
