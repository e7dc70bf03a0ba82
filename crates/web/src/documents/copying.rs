//! Record a permission to copy and the copies made under it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use app::documents::DocumentPage;
use app::{App, AppError, Who};
use domain::custody::PermitDraft;

use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "copying_form.html")]
struct FormPage {
    page: Page,
    document: DocumentPage,
    level: String,
    draft: PermitDraft,
    problem: Problem,
    /// Posts that exist today: id and words.
    posts: Vec<(String, String)>,
}

impl FormPage {
    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }

    fn forms(&self) -> Vec<(&'static str, &'static str)> {
        domain::custody::CopyForm::ALL
            .into_iter()
            .map(|form| (form.code(), form.vi()))
            .collect()
    }
}

/// `GET /documents/{id}/copying-permits/new`
pub async fn form(State(app): State<App>, Path(id): Path<i64>, Signed(who): Signed) -> Response {
    let today = app.today().map(|day| day.to_string()).unwrap_or_default();
    let draft = PermitDraft {
        decided_on: today,
        decider_post: who.actor.post.clone(),
        performed_by: who.actor.name.clone(),
        form: "sao_y".to_owned(),
        copies: "1".to_owned(),
        ..PermitDraft::default()
    };
    show(&app, who, id, draft, None).await
}

/// `POST /documents/{id}/copying-permits`
pub async fn add(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let draft = draft(&fields);
    match app.permit_copying(&who, fields.request(), id, &draft).await {
        Ok(()) => Redirect::to(&format!("/documents/{id}?done=copying")).into_response(),
        Err(error) => show(&app, who, id, draft, Some(error)).await,
    }
}

async fn show(
    app: &App,
    who: Who,
    id: i64,
    draft: PermitDraft,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    match app.document_page(&who, id).await {
        Ok(document) => {
            let on = law::LegalDate::parse(&draft.decided_on).or_else(|_| app.today());
            let posts = on.map(|on| app.law.posts_on(on)).unwrap_or_default();
            let page = FormPage {
                page: Page::new(app, who, "books"),
                level: law::Level::parse(&document.document.level)
                    .map_or_else(String::new, |level| level.label_vi().to_owned()),
                document,
                draft,
                problem: error
                    .as_ref()
                    .map(|error| fault::problem(error, t))
                    .unwrap_or_default(),
                posts: posts
                    .into_iter()
                    .map(|post| (post.id.clone(), post.label_vi.clone()))
                    .collect(),
            };
            let status = error
                .as_ref()
                .map_or(axum::http::StatusCode::OK, fault::status);
            shell::with_status(status, &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

fn draft(fields: &Fields) -> PermitDraft {
    PermitDraft {
        decided_on: fields.text("decided_on"),
        decider_name: fields.text("decider_name"),
        decider_post: fields.text("decider_post"),
        form: fields.text("form"),
        copies: fields.text("copies"),
        recipients: fields.text("recipients"),
        performed_by: fields.text("performed_by"),
        note: fields.text("note"),
    }
}
