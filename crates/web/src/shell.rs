//! What every page has: words, the person, the menu, the message on top.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use app::{App, Who};
use domain::access::Action;

use crate::i18n::T;

/// The frame of a page.
pub struct Page {
    pub t: T,
    pub who: Option<Who>,
    /// Which menu item is lit.
    pub active: &'static str,
    /// Mark of the page's forms, fresh for every view.
    pub request: String,
    /// A short confirmation after an act, as a key of `locales`.
    pub done: Option<String>,
}

impl Page {
    /// The frame for a signed-in person.
    pub fn new(app: &App, who: Who, active: &'static str) -> Self {
        Self {
            t: T::new(&who.language),
            request: app.secret().chars().take(32).collect(),
            who: Some(who),
            active,
            done: None,
        }
    }

    /// The frame for nobody: sign-in, set-up.
    pub fn outside(language: &str) -> Self {
        Self {
            t: T::new(language),
            who: None,
            active: "",
            request: String::new(),
            done: None,
        }
    }

    /// With the confirmation that the address asks for (`?done=entry-added`).
    #[must_use]
    pub fn done(mut self, key: Option<&str>) -> Self {
        let plain = |key: &&str| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        self.done = key
            .filter(plain)
            .map(|key| format!("done-{key}"))
            .filter(|key| crate::i18n::missing_keys("vi", [key.as_str()]).is_empty());
        self
    }

    pub fn s(&self, key: &str) -> String {
        self.t.s(key)
    }

    /// The words of a code under a beginning: `watch-kind-` and `portal`.
    pub fn k(&self, beginning: &str, code: impl AsRef<str>) -> String {
        let code = code.as_ref().replace('_', "-");
        self.t.s(format!("{beginning}{code}"))
    }

    pub fn csrf(&self) -> &str {
        self.who.as_ref().map_or("", |who| who.csrf.as_str())
    }

    pub fn may_read_books(&self) -> bool {
        self.may(Action::ReadBooks)
    }

    pub fn may_write_books(&self) -> bool {
        self.may(Action::WriteBooks)
    }

    pub fn may_permit_copy(&self) -> bool {
        self.may(Action::PermitCopy)
    }

    pub fn may_print(&self) -> bool {
        self.may(Action::Print)
    }

    pub fn may_steer(&self) -> bool {
        self.may(Action::SteerTasks)
    }

    pub fn may_report(&self) -> bool {
        self.may(Action::Report)
    }

    pub fn may_read_tasks(&self) -> bool {
        self.may(Action::ReadTasks)
    }

    pub fn may_watch(&self) -> bool {
        self.may(Action::ReadWatch)
    }

    pub fn may_read_cases(&self) -> bool {
        self.may(Action::ReadCases)
    }

    pub fn may_write_cases(&self) -> bool {
        self.may(Action::WriteCases)
    }

    pub fn may_administer(&self) -> bool {
        self.may(Action::Administer)
    }

    fn may(&self, action: Action) -> bool {
        self.who.as_ref().is_some_and(|who| who.may(action))
    }
}

/// Renders a page.
pub fn show(template: &impl Template) -> Response {
    with_status(StatusCode::OK, template)
}

/// Renders a page with a status: 422 for a form that was refused.
pub fn with_status(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A date as people write it here: `2026-03-01` → `01/03/2026`.
pub fn day(iso: &str) -> String {
    let mut parts = iso.get(..10).unwrap_or(iso).splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) => format!("{day}/{month}/{year}"),
        _ => iso.to_owned(),
    }
}

/// An optional date; nothing for none.
pub fn opt_day(iso: &Option<String>) -> String {
    iso.as_deref().map(day).unwrap_or_default()
}

/// An instant in Vietnam's time to the minute: `28/02/2026 14:32`.
pub fn moment(utc: &str) -> String {
    utc.parse::<jiff::Timestamp>()
        .ok()
        .and_then(|at| at.checked_add(jiff::SignedDuration::from_hours(7)).ok())
        .map_or_else(
            || utc.to_owned(),
            |at| at.strftime("%d/%m/%Y %H:%M").to_string(),
        )
}

/// An optional instant; a dash for none.
pub fn opt_moment(utc: &Option<String>) -> String {
    utc.as_deref().map_or_else(|| "–".to_owned(), moment)
}

/// A number with the dots that Vietnamese puts between thousands.
pub fn thousands(n: i64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && !out.ends_with('-') {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// What a page shows of a refusal.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    pub code: String,
    pub message: String,
    /// Name of the form field to mend; empty when none.
    pub field: String,
    /// Legal basis, one sentence each.
    pub because: Vec<String>,
    /// Line of the batch whose document refused; 0 when it is no batch.
    pub row: usize,
}

impl Problem {
    pub fn is_on(&self, field: &str) -> bool {
        self.field == field
    }
}

/// The words' key of a role.
pub fn role_key(role: &domain::access::Role) -> &'static str {
    use domain::access::Role;
    match role {
        Role::VanThu => "role-van-thu",
        Role::CanBo => "role-can-bo",
        Role::ThuTruong => "role-thu-truong",
        Role::QuanTri => "role-quan-tri",
        Role::GiamSat => "role-giam-sat",
    }
}

/// A level in words.
pub fn level(code: &str) -> &'static str {
    law::Level::parse(code).map_or("", law::Level::label_vi)
}

/// The words' key of a ledger event's kind.
pub fn event_key(kind: &str) -> String {
    format!("event-{}", kind.replace('.', "-"))
}

/// The words' key of a line's state.
pub fn entry_state_key(state: &str) -> &'static str {
    match state {
        "active" => "state-active",
        "voided" => "state-voided",
        _ => "state-corrected",
    }
}

/// A form of copying in words.
pub fn copy_form(code: &str) -> &'static str {
    domain::custody::CopyForm::parse(code).map_or("", domain::custody::CopyForm::vi)
}

/// The words' key of a kind of receiver.
pub fn to_kind_key(kind: &str) -> &'static str {
    match kind {
        "person" => "to-person",
        "body" => "to-body",
        _ => "to-unit",
    }
}
