//! Holdings: yearly statistics, stock-takes, sweeps after a change of catalogue.

use crate::limits::{PAGE_DEPTH_MAX, PAGE_ROWS};
use crate::{Db, Row, StoreError, Tx, args, statements};

/// One line of the yearly statistics: documents that entered in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldingFigure {
    pub direction: String,
    pub level: String,
    pub documents: i64,
    pub copies: i64,
}

/// What a unit's first page says of its holdings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldingSigns {
    /// Term ended, not decided: declassified by law, stamp and books to follow.
    pub ended: i64,
    /// Protected without a catalogue item on record.
    pub without_item: i64,
    /// Copies in the unit whose container is not said.
    pub without_container: i64,
}

/// A stock-take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTakeRow {
    pub id: i64,
    pub unit_id: i64,
    pub opened_on: String,
    pub closed_on: Option<String>,
    pub led_by: String,
    pub members: String,
    pub expected: i64,
    pub created_by: i64,
    pub created_at: String,
}

/// A copy in a stock-take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLineRow {
    pub copy_id: i64,
    pub document_id: i64,
    pub number_symbol: String,
    pub level: String,
    pub label: String,
    pub expected_container: String,
    /// Empty, `seen`, `moved` or `not_seen`.
    pub result: String,
    pub found_container: String,
    pub note: String,
    pub seen_at: Option<String>,
}

/// A sweep of the holdings for a catalogue that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepRow {
    pub id: i64,
    pub catalogue: String,
    pub replaced_by: String,
    pub found: i64,
    pub open: i64,
    pub created_at: String,
}

/// A holding that a sweep found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepItemRow {
    pub document_id: i64,
    pub number_symbol: String,
    pub level: String,
    pub catalogue_item: String,
    pub outcome: String,
    pub note: String,
}

statements! {
    HOLDING_FIGURES = "SELECT direction, level, COUNT(*) AS documents, CAST(SUM(copies_issued) AS BIGINT) AS copies
        FROM document WHERE unit_id = $1 AND determined_on BETWEEN $2 AND $3
        GROUP BY direction, level ORDER BY direction, level";
    HOLDINGS_ENDED = "SELECT COUNT(*) AS n FROM document WHERE unit_id = $1 AND term_until < $2 AND status = 'active'";
    HOLDINGS_WITHOUT_ITEM = "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM document WHERE unit_id = $1
        AND catalogue_item = '' AND status = 'active' AND direction = 'di' LIMIT 1000) AS found";
    HOLDINGS_WITHOUT_CONTAINER = "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM copy
        WHERE unit_id = $1 AND holder_kind = 'unit' AND container = '' LIMIT 1000) AS found";
    STOCK_ADD = "INSERT INTO stock_take (unit_id, opened_on, led_by, members, expected, created_by, created_at)
        VALUES ($1, $2, $3, $4, 0, $5, $6) RETURNING id";
    STOCK_LINES_ADD = "INSERT INTO stock_line (stock_id, copy_id, expected_container, result, found_container, note)
        SELECT $1, c.id, c.container, '', '', '' FROM copy c WHERE c.unit_id = $2 AND c.holder_kind = 'unit'";
    STOCK_EXPECTED = "UPDATE stock_take SET expected = $2 WHERE id = $1";
    STOCK_GET = "SELECT * FROM stock_take WHERE id = $1 AND unit_id = $2";
    STOCKS = "SELECT * FROM stock_take WHERE unit_id = $1 ORDER BY id DESC LIMIT 50";
    STOCK_LINES = "SELECT l.*, c.label AS label, d.id AS document_id, d.number_symbol AS number_symbol, d.level AS level
        FROM stock_line l JOIN copy c ON c.id = l.copy_id JOIN document d ON d.id = c.document_id
        WHERE l.stock_id = $1 AND l.result = $2 ORDER BY l.copy_id LIMIT $3 OFFSET $4";
    STOCK_FIGURES = "SELECT result, COUNT(*) AS n FROM stock_line WHERE stock_id = $1 GROUP BY result ORDER BY result";
    STOCK_MARK = "UPDATE stock_line SET result = $3, found_container = $4, note = $5, account_id = $6, seen_at = $7
        WHERE stock_id = $1 AND copy_id = $2";
    /// What was not marked when the stock-take closes was not seen.
    STOCK_REST = "UPDATE stock_line SET result = 'not_seen' WHERE stock_id = $1 AND result = ''";
    STOCK_CLOSE = "UPDATE stock_take SET closed_on = $2 WHERE id = $1 AND closed_on IS NULL";
    SWEEP_ADD = "INSERT INTO sweep (unit_id, catalogue, replaced_by, found, created_by, created_at)
        VALUES ($1, $2, $3, 0, $4, $5) RETURNING id";
    SWEEP_FILL = "INSERT INTO sweep_item (sweep_id, document_id, outcome, note)
        SELECT $1, id, '', '' FROM document WHERE unit_id = $2 AND status = 'active'
        AND catalogue_item >= $3 AND catalogue_item < $4 AND (term_until IS NULL OR term_until >= $5)";
    SWEEP_FOUND = "UPDATE sweep SET found = $2 WHERE id = $1";
    SWEEPS = "SELECT s.*, (SELECT COUNT(*) FROM sweep_item i WHERE i.sweep_id = s.id AND i.outcome = '') AS open
        FROM sweep s WHERE s.unit_id = $1 ORDER BY s.id DESC LIMIT 50";
    SWEEP_GET = "SELECT s.*, (SELECT COUNT(*) FROM sweep_item i WHERE i.sweep_id = s.id AND i.outcome = '') AS open
        FROM sweep s WHERE s.id = $1 AND s.unit_id = $2";
    SWEEP_ITEMS = "SELECT i.*, d.number_symbol AS number_symbol, d.level AS level, d.catalogue_item AS catalogue_item
        FROM sweep_item i JOIN document d ON d.id = i.document_id
        WHERE i.sweep_id = $1 AND i.outcome = $2 ORDER BY i.document_id LIMIT $3 OFFSET $4";
    SWEEP_MARK = "UPDATE sweep_item SET outcome = $3, note = $4, account_id = $5
        WHERE sweep_id = $1 AND document_id = $2";
}

fn stock(row: &Row) -> Result<StockTakeRow, StoreError> {
    Ok(StockTakeRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        opened_on: row.text("opened_on")?,
        closed_on: row.opt_text("closed_on")?,
        led_by: row.text("led_by")?,
        members: row.text("members")?,
        expected: row.int("expected")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

fn stock_line(row: &Row) -> Result<StockLineRow, StoreError> {
    Ok(StockLineRow {
        copy_id: row.int("copy_id")?,
        document_id: row.int("document_id")?,
        number_symbol: row.text("number_symbol")?,
        level: row.text("level")?,
        label: row.text("label")?,
        expected_container: row.text("expected_container")?,
        result: row.text("result")?,
        found_container: row.text("found_container")?,
        note: row.text("note")?,
        seen_at: row.opt_text("seen_at")?,
    })
}

fn sweep(row: &Row) -> Result<SweepRow, StoreError> {
    Ok(SweepRow {
        id: row.int("id")?,
        catalogue: row.text("catalogue")?,
        replaced_by: row.text("replaced_by")?,
        found: row.int("found")?,
        open: row.int("open")?,
        created_at: row.text("created_at")?,
    })
}

fn sweep_item(row: &Row) -> Result<SweepItemRow, StoreError> {
    Ok(SweepItemRow {
        document_id: row.int("document_id")?,
        number_symbol: row.text("number_symbol")?,
        level: row.text("level")?,
        catalogue_item: row.text("catalogue_item")?,
        outcome: row.text("outcome")?,
        note: row.text("note")?,
    })
}

fn offset(page: i64) -> i64 {
    (page.clamp(1, PAGE_DEPTH_MAX) - 1) * PAGE_ROWS
}

impl Db {
    /// Documents determined between two days by direction and level.
    pub async fn holding_figures(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
    ) -> Result<Vec<HoldingFigure>, StoreError> {
        self.all(HOLDING_FIGURES, &args![unit_id, from, to])
            .await?
            .iter()
            .map(|row| {
                Ok(HoldingFigure {
                    direction: row.text("direction")?,
                    level: row.text("level")?,
                    documents: row.int("documents")?,
                    copies: row.int("copies")?,
                })
            })
            .collect()
    }

    /// What the holdings want done. The last two stop counting at 1,000.
    pub async fn holding_signs(
        &self,
        unit_id: i64,
        today: &str,
    ) -> Result<HoldingSigns, StoreError> {
        Ok(HoldingSigns {
            ended: self
                .one(HOLDINGS_ENDED, &args![unit_id, today])
                .await?
                .int("n")?,
            without_item: self
                .one(HOLDINGS_WITHOUT_ITEM, &args![unit_id])
                .await?
                .int("n")?,
            without_container: self
                .one(HOLDINGS_WITHOUT_CONTAINER, &args![unit_id])
                .await?
                .int("n")?,
        })
    }

    pub async fn stock_takes(&self, unit_id: i64) -> Result<Vec<StockTakeRow>, StoreError> {
        self.all(STOCKS, &args![unit_id])
            .await?
            .iter()
            .map(stock)
            .collect()
    }

    pub async fn stock_take(
        &self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<StockTakeRow>, StoreError> {
        self.first(STOCK_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(stock)
            .transpose()
    }

    /// One page of the lines with a result (empty: not yet marked).
    pub async fn stock_lines(
        &self,
        stock_id: i64,
        result: &str,
        page: i64,
    ) -> Result<Vec<StockLineRow>, StoreError> {
        self.all(
            STOCK_LINES,
            &args![stock_id, result, PAGE_ROWS, offset(page)],
        )
        .await?
        .iter()
        .map(stock_line)
        .collect()
    }

    /// How many lines have each result.
    pub async fn stock_figures(&self, stock_id: i64) -> Result<Vec<(String, i64)>, StoreError> {
        self.all(STOCK_FIGURES, &args![stock_id])
            .await?
            .iter()
            .map(|row| Ok((row.text("result")?, row.int("n")?)))
            .collect()
    }

    pub async fn sweeps(&self, unit_id: i64) -> Result<Vec<SweepRow>, StoreError> {
        self.all(SWEEPS, &args![unit_id])
            .await?
            .iter()
            .map(sweep)
            .collect()
    }

    pub async fn sweep(&self, id: i64, unit_id: i64) -> Result<Option<SweepRow>, StoreError> {
        self.first(SWEEP_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(sweep)
            .transpose()
    }

    pub async fn sweep_items(
        &self,
        sweep_id: i64,
        outcome: &str,
        page: i64,
    ) -> Result<Vec<SweepItemRow>, StoreError> {
        self.all(
            SWEEP_ITEMS,
            &args![sweep_id, outcome, PAGE_ROWS, offset(page)],
        )
        .await?
        .iter()
        .map(sweep_item)
        .collect()
    }
}

impl Tx {
    /// Opens a stock-take over every copy that the unit has; answers its id and
    /// how many copies are expected.
    pub async fn open_stock_take(&mut self, new: &StockTakeRow) -> Result<(i64, i64), StoreError> {
        let id = self
            .one(
                STOCK_ADD,
                &args![
                    new.unit_id,
                    new.opened_on.as_str(),
                    new.led_by.as_str(),
                    new.members.as_str(),
                    new.created_by,
                    new.created_at.as_str()
                ],
            )
            .await?
            .int("id")?;
        let lines = self.run(STOCK_LINES_ADD, &args![id, new.unit_id]).await?;
        let expected = i64::try_from(lines).unwrap_or(i64::MAX);
        self.run(STOCK_EXPECTED, &args![id, expected]).await?;
        Ok((id, expected))
    }

    pub async fn stock_take(
        &mut self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<StockTakeRow>, StoreError> {
        self.first(STOCK_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(stock)
            .transpose()
    }

    /// Marks a copy; `false` when the stock-take does not expect it.
    pub async fn mark_stock(
        &mut self,
        stock_id: i64,
        line: &StockLineRow,
        account_id: i64,
    ) -> Result<bool, StoreError> {
        Ok(self
            .run(
                STOCK_MARK,
                &args![
                    stock_id,
                    line.copy_id,
                    line.result.as_str(),
                    line.found_container.as_str(),
                    line.note.as_str(),
                    account_id,
                    line.seen_at.as_deref()
                ],
            )
            .await?
            == 1)
    }

    /// Closes a stock-take; answers how many copies were not seen, or `None`
    /// when it was closed before.
    pub async fn close_stock_take(&mut self, id: i64, on: &str) -> Result<Option<i64>, StoreError> {
        if self.run(STOCK_CLOSE, &args![id, on]).await? == 0 {
            return Ok(None);
        }
        let rest = self.run(STOCK_REST, &args![id]).await?;
        Ok(Some(i64::try_from(rest).unwrap_or(i64::MAX)))
    }

    /// Lists the unit's protected documents whose item is of a catalogue, which
    /// stands first in the item's text; answers the sweep's id and how many.
    pub async fn open_sweep(
        &mut self,
        unit_id: i64,
        catalogue: &str,
        replaced_by: &str,
        today: &str,
        created_by: i64,
        at: &str,
    ) -> Result<(i64, i64), StoreError> {
        let id = self
            .one(
                SWEEP_ADD,
                &args![unit_id, catalogue, replaced_by, created_by, at],
            )
            .await?
            .int("id")?;
        let from = format!("{catalogue}|");
        let to = format!("{catalogue}}}");
        let rows = self
            .run(SWEEP_FILL, &args![id, unit_id, from, to, today])
            .await?;
        let found = i64::try_from(rows).unwrap_or(i64::MAX);
        self.run(SWEEP_FOUND, &args![id, found]).await?;
        Ok((id, found))
    }

    pub async fn sweep(&mut self, id: i64, unit_id: i64) -> Result<Option<SweepRow>, StoreError> {
        self.first(SWEEP_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(sweep)
            .transpose()
    }

    pub async fn mark_sweep(
        &mut self,
        sweep_id: i64,
        document_id: i64,
        outcome: &str,
        note: &str,
        account_id: i64,
    ) -> Result<bool, StoreError> {
        Ok(self
            .run(
                SWEEP_MARK,
                &args![sweep_id, document_id, outcome, note, account_id],
            )
            .await?
            == 1)
    }
}
