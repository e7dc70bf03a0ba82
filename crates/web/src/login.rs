//! Sign in, sign out, change the password, turn the second factor on.

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use app::accounts::Login;
use app::{App, AppError};

use crate::fault::{self, Fault};
use crate::fields::{Fields, Posted};
use crate::guard::{self, COOKIE, Signed};
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Page,
    problem: Option<Problem>,
    over: bool,
    login: String,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    page: Page,
    problem: Option<Problem>,
    forced: bool,
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactorPage {
    page: Page,
    problem: Option<Problem>,
    secret_hex: String,
    secret_base32: String,
    on: bool,
}

#[derive(Deserialize)]
struct Asked {
    over: Option<String>,
    lang: Option<String>,
    done: Option<String>,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/login", get(form).post(sign_in))
        .route("/logout", post(sign_out))
        .route("/password", get(password_form).post(change_password))
        .route("/second-factor", get(second_factor).post(second_factor_on))
        .route("/second-factor/removal", post(second_factor_off))
}

async fn form(State(app): State<App>, Query(asked): Query<Asked>) -> Response {
    if matches!(app.db.account_count().await, Ok(0)) {
        return Redirect::to("/setup").into_response();
    }
    shell::show(&LoginPage {
        page: Page::outside(asked.lang.as_deref().unwrap_or("vi")),
        problem: None,
        over: asked.over.is_some(),
        login: String::new(),
    })
}

async fn sign_in(State(app): State<App>, body: Bytes) -> Response {
    let fields = Fields::decode(&body);
    let language = fields.text("language");
    let form = Login {
        login: fields.text("login"),
        password: fields.text("password"),
        code: fields.text("code"),
        language: language.clone(),
    };
    match app.sign_in(&form).await {
        Ok(signed) => {
            let target = if signed.must_change { "/password" } else { "/" };
            let mut response = Redirect::to(target).into_response();
            set_cookie(&mut response, &signed.token, None);
            response
        }
        Err(error) => {
            let page = Page::outside(&language);
            let problem = Some(fault::problem(&error, page.t));
            shell::with_status(
                fault::status(&error),
                &LoginPage {
                    page,
                    problem,
                    over: false,
                    login: form.login,
                },
            )
        }
    }
}

async fn sign_out(State(app): State<App>, headers: HeaderMap, Posted(who, _): Posted) -> Response {
    if let Some(token) = guard::token(&headers)
        && let Err(error) = app.sign_out(&token).await
    {
        return Fault::new(error, T::new(&who.0.language)).into_response();
    }
    let mut response = Redirect::to("/login").into_response();
    set_cookie(&mut response, "", Some(0));
    response
}

async fn password_form(State(app): State<App>, Signed(who): Signed) -> Response {
    shell::show(&PasswordPage {
        forced: who.must_change,
        page: Page::new(&app, who, "account"),
        problem: None,
    })
}

async fn change_password(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let result = if fields.get("new") == fields.get("again") {
        app.change_password(&who, fields.get("old"), fields.get("new"))
            .await
    } else {
        Err(AppError::Password { rule: "again" })
    };
    match result {
        Ok(()) => Redirect::to("/?done=password").into_response(),
        Err(error) => {
            let forced = who.must_change;
            let page = Page::new(&app, who, "account");
            let problem = Some(fault::problem(&error, page.t));
            shell::with_status(
                fault::status(&error),
                &PasswordPage {
                    page,
                    problem,
                    forced,
                },
            )
        }
    }
}

fn second_factor_page(
    app: &App,
    who: app::Who,
    secret: &[u8],
    problem: Option<&AppError>,
) -> SecondFactorPage {
    let on = who.has_totp;
    let page = Page::new(app, who, "account");
    SecondFactorPage {
        problem: problem.map(|error| fault::problem(error, page.t)),
        page,
        secret_hex: secret.iter().map(|byte| format!("{byte:02x}")).collect(),
        secret_base32: app::accounts::totp_base32(secret),
        on,
    }
}

async fn second_factor(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let secret = app.new_totp_secret();
    let mut page = second_factor_page(&app, who, &secret, None);
    page.page = page.page.done(asked.done.as_deref());
    shell::show(&page)
}

async fn second_factor_on(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let secret = unhex(fields.get("secret"));
    match app.confirm_totp(&who, &secret, fields.get("code")).await {
        Ok(()) => Redirect::to("/second-factor?done=second-factor").into_response(),
        Err(error) => shell::with_status(
            StatusCode::UNPROCESSABLE_ENTITY,
            &second_factor_page(&app, who, &secret, Some(&error)),
        ),
    }
}

async fn second_factor_off(
    State(app): State<App>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    match app.drop_totp(&who, fields.get("password")).await {
        Ok(()) => Redirect::to("/second-factor?done=second-factor-off").into_response(),
        Err(error) => {
            let secret = app.new_totp_secret();
            shell::with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &second_factor_page(&app, who, &secret, Some(&error)),
            )
        }
    }
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .take(64)
        .collect()
}

fn set_cookie(response: &mut Response, token: &str, max_age: Option<u32>) {
    let age = max_age.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{age}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}
