//! The first run: first unit and administrator, against the one-time set-up code
//! that `khien init` printed.

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use app::App;
use app::accounts::{AccountDraft, UnitDraft};

use crate::fault;
use crate::fields::Fields;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    page: Page,
    problem: Option<Problem>,
    unit: UnitDraft,
    admin: AccountDraft,
}

pub fn routes() -> Router<App> {
    Router::new().route("/setup", get(form).post(set_up))
}

async fn form(State(app): State<App>) -> Response {
    if !matches!(app.db.account_count().await, Ok(0)) {
        return Redirect::to("/login").into_response();
    }
    shell::show(&SetupPage {
        page: Page::outside("vi"),
        problem: None,
        unit: UnitDraft::default(),
        admin: AccountDraft::default(),
    })
}

async fn set_up(State(app): State<App>, body: Bytes) -> Response {
    let fields = Fields::decode(&body);
    let unit = UnitDraft {
        code: fields.text("code"),
        name: fields.text("name"),
        kind: fields.text("kind"),
        parent_name: fields.text("parent_name"),
        place: fields.text("place"),
        supervises: fields.get("supervises") == "1",
    };
    let admin = AccountDraft {
        login: fields.text("login"),
        display_name: fields.text("display_name"),
        password: fields.text("password"),
        ..AccountDraft::default()
    };
    match app.set_up(&unit, &admin, fields.get("setup_code")).await {
        Ok(()) => Redirect::to("/login").into_response(),
        Err(error) => {
            let page = Page::outside("vi");
            let problem = Some(fault::problem(&error, page.t));
            let admin = AccountDraft {
                password: String::new(),
                ..admin
            };
            shell::with_status(
                fault::status(&error),
                &SetupPage {
                    page,
                    problem,
                    unit,
                    admin,
                },
            )
        }
    }
}
