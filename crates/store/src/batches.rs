//! Batches: which dossiers were opened and are led on together.

use crate::documents::{CopyRow, DocumentRow, copy, document};
use crate::dossiers::{DossierRow, DossierStepRow, dossier, step};
use crate::limits::{PAGE_ROWS, offset};
use crate::{Db, Row, StoreError, Tx, args, statements};

/// One act on several documents at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    pub id: i64,
    pub unit_id: i64,
    /// Number of the batch in its unit and year.
    pub year: i64,
    pub serial: i64,
    /// Kind of its dossiers.
    pub kind: String,
    pub opened_on: String,
    /// How many documents it has.
    pub members: i64,
    /// How many of its dossiers are not closed.
    pub open: i64,
    pub created_by: i64,
    pub created_at: String,
}

/// One line of a batch: the document, its dossier and the document's copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchMember {
    /// Line of the list, from 1.
    pub n: i64,
    pub dossier: DossierRow,
    pub document: DocumentRow,
    pub copies: Vec<CopyRow>,
    pub steps: Vec<DossierStepRow>,
}

statements! {
    BATCH_ADD = "INSERT INTO batch (unit_id, year, serial, kind, opened_on, members, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    BATCH_MEMBER_ADD = "INSERT INTO batch_member (batch_id, n, dossier_id) VALUES ($1, $2, $3)";
    BATCH_GET = "SELECT b.*, (SELECT COUNT(*) FROM batch_member m JOIN dossier d ON d.id = m.dossier_id
            WHERE m.batch_id = b.id AND d.closed = FALSE) AS open_members
        FROM batch b WHERE b.id = $1 AND b.unit_id = $2";
    BATCHES = "SELECT b.*, (SELECT COUNT(*) FROM batch_member m JOIN dossier d ON d.id = m.dossier_id
            WHERE m.batch_id = b.id AND d.closed = FALSE) AS open_members
        FROM batch b WHERE b.unit_id = $1 AND ($2 = '' OR b.kind = $2) ORDER BY b.id DESC LIMIT $3 OFFSET $4";
    BATCHES_COUNT = "SELECT COUNT(*) AS n FROM batch WHERE unit_id = $1 AND ($2 = '' OR kind = $2)";
    BATCH_OF_DOSSIER = "SELECT b.*, CAST(0 AS BIGINT) AS open_members FROM batch b JOIN batch_member m ON m.batch_id = b.id
        WHERE m.dossier_id = $1";
    BATCH_LINES = "SELECT n, dossier_id FROM batch_member WHERE batch_id = $1 ORDER BY n";
    BATCH_DOSSIERS = "SELECT d.* FROM batch_member m JOIN dossier d ON d.id = m.dossier_id
        WHERE m.batch_id = $1 ORDER BY m.n";
    BATCH_DOCUMENTS = "SELECT o.* FROM batch_member m JOIN dossier d ON d.id = m.dossier_id
        JOIN document o ON o.id = d.document_id WHERE m.batch_id = $1 ORDER BY m.n";
    BATCH_COPIES = "SELECT c.* FROM batch_member m JOIN dossier d ON d.id = m.dossier_id
        JOIN copy c ON c.document_id = d.document_id WHERE m.batch_id = $1 ORDER BY c.id";
    BATCH_STEPS = "SELECT s.*, a.display_name AS account_name FROM batch_member m
        JOIN dossier_step s ON s.dossier_id = m.dossier_id JOIN account a ON a.id = s.account_id
        WHERE m.batch_id = $1 ORDER BY m.n, s.n";
    DOCUMENTS_NUMBERED = "SELECT * FROM document WHERE unit_id = $1 AND number_symbol = $2
        ORDER BY id DESC LIMIT 20";
}

fn batch(row: &Row) -> Result<BatchRow, StoreError> {
    Ok(BatchRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        year: row.int("year")?,
        serial: row.int("serial")?,
        kind: row.text("kind")?,
        opened_on: row.text("opened_on")?,
        members: row.int("members")?,
        open: row.int("open_members")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

impl Db {
    /// A batch of this unit; another unit's is absent.
    pub async fn batch(&self, id: i64, unit_id: i64) -> Result<Option<BatchRow>, StoreError> {
        self.first(BATCH_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(batch)
            .transpose()
    }

    /// One page of a unit's batches, newest first, and how many there are.
    pub async fn batches(
        &self,
        unit_id: i64,
        kind: &str,
        page: i64,
    ) -> Result<(Vec<BatchRow>, i64), StoreError> {
        let list = self
            .all(BATCHES, &args![unit_id, kind, PAGE_ROWS, offset(page)])
            .await?
            .iter()
            .map(batch)
            .collect::<Result<_, _>>()?;
        let total = self
            .one(BATCHES_COUNT, &args![unit_id, kind])
            .await?
            .int("n")?;
        Ok((list, total))
    }

    /// The batch that a dossier was opened in.
    pub async fn batch_of(&self, dossier_id: i64) -> Result<Option<BatchRow>, StoreError> {
        self.first(BATCH_OF_DOSSIER, &args![dossier_id])
            .await?
            .as_ref()
            .map(batch)
            .transpose()
    }

    /// Every line of a batch in order, read with one statement for each table.
    pub async fn batch_members(&self, id: i64) -> Result<Vec<BatchMember>, StoreError> {
        let lines = self.all(BATCH_LINES, &args![id]).await?;
        let dossiers = self.all(BATCH_DOSSIERS, &args![id]).await?;
        let documents = self.all(BATCH_DOCUMENTS, &args![id]).await?;
        let mut members = Vec::with_capacity(lines.len());
        for ((line, one), about) in lines.iter().zip(&dossiers).zip(&documents) {
            members.push(BatchMember {
                n: line.int("n")?,
                dossier: dossier(one)?,
                document: document(about)?,
                copies: Vec::new(),
                steps: Vec::new(),
            });
        }
        for row in self.all(BATCH_COPIES, &args![id]).await? {
            let found = copy(&row)?;
            let of = |member: &&mut BatchMember| member.document.id == found.document_id;
            if let Some(member) = members.iter_mut().find(of) {
                member.copies.push(found);
            }
        }
        for row in self.all(BATCH_STEPS, &args![id]).await? {
            let found = step(&row)?;
            let of = |member: &&mut BatchMember| member.dossier.id == found.dossier_id;
            if let Some(member) = members.iter_mut().find(of) {
                member.steps.push(found);
            }
        }
        Ok(members)
    }

    /// Documents of a unit with this number, newest first: a number comes back each year.
    pub async fn documents_numbered(
        &self,
        unit_id: i64,
        number_symbol: &str,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        self.all(DOCUMENTS_NUMBERED, &args![unit_id, number_symbol])
            .await?
            .iter()
            .map(document)
            .collect()
    }
}

impl Tx {
    pub async fn batch(&mut self, id: i64, unit_id: i64) -> Result<Option<BatchRow>, StoreError> {
        self.first(BATCH_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(batch)
            .transpose()
    }

    pub async fn add_batch(&mut self, new: &BatchRow) -> Result<i64, StoreError> {
        self.one(
            BATCH_ADD,
            &args![
                new.unit_id,
                new.year,
                new.serial,
                new.kind.as_str(),
                new.opened_on.as_str(),
                new.members,
                new.created_by,
                new.created_at.as_str()
            ],
        )
        .await?
        .int("id")
    }

    pub async fn add_batch_member(
        &mut self,
        batch_id: i64,
        n: i64,
        dossier_id: i64,
    ) -> Result<(), StoreError> {
        self.run(BATCH_MEMBER_ADD, &args![batch_id, n, dossier_id])
            .await
            .map(drop)
    }

    /// Line and dossier of every member, in order.
    pub async fn batch_lines(&mut self, id: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        self.all(BATCH_LINES, &args![id])
            .await?
            .iter()
            .map(|row| Ok((row.int("n")?, row.int("dossier_id")?)))
            .collect()
    }
}
