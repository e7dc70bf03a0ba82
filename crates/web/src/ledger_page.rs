//! The ledger page: its state, signed states, and what was noted about one's
//! own unit, in plain words.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use app::evidence::Agreement;
use app::ledger_view::{EventView, LedgerView};
use app::{App, AppError, Who};

use crate::fault::Fault;
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::{T, missing_keys};
use crate::shell::{self, Page, day, moment, thousands};

#[derive(Template)]
#[template(path = "ledger_page.html")]
struct LedgerPage {
    page: Page,
    size: String,
    /// Root in groups of four digits, as it is compared by eye.
    root: String,
    origin: String,
    public_key: String,
    checkpoints: Vec<StateLine>,
    events: Vec<EventLine>,
    older: Option<i64>,
    first: bool,
    /// Whether the signed states were just compared with the log.
    compared: bool,
}

impl LedgerPage {
    fn agrees(&self) -> bool {
        self.checkpoints
            .iter()
            .all(|state| state.problem.is_empty())
    }
}

/// A signed state as the page shows it.
struct StateLine {
    size: String,
    at: String,
    note: String,
    /// Empty when not compared or when all is well.
    problem: String,
}

/// An event as the page shows it.
struct EventLine {
    seq: i64,
    at: String,
    actor: String,
    words: String,
}

/// The query of the address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    before: Option<i64>,
    check: Option<u8>,
    done: Option<String>,
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/ledger", get(page))
        .route("/ledger/checkpoints", post(sign))
}

async fn page(State(app): State<App>, Query(asked): Query<Asked>, Signed(who): Signed) -> Response {
    let t = T::new(&who.language);
    match load(&app, who, &asked).await {
        Ok(page) => shell::show(&page),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /ledger/checkpoints`: signs the present state.
async fn sign(State(app): State<App>, Posted(Signed(who), _): Posted) -> Response {
    match app.sign_now(&who).await {
        Ok(_) => Redirect::to("/ledger?done=checkpoint").into_response(),
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

async fn load(app: &App, who: Who, asked: &Asked) -> Result<LedgerPage, AppError> {
    let view = app.ledger_view(&who, asked.before).await?;
    let compared = asked.check.is_some();
    let agreements = if compared {
        app.agreements(&who).await?
    } else {
        Vec::new()
    };
    let page = Page::new(app, who, "ledger").done(asked.done.as_deref());
    let t = page.t;
    Ok(LedgerPage {
        page,
        size: thousands(i64::try_from(view.size).unwrap_or(i64::MAX)),
        root: grouped(&view.root),
        checkpoints: states(&view, &agreements, t),
        events: view.events.iter().map(|event| line(event, t)).collect(),
        origin: view.origin,
        public_key: view.public_key,
        older: view.older,
        first: asked.before.is_none(),
        compared,
    })
}

fn states(view: &LedgerView, agreements: &[Agreement], t: T) -> Vec<StateLine> {
    let problem = |size: i64| {
        let found = agreements
            .iter()
            .find(|found| i64::try_from(found.size) == Ok(size));
        found.is_some_and(|found| found.problem.is_some())
    };
    view.checkpoints
        .iter()
        .map(|state| StateLine {
            size: thousands(state.size),
            at: moment(&state.created_at),
            note: state.note.clone(),
            problem: if problem(state.size) {
                t.s("ledger-contradicts")
            } else {
                String::new()
            },
        })
        .collect()
}

fn grouped(hex: &str) -> String {
    let mut out = String::with_capacity(hex.len() + hex.len() / 4);
    for (place, digit) in hex.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

fn line(event: &EventView, t: T) -> EventLine {
    EventLine {
        seq: event.seq,
        at: moment(&event.at),
        actor: event.actor.clone(),
        words: words(event, t),
    }
}

/// The sentence of an event. Kinds without a sentence show their name.
fn words(event: &EventView, t: T) -> String {
    if event.hidden {
        return t.s("ledger-event-hidden");
    }
    let key = format!("ledger-{}", shell::event_key(&event.kind));
    if !missing_keys(t.language(), [key.as_str()]).is_empty() {
        return t.a("ledger-event-other", "kind", &event.kind);
    }
    let field = |name: &str| event.fields.get(name).cloned().unwrap_or_default();
    let dated = |name: &str| day(&field(name));
    let book = crate::books::name_key(&field("book"));
    let values: BTreeMap<&'static str, String> = BTreeMap::from([
        ("book", t.s(book)),
        ("year", field("year")),
        ("serial", field("serial")),
        ("by", field("by_serial")),
        ("copies", field("copies")),
        ("on", dated("on")),
        ("page", field("page")),
        ("first", field("first")),
        ("last", field("last")),
        ("from", dated("from")),
        ("to", dated("to")),
        ("lines", field("lines")),
        ("tasks", field("tasks")),
    ]);
    t.m(&key, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, hidden: bool) -> EventView {
        EventView {
            seq: 1,
            at: "2026-03-01T02:03:04.000000Z".to_owned(),
            actor: String::new(),
            kind: kind.to_owned(),
            fields: BTreeMap::from([
                ("book".to_owned(), "di".to_owned()),
                ("year".to_owned(), "2026".to_owned()),
                ("serial".to_owned(), "12".to_owned()),
            ]),
            hidden,
        }
    }

    #[test]
    fn events_are_sentences() {
        let t = T::new("vi");
        let known = words(&event("entry.registered", false), t);
        assert!(known.contains("12") && known.contains("2026"), "{known}");
        assert!(words(&event("no.such", false), t).contains("no.such"));
        let hidden = words(&event("entry.registered", true), t);
        assert!(!hidden.contains("12"), "{hidden}");
    }

    #[test]
    fn roots_are_read_in_fours() {
        assert_eq!(grouped("0123456789"), "0123 4567 89");
    }
}
