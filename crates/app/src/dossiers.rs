//! Dossiers: open one, lead it on by a step, show it.
//!
//! What a step changes (custody, book lines, level, term) is decided in `domain`
//! and carried out here, together with the step's record and its ledger event.

pub mod batch;
pub mod batch_list;
pub mod record;

use std::collections::BTreeMap;

use domain::Fact;
use domain::access::Action;
use domain::book::Closing;
use domain::custody::HeldCopy;
use domain::dossier::{self, About, Change, Done, Kind, Said, Secret, Stand, Step, Taken};
use store::batches::BatchRow;
use store::book_years::BookYearRow;
use store::documents::{CopyRow, DocumentRow};
use store::dossiers::{DossierQuery, DossierRow, DossierStepRow};

use crate::books::{self, Origin};
use crate::{Act, App, AppError, Who, documents};

/// Kind of the ledger event of a step; the record of the step is proved by it.
pub const STEP_TAKEN: &str = "dossier.step";

/// Longest title of a dossier in lists.
const TITLE_CHARS_MAX: usize = 120;

/// A dossier with all that is shown of it.
#[derive(Debug, Clone)]
pub struct DossierPage {
    pub dossier: DossierRow,
    pub kind: &'static Kind,
    pub document: Option<DocumentRow>,
    pub copies: Vec<CopyRow>,
    pub steps: Vec<TakenStep>,
    /// Steps that this person may take now.
    pub next: Vec<&'static Step>,
    /// The batch that it was opened in.
    pub batch: Option<BatchRow>,
}

/// A step that was taken, its values in the order of the form.
#[derive(Debug, Clone)]
pub struct TakenStep {
    pub row: DossierStepRow,
    pub spec: &'static Step,
    pub values: BTreeMap<String, String>,
}

/// What an empty form of an opening step needs.
#[derive(Debug, Clone)]
pub struct OpeningForm {
    pub kind: &'static Kind,
    pub step: &'static Step,
    pub document: Option<DocumentRow>,
    pub copies: Vec<CopyRow>,
}

/// Which step is taken of what.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    Open {
        kind: &'a str,
        document: Option<i64>,
    },
    Next {
        dossier: i64,
        step: &'a str,
        /// How many steps the form saw: a form made before another's step is stale.
        seen: i64,
    },
}

impl App {
    /// One page of the unit's dossiers.
    pub async fn dossiers(
        &self,
        who: &Who,
        query: &DossierQuery,
    ) -> Result<(Vec<DossierRow>, i64), AppError> {
        who.require(Action::ReadBooks)?;
        Ok(self.db.dossiers(who.actor.unit, query).await?)
    }

    /// The form that opens a dossier, of a document or of the unit.
    pub async fn dossier_opening(
        &self,
        who: &Who,
        kind: &str,
        document: Option<i64>,
    ) -> Result<OpeningForm, AppError> {
        who.require(Action::ReadBooks)?;
        let kind = dossier::kind(kind).ok_or(AppError::Absent)?;
        let step = kind.opening().ok_or(AppError::Absent)?;
        who.require(step.action)?;
        if document.is_none() != (kind.about == About::Unit) {
            return Err(AppError::Absent);
        }
        let (document, copies) = self.document_and_copies(who, document).await?;
        Ok(OpeningForm {
            kind,
            step,
            document,
            copies,
        })
    }

    /// A dossier of one's own unit.
    pub async fn dossier_page(&self, who: &Who, id: i64) -> Result<DossierPage, AppError> {
        who.require(Action::ReadBooks)?;
        let row = self
            .db
            .dossier(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        let kind = known(&row.kind)?;
        let (document, copies) = self.document_and_copies(who, row.document_id).await?;
        let mut steps = Vec::new();
        for taken in self.db.dossier_steps(id).await? {
            let spec = kind
                .step(&taken.step)
                .ok_or_else(|| documents::stored("dossier_step", "step", &taken.step))?;
            steps.push(TakenStep {
                values: values(&taken)?,
                row: taken,
                spec,
            });
        }
        let next = kind
            .next(&row.state)
            .into_iter()
            .filter(|step| who.may(step.action))
            .collect();
        Ok(DossierPage {
            dossier: row,
            kind,
            document,
            copies,
            steps,
            next,
            batch: self.db.batch_of(id).await?,
        })
    }

    async fn document_and_copies(
        &self,
        who: &Who,
        document: Option<i64>,
    ) -> Result<(Option<DocumentRow>, Vec<CopyRow>), AppError> {
        let Some(id) = document else {
            return Ok((None, Vec::new()));
        };
        let row = self
            .db
            .document(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        Ok((Some(row), self.db.copies(id).await?))
    }

    /// Takes one step; the answer is the dossier's id.
    pub async fn take_step(
        &self,
        who: &Who,
        request: Option<&str>,
        target: Target<'_>,
        raw: &BTreeMap<String, String>,
    ) -> Result<i64, AppError> {
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let stand = load(&mut act, who, target).await?;
        let id = carry(&mut act, who, &stand, raw, None).await?;
        act.finish(&id.to_string()).await?;
        Ok(id)
    }
}

/// Judges a step and carries it out with its record and its ledger event; the answer is the
/// dossier's id. The event of a step that was taken in a batch names the batch.
async fn carry(
    act: &mut Act<'_>,
    who: &Who,
    stand: &Loaded,
    raw: &BTreeMap<String, String>,
    batch: Option<i64>,
) -> Result<i64, AppError> {
    let (said, done) = dossier::take(
        act.ctx(),
        stand.kind,
        stand.step,
        Stand {
            secret: stand.secret.as_ref(),
            copies: &stand.copies,
            state: stand.row.as_ref().map_or("", |row| row.state.as_str()),
            past: &stand.past,
        },
        raw,
    )?;
    let id = write(act, who, stand, &said, &done).await?;
    if let Some(document) = &stand.document {
        change(act, who, document, &done.changes).await?;
    }
    for one in &done.changes {
        if let Change::CloseBook(closing) = one {
            close_book(act, who, closing).await?;
        }
    }
    let words: Vec<String> = said
        .values()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let fact = Fact::new(STEP_TAKEN)
        .with("dossier", stand.kind.code)
        .with("step", stand.step.code)
        .with("state", done.state)
        .with("on", done.on);
    let fact = match batch {
        Some(batch) => fact.with("batch", batch),
        None => fact,
    };
    act.record_text(format!("dossier:{id}"), fact, words.join("\n"));
    Ok(id)
}

/// Everything a step is judged on, read inside its transaction.
struct Loaded {
    kind: &'static Kind,
    step: &'static Step,
    row: Option<DossierRow>,
    seen: i64,
    document: Option<DocumentRow>,
    secret: Option<Secret>,
    copies: Vec<HeldCopy>,
    past: Vec<Taken>,
}

async fn load(act: &mut Act<'_>, who: &Who, target: Target<'_>) -> Result<Loaded, AppError> {
    let (kind, step, row, document, seen) = match target {
        Target::Open { kind, document } => {
            let kind = dossier::kind(kind).ok_or(AppError::Absent)?;
            if document.is_none() != (kind.about == About::Unit) {
                return Err(AppError::Absent);
            }
            let step = kind.opening().ok_or(AppError::Absent)?;
            (kind, step, None, document, 0)
        }
        Target::Next {
            dossier,
            step,
            seen,
        } => {
            let row = act
                .tx
                .dossier(dossier, who.actor.unit)
                .await?
                .ok_or(AppError::Absent)?;
            let kind = known(&row.kind)?;
            let step = kind.step(step).ok_or(AppError::Absent)?;
            let document = row.document_id;
            (kind, step, Some(row), document, seen)
        }
    };
    let mut past = Vec::new();
    if let Some(row) = &row {
        for taken in act.tx.dossier_steps(row.id).await? {
            past.push(Taken {
                values: values(&taken)?,
                on: documents::date(&taken.on_date)?,
                account: taken.account_id,
                step: taken.step,
            });
        }
    }
    let mut loaded = Loaded {
        kind,
        step,
        row,
        seen,
        document: None,
        secret: None,
        copies: Vec::new(),
        past,
    };
    if let Some(id) = document {
        let (row, facts, copies) = documents::held(act, who, id).await?;
        let secret = documents::secret_of(&row, facts)?.on(act.today);
        if loaded.row.is_none() && !kind.fits(&secret) && secret.status == dossier::Status::Active {
            return Err(AppError::Absent);
        }
        loaded.secret = Some(secret);
        loaded.copies = copies;
        loaded.document = Some(row);
    }
    Ok(loaded)
}

/// Writes the step and the dossier's new state; answers the dossier's id.
async fn write(
    act: &mut Act<'_>,
    who: &Who,
    stand: &Loaded,
    said: &Said,
    done: &Done,
) -> Result<i64, AppError> {
    let closed = stand.kind.is_closed(done.state);
    let due = done.due.filter(|_| !closed).map(|day| day.to_string());
    let now = act.now.clone();
    let (id, n) = match &stand.row {
        Some(row) => {
            let led = act
                .tx
                .step_dossier(row.id, stand.seen, done.state, closed, due.as_deref())
                .await?;
            if !led {
                return Err(AppError::Stale);
            }
            (row.id, row.steps + 1)
        }
        None => {
            let row = DossierRow {
                id: 0,
                unit_id: who.actor.unit,
                document_id: stand.document.as_ref().map(|document| document.id),
                kind: stand.kind.code.to_owned(),
                state: done.state.to_owned(),
                closed,
                title: title(stand, said),
                opened_on: done.on.to_string(),
                due_on: due,
                steps: 1,
                created_by: who.actor.account,
                created_at: now.clone(),
            };
            (act.tx.add_dossier(&row).await?, 1)
        }
    };
    let because: Vec<String> = done.because.iter().map(law::Citation::vi).collect();
    act.tx
        .add_dossier_step(&DossierStepRow {
            dossier_id: id,
            n,
            step: stand.step.code.to_owned(),
            on_date: done.on.to_string(),
            fields: fields(said),
            because: because.join("\n"),
            notes: done.notes.join("\n"),
            account_id: who.actor.account,
            account_name: String::new(),
            created_at: now,
        })
        .await?;
    Ok(id)
}

/// Carries out what a step changes besides its own record: book lines first,
/// because moves of custody name the line they stand in.
async fn change(
    act: &mut Act<'_>,
    who: &Who,
    document: &DocumentRow,
    changes: &[Change],
) -> Result<(), AppError> {
    let mut line = None;
    for one in changes {
        if let Change::Line(kind, draft) = one {
            let entry = domain::book::register(
                act.ctx(),
                *kind,
                &domain::book::BookState::default(),
                draft,
            )?;
            let origin = Origin {
                document: Some(document.id),
                ..Origin::default()
            };
            line = Some(books::write(act, who, &entry, origin).await?.entry);
        }
    }
    for one in changes {
        match one {
            Change::Line(..) | Change::CloseBook(_) => {}
            Change::Move(moves, sign) => {
                for step in moves {
                    documents::apply(act, who, document.id, step, sign, line).await?;
                }
            }
            Change::Make(copies) => {
                documents::add_copies(act, who, document.id, copies, line).await?;
            }
            Change::Put(copies, container) => {
                for copy in copies {
                    if !act.tx.put_copy(*copy, document.id, container).await? {
                        return Err(AppError::Stale);
                    }
                }
            }
            Change::Level(level) => {
                act.tx.set_document_level(document.id, level.code()).await?;
            }
            Change::Term(until) => {
                let until = until.to_string();
                act.tx.set_document_term(document.id, &until).await?;
            }
            Change::CatalogueItem(item) => {
                act.tx.set_catalogue_item(document.id, item).await?;
            }
            Change::Status(status) => {
                act.tx
                    .set_document_status(document.id, status.code())
                    .await?;
            }
        }
    }
    Ok(())
}

/// Closes a book's year with its counter locked: no number is drawn in between.
async fn close_book(act: &mut Act<'_>, who: &Who, closing: &Closing) -> Result<(), AppError> {
    let (unit, kind) = (who.actor.unit, closing.kind);
    let (last, stand) = books::hold(act, unit, kind, closing.year).await?;
    let fact = domain::book::close(stand, last, closing)?;
    let row = BookYearRow {
        year: closing.year,
        numbering: stand.numbering.code().to_owned(),
        closed_on: Some(closing.on.to_string()),
        last_serial: Some(last),
        pages: Some(closing.pages),
        closed_by: closing.closed_by.clone(),
    };
    if !act.tx.close_book(unit, kind.code(), &row).await? {
        return Err(AppError::Stale);
    }
    let text = closing.closed_by.clone();
    act.record_text(
        format!("book:{unit}:{}:{}", kind.code(), closing.year),
        fact,
        text,
    );
    Ok(())
}

/// What lists call the dossier: the document's number, or the first field that
/// names a matter of the unit.
fn title(stand: &Loaded, said: &Said) -> String {
    if let Some(document) = &stand.document {
        return document.number_symbol.clone();
    }
    let named = [
        "matter",
        "stamp",
        "container_code",
        "deputy_name",
        "proposed_words",
    ];
    named
        .into_iter()
        .map(|name| said.text(name))
        .find(|text| !text.is_empty())
        .map_or_else(
            || [said.text("book"), said.text("year")].join(" "),
            |text| text.chars().take(TITLE_CHARS_MAX).collect(),
        )
}

fn fields(said: &Said) -> String {
    let map: serde_json::Map<String, serde_json::Value> = said
        .values()
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone().into()))
        .collect();
    serde_json::Value::Object(map).to_string()
}

fn values(row: &DossierStepRow) -> Result<BTreeMap<String, String>, AppError> {
    serde_json::from_str(&row.fields)
        .map_err(|_| documents::stored("dossier_step", "fields", &row.fields))
}

fn known(code: &str) -> Result<&'static Kind, AppError> {
    dossier::kind(code).ok_or_else(|| documents::stored("dossier", "kind", code))
}
