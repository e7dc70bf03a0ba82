//! The unit's side: the form that takes a hand-over file, trusted senders, cases.

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::limits::HAND_OVER_BYTES_MAX;
use app::rows::{CaseRow, PAGE_ROWS, SenderRow};
use app::watch::CasePage;
use app::{App, AppError, Who};
use domain::watch::case::OUTCOMES;

use super::sources::{problem, status};
use super::view;
use crate::fault::Fault;
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};
use crate::upload;

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    state: String,
    page: Option<i64>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "case_list.html")]
struct ListPage {
    page: Page,
    rows: Vec<CaseRow>,
    state: &'static str,
    number: i64,
    more: bool,
}

/// `GET /cases`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    let state = match asked.state.as_str() {
        "open" => "open",
        "closed" => "closed",
        _ => "",
    };
    match app.leak_cases(&who, state, number).await {
        Ok(rows) => shell::show(&ListPage {
            page: Page::new(&app, who, "cases"),
            more: i64::try_from(rows.len()) == Ok(PAGE_ROWS),
            rows,
            state,
            number,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "case.html")]
struct OnePage {
    page: Page,
    found: CasePage,
    outcome: String,
    words: String,
    problem: Problem,
}

impl OnePage {
    fn rule(&self, rule: &str) -> String {
        view::rule(self.page.t, rule)
    }
}

/// `GET /cases/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let said = (String::new(), String::new());
    show(&app, who, id, asked.done.as_deref(), said, None).await
}

/// `POST /cases/{id}/close`
pub async fn close(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let said = (fields.text("outcome"), fields.text("words"));
    let done = app
        .close_leak_case(&who, fields.request(), id, (&said.0, &said.1))
        .await;
    match done {
        Ok(()) => Redirect::to(&format!("/cases/{id}?done=case-closed")).into_response(),
        Err(error) => show(&app, who, id, None, said, Some(error)).await,
    }
}

async fn show(
    app: &App,
    who: Who,
    id: i64,
    done: Option<&str>,
    (outcome, words): (String, String),
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    match app.leak_case(&who, id).await {
        Ok(found) => {
            let page = OnePage {
                page: Page::new(app, who, "cases").done(done),
                found,
                outcome,
                words,
                problem: problem(error.as_ref(), t),
            };
            shell::with_status(status(error.as_ref()), &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "hand_over_import.html")]
struct ImportPage {
    page: Page,
    senders: Vec<SenderRow>,
    problem: Problem,
}

/// `GET /watch/hand-over/import`
pub async fn form(State(app): State<App>, Signed(who): Signed) -> Response {
    show_form(&app, who, None).await
}

/// `POST /watch/hand-over/import`
pub async fn take(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    if let Err(error) = who.require(domain::access::Action::WriteCases) {
        return Fault::new(error, T::new(&who.language)).into_response();
    }
    let taken = match upload::read(form, &who.csrf, HAND_OVER_BYTES_MAX).await {
        Ok(taken) => taken,
        Err(wrong) => match wrong.sort(HAND_OVER_BYTES_MAX) {
            // A file that is too large is no hand-over file.
            Ok(_) => return show_form(&app, who, Some(no_file())).await,
            Err(answer) => return *answer,
        },
    };
    let request = Some(taken.get("request")).filter(|id| (16..=64).contains(&id.len()));
    let done = match &taken.file {
        Some((_, bytes)) => app.take_hand_over(&who, request, bytes).await,
        None => Err(no_file()),
    };
    match done {
        Ok(id) => Redirect::to(&format!("/cases/{id}?done=case-opened")).into_response(),
        Err(error) => show_form(&app, who, Some(error)).await,
    }
}

fn no_file() -> AppError {
    domain::Refusal::new("WATCH-20").on("file").into()
}

async fn show_form(app: &App, who: Who, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    let senders = async {
        who.require(domain::access::Action::WriteCases)?;
        app.senders(&who).await
    };
    match senders.await {
        Ok(senders) => {
            let page = ImportPage {
                page: Page::new(app, who, "cases"),
                senders,
                problem: problem(error.as_ref(), t),
            };
            shell::with_status(status(error.as_ref()), &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "senders.html")]
struct SendersPage {
    page: Page,
    rows: Vec<SenderRow>,
    own: String,
    key: String,
    problem: Problem,
}

/// `GET /watch/senders`
pub async fn senders(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show_senders(&app, who, asked.done.as_deref(), String::new(), None).await
}

/// `POST /watch/senders`
pub async fn trust(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let key = fields.text("key");
    match app.trust_sender(&who, &key).await {
        Ok(()) => Redirect::to("/watch/senders?done=sender").into_response(),
        Err(error) => show_senders(&app, who, None, key, Some(error)).await,
    }
}

async fn show_senders(
    app: &App,
    who: Who,
    done: Option<&str>,
    key: String,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let rows = app.senders(&who).await?;
        Ok::<_, AppError>((rows, app.sender_key()?.to_string()))
    };
    match found.await {
        Ok((rows, own)) => {
            let page = SendersPage {
                page: Page::new(app, who, "senders").done(done),
                rows,
                own,
                key,
                problem: problem(error.as_ref(), t),
            };
            shell::with_status(status(error.as_ref()), &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}
