//! Holdings: queue of terms, yearly statistics, stock-takes, sweeps after a
//! change of catalogue.

use domain::Fact;
use domain::access::Action;
use store::documents::DocumentRow;
use store::holdings::{
    HoldingFigure, HoldingSigns, StockLineRow, StockTakeRow, SweepItemRow, SweepRow,
};

use crate::{App, AppError, Who};

/// Days before the end of a term at which people want to be told.
pub const TERM_STEPS_DAYS: [i32; 4] = [60, 90, 180, 365];

/// The queue of ending terms: how many within each step, and one page of them.
#[derive(Debug, Clone)]
pub struct TermQueue {
    /// Days and how many documents end within them.
    pub counts: Vec<(i32, i64)>,
    pub days: i32,
    pub rows: Vec<DocumentRow>,
    pub total: i64,
    /// Ended without a decision: declassified by law (Luật 29/2018/QH14 Điều 22).
    pub ended: i64,
}

/// A stock-take with one page of its lines.
#[derive(Debug, Clone)]
pub struct StockPage {
    pub stock: StockTakeRow,
    pub lines: Vec<StockLineRow>,
    pub figures: Vec<(String, i64)>,
    pub result: String,
}

impl App {
    /// Documents whose term ends within some days, soonest first.
    pub async fn term_queue(&self, who: &Who, days: i32, page: i64) -> Result<TermQueue, AppError> {
        who.require(Action::ReadBooks)?;
        let today = self.today()?;
        let unit = who.actor.unit;
        let mut counts = Vec::new();
        for step in TERM_STEPS_DAYS {
            let until = plus(today, step)?;
            let (_, n) = self
                .db
                .documents_by_term(unit, &today.to_string(), &until, 1)
                .await?;
            counts.push((step, n));
        }
        let until = plus(today, days.clamp(1, 36_500))?;
        let (rows, total) = self
            .db
            .documents_by_term(unit, &today.to_string(), &until, page)
            .await?;
        let signs = self.db.holding_signs(unit, &today.to_string()).await?;
        Ok(TermQueue {
            counts,
            days,
            rows,
            total,
            ended: signs.ended,
        })
    }

    /// Terms that ran out without a decision.
    pub async fn terms_ended(
        &self,
        who: &Who,
        page: i64,
    ) -> Result<(Vec<DocumentRow>, i64), AppError> {
        who.require(Action::ReadBooks)?;
        let yesterday = plus(self.today()?, -1)?;
        Ok(self
            .db
            .documents_by_term(who.actor.unit, "0001-01-01", &yesterday, page)
            .await?)
    }

    /// What the unit's holdings want done.
    pub async fn holding_signs(&self, who: &Who) -> Result<HoldingSigns, AppError> {
        who.require(Action::ReadBooks)?;
        let today = self.today()?.to_string();
        Ok(self.db.holding_signs(who.actor.unit, &today).await?)
    }

    /// Statistics of a year by direction and level (principle of Mẫu 18).
    pub async fn holding_figures(
        &self,
        who: &Who,
        year: i64,
    ) -> Result<Vec<HoldingFigure>, AppError> {
        who.require(Action::ReadBooks)?;
        Ok(self
            .db
            .holding_figures(
                who.actor.unit,
                &format!("{year:04}-01-01"),
                &format!("{year:04}-12-31"),
            )
            .await?)
    }

    pub async fn stock_takes(&self, who: &Who) -> Result<Vec<StockTakeRow>, AppError> {
        who.require(Action::ReadBooks)?;
        Ok(self.db.stock_takes(who.actor.unit).await?)
    }

    /// Begins a stock-take over every copy that the books say the unit has.
    pub async fn open_stock_take(
        &self,
        who: &Who,
        request: Option<&str>,
        led_by: &str,
        members: &str,
    ) -> Result<i64, AppError> {
        who.require(Action::WriteBooks)?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let led_by = domain::holding::leader(led_by, members)?;
        let row = StockTakeRow {
            id: 0,
            unit_id: who.actor.unit,
            opened_on: act.today.to_string(),
            closed_on: None,
            led_by,
            members: members.trim().to_owned(),
            expected: 0,
            created_by: who.actor.account,
            created_at: act.now.clone(),
        };
        let (id, expected) = act.tx.open_stock_take(&row).await?;
        act.record(
            format!("stock-take:{id}"),
            Fact::new("stock.opened").with("expected", expected),
        );
        act.finish(&id.to_string()).await?;
        Ok(id)
    }

    pub async fn stock_page(
        &self,
        who: &Who,
        id: i64,
        result: &str,
        page: i64,
    ) -> Result<StockPage, AppError> {
        who.require(Action::ReadBooks)?;
        let stock = self
            .db
            .stock_take(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        Ok(StockPage {
            lines: self.db.stock_lines(id, result, page).await?,
            figures: self.db.stock_figures(id).await?,
            result: result.to_owned(),
            stock,
        })
    }

    /// Marks copies of a stock-take as seen, moved or not seen.
    pub async fn mark_stock(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
        copies: &[i64],
        found: &domain::holding::Found,
    ) -> Result<(), AppError> {
        who.require(Action::WriteBooks)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let stock = act
            .tx
            .stock_take(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        domain::holding::mark(stock.closed_on.is_some(), copies.len(), found)?;
        for copy in copies {
            let line = StockLineRow {
                copy_id: *copy,
                document_id: 0,
                number_symbol: String::new(),
                level: String::new(),
                label: String::new(),
                expected_container: String::new(),
                result: found.result.clone(),
                found_container: found.container.clone(),
                note: found.note.clone(),
                seen_at: Some(act.now.clone()),
            };
            if !act.tx.mark_stock(id, &line, who.actor.account).await? {
                return Err(AppError::Absent);
            }
        }
        act.record(
            format!("stock-take:{id}"),
            Fact::new("stock.marked")
                .with("copies", copies.len())
                .with("result", &found.result),
        );
        act.finish("marked").await
    }

    /// Closes a stock-take: what nobody saw is "not seen".
    pub async fn close_stock_take(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
    ) -> Result<(), AppError> {
        who.require(Action::WriteBooks)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        act.tx
            .stock_take(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        let today = act.today.to_string();
        let rest = act
            .tx
            .close_stock_take(id, &today)
            .await?
            .ok_or(AppError::Stale)?;
        act.record(
            format!("stock-take:{id}"),
            Fact::new("stock.closed").with("not_marked", rest),
        );
        act.finish("closed").await
    }

    pub async fn sweeps(&self, who: &Who) -> Result<Vec<SweepRow>, AppError> {
        who.require(Action::ReadBooks)?;
        Ok(self.db.sweeps(who.actor.unit).await?)
    }

    /// Lists every protected document that cites a catalogue which was replaced.
    pub async fn open_sweep(
        &self,
        who: &Who,
        request: Option<&str>,
        catalogue: &str,
        replaced_by: &str,
    ) -> Result<i64, AppError> {
        who.require(Action::WriteBooks)?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let catalogue = domain::holding::catalogue(catalogue)?;
        let today = act.today.to_string();
        let now = act.now.clone();
        let (id, found) = act
            .tx
            .open_sweep(
                who.actor.unit,
                &catalogue,
                replaced_by.trim(),
                &today,
                who.actor.account,
                &now,
            )
            .await?;
        act.record(
            format!("sweep:{id}"),
            Fact::new("sweep.opened")
                .with("catalogue", catalogue)
                .with("found", found),
        );
        act.finish(&id.to_string()).await?;
        Ok(id)
    }

    pub async fn sweep_page(
        &self,
        who: &Who,
        id: i64,
        outcome: &str,
        page: i64,
    ) -> Result<(SweepRow, Vec<SweepItemRow>), AppError> {
        who.require(Action::ReadBooks)?;
        let sweep = self
            .db
            .sweep(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        Ok((sweep, self.db.sweep_items(id, outcome, page).await?))
    }

    /// Notes what became of holdings that a sweep found.
    pub async fn mark_sweep(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
        documents: &[i64],
        outcome: &str,
        note: &str,
    ) -> Result<(), AppError> {
        who.require(Action::WriteBooks)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        act.tx
            .sweep(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        domain::holding::swept(documents.len(), outcome)?;
        for document in documents {
            let marked = act
                .tx
                .mark_sweep(id, *document, outcome, note.trim(), who.actor.account)
                .await?;
            if !marked {
                return Err(AppError::Absent);
            }
        }
        act.record(
            format!("sweep:{id}"),
            Fact::new("sweep.marked")
                .with("documents", documents.len())
                .with("outcome", outcome),
        );
        act.finish("marked").await
    }
}

fn plus(day: law::LegalDate, days: i32) -> Result<String, AppError> {
    day.plus_days(days)
        .map(|day| day.to_string())
        .map_err(|_| AppError::Clock)
}
