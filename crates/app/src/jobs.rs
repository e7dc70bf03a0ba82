//! The queue as workers use it: lease some jobs, tell that one lives, end each.
//!
//! Every function is one short transaction. Workers on many machines share one PostgreSQL queue;
//! on SQLite the workers are threads of the one server. A worker's name must be its own (host,
//! process, chance): a lease belongs to the name.

use std::collections::BTreeMap;

use domain::watch::job::{self, After, Next};
use store::jobs::JobRow;

use crate::{App, AppError, clock, limits, watch};

/// Looks at a whole source: payload [`watch::RunTask`].
pub const RUN: &str = "watch.run";
/// Reads one file of a run: payload [`watch::FileTask`].
pub const FILE: &str = "watch.file";

/// A job that this worker has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    pub id: i64,
    pub kind: String,
    pub payload: String,
    /// Leases so far, this one too.
    pub tries: i64,
}

/// Takes due jobs of a kind, at most [`limits::LEASE_JOBS_MAX`], for [`limits::LEASE_MIN`] minutes.
/// A job whose workers died three times is set aside instead, and what it was part of says so. One that a worker has
/// died over is taken alone: what would stand beside it in a lease is not to share its end.
///
/// # Errors
/// Those of the store.
pub async fn lease(
    app: &App,
    worker: &str,
    kind: &str,
    count: i64,
) -> Result<Vec<Leased>, AppError> {
    let now = app.clock.now();
    let at = clock::instant(now);
    let until = clock::later(now, limits::LEASE_MIN)?;
    let mut tx = app.db.begin().await?;
    let due = tx
        .due_jobs(kind, &at, count.clamp(1, limits::LEASE_JOBS_MAX))
        .await?;
    let mut leased = Vec::with_capacity(due.len());
    let mut by_deaths: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut dead = Vec::new();
    let mut due: Vec<(JobRow, Next)> = due
        .into_iter()
        .map(|row| {
            let next = job::next(&row.state, row.deaths);
            (row, next)
        })
        .collect();
    let suspect = |(_, next): &(JobRow, Next)| matches!(next, Next::Lease { deaths: 1.. });
    if let Some(at) = due.iter().position(suspect) {
        due = vec![due.swap_remove(at)];
    }
    for (row, next) in due {
        let (Next::Lease { deaths } | Next::Quarantine { deaths }) = next;
        by_deaths.entry(deaths).or_default().push(row.id);
        if matches!(next, Next::Quarantine { .. }) {
            dead.push(row);
            continue;
        }
        leased.push(Leased {
            id: row.id,
            kind: row.kind,
            payload: row.payload,
            tries: row.tries + 1,
        });
    }
    for (deaths, ids) in by_deaths {
        tx.lease_jobs(worker, &until, deaths, &ids).await?;
    }
    tx.commit().await?;
    // Each is an act of its own, with its event. Should this worker die here, the next one does it.
    for row in &dead {
        watch::bury(app, worker, row, job::POISON, "JOB-POISON").await?;
    }
    Ok(leased)
}

/// Tells that a worker lives: its leases begin anew. Answers how many of them it still has; fewer
/// than it asked for means that others have taken over, and its work on them is in vain.
///
/// # Errors
/// Those of the store.
pub async fn heartbeat(app: &App, worker: &str, ids: &[i64]) -> Result<u64, AppError> {
    let until = clock::later(app.clock.now(), limits::LEASE_MIN)?;
    let mut tx = app.db.begin().await?;
    let held = tx.heartbeat(worker, &until, ids).await?;
    tx.commit().await?;
    Ok(held)
}

/// Ends a job that was done; `false` when the lease was another's meanwhile.
///
/// # Errors
/// Those of the store.
pub async fn finish(app: &App, worker: &str, id: i64) -> Result<bool, AppError> {
    let at = clock::instant(app.clock.now());
    let mut tx = app.db.begin().await?;
    let ended = tx.end_job(id, worker, job::DONE, "", &at).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends jobs that were done together.
///
/// # Errors
/// Those of the store.
pub async fn finish_all(app: &App, worker: &str, ids: &[i64]) -> Result<(), AppError> {
    let at = clock::instant(app.clock.now());
    let mut tx = app.db.begin().await?;
    for id in ids {
        tx.end_job(*id, worker, job::DONE, "", &at).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Says that a job failed, by a stable code and never by words of a file. It is tried again later,
/// or given up after five tries.
///
/// # Errors
/// [`AppError::Absent`] when there is no such job; those of the store.
pub async fn fail(app: &App, worker: &str, id: i64, code: &str) -> Result<After, AppError> {
    let row = app.db.job(id).await?.ok_or(AppError::Absent)?;
    let after = job::failed(row.tries);
    match after {
        After::Again { in_min } => {
            let due = clock::later(app.clock.now(), in_min)?;
            let mut tx = app.db.begin().await?;
            tx.again_job(id, worker, &due, code).await?;
            tx.commit().await?;
        }
        After::GiveUp => watch::bury(app, worker, &row, job::FAILED, code).await?,
    }
    Ok(after)
}

/// Forgets jobs that were done a week ago.
///
/// # Errors
/// Those of the store.
pub async fn tidy(app: &App) -> Result<u64, AppError> {
    let before = clock::later(app.clock.now(), -limits::JOBS_KEPT_MIN)?;
    let mut tx = app.db.begin().await?;
    let dropped = tx.drop_jobs(&before).await?;
    tx.commit().await?;
    Ok(dropped)
}
