//! The parent's side of the workers: starts them, hands them bytes, ends those that take too long or grow
//! too large, replaces them after a number of files, and turns their end into the report of one file.

mod keeper;
mod tame;

use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use scan::{FileReport, Incomplete, Reason, Verdict};
use sha2::{Digest as _, Sha256};

use crate::error::PatrolError;
use crate::limits;
use crate::second::Tesseract;
use crate::source::{self, Body};
use crate::wire::{self, Answer, Opinion, Request};
use crate::worker::Walls;
use keeper::{Keeper, Life};

/// How a pool works.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program of the workers, and its arguments before those of this crate.
    pub program: PathBuf,
    pub arguments: Vec<String>,
    /// Workers at a time.
    pub jobs: usize,
    pub walls: Walls,
    /// Answers workers that ask for a second opinion.
    pub second: Option<Tesseract>,
    pub limits: scan::Limits,
    /// Wall-clock time of a small file; larger ones get more.
    pub wall: Duration,
    pub rss_bytes_max: u64,
    pub files_per_worker: u32,
}

impl Settings {
    /// This same program with locked workers, one for each core.
    #[must_use]
    pub fn new() -> Self {
        Self {
            // Also right after the file was replaced by an update.
            program: PathBuf::from("/proc/self/exe"),
            arguments: vec!["scan-worker".to_owned()],
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            walls: Walls::Required,
            second: None,
            limits: scan::Limits::default(),
            wall: limits::FILE_WALL,
            rss_bytes_max: limits::WORKER_RSS_BYTES_MAX,
            files_per_worker: limits::WORKER_FILES_MAX,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// The answer for one outermost file: inner files first, the outermost last.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanned {
    pub reports: Vec<FileReport>,
    /// Digest of the bytes that were handed over; empty if they could not be read whole.
    pub sha256: String,
}

/// A file to be scanned: what reports call it, and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub path: &'a str,
    pub body: &'a Body,
}

/// Locked workers, shared by all threads of this program. Blocking: callers from async code use a
/// blocking thread.
pub struct Pool {
    settings: Settings,
    keeper: Keeper,
    idle: Mutex<Vec<Worker>>,
    turns: Mutex<usize>,
    turn_ended: Condvar,
}

struct Worker {
    life: Arc<Life>,
    stdin: BufWriter<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    files: u32,
    born: Instant,
}

/// One of the pool's turns; given back when dropped.
struct Turn<'a>(&'a Pool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *held(&self.0.turns) += 1;
        self.0.turn_ended.notify_one();
    }
}

/// How one file ended with one worker.
enum End {
    Done,
    /// The worker is gone.
    Lost(Reason),
    /// The file could not be read to its end; the worker was given up with it.
    Source(std::io::Error),
}

/// What one worker said of one file.
struct Attempt {
    found: tame::Found,
    end: End,
    sha256: String,
    took: Duration,
}

impl Pool {
    /// Starts a first worker, so that a system that cannot lock workers is known before any file is read.
    ///
    /// # Errors
    /// [`PatrolError::Start`], [`PatrolError::Unlocked`], [`PatrolError::Protocol`].
    pub fn start(mut settings: Settings) -> Result<Self, PatrolError> {
        settings.jobs = settings.jobs.clamp(1, limits::JOBS_MAX);
        let pool = Self {
            keeper: Keeper::start(&settings)?,
            turns: Mutex::new(settings.jobs),
            turn_ended: Condvar::new(),
            idle: Mutex::new(Vec::new()),
            settings,
        };
        let worker = pool.hire()?;
        held(&pool.idle).push(worker);
        Ok(pool)
    }

    /// Workers at a time.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.settings.jobs
    }

    /// What decides the answer beside the bytes; part of a cache's key.
    #[must_use]
    pub fn edition(&self) -> String {
        let second = self.settings.second.as_ref().map(Tesseract::version);
        format!(
            "{}+{}",
            self.settings.arguments.join(" "),
            second.unwrap_or_default()
        )
    }

    /// Limits of one outermost file.
    #[must_use]
    pub fn limits(&self) -> &scan::Limits {
        &self.settings.limits
    }

    /// Scans one file. `path` is what reports call it; the worker learns its last part only.
    ///
    /// # Errors
    /// Only if workers cannot be started any more; what is wrong with the file is in its report.
    pub fn scan(&self, path: &str, body: &Body) -> Result<Scanned, PatrolError> {
        if body.len() > self.settings.limits.file_bytes {
            return Ok(Scanned {
                reports: vec![unread(path, body.len(), Reason::TooLarge, "")],
                sha256: String::new(),
            });
        }
        let _turn = self.turn();
        self.scan_alone(File { path, body })
    }

    /// Scans small files together, in one hand-over; answers in their order.
    ///
    /// # Errors
    /// As [`Pool::scan`].
    pub fn scan_hand(&self, files: &[File<'_>]) -> Result<Vec<Scanned>, PatrolError> {
        let small = |file: &File<'_>| file.body.len() <= limits::HAND_BYTES;
        if files.len() < 2 || !files.iter().all(small) {
            let each = files.iter().map(|file| self.scan(file.path, file.body));
            return each.collect();
        }
        let _turn = self.turn();
        let worker = match self.idle_worker() {
            Some(worker) => worker,
            None => self.hire()?,
        };
        let attempts = self.attempt(worker, files).into_iter().zip(files);
        let each = attempts.map(|(attempt, file)| match attempt.end {
            End::Done => Ok(attempt.finish(*file)),
            // Whichever of them ended the worker: alone each has its own.
            _ => self.scan_alone(*file),
        });
        each.collect()
    }

    /// One file for one worker; the caller has a turn.
    fn scan_alone(&self, file: File<'_>) -> Result<Scanned, PatrolError> {
        let (worker, fresh) = match self.idle_worker() {
            Some(worker) => (worker, false),
            None => (self.hire()?, true),
        };
        let mut attempts = self.attempt(worker, &[file]);
        // It may have been ended for what it kept of earlier files: a second, fresh one decides.
        let again = |attempt: &Attempt| {
            !fresh && matches!(attempt.end, End::Lost(reason) if reason != Reason::Timeout)
        };
        if attempts.first().is_some_and(again) {
            attempts = self.attempt(self.hire()?, &[file]);
        }
        let only = attempts.pop();
        only.map(|attempt| attempt.finish(file))
            .ok_or_else(|| PatrolError::Protocol("no answer".to_owned()))
    }

    /// Gives files to a worker; answers what it said of each. After its end every file that was not answered for is
    /// lost with it.
    fn attempt(&self, mut worker: Worker, files: &[File<'_>]) -> Vec<Attempt> {
        let bytes: u64 = files.iter().map(|file| file.body.len()).sum();
        let mib = u32::try_from(bytes >> 20).unwrap_or(u32::MAX);
        let wall = self.settings.wall + limits::FILE_WALL_PER_MIB.saturating_mul(mib);
        let mut began = Instant::now();
        worker.life.begin(began + wall);
        let (digests, mut lost) = match send(&mut worker, files) {
            Ok(digests) => (digests, None),
            Err(end) => (Vec::new(), Some(end)),
        };
        let mut digests = digests.into_iter();
        let mut attempts = Vec::with_capacity(files.len());
        for file in files {
            let mut found = tame::Found::new(file.path, &self.settings.limits);
            let end = match lost.take() {
                None => self.answers(&mut worker, &mut found, wall),
                Some(end) => end,
            };
            lost = match &end {
                End::Done => None,
                End::Lost(reason) => Some(End::Lost(*reason)),
                End::Source(_) => Some(End::Lost(Reason::Damaged)),
            };
            let now = Instant::now();
            attempts.push(Attempt {
                found,
                end,
                sha256: digests.next().unwrap_or_default(),
                took: now - began,
            });
            began = now;
        }
        if lost.is_none() {
            worker.life.rest();
            self.keep(worker, files.len(), bytes);
        }
        attempts
    }

    /// Takes the answers about one file.
    fn answers(&self, worker: &mut Worker, found: &mut tame::Found, wall: Duration) -> End {
        let mut deadline = Instant::now() + wall;
        worker.life.begin(deadline);
        let mut asked = 0;
        loop {
            match wire::read::<Answer>(&mut worker.stdout) {
                Ok(Some(Answer::Ask { width, height })) => {
                    asked += 1;
                    let second = self.settings.second.as_ref();
                    let second = second.filter(|_| asked <= limits::ASKED_MAX);
                    if second_opinion(worker, (width, height), second, &mut deadline).is_err() {
                        worker.life.kill();
                        return End::Lost(worker.life.why());
                    }
                }
                Ok(Some(Answer::Report(report))) => {
                    if found.take(*report).is_err() {
                        worker.life.kill();
                        return End::Lost(Reason::Crash);
                    }
                }
                Ok(Some(Answer::Done)) if found.is_whole() => return End::Done,
                // A panic, the end of the pipe, or an answer that is none.
                _ => {
                    worker.life.kill();
                    return End::Lost(worker.life.why());
                }
            }
        }
    }

    fn turn(&self) -> Turn<'_> {
        let mut turns = held(&self.turns);
        while *turns == 0 {
            turns = self
                .turn_ended
                .wait(turns)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *turns -= 1;
        Turn(self)
    }

    /// An idle worker that is still good.
    fn idle_worker(&self) -> Option<Worker> {
        loop {
            let worker = held(&self.idle).pop()?;
            if worker.born.elapsed() < limits::WORKER_AGE_MAX {
                return Some(worker);
            }
            worker.life.kill();
        }
    }

    fn hire(&self) -> Result<Worker, PatrolError> {
        let (life, stdin, stdout) = self.keeper.hire()?;
        let mut stdout = BufReader::new(stdout);
        life.begin(Instant::now() + limits::WORKER_START);
        let hello = wire::read::<Answer>(&mut stdout);
        life.rest();
        let failed = |what: String| {
            life.kill();
            PatrolError::Protocol(what)
        };
        match hello {
            Ok(Some(Answer::Hello { missing: None })) => {}
            Ok(Some(Answer::Hello {
                missing: Some((code, why)),
            })) => {
                if self.settings.walls == Walls::Required {
                    life.kill();
                    return Err(PatrolError::Unlocked { code, why });
                }
                tracing::warn!(code, why, "scan worker without its walls, as accepted");
            }
            Ok(Some(_)) => return Err(failed("an answer before its greeting".to_owned())),
            Ok(None) => return Err(failed("it ended without a greeting".to_owned())),
            Err(error) => return Err(failed(error.to_string())),
        }
        Ok(Worker {
            life,
            stdin: BufWriter::with_capacity(1 << 16, stdin),
            stdout,
            files: 0,
            born: Instant::now(),
        })
    }

    /// Keeps a worker for the next files, or ends one that has done enough or holds too much.
    fn keep(&self, mut worker: Worker, files: usize, bytes: u64) {
        let before = worker.files;
        worker.files = before.saturating_add(u32::try_from(files).unwrap_or(u32::MAX));
        // Looking costs as much as a small file.
        let look = bytes > limits::LOOK_AFTER_BYTES || worker.files / 16 > before / 16;
        let heavy = look && worker.life.rss_bytes() > limits::WORKER_RSS_BYTES_KEPT;
        if heavy || worker.files >= self.settings.files_per_worker {
            worker.life.kill();
        } else {
            held(&self.idle).push(worker);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for worker in held(&self.idle).drain(..) {
            worker.life.kill();
        }
    }
}

impl Attempt {
    fn finish(self, file: File<'_>) -> Scanned {
        let (missed, sha256) = match self.end {
            End::Done => (None, self.sha256),
            End::Lost(reason) => (
                Some(Incomplete::new(reason, "")),
                source::digest(file.body).unwrap_or_default(),
            ),
            End::Source(error) => (
                Some(Incomplete::new(Reason::Damaged, source_failed(&error))),
                String::new(),
            ),
        };
        let mut reports = self.found.finish(file.body.len(), &sha256, missed);
        if let Some(outermost) = reports.last_mut() {
            outermost.ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        }
        Scanned { reports, sha256 }
    }
}

/// Hands the bytes of all files over; answers their digests.
fn send(worker: &mut Worker, files: &[File<'_>]) -> Result<Vec<String>, End> {
    let requests = files.iter().map(|file| Request {
        name: last_part(file.path).to_owned(),
        bytes: file.body.len(),
    });
    let requests: Vec<Request> = requests.collect();
    let mut lost = false;
    let mut digests = Vec::with_capacity(files.len());
    let mut sent = wire::write(&mut worker.stdin, &requests);
    for file in files {
        let mut hasher = Sha256::new();
        sent = sent.and_then(|()| {
            source::each_piece(file.body, |piece| {
                hasher.update(piece);
                let written = worker.stdin.write_all(piece);
                lost = written.is_err();
                written
            })
        });
        digests.push(source::hex(&hasher.finalize()));
    }
    // Small files and their request leave in one piece.
    let sent = sent.and_then(|()| {
        let written = worker.stdin.flush();
        lost = written.is_err();
        written
    });
    match sent {
        Ok(()) => Ok(digests),
        Err(error) if lost || error.kind() == std::io::ErrorKind::BrokenPipe => {
            worker.life.kill();
            Err(End::Lost(worker.life.why()))
        }
        Err(error) => {
            worker.life.kill();
            Err(End::Source(error))
        }
    }
}

/// The report of a file that no worker has seen to its end.
#[must_use]
pub fn unread(path: &str, bytes: u64, reason: Reason, place: &str) -> FileReport {
    FileReport {
        path: path.to_owned(),
        member: None,
        sha256: String::new(),
        bytes,
        kind: "unknown".to_owned(),
        verdict: Verdict::Incomplete,
        level: None,
        findings: Vec::new(),
        incomplete: vec![Incomplete::new(reason, place)],
        ms: 0,
    }
}

fn source_failed(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "changed while being read".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// Takes the strip that follows, has it read if anyone reads, and sends the answer. The time of that reading is added to
/// the deadline: what another program takes is not the file's fault. Whatever waits for the worker has a deadline.
fn second_opinion(
    worker: &mut Worker,
    (width, height): (u32, u32),
    second: Option<&Tesseract>,
    deadline: &mut Instant,
) -> std::io::Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > limits::STRIP_PIXELS_MAX {
        return Err(std::io::Error::other("no strip has this size"));
    }
    let mut strip = Vec::new();
    let read = (&mut worker.stdout).take(pixels).read_to_end(&mut strip)?;
    if (read as u64) < pixels {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    worker.life.rest();
    let began = Instant::now();
    let text = second.and_then(|second| second.read(width, height, &strip));
    *deadline += began.elapsed();
    worker.life.begin(*deadline);
    wire::write(&mut worker.stdin, &Opinion { text })?;
    worker.stdin.flush()
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A lock whose holder panicked guards plain values only: they are still good.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
