//! Documents, their copies, every move of custody, permissions to copy, and
//! the separate list of work secrets.

use crate::{Db, Row, StoreError, Tx, args, statements};

/// A document that a unit answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    pub id: i64,
    pub unit_id: i64,
    pub direction: String,
    pub number_symbol: String,
    pub doc_date: Option<String>,
    pub doc_type: String,
    pub subject: Option<String>,
    pub level: String,
    pub issuer: String,
    pub signer: String,
    pub determined_on: Option<String>,
    pub term_until: Option<String>,
    pub regime: String,
    pub copies_issued: i64,
    /// `active`, `declassified` or `destroyed`, as decided; a term that ran out
    /// is judged on the day of reading.
    pub status: String,
    pub carrier: String,
    pub catalogue_item: String,
    /// An act has set level or term: corrections of the line leave them alone.
    pub judged: bool,
    pub created_by: i64,
    pub created_at: String,
}

/// A copy and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    pub id: i64,
    pub document_id: i64,
    pub label: String,
    pub origin: String,
    pub holder_kind: String,
    pub holder_name: String,
    pub since: String,
    pub moves: i64,
    /// Safe, cupboard or room while the unit has it; empty when not said.
    pub container: String,
}

/// One change of hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRow {
    pub copy_id: i64,
    pub label: String,
    pub move_no: i64,
    pub from_kind: String,
    pub from_name: String,
    pub to_kind: String,
    pub to_name: String,
    pub on_date: String,
    pub receiver_sign: String,
    pub entry_id: Option<i64>,
    pub created_at: String,
}

/// A permission to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermitRow {
    pub id: i64,
    pub document_id: i64,
    pub unit_id: i64,
    pub decided_on: String,
    pub decider_name: String,
    pub decider_post: String,
    pub form: String,
    pub copies: i64,
    pub recipients: String,
    pub performed_by: String,
    pub citation: String,
    pub entry_id: Option<i64>,
    pub created_by: i64,
    pub created_at: String,
}

/// One holder's balance of a document's copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    pub holder_kind: String,
    pub holder_name: String,
    pub balance: i64,
}

/// A work secret: no level, no statutory book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkSecretRow {
    pub id: i64,
    pub number_symbol: String,
    pub doc_date: Option<String>,
    pub subject: String,
    pub keeper: String,
    pub note: String,
}

statements! {
    DOCUMENT_ADD = "INSERT INTO document (unit_id, direction, number_symbol, doc_date, doc_type, subject, level,
        issuer, signer, determined_on, term_until, regime, copies_issued, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id";
    DOCUMENT_GET = "SELECT * FROM document WHERE id = $1 AND unit_id = $2";
    DOCUMENT_UPDATE = "UPDATE document SET number_symbol = $2, doc_date = $3, doc_type = $4, subject = $5,
        level = CASE WHEN judged THEN level ELSE $6 END, issuer = $7, signer = $8,
        determined_on = CASE WHEN judged THEN determined_on ELSE $9 END,
        term_until = CASE WHEN judged THEN term_until ELSE $10 END, regime = $11 WHERE id = $1";
    DOCUMENT_LEVEL = "UPDATE document SET level = $2, judged = TRUE WHERE id = $1";
    DOCUMENT_TERM = "UPDATE document SET term_until = $2, judged = TRUE WHERE id = $1";
    DOCUMENT_STATUS = "UPDATE document SET status = $2, judged = TRUE WHERE id = $1";
    DOCUMENT_ITEM = "UPDATE document SET catalogue_item = $2 WHERE id = $1";
    DOCUMENTS_EXPIRING = "SELECT * FROM document WHERE unit_id = $1 AND status = 'active' AND term_until IS NOT NULL
        AND term_until <= $2 ORDER BY term_until, id LIMIT 50";
    DOCUMENTS_TERM = "SELECT * FROM document WHERE unit_id = $1 AND status = 'active'
        AND term_until BETWEEN $2 AND $3 ORDER BY term_until, id LIMIT $4 OFFSET $5";
    DOCUMENTS_TERM_COUNT = "SELECT COUNT(*) AS n FROM document WHERE unit_id = $1 AND status = 'active'
        AND term_until BETWEEN $2 AND $3";
    /// A copy carries the unit of its document.
    COPY_ADD = "INSERT INTO copy (unit_id, document_id, label, origin, holder_kind, holder_name, since, moves)
        SELECT unit_id, id, $2, $3, $4, $5, $6, 1 FROM document WHERE id = $1 RETURNING id";
    COPIES_OF = "SELECT * FROM copy WHERE document_id = $1 ORDER BY id LIMIT 1000";
    COPIES_COPIED = "SELECT COUNT(*) AS n FROM copy WHERE document_id = $1 AND origin = 'copied'";
    COPY_MOVE = "UPDATE copy SET holder_kind = $3, holder_name = $4, since = $5, moves = moves + 1, container = ''
        WHERE id = $1 AND moves = $2";
    COPY_PUT = "UPDATE copy SET container = $3 WHERE id = $1 AND document_id = $2 AND holder_kind = 'unit'";
    MOVE_ADD = "INSERT INTO custody_move (document_id, copy_id, move_no, from_kind, from_name, to_kind, to_name,
        on_date, receiver_sign, entry_id, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    MOVES_OF = "SELECT m.*, c.label AS label FROM custody_move m JOIN copy c ON c.id = m.copy_id
        WHERE m.document_id = $1 ORDER BY m.id LIMIT 2000";
    /// Double entry: what each holder received less what it gave away.
    BALANCE = "SELECT kind, name, CAST(SUM(delta) AS BIGINT) AS balance FROM (
            SELECT to_kind AS kind, to_name AS name, 1 AS delta FROM custody_move WHERE document_id = $1
            UNION ALL
            SELECT from_kind AS kind, from_name AS name, -1 AS delta FROM custody_move WHERE document_id = $1
        ) AS posting GROUP BY kind, name ORDER BY kind, name";
    PERMIT_ADD = "INSERT INTO copy_permit (document_id, unit_id, decided_on, decider_name, decider_post, form, copies,
        recipients, performed_by, citation, entry_id, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";
    PERMITS_OF = "SELECT * FROM copy_permit WHERE document_id = $1 ORDER BY id LIMIT 500";
    PERMIT_FIGURES = "SELECT COUNT(*) AS n, CAST(coalesce(SUM(copies), 0) AS BIGINT) AS copies FROM copy_permit
        WHERE unit_id = $1 AND decided_on BETWEEN $2 AND $3";
    COPIES_OUT = "SELECT COUNT(*) AS n FROM copy WHERE unit_id = $1 AND holder_kind = 'person'";
    WORK_SECRET_ADD = "INSERT INTO work_secret (unit_id, number_symbol, doc_date, subject, keeper, note, created_by,
        created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    WORK_SECRETS = "SELECT * FROM work_secret WHERE unit_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3";
    WORK_SECRET_COUNT = "SELECT COUNT(*) AS n FROM work_secret WHERE unit_id = $1";
    /// Copies whose last move disagrees with where they are said to be, or that another unit counts: always none.
    CUSTODY_BROKEN = "SELECT c.id AS id FROM copy c JOIN document d ON d.id = c.document_id
        LEFT JOIN custody_move m ON m.copy_id = c.id AND m.move_no = c.moves
        WHERE m.id IS NULL OR m.to_kind <> c.holder_kind OR m.to_name <> c.holder_name OR c.unit_id <> d.unit_id
        ORDER BY c.id LIMIT 20";
}

pub(crate) fn document(row: &Row) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        direction: row.text("direction")?,
        number_symbol: row.text("number_symbol")?,
        doc_date: row.opt_text("doc_date")?,
        doc_type: row.text("doc_type")?,
        subject: row.opt_text("subject")?,
        level: row.text("level")?,
        issuer: row.text("issuer")?,
        signer: row.text("signer")?,
        determined_on: row.opt_text("determined_on")?,
        term_until: row.opt_text("term_until")?,
        regime: row.text("regime")?,
        copies_issued: row.int("copies_issued")?,
        status: row.text("status")?,
        carrier: row.text("carrier")?,
        catalogue_item: row.text("catalogue_item")?,
        judged: row.flag("judged")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

pub(crate) fn copy(row: &Row) -> Result<CopyRow, StoreError> {
    Ok(CopyRow {
        id: row.int("id")?,
        document_id: row.int("document_id")?,
        label: row.text("label")?,
        origin: row.text("origin")?,
        holder_kind: row.text("holder_kind")?,
        holder_name: row.text("holder_name")?,
        since: row.text("since")?,
        moves: row.int("moves")?,
        container: row.text("container")?,
    })
}

fn custody_move(row: &Row) -> Result<MoveRow, StoreError> {
    Ok(MoveRow {
        copy_id: row.int("copy_id")?,
        label: row.text("label")?,
        move_no: row.int("move_no")?,
        from_kind: row.text("from_kind")?,
        from_name: row.text("from_name")?,
        to_kind: row.text("to_kind")?,
        to_name: row.text("to_name")?,
        on_date: row.text("on_date")?,
        receiver_sign: row.text("receiver_sign")?,
        entry_id: row.opt_int("entry_id")?,
        created_at: row.text("created_at")?,
    })
}

fn permit(row: &Row) -> Result<PermitRow, StoreError> {
    Ok(PermitRow {
        id: row.int("id")?,
        document_id: row.int("document_id")?,
        unit_id: row.int("unit_id")?,
        decided_on: row.text("decided_on")?,
        decider_name: row.text("decider_name")?,
        decider_post: row.text("decider_post")?,
        form: row.text("form")?,
        copies: row.int("copies")?,
        recipients: row.text("recipients")?,
        performed_by: row.text("performed_by")?,
        citation: row.text("citation")?,
        entry_id: row.opt_int("entry_id")?,
        created_by: row.int("created_by")?,
        created_at: row.text("created_at")?,
    })
}

fn work_secret(row: &Row) -> Result<WorkSecretRow, StoreError> {
    Ok(WorkSecretRow {
        id: row.int("id")?,
        number_symbol: row.text("number_symbol")?,
        doc_date: row.opt_text("doc_date")?,
        subject: row.text("subject")?,
        keeper: row.text("keeper")?,
        note: row.text("note")?,
    })
}

impl Db {
    /// A document of this unit; another unit's is absent.
    pub async fn document(&self, id: i64, unit_id: i64) -> Result<Option<DocumentRow>, StoreError> {
        self.first(DOCUMENT_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(document)
            .transpose()
    }

    /// Documents whose term ends on or before a day, soonest first.
    pub async fn documents_expiring(
        &self,
        unit_id: i64,
        until: &str,
    ) -> Result<Vec<DocumentRow>, StoreError> {
        self.all(DOCUMENTS_EXPIRING, &args![unit_id, until])
            .await?
            .iter()
            .map(document)
            .collect()
    }

    /// One page of protected documents whose term ends between two days, and how
    /// many there are.
    pub async fn documents_by_term(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
        page: i64,
    ) -> Result<(Vec<DocumentRow>, i64), StoreError> {
        let rows = crate::limits::PAGE_ROWS;
        let offset = (page.clamp(1, crate::limits::PAGE_DEPTH_MAX) - 1) * rows;
        let list = self
            .all(DOCUMENTS_TERM, &args![unit_id, from, to, rows, offset])
            .await?
            .iter()
            .map(document)
            .collect::<Result<_, _>>()?;
        let total = self
            .one(DOCUMENTS_TERM_COUNT, &args![unit_id, from, to])
            .await?
            .int("n")?;
        Ok((list, total))
    }

    pub async fn copies(&self, document_id: i64) -> Result<Vec<CopyRow>, StoreError> {
        self.all(COPIES_OF, &args![document_id])
            .await?
            .iter()
            .map(copy)
            .collect()
    }

    pub async fn moves(&self, document_id: i64) -> Result<Vec<MoveRow>, StoreError> {
        self.all(MOVES_OF, &args![document_id])
            .await?
            .iter()
            .map(custody_move)
            .collect()
    }

    pub async fn balance(&self, document_id: i64) -> Result<Vec<Balance>, StoreError> {
        self.all(BALANCE, &args![document_id])
            .await?
            .iter()
            .map(|row| {
                Ok(Balance {
                    holder_kind: row.text("kind")?,
                    holder_name: row.text("name")?,
                    balance: row.int("balance")?,
                })
            })
            .collect()
    }

    pub async fn permits(&self, document_id: i64) -> Result<Vec<PermitRow>, StoreError> {
        self.all(PERMITS_OF, &args![document_id])
            .await?
            .iter()
            .map(permit)
            .collect()
    }

    /// Permissions given and copies made between two days.
    pub async fn permit_figures(
        &self,
        unit_id: i64,
        from: &str,
        to: &str,
    ) -> Result<(i64, i64), StoreError> {
        let row = self.one(PERMIT_FIGURES, &args![unit_id, from, to]).await?;
        Ok((row.int("n")?, row.int("copies")?))
    }

    /// Copies in the hands of persons.
    pub async fn copies_out(&self, unit_id: i64) -> Result<i64, StoreError> {
        self.one(COPIES_OUT, &args![unit_id]).await?.int("n")
    }

    pub async fn work_secrets(
        &self,
        unit_id: i64,
        page: i64,
    ) -> Result<(Vec<WorkSecretRow>, i64), StoreError> {
        let rows = crate::limits::PAGE_ROWS;
        let offset = (page.clamp(1, crate::limits::PAGE_DEPTH_MAX) - 1) * rows;
        let list = self
            .all(WORK_SECRETS, &args![unit_id, rows, offset])
            .await?
            .iter()
            .map(work_secret)
            .collect::<Result<_, _>>()?;
        let total = self
            .one(WORK_SECRET_COUNT, &args![unit_id])
            .await?
            .int("n")?;
        Ok((list, total))
    }

    /// Copies whose custody chain is broken; doctor expects none.
    pub async fn custody_broken(&self) -> Result<Vec<i64>, StoreError> {
        self.all(CUSTODY_BROKEN, &[])
            .await?
            .iter()
            .map(|row| row.int("id"))
            .collect()
    }
}

impl Tx {
    pub async fn add_document(&mut self, new: &DocumentRow) -> Result<i64, StoreError> {
        self.one(
            DOCUMENT_ADD,
            &args![
                new.unit_id,
                new.direction.as_str(),
                new.number_symbol.as_str(),
                new.doc_date.as_deref(),
                new.doc_type.as_str(),
                new.subject.as_deref(),
                new.level.as_str(),
                new.issuer.as_str(),
                new.signer.as_str(),
                new.determined_on.as_deref(),
                new.term_until.as_deref(),
                new.regime.as_str(),
                new.copies_issued,
                new.created_by,
                new.created_at.as_str()
            ],
        )
        .await?
        .int("id")
    }

    /// Follows a correction of the line that opened the document.
    pub async fn update_document(&mut self, row: &DocumentRow) -> Result<(), StoreError> {
        self.run(
            DOCUMENT_UPDATE,
            &args![
                row.id,
                row.number_symbol.as_str(),
                row.doc_date.as_deref(),
                row.doc_type.as_str(),
                row.subject.as_deref(),
                row.level.as_str(),
                row.issuer.as_str(),
                row.signer.as_str(),
                row.determined_on.as_deref(),
                row.term_until.as_deref(),
                row.regime.as_str()
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn set_document_level(&mut self, id: i64, level: &str) -> Result<(), StoreError> {
        self.run(DOCUMENT_LEVEL, &args![id, level]).await.map(drop)
    }

    pub async fn set_document_term(&mut self, id: i64, until: &str) -> Result<(), StoreError> {
        self.run(DOCUMENT_TERM, &args![id, until]).await.map(drop)
    }

    pub async fn set_document_status(&mut self, id: i64, status: &str) -> Result<(), StoreError> {
        self.run(DOCUMENT_STATUS, &args![id, status])
            .await
            .map(drop)
    }

    pub async fn set_catalogue_item(&mut self, id: i64, item: &str) -> Result<(), StoreError> {
        self.run(DOCUMENT_ITEM, &args![id, item]).await.map(drop)
    }

    /// Says in which container a copy lies; `false` when the unit does not have it.
    pub async fn put_copy(
        &mut self,
        copy_id: i64,
        document_id: i64,
        container: &str,
    ) -> Result<bool, StoreError> {
        Ok(self
            .run(COPY_PUT, &args![copy_id, document_id, container])
            .await?
            == 1)
    }

    pub async fn document(
        &mut self,
        id: i64,
        unit_id: i64,
    ) -> Result<Option<DocumentRow>, StoreError> {
        self.first(DOCUMENT_GET, &args![id, unit_id])
            .await?
            .as_ref()
            .map(document)
            .transpose()
    }

    pub async fn copies(&mut self, document_id: i64) -> Result<Vec<CopyRow>, StoreError> {
        self.all(COPIES_OF, &args![document_id])
            .await?
            .iter()
            .map(copy)
            .collect()
    }

    /// Copies that came from copying so far, for the next copy number.
    pub async fn copies_copied(&mut self, document_id: i64) -> Result<i64, StoreError> {
        self.one(COPIES_COPIED, &args![document_id]).await?.int("n")
    }

    pub async fn add_copy(&mut self, new: &CopyRow) -> Result<i64, StoreError> {
        self.one(
            COPY_ADD,
            &args![
                new.document_id,
                new.label.as_str(),
                new.origin.as_str(),
                new.holder_kind.as_str(),
                new.holder_name.as_str(),
                new.since.as_str()
            ],
        )
        .await?
        .int("id")
    }

    /// Moves a copy on; `false` when it has moved since `moves_seen`.
    pub async fn move_copy(
        &mut self,
        copy_id: i64,
        moves_seen: i64,
        to_kind: &str,
        to_name: &str,
        since: &str,
    ) -> Result<bool, StoreError> {
        Ok(self
            .run(
                COPY_MOVE,
                &args![copy_id, moves_seen, to_kind, to_name, since],
            )
            .await?
            == 1)
    }

    pub async fn add_move(
        &mut self,
        document_id: i64,
        new: &MoveRow,
        created_by: i64,
    ) -> Result<(), StoreError> {
        self.run(
            MOVE_ADD,
            &args![
                document_id,
                new.copy_id,
                new.move_no,
                new.from_kind.as_str(),
                new.from_name.as_str(),
                new.to_kind.as_str(),
                new.to_name.as_str(),
                new.on_date.as_str(),
                new.receiver_sign.as_str(),
                new.entry_id,
                created_by,
                new.created_at.as_str()
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn add_permit(&mut self, new: &PermitRow) -> Result<i64, StoreError> {
        self.one(
            PERMIT_ADD,
            &args![
                new.document_id,
                new.unit_id,
                new.decided_on.as_str(),
                new.decider_name.as_str(),
                new.decider_post.as_str(),
                new.form.as_str(),
                new.copies,
                new.recipients.as_str(),
                new.performed_by.as_str(),
                new.citation.as_str(),
                new.entry_id,
                new.created_by,
                new.created_at.as_str()
            ],
        )
        .await?
        .int("id")
    }

    pub async fn add_work_secret(
        &mut self,
        unit_id: i64,
        new: &WorkSecretRow,
        created_by: i64,
        at: &str,
    ) -> Result<i64, StoreError> {
        self.one(
            WORK_SECRET_ADD,
            &args![
                unit_id,
                new.number_symbol.as_str(),
                new.doc_date.as_deref(),
                new.subject.as_str(),
                new.keeper.as_str(),
                new.note.as_str(),
                created_by,
                at
            ],
        )
        .await?
        .int("id")
    }
}
