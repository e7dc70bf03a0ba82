//! Books, stamps and forms that a unit is to have, held against what it has: the first
//! question of every inspection.

use std::collections::BTreeMap;

use domain::access::Action;
use domain::dossier::{KINDS, kind};
use law::{BookKind, Citation, LegalDate};
use store::unit_papers::TemplateRow;

use crate::templates::Subject;
use crate::{App, AppError, Who, documents};

/// What a unit has and what it lacks.
#[derive(Debug, Clone)]
pub struct Equipment {
    pub year: i64,
    pub books: Vec<BookHeld>,
    pub stamps: Vec<StampHeld>,
    pub forms: Vec<FormHeld>,
    /// The forms' list is of this day: the newest on which the law at hand has one.
    pub forms_of: LegalDate,
    /// The list of forms in force today is not known.
    pub forms_old: bool,
}

/// One of the four books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookHeld {
    pub kind: BookKind,
    /// `None` when the law at hand has no edition for today.
    pub title: Option<String>,
    /// Last number of this year.
    pub last: i64,
}

/// One stamp of the law's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampHeld {
    pub id: String,
    pub label: String,
    /// Generation and how many of it are kept, oldest first.
    pub kept: BTreeMap<String, usize>,
    pub because: Vec<Citation>,
}

/// One form of the law's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormHeld {
    /// `17`.
    pub number: String,
    pub title: String,
    pub by: FormBy,
    /// Names of the unit's own Word templates for it.
    pub templates: Vec<String>,
}

/// How a form is had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormBy {
    Book(BookKind),
    /// Codes of the stamps that the form draws.
    Stamps(Vec<String>),
    /// Kind of the dossier whose record follows it.
    Record(&'static str),
    Statistics,
    /// The sheets on which stamps are printed at their places.
    StampPlaces,
    Missing,
}

/// Forms that are neither book, stamp nor record of a dossier (Thông tư 24/2020/TT-BCA Điều 2).
const OTHER_FORMS: [(&str, FormBy); 2] = [("18", FormBy::Statistics), ("19", FormBy::StampPlaces)];

impl App {
    /// The unit's books, stamps and forms against the lists of the law.
    pub async fn equipment(&self, who: &Who) -> Result<Equipment, AppError> {
        who.require(Action::ReadBooks)?;
        let (unit, today) = (who.actor.unit, self.today()?);
        let year = i64::from(today.year());
        let mut books = Vec::new();
        for kind in BookKind::ALL.iter().copied() {
            books.push(BookHeld {
                kind,
                title: self
                    .law
                    .book_edition(kind, today)
                    .map(|edition| edition.title_vi.clone()),
                last: self.db.last_serial(unit, kind.code(), year).await?,
            });
        }
        let templates = self.db.templates(unit).await?;
        let forms_of = self.forms_day(today);
        Ok(Equipment {
            year,
            books,
            stamps: self.stamps_held(unit, today, forms_of).await?,
            forms: self.forms_held(forms_of, &templates),
            forms_of,
            forms_old: self.law.form("01", today).value.is_none(),
        })
    }

    /// In the order of the forms that draw them.
    async fn stamps_held(
        &self,
        unit: i64,
        today: LegalDate,
        forms_of: LegalDate,
    ) -> Result<Vec<StampHeld>, AppError> {
        let mut kept: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for fields in self.db.stamps_kept(unit).await? {
            let mut said: BTreeMap<String, String> = serde_json::from_str(&fields)
                .map_err(|_| documents::stored("dossier_step", "fields", &fields))?;
            let stamp = said.remove("stamp").unwrap_or_default();
            let generation = said.remove("generation").unwrap_or_default();
            *kept
                .entry(stamp)
                .or_default()
                .entry(generation)
                .or_default() += 1;
        }
        let names = self.law.stamp_names().into_iter();
        let mut held: Vec<StampHeld> = names
            .map(|(id, label)| StampHeld {
                id: id.to_owned(),
                label: label.to_owned(),
                kept: kept.remove(id).unwrap_or_default(),
                because: self.law.stamp(id, today).because,
            })
            .filter(|stamp| !stamp.because.is_empty())
            .collect();
        held.sort_by_cached_key(|stamp| {
            let because = self.law.stamp(&stamp.id, forms_of).because;
            because.into_iter().map(|one| one.article).next()
        });
        Ok(held)
    }

    /// Today, or the newest day before it on which the forms are known.
    fn forms_day(&self, today: LegalDate) -> LegalDate {
        let known = |day: &LegalDate| self.law.form("01", *day).value.is_some();
        let generations = self.law.stamp_generations().into_iter().rev();
        std::iter::once(today)
            .chain(generations.filter(|day| *day <= today))
            .find(known)
            .unwrap_or(today)
    }

    fn forms_held(&self, day: LegalDate, templates: &[TemplateRow]) -> Vec<FormHeld> {
        let forms = self.law.form_numbers().filter_map(|number| {
            let title = self.law.form(number, day).value?.title_vi;
            let by = self.form_by(number, day);
            let subject = match &by {
                FormBy::Book(kind) => Subject::Book(*kind).code(),
                FormBy::Record(code) => kind(code)
                    .map(|kind| Subject::Dossier(kind).code())
                    .unwrap_or_default(),
                _ => String::new(),
            };
            let own = templates.iter().filter(|row| row.subject == subject);
            Some(FormHeld {
                number: number.to_owned(),
                title,
                by,
                templates: own.map(|row| row.name.clone()).collect(),
            })
        });
        forms.collect()
    }

    fn form_by(&self, number: &str, day: LegalDate) -> FormBy {
        let name = format!("Mẫu {number}");
        let book = BookKind::ALL.iter().copied().find(|kind| {
            let edition = self.law.book_edition(*kind, day);
            edition.is_some_and(|edition| edition.act.article == name)
        });
        if let Some(kind) = book {
            return FormBy::Book(kind);
        }
        let drawn = self.law.stamp_names().into_keys().filter(|id| {
            let because = self.law.stamp(id, day).because;
            because.iter().any(|citation| citation.article == name)
        });
        let drawn: Vec<String> = drawn.map(str::to_owned).collect();
        if !drawn.is_empty() {
            return FormBy::Stamps(drawn);
        }
        let follows = KINDS.iter().find(|kind| {
            let mut steps = kind.steps.iter();
            steps.any(|step| step.form == Some(name.as_str()))
        });
        if let Some(kind) = follows {
            return FormBy::Record(kind.code);
        }
        let other = OTHER_FORMS.into_iter().find(|(other, _)| *other == number);
        other.map_or(FormBy::Missing, |(_, by)| by)
    }
}
