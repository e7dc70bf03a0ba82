//! The self-inspection report: choose the days, look at the figures, take the
//! paper.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use law::LegalDate;
use serde::Deserialize;

use app::reports::{self, Format, Table, Window, WindowRule};
use app::{App, AppError, Who};

use super::download;
use crate::fault::{self, Fault};
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem, day};

#[derive(Template)]
#[template(path = "report_self_inspection.html")]
struct ReportPage {
    page: Page,
    year: i16,
    years: Vec<i16>,
    rules: Vec<RuleView>,
    /// Days of the figures below, ISO; empty while none are chosen.
    from: String,
    to: String,
    /// The same as people write them.
    days: String,
    tables: Vec<Table>,
    problem: Problem,
}

/// A rule's window as the page shows it.
struct RuleView {
    label: String,
    /// Empty when the rule's text is not at hand.
    days: String,
    by: String,
    link: String,
    chosen: bool,
    because: Vec<String>,
    notes: Vec<String>,
}

/// The query of the address.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Asked {
    year: Option<i16>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// `GET /reports/self-inspection`
pub async fn form(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match load(&app, who, &asked).await {
        Ok(page) => shell::show(&page),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `POST /reports/self-inspection`: makes the report, which the ledger notes.
pub async fn make(State(app): State<App>, Posted(Signed(who), fields): Posted) -> Response {
    let t = T::new(&who.language);
    let asked = Asked {
        year: None,
        from: fields.text("from"),
        to: fields.text("to"),
    };
    let made = async {
        let window = window(&asked)?.ok_or_else(no_days)?;
        let format = Format::parse(fields.get("format")).unwrap_or(Format::Pdf);
        app.self_inspection(&who, window, format).await
    }
    .await;
    match made {
        Ok(paper) => download(paper),
        Err(error @ AppError::Input { .. }) => match load(&app, who, &Asked::default()).await {
            Ok(mut page) => {
                page.problem = fault::problem(&error, t);
                shell::with_status(fault::status(&error), &page)
            }
            Err(error) => Fault::new(error, t).into_response(),
        },
        Err(error) => Fault::new(error, t).into_response(),
    }
}

async fn load(app: &App, who: Who, asked: &Asked) -> Result<ReportPage, AppError> {
    let this = app.today()?.year();
    let year = asked.year.unwrap_or(this);
    let rules = app.report_windows(&who, year)?;
    let t = T::new(&who.language);
    let mut problem = Problem::default();
    let national = || rules.first().and_then(|rule| rule.window);
    let window = match window(asked) {
        Ok(own) => own.or_else(national),
        Err(error) => {
            problem = fault::problem(&error, t);
            None
        }
    };
    let mut tables = Vec::new();
    if let Some(window) = window {
        match app.report_figures(&who, window).await {
            Ok(figures) => tables = reports::tables(&figures),
            Err(error @ AppError::Input { .. }) => problem = fault::problem(&error, t),
            Err(error) => return Err(error),
        }
    }
    let text = |pick: fn(Window) -> LegalDate| {
        window.map_or_else(String::new, |window| pick(window).to_string())
    };
    let typed = |typed: &str, found: String| {
        if found.is_empty() {
            typed.to_owned()
        } else {
            found
        }
    };
    Ok(ReportPage {
        days: window.map_or_else(String::new, days),
        year,
        years: (this.saturating_sub(5)..=this.saturating_add(1))
            .rev()
            .collect(),
        rules: rules
            .iter()
            .map(|rule| rule_view(rule, window, t))
            .collect(),
        from: typed(&asked.from, text(|window| window.from)),
        to: typed(&asked.to, text(|window| window.to)),
        tables,
        problem,
        page: Page::new(app, who, "report"),
    })
}

fn rule_view(rule: &WindowRule, chosen: Option<Window>, t: T) -> RuleView {
    let label = match &rule.province {
        None => t.s("report-national"),
        Some(province) => t.a("report-province", "name", province.replace('_', " ")),
    };
    let link = |window: Window| {
        format!(
            "/reports/self-inspection?year={}&from={}&to={}",
            rule.year, window.from, window.to
        )
    };
    RuleView {
        label,
        days: rule.window.map_or_else(String::new, days),
        link: rule.window.map_or_else(String::new, link),
        by: rule.by.map_or_else(String::new, |by| day(&by.to_string())),
        chosen: rule.window.is_some() && rule.window == chosen,
        because: rule.because.iter().map(law::Citation::vi).collect(),
        notes: rule.notes.clone(),
    }
}

fn days(window: Window) -> String {
    format!(
        "{} – {}",
        day(&window.from.to_string()),
        day(&window.to.to_string())
    )
}

/// The days of the address; `None` when it names none.
fn window(asked: &Asked) -> Result<Option<Window>, AppError> {
    if asked.from.is_empty() && asked.to.is_empty() {
        return Ok(None);
    }
    let date = |text: &str| LegalDate::parse(text).map_err(|_| no_days());
    Ok(Some(Window {
        from: date(&asked.from)?,
        to: date(&asked.to)?,
    }))
}

fn no_days() -> AppError {
    AppError::Input {
        code: "REPORT-WINDOW",
        what: String::new(),
    }
}
