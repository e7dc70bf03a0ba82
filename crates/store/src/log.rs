//! The ledger's rows: exact event bytes, leaf hashes, roots of complete
//! subtrees, signed checkpoints.
//!
//! Appending happens inside the use case's own transaction. Hashes of whole
//! subtrees are kept only every eighth level: a proof reads at most 255 leaves
//! or nodes for each part, and an append writes one extra row in 256.

use std::fmt::Write as _;

use ledger::proof::{self, Element, Subtree};
use ledger::{Frontier, Hash};

use crate::db::Write;
use crate::{Db, Row, StoreError, Tx, args, limits, statements};

/// Levels between two kept subtree roots.
const STRIDE: u8 = 8;

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Position in the log, from 0.
    pub seq: i64,
    pub kind: String,
    pub object: String,
    pub bytes: Vec<u8>,
}

/// A new event: unit, kind, object, exact bytes.
pub type NewEvent<'a> = (Option<i64>, &'a str, &'a str, &'a [u8]);

/// By what a form that is sent twice finds its first outcome.
#[derive(Debug, Clone, Copy)]
pub struct RequestMark<'a> {
    pub id: &'a str,
    pub account: i64,
    pub outcome: &'a str,
}

/// A signed checkpoint as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    pub size: i64,
    pub note: String,
    pub created_at: String,
}

statements! {
    HEAD_INIT = "INSERT INTO ledger_head (id, size, frontier) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING";
    /// Takes the row lock: one append at a time, in order.
    HEAD_LOCK = "UPDATE ledger_head SET size = size WHERE id = 1 RETURNING size, frontier";
    HEAD_READ = "SELECT size, frontier FROM ledger_head WHERE id = 1";
    HEAD_WRITE = "UPDATE ledger_head SET size = $1, frontier = $2 WHERE id = 1";
    EVENT_GET = "SELECT seq, kind, object, bytes FROM ledger_event WHERE seq = $1";
    EVENTS_FROM = "SELECT seq, kind, object, bytes, leaf FROM ledger_event WHERE seq >= $1 ORDER BY seq LIMIT $2";
    /// What a verification reads of every event, and no more.
    LEAVES_FROM = "SELECT seq, bytes, leaf FROM ledger_event WHERE seq >= $1 ORDER BY seq LIMIT $2";
    EVENTS_OF_OBJECT = "SELECT seq, kind, object, bytes FROM ledger_event WHERE object = $1 ORDER BY seq DESC LIMIT 200";
    EVENTS_OF_UNIT = "SELECT seq, kind, object, bytes FROM ledger_event WHERE unit_id = $1 AND seq < $2
        ORDER BY seq DESC LIMIT $3";
    LEAVES = "SELECT leaf FROM ledger_event WHERE seq BETWEEN $1 AND $2 ORDER BY seq";
    NODE_ADD = "INSERT INTO ledger_node (level, position, hash) VALUES ($1, $2, $3)";
    NODES = "SELECT hash FROM ledger_node WHERE level = $1 AND position BETWEEN $2 AND $3 ORDER BY position";
    CHECKPOINT_ADD = "INSERT INTO checkpoint (size, note, created_at) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING";
    CHECKPOINT_LAST = "SELECT size, note, created_at FROM checkpoint ORDER BY size DESC LIMIT 1";
    CHECKPOINTS = "SELECT size, note, created_at FROM checkpoint ORDER BY size DESC LIMIT 50";
}

pub(crate) fn event(row: &Row) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        seq: row.int("seq")?,
        kind: row.text("kind")?,
        object: row.text("object")?,
        bytes: row.bytes("bytes")?,
    })
}

fn checkpoint(row: &Row) -> Result<CheckpointRow, StoreError> {
    Ok(CheckpointRow {
        size: row.int("size")?,
        note: row.text("note")?,
        created_at: row.text("created_at")?,
    })
}

fn frontier(row: &Row) -> Result<Frontier, StoreError> {
    let size = row.int("size")?;
    let frontier =
        Frontier::from_bytes(&row.bytes("frontier")?).map_err(|error| damaged(size, &error))?;
    if i64::try_from(frontier.size()) != Ok(size) {
        return Err(StoreError::Ledger {
            seq: size,
            what: "head and frontier disagree".to_owned(),
        });
    }
    Ok(frontier)
}

fn damaged(seq: i64, error: &ledger::Error) -> StoreError {
    StoreError::Ledger {
        seq,
        what: error.to_string(),
    }
}

fn hash(row: &Row, column: &'static str) -> Result<Hash, StoreError> {
    let bytes = row.bytes(column)?;
    Hash::try_from(bytes.as_slice()).map_err(|_| StoreError::Stored {
        table: "ledger",
        column,
        value: format!("{} bytes", bytes.len()),
    })
}

fn signed(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::Ledger {
        seq: i64::MAX,
        what: "position out of range".to_owned(),
    })
}

/// Roots that are kept: complete subtrees of every eighth level above the leaves.
fn kept(subtree: Subtree) -> bool {
    subtree.level > 0 && subtree.level.is_multiple_of(STRIDE)
}

/// Joins an even power-of-two row of hashes to its root.
fn join(mut hashes: Vec<Hash>) -> Option<Hash> {
    while hashes.len() > 1 {
        hashes = hashes
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => Some(ledger::digest::node_hash(left, right)),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()?;
    }
    hashes.pop()
}

/// Rows of events written by one statement; the text depends only on the count.
pub fn events_insert(count: usize) -> String {
    let mut sql =
        String::from("INSERT INTO ledger_event (seq, unit_id, kind, object, bytes, leaf) VALUES ");
    for n in 0..count {
        let comma = if n > 0 { ", " } else { "" };
        let p = n * 6;
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            "{comma}(${}, ${}, ${}, ${}, ${}, ${})",
            p + 1,
            p + 2,
            p + 3,
            p + 4,
            p + 5,
            p + 6
        );
    }
    sql
}

/// The writes that append events to a log of this head.
fn append(
    head: &mut Frontier,
    events: &[NewEvent<'_>],
    writes: &mut Vec<Write>,
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(events.len() * 6);
    let mut nodes = Vec::new();
    for (unit, kind, object, bytes) in events {
        let seq = signed(head.size())?;
        let leaf = ledger::digest::leaf_hash(bytes);
        let complete = head.append(leaf).map_err(|error| damaged(seq, &error))?;
        rows.extend(args![seq, *unit, *kind, *object, *bytes, leaf.as_slice()]);
        for (subtree, root) in complete.into_iter().filter(|(subtree, _)| kept(*subtree)) {
            let place = args![
                i64::from(subtree.level),
                signed(subtree.index)?,
                root.as_slice()
            ];
            nodes.push((NODE_ADD.to_owned(), place.into()));
        }
    }
    writes.push((events_insert(events.len()), rows));
    writes.append(&mut nodes);
    Ok(())
}

impl Tx {
    /// Creates the empty log of a new installation.
    pub async fn init_log(&mut self) -> Result<(), StoreError> {
        self.run(HEAD_INIT, &args![Frontier::new().to_bytes()])
            .await?;
        Ok(())
    }

    /// Appends events in order; the answer is the position of the first.
    pub async fn append_events(&mut self, events: &[NewEvent<'_>]) -> Result<i64, StoreError> {
        self.close_act(events, None).await
    }

    /// As [`Tx::append_events`], and marks the request that the act answers. All is written at once
    /// with the last events: a call to the database costs more than a row.
    pub async fn close_act(
        &mut self,
        events: &[NewEvent<'_>],
        request: Option<&RequestMark<'_>>,
    ) -> Result<i64, StoreError> {
        let mut head = match self.known_head() {
            Some(head) => head,
            None => frontier(&self.one(HEAD_LOCK, &[]).await?)?,
        };
        let first = signed(head.size())?;
        let mut writes = Vec::new();
        for part in events.chunks(limits::EVENTS_AT_ONCE) {
            // Of a long list all but the last part are written here.
            self.run_all(&std::mem::take(&mut writes)).await?;
            append(&mut head, part, &mut writes)?;
        }
        if !events.is_empty() {
            let values = args![signed(head.size())?, head.to_bytes()];
            writes.push((HEAD_WRITE.to_owned(), values.into()));
        }
        if let Some(mark) = request {
            let values = args![mark.id, mark.account, mark.outcome];
            writes.push((crate::accounts::REQUEST_DONE.to_owned(), values.into()));
        }
        self.run_all(&writes).await?;
        self.keep_head(head);
        Ok(first)
    }

    /// Size and root of the log inside the transaction.
    pub async fn log_head(&mut self) -> Result<(u64, Hash), StoreError> {
        let head = frontier(&self.one(HEAD_READ, &[]).await?)?;
        Ok((head.size(), head.root()))
    }

    pub async fn add_checkpoint(
        &mut self,
        size: i64,
        note: &str,
        at: &str,
    ) -> Result<(), StoreError> {
        self.run(CHECKPOINT_ADD, &args![size, note, at]).await?;
        Ok(())
    }
}

impl Db {
    /// Whether this database has a log, be it empty.
    pub async fn log_begun(&self) -> Result<bool, StoreError> {
        Ok(self.first(HEAD_READ, &[]).await?.is_some())
    }

    /// Size and root of the log.
    pub async fn log_head(&self) -> Result<(u64, Hash), StoreError> {
        let head = frontier(&self.one(HEAD_READ, &[]).await?)?;
        Ok((head.size(), head.root()))
    }

    pub async fn event(&self, seq: i64) -> Result<Option<EventRow>, StoreError> {
        self.first(EVENT_GET, &args![seq])
            .await?
            .as_ref()
            .map(event)
            .transpose()
    }

    /// Events about one object, newest first.
    pub async fn events_of_object(&self, object: &str) -> Result<Vec<EventRow>, StoreError> {
        self.all(EVENTS_OF_OBJECT, &args![object])
            .await?
            .iter()
            .map(event)
            .collect()
    }

    /// Events of a unit before a position, newest first.
    pub async fn events_of_unit(
        &self,
        unit: i64,
        before: i64,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.all(EVENTS_OF_UNIT, &args![unit, before, limit])
            .await?
            .iter()
            .map(event)
            .collect()
    }

    /// Events with their stored leaf hashes from a position on.
    pub async fn events_from(
        &self,
        from: i64,
        limit: i64,
    ) -> Result<Vec<(EventRow, Hash)>, StoreError> {
        self.all(EVENTS_FROM, &args![from, limit])
            .await?
            .iter()
            .map(|row| Ok((event(row)?, hash(row, "leaf")?)))
            .collect()
    }

    pub async fn checkpoint_last(&self) -> Result<Option<CheckpointRow>, StoreError> {
        self.first(CHECKPOINT_LAST, &[])
            .await?
            .as_ref()
            .map(checkpoint)
            .transpose()
    }

    pub async fn checkpoints(&self) -> Result<Vec<CheckpointRow>, StoreError> {
        self.all(CHECKPOINTS, &[])
            .await?
            .iter()
            .map(checkpoint)
            .collect()
    }

    /// Audit path of an event in the log of `size` events.
    pub async fn inclusion(&self, seq: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
        let plan = proof::inclusion_plan(seq, size).map_err(|error| damaged(-1, &error))?;
        self.resolve(&plan).await
    }

    /// Proof that the log of `new` events extends its first `old` events.
    pub async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, StoreError> {
        let plan = proof::consistency_plan(old, new).map_err(|error| damaged(-1, &error))?;
        self.resolve(&plan).await
    }

    async fn resolve(&self, plan: &[Element]) -> Result<Vec<Hash>, StoreError> {
        let mut proof = Vec::with_capacity(plan.len());
        for element in plan {
            let mut roots = Vec::with_capacity(element.len());
            for subtree in element {
                roots.push(self.subtree(*subtree).await?);
            }
            proof.push(proof::fold(&roots).ok_or_else(|| StoreError::Ledger {
                seq: -1,
                what: "empty proof element".to_owned(),
            })?);
        }
        Ok(proof)
    }

    /// Root of a complete subtree, from the nearest kept level below it.
    async fn subtree(&self, subtree: Subtree) -> Result<Hash, StoreError> {
        let base = subtree.level / STRIDE * STRIDE;
        let span = 1_u64 << (subtree.level - base);
        let low = signed(subtree.index * span)?;
        let high = low + signed(span)? - 1;
        let rows = if base == 0 {
            self.all(LEAVES, &args![low, high]).await?
        } else {
            self.all(NODES, &args![i64::from(base), low, high]).await?
        };
        let column = if base == 0 { "leaf" } else { "hash" };
        let hashes: Vec<Hash> = rows
            .iter()
            .map(|row| hash(row, column))
            .collect::<Result<_, _>>()?;
        if hashes.len() as u64 != span {
            return Err(StoreError::Ledger {
                seq: low,
                what: format!("{} of {span} hashes are there", hashes.len()),
            });
        }
        join(hashes).ok_or_else(|| StoreError::Ledger {
            seq: low,
            what: "hashes do not join".to_owned(),
        })
    }

    /// Re-hashes every event and compares with the stored leaves and the head.
    /// The answer is the number of events and the root.
    ///
    /// # Errors
    /// [`StoreError::Ledger`] names the first event that is missing or changed.
    pub async fn verify_log(&self) -> Result<(u64, Hash), StoreError> {
        let mut rebuilt = Frontier::new();
        loop {
            let from = signed(rebuilt.size())?;
            let batch = self
                .all(LEAVES_FROM, &args![from, limits::VERIFY_EVENTS_AT_ONCE])
                .await?;
            if batch.is_empty() {
                break;
            }
            for row in &batch {
                let expected = signed(rebuilt.size())?;
                let wrong = |what: &str| StoreError::Ledger {
                    seq: expected,
                    what: what.to_owned(),
                };
                if row.int("seq")? != expected {
                    return Err(wrong("event is missing"));
                }
                let leaf = hash(row, "leaf")?;
                if ledger::digest::leaf_hash(&row.bytes("bytes")?) != leaf {
                    return Err(wrong("event was changed"));
                }
                rebuilt
                    .append(leaf)
                    .map_err(|error| damaged(expected, &error))?;
            }
        }
        let (size, root) = self.log_head().await?;
        if (size, root) != (rebuilt.size(), rebuilt.root()) {
            return Err(StoreError::Ledger {
                seq: signed(rebuilt.size())?,
                what: "events do not lead to the head".to_owned(),
            });
        }
        Ok((size, root))
    }
}
