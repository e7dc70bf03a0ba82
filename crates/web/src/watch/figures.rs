//! Charts by month, and the summary that holds counts only.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use law::LegalDate;
use serde::Deserialize;

use app::watch::{Month, Summary, SummaryWords};
use app::{App, AppError, Who};

use super::view::{self, Chart};
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::papers;
use crate::shell::{self, Page, thousands};

#[derive(Template)]
#[template(path = "watch_trends.html")]
struct TrendsPage {
    page: Page,
    months: Vec<Month>,
    charts: Vec<Drawn>,
}

/// A chart with its words: class and label of each part.
struct Drawn {
    title: String,
    chart: Chart,
    parts: Vec<(&'static str, String)>,
}

/// `GET /watch/trends`
pub async fn trends(State(app): State<App>, Signed(who): Signed) -> Response {
    let t = T::new(&who.language);
    match app.watch_trends(&who).await {
        Ok(months) => {
            let found = [
                ("bar-bad", "watch-state-true"),
                ("bar-new", "watch-state-new"),
                ("bar-good", "watch-state-declassified"),
                ("bar-plain", "watch-state-false"),
            ]
            .map(|(class, key)| (class, t.s(key)));
            let read = [
                ("bar-bad", "watch-verdict-marked"),
                ("bar-new", "watch-verdict-incomplete"),
                ("bar-good", "watch-verdict-clean"),
                ("bar-plain", "watch-same"),
            ]
            .map(|(class, key)| (class, t.s(key)));
            let charts = vec![
                Drawn {
                    title: t.s("watch-chart-findings"),
                    chart: view::chart(&months, &found, by_state),
                    parts: found.to_vec(),
                },
                Drawn {
                    title: t.s("watch-chart-files"),
                    chart: view::chart(&months, &read, by_verdict),
                    parts: read.to_vec(),
                },
            ];
            shell::show(&TrendsPage {
                page: Page::new(&app, who, "watch-trends"),
                months,
                charts,
            })
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// True at the bottom, then what waits, then the rest.
fn by_state(month: &Month) -> Vec<i64> {
    let [new, real, wrong, declassified] = month.findings;
    vec![real, new, declassified, wrong]
}

fn by_verdict(month: &Month) -> Vec<i64> {
    let runs = &month.runs;
    vec![runs.marked, runs.incomplete, runs.clean, runs.same]
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "watch_summary.html")]
struct SummaryPage {
    page: Page,
    summary: Summary,
    rows: Vec<(String, String)>,
}

/// `GET /watch/summary`
pub async fn summary(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match of(&app, &who, &asked).await {
        Ok(summary) => shell::show(&SummaryPage {
            rows: rows(t, &summary),
            page: Page::new(&app, who, "watch-summary"),
            summary,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

/// `GET /watch/summary/pdf`
pub async fn pdf(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    // A paper of this country's administration is in its language.
    let t = T::new("vi");
    let made = async {
        let summary = of(&app, &who, &asked).await?;
        let days = format!(
            "{} – {}",
            shell::day(&summary.from),
            shell::day(&summary.to)
        );
        let words = SummaryWords {
            title: t.s("watch-summary-title"),
            subtitle: days,
            heading: t.s("watch-summary-counts"),
            rows: rows(t, &summary),
            remark: t.s("watch-summary-remark"),
            signers: ["watch-summary-writer", "watch-summary-head"].map(|key| t.s(key)),
        };
        app.watch_summary_pdf(&who, words).await
    };
    match made.await {
        Ok(paper) => papers::download(paper),
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

/// The summary of the days asked for; without days the year so far.
pub(super) async fn of(app: &App, who: &Who, asked: &Asked) -> Result<Summary, AppError> {
    let today = app.today()?;
    let year = format!("{:04}-01-01", today.year());
    let day = |text: &str, otherwise: &str| {
        let text = if text.trim().is_empty() {
            otherwise
        } else {
            text.trim()
        };
        LegalDate::parse(text)
            .map_err(|_| AppError::from(domain::Refusal::new("WATCH-16").on("from")))
    };
    let (from, to) = (
        day(&asked.from, &year)?,
        day(&asked.to, &today.to_string())?,
    );
    app.watch_summary(who, from, to).await
}

/// Label and count, in the order of the paper.
fn rows(t: T, summary: &Summary) -> Vec<(String, String)> {
    let [new, real, wrong, declassified] = summary.findings;
    let mut rows: Vec<(String, String)> = summary
        .sources
        .iter()
        .map(|(kind, n)| {
            let label = t.a(
                "watch-summary-sources",
                "kind",
                t.s(format!("watch-kind-{kind}")),
            );
            (label, thousands(*n))
        })
        .collect();
    let counts = [
        ("watch-summary-runs", summary.runs),
        ("watch-summary-files", summary.files),
        ("watch-summary-incomplete", summary.incomplete),
        ("watch-summary-found", new + real + wrong + declassified),
        ("watch-summary-waiting", new),
        ("watch-summary-false", wrong),
        ("watch-summary-declassified", declassified),
        ("watch-summary-confirmed", summary.confirmed),
        ("watch-summary-gone", summary.gone),
        ("watch-summary-handed-over", summary.handed_over),
    ];
    rows.extend(counts.map(|(key, n)| (t.s(key), thousands(n))));
    rows
}
