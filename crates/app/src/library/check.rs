//! Checking what a document cites. The document is read and forgotten.

use domain::access::Action;
use domain::library::citations::{self, Checked, DocumentCheck, Verdict};
use domain::library::instrument::number_key;
use law::{LegalDate, Level};
use store::library::InstrumentRow;

use super::instruments::in_force;
use crate::papers::blocking;
use crate::{App, AppError, Who, limits};

/// The check of a file, with the little of the document that its page shows.
#[derive(Debug, Clone)]
pub struct CheckedFile {
    pub file_name: String,
    pub number: Option<String>,
    pub date: Option<String>,
    pub title: Option<String>,
    pub check: DocumentCheck,
    /// The unit's own instruments that are cited.
    own: Vec<InstrumentRow>,
}

impl CheckedFile {
    /// The unit's own instrument that a citation means, when the library has no such act.
    pub fn own_of(&self, one: &Checked) -> Option<&InstrumentRow> {
        own_of(&self.own, one)
    }

    /// The unit's own instruments of the number cited, when it is cited with another date.
    pub fn own_of_other_date(&self, one: &Checked) -> Vec<&InstrumentRow> {
        if self.own_of(one).is_some() {
            return Vec::new();
        }
        own_numbered(&self.own, one).collect()
    }
}

impl App {
    /// Checks every citation of a document, for its own day, or for the day given when it
    /// has none. Nothing of it is kept.
    ///
    /// # Errors
    /// `PLAN-SIZE` larger than the limit; `READ-...` the file cannot be read;
    /// `CITE-LEVEL` the document bears a level of secrecy, so it does not belong into
    /// this program.
    pub async fn check_citations(
        &self,
        who: &Who,
        file_name: &str,
        bytes: Vec<u8>,
        on: Option<LegalDate>,
    ) -> Result<CheckedFile, AppError> {
        who.require(Action::AskLaw)?;
        if bytes.len() > limits::PLAN_FILE_BYTES_MAX {
            return Err(AppError::Input {
                code: "PLAN-SIZE",
                what: (limits::PLAN_FILE_BYTES_MAX / (1024 * 1024)).to_string(),
            });
        }
        let name = super::plain_name(file_name);
        let named = name.clone();
        let (law, today) = (self.law, on.map_or_else(|| self.today(), Ok)?);
        let read = blocking(move || {
            let document = vanban::reader::read(&bytes, &named)?;
            let check = citations::check(law, &document, today);
            Ok::<_, vanban::ReadError>((document, check))
        });
        let (document, mut check) = read.await?.map_err(|error| AppError::Input {
            code: error.code(),
            what: name.clone(),
        })?;
        if let Some(level) = document.level.and_then(Level::parse) {
            return Err(AppError::Input {
                code: "CITE-LEVEL",
                what: level.label_vi().to_owned(),
            });
        }
        let own = self.db.instruments(who.actor.unit).await?;
        for one in &mut check.citations {
            one.verdict = match own_of(&own, one) {
                Some(row) if in_force(row, check.on) => Verdict::Clear,
                Some(_) => Verdict::Wrong,
                None if own_numbered(&own, one).next().is_some() => Verdict::Wrong,
                None => one.verdict,
            };
        }
        Ok(CheckedFile {
            own,
            file_name: name,
            number: document.number,
            date: document.date,
            title: document.title,
            check,
        })
    }
}

/// The one instrument of the register that a citation means.
fn own_of<'a>(own: &'a [InstrumentRow], one: &Checked) -> Option<&'a InstrumentRow> {
    let date = one.cited.date.as_ref();
    let mut same =
        own_numbered(own, one).filter(|row| date.is_none_or(|date| *date == row.doc_date));
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

/// Instruments of the number cited, where the library knows none.
fn own_numbered<'a>(
    own: &'a [InstrumentRow],
    one: &Checked,
) -> impl Iterator<Item = &'a InstrumentRow> {
    let unknown = one.check.candidates.is_empty();
    let number = one.cited.number.as_deref().filter(|_| unknown);
    let key = number.map(number_key);
    own.iter()
        .filter(move |row| key.as_ref() == Some(&row.number_key))
}
