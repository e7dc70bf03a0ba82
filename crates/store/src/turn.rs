//! Turns of the one writer of an SQLite file, and acts that share a durable commit.
//!
//! A commit waits for the disk; sixteen clerks who each wait in turn get a
//! sixteenth of the disk. So an act that ends while others are queueing does
//! not commit: it leaves the transaction open for the next ones and waits. The
//! last of those who queued commits for all, and only then is anyone told that
//! the act is done. An act that is given up is undone alone (savepoint); when
//! the common commit fails, every act in it has failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::{StoreError, limits};

/// Savepoints of one name nest; the common commit releases them all.
const SAVE: &str = "SAVEPOINT act";
const UNDO: &str = "ROLLBACK TO act";

type Outcome = Result<(), StoreError>;
type Guard = OwnedMutexGuard<Option<Group>>;

/// The queue of those who write.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    slot: Arc<Mutex<Option<Group>>>,
    waiting: Arc<AtomicUsize>,
}

/// An open transaction with acts that are done but not yet durable.
#[derive(Debug)]
struct Group {
    tx: sqlx::Transaction<'static, sqlx::Sqlite>,
    done: Vec<oneshot::Sender<Outcome>>,
    /// The last act was given up and is still to be undone.
    undo: bool,
    /// The ledger's head as the last act left it.
    head: Option<ledger::Frontier>,
}

/// One act's turn at the open transaction.
#[derive(Debug)]
pub struct Turn {
    queue: Queue,
    /// Absent once the act has ended.
    guard: Option<Guard>,
    /// Whether a statement failed in a way after which the transaction may be gone.
    broken: bool,
}

/// Counts one who waits for a turn, also when the waiting is given up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Queue {
    /// Waits for a turn. `shared` acts may stand in one commit with acts before them; others see
    /// only what is durable.
    pub(crate) async fn turn(&self, write: &SqlitePool, shared: bool) -> Result<Turn, StoreError> {
        let mut guard = self.wait().await?;
        if !shared && guard.is_some() {
            finish(&mut guard).await;
        }
        if let Some(group) = guard.as_mut() {
            let began = async {
                group.undo_last().await?;
                group.run(SAVE).await
            };
            if let Err(error) = began.await {
                give_up(&mut guard, &error);
                return Err(error);
            }
        } else {
            let tx = write
                .begin_with("BEGIN IMMEDIATE")
                .await
                .map_err(|source| StoreError::query("BEGIN", source))?;
            *guard = Some(Group {
                tx,
                done: Vec::new(),
                undo: false,
                head: None,
            });
        }
        Ok(Turn {
            queue: self.clone(),
            guard: Some(guard),
            broken: false,
        })
    }

    async fn wait(&self) -> Result<Guard, StoreError> {
        let _waiting = Waiting::new(&self.waiting);
        let patience = Duration::from_secs(limits::WRITE_WAIT_S);
        tokio::time::timeout(patience, Arc::clone(&self.slot).lock_owned())
            .await
            .map_err(|_| StoreError::Busy(sqlx::Error::PoolTimedOut))
    }
}

impl Group {
    async fn run(&mut self, sql: &'static str) -> Outcome {
        sqlx::query(sql)
            .execute(&mut *self.tx)
            .await
            .map(drop)
            .map_err(|source| StoreError::query(sql, source))
    }

    async fn undo_last(&mut self) -> Outcome {
        if self.undo {
            self.run(UNDO).await?;
            self.undo = false;
        }
        Ok(())
    }

    async fn commit(mut self) {
        let outcome = match self.undo_last().await {
            Ok(()) => self
                .tx
                .commit()
                .await
                .map_err(|source| StoreError::query("COMMIT", source)),
            Err(error) => Err(error),
        };
        tell(self.done, outcome.as_ref());
    }
}

/// Commits an open group, if there is one, and tells its acts.
async fn finish(guard: &mut Guard) {
    if let Some(group) = guard.take() {
        group.commit().await;
    }
}

/// Undoes a whole group: its transaction can no longer be relied on.
fn give_up(guard: &mut Guard, why: &StoreError) {
    if let Some(group) = guard.take() {
        tell(group.done, Err(why));
    }
}

fn tell(acts: Vec<oneshot::Sender<Outcome>>, outcome: Result<&(), &StoreError>) {
    for act in acts {
        // Who no longer listens has given up waiting.
        let _ = act.send(outcome.copied().map_err(StoreError::same));
    }
}

impl Turn {
    /// The open transaction.
    pub(crate) fn connection(&mut self) -> Result<&mut sqlx::SqliteConnection, StoreError> {
        self.guard
            .as_deref_mut()
            .and_then(Option::as_mut)
            .map(|group| &mut *group.tx)
            .ok_or_else(ended)
    }

    /// Where the head of the ledger is kept between the acts of one transaction.
    pub(crate) fn head(&mut self) -> Option<&mut Option<ledger::Frontier>> {
        self.guard
            .as_deref_mut()
            .and_then(Option::as_mut)
            .map(|group| &mut group.head)
    }

    /// Notes how a statement ended. A refused value leaves the transaction as it was; anything else
    /// may have undone it.
    pub(crate) fn heed(&mut self, error: &StoreError) {
        let refused = match error {
            StoreError::Duplicate { .. } => true,
            StoreError::Query { source, .. } => source.as_database_error().is_some_and(|error| {
                error.is_foreign_key_violation() || error.is_check_violation()
            }),
            _ => false,
        };
        self.broken |= !refused;
    }

    /// Ends the act; the answer comes when it is durable.
    pub(crate) async fn commit(mut self) -> Outcome {
        let mut guard = self.guard.take().ok_or_else(ended)?;
        let alone = guard.as_ref().is_some_and(|group| group.done.is_empty());
        if alone && self.queue.waiting.load(Ordering::Acquire) == 0 {
            let group = guard.take().ok_or_else(ended)?;
            return group
                .tx
                .commit()
                .await
                .map_err(|source| StoreError::query("COMMIT", source));
        }
        let (tell, told) = oneshot::channel();
        if let Some(group) = guard.as_mut() {
            group.done.push(tell);
        }
        drop(guard);
        if alone {
            // Stands behind those who queue now, and commits for all of them, whoever goes away.
            let slot = Arc::clone(&self.queue.slot);
            tokio::spawn(async move { finish(&mut slot.lock_owned().await).await });
        }
        told.await.map_err(|_| ended())?
    }
}

fn ended() -> StoreError {
    StoreError::query("COMMIT", sqlx::Error::WorkerCrashed)
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take() else {
            return;
        };
        let Some(group) = guard.as_mut() else { return };
        if group.done.is_empty() {
            // The driver undoes what it is handed back.
            *guard = None;
        } else if self.broken {
            give_up(&mut guard, &ended());
        } else {
            group.undo = true;
            group.head = None;
        }
    }
}
