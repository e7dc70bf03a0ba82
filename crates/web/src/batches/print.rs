//! The list of a batch as PDF or Word file.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use app::dossiers::batch::{BatchPage, status_on};
use app::dossiers::batch_list::ListWords;
use app::reports::Format;
use app::rows::BatchMember;
use app::{App, AppError};
use domain::dossier::Status;

use super::{number, page::labels};
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::papers::download;
use crate::shell;

/// `GET /batches/{id}/list/{format}`
pub async fn list(
    State(app): State<App>,
    Path((id, format)): Path<(i64, String)>,
    Signed(who): Signed,
) -> Response {
    // A paper of this country's administration is in its language.
    let words_of = T::new("vi");
    let made = async {
        let format = Format::parse(&format).ok_or(AppError::Absent)?;
        let page = app.batch_page(&who, id).await?;
        let words = words(&app, words_of, &page)?;
        app.batch_list(&who, &page, words, format).await
    };
    match made.await {
        Ok(paper) => download(paper),
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

fn words(app: &App, t: T, page: &BatchPage) -> Result<ListWords, AppError> {
    let today = app.today()?;
    let mut copies = 0;
    let mut rows = Vec::new();
    for member in &page.members {
        let labels = labels(member)?;
        copies += labels.len();
        let row = &member.document;
        let status = status_on(row, today)?;
        let mut level = shell::level(&row.level).to_owned();
        // A paper never shows an ended secret as a secret: its level stands with what became of it.
        if status == Status::Declassified {
            level = format!("{level}\n({})", t.s("status-declassified").to_lowercase());
        }
        rows.push([
            member.n.to_string(),
            row.number_symbol.clone(),
            shell::opt_day(&row.doc_date),
            row.doc_type.clone(),
            level,
            labels.join(", "),
            t.s(format!("dstate-{}", member.dossier.state)),
        ]);
    }
    let sums = BTreeMap::from([("documents", count(rows.len())), ("copies", count(copies))]);
    let batch = t.a("batch-number", "number", number(&page.batch));
    let matter = t.s(format!("dossier-{}", page.kind.code));
    Ok(ListWords {
        title: t.s("batch-list-title"),
        subtitle: format!("{matter} – {}", batch.to_lowercase()),
        minutes: minutes(t, &page.members).unwrap_or_default(),
        columns: [
            "record-no",
            "field-number-symbol",
            "field-doc-date",
            "field-doc-type",
            "field-level",
            "batch-copy-numbers",
            "field-result",
        ]
        .map(|key| t.s(key)),
        sum: t.m("batch-list-sum", &sums),
        rows,
    })
}

/// Counts below ten get a zero, so that no digit is put before them by hand.
fn count(n: usize) -> String {
    format!("{n:02}")
}

/// The last minutes that a step of any line names.
fn minutes(t: T, members: &[BatchMember]) -> Option<String> {
    let steps = members.iter().flat_map(|member| &member.steps);
    let named = steps.filter_map(|step| {
        let values: BTreeMap<String, String> = serde_json::from_str(&step.fields).ok()?;
        let number = values.get("minutes_number")?.clone();
        Some((step.n, step.on_date.clone(), number))
    });
    let (_, on, number) = named.max()?;
    let values = BTreeMap::from([("number", number), ("date", shell::day(&on))]);
    Some(t.m("batch-list-minutes", &values))
}
