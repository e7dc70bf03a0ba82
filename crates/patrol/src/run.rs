//! A scan run: walks, asks the cache, hands files to the workers, and gives the answers in the order of the walk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use jiff::Timestamp;
use scan::{FileReport, Reason, Verdict};
use serde::Serialize;

use crate::cache::Cache;
use crate::error::PatrolError;
use crate::hands::{Hands, Numbered};
use crate::limits::HAND_BYTES;
use crate::names;
use crate::pool::{File, Pool, Scanned, unread};
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

/// A file that is about to be scanned.
struct Held<'a> {
    number: u64,
    path: &'a Path,
    shown: String,
    opened: Opened,
    body: Body,
}

/// What a look at one entry gave.
enum Look<'a> {
    Done(Looked),
    Scan(Box<Held<'a>>),
}

/// Answers for one handful of entries.
type Answered = Result<Vec<(u64, Looked)>, PatrolError>;

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
        let (answers_in, answers) = channel::<Answered>();
        let hands = Hands::default();
        std::thread::scope(|scope| {
            for _ in 0..self.pool.jobs() {
                let answers_in = answers_in.clone();
                let hands = &hands;
                scope.spawn(move || self.answer(hands, &answers_in));
            }
            drop(answers_in);
            scope.spawn(|| {
                let skip = self.cache.map(Cache::folder);
                hands.fill(roots.iter().flat_map(|root| walk(root, skip)));
            });
            let summary = collect(&answers, &hands, take);
            hands.stop();
            summary
        })
    }

    fn answer(&self, hands: &Hands, answers: &Sender<Answered>) {
        loop {
            let hand = hands.take(self.pool.jobs());
            if hand.is_empty() {
                return;
            }
            let answered = self.hand(&hand);
            let failed = answered.is_err();
            if answers.send(answered).is_err() || failed {
                return;
            }
        }
    }

    /// A handful of entries; small files go to their worker together.
    fn hand(&self, hand: &[Numbered]) -> Answered {
        let mut answers = Vec::with_capacity(hand.len());
        let (mut small, mut bytes) = (Vec::new(), 0);
        for (number, entry) in hand {
            match self.entry(*number, entry) {
                Look::Done(looked) => answers.push((*number, looked)),
                Look::Scan(held) if held.body.len() > HAND_BYTES => {
                    answers.extend(self.scan(&[*held])?);
                }
                Look::Scan(held) => {
                    if bytes + held.body.len() > HAND_BYTES {
                        answers.extend(self.scan(&small)?);
                        small.clear();
                        bytes = 0;
                    }
                    bytes += held.body.len();
                    small.push(*held);
                }
            }
        }
        answers.extend(self.scan(&small)?);
        Ok(answers)
    }

    fn entry<'a>(&self, number: u64, entry: &'a Entry) -> Look<'a> {
        match entry {
            Entry::File(path) => self.file(number, path),
            Entry::Link(_) => Look::Done(Looked {
                reports: Vec::new(),
                read: false,
                scanned: false,
                link: true,
            }),
            Entry::Special(path) => missed(path, Reason::UnknownType, "special file"),
            Entry::Unreadable(path, why) => {
                missed(path, Reason::Damaged, &format!("cannot be read: {why}"))
            }
        }
    }

    /// One file: from the cache by its stamp, else from the cache by its bytes, else for a worker.
    fn file<'a>(&self, number: u64, path: &'a Path) -> Look<'a> {
        let shown = names::of(path);
        if let Some(cache) = self.cache
            && let Ok(metadata) = std::fs::symlink_metadata(path)
            && let Some(reports) = cache.at(path, &source::Stamp::of(&metadata))
        {
            return known(reports, &shown, false);
        }
        let opened = match source::open(path) {
            Ok(opened) => opened,
            Err(Unread::Special) => return missed(path, Reason::UnknownType, "special file"),
            Err(Unread::Io(error)) => return unreadable(path, &error),
        };
        if opened.stamp.bytes > self.pool.limits().file_bytes {
            let report = unread(&shown, opened.stamp.bytes, Reason::TooLarge, "");
            return Look::Done(Looked {
                reports: vec![report],
                read: false,
                scanned: false,
                link: false,
            });
        }
        let body = match opened.body() {
            Ok(body) => body,
            Err(error) => return unreadable(path, &error),
        };
        let name = shown.rsplit('/').next().unwrap_or(&shown);
        if let Some(cache) = self.cache
            && let Ok(sha256) = source::digest(&body)
            && let Some(reports) = cache.of(name, &sha256)
        {
            self.keep(path, &opened, name, &sha256, &reports);
            return known(reports, &shown, true);
        }
        Look::Scan(Box::new(Held {
            number,
            path,
            shown,
            opened,
            body,
        }))
    }

    /// Scans what was read.
    fn scan(&self, held: &[Held<'_>]) -> Answered {
        let files = held.iter().map(|one| File {
            path: &one.shown,
            body: &one.body,
        });
        let scanned = self.pool.scan_hand(&files.collect::<Vec<_>>())?;
        let each = held.iter().zip(scanned).map(|(one, scanned)| {
            let scanned = settled(&one.opened, scanned);
            let name = one.shown.rsplit('/').next().unwrap_or(&one.shown);
            self.keep(
                one.path,
                &one.opened,
                name,
                &scanned.sha256,
                &scanned.reports,
            );
            let looked = Looked {
                reports: scanned.reports,
                read: true,
                scanned: true,
                link: false,
            };
            (one.number, looked)
        });
        Ok(each.collect())
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

/// A file that changed while it was read is scanned as far as it was seen, and says so.
fn settled(opened: &Opened, mut scanned: Scanned) -> Scanned {
    if !opened.unchanged().unwrap_or(false)
        && let Some(mut outermost) = scanned.reports.pop()
    {
        scanned.sha256 = String::new();
        outermost.incomplete.push(scan::Incomplete::new(
            Reason::Damaged,
            "changed while being read",
        ));
        scanned.reports.push(outermost.judged());
    }
    scanned
}

/// Puts answers back into the order of the walk.
fn collect(
    answers: &Receiver<Answered>,
    hands: &Hands,
    take: &mut dyn FnMut(&FileReport, &Summary) -> Result<(), PatrolError>,
) -> Result<Summary, PatrolError> {
    let mut summary = Summary::default();
    let mut waiting: BTreeMap<u64, Looked> = BTreeMap::new();
    let mut due = 0;
    for answered in answers {
        waiting.extend(answered?);
        let before = due;
        while let Some(looked) = waiting.remove(&due) {
            due += 1;
            summary.read += u64::from(looked.read);
            summary.scanned += u64::from(looked.scanned);
            summary.links += u64::from(looked.link);
            for report in &looked.reports {
                summary.count(report);
                take(report, &summary)?;
            }
        }
        hands.reported(usize::try_from(due - before).unwrap_or(usize::MAX));
    }
    Ok(summary)
}

/// A kept answer, under the path of today.
fn known<'a>(mut reports: Vec<FileReport>, shown: &str, read: bool) -> Look<'a> {
    for report in &mut reports {
        shown.clone_into(&mut report.path);
    }
    Look::Done(Looked {
        reports,
        read,
        scanned: false,
        link: false,
    })
}

fn unreadable<'a>(path: &Path, error: &std::io::Error) -> Look<'a> {
    missed(path, Reason::Damaged, &format!("cannot be read: {error}"))
}

fn missed<'a>(path: &Path, reason: Reason, place: &str) -> Look<'a> {
    Look::Done(Looked {
        reports: vec![unread(&names::of(path), 0, reason, place)],
        read: false,
        scanned: false,
        link: false,
    })
}
