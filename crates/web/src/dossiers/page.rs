//! A dossier: its document, the steps taken, what comes next.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::App;
use app::rows::{BatchRow, DocumentRow, DossierRow, DossierStepRow};
use domain::dossier::{Kind, Step};

use super::view;
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

#[derive(Template)]
#[template(path = "dossier.html")]
struct DossierView {
    page: Page,
    dossier: DossierRow,
    kind: &'static Kind,
    document: Option<DocumentRow>,
    steps: Vec<StepView>,
    next: Vec<&'static Step>,
    batch: Option<BatchRow>,
}

impl DossierView {
    fn heading(&self) -> String {
        self.page.t.s(format!("dossier-{}", self.kind.code))
    }

    fn state(&self) -> String {
        self.page.t.s(format!("dstate-{}", self.dossier.state))
    }

    fn label(&self, step: &str) -> String {
        self.page.t.s(format!("step-{}-{step}", self.kind.code))
    }
}

struct StepView {
    row: DossierStepRow,
    values: Vec<(String, String)>,
    because: Vec<String>,
    notes: Vec<String>,
    form: &'static str,
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /dossiers/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.dossier_page(&who, id).await {
        Ok(found) => {
            let steps = found
                .steps
                .into_iter()
                .map(|step| StepView {
                    values: view::told(&app, t, step.spec, &found.copies, &step.values),
                    because: lines(&step.row.because),
                    notes: lines(&step.row.notes),
                    form: step.spec.form.unwrap_or_default(),
                    row: step.row,
                })
                .collect();
            let page = DossierView {
                page: Page::new(&app, who, "dossiers").done(asked.done.as_deref()),
                dossier: found.dossier,
                kind: found.kind,
                document: found.document,
                steps,
                next: found.next,
                batch: found.batch,
            };
            shell::show(&page)
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
