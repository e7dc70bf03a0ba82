//! The ledger as a person reads it.

use std::collections::BTreeMap;

use domain::access::Action;
use ledger::Event;
use store::log::EventRow;

use crate::{App, AppError, Who};

/// What the ledger page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerView {
    pub size: u64,
    /// Root in hexadecimal.
    pub root: String,
    /// Name of the log and of its key.
    pub origin: String,
    /// The key that verifies papers and checkpoints.
    pub public_key: String,
    pub checkpoints: Vec<store::log::CheckpointRow>,
    /// Events of one's own unit, newest first.
    pub events: Vec<EventView>,
    /// Position before which older events begin; `None` on the last page.
    pub older: Option<i64>,
}

/// One event as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    pub seq: i64,
    pub at: String,
    /// Name of the person who acted, as far as it is an account of the unit.
    pub actor: String,
    pub kind: String,
    /// Facts by name; empty for those who may not read the books.
    pub fields: BTreeMap<String, String>,
    /// The event is about books and the reader may not read them.
    pub hidden: bool,
}

impl App {
    /// The ledger page: state, signed states and one's own unit's events before
    /// a position.
    pub async fn ledger_view(
        &self,
        who: &Who,
        before: Option<i64>,
    ) -> Result<LedgerView, AppError> {
        who.require(Action::ReadLedger)?;
        let (size, root) = self.db.log_head().await?;
        let unit = who.actor.unit;
        let rows = store::limits::PAGE_ROWS;
        let mut stored = self
            .db
            .events_of_unit(unit, before.unwrap_or(i64::MAX), rows + 1)
            .await?;
        let more = stored.len() > usize::try_from(rows).unwrap_or(usize::MAX);
        if more {
            stored.pop();
        }
        let names: BTreeMap<String, String> = self
            .db
            .accounts_of(unit)
            .await?
            .into_iter()
            .map(|account| (format!("account:{}", account.id), account.display_name))
            .collect();
        let older = stored.last().filter(|_| more).map(|last| last.seq);
        let events = stored
            .iter()
            .map(|row| view(row, who, &names))
            .collect::<Result<_, _>>()?;
        Ok(LedgerView {
            size,
            root: ledger::digest::hex(&root),
            origin: self.signer.origin.clone(),
            public_key: self.public_key()?.to_string(),
            checkpoints: self.db.checkpoints().await?,
            events,
            older,
        })
    }
}

fn view(
    row: &EventRow,
    who: &Who,
    names: &BTreeMap<String, String>,
) -> Result<EventView, AppError> {
    let (event, _) = Event::decode(&row.bytes)?;
    let about_people = event.kind.starts_with("account.") || event.kind.starts_with("unit.");
    let about_watch = event.kind.starts_with("watch.") && who.may(Action::ReadWatch);
    let hidden = !about_people && !about_watch && !who.may(Action::ReadBooks);
    Ok(EventView {
        seq: row.seq,
        at: event.at,
        actor: names.get(&event.actor).cloned().unwrap_or_default(),
        kind: event.kind,
        fields: if hidden {
            BTreeMap::new()
        } else {
            event.fields
        },
        hidden,
    })
}
