//! Events and their canonical bytes: the leaves of the log.
//!
//! One event has exactly one encoding for a given salt, and [`Event::decode`] refuses every other byte sequence, so
//! that the stored bytes, never a re-serialisation, are what was hashed.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::limits::{
    EVENT_BYTES_MAX, EVENT_FIELDS_MAX, EVENT_IDENTIFIER_BYTES_MAX, EVENT_NAME_BYTES_MAX,
    EVENT_VALUE_BYTES_MAX,
};
use crate::wire::{Cursor, Cut, put_text};

/// First byte of every encoded event.
const VERSION: u8 = 1;

/// Random bytes in front of an event: they hide guessable content when only its hash is kept.
pub type Salt = [u8; 16];

/// One act, as the ledger keeps it: identifiers and digests, no secret text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened, for instance `entry.added`: `a-z 0-9 . _ -`.
    pub kind: String,
    /// When, UTC RFC 3339 ending in `Z`, for instance `2026-03-01T02:03:04Z`.
    pub at: String,
    /// Identifier of the account that acted.
    pub actor: String,
    /// Identifier of what was acted on.
    pub object: String,
    /// Further facts by name; names as for `kind`.
    pub fields: BTreeMap<String, String>,
}

impl Event {
    /// The canonical bytes of this event with `salt`; their hash is the leaf hash.
    ///
    /// # Errors
    /// `LEDGER-EVENT-LIMIT`, `LEDGER-EVENT-NAME` or `LEDGER-EVENT-TIME` if a part is not allowed in the ledger.
    pub fn encode(&self, salt: &Salt) -> Result<Vec<u8>, Error> {
        self.check()?;
        let mut out = vec![VERSION];
        out.extend_from_slice(salt);
        let fields = u16::try_from(self.fields.len()).unwrap_or(u16::MAX);
        let head = [&self.kind, &self.at, &self.actor, &self.object];
        let written = head
            .into_iter()
            .try_for_each(|text| put_text(&mut out, text))
            .and_then(|()| {
                out.extend_from_slice(&fields.to_be_bytes());
                self.fields.iter().try_for_each(|(key, value)| {
                    put_text(&mut out, key)?;
                    put_text(&mut out, value)
                })
            })
            .is_some();
        if !written || out.len() > EVENT_BYTES_MAX {
            return Err(Error::EventLimit {
                part: "the whole",
                found: out.len(),
                max: EVENT_BYTES_MAX,
            });
        }
        Ok(out)
    }

    /// Reads back an event and its salt from canonical bytes.
    ///
    /// # Errors
    /// `LEDGER-EVENT-BYTES` for anything that [`Event::encode`] cannot have written, and its errors for parts that are
    /// not allowed.
    pub fn decode(bytes: &[u8]) -> Result<(Self, Salt), Error> {
        if bytes.len() > EVENT_BYTES_MAX {
            return Err(Error::EventLimit {
                part: "the whole",
                found: bytes.len(),
                max: EVENT_BYTES_MAX,
            });
        }
        let (event, salt) = read(bytes).map_err(|cut| Error::EventBytes {
            why: cut.why,
            at: cut.at,
        })?;
        event.check()?;
        Ok((event, salt))
    }

    /// Refuses parts that are not allowed in the ledger.
    fn check(&self) -> Result<(), Error> {
        check_name("kind", &self.kind)?;
        if !is_utc_instant(&self.at) {
            return Err(Error::EventTime);
        }
        check_length("actor", self.actor.len(), EVENT_IDENTIFIER_BYTES_MAX)?;
        check_length("object", self.object.len(), EVENT_IDENTIFIER_BYTES_MAX)?;
        check_length("number of fields", self.fields.len(), EVENT_FIELDS_MAX)?;
        self.fields.iter().try_for_each(|(key, value)| {
            check_name("field key", key)?;
            check_length("field value", value.len(), EVENT_VALUE_BYTES_MAX)
        })
    }
}

fn read(bytes: &[u8]) -> Result<(Event, Salt), Cut> {
    let mut cursor = Cursor::new(bytes);
    if cursor.u8()? != VERSION {
        return Err(Cut {
            at: 0,
            why: "unknown version",
        });
    }
    let salt = cursor.array()?;
    let kind = cursor.text()?.to_owned();
    let at = cursor.text()?.to_owned();
    let actor = cursor.text()?.to_owned();
    let object = cursor.text()?.to_owned();
    let mut fields = BTreeMap::new();
    for _ in 0..cursor.u16()? {
        let start = cursor.at();
        let key = cursor.text()?;
        if fields
            .last_key_value()
            .is_some_and(|(last, _): (&String, _)| last.as_str() >= key)
        {
            return Err(Cut {
                at: start,
                why: "field keys not in strictly ascending order",
            });
        }
        fields.insert(key.to_owned(), cursor.text()?.to_owned());
    }
    cursor.end()?;
    Ok((
        Event {
            kind,
            at,
            actor,
            object,
            fields,
        },
        salt,
    ))
}

fn check_length(part: &'static str, found: usize, max: usize) -> Result<(), Error> {
    if found <= max {
        Ok(())
    } else {
        Err(Error::EventLimit { part, found, max })
    }
}

fn check_name(part: &'static str, name: &str) -> Result<(), Error> {
    check_length(part, name.len(), EVENT_NAME_BYTES_MAX)?;
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if !name.is_empty() && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(Error::EventName { part })
    }
}

/// Whether `text` is `YYYY-MM-DDTHH:MM:SS[.f{1,9}]Z` with each part in its range (RFC 3339, section 5.6, UTC only).
fn is_utc_instant(text: &str) -> bool {
    let Some((head, tail)) = text.split_at_checked(19) else {
        return false;
    };
    let shape = head
        .bytes()
        .zip(*b"0000-00-00T00:00:00")
        .all(|(byte, pattern)| match pattern {
            b'0' => byte.is_ascii_digit(),
            mark => byte == mark,
        });
    let within = |from: usize, low: &str, high: &str| {
        head.get(from..from.saturating_add(2))
            .is_some_and(|two| low <= two && two <= high)
    };
    let ranges = within(5, "01", "12")
        && within(8, "01", "31")
        && within(11, "00", "23")
        && within(14, "00", "59")
        && within(17, "00", "59");
    let fraction = match tail.strip_suffix('Z') {
        Some("") => true,
        Some(rest) => rest.strip_prefix('.').is_some_and(|digits| {
            (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        }),
        None => false,
    };
    shape && ranges && fraction
}
