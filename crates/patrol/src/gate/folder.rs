//! A gate between two folders: what is laid into the one is scanned and moved into `allowed`, `blocked` or
//! `review` of the other, with the decision beside it.
//!
//! What arrives is a copy made before the scan, and just that copy is scanned and moved: a writer who still
//! holds the original open cannot change what was let through. The original is taken away only if it is
//! still the file that was copied.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use scan::Reason;

use super::{Decision, Outcome, decide};
use crate::error::PatrolError;
use crate::limits::FOLDER_FILES_MAX;
use crate::names;
use crate::pool::Pool;
use crate::source::{self, Body, Opened, Stamp};
use crate::walk::{Entry, walk};

/// Where copies stand while they are scanned; also what is left of a run that was broken off.
const CHECKING: &str = ".checking";

/// A file that was moved.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Where it was.
    pub from: PathBuf,
    /// Where it is.
    pub to: PathBuf,
    pub outcome: Outcome,
}

/// A watched folder.
pub struct Watch<'a> {
    pool: &'a Pool,
    from: PathBuf,
    to: PathBuf,
    /// Stamps of the last look: a file is taken when it has not changed since.
    seen: BTreeMap<PathBuf, Stamp>,
    number: u64,
}

impl<'a> Watch<'a> {
    /// Watches `from`; makes the folders under `to`. Copies of a run that was broken off are thrown away:
    /// their originals are still there.
    ///
    /// # Errors
    /// A folder that is not there or cannot be made, and one inside the other.
    pub fn new(pool: &'a Pool, from: &Path, to: &Path) -> Result<Self, PatrolError> {
        let from = from
            .canonicalize()
            .map_err(|error| PatrolError::path(from, error))?;
        make(to)?;
        let to = to
            .canonicalize()
            .map_err(|error| PatrolError::path(to, error))?;
        if to.starts_with(&from) || from.starts_with(&to) {
            return Err(PatrolError::path(&to, "one folder is inside the other"));
        }
        for name in ["allowed", "blocked", "review"] {
            make(&to.join(name))?;
        }
        let checking = to.join(CHECKING);
        if checking.exists() {
            fs::remove_dir_all(&checking).map_err(|error| PatrolError::path(&checking, error))?;
        }
        make(&checking)?;
        Ok(Self {
            pool,
            from,
            to,
            seen: BTreeMap::new(),
            number: 0,
        })
    }

    /// Looks once: files that are as they were at the last look are scanned and moved.
    ///
    /// # Errors
    /// Workers that cannot be started, and folders that cannot be written.
    pub fn look(&mut self) -> Result<Vec<Moved>, PatrolError> {
        let mut seen = BTreeMap::new();
        let mut moved = Vec::new();
        for entry in walk(&self.from, None).take(FOLDER_FILES_MAX) {
            // A link or pipe is no upload; it stays where it is.
            let Entry::File(path) = entry else { continue };
            let Ok(opened) = source::open(&path) else {
                continue;
            };
            if self.seen.get(&path) != Some(&opened.stamp) {
                seen.insert(path, opened.stamp);
                continue;
            }
            match self.pass(&path, &opened)? {
                Some(one) => moved.push(one),
                None => drop(seen.insert(path, opened.stamp)),
            }
        }
        self.seen = seen;
        Ok(moved)
    }

    /// Copies, scans, moves. `None` if the file changed meanwhile.
    fn pass(&mut self, path: &Path, opened: &Opened) -> Result<Option<Moved>, PatrolError> {
        self.number += 1;
        let copy = self.to.join(CHECKING).join(self.number.to_string());
        let copied = opened.body().and_then(|body| copy_to(&body, &copy));
        let whole = copied.is_ok() && opened.unchanged().unwrap_or(false);
        if !whole {
            // It is still being written, or gone: the next look takes it.
            let _ = fs::remove_file(&copy);
            return Ok(None);
        }
        let shown = path.strip_prefix(&self.from).unwrap_or(path);
        let outcome = self.scan(&names::of(shown), &copy)?;
        let folder = match outcome.decision {
            Decision::Allow => "allowed",
            Decision::Block => "blocked",
            Decision::Review => "review",
        };
        let to = free_place(&self.to.join(folder).join(shown))?;
        let unreadable = |error: std::io::Error| PatrolError::path(&to, error);
        write_new(&beside(&to), outcome.json().as_bytes()).map_err(unreadable)?;
        fs::rename(&copy, &to).map_err(unreadable)?;
        if opened.unchanged().unwrap_or(false) {
            // Gone already: somebody else took it.
            let _ = fs::remove_file(path);
        }
        Ok(Some(Moved {
            from: path.to_owned(),
            to,
            outcome,
        }))
    }

    fn scan(&self, shown: &str, copy: &Path) -> Result<Outcome, PatrolError> {
        let body = source::open(copy)
            .ok()
            .and_then(|opened| opened.body().ok());
        match body {
            Some(body) => Ok(decide(self.pool.scan(shown, &body)?.reports)),
            None => Ok(Outcome::unseen(shown, 0, Reason::Damaged, "cannot be read")),
        }
    }
}

fn make(folder: &Path) -> Result<(), PatrolError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| PatrolError::path(folder, error))
}

fn copy_to(body: &Body, copy: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(copy)?;
    source::each_piece(body, |piece| file.write_all(piece))?;
    file.sync_all()
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.write_all(b"\n")
}

/// The decision's file beside a moved file.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".khien.json");
    name.into()
}

/// The place itself, or the first one with a number that nobody has taken.
fn free_place(wanted: &Path) -> Result<PathBuf, PatrolError> {
    if let Some(folder) = wanted.parent() {
        make(folder)?;
    }
    let free = |path: &Path| {
        fs::symlink_metadata(path).is_err() && fs::symlink_metadata(beside(path)).is_err()
    };
    if free(wanted) {
        return Ok(wanted.to_owned());
    }
    let numbered = (2_u32..100_000).find_map(|number| {
        let mut name = wanted.as_os_str().to_owned();
        name.push(format!(".{number}"));
        let path = PathBuf::from(name);
        free(&path).then_some(path)
    });
    numbered.ok_or_else(|| PatrolError::path(wanted, "too many files of this name"))
}
