//! Checking what a document cites. Nothing of the document is kept.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use law::ActRecord;

use app::library::{CheckedFile, key_of};
use app::limits::PLAN_FILE_BYTES_MAX;
use app::rows::InstrumentRow;
use app::{App, AppError, Who};
use domain::library::citations::{Checked, Verdict};

use super::asked_day;
use crate::fault::{self, Fault};
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};
use crate::upload::{self, Wrong};

#[derive(Template)]
#[template(path = "law_citations.html")]
struct CheckPage {
    page: Page,
    problem: Problem,
    size_max_mb: usize,
    found: Option<CheckedFile>,
}

impl CheckPage {
    fn tone(&self, one: &Checked) -> &'static str {
        match one.verdict {
            Verdict::Clear => "good",
            Verdict::NotKnown => "warn",
            Verdict::Wrong => "bad",
        }
    }

    fn verdict(&self, one: &Checked) -> String {
        self.page.t.s(format!("cite-{}", one.verdict.code()))
    }

    /// The citation as the document has it.
    fn cited(&self, one: &Checked) -> String {
        let cited = &one.cited;
        match &cited.number {
            Some(number) => number.clone(),
            None => cited.title.clone().unwrap_or_else(|| cited.kind.clone()),
        }
    }

    fn place(&self, at: &str) -> String {
        let t = self.page.t;
        match at {
            "title" => t.s("cite-at-title"),
            "preamble" => t.s("cite-at-preamble"),
            "header" => t.s("cite-at-header"),
            _ => match at.strip_prefix("fn") {
                Some(mark) => t.a("cite-at-note", "mark", mark),
                None => at.to_owned(),
            },
        }
    }

    fn key(&self, act: &ActRecord) -> String {
        key_of(act)
    }

    /// The unit's own instrument, for what the law pack does not have.
    fn own(&self, one: &Checked) -> Option<&InstrumentRow> {
        let found = self.found.as_ref()?;
        found.own_of(one)
    }

    /// The same number in the unit's register, with the dates it has there.
    fn own_other_date(&self, one: &Checked) -> Option<String> {
        let rows = self.found.as_ref()?.own_of_other_date(one);
        let days: Vec<String> = rows.iter().map(|row| shell::day(&row.doc_date)).collect();
        (!days.is_empty()).then(|| {
            self.page
                .t
                .a("cite-own-other-date", "days", days.join(", "))
        })
    }

    fn count(&self, found: &CheckedFile, verdict: &str) -> usize {
        found
            .check
            .citations
            .iter()
            .filter(|one| one.verdict.code() == verdict)
            .count()
    }
}

/// `GET /law/citations`
pub async fn form(State(app): State<App>, Signed(who): Signed) -> Response {
    show(&app, who, None, None)
}

/// `POST /law/citations`
pub async fn take(State(app): State<App>, Signed(who): Signed, form: Multipart) -> Response {
    let file = match upload::read(form, &who.csrf, PLAN_FILE_BYTES_MAX).await {
        Ok(upload) => {
            let on = asked_day(upload.get("on"));
            let file = upload.file.ok_or(Wrong::Input("PLAN-FILE"));
            file.map(|(name, bytes)| (name, bytes, on))
        }
        Err(wrong) => Err(wrong),
    };
    let (name, bytes, on) = match file {
        Ok(file) => file,
        Err(wrong) => match wrong.sort(PLAN_FILE_BYTES_MAX) {
            Ok(error) => return show(&app, who, None, Some(error)),
            Err(answer) => return *answer,
        },
    };
    match app.check_citations(&who, &name, bytes, on).await {
        Ok(found) => show(&app, who, Some(found), None),
        Err(error) => show(&app, who, None, Some(error)),
    }
}

fn show(app: &App, who: Who, found: Option<CheckedFile>, error: Option<AppError>) -> Response {
    let t = T::new(&who.language);
    if let Err(error) = who.require(domain::access::Action::AskLaw) {
        return Fault::new(error, t).into_response();
    }
    let page = CheckPage {
        page: Page::new(app, who, "citations"),
        problem: error
            .as_ref()
            .map(|error| fault::problem(error, t))
            .unwrap_or_default(),
        size_max_mb: PLAN_FILE_BYTES_MAX / (1024 * 1024),
        found,
    };
    let status = error.as_ref().map_or(StatusCode::OK, fault::status);
    shell::with_status(status, &page)
}
