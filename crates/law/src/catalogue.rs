//! Catalogues of secrets (danh mục): the decisions, and their items as far as a
//! text of them was at hand.

use crate::{
    check::number_key,
    citation::Citation,
    date::LegalDate,
    pack::Pack,
    rules::{ActRecord, CatalogueRule, Dated},
    terms_of_art::{Evidence, Level},
    timeline::Period,
};

/// One item of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueItem {
    /// Name of the item, unique in the pack.
    pub id: String,
    /// Level.
    pub level: Level,
    /// Article; `None` when the text at hand does not tell.
    pub article: Option<String>,
    /// Clause (khoản).
    pub clause: Option<String>,
    /// Point (điểm).
    pub point: Option<String>,
    /// What is secret, Vietnamese; paraphrased when `evidence` is not `Verified`.
    pub text_vi: String,
    /// How far the item was compared with the decision.
    pub evidence: Evidence,
}

/// What is at hand of a decision's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueText {
    /// Items in the order of the file.
    pub items: Vec<CatalogueItem>,
    /// The text that would complete the items.
    pub missing: Option<String>,
}

/// Number and date of a decision.
pub(crate) type CatalogueKey = (String, Option<LegalDate>);

/// A catalogue decision as a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Catalogue<'a> {
    /// Code of the field: `giao_duc`.
    pub field: &'a str,
    /// The field, Vietnamese.
    pub field_vi: &'a str,
    /// The decision: number, date, issuer, replaced-by.
    pub act: &'a ActRecord,
    /// The days it is in force, as far as known.
    pub period: Period,
    /// Where it stands, with evidence.
    pub because: &'a [Citation],
    /// Remarks, Vietnamese.
    pub notes: &'a [String],
    text: Option<&'a CatalogueText>,
}

impl<'a> Catalogue<'a> {
    /// The items at hand; often none.
    #[must_use]
    pub fn items(&self) -> &'a [CatalogueItem] {
        self.text.map_or(&[], |text| &text.items)
    }

    /// The text that would complete the items; `None` when they are complete.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        match self.text {
            Some(text) => text.missing.clone(),
            None => Some(format!(
                "các mục của danh mục bí mật nhà nước về {}",
                self.field_vi
            )),
        }
    }

    /// Number of the decision that replaced this one.
    #[must_use]
    pub fn replaced_by(&self) -> Option<&'a str> {
        self.act.replaced_by.as_deref()
    }

    /// The weakest evidence of the record.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let weakest = self.because.iter().map(|citation| citation.evidence).min();
        weakest.unwrap_or(Evidence::Unknown)
    }

    /// The citation of an item of this decision.
    #[must_use]
    pub fn cite(&self, item: &CatalogueItem) -> Citation {
        Citation {
            kind: self.act.kind,
            act: self.act.number.clone(),
            date: self
                .act
                .date
                .map_or_else(String::new, |date| date.to_string()),
            article: item
                .article
                .clone()
                .unwrap_or_else(|| "toàn văn".to_owned()),
            clause: item.clause.clone(),
            point: item.point.clone(),
            evidence: item.evidence,
        }
    }
}

impl Pack {
    /// The catalogues in force on a day, by code of the field.
    #[must_use]
    pub fn catalogues_on(&self, on: LegalDate) -> Vec<Catalogue<'_>> {
        self.catalogues()
            .filter(|catalogue| catalogue.period.contains(on))
            .collect()
    }

    /// The catalogue of a field in force on a day.
    #[must_use]
    pub fn catalogue_of(&self, field: &str, on: LegalDate) -> Option<Catalogue<'_>> {
        self.catalogues()
            .find(|catalogue| catalogue.field == field && catalogue.period.contains(on))
    }

    /// The catalogue of a number; the date tells two decisions of one number apart, and
    /// without a date the number must be used once.
    #[must_use]
    pub fn catalogue(&self, number: &str, date: Option<LegalDate>) -> Option<Catalogue<'_>> {
        let key = number_key(number);
        let mut same = self.catalogues().filter(|catalogue| {
            number_key(&catalogue.act.number) == key
                && (date.is_none() || catalogue.act.date == date)
        });
        let first = same.next()?;
        same.next().is_none().then_some(first)
    }

    /// Every catalogue ever, by field and time.
    pub fn catalogues(&self) -> impl Iterator<Item = Catalogue<'_>> {
        self.catalogues.iter().flat_map(|(field, line)| {
            line.iter()
                .filter_map(|(_, dated)| self.record(field, dated))
        })
    }

    fn record<'a>(
        &'a self,
        field: &'a str,
        dated: &'a Dated<CatalogueRule>,
    ) -> Option<Catalogue<'a>> {
        let citation = dated.because.first()?;
        let date = LegalDate::parse(&citation.date).ok();
        let same = self.acts_of(&citation.act);
        let act = same.iter().find(|act| act.date == date)?;
        Some(Catalogue {
            field,
            field_vi: dated
                .value
                .as_ref()
                .map_or(act.title_vi.as_str(), |rule| rule.field_vi.as_str()),
            act,
            period: dated.period,
            because: &dated.because,
            notes: &dated.notes,
            text: self.catalogue_texts.get(&(citation.act.clone(), date)),
        })
    }
}
