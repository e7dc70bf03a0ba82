//! Backups: one file with everything an installation needs, encrypted as the installation is, signed
//! with its key, and checked by reading it back.
//!
//! The file, in this order: the line `khien backup 1`; the length of the manifest in decimal digits
//! and a line end; the manifest, a C2SP signed note; the bytes of the parts in the manifest's order.
//! Nothing follows. The parts are `keys.toml` (its keys are wrapped) and `khien.db` (SQLCipher under
//! the data key). Rows of a PostgreSQL installation are in `khien.db` too, so each backup can be
//! restored to either database.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ledger::note::{self, VerifierKey};
use sha2::{Digest, Sha256};

use crate::install::{self, DATABASE, Database, Install, Stage};
use crate::keys::{self, Keys};
use crate::migrate::{self, hex};
use crate::{Db, StoreError, copy, files, limits};

const MAGIC: &str = "khien backup 1\n";
/// Digits of the manifest's length, at most.
const LENGTH_DIGITS_MAX: usize = 6;
const COPY_BYTES: usize = 256 * 1024;

/// One file inside a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

/// What a backup says about itself, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Name of the installation's log and key.
    pub name: String,
    /// When it was made, UTC RFC 3339.
    pub created_at: String,
    /// Newest migration step of the database in it.
    pub schema: i64,
    /// Events in the ledger.
    pub ledger_size: u64,
    /// Root over them, lower-case hexadecimal.
    pub ledger_root: String,
    pub parts: Vec<Part>,
}

/// Makes a backup of an installation while its server may go on writing. `at` is now, UTC RFC 3339.
/// The copy's ledger is verified before it is packed, and the packed file is read back afterwards.
///
/// # Errors
/// [`StoreError::File`] if `out` exists; [`StoreError::Ledger`] if the ledger is damaged;
/// [`StoreError::DiskFull`]. Nothing is left behind.
pub async fn make(source: &Install, out: &Path, at: &str) -> Result<Manifest, StoreError> {
    if out.exists() {
        let exists = io::Error::new(io::ErrorKind::AlreadyExists, "there is a file already");
        return Err(files::failed(out)(exists));
    }
    let work = Work::begin(out)?;
    let keys_file = work.dir.join(keys::FILE);
    let text = files::read_text(&source.dir().join(keys::FILE), limits::KEY_FILE_BYTES_MAX)?;
    files::replace(&keys_file, text.as_bytes())?;
    let copied = work.dir.join(DATABASE);
    // SQLite takes an empty file as a new database, and this one is its owner's alone.
    drop(files::create_new(&copied)?);
    source.db.export(&copied, source.keys.data_key()).await?;
    let (schema, ledger_size, ledger_root) = look_into(&copied, source.keys.data_key()).await?;
    let manifest = Manifest {
        name: source.keys.name().to_owned(),
        created_at: at.to_owned(),
        schema,
        ledger_size,
        ledger_root,
        parts: vec![part(keys::FILE, &keys_file)?, part(DATABASE, &copied)?],
    };
    let signed = source
        .keys
        .signer()?
        .sign(&manifest.to_text())
        .map_err(|error| refused(out, &error))?;
    let packed = work.dir.join("packed");
    pack(&packed, &signed, &[&keys_file, &copied])?;
    if inspect(&packed)? != manifest {
        return Err(refused(out, "reading it back gave something else"));
    }
    files::rename(&packed, out)?;
    Ok(manifest)
}

/// Checks a backup without a passphrase: the signature by the key that is in it, and every part's
/// length and sum.
///
/// # Errors
/// [`StoreError::Backup`] for a file that was changed, cut short or is no backup.
pub fn inspect(file: &Path) -> Result<Manifest, StoreError> {
    let mut packed = Packed::open(file)?;
    let parts = packed.manifest.parts.clone();
    for part in &parts {
        packed.read_part(part, &mut io::sink())?;
    }
    packed.end()?;
    Ok(packed.manifest)
}

/// As [`restore_to`], with the rows in the folder.
///
/// # Errors
/// As [`restore_to`].
pub async fn restore(file: &Path, dir: &Path, passphrase: &str) -> Result<Manifest, StoreError> {
    restore_to(file, dir, passphrase, &Database::Folder).await
}

/// Restores a backup into an empty or absent folder, with its rows in the folder or in an empty
/// PostgreSQL database. Signature, sums, keys, schema and the whole ledger are checked before the
/// folder becomes an installation; nothing is left behind otherwise.
///
/// # Errors
/// [`StoreError::Backup`] for a file that was changed or cut short, [`StoreError::Passphrase`],
/// [`StoreError::NotEmpty`], [`StoreError::Newer`], [`StoreError::Ledger`].
pub async fn restore_to(
    file: &Path,
    dir: &Path,
    passphrase: &str,
    database: &Database,
) -> Result<Manifest, StoreError> {
    inspect(file)?;
    let stage = Stage::begin(dir)?;
    let manifest = unpack(file, stage.path())?;
    let keys = Keys::open(stage.path(), passphrase)?;
    let restored = stage.path().join(DATABASE);
    let db = Db::open_sqlite(&restored, keys.data_key()).await?;
    let checked = settle(&db, file, &manifest, dir, database).await;
    db.close().await;
    checked?;
    if *database != Database::Folder {
        fs::remove_file(&restored).map_err(files::failed(&restored))?;
    }
    stage.publish()?;
    Ok(manifest)
}

/// Checks a backup as a restore would, in a folder beside it that is removed again.
///
/// # Errors
/// As [`restore_to`].
pub async fn verify(file: &Path, passphrase: &str) -> Result<Manifest, StoreError> {
    let work = Work::begin(file)?;
    restore(file, &work.dir.join("restored"), passphrase).await
}

/// The restored rows are those of the manifest, and where they shall be.
async fn settle(
    db: &Db,
    file: &Path,
    manifest: &Manifest,
    dir: &Path,
    database: &Database,
) -> Result<(), StoreError> {
    migrate::migrate(db).await?;
    let same = |(size, root): (u64, ledger::Hash)| {
        if (size, hex(&root)) == (manifest.ledger_size, manifest.ledger_root.clone()) {
            Ok(())
        } else {
            Err(refused(file, "the ledger is not the one of the manifest"))
        }
    };
    same(db.verify_log().await?)?;
    if let Database::Postgres(url) = database {
        let target = Db::open_postgres(url).await?;
        let moved = async {
            migrate::migrate(&target).await?;
            if target.log_begun().await? {
                return Err(StoreError::NotEmpty(dir.to_owned()));
            }
            copy::all(db, &target, db).await?;
            same(target.verify_log().await?)
        }
        .await;
        target.close().await;
        moved?;
    }
    Ok(())
}

/// Schema and verified ledger of the copied database.
async fn look_into(copied: &Path, key: &[u8; 32]) -> Result<(i64, u64, String), StoreError> {
    let db = Db::open_sqlite(copied, key).await?;
    let found = async {
        let schema = migrate::version(&db).await?;
        let (size, root) = db.verify_log().await?;
        Ok((schema, size, hex(&root)))
    }
    .await;
    db.close().await;
    found
}

fn part(name: &str, path: &Path) -> Result<Part, StoreError> {
    let mut file = File::open(path).map_err(files::failed(path))?;
    let (size, sha256) = transfer(&mut file, &mut io::sink()).map_err(files::failed(path))?;
    Ok(Part {
        name: name.to_owned(),
        size,
        sha256,
    })
}

fn pack(packed: &Path, signed: &str, parts: &[&Path]) -> Result<(), StoreError> {
    let mut out = files::create_new(packed)?;
    let head = format!("{MAGIC}{}\n{signed}", signed.len());
    out.write_all(head.as_bytes())
        .map_err(files::failed(packed))?;
    for path in parts {
        let mut file = File::open(path).map_err(files::failed(path))?;
        transfer(&mut file, &mut out).map_err(files::failed(packed))?;
    }
    out.sync_all().map_err(files::failed(packed))
}

/// Writes the parts of a backup into a folder.
fn unpack(file: &Path, dir: &Path) -> Result<Manifest, StoreError> {
    let mut packed = Packed::open(file)?;
    let parts = packed.manifest.parts.clone();
    for part in &parts {
        let path = dir.join(&part.name);
        let mut out = files::create_new(&path)?;
        packed.read_part(part, &mut out)?;
        out.sync_all().map_err(files::failed(&path))?;
    }
    packed.end()?;
    Ok(packed.manifest)
}

/// Copies to the end; gives length and SHA-256 of what was copied.
fn transfer(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(u64, String)> {
    let mut sum = Sha256::new();
    let mut size = 0_u64;
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok((size, hex(&sum.finalize()))),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        sum.update(bytes);
        to.write_all(bytes)?;
        size += bytes.len() as u64;
    }
}

/// A backup file whose manifest was verified; the parts are still to be read, in order.
struct Packed {
    path: PathBuf,
    file: BufReader<File>,
    manifest: Manifest,
}

impl Packed {
    /// Reads the head and checks the signature with the public key of the `keys.toml` inside. Who
    /// made that key file is settled by the passphrase that opens it.
    fn open(path: &Path) -> Result<Self, StoreError> {
        let mut file = BufReader::new(File::open(path).map_err(files::failed(path))?);
        let signed = read_head(&mut file, path)?;
        let start = file.stream_position().map_err(files::failed(path))?;
        let manifest =
            Manifest::parse(&signed).ok_or_else(|| refused(path, "the manifest is not one"))?;
        let mut packed = Self {
            path: path.to_owned(),
            file,
            manifest,
        };
        let first = packed.manifest.parts.first().cloned();
        let first = first.ok_or_else(|| refused(path, "there is no key file in it"))?;
        let mut text = Vec::new();
        packed.read_part(&first, &mut text)?;
        let verifier = keys::verifier_of(path, &text)?;
        let key: VerifierKey = verifier.parse().map_err(|error| refused(path, &error))?;
        note::open(&signed, &key).map_err(|error| refused(path, &error))?;
        if key.name() != packed.manifest.name {
            return Err(refused(path, "it names another installation"));
        }
        packed
            .file
            .seek(SeekFrom::Start(start))
            .map_err(files::failed(path))?;
        Ok(packed)
    }

    /// Copies the next part, which must be exactly as the manifest says.
    fn read_part(&mut self, part: &Part, out: &mut dyn Write) -> Result<(), StoreError> {
        let mut limited = Read::take(&mut self.file, part.size);
        let (size, sha256) = transfer(&mut limited, out).map_err(files::failed(&self.path))?;
        if size != part.size {
            return Err(refused(
                &self.path,
                &format!("`{}` is cut short", part.name),
            ));
        }
        if sha256 != part.sha256 {
            return Err(refused(&self.path, &format!("`{}` was changed", part.name)));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), StoreError> {
        match self.file.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(refused(&self.path, "something follows the last part")),
            Err(error) => Err(files::failed(&self.path)(error)),
        }
    }
}

/// The signed manifest at the start of a backup.
fn read_head(file: &mut BufReader<File>, path: &Path) -> Result<String, StoreError> {
    let mut magic = vec![0; MAGIC.len()];
    read_exactly(file, &mut magic, path)?;
    if magic != MAGIC.as_bytes() {
        return Err(refused(path, "it is not a backup of this program"));
    }
    let mut digits = String::new();
    loop {
        let mut byte = [0];
        read_exactly(file, &mut byte, path)?;
        match byte {
            [b'\n'] => break,
            [digit] if digit.is_ascii_digit() && digits.len() < LENGTH_DIGITS_MAX => {
                digits.push(char::from(digit));
            }
            _ => return Err(refused(path, "the length of the manifest is not a number")),
        }
    }
    let length: usize = digits
        .parse()
        .map_err(|_| refused(path, "the manifest has no length"))?;
    if length > ledger::limits::NOTE_BYTES_MAX || length.to_string() != digits {
        return Err(refused(path, "the length of the manifest is not allowed"));
    }
    let mut signed = vec![0; length];
    read_exactly(file, &mut signed, path)?;
    String::from_utf8(signed).map_err(|_| refused(path, "the manifest is not UTF-8"))
}

fn read_exactly(
    file: &mut BufReader<File>,
    buffer: &mut [u8],
    path: &Path,
) -> Result<(), StoreError> {
    file.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => refused(path, "it is cut short"),
        _ => files::failed(path)(error),
    })
}

impl Manifest {
    /// The text that is signed.
    fn to_text(&self) -> String {
        let parts: String = self
            .parts
            .iter()
            .map(|part| format!("part: {} {} {}\n", part.name, part.size, part.sha256))
            .collect();
        format!(
            "{MAGIC}name: {}\ncreated: {}\nschema: {}\nledger: {} {}\n{parts}",
            self.name, self.created_at, self.schema, self.ledger_size, self.ledger_root
        )
    }

    /// Reads exactly what [`Manifest::to_text`] writes: the two parts, in their order and bounds.
    fn parse(signed: &str) -> Option<Self> {
        let body = signed.strip_prefix(MAGIC)?;
        let mut lines = body.lines();
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
        let name = field("name")?.to_owned();
        let created_at = field("created")?.to_owned();
        let schema = field("schema")?.parse().ok()?;
        let (size, root) = field("ledger")?.split_once(' ')?;
        let (ledger_size, ledger_root) = (size.parse().ok()?, root.to_owned());
        let mut parts = Vec::new();
        for expected in [keys::FILE, DATABASE] {
            let mut words = field("part")?.split(' ');
            let part = Part {
                name: words.next().filter(|name| *name == expected)?.to_owned(),
                size: words.next()?.parse().ok()?,
                sha256: words.next()?.to_owned(),
            };
            if expected == keys::FILE && part.size > limits::KEY_FILE_BYTES_MAX {
                return None;
            }
            parts.push(part);
        }
        let manifest = Self {
            name,
            created_at,
            schema,
            ledger_size,
            ledger_root,
            parts,
        };
        let text = manifest.to_text();
        signed
            .strip_prefix(&text)?
            .starts_with('\n')
            .then_some(manifest)
    }
}

/// A folder for the steps of a backup, beside the file they are for; removed at the end.
struct Work {
    dir: PathBuf,
}

impl Work {
    fn begin(file: &Path) -> Result<Self, StoreError> {
        let dir = files::beside(file, "work");
        if !files::create_folder(&dir)? {
            // Left by a crash: nobody else makes a backup under this name.
            fs::remove_dir_all(&dir).map_err(files::failed(&dir))?;
            files::create_folder(&dir)?;
        }
        let work = Self { dir };
        install::refuse_network(&work.dir)?;
        Ok(work)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // An error here cannot be told, and the outcome is already decided.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn refused(path: &Path, what: &(impl std::fmt::Display + ?Sized)) -> StoreError {
    StoreError::Backup {
        path: path.to_owned(),
        what: what.to_string(),
    }
}
