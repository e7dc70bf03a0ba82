//! The record of a step as PDF or Word file.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use app::dossiers::DossierPage;
use app::dossiers::record::RecordWords;
use app::reports::Format;
use app::rows::DocumentRow;
use app::{App, AppError};
use domain::dossier::Status;

use super::view;
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::papers::download;
use crate::shell;

/// `GET /dossiers/{id}/record/{n}/{format}`
pub async fn record(
    State(app): State<App>,
    Path((id, n, format)): Path<(i64, i64, String)>,
    Signed(who): Signed,
) -> Response {
    // A paper of this country's administration is in its language.
    let words_of = T::new("vi");
    let made = async {
        let format = Format::parse(&format).ok_or(AppError::Absent)?;
        let page = app.dossier_page(&who, id).await?;
        let words = words(&app, words_of, &page, n)?;
        app.step_record(&who, &page, n, words, format).await
    };
    match made.await {
        Ok(paper) => download(paper),
        Err(error) => Fault::new(error, T::new(&who.language)).into_response(),
    }
}

fn words(app: &App, t: T, page: &DossierPage, n: i64) -> Result<RecordWords, AppError> {
    let step = page
        .steps
        .iter()
        .find(|step| step.row.n == n)
        .ok_or(AppError::Absent)?;
    let label = |code: &str| t.s(format!("step-{}-{code}", page.kind.code));
    let (heading, about) = match (&page.document, page.steps.first()) {
        (Some(row), _) => (t.s("record-document"), facts(t, row)),
        // Without a document the first step says what the matter is about.
        (None, Some(first)) if n > first.row.n => (
            label(&first.row.step),
            view::told(app, t, first.spec, &page.copies, &first.values),
        ),
        (None, _) => (t.s("record-document"), Vec::new()),
    };
    Ok(RecordWords {
        title: t.s(format!("dossier-{}", page.kind.code)),
        step: label(&step.row.step),
        about,
        values: view::told(app, t, step.spec, &page.copies, &step.values),
        steps: page
            .steps
            .iter()
            .filter(|taken| taken.row.n <= n)
            .map(|taken| {
                vec![
                    taken.row.n.to_string(),
                    label(&taken.row.step),
                    shell::day(&taken.row.on_date),
                    taken.row.account_name.clone(),
                ]
            })
            .collect(),
        headings: [
            heading,
            t.s("record-step"),
            t.s("dossier-steps"),
            t.s("record-notes"),
        ],
        columns: ["record-no", "record-what", "field-date", "record-who"].map(|key| t.s(key)),
    })
}

fn facts(t: T, row: &DocumentRow) -> Vec<(String, String)> {
    let mut facts = vec![
        (t.s("field-number-symbol"), row.number_symbol.clone()),
        (t.s("field-doc-date"), shell::opt_day(&row.doc_date)),
        (t.s("field-doc-type"), row.doc_type.clone()),
        (t.s("field-level"), shell::level(&row.level).to_owned()),
        (t.s("field-issuer"), row.issuer.clone()),
    ];
    // A paper never shows an ended secret as a secret: its level stands with what became of it.
    if row.status != Status::Active.code() {
        facts.push((t.s("field-status"), t.s(format!("status-{}", row.status))));
    }
    facts
}
