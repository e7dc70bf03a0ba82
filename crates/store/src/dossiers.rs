//! Dossiers and their steps.

use crate::limits::{PAGE_DEPTH_MAX, PAGE_ROWS};
use crate::{Db, Row, StoreError, Tx, args, statements};

/// One matter carried out on secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierRow {
    pub id: i64,
    pub unit_id: i64,
    pub document_id: Option<i64>,
    pub kind: String,
    pub state: String,
    pub closed: bool,
    /// Words for lists; never a subject.
    pub title: String,
    pub opened_on: String,
    pub due_on: Option<String>,
    pub steps: i64,
    pub created_by: i64,
    pub created_at: String,
}

/// One step of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierStepRow {
    pub dossier_id: i64,
    pub n: i64,
    pub step: String,
    pub on_date: String,
    /// Values by field name as a JSON object of texts.
    pub fields: String,
    /// Legal basis, one sentence a line.
    pub because: String,
    /// Remarks of the law pack, one a line.
    pub notes: String,
    pub account_id: i64,
    /// Name of the account, for the record.
    pub account_name: String,
    pub created_at: String,
}

/// Which dossiers a list shows. Empty texts choose nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DossierQuery {
    pub kind: String,
    pub closed: bool,
    pub page: i64,
}

statements! {
    DOSSIER_ADD = "INSERT INTO dossier (unit_id, document_id, kind, state, closed, title, opened_on, due_on, steps,
        created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10) RETURNING id";
    /// Only when nobody took a step since the form was made.
    DOSSIER_STEP_ON = "UPDATE dossier SET state = $3, closed = $4, due_on = $5, steps = steps + 1
        WHERE id = $1 AND steps = $2";
    DOSSIER_GET = "SELECT * FROM dossier WHERE id = $1 AND unit_id = $2";
    DOSSIERS_OF_DOCUMENT = "SELECT * FROM dossier WHERE document_id = $1 ORDER BY id DESC LIMIT 200";
    DOSSIERS = "SELECT * FROM dossier WHERE unit_id = $1 AND closed = $2 AND ($3 = '' OR kind = $3)
        ORDER BY id DESC LIMIT $4 OFFSET $5";
    DOSSIERS_COUNT = "SELECT COUNT(*) AS n FROM dossier WHERE unit_id = $1 AND closed = $2 AND ($3 = '' OR kind = $3)";
    DOSSIERS_DUE = "SELECT * FROM dossier WHERE unit_id = $1 AND closed = FALSE AND due_on <= $2
        ORDER BY due_on, id LIMIT 50";
    /// A unit has a few dozen stamps.
    STAMPS_KEPT = "SELECT s.fields FROM dossier d JOIN dossier_step s ON s.dossier_id = d.id AND s.n = 1
        WHERE d.unit_id = $1 AND d.closed = FALSE AND d.kind = 'stamp' ORDER BY d.id LIMIT 1000";
    STEP_ADD = "INSERT INTO dossier_step (dossier_id, n, step, on_date, fields, because, notes, account_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    STEPS_OF = "SELECT s.*, a.display_name AS account_name FROM dossier_step s JOIN account a ON a.id = s.account_id
        WHERE s.dossier_id = $1 ORDER BY s.n LIMIT 1000";
}

pub(crate) fn dossier(row: &Row) -> Result<DossierRow, StoreError> {
    Ok(DossierRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        document_id: row.opt_int("document_id")?,
        kind: row.text("kind")?,
        state: row.text("state")?,
        closed: row.flag("closed")?,
        title: row.text("title")?,
        opened_on: row.text("opened_on")?,
        due_on: row.opt_text("due_on")?,
        steps: row.int("steps")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

pub(crate) fn step(row: &Row) -> Result<DossierStepRow, StoreError> {
    Ok(DossierStepRow {
        dossier_id: row.int("dossier_id")?,
        n: row.int("n")?,
        step: row.text("step")?,
        on_date: row.text("on_date")?,
        fields: row.text("fields")?,
        because: row.text("because")?,
        notes: row.text("notes")?,
        account_id: row.int("account_id")?,
        account_name: row.text("account_name")?,
        created_at: row.text("created_at")?,
    })
}

impl Db {
    /// A dossier of this unit; another unit's is absent.
    pub async fn dossier(&self, id: i64, unit_id: i64) -> Result<Option<DossierRow>, StoreError> {
        self.first(DOSSIER_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(dossier)
            .transpose()
    }

    pub async fn dossier_steps(&self, id: i64) -> Result<Vec<DossierStepRow>, StoreError> {
        self.all(STEPS_OF, &args![id])
            .await?
            .iter()
            .map(step)
            .collect()
    }

    /// Dossiers of a document, newest first.
    pub async fn dossiers_of(&self, document_id: i64) -> Result<Vec<DossierRow>, StoreError> {
        self.all(DOSSIERS_OF_DOCUMENT, &args![document_id])
            .await?
            .iter()
            .map(dossier)
            .collect()
    }

    /// One page of a unit's dossiers and how many there are.
    pub async fn dossiers(
        &self,
        unit_id: i64,
        query: &DossierQuery,
    ) -> Result<(Vec<DossierRow>, i64), StoreError> {
        let offset = (query.page.clamp(1, PAGE_DEPTH_MAX) - 1) * PAGE_ROWS;
        let kind = query.kind.as_str();
        let list = self
            .all(
                DOSSIERS,
                &args![unit_id, query.closed, kind, PAGE_ROWS, offset],
            )
            .await?
            .iter()
            .map(dossier)
            .collect::<Result<_, _>>()?;
        let total = self
            .one(DOSSIERS_COUNT, &args![unit_id, query.closed, kind])
            .await?
            .int("n")?;
        Ok((list, total))
    }

    /// What was said when each stamp that the unit still keeps was taken in: JSON objects of texts.
    pub async fn stamps_kept(&self, unit_id: i64) -> Result<Vec<String>, StoreError> {
        let rows = self.all(STAMPS_KEPT, &args![unit_id]).await?;
        rows.iter().map(|row| row.text("fields")).collect()
    }

    /// Open dossiers due on or before a day, soonest first.
    pub async fn dossiers_due(
        &self,
        unit_id: i64,
        until: &str,
    ) -> Result<Vec<DossierRow>, StoreError> {
        self.all(DOSSIERS_DUE, &args![unit_id, until])
            .await?
            .iter()
            .map(dossier)
            .collect()
    }
}

impl Tx {
    pub async fn dossier(
        &mut self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<DossierRow>, StoreError> {
        self.first(DOSSIER_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(dossier)
            .transpose()
    }

    pub async fn dossier_steps(&mut self, id: i64) -> Result<Vec<DossierStepRow>, StoreError> {
        self.all(STEPS_OF, &args![id])
            .await?
            .iter()
            .map(step)
            .collect()
    }

    pub async fn add_dossier(&mut self, new: &DossierRow) -> Result<i64, StoreError> {
        self.one(
            DOSSIER_ADD,
            &args![
                new.unit_id,
                new.document_id,
                new.kind.as_str(),
                new.state.as_str(),
                new.closed,
                new.title.as_str(),
                new.opened_on.as_str(),
                new.due_on.as_deref(),
                new.created_by,
                new.created_at.as_str()
            ],
        )
        .await?
        .int("id")
    }

    /// Leads a dossier on; `false` when somebody took a step in between.
    pub async fn step_dossier(
        &mut self,
        id: i64,
        steps_seen: i64,
        state: &str,
        closed: bool,
        due_on: Option<&str>,
    ) -> Result<bool, StoreError> {
        Ok(self
            .run(
                DOSSIER_STEP_ON,
                &args![id, steps_seen, state, closed, due_on],
            )
            .await?
            == 1)
    }

    pub async fn add_dossier_step(&mut self, new: &DossierStepRow) -> Result<(), StoreError> {
        self.run(
            STEP_ADD,
            &args![
                new.dossier_id,
                new.n,
                new.step.as_str(),
                new.on_date.as_str(),
                new.fields.as_str(),
                new.because.as_str(),
                new.notes.as_str(),
                new.account_id,
                new.created_at.as_str()
            ],
        )
        .await
        .map(drop)
    }
}
