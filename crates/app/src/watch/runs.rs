//! A run from its beginning to its end, as workers carry it out, and files of reports.

use domain::access::Action;
use domain::{Fact, Refusal};
use serde::{Deserialize, Serialize};
use store::jobs::{JobRow, NewJob};
use store::watch::{RunRow, SourceRow};

use super::records::{self, Recorded};
use super::{jsonl, key, sources};
use crate::library::plain_name;
use crate::{Act, App, AppError, Who, clock, jobs, limits};

/// The payload of a job that looks at a whole source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTask {
    pub run: i64,
    pub source: i64,
}

/// The payload of a job that reads one file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTask {
    pub run: i64,
    /// Address or path.
    pub address: String,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<'a> {
    /// The whole source was looked at.
    Done,
    /// It was not, for this reason (a stable code).
    Failed(&'a str),
}

/// What a file of reports gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    pub run: i64,
    pub recorded: Recorded,
}

impl RunTask {
    pub(super) fn to_text(self) -> String {
        serde_json::json!({"run": self.run, "source": self.source}).to_string()
    }

    /// Reads a payload.
    pub fn parse(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }
}

impl FileTask {
    /// Reads a payload.
    pub fn parse(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }
}

/// Begins a run, or goes on with one whose worker died; answers run and source.
///
/// # Errors
/// [`AppError::Absent`] for no such run; `WATCH-09` when it has ended.
pub async fn begin_run(
    app: &App,
    run: i64,
    worker: &str,
    rules: &str,
) -> Result<(RunRow, SourceRow), AppError> {
    let at = clock::instant(app.clock.now());
    let mut tx = app.db.begin().await?;
    let row = tx.watch_run(run).await?.ok_or(AppError::Absent)?;
    let source = tx
        .watch_source(row.source_id)
        .await?
        .ok_or(AppError::Absent)?;
    if !tx.start_watch_run(run, rules, worker, &at).await? {
        return Err(Refusal::new("WATCH-09").into());
    }
    let row = tx.watch_run(run).await?.ok_or(AppError::Absent)?;
    tx.commit().await?;
    Ok((row, source))
}

/// Says how many files the run has to look at.
///
/// # Errors
/// `WATCH-09` when it has ended.
pub async fn set_total(app: &App, run: i64, total: i64) -> Result<(), AppError> {
    let mut tx = app.db.begin().await?;
    if !tx.set_watch_total(run, total.max(0)).await? {
        return Err(Refusal::new("WATCH-09").into());
    }
    tx.commit().await?;
    Ok(())
}

/// Shares files of a run among all workers; each address once. Answers how many were added.
///
/// # Errors
/// Those of the store.
pub async fn enqueue_files(app: &App, run: i64, addresses: &[String]) -> Result<u64, AppError> {
    let at = clock::instant(app.clock.now());
    let named: Vec<(String, String)> = addresses
        .iter()
        .map(|address| {
            let payload = serde_json::json!({"run": run, "address": address});
            (
                format!("run:{run}/{}", key(&[address])),
                payload.to_string(),
            )
        })
        .collect();
    let new: Vec<NewJob<'_>> = named
        .iter()
        .map(|(name, payload)| NewJob {
            kind: jobs::FILE,
            name,
            payload,
            due_at: &at,
            created_at: &at,
        })
        .collect();
    let mut tx = app.db.begin().await?;
    let added = tx.enqueue(&new).await?;
    tx.commit().await?;
    Ok(added)
}

/// How many files of a run wait or are being read.
///
/// # Errors
/// Those of the store.
pub async fn files_left(app: &App, run: i64) -> Result<i64, AppError> {
    let prefix = format!("run:{run}");
    Ok(app.db.jobs_open_named(&prefix).await?)
}

/// Ends a run. Ending it twice changes nothing.
///
/// # Errors
/// [`AppError::Absent`] for no such run.
pub async fn end_run(app: &App, run: i64, ended: Ended<'_>) -> Result<(), AppError> {
    let row = app.db.watch_run(run).await?.ok_or(AppError::Absent)?;
    let who = app.on_behalf(row.asked_by).await?;
    let Ok(mut act) = app.begin(&who, None).await? else {
        return Ok(());
    };
    if close(&mut act, run, ended).await? {
        act.finish("").await?;
    }
    Ok(())
}

/// Ends a run inside an act; `false` when it had ended.
async fn close(act: &mut Act<'_>, run: i64, ended: Ended<'_>) -> Result<bool, AppError> {
    let (state, said) = match ended {
        Ended::Done => ("done", ""),
        Ended::Failed(code) => ("failed", code),
    };
    let (at, on) = (act.now.clone(), act.today.to_string());
    if !act.tx.end_watch_run(run, state, said, &at, &on).await? {
        return Ok(false);
    }
    let row = act.tx.watch_run(run).await?.ok_or(AppError::Absent)?;
    act.record(
        format!("watch-run:{run}"),
        Fact::new("watch.run-ended")
            .with("state", state)
            .with("same", row.same)
            .with("marked", row.marked)
            .with("clean", row.clean)
            .with("incomplete", row.incomplete),
    );
    Ok(true)
}

/// Ends a job that nobody will do, and what it means for its run: a look that cannot be made ends
/// as failed, a file that kills its readers counts as not read.
pub(crate) async fn bury(
    app: &App,
    worker: &str,
    job: &JobRow,
    state: &str,
    code: &str,
) -> Result<(), AppError> {
    let whole = RunTask::parse(&job.payload).filter(|_| job.kind == jobs::RUN);
    let file = FileTask::parse(&job.payload).filter(|_| job.kind == jobs::FILE);
    let run = whole
        .map(|task| task.run)
        .or(file.as_ref().map(|task| task.run));
    let row = match run {
        Some(run) => app.db.watch_run(run).await?,
        None => None,
    };
    let Some(row) = row else {
        let at = clock::instant(app.clock.now());
        let mut tx = app.db.begin().await?;
        tx.end_job(job.id, worker, state, code, &at).await?;
        return Ok(tx.commit().await?);
    };
    let who = app.on_behalf(row.asked_by).await?;
    let Ok(mut act) = app.begin(&who, None).await? else {
        return Ok(());
    };
    let at = act.now.clone();
    if !act.tx.end_job(job.id, worker, state, code, &at).await? {
        return Ok(());
    }
    match file {
        Some(task) => {
            let seen = records::unreadable(&row, &task.address, &at);
            records::unread_file(&mut act, &row, &seen).await?;
        }
        None => {
            close(&mut act, row.id, Ended::Failed(code)).await?;
        }
    }
    act.finish("").await
}

/// How far a run is, in percent; `None` while nobody knows how much there is.
pub fn run_progress(run: &RunRow) -> Option<i64> {
    let done = run.same + run.marked + run.clean + run.incomplete;
    if run.ended_at.is_some() {
        return Some(100);
    }
    let total = run.total.filter(|total| *total > 0)?;
    // Members of archives are counted too, so the count may pass the files.
    Some((done.saturating_mul(100) / total).min(99))
}

impl App {
    /// Takes a file of `khien scan --jsonl` as a run of its own: all of it or nothing.
    ///
    /// # Errors
    /// `WATCH-05`, `WATCH-06` as for a run; `WATCH-07`, `WATCH-08` by line; `REPORT-SIZE` too large.
    pub async fn import_reports(
        &self,
        who: &Who,
        request: Option<&str>,
        source: i64,
        file_name: &str,
        bytes: &[u8],
    ) -> Result<Imported, AppError> {
        who.require(Action::WriteWatch)?;
        let reports = jsonl::read(bytes)?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return repeated(self, &outcome).await,
        };
        let source = sources::own(&mut act, who, source).await?;
        let open = act.tx.watch_run_open(source.id).await?;
        domain::watch::source::may_run(source.active, open.is_some())?;
        let now = act.now.clone();
        let name = plain_name(file_name);
        let run = act
            .tx
            .add_watch_run(source.id, "import", &name, who.actor.account, &now)
            .await?;
        act.tx.start_watch_run(run, &name, "", &now).await?;
        let row = act.tx.watch_run(run).await?.ok_or(AppError::Absent)?;
        let recorded = records::write(&mut act, &row, &reports).await?;
        close(&mut act, run, Ended::Done).await?;
        act.finish(&run.to_string()).await?;
        Ok(Imported { run, recorded })
    }
}

/// The outcome of a form that was sent twice.
async fn repeated(app: &App, outcome: &str) -> Result<Imported, AppError> {
    let run: i64 = outcome.parse().map_err(|_| AppError::Stale)?;
    let row = app.db.watch_run(run).await?.ok_or(AppError::Stale)?;
    let recorded = Recorded {
        marked: row.marked,
        clean: row.clean,
        incomplete: row.incomplete,
        ..Recorded::default()
    };
    Ok(Imported { run, recorded })
}

/// A batch may not be larger than a file of reports.
pub(super) fn bounded(count: usize) -> Result<(), AppError> {
    if count <= limits::REPORTS_MAX {
        return Ok(());
    }
    Err(AppError::Input {
        code: "REPORT-SIZE",
        what: limits::REPORTS_MAX.to_string(),
    })
}
