//! Sources of the watch and their runs.

use crate::limits::{PAGE_ROWS, offset};
use crate::{Db, Row, StoreError, Tx, args, statements};

/// What is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceRow {
    pub id: i64,
    pub unit_id: i64,
    pub name: String,
    pub kind: String,
    pub place: String,
    pub owner_code: String,
    pub owner_name: String,
    pub rate_per_min: i64,
    pub every_days: Option<i64>,
    /// Day of the next run by schedule.
    pub next_on: Option<String>,
    pub active: bool,
    pub version: i64,
    pub created_by: i64,
    pub created_at: String,
}

/// A source on a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceLine {
    pub source: SourceRow,
    /// Findings that nobody judged yet.
    pub waiting: i64,
    /// End of the last run.
    pub last_run: Option<String>,
}

/// One look at a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunRow {
    pub id: i64,
    pub source_id: i64,
    /// `patrol` (a worker looks at the whole source) or `import` (a file of reports).
    pub how: String,
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// Version of the marker rules.
    pub rules: String,
    pub worker: String,
    /// Files to look at, as far as known.
    pub total: Option<i64>,
    /// Unchanged since they were read.
    pub same: i64,
    pub marked: i64,
    pub clean: i64,
    pub incomplete: i64,
    /// Code of what failed.
    pub said: String,
    pub asked_by: i64,
    pub asked_at: String,
    pub started_at: Option<String>,
    pub ended_at: Option<String>,
    pub source_name: String,
    pub unit_id: i64,
}

/// What a batch adds to a run's figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunCounts {
    pub same: i64,
    pub marked: i64,
    pub clean: i64,
    pub incomplete: i64,
}

/// Figures of runs that ended in a month (`2026-02`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunMonth {
    pub month: String,
    pub runs: i64,
    pub same: i64,
    pub marked: i64,
    pub clean: i64,
    pub incomplete: i64,
}

statements! {
    SOURCE_ADD = "INSERT INTO watch_source (unit_id, name, kind, place, owner_code, owner_name, rate_per_min,
        every_days, next_on, active, version, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, 1, $10, $11) RETURNING id";
    SOURCE_GET = "SELECT * FROM watch_source WHERE id = $1";
    SOURCES = "SELECT s.*,
        (SELECT COUNT(*) FROM watch_finding f WHERE f.source_id = s.id AND f.state = 'new') AS waiting,
        (SELECT MAX(r.ended_at) FROM watch_run r WHERE r.source_id = s.id) AS last_run
        FROM watch_source s WHERE s.unit_id = $1 ORDER BY s.id LIMIT $2 OFFSET $3";
    SOURCE_NAMES = "SELECT id, name FROM watch_source WHERE unit_id = $1 ORDER BY id LIMIT $2";
    /// Only when nobody changed it since the form was made.
    SOURCE_ACTIVE = "UPDATE watch_source SET active = $3, next_on = $4, version = version + 1
        WHERE id = $1 AND version = $2";
    SOURCE_NEXT = "UPDATE watch_source SET next_on = $2 WHERE id = $1";
    SOURCES_DUE = "SELECT * FROM watch_source WHERE active AND next_on <= $1 ORDER BY next_on, id LIMIT $2";
    SOURCE_FIGURES = "SELECT kind, COUNT(*) AS n FROM watch_source WHERE unit_id = $1 AND active
        GROUP BY kind ORDER BY kind";
    RUN_ADD = "INSERT INTO watch_run (source_id, how, state, rules, worker, total, same, marked, clean, incomplete,
        said, asked_by, asked_at) VALUES ($1, $2, 'queued', $3, '', NULL, 0, 0, 0, 0, '', $4, $5) RETURNING id";
    RUN_OPEN = "SELECT id FROM watch_run WHERE source_id = $1 AND ended_at IS NULL";
    RUN_START = "UPDATE watch_run SET state = 'running', rules = $2, worker = $3,
        started_at = COALESCE(started_at, $4) WHERE id = $1 AND ended_at IS NULL";
    RUN_TOTAL = "UPDATE watch_run SET total = $2 WHERE id = $1 AND ended_at IS NULL";
    RUN_COUNT = "UPDATE watch_run SET same = same + $2, marked = marked + $3, clean = clean + $4,
        incomplete = incomplete + $5 WHERE id = $1 AND ended_at IS NULL";
    RUN_END = "UPDATE watch_run SET state = $2, said = $3, ended_at = $4, ended_on = $5,
        started_at = COALESCE(started_at, $4) WHERE id = $1 AND ended_at IS NULL";
    RUN_GET = "SELECT r.*, s.name AS source_name, s.unit_id AS unit_id FROM watch_run r
        JOIN watch_source s ON s.id = r.source_id WHERE r.id = $1";
    RUNS = "SELECT r.*, s.name AS source_name, s.unit_id AS unit_id FROM watch_run r
        JOIN watch_source s ON s.id = r.source_id WHERE s.unit_id = $1 AND ($2 = 0 OR r.source_id = $2)
        ORDER BY r.id DESC LIMIT $3 OFFSET $4";
    /// The newest look at the whole source.
    RUN_LAST_LOOK = "SELECT r.*, s.name AS source_name, s.unit_id AS unit_id FROM watch_run r
        JOIN watch_source s ON s.id = r.source_id
        WHERE r.source_id = $1 AND r.state = 'done' AND r.how = 'patrol' ORDER BY r.id DESC LIMIT 1";
    RUN_MONTHS = "SELECT substr(r.ended_on, 1, 7) AS month, COUNT(*) AS runs, CAST(SUM(r.same) AS BIGINT) AS same,
        CAST(SUM(r.marked) AS BIGINT) AS marked, CAST(SUM(r.clean) AS BIGINT) AS clean,
        CAST(SUM(r.incomplete) AS BIGINT) AS incomplete
        FROM watch_run r JOIN watch_source s ON s.id = r.source_id
        WHERE s.unit_id = $1 AND r.state = 'done' AND r.ended_on BETWEEN $2 AND $3
        GROUP BY substr(r.ended_on, 1, 7) ORDER BY substr(r.ended_on, 1, 7)";
}

fn source(row: &Row) -> Result<SourceRow, StoreError> {
    Ok(SourceRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        name: row.text("name")?,
        kind: row.text("kind")?,
        place: row.text("place")?,
        owner_code: row.text("owner_code")?,
        owner_name: row.text("owner_name")?,
        rate_per_min: row.int("rate_per_min")?,
        every_days: row.opt_int("every_days")?,
        next_on: row.opt_text("next_on")?,
        active: row.flag("active")?,
        version: row.int("version")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

fn run(row: &Row) -> Result<RunRow, StoreError> {
    Ok(RunRow {
        id: row.int("id")?,
        source_id: row.int("source_id")?,
        how: row.text("how")?,
        state: row.text("state")?,
        rules: row.text("rules")?,
        worker: row.text("worker")?,
        total: row.opt_int("total")?,
        same: row.int("same")?,
        marked: row.int("marked")?,
        clean: row.int("clean")?,
        incomplete: row.int("incomplete")?,
        said: row.text("said")?,
        asked_by: row.int("asked_by")?,
        asked_at: row.text("asked_at")?,
        started_at: row.opt_text("started_at")?,
        ended_at: row.opt_text("ended_at")?,
        source_name: row.text("source_name")?,
        unit_id: row.int("unit_id")?,
    })
}

impl Db {
    /// One page of a unit's sources, in the order they were added.
    pub async fn watch_sources(
        &self,
        unit_id: i64,
        page: i64,
    ) -> Result<Vec<SourceLine>, StoreError> {
        self.all(SOURCES, &args![unit_id, PAGE_ROWS, offset(page)])
            .await?
            .iter()
            .map(|row| {
                Ok(SourceLine {
                    source: source(row)?,
                    waiting: row.int("waiting")?,
                    last_run: row.opt_text("last_run")?,
                })
            })
            .collect()
    }

    /// Names of a unit's first sources, for filters.
    pub async fn watch_source_names(
        &self,
        unit_id: i64,
        count: i64,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        self.all(SOURCE_NAMES, &args![unit_id, count])
            .await?
            .iter()
            .map(|row| Ok((row.int("id")?, row.text("name")?)))
            .collect()
    }

    pub async fn watch_source(&self, id: i64) -> Result<Option<SourceRow>, StoreError> {
        let row = self.first(SOURCE_GET, &args![id]).await?;
        row.as_ref().map(source).transpose()
    }

    /// Watched sources whose next run is due.
    pub async fn watch_sources_due(
        &self,
        today: &str,
        count: i64,
    ) -> Result<Vec<SourceRow>, StoreError> {
        self.all(SOURCES_DUE, &args![today, count])
            .await?
            .iter()
            .map(source)
            .collect()
    }

    /// How many sources of each kind a unit watches.
    pub async fn watch_source_figures(
        &self,
        unit_id: i64,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        self.all(SOURCE_FIGURES, &args![unit_id])
            .await?
            .iter()
            .map(|row| Ok((row.text("kind")?, row.int("n")?)))
            .collect()
    }

    pub async fn watch_run(&self, id: i64) -> Result<Option<RunRow>, StoreError> {
        let row = self.first(RUN_GET, &args![id]).await?;
        row.as_ref().map(run).transpose()
    }

    /// One page of runs, newest first; `source_id` 0 is all sources.
    pub async fn watch_runs(
        &self,
        unit_id: i64,
        source_id: i64,
        page: i64,
    ) -> Result<Vec<RunRow>, StoreError> {
        self.all(RUNS, &args![unit_id, source_id, PAGE_ROWS, offset(page)])
            .await?
            .iter()
            .map(run)
            .collect()
    }

    /// The newest finished look at a whole source.
    pub async fn watch_last_look(&self, source_id: i64) -> Result<Option<RunRow>, StoreError> {
        let row = self.first(RUN_LAST_LOOK, &args![source_id]).await?;
        row.as_ref().map(run).transpose()
    }

    /// Figures of finished runs by month, both days included.
    pub async fn watch_run_months(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
    ) -> Result<Vec<RunMonth>, StoreError> {
        self.all(RUN_MONTHS, &args![unit_id, from, to])
            .await?
            .iter()
            .map(|row| {
                Ok(RunMonth {
                    month: row.text("month")?,
                    runs: row.int("runs")?,
                    same: row.int("same")?,
                    marked: row.int("marked")?,
                    clean: row.int("clean")?,
                    incomplete: row.int("incomplete")?,
                })
            })
            .collect()
    }
}

impl Tx {
    pub async fn add_watch_source(&mut self, new: &SourceRow) -> Result<i64, StoreError> {
        let values = args![
            new.unit_id,
            new.name.as_str(),
            new.kind.as_str(),
            new.place.as_str(),
            new.owner_code.as_str(),
            new.owner_name.as_str(),
            new.rate_per_min,
            new.every_days,
            new.next_on.as_deref(),
            new.created_by,
            new.created_at.as_str()
        ];
        self.one(SOURCE_ADD, &values).await?.int("id")
    }

    pub async fn watch_source(&mut self, id: i64) -> Result<Option<SourceRow>, StoreError> {
        let row = self.first(SOURCE_GET, &args![id]).await?;
        row.as_ref().map(source).transpose()
    }

    /// Turns watching on or off; `false` when the source was changed meanwhile.
    pub async fn set_watch_active(
        &mut self,
        id: i64,
        version: i64,
        active: bool,
        next_on: Option<&str>,
    ) -> Result<bool, StoreError> {
        let values = args![id, version, active, next_on];
        Ok(self.run(SOURCE_ACTIVE, &values).await? == 1)
    }

    pub async fn set_watch_next(
        &mut self,
        id: i64,
        next_on: Option<&str>,
    ) -> Result<(), StoreError> {
        self.run(SOURCE_NEXT, &args![id, next_on]).await?;
        Ok(())
    }

    /// The run of a source that has not ended.
    pub async fn watch_run_open(&mut self, source_id: i64) -> Result<Option<i64>, StoreError> {
        let row = self.first(RUN_OPEN, &args![source_id]).await?;
        row.map(|row| row.int("id")).transpose()
    }

    pub async fn add_watch_run(
        &mut self,
        source_id: i64,
        how: &str,
        rules: &str,
        asked_by: i64,
        at: &str,
    ) -> Result<i64, StoreError> {
        self.one(RUN_ADD, &args![source_id, how, rules, asked_by, at])
            .await?
            .int("id")
    }

    /// Begins a run, or goes on with one whose worker died; `false` when it has ended.
    pub async fn start_watch_run(
        &mut self,
        id: i64,
        rules: &str,
        worker: &str,
        at: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.run(RUN_START, &args![id, rules, worker, at]).await? == 1)
    }

    pub async fn set_watch_total(&mut self, id: i64, total: i64) -> Result<bool, StoreError> {
        Ok(self.run(RUN_TOTAL, &args![id, total]).await? == 1)
    }

    /// Adds to a run's figures; `false` when it has ended.
    pub async fn count_watch_run(&mut self, id: i64, add: RunCounts) -> Result<bool, StoreError> {
        let values = args![id, add.same, add.marked, add.clean, add.incomplete];
        Ok(self.run(RUN_COUNT, &values).await? == 1)
    }

    /// Ends a run; `false` when it had ended before.
    pub async fn end_watch_run(
        &mut self,
        id: i64,
        state: &str,
        said: &str,
        at: &str,
        on: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.run(RUN_END, &args![id, state, said, at, on]).await? == 1)
    }

    pub async fn watch_run(&mut self, id: i64) -> Result<Option<RunRow>, StoreError> {
        let row = self.first(RUN_GET, &args![id]).await?;
        row.as_ref().map(run).transpose()
    }

    /// The newest finished look at a whole source.
    pub async fn watch_last_look(&mut self, source_id: i64) -> Result<Option<RunRow>, StoreError> {
        let row = self.first(RUN_LAST_LOOK, &args![source_id]).await?;
        row.as_ref().map(run).transpose()
    }
}
