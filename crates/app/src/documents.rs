//! A document's page: its lines, copies, custody, permissions to copy; handing
//! copies over; permitting and making copies; work secrets.

use domain::Fact;
use domain::access::Action;
use domain::book::Entry;
use domain::custody::{
    self, DocumentFacts, HeldCopy, Holder, HolderKind, Move, NewCopy, PermitDraft, TransferDraft,
};
use domain::dossier::{Secret, Status};
use law::{BookKind, Carrier, LegalDate, Level};
use store::books::EntryRow;
use store::documents::{Balance, CopyRow, DocumentRow, MoveRow, PermitRow, WorkSecretRow};
use store::dossiers::DossierRow;

use crate::books::{self, Origin};
use crate::{Act, App, AppError, Who};

/// Everything a document's page shows.
#[derive(Debug, Clone)]
pub struct DocumentPage {
    pub document: DocumentRow,
    pub entries: Vec<EntryRow>,
    pub copies: Vec<CopyRow>,
    pub moves: Vec<MoveRow>,
    pub balance: Vec<Balance>,
    pub permits: Vec<PermitRow>,
    pub dossiers: Vec<DossierRow>,
    /// The term by law from the day of determination, with its basis.
    pub term: law::Finding<law::Term>,
    /// The end of protection on record: the law's, or an extension's.
    pub term_until: Option<LegalDate>,
    /// Last day to decide an extension, where the law is known.
    pub extend_by: Option<LegalDate>,
    /// As it stands today: a term that ran out has ended the secret by law.
    pub status: Status,
    /// Kinds of dossier that may be opened from here.
    pub may_open: Vec<&'static domain::dossier::Kind>,
}

/// What the work-secret form sent.
#[derive(Debug, Clone, Default)]
pub struct WorkSecretDraft {
    pub number_symbol: String,
    pub doc_date: String,
    pub subject: String,
    pub keeper: String,
    pub note: String,
}

impl App {
    /// A document of one's own unit with all that happened to it.
    pub async fn document_page(&self, who: &Who, id: i64) -> Result<DocumentPage, AppError> {
        who.require(Action::ReadBooks)?;
        let document = self
            .db
            .document(id, who.actor.unit)
            .await?
            .ok_or(AppError::Absent)?;
        let level = level(&document.level)?;
        let since = determined(&document)?;
        let facts = DocumentFacts {
            number_symbol: document.number_symbol.clone(),
            doc_type: document.doc_type.clone(),
            subject: document.subject.clone(),
            level,
            since,
            unit_name: who.unit.name.clone(),
            copied: 0,
        };
        let secret = secret_of(&document, facts)?.on(self.today()?);
        let today = self.today()?;
        let extend_by = secret.term_until.and_then(|until| {
            let rule = self.law.extend(level, secret.carrier, until, today);
            rule.value.map(|extension| extension.decide_by)
        });
        Ok(DocumentPage {
            status: secret.status,
            term_until: secret.term_until,
            extend_by,
            may_open: domain::dossier::KINDS
                .iter()
                .copied()
                .filter(|kind| kind.fits(&secret))
                .filter(|kind| kind.opening().is_some_and(|step| who.may(step.action)))
                .collect(),
            dossiers: self.db.dossiers_of(id).await?,
            entries: self.db.entries_of_document(id).await?,
            copies: self.db.copies(id).await?,
            moves: self.db.moves(id).await?,
            balance: self.db.balance(id).await?,
            permits: self.db.permits(id).await?,
            term: self.law.term(level, Carrier::Document, since),
            document,
        })
    }

    /// Hands copies over and writes the line of the transfer book.
    pub async fn transfer(
        &self,
        who: &Who,
        request: Option<&str>,
        document: i64,
        draft: &TransferDraft,
    ) -> Result<(), AppError> {
        let Ok(mut act) = self.begin_shared(who, request).await? else {
            return Ok(());
        };
        let (row, facts, held) = held(&mut act, who, document).await?;
        let transferred = custody::transfer(act.ctx(), &facts, &held, draft)?;
        let entry = domain::book::register(
            act.ctx(),
            BookKind::ChuyenGiao,
            &domain::book::BookState::default(),
            &transferred.line,
        )?;
        let origin = Origin {
            document: Some(row.id),
            ..Origin::default()
        };
        let line = books::write(&mut act, who, &entry, origin).await?;
        for step in &transferred.moves {
            apply(
                &mut act,
                who,
                row.id,
                step,
                &transferred.receiver_sign,
                Some(line.entry),
            )
            .await?;
        }
        let labels: Vec<&str> = transferred
            .moves
            .iter()
            .map(|step| step.label.as_str())
            .collect();
        act.record_text(
            format!("document:{}", row.id),
            Fact::new("custody.moved")
                .with("copies", transferred.moves.len())
                .with("to", transferred.to.kind.code())
                .with("on", transferred.on),
            format!("{}\n{}", labels.join("\n"), transferred.to.name),
        );
        act.finish("transferred").await
    }

    /// Records a permission to copy, makes the copies and writes the line of the
    /// copying book.
    pub async fn permit_copying(
        &self,
        who: &Who,
        request: Option<&str>,
        document: i64,
        draft: &PermitDraft,
    ) -> Result<(), AppError> {
        let Ok(mut act) = self.begin_shared(who, request).await? else {
            return Ok(());
        };
        let (row, facts, _) = held(&mut act, who, document).await?;
        let secret = secret_of(&row, facts.clone())?.on(act.today);
        domain::dossier::require_active(&secret)?;
        let permitted = custody::make_copies(act.ctx(), &facts, draft)?;
        let entry = domain::book::register(
            act.ctx(),
            BookKind::SaoChup,
            &domain::book::BookState::default(),
            &permitted.line,
        )?;
        let origin = Origin {
            document: Some(row.id),
            ..Origin::default()
        };
        let line = books::write(&mut act, who, &entry, origin).await?;
        add_copies(&mut act, who, row.id, &permitted.copies, Some(line.entry)).await?;
        let permit = permitted.permit;
        let citation = permit
            .because
            .first()
            .map_or_else(String::new, law::Citation::vi);
        let now = act.now.clone();
        let id = act
            .tx
            .add_permit(&PermitRow {
                id: 0,
                document_id: row.id,
                unit_id: who.actor.unit,
                decided_on: permit.decided_on.to_string(),
                decider_name: permit.decider_name,
                decider_post: permit.decider_post.clone(),
                form: permit.form.code().to_owned(),
                copies: permit.copies,
                recipients: permit.recipients,
                performed_by: permit.performed_by,
                citation,
                entry_id: Some(line.entry),
                created_by: who.actor.account,
                created_at: now,
            })
            .await?;
        act.record(
            format!("document:{}", row.id),
            Fact::new("copying.permitted")
                .with("permit", id)
                .with("post", permit.decider_post)
                .with("copies", permit.copies)
                .with("on", permit.decided_on),
        );
        act.finish("permitted").await
    }

    /// Opens the document of a line that came from an imported book.
    pub async fn open_document(&self, who: &Who, entry_id: i64) -> Result<i64, AppError> {
        who.require(Action::WriteBooks)?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        let row = act
            .tx
            .entry(entry_id)
            .await?
            .filter(|row| row.unit_id == who.actor.unit && row.document_id.is_none())
            .ok_or(AppError::Absent)?;
        let document = document_of_line(&row, who, self.law, &act.now)?;
        let id = act.tx.add_document(&document).await?;
        act.tx.link_entry(row.id, id).await?;
        let day = date(&row.entry_date)?;
        let from = if row.kind == BookKind::Den.code() {
            Holder {
                kind: HolderKind::Body,
                name: row.issuer.clone(),
            }
        } else {
            Holder {
                kind: HolderKind::Issued,
                name: who.unit.name.clone(),
            }
        };
        let copies: Vec<NewCopy> = (1..=row.quantity.unwrap_or(1))
            .map(|n| NewCopy {
                label: format!("Bản số {n:02}"),
                from: from.clone(),
                to: Holder {
                    kind: HolderKind::Unit,
                    name: who.unit.name.clone(),
                },
                on: day,
            })
            .collect();
        add_copies(&mut act, who, id, &copies, Some(row.id)).await?;
        act.record(
            format!("document:{id}"),
            Fact::new("document.opened").with("entry", row.id),
        );
        act.finish("").await?;
        Ok(id)
    }

    /// One page of the unit's work secrets.
    pub async fn work_secrets(
        &self,
        who: &Who,
        page: i64,
    ) -> Result<(Vec<WorkSecretRow>, i64), AppError> {
        who.require(Action::ReadBooks)?;
        Ok(self.db.work_secrets(who.actor.unit, page).await?)
    }

    /// Notes a work secret. It has no level and enters no statutory book.
    pub async fn add_work_secret(
        &self,
        who: &Who,
        request: Option<&str>,
        draft: &WorkSecretDraft,
    ) -> Result<(), AppError> {
        who.require(Action::WriteBooks)?;
        let Ok(mut act) = self.begin_shared(who, request).await? else {
            return Ok(());
        };
        let checked = domain::book::work_secret(
            act.ctx(),
            &draft.number_symbol,
            &draft.doc_date,
            &draft.subject,
            &draft.keeper,
            &draft.note,
        )?;
        let row = WorkSecretRow {
            id: 0,
            number_symbol: checked.number_symbol,
            doc_date: checked.doc_date.map(|date| date.to_string()),
            subject: checked.subject,
            keeper: checked.keeper,
            note: checked.note,
        };
        let now = act.now.clone();
        let id = act
            .tx
            .add_work_secret(who.actor.unit, &row, who.actor.account, &now)
            .await?;
        act.record_text(
            format!("work-secret:{id}"),
            Fact::new("work-secret.added"),
            format!("{}\n{}", row.number_symbol, row.subject),
        );
        act.finish("added").await
    }
}

/// Opens the document of a line that is about to be written.
pub(crate) async fn open(
    act: &mut Act<'_>,
    who: &Who,
    entry: &Entry,
    pack: &law::Pack,
) -> Result<i64, AppError> {
    let document = document_of(entry, who, pack, &act.now, entry.entry_date)?;
    let id = act.tx.add_document(&document).await?;
    let copies = custody::open(entry, &who.unit.name);
    add_copies(act, who, id, &copies, None).await?;
    Ok(id)
}

/// Lets the document follow a correction of its line. A correction in a later year's book
/// does not make the document younger: `registered` is the day of the line that it began with.
pub(crate) async fn follow(
    act: &mut Act<'_>,
    who: &Who,
    id: i64,
    entry: &Entry,
    registered: LegalDate,
    pack: &law::Pack,
) -> Result<(), AppError> {
    if !matches!(entry.kind, BookKind::Di | BookKind::Den) {
        return Ok(());
    }
    let row = document_of(entry, who, pack, &act.now, registered)?;
    act.tx.update_document(&DocumentRow { id, ..row }).await?;
    Ok(())
}

fn document_of(
    entry: &Entry,
    who: &Who,
    pack: &law::Pack,
    now: &str,
    registered: LegalDate,
) -> Result<DocumentRow, AppError> {
    let level = entry.level.ok_or(AppError::Absent)?;
    // The term counts from the day the level was determined: the document's date.
    let since = entry.doc_date.unwrap_or(registered);
    let issuer = if entry.kind == BookKind::Den {
        entry.issuer.clone()
    } else {
        who.unit.name.clone()
    };
    Ok(DocumentRow {
        id: 0,
        unit_id: who.actor.unit,
        direction: entry.kind.code().to_owned(),
        number_symbol: entry.number_symbol.clone(),
        doc_date: entry.doc_date.map(|date| date.to_string()),
        doc_type: entry.doc_type.clone(),
        subject: entry.subject.clone(),
        level: level.code().to_owned(),
        issuer,
        signer: entry.signer.clone(),
        determined_on: Some(since.to_string()),
        term_until: term_until(pack, level, since),
        regime: pack
            .regime_on(since)
            .map_or_else(String::new, |regime| regime.id.clone()),
        copies_issued: entry.quantity.unwrap_or(1),
        status: Status::Active.code().to_owned(),
        carrier: Carrier::Document.code().to_owned(),
        catalogue_item: String::new(),
        judged: false,
        created_by: who.actor.account,
        created_at: now.to_owned(),
    })
}

fn document_of_line(
    row: &EntryRow,
    who: &Who,
    pack: &law::Pack,
    now: &str,
) -> Result<DocumentRow, AppError> {
    let level = level(row.level.as_deref().unwrap_or_default())?;
    let since = date(row.doc_date.as_deref().unwrap_or(&row.entry_date))?;
    let incoming = row.kind == BookKind::Den.code();
    Ok(DocumentRow {
        id: 0,
        unit_id: who.actor.unit,
        direction: row.kind.clone(),
        number_symbol: row.number_symbol.clone(),
        doc_date: row.doc_date.clone(),
        doc_type: row.doc_type.clone(),
        subject: row.subject.clone(),
        level: level.code().to_owned(),
        issuer: if incoming {
            row.issuer.clone()
        } else {
            who.unit.name.clone()
        },
        signer: row.signer.clone(),
        determined_on: Some(since.to_string()),
        term_until: term_until(pack, level, since),
        regime: pack
            .regime_on(since)
            .map_or_else(String::new, |regime| regime.id.clone()),
        copies_issued: row.quantity.unwrap_or(1),
        status: Status::Active.code().to_owned(),
        carrier: Carrier::Document.code().to_owned(),
        catalogue_item: String::new(),
        judged: false,
        created_by: who.actor.account,
        created_at: now.to_owned(),
    })
}

/// End of term as far as the law of the day is known.
fn term_until(pack: &law::Pack, level: Level, since: LegalDate) -> Option<String> {
    pack.term(level, Carrier::Document, since)
        .value
        .and_then(|term| term.until)
        .map(|date| date.to_string())
}

pub(crate) async fn held(
    act: &mut Act<'_>,
    who: &Who,
    document: i64,
) -> Result<(DocumentRow, DocumentFacts, Vec<HeldCopy>), AppError> {
    let row = act
        .tx
        .document(document, who.actor.unit)
        .await?
        .ok_or(AppError::Absent)?;
    let mut copies = Vec::new();
    for copy in act.tx.copies(row.id).await? {
        copies.push(held_copy(copy)?);
    }
    let facts = DocumentFacts {
        number_symbol: row.number_symbol.clone(),
        doc_type: row.doc_type.clone(),
        subject: row.subject.clone(),
        level: level(&row.level)?,
        since: determined(&row)?,
        unit_name: who.unit.name.clone(),
        copied: act.tx.copies_copied(row.id).await?,
    };
    Ok((row, facts, copies))
}

/// A copy as decisions see it.
pub(crate) fn held_copy(copy: CopyRow) -> Result<HeldCopy, AppError> {
    Ok(HeldCopy {
        id: copy.id,
        holder: Holder {
            kind: HolderKind::parse(&copy.holder_kind)
                .ok_or_else(|| stored("copy", "holder_kind", &copy.holder_kind))?,
            name: copy.holder_name,
        },
        label: copy.label,
        since: date(&copy.since)?,
        moves: copy.moves,
    })
}

pub(crate) async fn add_copies(
    act: &mut Act<'_>,
    who: &Who,
    document: i64,
    copies: &[NewCopy],
    entry: Option<i64>,
) -> Result<(), AppError> {
    for copy in copies {
        let origin = if copy.from.kind == HolderKind::Copied {
            "copied"
        } else {
            "issued"
        };
        let id = act
            .tx
            .add_copy(&CopyRow {
                id: 0,
                document_id: document,
                label: copy.label.clone(),
                origin: origin.to_owned(),
                holder_kind: copy.to.kind.code().to_owned(),
                holder_name: copy.to.name.clone(),
                since: copy.on.to_string(),
                moves: 1,
                container: String::new(),
            })
            .await?;
        let step = Move {
            copy: id,
            label: copy.label.clone(),
            move_no: 1,
            from: copy.from.clone(),
            to: copy.to.clone(),
            on: copy.on,
        };
        add_move(act, who, document, &step, "", entry).await?;
    }
    Ok(())
}

pub(crate) async fn apply(
    act: &mut Act<'_>,
    who: &Who,
    document: i64,
    step: &Move,
    sign: &str,
    entry: Option<i64>,
) -> Result<(), AppError> {
    let moved = act
        .tx
        .move_copy(
            step.copy,
            step.move_no - 1,
            step.to.kind.code(),
            &step.to.name,
            &step.on.to_string(),
        )
        .await?;
    if !moved {
        return Err(AppError::Stale);
    }
    add_move(act, who, document, step, sign, entry).await
}

async fn add_move(
    act: &mut Act<'_>,
    who: &Who,
    document: i64,
    step: &Move,
    sign: &str,
    entry: Option<i64>,
) -> Result<(), AppError> {
    let row = MoveRow {
        copy_id: step.copy,
        label: step.label.clone(),
        move_no: step.move_no,
        from_kind: step.from.kind.code().to_owned(),
        from_name: step.from.name.clone(),
        to_kind: step.to.kind.code().to_owned(),
        to_name: step.to.name.clone(),
        on_date: step.on.to_string(),
        receiver_sign: sign.to_owned(),
        entry_id: entry,
        created_at: act.now.clone(),
    };
    act.tx.add_move(document, &row, who.actor.account).await?;
    Ok(())
}

/// The document as dossiers see it.
pub(crate) fn secret_of(row: &DocumentRow, facts: DocumentFacts) -> Result<Secret, AppError> {
    Ok(Secret {
        facts,
        carrier: Carrier::parse(&row.carrier)
            .ok_or_else(|| stored("document", "carrier", &row.carrier))?,
        issued: row.direction == BookKind::Di.code(),
        status: Status::parse(&row.status)
            .ok_or_else(|| stored("document", "status", &row.status))?,
        term_until: row.term_until.as_deref().map(date).transpose()?,
        catalogue_item: row.catalogue_item.clone(),
    })
}

fn determined(row: &DocumentRow) -> Result<LegalDate, AppError> {
    date(row.determined_on.as_deref().unwrap_or_default())
}

pub(crate) fn date(text: &str) -> Result<LegalDate, AppError> {
    LegalDate::parse(text).map_err(|_| stored("document", "date", text))
}

fn level(code: &str) -> Result<Level, AppError> {
    Level::parse(code).ok_or_else(|| stored("document", "level", code))
}

pub(crate) fn stored(table: &'static str, column: &'static str, value: &str) -> AppError {
    AppError::Store(store::StoreError::Stored {
        table,
        column,
        value: value.to_owned(),
    })
}
