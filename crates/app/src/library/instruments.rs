//! The unit's register of instruments: add, end or replace, search.

use domain::Fact;
use domain::access::Action;
use domain::library::instrument::{self, Draft};
use domain::library::search::{self, Query, Text};
use law::LegalDate;
use sha2::{Digest, Sha256};
use store::library::{Ended, InstrumentRow};

use crate::{App, AppError, Who, limits};

/// What is asked of the register. Empty texts choose nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstrumentAsk {
    pub words: String,
    pub kind: String,
    pub origin: String,
    /// Year of issue.
    pub year: Option<i16>,
    /// Only those in force on this day.
    pub in_force_on: Option<LegalDate>,
}

/// How a person ends an instrument or a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// The version that the person saw.
    pub version: i64,
    pub last_day: String,
    pub replaced_by: String,
    pub replaced_by_date: String,
}

/// A file of which only name and digest are kept.
pub struct Attached<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

impl App {
    /// The unit's instruments that fit, best first, then newest first.
    pub async fn instruments(
        &self,
        who: &Who,
        ask: &InstrumentAsk,
    ) -> Result<Vec<InstrumentRow>, AppError> {
        who.require(Action::AskLaw)?;
        let year = ask.year.map(|year| format!("{year:04}-"));
        let rows: Vec<InstrumentRow> = self
            .db
            .instruments(who.actor.unit)
            .await?
            .into_iter()
            .filter(|row| ask.kind.is_empty() || row.kind == ask.kind)
            .filter(|row| ask.origin.is_empty() || row.origin == ask.origin)
            .filter(|row| {
                year.as_ref()
                    .is_none_or(|year| row.doc_date.starts_with(year))
            })
            .filter(|row| ask.in_force_on.is_none_or(|on| in_force(row, on)))
            .collect();
        let texts: Vec<Text> = rows
            .iter()
            .map(|row| Text::new(&format!("{} {}", row.number, row.title), &row.issuer))
            .collect();
        let texts: Vec<&Text> = texts.iter().collect();
        Ok(search::with_every_word(&Query::new(&ask.words), &texts)
            .into_iter()
            .filter_map(|hit| rows.get(hit.place).cloned())
            .collect())
    }

    pub async fn instrument(&self, who: &Who, id: i64) -> Result<InstrumentRow, AppError> {
        who.require(Action::AskLaw)?;
        let row = self.db.instrument(id, who.actor.unit).await?;
        row.ok_or(AppError::Absent)
    }

    /// Writes a line of the register.
    ///
    /// # Errors
    /// `LIB-01`, `-02`, `-04`, `-05`, `-08` for its fields; `LIB-03` the unit has this
    /// number and date already.
    pub async fn add_instrument(
        &self,
        who: &Who,
        request: Option<&str>,
        draft: &Draft,
        file: Option<Attached<'_>>,
    ) -> Result<i64, AppError> {
        who.require(Action::WriteBooks)?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        let new = instrument::enter(act.today, draft)?;
        let date = new.date.to_string();
        let unit = who.actor.unit;
        let same = act.tx.same_instrument(unit, &new.number_key, &date).await?;
        if same.is_some() {
            return Err(taken(&new.number, new.date).into());
        }
        let (file_name, file_sha256) = digest(file)?;
        let row = InstrumentRow {
            unit_id: unit,
            number: new.number,
            number_key: new.number_key,
            doc_date: date,
            kind: new.kind,
            origin: new.origin,
            issuer: new.issuer,
            title: new.title,
            valid_from: new.valid_from.to_string(),
            valid_to: new.valid_to.map(|to| to.to_string()),
            file_name,
            file_sha256,
            note: new.note,
            created_by: who.actor.account,
            created_at: act.now.clone(),
            ..InstrumentRow::default()
        };
        let id = act.tx.add_instrument(&row).await?;
        let mut fact = Fact::new("instrument.added").with("kind", &row.kind);
        if !row.file_sha256.is_empty() {
            fact = fact.with("file", &row.file_sha256);
        }
        let text = format!("{}\n{}\n{}", row.number, row.doc_date, row.title);
        act.record_text(format!("instrument:{id}"), fact, text);
        act.finish(&id.to_string()).await?;
        Ok(id)
    }

    /// Sets the last day of an instrument, and what replaces it.
    ///
    /// # Errors
    /// `LIB-02`, `-05`, `-06`, `-07`, `-08`; stale when it was changed meanwhile.
    pub async fn end_instrument(
        &self,
        who: &Who,
        request: Option<&str>,
        id: i64,
        ending: &Ending,
    ) -> Result<(), AppError> {
        who.require(Action::WriteBooks)?;
        let Ok(mut act) = self.begin(who, request).await? else {
            return Ok(());
        };
        let row = act.tx.instrument(id, who.actor.unit).await?;
        let row = row.ok_or(AppError::Absent)?;
        let over = is_over(&row.replaced_by, row.valid_to.as_deref(), act.today);
        let end = ended(
            (&row.number_key, &row.doc_date),
            &row.valid_from,
            over,
            ending,
        )?;
        if !act.tx.end_instrument(id, ending.version, &end).await? {
            return Err(AppError::Stale);
        }
        act.record(
            format!("instrument:{id}"),
            Fact::new("instrument.ended").with("last", &end.valid_to),
        );
        act.finish("ended").await
    }
}

/// The line's own words for "number and date are taken".
pub(super) fn taken(number: &str, date: LegalDate) -> domain::Refusal {
    domain::Refusal::new("LIB-03")
        .on("number")
        .arg("number", number)
        .arg("date", date.day_month_year())
}

/// Replaced, or past its last day.
pub(super) fn is_over(replaced_by: &str, valid_to: Option<&str>, today: LegalDate) -> bool {
    !replaced_by.is_empty() || valid_to.is_some_and(|to| to < today.to_string().as_str())
}

/// The checked end of a stored line.
pub(super) fn ended(
    own: (&str, &str),
    valid_from: &str,
    over: bool,
    ending: &Ending,
) -> Result<Ended, AppError> {
    let from = LegalDate::parse(valid_from).map_err(|_| AppError::Clock)?;
    let says = (
        ending.last_day.as_str(),
        ending.replaced_by.as_str(),
        ending.replaced_by_date.as_str(),
    );
    let end = instrument::end(own, from, over, says)?;
    Ok(Ended {
        valid_to: end.last.to_string(),
        replaced_by: end.replaced_by,
        replaced_by_date: end.replaced_by_date.map(|date| date.to_string()),
    })
}

/// Name and SHA-256 of a file; the file itself is forgotten.
pub(super) fn digest(file: Option<Attached<'_>>) -> Result<(String, String), AppError> {
    let Some(file) = file else {
        return Ok((String::new(), String::new()));
    };
    if file.bytes.len() > limits::PLAN_FILE_BYTES_MAX {
        return Err(AppError::Input {
            code: "PLAN-SIZE",
            what: (limits::PLAN_FILE_BYTES_MAX / (1024 * 1024)).to_string(),
        });
    }
    let sha256 = ledger::digest::hex(&Sha256::digest(file.bytes));
    Ok((super::plain_name(file.name), sha256))
}

/// Whether a line is in force on a day.
pub fn in_force(row: &InstrumentRow, on: LegalDate) -> bool {
    holds(&row.valid_from, row.valid_to.as_deref(), on)
}

/// Whether a day lies between two stored days.
pub(super) fn holds(from: &str, to: Option<&str>, on: LegalDate) -> bool {
    let on = on.to_string();
    from <= on.as_str() && to.is_none_or(|to| on.as_str() <= to)
}
