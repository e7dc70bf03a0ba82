//! The unit's own library: instruments that the law pack does not have, and catalogues
//! of secrets read in from files.

use crate::limits::LIBRARY_ROWS_MAX;
use crate::{Db, Row, StoreError, Tx, args, statements};

/// A line of the register of instruments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstrumentRow {
    pub id: i64,
    pub unit_id: i64,
    pub number: String,
    pub number_key: String,
    pub doc_date: String,
    pub kind: String,
    /// `own` or `superior`.
    pub origin: String,
    pub issuer: String,
    pub title: String,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub replaced_by: String,
    pub replaced_by_date: Option<String>,
    pub file_name: String,
    pub file_sha256: String,
    pub note: String,
    pub version: i64,
    pub created_by: i64,
    pub created_at: String,
}

/// A catalogue that the unit read in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitCatalogueRow {
    pub id: i64,
    pub unit_id: i64,
    pub number: String,
    pub number_key: String,
    pub doc_date: String,
    pub issuer: String,
    /// Code of the field.
    pub sphere: String,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub replaced_by: String,
    pub replaced_by_date: Option<String>,
    pub file_name: String,
    pub file_sha256: String,
    pub items: i64,
    pub version: i64,
    pub created_by: i64,
    pub created_at: String,
}

/// An item of such a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitItemRow {
    pub catalogue_id: i64,
    pub n: i64,
    pub level: String,
    pub article: String,
    pub clause: String,
    pub point: String,
    pub text: String,
}

/// The last day of an instrument or catalogue, and what replaces it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    pub valid_to: String,
    pub replaced_by: String,
    pub replaced_by_date: Option<String>,
}

statements! {
    INSTRUMENT_ADD = "INSERT INTO instrument (unit_id, number, number_key, doc_date, kind, origin, issuer, title,
        valid_from, valid_to, replaced_by, replaced_by_date, file_name, file_sha256, note, version, created_by,
        created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', NULL, $11, $12, $13, 1, $14, $15)
        RETURNING id";
    INSTRUMENT_SAME = "SELECT id FROM instrument WHERE unit_id = $1 AND number_key = $2 AND doc_date = $3";
    INSTRUMENT_GET = "SELECT * FROM instrument WHERE id = $1 AND unit_id = $2";
    INSTRUMENTS = "SELECT * FROM instrument WHERE unit_id = $1 ORDER BY doc_date DESC, id DESC LIMIT $2";
    /// Only when nobody changed it since the form was made.
    INSTRUMENT_END = "UPDATE instrument SET valid_to = $3, replaced_by = $4, replaced_by_date = $5,
        version = version + 1 WHERE id = $1 AND version = $2";
    CATALOGUE_ADD = "INSERT INTO unit_catalogue (unit_id, number, number_key, doc_date, issuer, sphere, valid_from,
        valid_to, replaced_by, replaced_by_date, file_name, file_sha256, items, version, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, '', NULL, $8, $9, $10, 1, $11, $12) RETURNING id";
    CATALOGUE_SAME = "SELECT id FROM unit_catalogue WHERE unit_id = $1 AND number_key = $2 AND doc_date = $3";
    CATALOGUE_GET = "SELECT * FROM unit_catalogue WHERE id = $1 AND unit_id = $2";
    CATALOGUES = "SELECT * FROM unit_catalogue WHERE unit_id = $1 ORDER BY doc_date DESC, id DESC LIMIT $2";
    CATALOGUE_END = "UPDATE unit_catalogue SET valid_to = $3, replaced_by = $4, replaced_by_date = $5,
        version = version + 1 WHERE id = $1 AND version = $2";
    ITEM_ADD = "INSERT INTO unit_catalogue_item (catalogue_id, n, level, article, clause, point, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ITEMS = "SELECT * FROM unit_catalogue_item WHERE catalogue_id = $1 ORDER BY n LIMIT $2";
}

fn instrument(row: &Row) -> Result<InstrumentRow, StoreError> {
    Ok(InstrumentRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        number: row.text("number")?,
        number_key: row.text("number_key")?,
        doc_date: row.text("doc_date")?,
        kind: row.text("kind")?,
        origin: row.text("origin")?,
        issuer: row.text("issuer")?,
        title: row.text("title")?,
        valid_from: row.text("valid_from")?,
        valid_to: row.opt_text("valid_to")?,
        replaced_by: row.text("replaced_by")?,
        replaced_by_date: row.opt_text("replaced_by_date")?,
        file_name: row.text("file_name")?,
        file_sha256: row.text("file_sha256")?,
        note: row.text("note")?,
        version: row.int("version")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

fn catalogue(row: &Row) -> Result<UnitCatalogueRow, StoreError> {
    Ok(UnitCatalogueRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        number: row.text("number")?,
        number_key: row.text("number_key")?,
        doc_date: row.text("doc_date")?,
        issuer: row.text("issuer")?,
        sphere: row.text("sphere")?,
        valid_from: row.text("valid_from")?,
        valid_to: row.opt_text("valid_to")?,
        replaced_by: row.text("replaced_by")?,
        replaced_by_date: row.opt_text("replaced_by_date")?,
        file_name: row.text("file_name")?,
        file_sha256: row.text("file_sha256")?,
        items: row.int("items")?,
        version: row.int("version")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

fn item(row: &Row) -> Result<UnitItemRow, StoreError> {
    Ok(UnitItemRow {
        catalogue_id: row.int("catalogue_id")?,
        n: row.int("n")?,
        level: row.text("level")?,
        article: row.text("article")?,
        clause: row.text("clause")?,
        point: row.text("point")?,
        text: row.text("text")?,
    })
}

impl Db {
    /// The unit's instruments, newest first; a register is small.
    pub async fn instruments(&self, unit_id: i64) -> Result<Vec<InstrumentRow>, StoreError> {
        self.all(INSTRUMENTS, &args![unit_id, LIBRARY_ROWS_MAX])
            .await?
            .iter()
            .map(instrument)
            .collect()
    }

    pub async fn instrument(
        &self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<InstrumentRow>, StoreError> {
        let row = self.first(INSTRUMENT_GET, &args![id, unit_id]).await?;
        row.as_ref().map(instrument).transpose()
    }

    /// The catalogues that the unit read in, newest first.
    pub async fn unit_catalogues(&self, unit_id: i64) -> Result<Vec<UnitCatalogueRow>, StoreError> {
        self.all(CATALOGUES, &args![unit_id, LIBRARY_ROWS_MAX])
            .await?
            .iter()
            .map(catalogue)
            .collect()
    }

    pub async fn unit_catalogue(
        &self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<UnitCatalogueRow>, StoreError> {
        let row = self.first(CATALOGUE_GET, &args![id, unit_id]).await?;
        row.as_ref().map(catalogue).transpose()
    }

    /// The items of a catalogue in their order.
    pub async fn unit_items(&self, catalogue_id: i64) -> Result<Vec<UnitItemRow>, StoreError> {
        self.all(ITEMS, &args![catalogue_id, LIBRARY_ROWS_MAX])
            .await?
            .iter()
            .map(item)
            .collect()
    }
}

impl Tx {
    pub async fn add_instrument(&mut self, row: &InstrumentRow) -> Result<i64, StoreError> {
        let values = args![
            row.unit_id,
            row.number.as_str(),
            row.number_key.as_str(),
            row.doc_date.as_str(),
            row.kind.as_str(),
            row.origin.as_str(),
            row.issuer.as_str(),
            row.title.as_str(),
            row.valid_from.as_str(),
            row.valid_to.as_deref(),
            row.file_name.as_str(),
            row.file_sha256.as_str(),
            row.note.as_str(),
            row.created_by,
            row.created_at.as_str()
        ];
        self.one(INSTRUMENT_ADD, &values).await?.int("id")
    }

    /// The unit's instrument of this number and date.
    pub async fn same_instrument(
        &mut self,
        unit_id: i64,
        number_key: &str,
        doc_date: &str,
    ) -> Result<Option<i64>, StoreError> {
        let found = self
            .first(INSTRUMENT_SAME, &args![unit_id, number_key, doc_date])
            .await?;
        found.as_ref().map(|row| row.int("id")).transpose()
    }

    pub async fn instrument(
        &mut self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<InstrumentRow>, StoreError> {
        let row = self.first(INSTRUMENT_GET, &args![id, unit_id]).await?;
        row.as_ref().map(instrument).transpose()
    }

    /// Ends an instrument; `false` when it was changed meanwhile.
    pub async fn end_instrument(
        &mut self,
        id: i64,
        version: i64,
        end: &Ended,
    ) -> Result<bool, StoreError> {
        self.end(INSTRUMENT_END, id, version, end).await
    }

    /// Writes a catalogue with its items.
    pub async fn add_unit_catalogue(
        &mut self,
        row: &UnitCatalogueRow,
        items: &[UnitItemRow],
    ) -> Result<i64, StoreError> {
        let values = args![
            row.unit_id,
            row.number.as_str(),
            row.number_key.as_str(),
            row.doc_date.as_str(),
            row.issuer.as_str(),
            row.sphere.as_str(),
            row.valid_from.as_str(),
            row.file_name.as_str(),
            row.file_sha256.as_str(),
            row.items,
            row.created_by,
            row.created_at.as_str()
        ];
        let id = self.one(CATALOGUE_ADD, &values).await?.int("id")?;
        for item in items {
            let values = args![
                id,
                item.n,
                item.level.as_str(),
                item.article.as_str(),
                item.clause.as_str(),
                item.point.as_str(),
                item.text.as_str()
            ];
            self.run(ITEM_ADD, &values).await?;
        }
        Ok(id)
    }

    /// The unit's catalogue of this number and date.
    pub async fn same_unit_catalogue(
        &mut self,
        unit_id: i64,
        number_key: &str,
        doc_date: &str,
    ) -> Result<Option<i64>, StoreError> {
        let found = self
            .first(CATALOGUE_SAME, &args![unit_id, number_key, doc_date])
            .await?;
        found.as_ref().map(|row| row.int("id")).transpose()
    }

    pub async fn unit_catalogue(
        &mut self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<UnitCatalogueRow>, StoreError> {
        let row = self.first(CATALOGUE_GET, &args![id, unit_id]).await?;
        row.as_ref().map(catalogue).transpose()
    }

    /// Ends a catalogue; `false` when it was changed meanwhile.
    pub async fn end_unit_catalogue(
        &mut self,
        id: i64,
        version: i64,
        end: &Ended,
    ) -> Result<bool, StoreError> {
        self.end(CATALOGUE_END, id, version, end).await
    }

    async fn end(
        &mut self,
        sql: &'static str,
        id: i64,
        version: i64,
        end: &Ended,
    ) -> Result<bool, StoreError> {
        let values = args![
            id,
            version,
            end.valid_to.as_str(),
            end.replaced_by.as_str(),
            end.replaced_by_date.as_deref()
        ];
        Ok(self.run(sql, &values).await? == 1)
    }
}
