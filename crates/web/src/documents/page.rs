//! A document: what it is, every copy and its holder, all that happened.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use app::App;
use app::documents::DocumentPage;
use app::rows::{Balance, MoveRow};

use crate::books::EntryView;
use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::T;
use crate::shell::{self, Page};

/// A document with words for people.
#[derive(Template)]
#[template(path = "document.html")]
struct DocumentView {
    page: Page,
    document: DocumentPage,
    entries: Vec<EntryView>,
    level: String,
    level_code: String,
    subject_note: String,
    term_until: String,
    extend_by: String,
    because: Vec<String>,
    balance_sum: i64,
}

impl DocumentView {
    fn holder(&self, kind: &str, name: &str) -> String {
        let label = self.page.s(&format!("holder-{kind}"));
        if name.is_empty() {
            label
        } else {
            format!("{label}: {name}")
        }
    }

    /// As it stands today, and why when no decision was taken.
    fn status(&self) -> String {
        use domain::dossier::Status;
        let decided = self.document.document.status == self.document.status.code();
        self.page.s(match self.document.status {
            Status::Active => "status-active",
            Status::Declassified if decided => "status-declassified",
            Status::Declassified => "status-declassified-by-law",
            Status::Destroyed => "status-destroyed",
        })
    }

    fn kind_label(&self, code: &str) -> String {
        self.page.s(&format!("dossier-{code}"))
    }

    fn dossier_state(&self, code: &str) -> String {
        self.page.s(&format!("dstate-{code}"))
    }

    /// The kinds that may be opened, under the words of their group.
    fn groups(&self) -> Vec<(String, Vec<&'static domain::dossier::Kind>)> {
        domain::dossier::Group::ALL
            .into_iter()
            .map(|group| {
                let kinds = self
                    .document
                    .may_open
                    .iter()
                    .copied()
                    .filter(|kind| kind.group == group)
                    .collect();
                (self.page.s(&format!("group-{}", group.code())), kinds)
            })
            .filter(|(_, kinds): &(String, Vec<_>)| !kinds.is_empty())
            .collect()
    }

    fn balance_of(&self, line: &Balance) -> String {
        self.holder(&line.holder_kind, &line.holder_name)
    }

    fn from(&self, step: &MoveRow) -> String {
        self.holder(&step.from_kind, &step.from_name)
    }

    fn to(&self, step: &MoveRow) -> String {
        self.holder(&step.to_kind, &step.to_name)
    }
}

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

/// `GET /documents/{id}`
pub async fn page(
    State(app): State<App>,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    Signed(who): Signed,
) -> Response {
    let t = T::new(&who.language);
    match app.document_page(&who, id).await {
        Ok(document) => {
            let page = Page::new(&app, who, "books").done(asked.done.as_deref());
            shell::show(&view(page, document, t))
        }
        Err(error) => Fault::new(error, t).into_response(),
    }
}

fn view(page: Page, document: DocumentPage, t: T) -> DocumentView {
    let level_code = document.document.level.clone();
    let top = level_code == law::Level::TuyetMat.code() && document.document.subject.is_none();
    DocumentView {
        entries: document
            .entries
            .iter()
            .map(|row| EntryView::new(row.clone(), t))
            .collect(),
        level: law::Level::parse(&level_code)
            .map_or_else(String::new, |level| level.label_vi().to_owned()),
        level_code,
        subject_note: if top {
            t.s("subject-not-written")
        } else {
            String::new()
        },
        term_until: document
            .term_until
            .map_or_else(|| t.s("unknown"), |date| date.day_month_year()),
        extend_by: document
            .extend_by
            .map_or_else(|| t.s("unknown"), |date| date.day_month_year()),
        because: document
            .term
            .because
            .iter()
            .map(law::Citation::vi)
            .collect(),
        balance_sum: document.balance.iter().map(|line| line.balance).sum(),
        page,
        document,
    }
}
