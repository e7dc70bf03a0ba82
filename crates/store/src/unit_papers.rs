//! What is added to papers: sizes of stamps for all units, Word templates of a unit.

use crate::{Db, Row, StoreError, Tx, args, statements};

/// Sizes of a stamp that an administrator entered; units as in `domain::stamp::Sizes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampSizeRow {
    pub stamp: String,
    pub generation: String,
    pub round: bool,
    pub width_um: i64,
    pub height_um: i64,
    pub border_lines: i64,
    pub border_gap_um: i64,
    pub row_gap_um: Option<i64>,
    /// Letter sizes of the rows, with blanks between.
    pub letters: String,
    pub bold: bool,
    pub entered_by: i64,
    pub entered_at: String,
}

/// A Word template without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    pub id: i64,
    /// What it is filled from: `book:di` or `dossier:destroy`.
    pub subject: String,
    pub name: String,
    pub file_name: String,
    pub sha256: String,
    pub retired_at: Option<String>,
    pub created_by: i64,
    pub created_at: String,
}

statements! {
    STAMP_SIZES = "SELECT * FROM stamp_size WHERE generation = $1 ORDER BY stamp LIMIT 200";
    STAMP_SIZE_SET = "INSERT INTO stamp_size (stamp, generation, round, width_um, height_um,
        border_lines, border_gap_um, row_gap_um, letters, bold, entered_by, entered_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (generation, stamp) DO UPDATE SET round = excluded.round,
        width_um = excluded.width_um, height_um = excluded.height_um,
        border_lines = excluded.border_lines, border_gap_um = excluded.border_gap_um,
        row_gap_um = excluded.row_gap_um, letters = excluded.letters, bold = excluded.bold,
        entered_by = excluded.entered_by, entered_at = excluded.entered_at";
    TEMPLATES = "SELECT id, subject, name, file_name, sha256, retired_at, created_by, created_at
        FROM word_template WHERE unit_id = $1 AND retired_at IS NULL ORDER BY subject, name, id LIMIT 500";
    TEMPLATE = "SELECT id, subject, name, file_name, sha256, retired_at, created_by, created_at
        FROM word_template WHERE unit_id = $1 AND id = $2";
    TEMPLATE_BYTES = "SELECT bytes FROM word_template WHERE unit_id = $1 AND id = $2";
    TEMPLATE_COUNT = "SELECT COUNT(*) AS n FROM word_template WHERE unit_id = $1 AND retired_at IS NULL";
    TEMPLATE_ADD = "INSERT INTO word_template (unit_id, subject, name, file_name, sha256, bytes, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    TEMPLATE_RETIRE = "UPDATE word_template SET retired_at = $3 WHERE unit_id = $1 AND id = $2 AND retired_at IS NULL";
}

fn stamp_size(row: &Row) -> Result<StampSizeRow, StoreError> {
    Ok(StampSizeRow {
        stamp: row.text("stamp")?,
        generation: row.text("generation")?,
        round: row.flag("round")?,
        width_um: row.int("width_um")?,
        height_um: row.int("height_um")?,
        border_lines: row.int("border_lines")?,
        border_gap_um: row.int("border_gap_um")?,
        row_gap_um: row.opt_int("row_gap_um")?,
        letters: row.text("letters")?,
        bold: row.flag("bold")?,
        entered_by: row.int("entered_by")?,
        entered_at: row.text("entered_at")?,
    })
}

fn template(row: &Row) -> Result<TemplateRow, StoreError> {
    Ok(TemplateRow {
        id: row.int("id")?,
        subject: row.text("subject")?,
        name: row.text("name")?,
        file_name: row.text("file_name")?,
        sha256: row.text("sha256")?,
        retired_at: row.opt_text("retired_at")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

impl Db {
    /// Sizes entered for the stamps of a generation.
    pub async fn stamp_sizes(&self, generation: &str) -> Result<Vec<StampSizeRow>, StoreError> {
        self.all(STAMP_SIZES, &args![generation])
            .await?
            .iter()
            .map(stamp_size)
            .collect()
    }

    /// Templates in use.
    pub async fn templates(&self, unit_id: i64) -> Result<Vec<TemplateRow>, StoreError> {
        self.all(TEMPLATES, &args![unit_id])
            .await?
            .iter()
            .map(template)
            .collect()
    }

    pub async fn template(&self, unit_id: i64, id: i64) -> Result<Option<TemplateRow>, StoreError> {
        self.first(TEMPLATE, &args![unit_id, id])
            .await?
            .as_ref()
            .map(template)
            .transpose()
    }

    pub async fn template_bytes(
        &self,
        unit_id: i64,
        id: i64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.first(TEMPLATE_BYTES, &args![unit_id, id])
            .await?
            .map(|row| row.bytes("bytes"))
            .transpose()
    }
}

impl Tx {
    pub async fn set_stamp_size(&mut self, row: &StampSizeRow) -> Result<(), StoreError> {
        let values = args![
            row.stamp.as_str(),
            row.generation.as_str(),
            row.round,
            row.width_um,
            row.height_um,
            row.border_lines,
            row.border_gap_um,
            row.row_gap_um,
            row.letters.as_str(),
            row.bold,
            row.entered_by,
            row.entered_at.as_str()
        ];
        self.run(STAMP_SIZE_SET, &values).await?;
        Ok(())
    }

    /// Templates in use.
    pub async fn template_count(&mut self, unit_id: i64) -> Result<i64, StoreError> {
        self.one(TEMPLATE_COUNT, &args![unit_id]).await?.int("n")
    }

    /// Keeps a template; `row.id` is ignored.
    pub async fn add_template(
        &mut self,
        unit_id: i64,
        row: &TemplateRow,
        bytes: &[u8],
    ) -> Result<i64, StoreError> {
        let values = args![
            unit_id,
            row.subject.as_str(),
            row.name.as_str(),
            row.file_name.as_str(),
            row.sha256.as_str(),
            bytes,
            row.created_by,
            row.created_at.as_str()
        ];
        self.one(TEMPLATE_ADD, &values).await?.int("id")
    }

    /// Takes a template out of use; `false` when it is not in use.
    pub async fn retire_template(
        &mut self,
        unit_id: i64,
        id: i64,
        at: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.run(TEMPLATE_RETIRE, &args![unit_id, id, at]).await? == 1)
    }
}
