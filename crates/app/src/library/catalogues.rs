//! Catalogues of secrets, and the drafter's search over their items.

use std::sync::OnceLock;

use domain::access::Action;
use domain::library::instrument::number_key;
use domain::library::search::{self, Query, Text};
use law::{Catalogue, CatalogueItem, Evidence, LegalDate, Level};
use store::library::{UnitCatalogueRow, UnitItemRow};

use super::acts::key_of;
use super::import::stored_own;
use super::instruments::holds;
use super::{CANDIDATES_MAX, HITS_MAX};
use crate::{App, AppError, Who};

/// A catalogue with its standing on the day asked.
#[derive(Debug, Clone)]
pub struct CatalogueLine {
    pub catalogue: Catalogue<'static>,
    pub key: String,
    pub in_force: bool,
}

/// One catalogue.
#[derive(Debug, Clone)]
pub struct CataloguePage {
    pub line: CatalogueLine,
    pub on: LegalDate,
    /// Catalogues of the same field, before and after.
    pub others: Vec<CatalogueLine>,
    /// Items with the form in which a document keeps them.
    pub items: Vec<(&'static CatalogueItem, String)>,
}

/// What a drafter asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemsAsk {
    pub words: String,
    /// The day on which the catalogues are in force; today when absent.
    pub on: Option<LegalDate>,
    pub level: Option<Level>,
}

/// An item that fits a drafter's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemHit {
    /// Number and date of the decision.
    pub number: String,
    pub date: Option<String>,
    /// Address of the catalogue.
    pub href: String,
    /// Code and name of the field.
    pub field: String,
    pub field_vi: String,
    pub level: Level,
    pub article: Option<String>,
    pub clause: Option<String>,
    pub point: Option<String>,
    pub text: String,
    /// `None`: out of a file that the unit read in itself.
    pub evidence: Option<Evidence>,
    /// The form in which a document keeps it: number, article, clause, point.
    pub stored: String,
    /// How well it fits; larger is better.
    pub score: u32,
}

/// The answer to a drafter.
#[derive(Debug, Clone)]
pub struct ItemsFound {
    pub on: LegalDate,
    /// The question has words that tell something.
    pub asked: bool,
    pub hits: Vec<ItemHit>,
    /// Items that were looked through.
    pub searched: usize,
    /// Catalogues in force, and how many of them have no complete text.
    pub catalogues: usize,
    pub incomplete: usize,
}

/// An item of the law pack, folded once.
struct Indexed {
    catalogue: Catalogue<'static>,
    item: &'static CatalogueItem,
}

/// Items of the pack and their folded texts, in the same order.
type Index = (Vec<Indexed>, Vec<Text>);

impl App {
    /// Every catalogue, those in force first, then by field.
    pub fn catalogues(&self, who: &Who, on: LegalDate) -> Result<Vec<CatalogueLine>, AppError> {
        who.require(Action::AskLaw)?;
        let mut lines: Vec<CatalogueLine> = self
            .law
            .catalogues()
            .map(|catalogue| line(catalogue, on))
            .collect();
        lines.sort_by_key(|line| {
            (
                !line.in_force,
                vanban::text::collation_key(line.catalogue.field_vi),
                line.catalogue.period.from,
            )
        });
        Ok(lines)
    }

    /// The catalogue of a key as it stands in addresses.
    pub fn catalogue(
        &self,
        who: &Who,
        key: &str,
        on: LegalDate,
    ) -> Result<CataloguePage, AppError> {
        who.require(Action::AskLaw)?;
        let found = self
            .law
            .catalogues()
            .find(|catalogue| key_of(catalogue.act) == key)
            .ok_or(AppError::Absent)?;
        let others = self
            .law
            .catalogues()
            .filter(|other| other.field == found.field && other.act != found.act)
            .map(|other| line(other, on))
            .collect();
        let items = found
            .items()
            .iter()
            .map(|item| (item, stored_item(found, item)))
            .collect();
        Ok(CataloguePage {
            line: line(found, on),
            on,
            others,
            items,
        })
    }

    /// The items that fit a drafter's words, best first. It decides nothing: the law is
    /// the decision's text, and a person chooses.
    pub async fn find_items(&self, who: &Who, ask: &ItemsAsk) -> Result<ItemsFound, AppError> {
        who.require(Action::AskLaw)?;
        let on = match ask.on {
            Some(on) => on,
            None => self.today()?,
        };
        let query = Query::new(&ask.words);
        let (items, texts) = self.index();
        let mut hits: Vec<ItemHit> = search::with_some_words(&query, texts)
            .into_iter()
            .filter_map(|hit| Some((items.get(hit.place)?, hit.score)))
            .filter(|(one, _)| one.catalogue.period.contains(on))
            .map(|(one, score)| pack_hit(one, score))
            .collect();
        let own: Vec<UnitCatalogueRow> = self
            .db
            .unit_catalogues(who.actor.unit)
            .await?
            .into_iter()
            .filter(|row| holds(&row.valid_from, row.valid_to.as_deref(), on))
            .collect();
        hits.extend(self.own_hits(who, &query, &own).await?);
        hits.retain(|hit| ask.level.is_none_or(|level| level == hit.level));
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
        hits.truncate(HITS_MAX);
        let in_force = self.law.catalogues_on(on);
        let own_items: i64 = own.iter().map(|row| row.items).sum();
        Ok(ItemsFound {
            on,
            asked: !query.is_empty(),
            hits,
            searched: in_force.iter().map(|one| one.items().len()).sum::<usize>()
                + usize::try_from(own_items).unwrap_or_default(),
            catalogues: in_force.len() + own.len(),
            incomplete: in_force
                .iter()
                .filter(|one| one.missing().is_some() && !read_in(&own, one))
                .count(),
        })
    }

    /// Items of the unit's own catalogues in force.
    async fn own_hits(
        &self,
        who: &Who,
        query: &Query,
        own: &[UnitCatalogueRow],
    ) -> Result<Vec<ItemHit>, AppError> {
        if own.is_empty() || query.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self
            .db
            .unit_items_having(who.actor.unit, query.words(), CANDIDATES_MAX)
            .await?;
        let found: Vec<(&UnitCatalogueRow, UnitItemRow)> = rows
            .into_iter()
            .filter_map(|item| {
                let catalogue = own.iter().find(|row| row.id == item.catalogue_id)?;
                Some((catalogue, item))
            })
            .collect();
        let field = |row: &UnitCatalogueRow| self.law.fields().get(&row.sphere).cloned();
        let texts: Vec<Text> = found
            .iter()
            .map(|(row, item)| Text::new(&item.text, &field(row).unwrap_or_default()))
            .collect();
        Ok(search::with_some_words(query, &texts)
            .into_iter()
            .filter_map(|hit| {
                let (row, item) = found.get(hit.place)?;
                own_hit(row, item, field(row).unwrap_or_default(), hit.score)
            })
            .collect())
    }

    fn index(&self) -> &'static Index {
        static INDEX: OnceLock<Index> = OnceLock::new();
        INDEX.get_or_init(|| {
            let items: Vec<Indexed> = self
                .law
                .catalogues()
                .flat_map(|catalogue| {
                    let items = catalogue.items().iter();
                    items.map(move |item| Indexed { catalogue, item })
                })
                .collect();
            let texts = items
                .iter()
                .map(|one| Text::new(&one.item.text_vi, one.catalogue.field_vi))
                .collect();
            (items, texts)
        })
    }
}

fn line(catalogue: Catalogue<'static>, on: LegalDate) -> CatalogueLine {
    CatalogueLine {
        key: key_of(catalogue.act),
        in_force: catalogue.period.contains(on),
        catalogue,
    }
}

fn pack_hit(one: &Indexed, score: u32) -> ItemHit {
    let (catalogue, item) = (one.catalogue, one.item);
    ItemHit {
        number: catalogue.act.number.clone(),
        date: catalogue.act.date.map(|date| date.to_string()),
        href: format!("/law/catalogues/{}", key_of(catalogue.act)),
        field: catalogue.field.to_owned(),
        field_vi: catalogue.field_vi.to_owned(),
        level: item.level,
        article: item.article.clone(),
        clause: item.clause.clone(),
        point: item.point.clone(),
        text: item.text_vi.clone(),
        evidence: Some(item.evidence),
        stored: stored_item(catalogue, item),
        score,
    }
}

fn own_hit(
    row: &UnitCatalogueRow,
    item: &UnitItemRow,
    field_vi: String,
    score: u32,
) -> Option<ItemHit> {
    let part = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Some(ItemHit {
        number: row.number.clone(),
        date: Some(row.doc_date.clone()),
        href: format!("/law/catalogues/own/{}", row.id),
        field: row.sphere.clone(),
        field_vi,
        level: Level::parse(&item.level)?,
        article: part(&item.article),
        clause: part(&item.clause),
        point: part(&item.point),
        text: item.text.clone(),
        evidence: None,
        stored: stored_own(&row.number, item),
        score,
    })
}

/// The unit read in the text of this decision itself.
fn read_in(own: &[UnitCatalogueRow], catalogue: &Catalogue<'_>) -> bool {
    let key = number_key(&catalogue.act.number);
    let date = catalogue.act.date.map(|date| date.to_string());
    own.iter()
        .any(|row| row.number_key == key && Some(&row.doc_date) == date.as_ref())
}

fn stored_item(catalogue: Catalogue<'_>, item: &CatalogueItem) -> String {
    stored(
        &catalogue.act.number,
        item.article.as_deref(),
        item.clause.as_deref(),
        item.point.as_deref(),
    )
}

/// The form in which a document keeps an item. The number stands first: a sweep finds
/// the holdings of a decision by it.
pub(super) fn stored(
    number: &str,
    article: Option<&str>,
    clause: Option<&str>,
    point: Option<&str>,
) -> String {
    let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
    [number.to_owned(), part(article), part(clause), part(point)].join("|")
}
