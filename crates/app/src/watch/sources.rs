//! What is watched, and when it is looked at.

use domain::Fact;
use domain::access::Action;
use domain::watch::source::{self, Draft};
use store::watch::{RunRow, SourceLine, SourceRow};

use super::runs::RunTask;
use crate::{Act, App, AppError, Who, jobs, limits};

impl App {
    /// One page of the unit's sources.
    pub async fn watch_sources(&self, who: &Who, page: i64) -> Result<Vec<SourceLine>, AppError> {
        who.require(Action::ReadWatch)?;
        Ok(self.db.watch_sources(who.actor.unit, page).await?)
    }

    /// Numbers and names of the unit's first sources, for filters.
    pub async fn watch_source_names(&self, who: &Who) -> Result<Vec<(i64, String)>, AppError> {
        who.require(Action::ReadWatch)?;
        Ok(self
            .db
            .watch_source_names(who.actor.unit, limits::WATCH_NAMES_MAX)
            .await?)
    }

    /// A source of one's own unit.
    pub async fn watch_source(&self, who: &Who, id: i64) -> Result<SourceRow, AppError> {
        who.require(Action::ReadWatch)?;
        let row = self.db.watch_source(id).await?;
        row.filter(|row| row.unit_id == who.actor.unit)
            .ok_or(AppError::Absent)
    }

    /// Adds a source. With a schedule its first run is due at once.
    ///
    /// # Errors
    /// `WATCH-01` to `WATCH-04` for its fields.
    pub async fn add_watch_source(
        &self,
        who: &Who,
        request: Option<&str>,
        draft: &Draft,
    ) -> Result<i64, AppError> {
        who.require(Action::WriteWatch)?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let new = source::enter(draft)?;
        let row = SourceRow {
            unit_id: who.actor.unit,
            name: new.name,
            kind: new.kind,
            place: new.place,
            owner_code: new.owner_code,
            owner_name: new.owner_name,
            rate_per_min: new.rate_per_min,
            every_days: new.every_days,
            next_on: new.every_days.map(|_| act.today.to_string()),
            created_by: who.actor.account,
            created_at: act.now.clone(),
            ..SourceRow::default()
        };
        let id = act.tx.add_watch_source(&row).await?;
        act.record(
            format!("watch-source:{id}"),
            Fact::new("watch.source-added").with("kind", &row.kind),
        );
        act.finish(&id.to_string()).await?;
        Ok(id)
    }

    /// Stops watching a source; what was found stays.
    ///
    /// # Errors
    /// Stale when it was changed meanwhile.
    pub async fn stop_watching(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
        version: i64,
    ) -> Result<(), AppError> {
        who.require(Action::WriteWatch)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        own(&mut act, who, id).await?;
        if !act.tx.set_watch_active(id, version, false, None).await? {
            return Err(AppError::Stale);
        }
        act.record(
            format!("watch-source:{id}"),
            Fact::new("watch.source-stopped"),
        );
        act.finish("stopped").await
    }

    /// Watches a source again.
    ///
    /// # Errors
    /// Stale when it was changed meanwhile.
    pub async fn watch_again(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
        version: i64,
    ) -> Result<(), AppError> {
        who.require(Action::WriteWatch)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let source = own(&mut act, who, id).await?;
        let next = source.every_days.map(|_| act.today.to_string());
        let changed = act
            .tx
            .set_watch_active(id, version, true, next.as_deref())
            .await?;
        if !changed {
            return Err(AppError::Stale);
        }
        act.record(
            format!("watch-source:{id}"),
            Fact::new("watch.source-resumed"),
        );
        act.finish("resumed").await
    }

    /// Queues a look at the whole source.
    ///
    /// # Errors
    /// `WATCH-05` it is not watched; `WATCH-06` a run of it is still open; `WATCH-30` files are
    /// brought to it.
    pub async fn start_watch_run(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
    ) -> Result<i64, AppError> {
        who.require(Action::WriteWatch)?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let source = own(&mut act, who, id).await?;
        let run = queue_run(&mut act, who, &source).await?;
        act.finish(&run.to_string()).await?;
        Ok(run)
    }

    /// One page of runs, newest first; source 0 is all.
    pub async fn watch_runs(
        &self,
        who: &Who,
        source: i64,
        page: i64,
    ) -> Result<Vec<RunRow>, AppError> {
        who.require(Action::ReadWatch)?;
        Ok(self.db.watch_runs(who.actor.unit, source, page).await?)
    }

    /// A run of one's own unit.
    pub async fn watch_run(&self, who: &Who, id: i64) -> Result<RunRow, AppError> {
        who.require(Action::ReadWatch)?;
        let row = self.db.watch_run(id).await?;
        row.filter(|row| row.unit_id == who.actor.unit)
            .ok_or(AppError::Absent)
    }
}

/// A source of the actor's unit, inside the act.
pub(super) async fn own(act: &mut Act<'_>, who: &Who, id: i64) -> Result<SourceRow, AppError> {
    let row = act.tx.watch_source(id).await?;
    row.filter(|row| row.unit_id == who.actor.unit)
        .ok_or(AppError::Absent)
}

async fn queue_run(act: &mut Act<'_>, who: &Who, source: &SourceRow) -> Result<i64, AppError> {
    let open = act.tx.watch_run_open(source.id).await?;
    source::may_look(&source.kind, source.active, open.is_some())?;
    let now = act.now.clone();
    let run = act
        .tx
        .add_watch_run(source.id, "patrol", "", who.actor.account, &now)
        .await?;
    let task = RunTask {
        run,
        source: source.id,
    };
    let job = store::jobs::NewJob {
        kind: jobs::RUN,
        name: &format!("run:{run}"),
        payload: &task.to_text(),
        due_at: &now,
        created_at: &now,
    };
    act.tx.enqueue(&[job]).await?;
    let next = next_on(act, source)?;
    act.tx.set_watch_next(source.id, next.as_deref()).await?;
    act.record(
        format!("watch-run:{run}"),
        Fact::new("watch.run-queued").with("source", source.id),
    );
    Ok(run)
}

fn next_on(act: &Act<'_>, source: &SourceRow) -> Result<Option<String>, AppError> {
    let Some(days) = source.every_days else {
        return Ok(None);
    };
    let days = i32::try_from(days).map_err(|_| AppError::Clock)?;
    let next = act.today.plus_days(days).map_err(|_| AppError::Clock)?;
    Ok(Some(next.to_string()))
}

/// Queues the runs that are due by schedule, at most so many; answers their numbers. A source whose
/// last run is still open is asked again tomorrow.
///
/// # Errors
/// Those of the store.
pub async fn start_due(app: &App, count: i64) -> Result<Vec<i64>, AppError> {
    let today = app.today()?;
    let mut runs = Vec::new();
    for source in app
        .db
        .watch_sources_due(&today.to_string(), count.clamp(1, 100))
        .await?
    {
        let who = app.on_behalf(source.created_by).await?;
        let Ok(mut act) = app.begin(&who, None).await? else {
            continue;
        };
        // Somebody may have changed it, or run it, since the list was read.
        let Some(source) = act.tx.watch_source(source.id).await? else {
            continue;
        };
        let due = source
            .next_on
            .as_deref()
            .is_some_and(|on| on <= today.to_string().as_str());
        if !source.active || !due {
            continue;
        }
        if act.tx.watch_run_open(source.id).await?.is_some() {
            let tomorrow = today.plus_days(1).map_err(|_| AppError::Clock)?.to_string();
            act.tx.set_watch_next(source.id, Some(&tomorrow)).await?;
            act.finish("").await?;
            continue;
        }
        runs.push(queue_run(&mut act, &who, &source).await?);
        act.finish("").await?;
    }
    Ok(runs)
}
