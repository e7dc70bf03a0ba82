//! An installation is a folder: `keys.toml`, `khien.db` (absent when PostgreSQL holds the data) and
//! a lock that one process holds at a time; a PostgreSQL database has such a lock of its own, because
//! two folders may name the same database.
//!
//! A new folder is filled beside itself, in `.new`, and published by renaming; `keys.toml` comes
//! last, so a folder with a key file is complete. A crash before that leaves something that the
//! next attempt may sweep away, because nobody was ever told that it exists.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::db::Claim;
use crate::keys::{self, Cost, Keys, Random};
use crate::{Db, StoreError, backup, files, migrate};

/// Name of the SQLite file in an installation's folder.
pub const DATABASE: &str = "khien.db";
/// Name of the lock file.
pub const LOCK: &str = "khien.lock";
const STAGE: &str = ".new";
const MOUNTS: &str = "/proc/self/mounts";

/// File systems of other machines. Their locks and their order of writes are not what SQLite needs.
const NETWORK_KINDS: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ncpfs",
    "afs",
    "9p",
    "ceph",
    "lustre",
    "beegfs",
    "glusterfs",
    "davfs",
    "coda",
    "orangefs",
    "pvfs2",
    "vboxsf",
    "vmhgfs",
    "prl_fs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.s3fs",
    "fuse.vmhgfs-fuse",
    "fuse.smbnetfs",
    "fuse.curlftpfs",
    "fuse.goofys",
    "fuse.juicefs",
];

/// Where the rows of an installation are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// `khien.db` in the folder, encrypted with the data key.
    Folder,
    /// A PostgreSQL server; the address may hold a password and is never shown.
    Postgres(String),
}

/// What a new installation needs.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Name of the log and its key: no blank, no `+`.
    pub name: &'a str,
    pub passphrase: &'a str,
    pub cost: Cost,
    pub database: &'a Database,
}

/// An open installation. The folder, and a PostgreSQL database with it, stay locked until this is
/// dropped.
#[derive(Debug)]
pub struct Install {
    pub db: Db,
    pub keys: Keys,
    dir: PathBuf,
    _lock: Option<Lock>,
    claim: Option<Claim>,
}

/// What an upgrade did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgraded {
    /// The backup that was made before; `None` when there was nothing to do.
    pub backup: Option<PathBuf>,
    /// Step of the schema before and after.
    pub from: i64,
    pub to: i64,
}

/// Proof that no other process works on a folder.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Install {
    /// Makes an installation in an empty or absent folder: keys, schema, empty ledger. Nothing is
    /// left behind if it fails.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::InUse`], [`StoreError::Network`], and those of the
    /// database. A PostgreSQL database that has a ledger already is [`StoreError::NotEmpty`].
    pub async fn create(
        dir: &Path,
        new: New<'_>,
        random: &mut Random<'_>,
    ) -> Result<Self, StoreError> {
        let stage = Stage::begin(dir)?;
        let keys = Keys::create(stage.path(), new.name, new.passphrase, new.cost, random)?;
        let db = connect(stage.path(), new.database, &keys).await?;
        if let Err(error) = found(&db, dir).await {
            db.close().await;
            return Err(error);
        }
        db.close().await;
        let lock = stage.publish()?;
        let db = connect(dir, new.database, &keys).await?;
        let claim = db.claim().await?;
        Ok(Self {
            db,
            keys,
            dir: dir.to_owned(),
            _lock: Some(lock),
            claim,
        })
    }

    /// Opens an installation whose schema is the newest.
    ///
    /// # Errors
    /// [`StoreError::InUse`] or [`StoreError::DatabaseInUse`] if another process has it open,
    /// [`StoreError::Passphrase`], [`StoreError::KeyFile`], [`StoreError::WrongKey`],
    /// [`StoreError::Older`] before an upgrade, [`StoreError::Newer`].
    pub async fn open(
        dir: &Path,
        passphrase: &str,
        database: &Database,
    ) -> Result<Self, StoreError> {
        let install = Self::open_as_it_is(dir, passphrase, database).await?;
        match install.begun().await {
            Ok(()) => Ok(install),
            Err(error) => {
                install.close().await;
                Err(error)
            }
        }
    }

    /// The schema is this program's and there is a ledger.
    async fn begun(&self) -> Result<(), StoreError> {
        let no_ledger = || StoreError::Ledger {
            seq: 0,
            what: "this database has no ledger".to_owned(),
        };
        let found = match migrate::version(&self.db).await {
            // Never migrated: somebody else's database, which stays as it is.
            Err(StoreError::Query { .. }) => return Err(no_ledger()),
            found => found?,
        };
        let known = migrate::newest();
        if found < known {
            return Err(StoreError::Older { found, known });
        }
        // Also finds a newer schema and a changed step; there is nothing to apply.
        migrate::migrate(&self.db).await?;
        if self.db.log_begun().await? {
            return Ok(());
        }
        Err(no_ledger())
    }

    /// Brings the schema up to date after a backup in the installation's folder. `at` is now, UTC
    /// RFC 3339.
    ///
    /// # Errors
    /// Those of [`Install::open`] and [`backup::make`]; without a good backup nothing is changed.
    pub async fn upgrade(
        dir: &Path,
        passphrase: &str,
        database: &Database,
        at: &str,
    ) -> Result<Upgraded, StoreError> {
        Self::upgrade_to(dir, passphrase, database, at, migrate::STEPS).await
    }

    /// As [`Install::upgrade`], with the steps given: tests have a step of their own.
    ///
    /// # Errors
    /// As [`Install::upgrade`].
    pub async fn upgrade_to(
        dir: &Path,
        passphrase: &str,
        database: &Database,
        at: &str,
        steps: &[(i64, &str, &str)],
    ) -> Result<Upgraded, StoreError> {
        let install = Self::open_as_it_is(dir, passphrase, database).await?;
        let done = async {
            let from = migrate::version(&install.db).await?;
            let to = steps.iter().map(|step| step.0).max().unwrap_or(0);
            let backup = if from < to {
                let out = dir.join(backup_name(from, at));
                backup::make(&install, &out, at).await?;
                Some(out)
            } else {
                None
            };
            migrate::migrate_to(&install.db, steps).await?;
            Ok(Upgraded { backup, from, to })
        }
        .await;
        install.close().await;
        done
    }

    /// Opens and locks an installation without looking at its schema.
    async fn open_as_it_is(
        dir: &Path,
        passphrase: &str,
        database: &Database,
    ) -> Result<Self, StoreError> {
        let path = dir.join(keys::FILE);
        fs::metadata(&path).map_err(files::failed(&path))?;
        refuse_network(dir)?;
        let lock = Lock::take(dir)?;
        let keys = Keys::open(dir, passphrase)?;
        let db = connect_existing(dir, database, &keys).await?;
        let claim = db.claim().await?;
        Ok(Self {
            db,
            keys,
            dir: dir.to_owned(),
            _lock: Some(lock),
            claim,
        })
    }

    /// Opens an installation beside a server that may be running: without the lock and without
    /// touching the schema. For reading only: backup, `doctor`, proofs.
    ///
    /// # Errors
    /// As [`Install::open`], without [`StoreError::InUse`].
    pub async fn open_beside(
        dir: &Path,
        passphrase: &str,
        database: &Database,
    ) -> Result<Self, StoreError> {
        refuse_network(dir)?;
        let keys = Keys::open(dir, passphrase)?;
        let db = connect_existing(dir, database, &keys).await?;
        Ok(Self {
            db,
            keys,
            dir: dir.to_owned(),
            _lock: None,
            claim: None,
        })
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Closes the database and gives it and the folder free.
    pub async fn close(self) {
        self.db.close().await;
        if let Some(claim) = self.claim {
            claim.release().await;
        }
    }
}

/// `before-upgrade-of-1-20260302T080000.khien-backup`
fn backup_name(schema: i64, at: &str) -> String {
    let second = at.get(..19).unwrap_or(at);
    let second: String = second
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    format!("before-upgrade-of-{schema}-{second}.khien-backup")
}

pub(crate) async fn connect(
    dir: &Path,
    database: &Database,
    keys: &Keys,
) -> Result<Db, StoreError> {
    match database {
        Database::Folder => Db::open_sqlite(&dir.join(DATABASE), keys.data_key()).await,
        Database::Postgres(url) => Db::open_postgres(url).await,
    }
}

/// As [`connect`], but an absent file is an error and not a new database.
async fn connect_existing(dir: &Path, database: &Database, keys: &Keys) -> Result<Db, StoreError> {
    if *database == Database::Folder {
        let path = dir.join(DATABASE);
        fs::metadata(&path).map_err(files::failed(&path))?;
    }
    connect(dir, database, keys).await
}

/// Schema and empty log in one database that had none.
async fn found(db: &Db, dir: &Path) -> Result<(), StoreError> {
    migrate::migrate(db).await?;
    if db.log_begun().await? {
        return Err(StoreError::NotEmpty(dir.to_owned()));
    }
    let mut tx = db.begin().await?;
    tx.init_log().await?;
    tx.commit().await
}

impl Lock {
    /// Locks a folder for this process. The lock ends with the process, however that ends.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process holds it.
    pub fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(LOCK);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, files::FILE_MODE);
        let file = options.open(&path).map_err(files::failed(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(dir.to_owned())),
            Err(TryLockError::Error(source)) => Err(files::failed(&path)(source)),
        }
    }
}

/// A folder that is being filled. Dropped before [`Stage::publish`], it leaves nothing behind.
pub(crate) struct Stage {
    dir: PathBuf,
    stage: PathBuf,
    made_folder: bool,
    lock: Option<Lock>,
}

impl Stage {
    /// Locks an empty or absent folder and opens `.new` in it.
    pub(crate) fn begin(dir: &Path) -> Result<Self, StoreError> {
        let made_folder = files::create_folder(dir)?;
        let mut stage = Self {
            dir: dir.to_owned(),
            stage: dir.join(STAGE),
            made_folder,
            lock: None,
        };
        refuse_network(dir)?;
        stage.lock = Some(Lock::take(dir)?);
        stage.sweep()?;
        files::create_folder(&stage.stage)?;
        Ok(stage)
    }

    /// The folder to fill.
    pub(crate) fn path(&self) -> &Path {
        &self.stage
    }

    /// Refuses a folder that holds anything of somebody's, and removes what an interrupted attempt
    /// left: `.new`, and a database that has `.new` beside it but no key file yet.
    fn sweep(&self) -> Result<(), StoreError> {
        let interrupted = self.stage.exists();
        let mut left = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(files::failed(&self.dir))? {
            let name = entry.map_err(files::failed(&self.dir))?.file_name();
            if name == LOCK || name == STAGE {
                continue;
            }
            if !interrupted || name != DATABASE {
                return Err(StoreError::NotEmpty(self.dir.clone()));
            }
            left.push(self.dir.join(name));
        }
        for path in left {
            fs::remove_file(&path).map_err(files::failed(&path))?;
        }
        if interrupted {
            fs::remove_dir_all(&self.stage).map_err(files::failed(&self.stage))?;
        }
        Ok(())
    }

    /// Moves everything to its place, the key file last. All databases in the stage are closed.
    pub(crate) fn publish(mut self) -> Result<Lock, StoreError> {
        for name in [DATABASE, keys::FILE] {
            let from = self.stage.join(name);
            if !from.exists() {
                continue;
            }
            File::open(&from)
                .and_then(|file| file.sync_all())
                .map_err(files::failed(&from))?;
            files::rename(&from, &self.dir.join(name))?;
        }
        let lock = self.lock.take();
        // The installation is complete; an empty folder that stays does no harm.
        let _ = fs::remove_dir_all(&self.stage);
        lock.ok_or_else(|| StoreError::InUse(self.dir.clone()))
    }
}

impl Drop for Stage {
    /// Without a lock the folder is somebody else's; after [`Stage::publish`] it is complete. Errors
    /// cannot be told from here, and the one that led here is the one to tell.
    fn drop(&mut self) {
        if self.lock.is_some() {
            if self.stage.exists() && !self.dir.join(keys::FILE).exists() {
                let _ = fs::remove_file(self.dir.join(DATABASE));
            }
            let _ = fs::remove_dir_all(&self.stage);
            let _ = fs::remove_file(self.dir.join(LOCK));
        }
        if self.made_folder {
            // Only an empty folder goes.
            let _ = fs::remove_dir(&self.dir);
        }
    }
}

/// Refuses a folder on a file system of another machine.
pub(crate) fn refuse_network(dir: &Path) -> Result<(), StoreError> {
    let real = dir.canonicalize().map_err(files::failed(dir))?;
    match file_system(&real)?.filter(|kind| is_network(kind)) {
        Some(kind) => Err(StoreError::Network {
            path: dir.to_owned(),
            kind,
        }),
        None => Ok(()),
    }
}

/// Kind of the file system under an absolute path; `None` where the machine does not tell.
pub(crate) fn file_system(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read_to_string(MOUNTS) {
        Ok(mounts) => Ok(kind_of(&mounts, path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(files::failed(Path::new(MOUNTS))(error)),
    }
}

/// Whether a kind of file system keeps its files on another machine.
pub(crate) fn is_network(kind: &str) -> bool {
    NETWORK_KINDS.contains(&kind)
}

/// The kind of the innermost mount around `path`; among mounts on one point the last is on top.
fn kind_of(mounts: &str, path: &Path) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            let point = unescape(fields.next()?);
            let kind = fields.next()?;
            path.starts_with(&point)
                .then(|| (point.len(), kind.to_owned()))
        })
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

/// Blanks, tabs, line ends and backslashes stand in `/proc/self/mounts` as three octal digits.
fn unescape(field: &str) -> String {
    [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ]
    .into_iter()
    .fold(field.to_owned(), |text, (code, plain)| {
        text.replace(code, plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "/dev/sda1 / ext4 rw 0 0
server:/share /srv/books nfs4 rw 0 0
//box/share /srv/my\\040books cifs rw 0 0
/dev/sdb1 /srv/books/local ext4 rw 0 0
/dev/sdc1 /over ext4 rw 0 0
box:/x /over fuse.sshfs rw 0 0
";

    #[test]
    fn the_innermost_mount_decides() {
        for (path, kind) in [
            ("/home", "ext4"),
            ("/srv/books", "nfs4"),
            ("/srv/books/2026", "nfs4"),
            ("/srv/books/local/2026", "ext4"),
            ("/srv/booksellers", "ext4"),
            ("/srv/my books/a", "cifs"),
            ("/over/a", "fuse.sshfs"),
        ] {
            assert_eq!(
                kind_of(TABLE, Path::new(path)).as_deref(),
                Some(kind),
                "{path}"
            );
        }
        assert_eq!(kind_of("", Path::new("/a")), None);
    }

    #[test]
    fn network_kinds_are_refused_and_local_ones_are_not() {
        for kind in ["nfs", "nfs4", "cifs", "9p", "fuse.sshfs"] {
            assert!(is_network(kind), "{kind}");
        }
        for kind in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuseblk"] {
            assert!(!is_network(kind), "{kind}");
        }
    }
}
