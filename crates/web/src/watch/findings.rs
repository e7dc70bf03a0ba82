//! Findings: the list with its filters, one finding with its judgement, its taking down and its
//! hand-over; what was seen; open leaks.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use app::rows::{FindingQuery, FindingRow, ObjectRow, PAGE_ROWS};
use app::watch::{FindingPage, StepView};
use app::{App, AppError, Who};
use domain::watch::report::{HOWS, LEVELS, VERDICTS};
use domain::watch::review::{Said, State as Judgement};

use super::sources::{problem, status};
use super::{forms, view};
use crate::fault::Fault;
use crate::fields::Posted;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, Problem};

#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    how: String,
    #[serde(default)]
    verdict: String,
    source: Option<i64>,
    page: Option<i64>,
    done: Option<String>,
}

impl Asked {
    pub(super) fn query(&self) -> FindingQuery {
        FindingQuery {
            state: self.state.clone(),
            source_id: self.source.unwrap_or(0),
            level: self.level.clone(),
            how: self.how.clone(),
            page: self.page.unwrap_or(1).max(1),
        }
    }
}

#[derive(Template)]
#[template(path = "watch_findings.html")]
struct ListPage {
    page: Page,
    rows: Vec<FindingRow>,
    total: i64,
    query: FindingQuery,
    names: Vec<(i64, String)>,
}

impl ListPage {
    fn link(&self, page: i64) -> String {
        let query = &self.query;
        format!(
            "/watch/findings?state={}&source={}&level={}&how={}&page={page}",
            query.state, query.source_id, query.level, query.how
        )
    }

    fn more(&self) -> bool {
        i64::try_from(self.rows.len()) == Ok(PAGE_ROWS)
    }
}

/// `GET /watch/findings`
pub async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let mut query = asked.query();
    // Only known words go into links and filters.
    query.state = known(&query.state, Judgement::ALL.map(Judgement::code).as_slice());
    query.level = known(&query.level, LEVELS);
    query.how = known(&query.how, HOWS);
    let found = async {
        let (rows, total) = app.watch_findings(&who, &query).await?;
        let names = app.watch_source_names(&who).await?;
        Ok::<_, AppError>((rows, total, names))
    };
    match found.await {
        Ok((rows, total, names)) => shell::show(&ListPage {
            page: Page::new(&app, who, "watch-findings"),
            rows,
            total,
            query,
            names,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

fn known(text: &str, words: &[&str]) -> String {
    let word = words.iter().find(|word| **word == text);
    word.map_or_else(String::new, |word| (*word).to_owned())
}

#[derive(Template)]
#[template(path = "watch_finding.html")]
struct OnePage {
    page: Page,
    found: FindingPage,
    said: Said,
    problem: Problem,
    today: String,
    now: String,
}

impl OnePage {
    fn wrong(&self, field: &str) -> bool {
        self.problem.is_on(field)
    }

    fn place(&self) -> String {
        view::place(self.page.t, &self.found.finding)
    }

    fn rule(&self, rule: &str) -> String {
        view::rule(self.page.t, rule)
    }

    fn confirmed(&self) -> bool {
        self.found.object.confirmed_at.is_some()
    }

    /// Steps that wait, in order.
    fn waiting(&self) -> Vec<&StepView> {
        let steps = self.found.steps.iter();
        steps.filter(|step| step.taken.is_none()).collect()
    }

    fn because(&self) -> Vec<String> {
        let duty = &self.found.duty;
        duty.because.iter().map(law::Citation::vi).collect()
    }

    fn at_once(&self) -> bool {
        self.found
            .duty
            .value
            .as_ref()
            .is_some_and(|notice| notice.at_once)
    }

    fn others(&self) -> Vec<&FindingRow> {
        let siblings = self.found.siblings.iter();
        siblings
            .filter(|other| other.id != self.found.finding.id)
            .collect()
    }
}

/// `GET /watch/findings/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    show(&app, who, id, asked.done.as_deref(), Said::default(), None).await
}

/// `POST /watch/findings/{id}/review`
pub async fn review(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let said = forms::review(&fields);
    let key = (id, fields.number("version"));
    let done = app
        .review_watch_finding(&who, fields.request(), key, &said, forms::scope(&fields))
        .await;
    match done {
        Ok(()) => back(id, "watch-judged"),
        Err(error) => show(&app, who, id, None, said, Some(error)).await,
    }
}

/// `POST /watch/findings/{id}/takedown`
pub async fn take(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let done = async {
        let found = app.watch_finding(&who, id).await?;
        let said = forms::step(&app, &fields)?;
        app.take_watch_step(&who, fields.request(), found.object.id, &said)
            .await
    };
    match done.await {
        Ok(()) => back(id, "watch-step"),
        Err(error) => show(&app, who, id, None, Said::default(), Some(error)).await,
    }
}

/// `POST /watch/findings/{id}/hand-over`
pub async fn hand_over(
    State(app): State<App>,
    Path(id): Path<i64>,
    Posted(Signed(who), fields): Posted,
) -> Response {
    let done = async {
        let found = app.watch_finding(&who, id).await?;
        app.hand_over(&who, fields.request(), found.object.id).await
    };
    match done.await {
        Ok(_) => back(id, "watch-handed-over"),
        Err(error) => show(&app, who, id, None, Said::default(), Some(error)).await,
    }
}

/// `GET /watch/objects/{id}/hand-over`
pub async fn download(
    State(app): State<App>,
    Path(id): Path<i64>,
    Signed(who): Signed,
) -> Response {
    match app.handed_over(&who, id).await {
        Ok(file) => {
            let disposition = format!("attachment; filename=\"{}\"", file.file_name);
            let kind = "text/plain; charset=utf-8".to_owned();
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_DISPOSITION, disposition),
            ];
            (headers, file.text).into_response()
        }
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

fn back(id: i64, done: &str) -> Response {
    Redirect::to(&format!("/watch/findings/{id}?done={done}")).into_response()
}

async fn show(
    app: &App,
    who: Who,
    id: i64,
    done: Option<&str>,
    said: Said,
    error: Option<AppError>,
) -> Response {
    let t = T::new(&who.language);
    let found = match app.watch_finding(&who, id).await {
        Ok(found) => found,
        Err(error) => return Fault::new(error, t).into_response(),
    };
    let now = shell::moment(&app::clock::instant(app.clock.now()));
    let page = OnePage {
        page: Page::new(app, who, "watch-findings").done(done),
        found,
        said,
        problem: problem(error.as_ref(), t),
        today: app.today().map(|day| day.to_string()).unwrap_or_default(),
        now: now.split(' ').nth(1).unwrap_or_default().to_owned(),
    };
    shell::with_status(status(error.as_ref()), &page)
}

#[derive(Template)]
#[template(path = "watch_objects.html")]
struct ObjectsPage {
    page: Page,
    rows: Vec<ObjectRow>,
    source: i64,
    verdict: String,
    names: Vec<(i64, String)>,
    number: i64,
    more: bool,
}

/// `GET /watch/objects`
pub async fn objects(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    let source = asked.source.unwrap_or(0);
    let verdict = known(&asked.verdict, VERDICTS);
    let found = async {
        let rows = app.watch_objects(&who, source, &verdict, number).await?;
        let names = app.watch_source_names(&who).await?;
        Ok::<_, AppError>((rows, names))
    };
    match found.await {
        Ok((rows, names)) => shell::show(&ObjectsPage {
            page: Page::new(&app, who, "watch-objects"),
            more: i64::try_from(rows.len()) == Ok(PAGE_ROWS),
            rows,
            source,
            verdict: verdict.clone(),
            names,
            number,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

#[derive(Template)]
#[template(path = "watch_leaks.html")]
struct LeaksPage {
    page: Page,
    rows: Vec<(ObjectRow, i64, Vec<StepView>)>,
    number: i64,
    more: bool,
}

/// `GET /watch/leaks`
pub async fn leaks(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    match app.watch_leaks(&who, number).await {
        Ok(rows) => shell::show(&LeaksPage {
            page: Page::new(&app, who, "watch-leaks"),
            more: i64::try_from(rows.len()) == Ok(PAGE_ROWS),
            rows,
            number,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}
