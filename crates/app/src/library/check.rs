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
            if let Some(row) = own_of(&own, one) {
                one.verdict = if in_force(row, check.on) {
                    Verdict::Clear
                } else {
                    Verdict::Wrong
                };
            }
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

fn own_of<'a>(own: &'a [InstrumentRow], one: &Checked) -> Option<&'a InstrumentRow> {
    let unknown = one.check.candidates.is_empty();
    let number = one.cited.number.as_deref().filter(|_| unknown)?;
    let key = number_key(number);
    let mut same = own.iter().filter(|row| {
        let date = one.cited.date.as_ref();
        row.number_key == key && date.is_none_or(|date| *date == row.doc_date)
    });
    let first = same.next()?;
    same.next().is_none().then_some(first)
}
