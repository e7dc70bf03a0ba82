//! The key file of an installation: one random data key, wrapped once per
//! holder, and the signing key sealed under it.
//!
//! Every copy of the data key is a slot. A passphrase is changed by writing a
//! new slot; the data is never rewritten. Parameters of the derivation stand in
//! the slot, so they can grow with the machines. All secrets are wiped when
//! dropped. Randomness is an argument.

use std::fmt;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use ledger::note::SignerKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::limits::{KEY_FILE_BYTES_MAX, KEY_MEMORY_KIB_MAX, KEY_PASSES_MAX, KEY_SLOTS_MAX};
use crate::migrate::hex;
use crate::{StoreError, files};

/// Name of the key file in an installation's folder.
pub const FILE: &str = "keys.toml";
/// Version of the key file that this program writes and reads.
pub const FORMAT: u32 = 1;
/// Label of the slot that an installation starts with.
pub const FIRST_SLOT: &str = "passphrase";

const HEAD: &str =
    "# Khiên keys. Without this file and a passphrase the data cannot be read: keep a copy.\n";
const SUM: &str = "# sha256 ";

/// Fills a buffer with random bytes; only `cli` draws them.
pub type Random<'a> = dyn FnMut(&mut [u8]) + Send + 'a;

/// A secret of 256 bits, wiped when dropped.
type Secret = Zeroizing<[u8; 32]>;

/// What one guess of a passphrase costs (Argon2id, RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory of one guess in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Independent lanes.
    pub lanes: u32,
}

impl Cost {
    /// For a demonstration: 64 MiB, 3 passes.
    pub const DEMO: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
    };
    /// For an installation that holds data: 256 MiB, 3 passes.
    pub const INIT: Self = Self {
        memory_kib: 256 * 1024,
        passes: 3,
        lanes: 1,
    };
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    format: u32,
    /// Public key in C2SP text form; it also names the log.
    verifier: String,
    signing: Sealed,
    slot: Vec<Slot>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    nonce: String,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    kind: SlotKind,
    label: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
enum SlotKind {
    #[serde(rename = "passphrase-argon2id")]
    Passphrase,
}

/// The opened keys of an installation.
pub struct Keys {
    data: Secret,
    seed: Secret,
    verifier: String,
}

impl Keys {
    /// Draws new keys and writes `keys.toml` (mode 0600) into `dir`. `name` names the log and its
    /// key, without blanks and `+`, for instance `khien.example/T01`.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if there is a key file; [`StoreError::KeyFile`] for a name that is
    /// not allowed or a cost out of bounds.
    pub fn create(
        dir: &Path,
        name: &str,
        passphrase: &str,
        cost: Cost,
        random: &mut Random<'_>,
    ) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        if path.exists() {
            return Err(StoreError::NotEmpty(dir.to_owned()));
        }
        let data = draw(random);
        let seed = draw(random);
        let signer = SignerKey::from_seed(name, &seed).map_err(|error| damaged(&path, &error))?;
        let verifier = signer.verifier().to_string();
        let nonce = draw_nonce(random);
        let sealed = seal(&data, &nonce, &seed[..], &signing_context(&verifier))
            .ok_or_else(|| damaged(&path, "the signing key cannot be sealed"))?;
        let signing = Sealed {
            nonce: STANDARD.encode(nonce),
            sealed: STANDARD.encode(sealed),
        };
        let mut file = KeyFile {
            format: FORMAT,
            verifier: verifier.clone(),
            signing,
            slot: Vec::new(),
        };
        file.put_slot(&path, &data, FIRST_SLOT, passphrase, cost, random)?;
        file.write(&path)?;
        Ok(Self {
            data,
            seed,
            verifier,
        })
    }

    /// Opens `keys.toml` in `dir` with the passphrase of any slot.
    ///
    /// # Errors
    /// [`StoreError::Passphrase`] if no slot opens, [`StoreError::KeyFile`] if the file is damaged.
    pub fn open(dir: &Path, passphrase: &str) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        KeyFile::read(&path)?.unlock(&path, passphrase)
    }

    /// The raw key of the database.
    #[must_use]
    pub fn data_key(&self) -> &[u8; 32] {
        &self.data
    }

    /// Seed of the Ed25519 key that signs checkpoints and backups (RFC 8032).
    #[must_use]
    pub fn signing_seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// Public key in C2SP text form, `name+id+base64`: all that a verifier needs.
    #[must_use]
    pub fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Name of the log and of its key.
    #[must_use]
    pub fn name(&self) -> &str {
        self.verifier.split('+').next().unwrap_or_default()
    }

    /// The key that signs.
    ///
    /// # Errors
    /// [`StoreError::KeyFile`] if the name of the key is not allowed; never after [`Keys::open`].
    pub fn signer(&self) -> Result<SignerKey, StoreError> {
        SignerKey::from_seed(self.name(), &self.seed)
            .map_err(|error| damaged(Path::new(FILE), &error))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Keys")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

/// A passphrase to be put into a slot.
#[derive(Clone, Copy)]
pub struct NewSlot<'a> {
    /// Whose it is; a slot of the same label is replaced.
    pub label: &'a str,
    pub passphrase: &'a str,
    pub cost: Cost,
}

/// Adds a passphrase slot, or replaces the one with the same label. `current` is a passphrase that
/// opens the file now. The data is not rewritten.
///
/// # Errors
/// As [`Keys::open`]; [`StoreError::KeyFile`] if all slots are taken.
pub fn put_passphrase(
    dir: &Path,
    current: &str,
    new: NewSlot<'_>,
    random: &mut Random<'_>,
) -> Result<(), StoreError> {
    let path = dir.join(FILE);
    let mut file = KeyFile::read(&path)?;
    let keys = file.unlock(&path, current)?;
    file.put_slot(
        &path,
        &keys.data,
        new.label,
        new.passphrase,
        new.cost,
        random,
    )?;
    file.write(&path)
}

/// Removes the slot with this label. The last slot stays.
///
/// # Errors
/// As [`Keys::open`]; [`StoreError::KeyFile`] if there is no such slot or it is the last.
pub fn drop_passphrase(dir: &Path, current: &str, label: &str) -> Result<(), StoreError> {
    let path = dir.join(FILE);
    let mut file = KeyFile::read(&path)?;
    file.unlock(&path, current)?;
    let before = file.slot.len();
    file.slot.retain(|slot| slot.label != label);
    if file.slot.is_empty() {
        return Err(damaged(&path, "the last slot cannot be removed"));
    }
    if file.slot.len() == before {
        return Err(damaged(&path, &format!("there is no slot `{label}`")));
    }
    file.write(&path)
}

/// Labels of all slots, in file order.
///
/// # Errors
/// [`StoreError::KeyFile`] if the file is damaged.
pub fn slots(dir: &Path) -> Result<Vec<String>, StoreError> {
    let file = KeyFile::read(&dir.join(FILE))?;
    Ok(file.slot.into_iter().map(|slot| slot.label).collect())
}

/// The public key of an installation, without a passphrase.
///
/// # Errors
/// [`StoreError::KeyFile`] if the file is damaged.
pub fn verifier(dir: &Path) -> Result<String, StoreError> {
    Ok(KeyFile::read(&dir.join(FILE))?.verifier)
}

/// The public key in the bytes of a key file that came from `path`.
pub(crate) fn verifier_of(path: &Path, bytes: &[u8]) -> Result<String, StoreError> {
    let text = std::str::from_utf8(bytes).map_err(|error| damaged(path, &error))?;
    Ok(KeyFile::parse(path, text)?.verifier)
}

impl KeyFile {
    fn read(path: &Path) -> Result<Self, StoreError> {
        let text = files::read_text(path, KEY_FILE_BYTES_MAX)?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, StoreError> {
        let (body, sum) = text
            .strip_suffix('\n')
            .and_then(|text| text.rsplit_once(SUM))
            .ok_or_else(|| damaged(path, "the last line with its sum is missing"))?;
        if hex(&Sha256::digest(body.as_bytes())) != sum {
            return Err(damaged(path, "the sum in the last line does not hold"));
        }
        let file: Self = toml::from_str(body).map_err(|error| damaged(path, error.message()))?;
        if file.format != FORMAT {
            return Err(damaged(path, &format!("unknown format {}", file.format)));
        }
        if file.slot.is_empty() || file.slot.len() > KEY_SLOTS_MAX {
            return Err(damaged(path, "no slot, or too many"));
        }
        Ok(file)
    }

    fn write(&self, path: &Path) -> Result<(), StoreError> {
        let toml = toml::to_string(self).map_err(|error| damaged(path, &error))?;
        let body = format!("{HEAD}{toml}");
        let sum = hex(&Sha256::digest(body.as_bytes()));
        files::replace(path, format!("{body}{SUM}{sum}\n").as_bytes())
    }

    fn unlock(&self, path: &Path, passphrase: &str) -> Result<Keys, StoreError> {
        for slot in &self.slot {
            if let Some(data) = slot.unwrap_key(path, &self.verifier, passphrase)? {
                let seed = self.open_seed(path, &data)?;
                return Ok(Keys {
                    data,
                    seed,
                    verifier: self.verifier.clone(),
                });
            }
        }
        Err(StoreError::Passphrase)
    }

    fn open_seed(&self, path: &Path, data: &Secret) -> Result<Secret, StoreError> {
        let nonce = decode::<24>(path, "signing nonce", &self.signing.nonce)?;
        let sealed = decode::<48>(path, "sealed signing key", &self.signing.sealed)?;
        let seed = unseal(data, &nonce, &sealed, &signing_context(&self.verifier))
            .ok_or_else(|| damaged(path, "the signing key does not open"))?;
        let name = self.verifier.split('+').next().unwrap_or_default();
        let signer = SignerKey::from_seed(name, &seed).map_err(|error| damaged(path, &error))?;
        if signer.verifier().to_string() == self.verifier {
            Ok(seed)
        } else {
            Err(damaged(path, "signing key and public key are not a pair"))
        }
    }

    fn put_slot(
        &mut self,
        path: &Path,
        data: &Secret,
        label: &str,
        passphrase: &str,
        cost: Cost,
        random: &mut Random<'_>,
    ) -> Result<(), StoreError> {
        let mut salt = [0; 32];
        random(&mut salt);
        let nonce = draw_nonce(random);
        let key = derive(path, passphrase, &salt, cost)?;
        let mut slot = Slot {
            kind: SlotKind::Passphrase,
            label: label.to_owned(),
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: cost.lanes,
            salt: STANDARD.encode(salt),
            nonce: STANDARD.encode(nonce),
            sealed: String::new(),
        };
        let sealed = seal(&key, &nonce, &data[..], &slot.context(&self.verifier))
            .ok_or_else(|| damaged(path, "the data key cannot be sealed"))?;
        slot.sealed = STANDARD.encode(sealed);
        if let Some(old) = self.slot.iter_mut().find(|old| old.label == label) {
            *old = slot;
            return Ok(());
        }
        if self.slot.len() >= KEY_SLOTS_MAX {
            return Err(damaged(path, "all slots are taken"));
        }
        self.slot.push(slot);
        Ok(())
    }
}

impl Slot {
    /// The data key, or `None` if this passphrase does not open the slot.
    fn unwrap_key(
        &self,
        path: &Path,
        verifier: &str,
        passphrase: &str,
    ) -> Result<Option<Secret>, StoreError> {
        let cost = Cost {
            memory_kib: self.memory_kib,
            passes: self.passes,
            lanes: self.lanes,
        };
        let salt = decode::<32>(path, "salt", &self.salt)?;
        let nonce = decode::<24>(path, "nonce", &self.nonce)?;
        let sealed = decode::<48>(path, "sealed data key", &self.sealed)?;
        let key = derive(path, passphrase, &salt, cost)?;
        Ok(unseal(&key, &nonce, &sealed, &self.context(verifier)))
    }

    /// What is authenticated beside the sealed key: slots cannot be moved to another file, nor
    /// their labels and costs be exchanged.
    fn context(&self, verifier: &str) -> String {
        format!(
            "khien data key {FORMAT}\n{verifier}\n{}\n{} {} {}",
            self.label, self.memory_kib, self.passes, self.lanes
        )
    }
}

fn signing_context(verifier: &str) -> String {
    format!("khien signing key {FORMAT}\n{verifier}")
}

fn draw(random: &mut Random<'_>) -> Secret {
    let mut secret = Zeroizing::new([0; 32]);
    random(&mut secret[..]);
    secret
}

fn draw_nonce(random: &mut Random<'_>) -> [u8; 24] {
    let mut nonce = [0; 24];
    random(&mut nonce);
    nonce
}

/// Argon2id over memory that is wiped afterwards. A passphrase is taken in its NFC bytes as given;
/// two keyboards may write one letter in two ways, so `cli` normalises before it asks.
fn derive(
    path: &Path,
    passphrase: &str,
    salt: &[u8; 32],
    cost: Cost,
) -> Result<Secret, StoreError> {
    if cost.memory_kib > KEY_MEMORY_KIB_MAX || cost.passes > KEY_PASSES_MAX {
        return Err(damaged(path, "the cost of a guess is out of bounds"));
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
        .map_err(|error| damaged(path, &error))?;
    let mut memory = Zeroizing::new(vec![Block::new(); params.block_count()]);
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(
            passphrase.as_bytes(),
            salt,
            &mut key[..],
            memory.as_mut_slice(),
        )
        .map_err(|error| damaged(path, &error))?;
    Ok(key)
}

fn seal(key: &Secret, nonce: &[u8; 24], secret: &[u8], context: &str) -> Option<Vec<u8>> {
    let payload = Payload {
        msg: secret,
        aad: context.as_bytes(),
    };
    XChaCha20Poly1305::new((&**key).into())
        .encrypt(nonce.into(), payload)
        .ok()
}

fn unseal(key: &Secret, nonce: &[u8; 24], sealed: &[u8], context: &str) -> Option<Secret> {
    let payload = Payload {
        msg: sealed,
        aad: context.as_bytes(),
    };
    let plain = XChaCha20Poly1305::new((&**key).into())
        .decrypt(nonce.into(), payload)
        .ok()
        .map(Zeroizing::new)?;
    let mut secret = Zeroizing::new([0; 32]);
    if plain.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(&plain);
    Some(secret)
}

fn decode<const N: usize>(path: &Path, what: &str, text: &str) -> Result<[u8; N], StoreError> {
    STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| damaged(path, &format!("the {what} is not base64 of {N} bytes")))
}

fn damaged(path: &Path, what: &(impl fmt::Display + ?Sized)) -> StoreError {
    StoreError::KeyFile {
        path: PathBuf::from(path),
        what: what.to_string(),
    }
}
