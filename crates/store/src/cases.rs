//! Hand-over files that left, keys of watch installations that are trusted, and the cases that
//! units opened from such files.

use crate::limits::{PAGE_ROWS, offset};
use crate::{Db, Row, StoreError, Tx, args, statements};

/// A hand-over file as it left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandOverRow {
    pub id: i64,
    pub unit_id: i64,
    pub object_id: i64,
    pub number: String,
    pub receiver_code: String,
    pub receiver_name: String,
    /// The signed note.
    pub note: String,
    pub created_by: i64,
    pub created_at: String,
}

/// A key whose files are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SenderRow {
    pub id: i64,
    pub name: String,
    pub key: String,
    pub added_by: i64,
    pub added_at: String,
}

/// A case of a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseRow {
    pub id: i64,
    pub unit_id: i64,
    pub sender: String,
    pub number: String,
    pub file_sha256: String,
    /// The signed note.
    pub note: String,
    pub address: String,
    pub level: Option<String>,
    pub confirmed_on: String,
    /// `open` or `closed`.
    pub state: String,
    pub outcome: String,
    /// What was done, in words.
    pub words: String,
    pub received_by: i64,
    pub received_at: String,
    pub closed_by: Option<i64>,
    pub closed_at: Option<String>,
}

statements! {
    HAND_OVER_ADD = "INSERT INTO hand_over (unit_id, object_id, number, receiver_code, receiver_name, note,
        created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    HAND_OVER_OF = "SELECT * FROM hand_over WHERE object_id = $1 ORDER BY id LIMIT 20";
    HAND_OVERS_COUNT = "SELECT COUNT(*) AS n FROM hand_over WHERE unit_id = $1 AND created_at >= $2 AND created_at < $3";
    SENDER_ADD = "INSERT INTO sender_key (name, key, added_by, added_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO NOTHING";
    SENDER_GET = "SELECT * FROM sender_key WHERE name = $1";
    SENDERS = "SELECT * FROM sender_key ORDER BY name LIMIT 200";
    CASE_ADD = "INSERT INTO leak_case (unit_id, sender, number, file_sha256, note, address, level, confirmed_on, state,
        outcome, words, received_by, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', '', $9, $10)
        RETURNING id";
    CASE_SAME = "SELECT id FROM leak_case WHERE unit_id = $1 AND sender = $2 AND number = $3";
    CASE_GET = "SELECT * FROM leak_case WHERE id = $1 AND unit_id = $2";
    CASES = "SELECT * FROM leak_case WHERE unit_id = $1 AND ($2 = '' OR state = $2) ORDER BY id DESC LIMIT $3 OFFSET $4";
    CASE_CLOSE = "UPDATE leak_case SET state = 'closed', outcome = $2, words = $3, closed_by = $4, closed_at = $5
        WHERE id = $1 AND state = 'open'";
}

fn hand_over(row: &Row) -> Result<HandOverRow, StoreError> {
    Ok(HandOverRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        object_id: row.int("object_id")?,
        number: row.text("number")?,
        receiver_code: row.text("receiver_code")?,
        receiver_name: row.text("receiver_name")?,
        note: row.text("note")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

fn sender(row: &Row) -> Result<SenderRow, StoreError> {
    Ok(SenderRow {
        id: row.int("id")?,
        name: row.text("name")?,
        key: row.text("key")?,
        added_by: row.int("added_by")?,
        added_at: row.text("added_at")?,
    })
}

fn case(row: &Row) -> Result<CaseRow, StoreError> {
    Ok(CaseRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        sender: row.text("sender")?,
        number: row.text("number")?,
        file_sha256: row.text("file_sha256")?,
        note: row.text("note")?,
        address: row.text("address")?,
        level: row.opt_text("level")?,
        confirmed_on: row.text("confirmed_on")?,
        state: row.text("state")?,
        outcome: row.text("outcome")?,
        words: row.text("words")?,
        received_by: row.int("received_by")?,
        received_at: row.text("received_at")?,
        closed_by: row.opt_int("closed_by")?,
        closed_at: row.opt_text("closed_at")?,
    })
}

impl Db {
    /// The files by which an object was handed over.
    pub async fn hand_overs_of(&self, object_id: i64) -> Result<Vec<HandOverRow>, StoreError> {
        let rows = self.all(HAND_OVER_OF, &args![object_id]).await?;
        rows.iter().map(hand_over).collect()
    }

    /// How many files left from one instant to before another.
    pub async fn hand_overs_count(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
    ) -> Result<i64, StoreError> {
        self.one(HAND_OVERS_COUNT, &args![unit_id, from, to])
            .await?
            .int("n")
    }

    pub async fn senders(&self) -> Result<Vec<SenderRow>, StoreError> {
        let rows = self.all(SENDERS, &[]).await?;
        rows.iter().map(sender).collect()
    }

    /// One page of a unit's cases, newest first; an empty state is every state.
    pub async fn leak_cases(
        &self,
        unit_id: i64,
        state: &str,
        page: i64,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let values = args![unit_id, state, PAGE_ROWS, offset(page)];
        let rows = self.all(CASES, &values).await?;
        rows.iter().map(case).collect()
    }

    pub async fn leak_case(&self, id: i64, unit_id: i64) -> Result<Option<CaseRow>, StoreError> {
        let row = self.first(CASE_GET, &args![id, unit_id]).await?;
        row.as_ref().map(case).transpose()
    }
}

impl Tx {
    pub async fn add_hand_over(&mut self, new: &HandOverRow) -> Result<i64, StoreError> {
        let values = args![
            new.unit_id,
            new.object_id,
            new.number.as_str(),
            new.receiver_code.as_str(),
            new.receiver_name.as_str(),
            new.note.as_str(),
            new.created_by,
            new.created_at.as_str()
        ];
        self.one(HAND_OVER_ADD, &values).await?.int("id")
    }

    pub async fn hand_overs_of(&mut self, object_id: i64) -> Result<Vec<HandOverRow>, StoreError> {
        let rows = self.all(HAND_OVER_OF, &args![object_id]).await?;
        rows.iter().map(hand_over).collect()
    }

    pub async fn sender(&mut self, name: &str) -> Result<Option<SenderRow>, StoreError> {
        let row = self.first(SENDER_GET, &args![name]).await?;
        row.as_ref().map(sender).transpose()
    }

    /// Adds a key; a name that has one keeps it.
    pub async fn add_sender(&mut self, new: &SenderRow) -> Result<(), StoreError> {
        let values = args![
            new.name.as_str(),
            new.key.as_str(),
            new.added_by,
            new.added_at.as_str()
        ];
        self.run(SENDER_ADD, &values).await?;
        Ok(())
    }

    /// The case that this number of this sender opened in the unit.
    pub async fn same_case(
        &mut self,
        unit_id: i64,
        sender: &str,
        number: &str,
    ) -> Result<Option<i64>, StoreError> {
        let row = self
            .first(CASE_SAME, &args![unit_id, sender, number])
            .await?;
        row.map(|row| row.int("id")).transpose()
    }

    pub async fn add_leak_case(&mut self, new: &CaseRow) -> Result<i64, StoreError> {
        let values = args![
            new.unit_id,
            new.sender.as_str(),
            new.number.as_str(),
            new.file_sha256.as_str(),
            new.note.as_str(),
            new.address.as_str(),
            new.level.as_deref(),
            new.confirmed_on.as_str(),
            new.received_by,
            new.received_at.as_str()
        ];
        self.one(CASE_ADD, &values).await?.int("id")
    }

    pub async fn leak_case(
        &mut self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<CaseRow>, StoreError> {
        let row = self.first(CASE_GET, &args![id, unit_id]).await?;
        row.as_ref().map(case).transpose()
    }

    /// Closes a case; `false` when it was closed before.
    pub async fn close_leak_case(
        &mut self,
        id: i64,
        outcome: &str,
        words: &str,
        account_id: i64,
        at: &str,
    ) -> Result<bool, StoreError> {
        let values = args![id, outcome, words, account_id, at];
        Ok(self.run(CASE_CLOSE, &values).await? == 1)
    }
}
