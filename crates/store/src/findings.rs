//! What the watch saw, what it found, and the steps of taking it down.

use crate::limits::{COUNT_MAX, PAGE_ROWS, offset};
use crate::{Db, Row, StoreError, Tx, args, statements};

/// A file, or a member of one, with one content at one address. No content is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectRow {
    pub id: i64,
    pub source_id: i64,
    pub address: String,
    /// Inner path; empty for the outermost file.
    pub member: String,
    /// SHA-256 of the address.
    pub file_key: String,
    /// SHA-256 of address and member.
    pub address_key: String,
    pub sha256: String,
    /// Of the outermost file.
    pub file_sha256: String,
    pub bytes: i64,
    pub kind: String,
    pub verdict: String,
    pub level: Option<String>,
    /// Parts that were not read: a line each, reason and place parted by a tab.
    pub unread: String,
    /// Version of the rules that read it.
    pub rules: String,
    pub first_run: i64,
    pub last_run: i64,
    pub first_seen: String,
    pub last_seen: String,
    /// When a person confirmed that it is a leak.
    pub confirmed_at: Option<String>,
    /// When it was found gone.
    pub gone_at: Option<String>,
    pub source_name: String,
    pub unit_id: i64,
}

/// One marking in an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingRow {
    pub id: i64,
    pub unit_id: i64,
    pub source_id: i64,
    pub object_id: i64,
    /// What makes it the same marking at the next run.
    pub mark: String,
    pub rule: String,
    pub level: Option<String>,
    pub page: Option<i64>,
    /// Left, top, width, height in mm; empty when not known.
    pub bbox: String,
    pub how: String,
    /// Confidence in thousandths.
    pub permille: i64,
    /// Masked.
    pub excerpt: String,
    pub state: String,
    pub reason: String,
    pub decision_number: String,
    pub decision_date: Option<String>,
    pub found_at: String,
    /// Day in Vietnam.
    pub found_on: String,
    pub last_run: i64,
    pub reviewed_by: Option<i64>,
    pub reviewed_at: Option<String>,
    pub version: i64,
    pub address: String,
    pub member: String,
    pub source_name: String,
}

/// Which findings. Empty texts and 0 choose nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingQuery {
    pub state: String,
    pub source_id: i64,
    pub level: String,
    pub how: String,
    pub page: i64,
}

/// A judgement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    pub state: String,
    pub reason: String,
    pub decision_number: String,
    pub decision_date: Option<String>,
    pub account_id: i64,
    pub at: String,
}

/// A step of taking down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakedownRow {
    pub object_id: i64,
    pub step: String,
    pub outcome: String,
    pub done_at: String,
    pub note: String,
    pub account_id: i64,
    pub created_at: String,
    pub account_name: String,
}

/// An object met again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Met {
    pub id: i64,
    pub last_run: i64,
    pub gone_at: Option<String>,
}

statements! {
    /// No row when this content was seen at this address before.
    OBJECT_ADD = "INSERT INTO watch_object (source_id, address, member, file_key, address_key, sha256, file_sha256,
        bytes, kind, verdict, level, unread, rules, first_run, last_run, first_seen, last_seen)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $15)
        ON CONFLICT (source_id, address_key, sha256) DO NOTHING RETURNING id";
    OBJECT_MET = "SELECT id, last_run, gone_at FROM watch_object
        WHERE source_id = $1 AND address_key = $2 AND sha256 = $3";
    /// Once in a run: who comes second changes nothing.
    OBJECT_SEEN = "UPDATE watch_object SET file_sha256 = $3, verdict = $4, level = $5, unread = $6, rules = $7,
        last_run = $2, last_seen = $8 WHERE id = $1 AND last_run <> $2";
    FILE_MET = "SELECT id, last_run, gone_at FROM watch_object WHERE source_id = $1 AND file_key = $2
        AND file_sha256 = $3 AND rules = $4 ORDER BY id";
    OBJECT_SAME = "UPDATE watch_object SET last_run = $2, last_seen = $3 WHERE id = $1 AND last_run <> $2";
    FILE_SHA = "SELECT sha256 FROM watch_object WHERE source_id = $1 AND file_key = $2 AND member = ''
        ORDER BY last_run DESC, id DESC LIMIT 1";
    OBJECT_GET = "SELECT o.*, s.name AS source_name, s.unit_id AS unit_id FROM watch_object o
        JOIN watch_source s ON s.id = o.source_id WHERE o.id = $1";
    OBJECTS = "SELECT o.*, s.name AS source_name, s.unit_id AS unit_id FROM watch_object o
        JOIN watch_source s ON s.id = o.source_id
        WHERE s.unit_id = $1 AND ($2 = 0 OR o.source_id = $2) AND ($3 = '' OR o.verdict = $3)
        ORDER BY o.id DESC LIMIT $4 OFFSET $5";
    OBJECTS_OPEN = "SELECT o.*, s.name AS source_name, s.unit_id AS unit_id FROM watch_object o
        JOIN watch_source s ON s.id = o.source_id
        WHERE s.unit_id = $1 AND o.confirmed_at IS NOT NULL AND o.gone_at IS NULL
        ORDER BY o.confirmed_at, o.id LIMIT $2 OFFSET $3";
    OBJECT_CONFIRM = "UPDATE watch_object SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL";
    OBJECT_CLEAR = "UPDATE watch_object SET confirmed_at = NULL WHERE id = $1";
    OBJECT_GONE = "UPDATE watch_object SET gone_at = $2 WHERE id = $1";
    LEAK_FIGURES = "SELECT COUNT(*) AS confirmed, COUNT(o.gone_at) AS gone FROM watch_object o
        JOIN watch_source s ON s.id = o.source_id
        WHERE s.unit_id = $1 AND o.confirmed_at >= $2 AND o.confirmed_at < $3";
    FINDING_ADD = "INSERT INTO watch_finding (unit_id, source_id, object_id, mark, rule, level, page, bbox, how,
        permille, excerpt, state, reason, decision_number, found_at, found_on, last_run, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'new', '', '', $12, $13, $14, 1)
        ON CONFLICT (object_id, mark) DO NOTHING RETURNING id";
    FINDING_SEEN = "UPDATE watch_finding SET last_run = $3, permille = $4 WHERE object_id = $1 AND mark = $2";
    FINDING_GET = "SELECT f.*, o.address AS address, o.member AS member, s.name AS source_name FROM watch_finding f
        JOIN watch_object o ON o.id = f.object_id JOIN watch_source s ON s.id = f.source_id
        WHERE f.id = $1 AND f.unit_id = $2";
    FINDINGS = "SELECT f.*, o.address AS address, o.member AS member, s.name AS source_name FROM watch_finding f
        JOIN watch_object o ON o.id = f.object_id JOIN watch_source s ON s.id = f.source_id
        WHERE f.unit_id = $1 AND ($2 = '' OR f.state = $2) AND ($3 = 0 OR f.source_id = $3)
        AND ($4 = '' OR f.level = $4) AND ($5 = '' OR f.how = $5)
        ORDER BY f.id DESC LIMIT $6 OFFSET $7";
    FINDINGS_COUNT = "SELECT COUNT(*) AS n FROM (SELECT 1 AS x FROM watch_finding f
        WHERE f.unit_id = $1 AND ($2 = '' OR f.state = $2) AND ($3 = 0 OR f.source_id = $3)
        AND ($4 = '' OR f.level = $4) AND ($5 = '' OR f.how = $5) LIMIT $6) AS found";
    FINDINGS_OF = "SELECT f.*, o.address AS address, o.member AS member, s.name AS source_name FROM watch_finding f
        JOIN watch_object o ON o.id = f.object_id JOIN watch_source s ON s.id = f.source_id
        WHERE f.object_id = $1 ORDER BY f.id LIMIT $2";
    /// Only when nobody judged it since the form was made.
    FINDING_REVIEW = "UPDATE watch_finding SET state = $3, reason = $4, decision_number = $5, decision_date = $6,
        reviewed_by = $7, reviewed_at = $8, version = version + 1 WHERE id = $1 AND version = $2";
    FINDING_MONTHS = "SELECT substr(found_on, 1, 7) AS month, state, COUNT(*) AS n FROM watch_finding
        WHERE unit_id = $1 AND found_on BETWEEN $2 AND $3
        GROUP BY substr(found_on, 1, 7), state ORDER BY substr(found_on, 1, 7), state";
    TAKEDOWN_ADD = "INSERT INTO watch_takedown (object_id, step, outcome, done_at, note, account_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (object_id, step) DO NOTHING";
    TAKEDOWN_OF = "SELECT t.*, a.display_name AS account_name FROM watch_takedown t
        JOIN account a ON a.id = t.account_id WHERE t.object_id = $1 ORDER BY t.done_at, t.step LIMIT 20";
    /// What came back has to be removed again.
    TAKEDOWN_AGAIN = "DELETE FROM watch_takedown WHERE object_id = $1 AND step IN ('asked', 'removed', 'verified')";
}

fn object(row: &Row) -> Result<ObjectRow, StoreError> {
    Ok(ObjectRow {
        id: row.int("id")?,
        source_id: row.int("source_id")?,
        address: row.text("address")?,
        member: row.text("member")?,
        file_key: row.text("file_key")?,
        address_key: row.text("address_key")?,
        sha256: row.text("sha256")?,
        file_sha256: row.text("file_sha256")?,
        bytes: row.int("bytes")?,
        kind: row.text("kind")?,
        verdict: row.text("verdict")?,
        level: row.opt_text("level")?,
        unread: row.text("unread")?,
        rules: row.text("rules")?,
        first_run: row.int("first_run")?,
        last_run: row.int("last_run")?,
        first_seen: row.text("first_seen")?,
        last_seen: row.text("last_seen")?,
        confirmed_at: row.opt_text("confirmed_at")?,
        gone_at: row.opt_text("gone_at")?,
        source_name: row.text("source_name")?,
        unit_id: row.int("unit_id")?,
    })
}

fn finding(row: &Row) -> Result<FindingRow, StoreError> {
    Ok(FindingRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        source_id: row.int("source_id")?,
        object_id: row.int("object_id")?,
        mark: row.text("mark")?,
        rule: row.text("rule")?,
        level: row.opt_text("level")?,
        page: row.opt_int("page")?,
        bbox: row.text("bbox")?,
        how: row.text("how")?,
        permille: row.int("permille")?,
        excerpt: row.text("excerpt")?,
        state: row.text("state")?,
        reason: row.text("reason")?,
        decision_number: row.text("decision_number")?,
        decision_date: row.opt_text("decision_date")?,
        found_at: row.text("found_at")?,
        found_on: row.text("found_on")?,
        last_run: row.int("last_run")?,
        reviewed_by: row.opt_int("reviewed_by")?,
        reviewed_at: row.opt_text("reviewed_at")?,
        version: row.int("version")?,
        address: row.text("address")?,
        member: row.text("member")?,
        source_name: row.text("source_name")?,
    })
}

fn takedown(row: &Row) -> Result<TakedownRow, StoreError> {
    Ok(TakedownRow {
        object_id: row.int("object_id")?,
        step: row.text("step")?,
        outcome: row.text("outcome")?,
        done_at: row.text("done_at")?,
        note: row.text("note")?,
        account_id: row.int("account_id")?,
        created_at: row.text("created_at")?,
        account_name: row.text("account_name")?,
    })
}

fn met(row: &Row) -> Result<Met, StoreError> {
    Ok(Met {
        id: row.int("id")?,
        last_run: row.int("last_run")?,
        gone_at: row.opt_text("gone_at")?,
    })
}

impl Db {
    pub async fn watch_object(&self, id: i64) -> Result<Option<ObjectRow>, StoreError> {
        let row = self.first(OBJECT_GET, &args![id]).await?;
        row.as_ref().map(object).transpose()
    }

    /// One page of what was seen, newest first; 0 and the empty text choose nothing.
    pub async fn watch_objects(
        &self,
        unit_id: i64,
        source_id: i64,
        verdict: &str,
        page: i64,
    ) -> Result<Vec<ObjectRow>, StoreError> {
        let values = args![unit_id, source_id, verdict, PAGE_ROWS, offset(page)];
        let rows = self.all(OBJECTS, &values).await?;
        rows.iter().map(object).collect()
    }

    /// Confirmed leaks that are not gone yet, oldest first.
    pub async fn watch_leaks(&self, unit_id: i64, page: i64) -> Result<Vec<ObjectRow>, StoreError> {
        let values = args![unit_id, PAGE_ROWS, offset(page)];
        let rows = self.all(OBJECTS_OPEN, &values).await?;
        rows.iter().map(object).collect()
    }

    /// Leaks confirmed from one instant to before another, and how many of them are gone.
    pub async fn watch_leak_figures(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
    ) -> Result<(i64, i64), StoreError> {
        let row = self.one(LEAK_FIGURES, &args![unit_id, from, to]).await?;
        Ok((row.int("confirmed")?, row.int("gone")?))
    }

    pub async fn watch_finding(
        &self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<FindingRow>, StoreError> {
        let row = self.first(FINDING_GET, &args![id, unit_id]).await?;
        row.as_ref().map(finding).transpose()
    }

    /// One page of findings, newest first, and how many there are, counted to 1,000.
    pub async fn watch_findings(
        &self,
        unit_id: i64,
        query: &FindingQuery,
    ) -> Result<(Vec<FindingRow>, i64), StoreError> {
        let (state, level, how) = (
            query.state.as_str(),
            query.level.as_str(),
            query.how.as_str(),
        );
        let page = args![
            unit_id,
            state,
            query.source_id,
            level,
            how,
            PAGE_ROWS,
            offset(query.page)
        ];
        let rows = self.all(FINDINGS, &page).await?;
        let counted = args![unit_id, state, query.source_id, level, how, COUNT_MAX];
        let n = self.one(FINDINGS_COUNT, &counted).await?.int("n")?;
        let rows: Result<Vec<_>, _> = rows.iter().map(finding).collect();
        Ok((rows?, n))
    }

    pub async fn watch_findings_of(&self, object_id: i64) -> Result<Vec<FindingRow>, StoreError> {
        let rows = self.all(FINDINGS_OF, &args![object_id, COUNT_MAX]).await?;
        rows.iter().map(finding).collect()
    }

    /// Findings by month and state, both days included: month (`2026-02`), state, how many.
    pub async fn watch_finding_months(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        self.all(FINDING_MONTHS, &args![unit_id, from, to])
            .await?
            .iter()
            .map(|row| Ok((row.text("month")?, row.text("state")?, row.int("n")?)))
            .collect()
    }

    pub async fn watch_takedown(&self, object_id: i64) -> Result<Vec<TakedownRow>, StoreError> {
        let rows = self.all(TAKEDOWN_OF, &args![object_id]).await?;
        rows.iter().map(takedown).collect()
    }
}

impl Tx {
    /// Adds what a run saw first; `None` when this content was seen at this address before.
    pub async fn add_watch_object(&mut self, new: &ObjectRow) -> Result<Option<i64>, StoreError> {
        // An insert that does nothing draws a number all the same on PostgreSQL.
        let met = self
            .watch_object_met(new.source_id, &new.address_key, &new.sha256)
            .await?;
        if met.is_some() {
            return Ok(None);
        }
        let values = args![
            new.source_id,
            new.address.as_str(),
            new.member.as_str(),
            new.file_key.as_str(),
            new.address_key.as_str(),
            new.sha256.as_str(),
            new.file_sha256.as_str(),
            new.bytes,
            new.kind.as_str(),
            new.verdict.as_str(),
            new.level.as_deref(),
            new.unread.as_str(),
            new.rules.as_str(),
            new.last_run,
            new.last_seen.as_str()
        ];
        let row = self.first(OBJECT_ADD, &values).await?;
        row.map(|row| row.int("id")).transpose()
    }

    /// The object with this content at this address.
    pub async fn watch_object_met(
        &mut self,
        source_id: i64,
        address_key: &str,
        sha256: &str,
    ) -> Result<Option<Met>, StoreError> {
        let values = args![source_id, address_key, sha256];
        let row = self.first(OBJECT_MET, &values).await?;
        row.as_ref().map(met).transpose()
    }

    /// Notes what a run saw again; `false` when the same run noted it before.
    pub async fn see_watch_object(
        &mut self,
        id: i64,
        seen: &ObjectRow,
    ) -> Result<bool, StoreError> {
        let values = args![
            id,
            seen.last_run,
            seen.file_sha256.as_str(),
            seen.verdict.as_str(),
            seen.level.as_deref(),
            seen.unread.as_str(),
            seen.rules.as_str(),
            seen.last_seen.as_str()
        ];
        Ok(self.run(OBJECT_SEEN, &values).await? == 1)
    }

    /// A file and its members as the same rules read them before, the file with this content.
    pub async fn watch_file_met(
        &mut self,
        source_id: i64,
        file_key: &str,
        sha256: &str,
        rules: &str,
    ) -> Result<Vec<Met>, StoreError> {
        let values = args![source_id, file_key, sha256, rules];
        let rows = self.all(FILE_MET, &values).await?;
        rows.iter().map(met).collect()
    }

    /// Notes that an object was seen unchanged; `false` when the same run noted it before.
    pub async fn same_watch_object(
        &mut self,
        id: i64,
        run_id: i64,
        at: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.run(OBJECT_SAME, &args![id, run_id, at]).await? == 1)
    }

    /// SHA-256 of the outermost file at an address, as last seen.
    pub async fn watch_file_sha(
        &mut self,
        source_id: i64,
        file_key: &str,
    ) -> Result<Option<String>, StoreError> {
        let row = self.first(FILE_SHA, &args![source_id, file_key]).await?;
        row.map(|row| row.text("sha256")).transpose()
    }

    pub async fn watch_object(&mut self, id: i64) -> Result<Option<ObjectRow>, StoreError> {
        let row = self.first(OBJECT_GET, &args![id]).await?;
        row.as_ref().map(object).transpose()
    }

    /// Adds a finding; `false` when it stood already, with its judgement.
    pub async fn add_watch_finding(&mut self, new: &FindingRow) -> Result<bool, StoreError> {
        let values = args![
            new.unit_id,
            new.source_id,
            new.object_id,
            new.mark.as_str(),
            new.rule.as_str(),
            new.level.as_deref(),
            new.page,
            new.bbox.as_str(),
            new.how.as_str(),
            new.permille,
            new.excerpt.as_str(),
            new.found_at.as_str(),
            new.found_on.as_str(),
            new.last_run
        ];
        let seen = args![new.object_id, new.mark.as_str(), new.last_run, new.permille];
        if self.run(FINDING_SEEN, &seen).await? == 1 {
            return Ok(false);
        }
        Ok(self.first(FINDING_ADD, &values).await?.is_some())
    }

    pub async fn watch_finding(
        &mut self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<FindingRow>, StoreError> {
        let row = self.first(FINDING_GET, &args![id, unit_id]).await?;
        row.as_ref().map(finding).transpose()
    }

    pub async fn watch_findings_of(
        &mut self,
        object_id: i64,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let rows = self.all(FINDINGS_OF, &args![object_id, COUNT_MAX]).await?;
        rows.iter().map(finding).collect()
    }

    /// Judges a finding; `false` when somebody judged it meanwhile.
    pub async fn review_watch_finding(
        &mut self,
        id: i64,
        version: i64,
        review: &Review,
    ) -> Result<bool, StoreError> {
        let values = args![
            id,
            version,
            review.state.as_str(),
            review.reason.as_str(),
            review.decision_number.as_str(),
            review.decision_date.as_deref(),
            review.account_id,
            review.at.as_str()
        ];
        Ok(self.run(FINDING_REVIEW, &values).await? == 1)
    }

    /// Starts the clock of a leak, unless it runs.
    pub async fn confirm_watch_object(&mut self, id: i64, at: &str) -> Result<(), StoreError> {
        self.run(OBJECT_CONFIRM, &args![id, at]).await?;
        Ok(())
    }

    /// Takes a confirmation back.
    pub async fn clear_watch_object(&mut self, id: i64) -> Result<(), StoreError> {
        self.run(OBJECT_CLEAR, &args![id]).await?;
        Ok(())
    }

    /// Notes that a leak is gone.
    pub async fn gone_watch_object(&mut self, id: i64, at: &str) -> Result<(), StoreError> {
        self.run(OBJECT_GONE, &args![id, Some(at)]).await?;
        Ok(())
    }

    /// A leak that was gone is there again: removing begins anew.
    pub async fn reopen_watch_object(&mut self, id: i64) -> Result<(), StoreError> {
        self.run(OBJECT_GONE, &args![id, None::<&str>]).await?;
        self.run(TAKEDOWN_AGAIN, &args![id]).await?;
        Ok(())
    }

    /// Adds a step; `false` when it was taken before.
    pub async fn add_watch_takedown(&mut self, new: &TakedownRow) -> Result<bool, StoreError> {
        let values = args![
            new.object_id,
            new.step.as_str(),
            new.outcome.as_str(),
            new.done_at.as_str(),
            new.note.as_str(),
            new.account_id,
            new.created_at.as_str()
        ];
        Ok(self.run(TAKEDOWN_ADD, &values).await? == 1)
    }

    pub async fn watch_takedown(&mut self, object_id: i64) -> Result<Vec<TakedownRow>, StoreError> {
        let rows = self.all(TAKEDOWN_OF, &args![object_id]).await?;
        rows.iter().map(takedown).collect()
    }
}
