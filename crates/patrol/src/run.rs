//! A scan run: walks, asks the cache, hands files to the workers, and gives the answers in the order of the walk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use jiff::Timestamp;
use scan::{FileReport, Reason, Verdict};
use serde::Serialize;

use crate::cache::Cache;
use crate::error::PatrolError;
use crate::limits::WINDOW_FILES;
use crate::names;
use crate::pool::{Pool, unread};
use crate::source::{self, Body, Opened, Unread};
use crate::walk::{Entry, walk};

/// Counts of a run.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Summary {
    /// Outermost files, and files in them.
    pub files: u64,
    pub marked: u64,
    /// Not read whole.
    pub incomplete: u64,
    pub clean: u64,
    /// Outermost files whose bytes were read in this run.
    pub read: u64,
    /// Outermost files that a worker scanned in this run; the others came from the cache.
    pub scanned: u64,
    /// Links that were not followed.
    pub links: u64,
    /// Bytes of the outermost files.
    pub bytes: u64,
}

impl Summary {
    /// Counts one report.
    pub fn count(&mut self, report: &FileReport) {
        self.files += 1;
        match report.verdict {
            Verdict::Marked => self.marked += 1,
            Verdict::Incomplete => self.incomplete += 1,
            Verdict::Clean => self.clean += 1,
        }
        if report.member.is_none() {
            self.bytes = self.bytes.saturating_add(report.bytes);
        }
    }

    /// Exit code of a run: 1 if anything is marked, else 3 if anything was not read whole, else 0.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match (self.marked, self.incomplete) {
            (0, 0) => 0,
            (0, _) => 3,
            _ => 1,
        }
    }
}

/// What a run works with.
pub struct Run<'a> {
    pub pool: &'a Pool,
    pub cache: Option<&'a Cache>,
    /// The clock.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
}

/// The answer for one entry of the walk.
struct Looked {
    reports: Vec<FileReport>,
    read: bool,
    scanned: bool,
    link: bool,
}

type Numbered = (u64, Entry);
type Answered = (u64, Result<Looked, PatrolError>);

impl Run<'_> {
    /// Scans every file under `roots`. `take` gets the reports in the order of the walk, inner files first.
    ///
    /// # Errors
    /// A root that is not there, workers that cannot be started, and what `take` answers.
    pub fn paths(
        &self,
        roots: &[PathBuf],
        take: &mut dyn FnMut(&FileReport, &Summary) -> Result<(), PatrolError>,
    ) -> Result<Summary, PatrolError> {
        for root in roots {
            std::fs::metadata(root).map_err(|error| PatrolError::path(root, error))?;
        }
        let (entries_in, entries) = channel::<Numbered>();
        let (answers_in, answers) = channel::<Answered>();
        // One ticket for each entry between walk and report: neither side runs away from the other.
        let (tickets_back, tickets) = sync_channel::<()>(WINDOW_FILES);
        let entries = Mutex::new(entries);
        std::thread::scope(|scope| {
            for _ in 0..self.pool.jobs() {
                let answers_in = answers_in.clone();
                let entries = &entries;
                scope.spawn(move || self.answer(entries, &answers_in));
            }
            drop(answers_in);
            scope.spawn(move || self.walk_all(roots, &entries_in, &tickets_back));
            collect(&answers, &tickets, take)
        })
    }

    fn walk_all(&self, roots: &[PathBuf], entries: &Sender<Numbered>, tickets: &SyncSender<()>) {
        let skip = self.cache.map(Cache::folder);
        let all = roots.iter().flat_map(|root| walk(root, skip));
        for (number, entry) in (0..).zip(all) {
            // Nobody listens any more: the run has failed.
            if tickets.send(()).is_err() || entries.send((number, entry)).is_err() {
                return;
            }
        }
    }

    fn answer(&self, entries: &Mutex<Receiver<Numbered>>, answers: &Sender<Answered>) {
        loop {
            let next = entries
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            let Ok((number, entry)) = next else { return };
            let looked = self.entry(&entry);
            let failed = looked.is_err();
            if answers.send((number, looked)).is_err() || failed {
                return;
            }
        }
    }

    fn entry(&self, entry: &Entry) -> Result<Looked, PatrolError> {
        match entry {
            Entry::File(path) => self.file(path),
            Entry::Link(_) => Ok(Looked {
                reports: Vec::new(),
                read: false,
                scanned: false,
                link: true,
            }),
            Entry::Special(path) => Ok(missed(path, Reason::UnknownType, "special file")),
            Entry::Unreadable(path, why) => Ok(missed(
                path,
                Reason::Damaged,
                &format!("cannot be read: {why}"),
            )),
        }
    }

    /// One file: from the cache by its stamp, else from the cache by its bytes, else from a worker.
    fn file(&self, path: &Path) -> Result<Looked, PatrolError> {
        let shown = names::of(path);
        if let Some(cache) = self.cache
            && let Ok(metadata) = std::fs::symlink_metadata(path)
            && let Some(reports) = cache.at(path, &source::Stamp::of(&metadata))
        {
            return Ok(known(reports, &shown, false));
        }
        let opened = match source::open(path) {
            Ok(opened) => opened,
            Err(Unread::Special) => return Ok(missed(path, Reason::UnknownType, "special file")),
            Err(Unread::Io(error)) => {
                return Ok(missed(
                    path,
                    Reason::Damaged,
                    &format!("cannot be read: {error}"),
                ));
            }
        };
        if opened.stamp.bytes > self.pool.limits().file_bytes {
            let report = unread(&shown, opened.stamp.bytes, Reason::TooLarge, "");
            return Ok(Looked {
                reports: vec![report],
                read: false,
                scanned: false,
                link: false,
            });
        }
        let body = match opened.body() {
            Ok(body) => body,
            Err(error) => {
                return Ok(missed(
                    path,
                    Reason::Damaged,
                    &format!("cannot be read: {error}"),
                ));
            }
        };
        let name = shown.rsplit('/').next().unwrap_or(&shown);
        if let Some(cache) = self.cache
            && let Ok(sha256) = source::digest(&body)
            && let Some(reports) = cache.of(name, &sha256)
        {
            self.keep(path, &opened, name, &sha256, &reports);
            return Ok(known(reports, &shown, true));
        }
        let (reports, sha256) = self.scan(&shown, &opened, &body)?;
        self.keep(path, &opened, name, &sha256, &reports);
        Ok(Looked {
            reports,
            read: true,
            scanned: true,
            link: false,
        })
    }

    /// Scans what was read. A file that changed meanwhile is scanned as far as it was seen, and says so.
    fn scan(
        &self,
        shown: &str,
        opened: &Opened,
        body: &Body,
    ) -> Result<(Vec<FileReport>, String), PatrolError> {
        let mut scanned = self.pool.scan(shown, body)?;
        if !opened.unchanged().unwrap_or(false)
            && let Some(outermost) = scanned.reports.pop()
        {
            scanned.sha256 = String::new();
            let mut outermost = outermost;
            outermost.incomplete.push(scan::Incomplete::new(
                Reason::Damaged,
                "changed while being read",
            ));
            scanned.reports.push(outermost.judged());
        }
        Ok((scanned.reports, scanned.sha256))
    }

    fn keep(&self, path: &Path, opened: &Opened, name: &str, sha256: &str, reports: &[FileReport]) {
        if let Some(cache) = self.cache {
            cache.keep(
                Some((path, &opened.stamp)),
                (self.now)(),
                name,
                sha256,
                reports,
            );
        }
    }
}

/// Scans one object whose bytes are at hand, for a caller with a queue of its own. `path` is what the reports
/// call it; the outermost report is the last.
///
/// # Errors
/// Only if workers cannot be started any more.
pub fn scan_object(
    pool: &Pool,
    path: &str,
    bytes: Vec<u8>,
) -> Result<Vec<FileReport>, PatrolError> {
    Ok(pool.scan(path, &Body::Memory(bytes.into()))?.reports)
}

/// Puts answers back into the order of the walk.
fn collect(
    answers: &Receiver<Answered>,
    tickets: &Receiver<()>,
    take: &mut dyn FnMut(&FileReport, &Summary) -> Result<(), PatrolError>,
) -> Result<Summary, PatrolError> {
    let mut summary = Summary::default();
    let mut waiting: BTreeMap<u64, Looked> = BTreeMap::new();
    let mut due = 0;
    for (number, looked) in answers {
        waiting.insert(number, looked?);
        while let Some(looked) = waiting.remove(&due) {
            due += 1;
            // The walk may have ended.
            let _ = tickets.recv();
            summary.read += u64::from(looked.read);
            summary.scanned += u64::from(looked.scanned);
            summary.links += u64::from(looked.link);
            for report in &looked.reports {
                summary.count(report);
                take(report, &summary)?;
            }
        }
    }
    Ok(summary)
}

/// A kept answer, under the path of today.
fn known(mut reports: Vec<FileReport>, shown: &str, read: bool) -> Looked {
    for report in &mut reports {
        shown.clone_into(&mut report.path);
    }
    Looked {
        reports,
        read,
        scanned: false,
        link: false,
    }
}

fn missed(path: &Path, reason: Reason, place: &str) -> Looked {
    Looked {
        reports: vec![unread(&names::of(path), 0, reason, place)],
        read: false,
        scanned: false,
        link: false,
    }
}
