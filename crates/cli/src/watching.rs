//! Does the jobs of the watch: leases them, takes the bytes to locked workers, records what they said.
//!
//! A portal is fetched by one worker, because its robots.txt allows one slow visitor. The files of a folder are shared among
//! all workers of the queue, each file once. Whoever dies in between loses its lease, and another goes on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use app::watch::{Ended, FileTask, Report, RunTask, Seen};
use app::{App, AppError, jobs, watch};
use patrol::crawl::{self, Plan};
use patrol::walk::{Entry, walk};
use patrol::{PatrolError, Pool};
use scan::{FileReport, Reason};
use sha2::{Digest as _, Sha256};
use store::watch::SourceRow;
use tokio::task::JoinSet;

use crate::commands::scan::{OcrWord, settings};
use crate::real::RealClock;

/// First wait when the queue is empty: while a folder is listed, more comes at once. Each further wait is twice as long.
const IDLE_FIRST: Duration = Duration::from_millis(50);
/// Longest wait between two looks at an empty queue.
const IDLE: Duration = Duration::from_secs(2);
/// A lease begins anew this often.
const BEAT: Duration = Duration::from_secs(60);
/// Files that are asked about, or recorded, in one transaction.
const BATCH: usize = 100;
/// Files that one worker takes at a time; they are read side by side and recorded together.
const FILES: i64 = 32;

/// One worker of the queue.
pub struct Watching {
    app: App,
    pool: Arc<Pool>,
    name: String,
    rules: String,
    /// Folder of the WARC files.
    evidence: PathBuf,
}

/// Why a job could not be done: a stable code for the queue.
enum Failed {
    App(AppError),
    Code(String),
}

impl From<AppError> for Failed {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<PatrolError> for Failed {
    fn from(error: PatrolError) -> Self {
        Self::Code(error.code().to_owned())
    }
}

impl Failed {
    fn code(&self) -> String {
        match self {
            Self::App(error) => error.code().to_owned(),
            Self::Code(code) => code.clone(),
        }
    }
}

impl Watching {
    /// A worker with a name of its own.
    pub fn new(app: App, pool: Arc<Pool>, evidence: &Path) -> anyhow::Result<Self> {
        let mut chance = [0; 8];
        crate::real::fill(&mut chance);
        let chance: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            app,
            pool,
            name: format!("{}-{chance}", std::process::id()),
            rules: rules().context("cannot read this program's own file")?,
            evidence: evidence.to_owned(),
        })
    }

    /// Works until it is told to stop; what is under way is finished first.
    pub async fn go(&self, stop: &tokio::sync::watch::Receiver<bool>) {
        let mut idle = IDLE_FIRST;
        while !*stop.borrow() {
            match self.turn().await {
                Ok(true) => idle = IDLE_FIRST,
                Ok(false) => {
                    tokio::time::sleep(idle).await;
                    idle = (idle * 2).min(IDLE);
                }
                Err(error) => {
                    tracing::error!(
                        code = error.code(),
                        "the queue of the watch cannot be asked"
                    );
                    tokio::time::sleep(IDLE * 5).await;
                }
            }
        }
    }

    /// Does what is due; `false` when there was nothing.
    pub async fn turn(&self) -> Result<bool, AppError> {
        if self.files().await? {
            return Ok(true);
        }
        watch::start_due(&self.app, 10).await?;
        let Some(job) = jobs::lease(&self.app, &self.name, jobs::RUN, 1)
            .await?
            .pop()
        else {
            return Ok(false);
        };
        let ended = self.beating(&[job.id], self.run(&job.payload)).await;
        self.end(job.id, ended).await?;
        Ok(true)
    }

    /// Reads some files that are shared among the workers.
    async fn files(&self) -> Result<bool, AppError> {
        let leased = jobs::lease(&self.app, &self.name, jobs::FILE, FILES).await?;
        let ids: Vec<i64> = leased.iter().map(|job| job.id).collect();
        let mut by_run: BTreeMap<i64, Vec<(i64, Vec<FileReport>)>> = BTreeMap::new();
        for (job, read) in self.beating(&ids, self.read_all(leased)).await {
            match read {
                Ok((run, reports)) => by_run.entry(run).or_default().push((job, reports)),
                Err(failed) => self.end(job, Err(failed)).await?,
            }
        }
        for (run, files) in by_run {
            self.record_files(run, files).await?;
        }
        Ok(!ids.is_empty())
    }

    /// The run of each leased file and what was read of it, in the order of their ends.
    async fn read_all(
        &self,
        leased: Vec<jobs::Leased>,
    ) -> Vec<(i64, Result<(i64, Vec<FileReport>), Failed>)> {
        let mut reading = JoinSet::new();
        for job in leased {
            let pool = Arc::clone(&self.pool);
            reading.spawn_blocking(move || {
                let task = FileTask::parse(&job.payload)
                    .ok_or_else(|| Failed::Code("JOB-PAYLOAD".to_owned()));
                let read = task.and_then(|task| {
                    let reports = read(&pool, Path::new(&task.address))?;
                    Ok((task.run, reports))
                });
                (job.id, read)
            });
        }
        let mut done = Vec::with_capacity(reading.len());
        while let Some(read) = reading.join_next().await {
            // Whose reading panicked keeps its lease, which ends by itself.
            done.extend(read.ok());
        }
        done
    }

    /// All in one act; where that is refused, one by one, so that one report does not hold up the others.
    async fn record_files(
        &self,
        run: i64,
        files: Vec<(i64, Vec<FileReport>)>,
    ) -> Result<(), AppError> {
        let (jobs, reports): (Vec<i64>, Vec<Vec<FileReport>>) = files.into_iter().unzip();
        if self.record(run, &reports.concat()).await.is_ok() {
            return jobs::finish_all(&self.app, &self.name, &jobs).await;
        }
        for (job, reports) in jobs.into_iter().zip(reports) {
            let ended = self.record(run, &reports).await;
            self.end(job, ended).await?;
        }
        Ok(())
    }

    async fn end(&self, job: i64, ended: Result<(), Failed>) -> Result<(), AppError> {
        match ended {
            Ok(()) => jobs::finish(&self.app, &self.name, job).await.map(drop),
            Err(failed) => jobs::fail(&self.app, &self.name, job, &failed.code())
                .await
                .map(drop),
        }
    }

    /// Does the work, and tells the queue each minute that it lives.
    async fn beating<T>(&self, jobs: &[i64], work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(BEAT) => {
                    if let Err(error) = jobs::heartbeat(&self.app, &self.name, jobs).await {
                        tracing::warn!(code = error.code(), "a lease could not be renewed");
                    }
                }
            }
        }
    }

    async fn run(&self, payload: &str) -> Result<(), Failed> {
        let task = RunTask::parse(payload).ok_or_else(|| Failed::Code("JOB-PAYLOAD".to_owned()))?;
        let (run, source) = watch::begin_run(&self.app, task.run, &self.name, &self.rules).await?;
        let done = match source.kind.as_str() {
            "portal" => self.portal(run.id, &source).await,
            "folder" | "mailbox" => self.folder(run.id, &source).await,
            _ => Err(Failed::Code("WATCH-KIND".to_owned())),
        };
        match done {
            Ok(()) => watch::end_run(&self.app, run.id, Ended::Done).await?,
            Err(Failed::Code(code)) => {
                watch::end_run(&self.app, run.id, Ended::Failed(&code)).await?;
            }
            Err(failed @ Failed::App(_)) => return Err(failed),
        }
        Ok(())
    }

    /// Fetches a portal; what comes is recorded while the next page is fetched.
    async fn portal(&self, run: i64, source: &SourceRow) -> Result<(), Failed> {
        #[expect(clippy::cast_precision_loss, reason = "requests a minute are few")]
        let rate = if source.rate_per_min > 0 {
            source.rate_per_min as f64 / 60.0
        } else {
            1.0
        };
        let folder = self.evidence.join(format!("run-{run}"));
        let plan = Plan {
            rate,
            ..Plan::new(vec![source.place.clone()], &folder)
        };
        let (give, mut take) = tokio::sync::mpsc::unbounded_channel::<FileReport>();
        let fetching = async {
            let now = || app::Clock::now(&RealClock);
            let done = crawl::crawl(&plan, Arc::clone(&self.pool), &now, &mut |report, _| {
                // The recorder ends only after an error, which it returns itself.
                let _ = give.send(report.clone());
                Ok(())
            })
            .await;
            drop(give);
            done
        };
        let recording = async {
            let mut batch = Vec::new();
            while let Some(report) = take.recv().await {
                let whole = report.member.is_none();
                batch.push(report);
                if whole && (batch.len() >= BATCH || take.is_empty()) {
                    self.record(run, &std::mem::take(&mut batch)).await?;
                }
            }
            self.record(run, &batch).await
        };
        let (fetched, recorded) = tokio::join!(fetching, recording);
        recorded?;
        let (_, fetches, _) = fetched?;
        if fetches.pages == 0 {
            return Err(Failed::Code("CRAWL-NOTHING".to_owned()));
        }
        Ok(())
    }

    /// Lists a folder, asks which files changed, shares those, and helps until none is left.
    async fn folder(&self, run: i64, source: &SourceRow) -> Result<(), Failed> {
        let root = PathBuf::from(&source.place);
        if !root.exists() {
            return Err(Failed::Code("WATCH-PLACE".to_owned()));
        }
        let mut total = 0_i64;
        let mut batch = Vec::new();
        for entry in walk(&root, None) {
            match entry {
                Entry::File(path) => batch.push(path),
                Entry::Unreadable(path, _) => {
                    let report =
                        patrol::pool::unread(&patrol::names::of(&path), 0, Reason::Damaged, "");
                    total += 1;
                    self.record(run, &[report]).await?;
                }
                Entry::Link(_) | Entry::Special(_) => {}
            }
            if batch.len() == BATCH {
                total += self.share(run, &std::mem::take(&mut batch)).await?;
                watch::set_total(&self.app, run, total).await?;
            }
        }
        total += self.share(run, &batch).await?;
        watch::set_total(&self.app, run, total).await?;
        let mut idle = IDLE_FIRST;
        while watch::files_left(&self.app, run).await? > 0 {
            if self.files().await? {
                idle = IDLE_FIRST;
            } else {
                tokio::time::sleep(idle).await;
                idle = (idle * 2).min(IDLE);
            }
        }
        Ok(())
    }

    /// Answers how many files there were.
    async fn share(&self, run: i64, paths: &[PathBuf]) -> Result<i64, Failed> {
        let mut known = Vec::new();
        for path in paths {
            // A name that is no text has no address in the queue; it is read here and now.
            let Some(address) = path.to_str() else {
                let (pool, path) = (Arc::clone(&self.pool), path.clone());
                let read = tokio::task::spawn_blocking(move || read(&pool, &path)).await;
                let reports = read.map_err(|_| Failed::Code("JOB-PANIC".to_owned()))??;
                self.record(run, &reports).await?;
                continue;
            };
            known.push(Seen {
                address: address.to_owned(),
                sha256: digest(path).await,
            });
        }
        let unread = watch::unread(&self.app, run, &known).await?;
        let addresses: Vec<String> = known
            .into_iter()
            .zip(unread)
            .filter(|(_, unread)| *unread)
            .map(|(seen, _)| seen.address)
            .collect();
        watch::enqueue_files(&self.app, run, &addresses).await?;
        Ok(i64::try_from(paths.len()).unwrap_or(i64::MAX))
    }

    async fn record(&self, run: i64, reports: &[FileReport]) -> Result<(), Failed> {
        if reports.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = reports.iter().map(patrol::report::line).collect();
        let reports: Vec<Report> = watch::read_reports(lines.join("\n").as_bytes())?;
        watch::record_reports(&self.app, run, reports).await?;
        Ok(())
    }
}

/// Reads one file, by a locked worker.
fn read(pool: &Pool, path: &Path) -> Result<Vec<FileReport>, PatrolError> {
    let name = patrol::names::of(path);
    match patrol::source::open(path).map(|opened| opened.body()) {
        Ok(Ok(body)) => pool.scan(&name, &body).map(|scanned| scanned.reports),
        // It was listed a moment ago: gone, or not to be read.
        Ok(Err(_)) | Err(_) => Ok(vec![patrol::pool::unread(&name, 0, Reason::Damaged, "")]),
    }
}

async fn digest(path: &Path) -> String {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || {
        let opened = patrol::source::open(&path).ok()?;
        patrol::source::digest(&opened.body().ok()?).ok()
    })
    .await
    .ok()
    .flatten()
    .unwrap_or_default()
}

/// What decides answers beside the files: this very program, which carries rules and readers. Equal on all machines that run it.
fn rules() -> std::io::Result<String> {
    let mut file = std::fs::File::open("/proc/self/exe")?;
    let mut hasher = Sha256::new();
    std::io::copy(&mut file, &mut HashWriter(&mut hasher))?;
    let digest: String = hasher
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(format!("{}+{digest}", env!("CARGO_PKG_VERSION")))
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.0.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Works beside a server, in a thread of its own, until dropped.
pub struct Beside {
    stop: tokio::sync::watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Beside {
    /// Starts the worker; `None` when this system cannot lock workers, which the log says.
    pub fn start(app: &App, evidence: &Path) -> anyhow::Result<Option<Self>> {
        let pool = match settings(OcrWord::Auto).and_then(Pool::start) {
            Ok(pool) => Arc::new(pool),
            Err(error) => {
                crate::say::note(&format!(
                    "warning: no scans from the pages here: {error}; `khien scan --unlocked` and the import of its reports remain"
                ));
                return Ok(None);
            }
        };
        let watching = Watching::new(app.clone(), pool, evidence)?;
        let (stop, told) = tokio::sync::watch::channel(false);
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new()
            .name("watching".to_owned())
            .spawn(move || runtime.block_on(watching.go(&told)))?;
        Ok(Some(Self {
            stop,
            thread: Some(thread),
        }))
    }
}

impl Beside {
    /// Finishes what is under way.
    pub async fn end(mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}
