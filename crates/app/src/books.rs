//! The four books: write a line, correct it, void it, page through them.

use std::collections::BTreeMap;

use domain::Fact;
use domain::access::Action;
use domain::book::{self, BookState, BookYear, Draft, Entry, EntryState, Existing, Numbering};
use law::{BookKind, Level};
use store::book_years::BookYearRow;
use store::books::{EntryRow, ListPage, ListQuery};

use crate::{Act, App, AppError, Who, documents};

/// What registering gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    pub entry: i64,
    pub serial: i64,
    pub year: i64,
    pub document: Option<i64>,
}

impl Registered {
    fn outcome(self) -> String {
        format!(
            "{} {} {} {}",
            self.entry,
            self.serial,
            self.year,
            self.document.unwrap_or(0)
        )
    }

    fn parse(outcome: &str) -> Option<Self> {
        let mut parts = outcome.split(' ').map(str::parse::<i64>);
        let mut next = || parts.next()?.ok();
        let (entry, serial, year) = (next()?, next()?, next()?);
        let document = next()?;
        Some(Self {
            entry,
            serial,
            year,
            document: (document != 0).then_some(document),
        })
    }
}

/// How a line came to be.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin {
    pub document: Option<i64>,
    pub corrects: Option<i64>,
    pub imported: bool,
}

impl App {
    /// One page of a book of one's own unit.
    pub async fn book_page(&self, who: &Who, query: &ListQuery) -> Result<ListPage, AppError> {
        who.require(Action::ReadBooks)?;
        let query = ListQuery {
            unit_id: who.actor.unit,
            ..query.clone()
        };
        Ok(self.db.entries(&query).await?)
    }

    /// Years that have lines, newest first, this year always among them.
    pub async fn book_years(&self, who: &Who, kind: BookKind) -> Result<Vec<i64>, AppError> {
        who.require(Action::ReadBooks)?;
        let mut years = self.db.entry_years(who.actor.unit, kind.code()).await?;
        let this = i64::from(self.today()?.year());
        if years.first() != Some(&this) && !years.contains(&this) {
            years.insert(0, this);
        }
        Ok(years)
    }

    /// A line of one's own unit.
    pub async fn entry(&self, who: &Who, id: i64) -> Result<EntryRow, AppError> {
        who.require(Action::ReadBooks)?;
        self.db
            .entry(id)
            .await?
            .filter(|row| row.unit_id == who.actor.unit)
            .ok_or(AppError::Absent)
    }

    /// Writes a line of the outgoing or incoming book and opens the document
    /// with its copies.
    pub async fn register(
        &self,
        who: &Who,
        request: Option<&str>,
        kind: BookKind,
        draft: &Draft,
    ) -> Result<Registered, AppError> {
        let mut act = match self.begin_shared(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return Registered::parse(&outcome).ok_or(AppError::Stale),
        };
        let entry = decide(&mut act, who, kind, draft).await?;
        let document = match kind {
            BookKind::Di | BookKind::Den => {
                Some(documents::open(&mut act, who, &entry, self.law).await?)
            }
            BookKind::ChuyenGiao | BookKind::SaoChup => None,
        };
        let origin = Origin {
            document,
            ..Origin::default()
        };
        let done = write(&mut act, who, &entry, origin).await?;
        act.finish(&done.outcome()).await?;
        Ok(done)
    }

    /// Corrects a line by a new one; the document follows its line.
    pub async fn correct(
        &self,
        who: &Who,
        request: Option<&str>,
        old_id: i64,
        draft: &Draft,
        reason: &str,
    ) -> Result<Registered, AppError> {
        let mut act = match self.begin_shared(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return Registered::parse(&outcome).ok_or(AppError::Stale),
        };
        let (old, existing) = existing(&mut act, who, old_id).await?;
        let state = same_number(&mut act, who, existing.kind, draft, Some(old.serial)).await?;
        let (entry, reason) = book::correct(act.ctx(), &existing, &state, draft, reason)?;
        let origin = Origin {
            document: old.document_id,
            corrects: Some(old.serial),
            imported: false,
        };
        let done = write(&mut act, who, &entry, origin).await?;
        let other_year = (done.year != old.year).then_some(done.year);
        let state = EntryState::Corrected.code();
        let by = Some((done.serial, other_year));
        if !act.tx.close_entry(old.id, state, &reason, by).await? {
            return Err(AppError::Stale);
        }
        if let Some(document) = old.document_id {
            let registered = match other_year {
                Some(_) => documents::date(&old.entry_date)?,
                None => entry.entry_date,
            };
            documents::follow(&mut act, who, document, &entry, registered, self.law).await?;
        }
        let mut fact = Fact::new("entry.corrected")
            .with("book", existing.kind.code())
            .with("year", existing.year)
            .with("serial", existing.serial)
            .with("by_serial", done.serial);
        if let Some(year) = other_year {
            fact = fact.with("by_year", year);
        }
        act.record_text(format!("entry:{}", old.id), fact, reason);
        act.finish(&done.outcome()).await?;
        Ok(done)
    }

    /// Voids a line with a reason; its number stays taken.
    pub async fn void(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
        reason: &str,
    ) -> Result<(), AppError> {
        let Ok(mut act) = self.begin_shared(who, request).await? else {
            return Ok(());
        };
        let (old, existing) = existing(&mut act, who, id).await?;
        let voided = book::void(act.ctx(), &existing, reason)?;
        if !act
            .tx
            .close_entry(old.id, EntryState::Voided.code(), &voided.reason, None)
            .await?
        {
            return Err(AppError::Stale);
        }
        act.record_text(format!("entry:{}", old.id), voided.fact, voided.reason);
        act.finish("voided").await
    }

    /// Values that the next quick entry repeats: those of the newest line.
    pub async fn repeated_values(&self, who: &Who, kind: BookKind) -> Result<Draft, AppError> {
        who.require(Action::WriteBooks)?;
        let today = self.today()?;
        let last = self
            .db
            .entry_recent(who.actor.unit, kind.code(), i64::from(today.year()))
            .await?;
        Ok(Draft {
            entry_date: today.to_string(),
            ..last.map_or_else(Draft::default, |row| Draft {
                doc_type: row.doc_type,
                level: row.level.unwrap_or_default(),
                signer: row.signer,
                issuer: row.issuer,
                recipient: row.recipient,
                holder: row.holder,
                form: row.form,
                permitted_by: row.permitted_by,
                performed_by: row.performed_by,
                ..Draft::default()
            })
        })
    }
}

async fn decide(
    act: &mut Act<'_>,
    who: &Who,
    kind: BookKind,
    draft: &Draft,
) -> Result<Entry, AppError> {
    let state = same_number(act, who, kind, draft, None).await?;
    Ok(book::register(act.ctx(), kind, &state, draft)?)
}

/// Looks for an active line with the same number; `except` is being corrected.
async fn same_number(
    act: &mut Act<'_>,
    who: &Who,
    kind: BookKind,
    draft: &Draft,
    except: Option<i64>,
) -> Result<BookState, AppError> {
    let Some(key) = book::double_key(kind, draft) else {
        return Ok(BookState::default());
    };
    let found = act
        .tx
        .same_number(
            who.actor.unit,
            kind.code(),
            key.year,
            &key.number_key,
            &key.issuer,
            key.doc_date.as_deref(),
        )
        .await?;
    Ok(BookState {
        same_number: found.filter(|serial| Some(*serial) != except),
    })
}

async fn existing(act: &mut Act<'_>, who: &Who, id: i64) -> Result<(EntryRow, Existing), AppError> {
    let row = act
        .tx
        .entry(id)
        .await?
        .filter(|row| row.unit_id == who.actor.unit)
        .ok_or(AppError::Absent)?;
    let unknown = |column, value: &str| {
        AppError::Store(store::StoreError::Stored {
            table: "entry",
            column,
            value: value.to_owned(),
        })
    };
    let kind = BookKind::parse(&row.kind).ok_or_else(|| unknown("kind", &row.kind))?;
    let (_, stand) = hold(act, row.unit_id, kind, row.year).await?;
    let existing = Existing {
        kind,
        year: row.year,
        serial: row.serial,
        state: EntryState::parse(&row.state).ok_or_else(|| unknown("state", &row.state))?,
        stand,
    };
    Ok((row, existing))
}

/// A book's last number and how its year stands, with the counter locked: nobody draws a number
/// or closes the year before this act ends.
pub(crate) async fn hold(
    act: &mut Act<'_>,
    unit: i64,
    kind: BookKind,
    year: i64,
) -> Result<(i64, BookYear), AppError> {
    let series = store::books::book_series(unit, kind.code(), year);
    let last = act.tx.take_numbers(&series, 0).await?;
    Ok((last, book_year(act, unit, kind, year).await?))
}

/// How a book's year stands.
pub(crate) async fn book_year(
    act: &mut Act<'_>,
    unit: i64,
    kind: BookKind,
    year: i64,
) -> Result<BookYear, AppError> {
    stand(act.tx.book_year(unit, kind.code(), year).await?, year)
}

/// Numbering goes on from year to year; a closing is the year's own.
pub(crate) fn stand(row: Option<BookYearRow>, year: i64) -> Result<BookYear, AppError> {
    let Some(row) = row else {
        return Ok(BookYear::default());
    };
    let numbering = Numbering::parse(&row.numbering)
        .ok_or_else(|| documents::stored("book_year", "numbering", &row.numbering))?;
    let closed_on = row.closed_on.filter(|_| row.year == year);
    Ok(BookYear {
        numbering,
        closed_on: closed_on.as_deref().map(documents::date).transpose()?,
    })
}

/// Draws the number, writes the line and notes the fact. That the year is open is asked after
/// the draw: its lock keeps a closing out.
pub(crate) async fn write(
    act: &mut Act<'_>,
    who: &Who,
    entry: &Entry,
    origin: Origin,
) -> Result<Registered, AppError> {
    let series = store::books::book_series(who.actor.unit, entry.kind.code(), entry.year);
    let serial = act.tx.next_number(&series).await?;
    let year = book_year(act, who.actor.unit, entry.kind, entry.year).await?;
    book::require_open(entry.year, year)?;
    let level_serial = match (year.numbering, entry.level) {
        (Numbering::ByLevel, Some(level)) => {
            let series = level_series(who, entry, level);
            Some(act.tx.next_number(&series).await?)
        }
        _ => None,
    };
    let row = row(act, who, entry, (serial, level_serial), origin);
    let id = act.tx.add_entry(&row, &entry.words).await?;
    note(act, &row, id);
    Ok(Registered {
        entry: id,
        serial,
        year: entry.year,
        document: origin.document,
    })
}

/// As [`write`], for many lines in their order; gives the first and the last number. Lines of one
/// year stand together.
pub(crate) async fn write_many(
    act: &mut Act<'_>,
    who: &Who,
    entries: &[&Entry],
    origin: Origin,
) -> Result<Option<(i64, i64)>, AppError> {
    let mut given = None;
    for part in entries.chunk_by(|a, b| (a.kind, a.year) == (b.kind, b.year)) {
        let Some(entry) = part.first() else { continue };
        let series = store::books::book_series(who.actor.unit, entry.kind.code(), entry.year);
        let count = i64::try_from(part.len()).unwrap_or(i64::MAX);
        let last = act.tx.take_numbers(&series, count).await?;
        let first = last - count + 1;
        let year = book_year(act, who.actor.unit, entry.kind, entry.year).await?;
        book::require_open(entry.year, year)?;
        let levels = match year.numbering {
            Numbering::ByLevel => level_numbers(act, who, part).await?,
            Numbering::One => vec![None; part.len()],
        };
        let numbers: Vec<(i64, Option<i64>)> = (first..).zip(levels).collect();
        for (numbers, part) in numbers
            .chunks(LINES_AT_ONCE)
            .zip(part.chunks(LINES_AT_ONCE))
        {
            write_part(act, who, part, numbers, origin).await?;
        }
        let start = given.map_or(first, |(start, _)| start);
        given = Some((start, last));
    }
    Ok(given)
}

/// Lines held in memory as rows at once; as many as the longest run of the word index.
const LINES_AT_ONCE: usize = 16_384;

fn level_series(who: &Who, entry: &Entry, level: Level) -> String {
    let (unit, kind) = (who.actor.unit, entry.kind.code());
    store::books::level_series(unit, kind, entry.year, level.code())
}

/// Draws the numbers within their levels for lines of one book, in their order.
async fn level_numbers(
    act: &mut Act<'_>,
    who: &Who,
    entries: &[&Entry],
) -> Result<Vec<Option<i64>>, AppError> {
    let mut next = BTreeMap::new();
    for level in Level::ALL.iter().copied() {
        let of_level: Vec<&&Entry> = entries
            .iter()
            .filter(|entry| entry.level == Some(level))
            .collect();
        let Some(entry) = of_level.first() else {
            continue;
        };
        let count = i64::try_from(of_level.len()).unwrap_or(i64::MAX);
        let series = level_series(who, entry, level);
        let last = act.tx.take_numbers(&series, count).await?;
        next.insert(level.code(), last - count + 1);
    }
    let number = |entry: &&Entry| {
        let next = next.get_mut(entry.level?.code())?;
        let number = *next;
        *next += 1;
        Some(number)
    };
    Ok(entries.iter().map(number).collect())
}

async fn write_part(
    act: &mut Act<'_>,
    who: &Who,
    entries: &[&Entry],
    numbers: &[(i64, Option<i64>)],
    origin: Origin,
) -> Result<(), AppError> {
    let lines: Vec<(EntryRow, &[String])> = numbers
        .iter()
        .zip(entries)
        .map(|(numbers, entry)| {
            (
                row(act, who, entry, *numbers, origin),
                entry.words.as_slice(),
            )
        })
        .collect();
    let ids = act.tx.add_entries(&lines).await?;
    for ((row, _), id) in lines.iter().zip(ids) {
        note(act, row, id);
    }
    Ok(())
}

/// Notes for the ledger that a line was written.
fn note(act: &mut Act<'_>, row: &EntryRow, id: i64) {
    let kind = if row.imported {
        "entry.imported"
    } else {
        "entry.registered"
    };
    act.record_text(
        format!("entry:{id}"),
        Fact::new(kind)
            .with("book", &row.kind)
            .with("year", row.year)
            .with("serial", row.serial),
        entry_text(row),
    );
}

fn row(
    act: &Act<'_>,
    who: &Who,
    entry: &Entry,
    (serial, level_serial): (i64, Option<i64>),
    origin: Origin,
) -> EntryRow {
    let entry = entry.clone();
    EntryRow {
        id: 0,
        unit_id: who.actor.unit,
        kind: entry.kind.code().to_owned(),
        year: entry.year,
        serial,
        edition: entry.edition,
        document_id: origin.document,
        entry_date: entry.entry_date.to_string(),
        number_symbol: entry.number_symbol,
        number_key: entry.number_key,
        doc_date: entry.doc_date.map(|date| date.to_string()),
        doc_type: entry.doc_type,
        subject: entry.subject,
        subject_consent: entry.subject_consent,
        level: entry.level.map(|level| level.code().to_owned()),
        signer: entry.signer,
        issuer: entry.issuer,
        recipient: entry.recipient,
        receiver_sign: entry.receiver_sign,
        holder: entry.holder,
        quantity: entry.quantity,
        copy_numbers: entry.copy_numbers,
        arrival_number: entry.arrival_number,
        envelope: entry.envelope,
        form: entry.form,
        permitted_by: entry.permitted_by,
        performed_by: entry.performed_by,
        surplus: entry.surplus,
        note: entry.note,
        state: EntryState::Active.code().to_owned(),
        reason: None,
        corrects_serial: origin.corrects,
        corrected_by_serial: None,
        corrected_by_year: None,
        level_serial,
        imported: origin.imported,
        late: entry.late,
        created_by: who.actor.account,
        created_at: act.now.clone(),
    }
}

/// What a line said when it was written, for the ledger's digest: every field
/// that never changes, one a line.
pub fn entry_text(row: &EntryRow) -> String {
    let date = row.doc_date.as_deref().unwrap_or_default();
    let quantity = row.quantity.map_or_else(String::new, |n| n.to_string());
    let mut text = [
        row.kind.as_str(),
        &row.year.to_string(),
        &row.serial.to_string(),
        &row.edition,
        &row.entry_date,
        &row.number_symbol,
        date,
        &row.doc_type,
        row.subject.as_deref().unwrap_or_default(),
        row.subject_consent.as_deref().unwrap_or_default(),
        row.level.as_deref().unwrap_or_default(),
        &row.signer,
        &row.issuer,
        &row.recipient,
        &row.receiver_sign,
        &row.holder,
        &quantity,
        &row.copy_numbers,
        &row.arrival_number,
        &row.envelope,
        &row.form,
        &row.permitted_by,
        &row.performed_by,
        &row.surplus,
        &row.note,
    ]
    .join("\n");
    if let Some(serial) = row.level_serial {
        text.push('\n');
        text.push_str(&serial.to_string());
    }
    text
}
