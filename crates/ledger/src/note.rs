//! Signed notes (C2SP signed-note) with Ed25519 signatures (RFC 8032), and the texts of their keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::digest::{hex, sha256};
use crate::error::Error;
use crate::limits::{KEY_NAME_BYTES_MAX, NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX};

/// Signature type of Ed25519 in C2SP signed-note.
const ED25519: u8 = 0x01;

/// Start of every signature line: em dash and blank.
const SIGNATURE_MARK: &str = "\u{2014} ";

/// Identifier of a key: the start of `SHA-256(name || 0x0A || 0x01 || public key)`.
pub type KeyId = [u8; 4];

/// A public key and the name it signs under. Text form: `name+hex8+base64`, where the eight hexadecimal digits are
/// the key's identifier and the base64 is of `0x01 || public key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A public key of 32 bytes (RFC 8032).
    ///
    /// # Errors
    /// `LEDGER-KEY-NAME` for a name that C2SP forbids, `LEDGER-KEY-TEXT` for bytes that are no usable point.
    pub fn new(name: &str, public: &[u8; 32]) -> Result<Self, Error> {
        check_key_name(name)?;
        let key = VerifyingKey::from_bytes(public).map_err(|_| Error::KeyText {
            why: "not an Ed25519 key",
        })?;
        if key.is_weak() {
            return Err(Error::KeyText {
                why: "a weak Ed25519 key",
            });
        }
        Ok(Self {
            name: name.to_owned(),
            key,
        })
    }

    /// Name that stands in the signature lines of this key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Identifier that stands in the signatures of this key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[ED25519], self.key.as_bytes()]);
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    /// Checks a bare signature over `text`.
    ///
    /// # Errors
    /// `LEDGER-SIGNATURE` if it does not hold.
    pub fn verify(&self, text: &str, signature: &[u8; 64]) -> Result<(), Error> {
        self.key
            .verify_strict(text.as_bytes(), &Signature::from_bytes(signature))
            .map_err(|_| Error::NoteSignature {
                name: self.name.clone(),
            })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(
            out,
            "{}+{}+{}",
            self.name,
            hex(&self.id()),
            STANDARD.encode(bytes)
        )
    }
}

impl FromStr for VerifierKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why| Error::KeyText { why };
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong("fewer than three parts"));
        };
        if key.len() > 64 {
            return Err(wrong("key is too long"));
        }
        let bytes = STANDARD
            .decode(key)
            .map_err(|_| wrong("key is not base64"))?;
        let public = match bytes.split_first() {
            Some((&ED25519, public)) => public
                .try_into()
                .map_err(|_| wrong("key is not of 32 bytes"))?,
            _ => return Err(wrong("not an Ed25519 key")),
        };
        let key = Self::new(name, public)?;
        if hex(&key.id()) == id {
            Ok(key)
        } else {
            Err(wrong("identifier does not belong to name and key"))
        }
    }
}

/// A private key and the name it signs under. It never prints itself.
pub struct SignerKey {
    key: SigningKey,
    public: VerifierKey,
}

impl SignerKey {
    /// A private key from its 32-byte seed (RFC 8032).
    ///
    /// # Errors
    /// `LEDGER-KEY-NAME` for a name that C2SP forbids.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, key.verifying_key().as_bytes())?;
        Ok(Self { key, public })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// A signed note: the text, a blank line, one signature line.
    ///
    /// # Errors
    /// `LEDGER-NOTE-TEXT` if the text does not end in a newline, is too long or has control characters.
    pub fn sign(&self, text: &str) -> Result<String, Error> {
        let note = format!("{text}\n");
        let line = signature_line(&self.public, &self.key.sign(text.as_bytes()).to_bytes());
        check_note_text(&note)?;
        if text.strip_suffix('\n').is_none_or(str::is_empty) {
            return Err(Error::NoteText {
                why: "the text is empty or does not end in a newline",
            });
        }
        let note = note + &line;
        check_note_text(&note)?;
        Ok(note)
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SignerKey")
            .field("public", &self.public.to_string())
            .finish_non_exhaustive()
    }
}

/// A note whose signature by the wanted key was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened<'a> {
    /// The signed text, with its last newline.
    pub text: &'a str,
    /// The signature that held.
    pub signature: [u8; 64],
}

/// Opens a signed note: reads it and verifies the signature of `key`. Signatures of other keys are ignored, as C2SP
/// demands; one of this key that does not hold refuses the whole note.
///
/// # Errors
/// `LEDGER-NOTE-TEXT` if it is not a signed note, `LEDGER-UNSIGNED` if `key` did not sign it, `LEDGER-SIGNATURE` if
/// its signature does not hold.
pub fn open<'a>(note: &'a str, key: &VerifierKey) -> Result<Opened<'a>, Error> {
    let malformed = |why| Error::NoteText { why };
    check_note_text(note)?;
    let (body, lines) = note
        .rsplit_once("\n\n")
        .ok_or(malformed("no blank line before the signatures"))?;
    let text = note
        .get(..body.len().saturating_add(1))
        .filter(|text| *text != "\n")
        .ok_or(malformed("empty text"))?;
    let lines = lines
        .strip_suffix('\n')
        .ok_or(malformed("the last line does not end in a newline"))?;
    if lines.split('\n').count() > NOTE_SIGNATURES_MAX {
        return Err(malformed("too many signatures"));
    }
    let mut held = None;
    for line in lines.split('\n') {
        let (name, id, bytes) = parse_signature_line(line)?;
        if name == key.name && id == key.id() {
            let signature = bytes.try_into().map_err(|_| Error::NoteSignature {
                name: key.name.clone(),
            })?;
            key.verify(text, &signature)?;
            held = Some(signature);
        }
    }
    let signature = held.ok_or_else(|| Error::NoteUnsigned {
        name: key.name.clone(),
    })?;
    Ok(Opened { text, signature })
}

/// One signature line, with its newline.
#[must_use]
pub fn signature_line(key: &VerifierKey, signature: &[u8; 64]) -> String {
    let bytes = [key.id().as_slice(), signature.as_slice()].concat();
    format!("{SIGNATURE_MARK}{} {}\n", key.name, STANDARD.encode(bytes))
}

fn parse_signature_line(line: &str) -> Result<(&str, KeyId, Vec<u8>), Error> {
    let malformed = Error::NoteText {
        why: "a signature line is malformed",
    };
    let parts = line
        .strip_prefix(SIGNATURE_MARK)
        .and_then(|rest| rest.split_once(' '));
    let Some((name, signature)) = parts.filter(|(name, _)| is_key_name(name)) else {
        return Err(malformed);
    };
    match STANDARD
        .decode(signature)
        .ok()
        .as_deref()
        .and_then(<[u8]>::split_first_chunk::<4>)
    {
        Some((id, rest)) if !rest.is_empty() => Ok((name, *id, rest.to_vec())),
        _ => Err(malformed),
    }
}

fn check_note_text(note: &str) -> Result<(), Error> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(Error::NoteText { why: "too long" });
    }
    if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(Error::NoteText {
            why: "a control character",
        });
    }
    Ok(())
}

pub(crate) fn check_key_name(name: &str) -> Result<(), Error> {
    if is_key_name(name) && name.len() <= KEY_NAME_BYTES_MAX {
        Ok(())
    } else {
        Err(Error::KeyName)
    }
}

/// Whether C2SP signed-note allows the name: not empty, no Unicode blank, no `+`; control characters never.
fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control() || letter == '+')
}
