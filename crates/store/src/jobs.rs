//! The queue of jobs that workers share: many machines on PostgreSQL, one process on SQLite.
//!
//! A worker leases some jobs at once, tells now and then that it lives, and ends each. A lease that
//! ran out is given to the next worker. On PostgreSQL two workers never wait for each other
//! (`FOR UPDATE SKIP LOCKED`); SQLite has one writer anyway.

use std::fmt::Write as _;

use crate::limits::JOBS_AT_ONCE;
use crate::{Backend, Db, Row, StoreError, Tx, Value, args, statements};

/// A job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobRow {
    pub id: i64,
    pub kind: String,
    /// The same work stands once under its name.
    pub name: String,
    pub payload: String,
    /// `ready`, `leased`, `done`, `failed` or `poison`.
    pub state: String,
    /// When it may be taken; of a leased job the end of its lease.
    pub due_at: String,
    /// Leases so far.
    pub tries: i64,
    /// Workers that died over it.
    pub deaths: i64,
    pub worker: String,
    /// Code of the last failure.
    pub said: String,
    pub created_at: String,
    pub ended_at: Option<String>,
}

/// Work to do.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    pub kind: &'a str,
    pub name: &'a str,
    pub payload: &'a str,
    pub due_at: &'a str,
    pub created_at: &'a str,
}

statements! {
    JOB_GET = "SELECT * FROM job WHERE id = $1";
    JOB_END = "UPDATE job SET state = $3, said = $4, ended_at = $5 WHERE id = $1 AND worker = $2
        AND state = 'leased'";
    JOB_AGAIN = "UPDATE job SET state = 'ready', said = $4, due_at = $3, worker = '' WHERE id = $1 AND worker = $2
        AND state = 'leased'";
    JOBS_OPEN_NAMED = "SELECT COUNT(*) AS n FROM job WHERE ended_at IS NULL AND name >= $1 AND name < $2";
    /// What is done is not needed for long; the runs keep their figures.
    JOBS_DROP = "DELETE FROM job WHERE state = 'done' AND ended_at < $1";
}

/// The due jobs of a kind, oldest first: on PostgreSQL those that no other worker is just taking.
pub fn due_sql(backend: Backend) -> String {
    let lock = match backend {
        Backend::Sqlite => "",
        Backend::Postgres => " FOR UPDATE SKIP LOCKED",
    };
    format!(
        "SELECT * FROM job WHERE kind = $1 AND ended_at IS NULL AND due_at <= $2 ORDER BY due_at, id LIMIT $3{lock}"
    )
}

/// Leases so many jobs.
pub fn lease_sql(count: usize) -> String {
    format!(
        "UPDATE job SET state = 'leased', worker = $1, due_at = $2, deaths = $3, tries = tries + 1 WHERE id IN ({})",
        list(4, count)
    )
}

/// Keeps so many leases.
pub fn heartbeat_sql(count: usize) -> String {
    format!(
        "UPDATE job SET due_at = $2 WHERE worker = $1 AND state = 'leased' AND id IN ({})",
        list(3, count)
    )
}

/// Adds so many jobs; names that stand already are left.
pub fn enqueue_sql(count: usize) -> String {
    let mut sql = String::from(
        "INSERT INTO job (kind, name, payload, state, due_at, tries, deaths, worker, said, created_at) VALUES ",
    );
    for n in 0..count {
        let comma = if n > 0 { ", " } else { "" };
        let p = n * 5;
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            "{comma}(${}, ${}, ${}, 'ready', ${}, 0, 0, '', '', ${})",
            p + 1,
            p + 2,
            p + 3,
            p + 4,
            p + 5
        );
    }
    sql.push_str(" ON CONFLICT (name) DO NOTHING");
    sql
}

fn list(first: usize, count: usize) -> String {
    let list: Vec<String> = (first..first + count)
        .map(|number| format!("${number}"))
        .collect();
    list.join(", ")
}

fn job(row: &Row) -> Result<JobRow, StoreError> {
    Ok(JobRow {
        id: row.int("id")?,
        kind: row.text("kind")?,
        name: row.text("name")?,
        payload: row.text("payload")?,
        state: row.text("state")?,
        due_at: row.text("due_at")?,
        tries: row.int("tries")?,
        deaths: row.int("deaths")?,
        worker: row.text("worker")?,
        said: row.text("said")?,
        created_at: row.text("created_at")?,
        ended_at: row.opt_text("ended_at")?,
    })
}

impl Db {
    pub async fn job(&self, id: i64) -> Result<Option<JobRow>, StoreError> {
        let row = self.first(JOB_GET, &args![id]).await?;
        row.as_ref().map(job).transpose()
    }

    /// How many jobs wait or are leased whose name begins so, before a slash.
    pub async fn jobs_open_named(&self, prefix: &str) -> Result<i64, StoreError> {
        // The sign after `/` is `0`.
        let values = args![format!("{prefix}/"), format!("{prefix}0")];
        self.one(JOBS_OPEN_NAMED, &values).await?.int("n")
    }
}

impl Tx {
    /// Adds jobs; the answer counts those whose name did not stand yet.
    pub async fn enqueue(&mut self, jobs: &[NewJob<'_>]) -> Result<u64, StoreError> {
        let mut added = 0;
        for part in jobs.chunks(JOBS_AT_ONCE) {
            let mut values: Vec<Value> = Vec::with_capacity(part.len() * 5);
            for one in part {
                values.extend(args![
                    one.kind,
                    one.name,
                    one.payload,
                    one.due_at,
                    one.created_at
                ]);
            }
            added += self.run(&enqueue_sql(part.len()), &values).await?;
        }
        Ok(added)
    }

    /// Due jobs of a kind, kept from other workers until this transaction ends.
    pub async fn due_jobs(
        &mut self,
        kind: &str,
        now: &str,
        count: i64,
    ) -> Result<Vec<JobRow>, StoreError> {
        let backend = match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        };
        let rows = self
            .all(&due_sql(backend), &args![kind, now, count])
            .await?;
        rows.iter().map(job).collect()
    }

    /// Leases jobs whose workers died so often, until an instant.
    pub async fn lease_jobs(
        &mut self,
        worker: &str,
        until: &str,
        deaths: i64,
        ids: &[i64],
    ) -> Result<(), StoreError> {
        for part in ids.chunks(JOBS_AT_ONCE) {
            let mut values: Vec<Value> = args![worker, until, deaths].into();
            values.extend(part.iter().map(|id| Value::from(*id)));
            self.run(&lease_sql(part.len()), &values).await?;
        }
        Ok(())
    }

    /// Keeps leases until an instant; answers how many this worker still has.
    pub async fn heartbeat(
        &mut self,
        worker: &str,
        until: &str,
        ids: &[i64],
    ) -> Result<u64, StoreError> {
        let mut held = 0;
        for part in ids.chunks(JOBS_AT_ONCE) {
            let mut values: Vec<Value> = args![worker, until].into();
            values.extend(part.iter().map(|id| Value::from(*id)));
            held += self.run(&heartbeat_sql(part.len()), &values).await?;
        }
        Ok(held)
    }

    pub async fn job(&mut self, id: i64) -> Result<Option<JobRow>, StoreError> {
        let row = self.first(JOB_GET, &args![id]).await?;
        row.as_ref().map(job).transpose()
    }

    /// Ends a job; `false` when the lease is not this worker's any more.
    pub async fn end_job(
        &mut self,
        id: i64,
        worker: &str,
        state: &str,
        said: &str,
        at: &str,
    ) -> Result<bool, StoreError> {
        let ended = self
            .run(JOB_END, &args![id, worker, state, said, at])
            .await?;
        Ok(ended == 1)
    }

    /// Gives a job back, to be taken again later; `false` as for [`Tx::end_job`].
    pub async fn again_job(
        &mut self,
        id: i64,
        worker: &str,
        due_at: &str,
        said: &str,
    ) -> Result<bool, StoreError> {
        let given = self
            .run(JOB_AGAIN, &args![id, worker, due_at, said])
            .await?;
        Ok(given == 1)
    }

    /// Forgets jobs that were done before an instant.
    pub async fn drop_jobs(&mut self, before: &str) -> Result<u64, StoreError> {
        self.run(JOBS_DROP, &args![before]).await
    }
}
