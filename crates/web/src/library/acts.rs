//! Acts of the law pack: list with search, an act's page, the list as JSON.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use law::{ActKind, ActRecord};
use serde::{Deserialize, Serialize};

use app::App;
use app::library::{ActAsk, ActLine, ActPage, ActsFound, Cited};

use super::{asked_day, force_words, shown_or};
use crate::fault::{self, Fault};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

/// The question, as it stands in the address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    kind: String,
    on: String,
    in_force: String,
}

impl Asked {
    fn ask(&self) -> ActAsk {
        ActAsk {
            words: self.q.clone(),
            kind: ActKind::parse(&self.kind),
            on: asked_day(&self.on),
            in_force_only: self.in_force == "1",
        }
    }
}

#[derive(Template)]
#[template(path = "law_acts.html")]
struct ListPage {
    page: Page,
    asked: Asked,
    on: String,
    found: ActsFound,
}

impl ListPage {
    fn date(&self, act: &ActRecord) -> String {
        shown_or(act.date, self.page.t)
    }

    fn force(&self, line: &ActLine) -> String {
        force_words(&line.force, self.page.t)
    }

    fn narrowed(&self) -> bool {
        !self.asked.q.is_empty() || !self.asked.kind.is_empty() || self.asked.in_force == "1"
    }
}

/// `GET /law/acts`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.acts(&who, &asked.ask()) {
        Ok(found) => shell::show(&ListPage {
            page: Page::new(&app, who, "acts"),
            on: found.on.to_string(),
            asked,
            found,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "law_act.html")]
struct OnePage {
    page: Page,
    act: &'static ActRecord,
    found: ActPage,
}

/// Rules of one subject.
struct Group {
    subject: &'static str,
    rules: Vec<&'static Cited>,
}

impl OnePage {
    fn date(&self, act: &ActRecord) -> String {
        shown_or(act.date, self.page.t)
    }

    fn day(&self, date: Option<law::LegalDate>) -> String {
        shown_or(date, self.page.t)
    }

    fn force(&self, line: &ActLine) -> String {
        force_words(&line.force, self.page.t)
    }

    fn until(&self, cited: &Cited) -> String {
        let from = shell::day(&cited.from);
        match &cited.to {
            _ if from.is_empty() => String::new(),
            Some(to) => format!("{from} – {}", shell::day(to)),
            None => self.page.t.a("lib-since", "day", from),
        }
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for rule in self.found.rules {
            match groups.last_mut() {
                Some(group) if group.subject == rule.subject => group.rules.push(rule),
                _ => groups.push(Group {
                    subject: &rule.subject,
                    rules: vec![rule],
                }),
            }
        }
        groups
    }
}

/// `GET /law/acts/{key}`
pub async fn page(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.act(&who, &key, asked_day(&asked.on)) {
        Ok(found) => shell::show(&OnePage {
            page: Page::new(&app, who, "acts"),
            act: found.line.act,
            found,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// An act as JSON.
#[derive(Serialize)]
struct Act {
    key: String,
    number: &'static str,
    date: Option<String>,
    kind: &'static str,
    title: &'static str,
    issuer: &'static str,
    in_force_from: Option<String>,
    in_force_to: Option<String>,
    replaced_by: Option<&'static str>,
    force: &'static str,
    evidence: &'static str,
    fictional: bool,
}

impl From<ActLine> for Act {
    fn from(line: ActLine) -> Self {
        let act = line.act;
        let iso = |date: Option<law::LegalDate>| date.map(|date| date.to_string());
        Self {
            key: line.key,
            number: &act.number,
            date: iso(act.date),
            kind: act.kind.code(),
            title: &act.title_vi,
            issuer: &act.issuer_vi,
            in_force_from: iso(act.in_force_from),
            in_force_to: iso(act.in_force_to),
            replaced_by: act.replaced_by.as_deref(),
            force: line.force.code(),
            evidence: act.evidence.code(),
            fictional: act.fictional,
        }
    }
}

#[derive(Serialize)]
struct Acts {
    on: String,
    acts: Vec<Act>,
    days_unknown: usize,
    total: usize,
}

/// `GET /api/v1/law/acts`
pub async fn json(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    match app.acts(&who, &asked.ask()) {
        Ok(found) => Json(Acts {
            on: found.on.to_string(),
            acts: found.acts.into_iter().map(Act::from).collect(),
            days_unknown: found.days_unknown,
            total: found.total,
        })
        .into_response(),
        Err(error) => fault::json(&error, T::new(&who.language)),
    }
}
