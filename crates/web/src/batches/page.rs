//! A batch: its documents, where each dossier stands, what comes next.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::dossiers::batch::named_copies;
use app::rows::{BatchMember, BatchRow};
use app::{App, AppError};
use domain::dossier::{Kind, Step};

use super::title;
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchView {
    page: Page,
    heading: String,
    batch: BatchRow,
    kind: &'static Kind,
    members: Vec<Line>,
    next: Vec<(&'static Step, usize)>,
}

struct Line {
    member: BatchMember,
    copies: String,
}

impl BatchView {
    fn state(&self, code: &str) -> String {
        self.page.t.s(format!("dstate-{code}"))
    }

    fn label(&self, step: &str, led: &usize) -> String {
        let words = self.page.t.s(format!("step-{}-{step}", self.kind.code));
        let documents = self.page.t.a("batch-documents", "n", *led);
        format!("{words} ({documents})")
    }
}

/// Labels of copies in few words: the first words that all copies have in common stand in the
/// column's head.
pub fn labels(member: &BatchMember) -> Result<Vec<String>, AppError> {
    let copies = named_copies(member)?;
    Ok(copies
        .into_iter()
        .map(|copy| copy.label.trim_start_matches("Bản số ").to_owned())
        .collect())
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /batches/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    let found = async {
        let found = app.batch_page(&who, id).await?;
        let mut members = Vec::new();
        for member in found.members {
            let copies = labels(&member)?.join(", ");
            members.push(Line { member, copies });
        }
        Ok::<_, AppError>((found.batch, found.kind, members, found.next))
    };
    match found.await {
        Ok((batch, kind, members, next)) => shell::show(&BatchView {
            heading: title(t, kind, &batch),
            page: Page::new(&app, who, "batches").done(asked.done.as_deref()),
            batch,
            kind,
            members,
            next,
        }),
        Err(error) => Fault::new(error, t).into_response(),
    }
}
