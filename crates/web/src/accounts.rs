//! The administrator's screens: units and accounts. No book is read here.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use app::accounts::{AccountDraft, UnitDraft};
use app::rows::{Account, Unit};
use app::{App, AppError, Who};
use domain::access::{Action, Role};

use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    page: Page,
    units: Vec<Unit>,
    unit: Unit,
    accounts: Vec<Account>,
    posts: Vec<(String, String)>,
    draft: AccountDraft,
    unit_draft: UnitDraft,
    problem: Problem,
}

impl AccountsPage {
    fn roles(&self) -> Vec<(&'static str, String)> {
        Role::ALL
            .into_iter()
            .map(|role| (role.code(), self.role(role.code())))
            .collect()
    }

    fn role(&self, code: &str) -> String {
        self.page.s(&format!("role-{}", code.replace('_', "-")))
    }

    fn kinds(&self) -> Vec<(&'static str, String)> {
        ["ubnd_tinh", "cong_an", "so", "xa", "dang", "khac"]
            .into_iter()
            .map(|kind| {
                (
                    kind,
                    self.page.s(&format!("kind-{}", kind.replace('_', "-"))),
                )
            })
            .collect()
    }
}

#[derive(Deserialize)]
struct Asked {
    unit: Option<i64>,
    done: Option<String>,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/accounts", get(list).post(add))
        .route("/units", post(add_unit))
        .route("/accounts/{id}/password", post(reset))
        .route("/accounts/{id}/closing", post(close))
        .route("/accounts/{id}/reopening", post(reopen))
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>, Signed(who): Signed) -> Response {
    let t = T::new(&who.language);
    let unit = asked.unit.unwrap_or(who.actor.unit);
    match load(&app, who, unit).await {
        Ok(mut page) => {
            page.page = page.page.done(asked.done.as_deref());
            shell::show(&page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

async fn add(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let draft = AccountDraft {
        unit_id: fields.number("unit_id"),
        login: fields.text("login"),
        display_name: fields.text("display_name"),
        role: fields.text("role"),
        post: fields.text("post"),
        password: fields.text("password"),
    };
    let unit = draft.unit_id;
    match app.add_account(&who, &draft).await {
        Ok(_) => Redirect::to(&format!("/accounts?unit={unit}&done=account")).into_response(),
        Err(error) => {
            let draft = AccountDraft {
                password: String::new(),
                ..draft
            };
            refused(&app, who, unit, &error, Some(draft), None).await
        }
    }
}

async fn add_unit(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let draft = UnitDraft {
        code: fields.text("code"),
        name: fields.text("name"),
        kind: fields.text("kind"),
        parent_name: fields.text("parent_name"),
        place: fields.text("place"),
        supervises: fields.get("supervises") == "1",
    };
    match app.add_unit(&who, &draft).await {
        Ok(id) => Redirect::to(&format!("/accounts?unit={id}&done=unit")).into_response(),
        Err(error) => {
            let unit = who.actor.unit;
            refused(&app, who, unit, &error, None, Some(draft)).await
        }
    }
}

async fn reset(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let done = app.reset_password(&who, id, fields.get("password")).await;
    after(&app, who, fields.number("unit_id"), done, "reset").await
}

async fn close(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let done = app.set_disabled(&who, id, true).await;
    after(&app, who, fields.number("unit_id"), done, "closed").await
}

async fn reopen(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let done = app.set_disabled(&who, id, false).await;
    after(&app, who, fields.number("unit_id"), done, "reopened").await
}

async fn after(app: &App, who: Who, unit: i64, done: Result<(), AppError>, key: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(&format!("/accounts?unit={unit}&done={key}")).into_response(),
        Err(error) => refused(app, who, unit, &error, None, None).await,
    }
}

async fn refused(
    app: &App,
    who: Who,
    unit: i64,
    error: &AppError,
    draft: Option<AccountDraft>,
    unit_draft: Option<UnitDraft>,
) -> Response {
    let t = T::new(&who.language);
    match load(app, who, unit).await {
        Ok(mut page) => {
            page.problem = fault::problem(error, t);
            page.draft = draft.unwrap_or_default();
            page.unit_draft = unit_draft.unwrap_or_default();
            shell::with_status(fault::status(error), &page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

async fn load(app: &App, who: Who, unit: i64) -> Result<AccountsPage, AppError> {
    who.require(Action::Administer)?;
    let units = app.units().await?;
    let unit = units
        .iter()
        .find(|row| row.id == unit)
        .cloned()
        .ok_or(AppError::Absent)?;
    let today = app.today()?;
    Ok(AccountsPage {
        accounts: app.accounts_of(&who, unit.id).await?,
        page: Page::new(app, who, "accounts"),
        units,
        unit,
        posts: app
            .law
            .posts_on(today)
            .into_iter()
            .map(|post| (post.id.clone(), post.label_vi.clone()))
            .collect(),
        draft: AccountDraft::default(),
        unit_draft: UnitDraft::default(),
        problem: Problem::default(),
    })
}
