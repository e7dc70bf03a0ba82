//! Lists of tasks: one's own, the late ones, results that wait, unit by unit.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::plans::{Followed, Owed};
use app::rows::{PAGE_ROWS, UnitFigures};
use app::{App, AppError, Who};

use super::view::TaskView;
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page, day};

#[derive(Template)]
#[template(path = "task_own.html")]
struct OwnPage {
    page: Page,
    rows: Vec<TaskView>,
    closed: bool,
    number: i64,
    more: bool,
}

#[derive(Template)]
#[template(path = "task_late.html")]
struct LatePage {
    page: Page,
    rows: Vec<TaskView>,
    total: String,
    today: String,
    number: i64,
    pages: i64,
}

#[derive(Template)]
#[template(path = "task_reported.html")]
struct ReportedPage {
    page: Page,
    rows: Vec<TaskView>,
    number: i64,
    more: bool,
}

#[derive(Template)]
#[template(path = "task_units.html")]
struct UnitsPage {
    page: Page,
    rows: Vec<UnitFigures>,
    plan: i64,
    plan_title: String,
    today: String,
    open: i64,
    late: i64,
    reported: i64,
    done: i64,
}

#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    state: String,
    plan: Option<i64>,
    page: Option<i64>,
}

/// `GET /tasks`
pub async fn own(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let closed = asked.state == "closed";
    let number = asked.page.unwrap_or(1).max(1);
    let which = if closed { Owed::Closed } else { Owed::Open };
    match app.own_tasks(&who, which, number).await {
        Ok(tasks) => shell::show(&OwnPage {
            page: Page::new(&app, who, "tasks"),
            more: is_full(&tasks),
            rows: views(tasks, t),
            closed,
            number,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `GET /tasks/late`
pub async fn late(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    let found = app
        .late_tasks(&who, number)
        .await
        .and_then(|found| Ok((found, app.today()?)));
    match found {
        Ok(((tasks, total), today)) => shell::show(&LatePage {
            page: Page::new(&app, who, "late"),
            rows: views(tasks, t),
            total: shell::thousands(total),
            today: day(&today.to_string()),
            number,
            pages: (total + PAGE_ROWS - 1) / PAGE_ROWS,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `GET /tasks/reported`
pub async fn reported(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let number = asked.page.unwrap_or(1).max(1);
    match app.reported_tasks(&who, number).await {
        Ok(tasks) => shell::show(&ReportedPage {
            page: Page::new(&app, who, "plans"),
            more: is_full(&tasks),
            rows: views(tasks, t),
            number,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `GET /tasks/units`
pub async fn units(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match matrix(&app, who, asked.plan).await {
        Ok(page) => shell::show(&page),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

async fn matrix(app: &App, who: Who, plan: Option<i64>) -> Result<UnitsPage, AppError> {
    let rows = app.unit_figures(&who, plan).await?;
    let plan_title = match plan {
        Some(id) => {
            app.plan_tasks(&who, id, app::plans::Filter::default())
                .await?
                .plan
                .title
        }
        None => String::new(),
    };
    let sum = |figure: fn(&UnitFigures) -> i64| rows.iter().map(figure).sum::<i64>();
    Ok(UnitsPage {
        open: sum(|row| row.open),
        late: sum(|row| row.late),
        reported: sum(|row| row.reported),
        done: sum(|row| row.done),
        today: day(&app.today()?.to_string()),
        plan: plan.unwrap_or(0),
        plan_title,
        rows,
        page: Page::new(app, who, "plans"),
    })
}

fn views(tasks: Vec<Followed>, t: T) -> Vec<TaskView> {
    tasks
        .into_iter()
        .map(|task| TaskView::new(task, t))
        .collect()
}

fn is_full(tasks: &[Followed]) -> bool {
    i64::try_from(tasks.len()) == Ok(PAGE_ROWS)
}
