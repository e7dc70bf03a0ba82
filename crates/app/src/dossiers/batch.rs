//! Batches: one step taken on several documents in one transaction, each in its own
//! dossier with its own ledger event. All documents or none.

use std::collections::BTreeMap;

use domain::access::Action;
use domain::custody::HolderKind;
use domain::dossier::{self, About, Kind, Status, Step, Taken, batch as rule};
use domain::{Fact, Refusal};
use law::LegalDate;
use store::batches::{BatchMember, BatchRow};
use store::documents::{CopyRow, DocumentRow};
use store::dossiers::DossierStepRow;

use super::{Loaded, Target, carry, known, load, values};
use crate::{Act, App, AppError, Who, documents};

/// Kind of the ledger event of a batch's step; its printed list is proved by it.
pub const BATCH_STEP: &str = "batch.step";

/// Numbers looked up at once when a batch is put together from a paper list.
const NUMBERS_MAX: usize = 2 * domain::limits::BATCH_DOCUMENTS_MAX;

/// A batch with all its lines.
#[derive(Debug, Clone)]
pub struct BatchPage {
    pub batch: BatchRow,
    pub kind: &'static Kind,
    pub members: Vec<BatchMember>,
    /// Steps that this person may take now, each with the lines that it leads on.
    pub next: Vec<(&'static Step, usize)>,
}

/// What a form for several documents is made from.
#[derive(Debug, Clone)]
pub struct BatchForm {
    pub kind: &'static Kind,
    pub step: &'static Step,
    /// `None` for the step that opens the batch.
    pub batch: Option<BatchRow>,
    pub lines: Vec<BatchLine>,
    /// Lines that the step does not lead on: refused, ended or led on apart.
    pub left_out: Vec<BatchMember>,
}

/// One document in such a form.
#[derive(Debug, Clone)]
pub struct BatchLine {
    /// Line of the list, from 1.
    pub n: i64,
    /// Its dossier and how many steps it has; `None` before the opening.
    pub dossier: Option<(i64, i64)>,
    pub document: DocumentRow,
    /// Copies that may still change hands.
    pub copies: Vec<CopyRow>,
    /// Copies that are offered as ticked, `id:moves` with commas.
    pub offered: String,
}

/// Which step is taken of what.
#[derive(Debug, Clone, Copy)]
pub enum BatchTarget<'a> {
    Open {
        kind: &'a str,
        documents: &'a [i64],
    },
    Next {
        batch: i64,
        step: &'a str,
        /// Dossiers of the batch that are led on, each with the steps that the form saw.
        dossiers: &'a [(i64, i64)],
    },
}

/// What was typed into a form for several documents.
#[derive(Debug, Clone, Default)]
pub struct BatchTyped {
    /// Values that count for all.
    pub common: BTreeMap<String, String>,
    /// Values of one document, by its id.
    pub own: BTreeMap<i64, BTreeMap<String, String>>,
}

/// Documents found by the numbers of a paper list.
#[derive(Debug, Clone, Default)]
pub struct Numbered {
    pub documents: Vec<i64>,
    /// Numbers that the unit has no document of.
    pub unknown: Vec<String>,
}

impl App {
    /// One page of the unit's batches; an empty kind chooses all.
    pub async fn batches(
        &self,
        who: &Who,
        kind: &str,
        page: i64,
    ) -> Result<(Vec<BatchRow>, i64), AppError> {
        who.require(Action::ReadBooks)?;
        Ok(self.db.batches(who.actor.unit, kind, page).await?)
    }

    /// A batch of one's own unit.
    pub async fn batch_page(&self, who: &Who, id: i64) -> Result<BatchPage, AppError> {
        who.require(Action::ReadBooks)?;
        let batch = self
            .db
            .batch(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        let kind = known(&batch.kind)?;
        let members = self.db.batch_members(id).await?;
        let next = kind
            .steps
            .iter()
            .filter(|step| who.may(step.action))
            .map(|step| {
                let led = members.iter().filter(|member| leads(step, member)).count();
                (step, led)
            })
            .filter(|(_, led)| *led > 0)
            .collect();
        Ok(BatchPage {
            batch,
            kind,
            members,
            next,
        })
    }

    /// The unit's documents with these numbers. A number that came back in another year finds
    /// both; the person sees them and unticks.
    pub async fn documents_numbered(
        &self,
        who: &Who,
        numbers: &[String],
    ) -> Result<Numbered, AppError> {
        who.require(Action::ReadBooks)?;
        let mut found = Numbered::default();
        for number in numbers.iter().take(NUMBERS_MAX) {
            let rows = self.db.documents_numbered(who.actor.unit, number).await?;
            if rows.is_empty() {
                found.unknown.push(number.clone());
            }
            found.documents.extend(rows.into_iter().map(|row| row.id));
        }
        Ok(found)
    }

    /// The form that opens a batch over the chosen documents.
    pub async fn batch_opening(
        &self,
        who: &Who,
        kind: &str,
        chosen: &[i64],
    ) -> Result<BatchForm, AppError> {
        who.require(Action::ReadBooks)?;
        let (kind, step) = opening(who, kind)?;
        let mut lines = Vec::new();
        for (n, id) in (1..).zip(rule::chosen(chosen)?) {
            let document = self
                .db
                .document(id, who.actor.unit)
                .await?
                .ok_or(AppError::Absent)?;
            let copies = self.db.copies(id).await?;
            lines.push(line(n, None, document, copies, &[])?);
        }
        fits(step, &lines)?;
        Ok(BatchForm {
            kind,
            step,
            batch: None,
            lines,
            left_out: Vec::new(),
        })
    }

    /// The form of a batch's next step.
    pub async fn batch_step(&self, who: &Who, id: i64, step: &str) -> Result<BatchForm, AppError> {
        let page = self.batch_page(who, id).await?;
        let step = page
            .kind
            .step(step)
            .filter(|step| !step.from.is_empty())
            .ok_or(AppError::Absent)?;
        who.require(step.action)?;
        let (led, left_out): (Vec<_>, Vec<_>) = page
            .members
            .into_iter()
            .partition(|member| leads(step, member));
        let mut lines = Vec::new();
        for member in led {
            let past = past(&member.steps)?;
            let dossier = Some((member.dossier.id, member.dossier.steps));
            lines.push(line(
                member.n,
                dossier,
                member.document,
                member.copies,
                &past,
            )?);
        }
        if lines.is_empty() {
            return Err(Refusal::new("BATCH-02").into());
        }
        fits(step, &lines)?;
        Ok(BatchForm {
            kind: page.kind,
            step,
            batch: Some(page.batch),
            lines,
            left_out,
        })
    }

    /// Takes one step on several documents; the answer is the batch's id.
    ///
    /// # Errors
    /// [`AppError::InBatch`] names the document that refused; then nothing changed on any.
    pub async fn take_batch(
        &self,
        who: &Who,
        request: Option<&str>,
        target: BatchTarget<'_>,
        typed: &BatchTyped,
    ) -> Result<i64, AppError> {
        who.require(Action::ReadBooks)?;
        let named = typed.own.values().filter_map(|own| own.get("copies"));
        rule::copies_fit(named.map(|text| text.matches(':').count()).sum())?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let (id, step, dossiers) = match target {
            BatchTarget::Open { kind, documents } => {
                open(&mut act, who, kind, documents, typed).await?
            }
            BatchTarget::Next {
                batch,
                step,
                dossiers,
            } => next(&mut act, who, batch, step, dossiers, typed).await?,
        };
        let list: Vec<String> = dossiers.iter().map(i64::to_string).collect();
        act.record_text(
            format!("batch:{id}"),
            Fact::new(BATCH_STEP)
                .with("step", step.code)
                .with("dossiers", list.len()),
            list.join("\n"),
        );
        act.finish(&id.to_string()).await?;
        Ok(id)
    }
}

type Led = (i64, &'static Step, Vec<i64>);

async fn open(
    act: &mut Act<'_>,
    who: &Who,
    kind: &str,
    chosen: &[i64],
    typed: &BatchTyped,
) -> Result<Led, AppError> {
    let (kind, step) = opening(who, kind)?;
    let chosen = rule::chosen(chosen)?;
    let year = i64::from(act.today.year());
    let series = format!("batch:{}:{year}", who.actor.unit);
    let batch = BatchRow {
        id: 0,
        unit_id: who.actor.unit,
        year,
        serial: act.tx.next_number(&series).await?,
        kind: kind.code.to_owned(),
        opened_on: act.today.to_string(),
        members: i64::try_from(chosen.len()).unwrap_or(i64::MAX),
        open: 0,
        created_by: who.actor.account,
        created_at: act.now.clone(),
    };
    let id = act.tx.add_batch(&batch).await?;
    let mut dossiers = Vec::new();
    for (row, document) in (1..).zip(chosen) {
        let about = act
            .tx
            .document(document, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        let target = Target::Open {
            kind: kind.code,
            document: Some(document),
        };
        let stand = match load(act, who, target).await {
            // The document is this unit's, so only the kind can be what does not fit.
            Err(AppError::Absent) => Err(Refusal::new("BATCH-03").into()),
            other => other,
        };
        let taken = match stand {
            Ok(stand) => one(act, who, &stand, typed, id).await,
            Err(error) => Err(error),
        };
        let dossier = taken.map_err(|error| in_row(row, &about.number_symbol, error))?;
        let n = i64::try_from(row).unwrap_or(i64::MAX);
        act.tx.add_batch_member(id, n, dossier).await?;
        dossiers.push(dossier);
    }
    Ok((id, step, dossiers))
}

async fn next(
    act: &mut Act<'_>,
    who: &Who,
    id: i64,
    step: &str,
    chosen: &[(i64, i64)],
    typed: &BatchTyped,
) -> Result<Led, AppError> {
    let batch = act
        .tx
        .batch(id, who.actor.unit)
        .await?
        .ok_or(AppError::Absent)?;
    let step = known(&batch.kind)?
        .step(step)
        .filter(|step| !step.from.is_empty())
        .ok_or(AppError::Absent)?;
    who.require(step.action)?;
    let lines = act.tx.batch_lines(id).await?;
    let member = |dossier: &i64| lines.iter().any(|(_, of)| of == dossier);
    if !chosen.iter().all(|(dossier, _)| member(dossier)) {
        return Err(AppError::Absent);
    }
    let mut dossiers = Vec::new();
    for (n, dossier) in lines {
        let Some((_, seen)) = chosen.iter().find(|(of, _)| *of == dossier) else {
            continue;
        };
        let target = Target::Next {
            dossier,
            step: step.code,
            seen: *seen,
        };
        let stand = load(act, who, target).await?;
        let number = stand
            .document
            .as_ref()
            .map_or_else(String::new, |document| document.number_symbol.clone());
        one(act, who, &stand, typed, id)
            .await
            .map_err(|error| in_row(usize::try_from(n).unwrap_or(0), &number, error))?;
        dossiers.push(dossier);
    }
    if dossiers.is_empty() {
        return Err(Refusal::new("BATCH-02").into());
    }
    Ok((id, step, dossiers))
}

/// The step of one document.
async fn one(
    act: &mut Act<'_>,
    who: &Who,
    stand: &Loaded,
    typed: &BatchTyped,
    batch: i64,
) -> Result<i64, AppError> {
    let own = stand
        .document
        .as_ref()
        .and_then(|document| typed.own.get(&document.id));
    let raw = rule::values(stand.kind, stand.step.fields, &typed.common, own)?;
    carry(act, who, stand, &raw, Some(batch)).await
}

/// A refusal that says whose it is. What is broken stays what it is.
fn in_row(row: usize, number_symbol: &str, error: AppError) -> AppError {
    match error {
        AppError::Refused(_) | AppError::Stale => AppError::InBatch {
            row,
            number_symbol: number_symbol.to_owned(),
            error: Box::new(error),
        },
        other => other,
    }
}

fn opening(who: &Who, kind: &str) -> Result<(&'static Kind, &'static Step), AppError> {
    let kind = dossier::kind(kind)
        .filter(|kind| kind.batched() && kind.about != About::Unit)
        .ok_or(AppError::Absent)?;
    let step = kind.opening().ok_or(AppError::Absent)?;
    who.require(step.action)?;
    Ok((kind, step))
}

fn leads(step: &Step, member: &BatchMember) -> bool {
    step.from.contains(&member.dossier.state.as_str())
}

fn past(steps: &[DossierStepRow]) -> Result<Vec<Taken>, AppError> {
    steps
        .iter()
        .map(|row| {
            Ok(Taken {
                step: row.step.clone(),
                on: documents::date(&row.on_date)?,
                account: row.account_id,
                values: values(row)?,
            })
        })
        .collect()
}

fn line(
    n: i64,
    dossier: Option<(i64, i64)>,
    document: DocumentRow,
    copies: Vec<CopyRow>,
    past: &[Taken],
) -> Result<BatchLine, AppError> {
    let held = copies
        .iter()
        .map(|copy| documents::held_copy(copy.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    let offered: Vec<String> = rule::offered(&held, past)
        .into_iter()
        .map(|copy| format!("{}:{}", copy.id, copy.moves))
        .collect();
    let gone = |copy: &CopyRow| {
        matches!(
            HolderKind::parse(&copy.holder_kind),
            Some(HolderKind::Destroyed | HolderKind::Archive)
        )
    };
    Ok(BatchLine {
        n,
        dossier,
        document,
        copies: copies.into_iter().filter(|copy| !gone(copy)).collect(),
        offered: offered.join(","),
    })
}

/// A form that asks for copies shows them all.
fn fits(step: &Step, lines: &[BatchLine]) -> Result<(), AppError> {
    let asks = step
        .fields
        .iter()
        .any(|field| field.input == dossier::Input::Copies);
    if asks {
        rule::copies_fit(lines.iter().map(|line| line.copies.len()).sum())?;
    }
    Ok(())
}

/// The copies that a line of the list stands for: those that a step named last, else those that
/// lie in the unit.
pub fn named_copies(member: &BatchMember) -> Result<Vec<&CopyRow>, AppError> {
    let mut named = None;
    for step in &member.steps {
        let text = values(step)?.remove("copies").unwrap_or_default();
        let ids: Vec<i64> = text
            .split(',')
            .filter_map(|pair| pair.split_once(':'))
            .filter_map(|(id, _)| id.parse().ok())
            .collect();
        if !ids.is_empty() {
            named = Some(ids);
        }
    }
    let in_unit = |copy: &&CopyRow| copy.holder_kind == HolderKind::Unit.code();
    Ok(match named {
        Some(ids) => member
            .copies
            .iter()
            .filter(|copy| ids.contains(&copy.id))
            .collect(),
        None => member.copies.iter().filter(in_unit).collect(),
    })
}

/// What a list says of a document: what became of the secret, as it stands on a day.
pub fn status_on(document: &DocumentRow, today: LegalDate) -> Result<Status, AppError> {
    let status = Status::parse(&document.status)
        .ok_or_else(|| documents::stored("document", "status", &document.status))?;
    let until = document
        .term_until
        .as_deref()
        .map(documents::date)
        .transpose()?;
    let over = status == Status::Active && until.is_some_and(|until| until < today);
    Ok(if over { Status::Declassified } else { status })
}
