//! Catalogues that the unit reads in itself, from .docx or .xlsx: looked at first, then
//! taken whole or not at all.

use domain::access::Action;
use domain::library::catalogue::{self, Fault, Item, Line, Read};
use domain::library::instrument;
use domain::{Fact, Refusal, limits as most};
use store::library::{UnitCatalogueRow, UnitItemRow};

use super::catalogues::stored;
use super::instruments::{self, Attached, Ending};
use crate::papers::blocking;
use crate::{Act, App, AppError, Who, workbook};

/// What a person says of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueAsk {
    pub number: String,
    pub date: String,
    pub issuer: String,
    /// Code of the field.
    pub sphere: String,
    /// Empty: the day of the decision.
    pub valid_from: String,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone)]
pub struct CatalogueReport {
    pub items: Vec<Item>,
    /// Rows that stop the import.
    pub faults: Vec<Fault>,
    pub passed: Vec<Line>,
    /// The catalogue, when it was written.
    pub written: Option<i64>,
}

/// A catalogue of the unit's own with its items and the form in which documents keep them.
#[derive(Debug, Clone)]
pub struct UnitCataloguePage {
    pub row: UnitCatalogueRow,
    pub items: Vec<(UnitItemRow, String)>,
    pub in_force: bool,
    pub on: law::LegalDate,
}

impl App {
    /// The catalogues that the unit read in.
    pub async fn unit_catalogues(&self, who: &Who) -> Result<Vec<UnitCatalogueRow>, AppError> {
        who.require(Action::AskLaw)?;
        Ok(self.db.unit_catalogues(who.actor.unit).await?)
    }

    pub async fn unit_catalogue(&self, who: &Who, id: i64) -> Result<UnitCataloguePage, AppError> {
        who.require(Action::AskLaw)?;
        let on = self.today()?;
        let row = self.db.unit_catalogue(id, who.actor.unit).await?;
        let row = row.ok_or(AppError::Absent)?;
        let items = self.db.unit_items(id).await?;
        let items = items.into_iter().map(|item| {
            let place = stored_own(&row.number, &item);
            (item, place)
        });
        Ok(UnitCataloguePage {
            items: items.collect(),
            in_force: instruments::holds(&row.valid_from, row.valid_to.as_deref(), on),
            row,
            on,
        })
    }

    /// Reads a catalogue's file; writes its items when every row can be taken.
    ///
    /// # Errors
    /// `LIB-01`, `-02`, `-04`, `-08` for the fields of the form; `LIB-03` number and date
    /// are taken; `LIB-12`, `-13` for the file as a whole; `LIB-17` another kind of file;
    /// `READ-..`, `WORKBOOK-..` for a file that cannot be read. Wrong rows are in the report.
    pub async fn import_catalogue(
        &self,
        who: &Who,
        request: Option<&str>,
        ask: &CatalogueAsk,
        file_name: &str,
        bytes: Vec<u8>,
    ) -> Result<CatalogueReport, AppError> {
        who.require(Action::WriteBooks)?;
        let mut act = match self.begin(who, request.filter(|_| !ask.dry_run)).await? {
            Ok(act) => act,
            Err(outcome) => return again(&outcome),
        };
        let mut row = self.catalogue_row(&act, who, ask)?;
        let same = act
            .tx
            .same_unit_catalogue(row.unit_id, &row.number_key, &row.doc_date)
            .await?;
        if same.is_some() {
            let date = instrument::past_day(act.today, "doc_date", &row.doc_date)?;
            return Err(instruments::taken(&row.number, date).into());
        }
        let file = Attached {
            name: file_name,
            bytes: &bytes,
        };
        (row.file_name, row.file_sha256) = instruments::digest(Some(file))?;
        let named = row.file_name.clone();
        let Read {
            items,
            faults,
            passed,
        } = blocking(move || read(&named, &bytes)).await??;
        let mut report = CatalogueReport {
            items,
            faults,
            passed,
            written: None,
        };
        if ask.dry_run || !report.faults.is_empty() {
            return Ok(report);
        }
        report.written = Some(write(&mut act, row, &report.items).await?);
        let outcome = report.written.unwrap_or_default().to_string();
        act.finish(&outcome).await?;
        Ok(report)
    }

    fn catalogue_row(
        &self,
        act: &Act<'_>,
        who: &Who,
        ask: &CatalogueAsk,
    ) -> Result<UnitCatalogueRow, Refusal> {
        let number = instrument::number(&ask.number)?;
        let date = instrument::past_day(act.today, "doc_date", &ask.date)?;
        instrument::year_agrees(&number, date)?;
        if !self.law.fields().contains_key(&ask.sphere) {
            return Err(Refusal::new("LIB-04").on("sphere").arg("field", "sphere"));
        }
        let from = instrument::day_or("valid_from", &ask.valid_from)?.unwrap_or(date);
        Ok(UnitCatalogueRow {
            unit_id: who.actor.unit,
            number_key: instrument::number_key(&number),
            number,
            doc_date: date.to_string(),
            issuer: instrument::line("issuer", &ask.issuer, most::FIELD_CHARS_MAX)?,
            sphere: ask.sphere.clone(),
            valid_from: from.to_string(),
            created_by: who.actor.account,
            created_at: act.now.clone(),
            ..UnitCatalogueRow::default()
        })
    }

    /// Sets the last day of a catalogue of the unit's own, and what replaces it.
    ///
    /// # Errors
    /// As for an instrument.
    pub async fn end_unit_catalogue(
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
        let row = act.tx.unit_catalogue(id, who.actor.unit).await?;
        let row = row.ok_or(AppError::Absent)?;
        let over = instruments::is_over(&row.replaced_by, row.valid_to.as_deref(), act.today);
        let own = (row.number_key.as_str(), row.doc_date.as_str());
        let end = instruments::ended(own, &row.valid_from, over, ending)?;
        if !act.tx.end_unit_catalogue(id, ending.version, &end).await? {
            return Err(AppError::Stale);
        }
        act.record(
            format!("catalogue:{id}"),
            Fact::new("catalogue.ended").with("last", &end.valid_to),
        );
        act.finish("ended").await
    }
}

async fn write(
    act: &mut Act<'_>,
    mut row: UnitCatalogueRow,
    items: &[Item],
) -> Result<i64, AppError> {
    row.items = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let mut text = format!("{}\n{}", row.number, row.doc_date);
    let mut rows = Vec::with_capacity(items.len());
    for (item, n) in items.iter().zip(1_i64..) {
        text.push('\n');
        text.push_str(&item.text);
        rows.push(UnitItemRow {
            catalogue_id: 0,
            n,
            level: item.level.code().to_owned(),
            article: item.article.clone(),
            clause: item.clause.clone(),
            point: item.point.clone(),
            text: item.text.clone(),
        });
    }
    let id = act.tx.add_unit_catalogue(&row, &rows).await?;
    let fact = Fact::new("catalogue.imported")
        .with("items", items.len())
        .with("file", &row.file_sha256);
    act.record_text(format!("catalogue:{id}"), fact, text);
    Ok(id)
}

/// The outcome of a form that was sent twice.
fn again(outcome: &str) -> Result<CatalogueReport, AppError> {
    Ok(CatalogueReport {
        items: Vec::new(),
        faults: Vec::new(),
        passed: Vec::new(),
        written: Some(outcome.parse().map_err(|_| AppError::Stale)?),
    })
}

fn read(name: &str, bytes: &[u8]) -> Result<Read, AppError> {
    let extension = name.rsplit_once('.').map(|(_, end)| end.to_lowercase());
    match extension.as_deref() {
        Some("docx") => {
            let source = vanban::formats::load(bytes, name).map_err(|error| AppError::Input {
                code: error.code(),
                what: name.to_owned(),
            })?;
            let lines = source.lines.iter().filter(|line| !line.trim().is_empty());
            let lines: Vec<Line> = lines
                .zip(1..)
                .map(|(text, row)| Line {
                    row,
                    text: text.clone(),
                })
                .collect();
            Ok(catalogue::of_lines(&lines)?)
        }
        Some("xlsx") => {
            let workbook = workbook::read(bytes).map_err(|error| AppError::Input {
                code: error.code(),
                what: error.to_string(),
            })?;
            sheets(&workbook.sheets)
        }
        _ => Err(Refusal::new("LIB-17").on("file").into()),
    }
}

/// The first sheet with an item in it; a sheet without any may be a cover.
fn sheets(sheets: &[domain::book::import::Sheet]) -> Result<Read, AppError> {
    let mut other: Option<Result<Read, Refusal>> = None;
    for sheet in sheets {
        match catalogue::of_sheet(sheet) {
            Ok(read) if !read.items.is_empty() => return Ok(read),
            found => {
                other.get_or_insert(found);
            }
        }
    }
    let none = || Err(Refusal::new("LIB-12").on("file"));
    Ok(other.unwrap_or_else(none)?)
}

/// The form in which a document keeps an item of the unit's own catalogue.
pub(super) fn stored_own(number: &str, item: &UnitItemRow) -> String {
    let part = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    stored(
        number,
        part(&item.article).as_deref(),
        part(&item.clause).as_deref(),
        part(&item.point).as_deref(),
    )
}
