//! Answers of earlier runs, so that a second run reads only what changed and a broken-off run goes on.
//!
//! Two kinds of small files, named by a digest of their key: by place and stamp of a file (the file is not
//! even opened), and by name and digest of its bytes (it is read, not scanned). Both keys hold the edition
//! of the rules and readers. Entries are written aside and renamed; a damaged one is a missing one. Each edition has a
//! folder of its own, and one that no run has used for a month is deleted: its answers would never be asked for again.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use scan::{FileReport, Reason};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::PatrolError;
use crate::limits::{EDITION_KEPT, SETTLED_AFTER, SETTLED_AFTER_COARSE};
use crate::source::{Stamp, hex};

/// Largest entry that is read back.
const ENTRY_BYTES_MAX: u64 = 64 << 20;

/// File in an edition's folder whose time says when a run last used it.
const USED: &str = "used";
/// Letters of the name of an edition's folder.
const NAME_CHARS: usize = 16;

/// A folder of answers.
pub struct Cache {
    folder: PathBuf,
    /// The part of this edition.
    mine: PathBuf,
    edition: String,
    written: AtomicU64,
}

#[derive(Deserialize, Serialize)]
struct Entry {
    reports: Vec<FileReport>,
}

impl Cache {
    /// Opens or makes the folder, and deletes editions that are out of use. `edition` names everything beside the
    /// file that decides an answer: rules, readers, options.
    ///
    /// # Errors
    /// [`PatrolError::Path`] when the folder cannot be made.
    pub fn open(folder: &Path, edition: &str, now: Timestamp) -> Result<Self, PatrolError> {
        let mut name = hex(&Sha256::digest(edition));
        name.truncate(NAME_CHARS);
        let mine = folder.join(name);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&mine)
            .and_then(|()| fs::File::create(mine.join(USED)))
            .and_then(|used| used.set_modified(now.into()))
            .map_err(|error| PatrolError::path(folder, error))?;
        prune(folder, &mine, now);
        Ok(Self {
            folder: folder.to_owned(),
            mine,
            edition: edition.to_owned(),
            written: AtomicU64::new(0),
        })
    }

    /// Where the entries are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The answer for an unchanged file at the same place.
    #[must_use]
    pub fn at(&self, path: &Path, stamp: &Stamp) -> Option<Vec<FileReport>> {
        self.load(&self.key_at(path, stamp))
    }

    /// The answer for the same bytes under the same name.
    #[must_use]
    pub fn of(&self, name: &str, sha256: &str) -> Option<Vec<FileReport>> {
        self.load(&self.key_of(name, sha256))
    }

    /// Keeps an answer. An answer that another run may give better is not kept; a place only if the file has
    /// been at rest before `now`, or it could change again without a trace.
    pub fn keep(
        &self,
        place: Option<(&Path, &Stamp)>,
        now: Timestamp,
        name: &str,
        sha256: &str,
        reports: &[FileReport],
    ) {
        let passing = reports
            .iter()
            .flat_map(|report| &report.incomplete)
            .any(|missed| missed.reason == Reason::Timeout);
        if passing || sha256.is_empty() {
            return;
        }
        if let Some((path, stamp)) = place.filter(|(_, stamp)| at_rest(stamp, now)) {
            self.store(&self.key_at(path, stamp), reports);
        }
        self.store(&self.key_of(name, sha256), reports);
    }

    fn key_at(&self, path: &Path, stamp: &Stamp) -> String {
        let mut key = Sha256::new();
        key.update(b"place\0");
        key.update(self.edition.as_bytes());
        let Stamp {
            device,
            inode,
            bytes,
            modified,
            changed,
        } = stamp;
        key.update(format!(
            "\0{device}\0{inode}\0{bytes}\0{modified:?}\0{changed:?}\0"
        ));
        key.update(path.as_os_str().as_encoded_bytes());
        hex(&key.finalize())
    }

    fn key_of(&self, name: &str, sha256: &str) -> String {
        let mut key = Sha256::new();
        key.update(b"bytes\0");
        key.update(self.edition.as_bytes());
        key.update(format!("\0{sha256}\0{name}"));
        hex(&key.finalize())
    }

    fn place(&self, key: &str) -> PathBuf {
        self.mine.join(key.get(..2).unwrap_or("_")).join(key)
    }

    fn load(&self, key: &str) -> Option<Vec<FileReport>> {
        let path = self.place(key);
        if fs::metadata(&path).ok()?.len() > ENTRY_BYTES_MAX {
            return None;
        }
        let entry: Entry = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        Some(entry.reports)
    }

    /// A cache that cannot be written makes the next run slower, not wrong.
    fn store(&self, key: &str, reports: &[FileReport]) {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let aside = self
            .mine
            .join(format!("new-{}-{number}", std::process::id()));
        let entry = Entry {
            reports: reports.to_vec(),
        };
        let path = self.place(key);
        let written = serde_json::to_vec(&entry)
            .map_err(std::io::Error::from)
            .and_then(|json| {
                fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(path.parent().unwrap_or(&self.mine))?;
                fs::File::create(&aside)?.write_all(&json)?;
                fs::rename(&aside, &path)
            });
        if let Err(error) = written {
            tracing::warn!(%error, "an answer was not kept in the cache");
            let _ = fs::remove_file(&aside);
        }
    }
}

/// Deletes the folders of editions that no run has used for long. A folder that looks otherwise is not ours.
fn prune(folder: &Path, mine: &Path, now: Timestamp) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let is_edition = name.len() == NAME_CHARS
            && name
                .as_encoded_bytes()
                .iter()
                .all(|letter| letter.is_ascii_hexdigit());
        let used = fs::symlink_metadata(path.join(USED)).and_then(|file| file.modified());
        let used = used.ok().and_then(|used| Timestamp::try_from(used).ok());
        let is_old = used.is_some_and(|used| now.duration_since(used) > EDITION_KEPT);
        if is_edition
            && is_old
            && path != mine
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(%error, "an old part of the cache was not deleted");
        }
    }
}

/// Whether the file's last change lies so far back that a further one would show in its stamp.
fn at_rest(stamp: &Stamp, now: Timestamp) -> bool {
    let coarse = stamp.modified.1 == 0 && stamp.changed.1 == 0;
    let wanted: Duration = if coarse {
        SETTLED_AFTER_COARSE
    } else {
        SETTLED_AFTER
    };
    let nanoseconds = i32::try_from(stamp.changed.1).unwrap_or(0);
    let Ok(changed) = Timestamp::new(stamp.changed.0, nanoseconds) else {
        return false;
    };
    now.duration_since(changed) >= wanted.try_into().unwrap_or(jiff::SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::unread;

    fn stamp(seconds: i64) -> Stamp {
        Stamp {
            device: 1,
            inode: 2,
            bytes: 3,
            modified: (seconds, 5),
            changed: (seconds, 5),
        }
    }

    fn answer(reason: Reason) -> Vec<FileReport> {
        vec![unread("a.txt", 3, reason, "")]
    }

    #[test]
    fn an_answer_is_found_again_until_file_or_edition_changes() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_second(1_000_000).unwrap();
        let cache = Cache::open(folder.path(), "1", now).unwrap();
        let place = Path::new("/x/a.txt");
        let kept = answer(Reason::Encrypted);
        cache.keep(Some((place, &stamp(999_000))), now, "a.txt", "aa", &kept);
        assert_eq!(cache.at(place, &stamp(999_000)), Some(kept.clone()));
        assert_eq!(cache.of("a.txt", "aa"), Some(kept));
        assert_eq!(cache.at(place, &stamp(999_001)), None);
        assert_eq!(cache.of("a.pdf", "aa"), None);
        let newer = Cache::open(folder.path(), "2", now).unwrap();
        assert_eq!(newer.of("a.txt", "aa"), None);
        assert_eq!(newer.at(place, &stamp(999_000)), None);
    }

    #[test]
    fn a_file_that_may_change_within_its_tick_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::new(1_000_000, 50_000_000).unwrap();
        let cache = Cache::open(folder.path(), "1", now).unwrap();
        let place = Path::new("/x/a.txt");
        cache.keep(
            Some((place, &stamp(1_000_000))),
            now,
            "a.txt",
            "aa",
            &answer(Reason::Encrypted),
        );
        assert_eq!(cache.at(place, &stamp(1_000_000)), None);
        assert!(cache.of("a.txt", "aa").is_some());
    }

    #[test]
    fn an_edition_out_of_use_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let today = Timestamp::from_second(1_800_000_000).unwrap();
        let kept = answer(Reason::Encrypted);
        let fill = |edition: &str| {
            let cache = Cache::open(root, edition, today).unwrap();
            cache.keep(None, today, "a.txt", "aa", &kept);
            cache.mine
        };
        let (old, new) = (fill("1"), fill("2"));
        let strange = root.join("mine-not-yours");
        fs::create_dir(&strange).unwrap();
        let used = fs::File::create(strange.join(USED)).unwrap();
        used.set_modified(std::time::UNIX_EPOCH).unwrap();
        let after = |days: i64| today + jiff::SignedDuration::from_hours(24 * days);
        Cache::open(root, "2", after(29)).unwrap();
        assert!(old.exists() && new.exists());
        let cache = Cache::open(root, "2", after(31)).unwrap();
        assert!(!old.exists() && strange.exists());
        assert_eq!(cache.of("a.txt", "aa"), Some(kept));
    }

    #[test]
    fn a_timeout_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_second(1_000_000).unwrap();
        let cache = Cache::open(folder.path(), "1", now).unwrap();
        cache.keep(None, now, "a.txt", "aa", &answer(Reason::Timeout));
        assert_eq!(cache.of("a.txt", "aa"), None);
    }
}
