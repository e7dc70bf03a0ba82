//! Catalogues of secrets, and the drafter's search over their items.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use domain::access::Action;
use domain::library::instrument::number_key;
use domain::library::search::{self, Query, Text};
use law::{Catalogue, CatalogueItem, Evidence, LegalDate, Level};
use store::library::{UnitCatalogueRow, UnitItemRow};

use super::acts::key_of;
use super::import::stored_own;
use super::instruments::holds;
use super::{CATALOGUES_AT_HAND_MAX, HITS_MAX};
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
        let own: Vec<UnitCatalogueRow> = self
            .db
            .unit_catalogues(who.actor.unit)
            .await?
            .into_iter()
            .filter(|row| holds(&row.valid_from, row.valid_to.as_deref(), on))
            .collect();
        let own_items = self.own_items(&own).await?;
        let (pack, folded) = self.index();
        let (candidates, texts): (Vec<Candidate<'_>>, Vec<&Text>) = pack
            .iter()
            .zip(folded)
            .filter(|(one, _)| one.catalogue.period.contains(on))
            .map(|(one, text)| (Candidate::Pack(one), text))
            .chain(own_items.iter().flat_map(|one| one.candidates()))
            .filter(|(one, _)| ask.level.is_none_or(|level| one.level() == Some(level)))
            .unzip();
        let mut ranked = search::with_some_words(&query, &texts);
        ranked.truncate(HITS_MAX);
        let hits = ranked
            .into_iter()
            .filter_map(|hit| candidates.get(hit.place)?.hit(hit.score))
            .collect();
        let in_force = self.law.catalogues_on(on);
        let own_sum: i64 = own.iter().map(|row| row.items).sum();
        Ok(ItemsFound {
            on,
            asked: !query.is_empty(),
            hits,
            searched: in_force.iter().map(|one| one.items().len()).sum::<usize>()
                + usize::try_from(own_sum).unwrap_or_default(),
            catalogues: in_force.len() + own.len(),
            incomplete: in_force
                .iter()
                .filter(|one| one.missing().is_some() && !read_in(&own, one))
                .count(),
        })
    }

    /// The items of the unit's own catalogues, folded. They are never changed once
    /// written, so that they are read and folded once.
    async fn own_items(&self, own: &[UnitCatalogueRow]) -> Result<Vec<Arc<OwnItems>>, AppError> {
        let mut found = Vec::with_capacity(own.len());
        for row in own {
            let key = (row.id, row.file_sha256.clone(), row.created_at.clone());
            let known = at_hand().get(&key).cloned();
            let items = match known {
                Some(items) => items,
                None => {
                    let field = self.law.fields().get(&row.sphere).cloned();
                    let items = self.db.unit_items(row.id).await?;
                    let items = Arc::new(OwnItems::new(row, field.unwrap_or_default(), items));
                    let mut cache = at_hand();
                    if cache.len() >= CATALOGUES_AT_HAND_MAX {
                        cache.clear();
                    }
                    cache.insert(key, Arc::clone(&items));
                    items
                }
            };
            found.push(items);
        }
        Ok(found)
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

/// A catalogue of a unit's own: id, digest of its file, instant of its import.
type OwnKey = (i64, String, String);

/// The catalogues at hand.
fn at_hand() -> MutexGuard<'static, BTreeMap<OwnKey, Arc<OwnItems>>> {
    static AT_HAND: Mutex<BTreeMap<OwnKey, Arc<OwnItems>>> = Mutex::new(BTreeMap::new());
    AT_HAND.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The items of one of the unit's own catalogues, and their folded texts.
struct OwnItems {
    row: UnitCatalogueRow,
    field_vi: String,
    items: Vec<UnitItemRow>,
    texts: Vec<Text>,
}

impl OwnItems {
    fn new(row: &UnitCatalogueRow, field_vi: String, items: Vec<UnitItemRow>) -> Self {
        Self {
            row: row.clone(),
            texts: items
                .iter()
                .map(|item| Text::new(&item.text, &field_vi))
                .collect(),
            field_vi,
            items,
        }
    }

    fn candidates(&self) -> impl Iterator<Item = (Candidate<'_>, &Text)> {
        let items = self.items.iter().zip(&self.texts);
        items.map(|(item, text)| (Candidate::Own(self, item), text))
    }
}

/// An item that may fit.
enum Candidate<'a> {
    Pack(&'a Indexed),
    Own(&'a OwnItems, &'a UnitItemRow),
}

impl Candidate<'_> {
    fn level(&self) -> Option<Level> {
        match self {
            Self::Pack(one) => Some(one.item.level),
            Self::Own(_, item) => Level::parse(&item.level),
        }
    }

    fn hit(&self, score: u32) -> Option<ItemHit> {
        match self {
            Self::Pack(one) => Some(pack_hit(one, score)),
            Self::Own(one, item) => own_hit(one, item, score),
        }
    }
}

fn own_hit(one: &OwnItems, item: &UnitItemRow, score: u32) -> Option<ItemHit> {
    let row = &one.row;
    let part = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Some(ItemHit {
        number: row.number.clone(),
        date: Some(row.doc_date.clone()),
        href: format!("/law/catalogues/own/{}", row.id),
        field: row.sphere.clone(),
        field_vi: one.field_vi.clone(),
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
