//! The library of acts: list with search, an act's page.

use domain::access::Action;
use domain::library::search::{self, Query, Text};
use law::{ActKind, ActRecord, Catalogue, Force, LegalDate, Pack};

use super::cited::{self, Cited};
use crate::{App, AppError, Who};

/// What is asked of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActAsk {
    pub words: String,
    pub kind: Option<ActKind>,
    /// The day for which the acts are judged; today when absent.
    pub on: Option<LegalDate>,
    pub in_force_only: bool,
}

/// An act with its standing on the day asked.
#[derive(Debug, Clone)]
pub struct ActLine {
    pub act: &'static ActRecord,
    /// Number and date as they stand in the act's address.
    pub key: String,
    pub force: Force,
}

/// The list.
#[derive(Debug, Clone)]
pub struct ActsFound {
    pub on: LegalDate,
    pub acts: Vec<ActLine>,
    /// Acts left out of "in force" because the library does not know their days.
    pub days_unknown: usize,
    /// Acts of the whole library.
    pub total: usize,
}

/// All that the library says of an act.
#[derive(Debug, Clone)]
pub struct ActPage {
    pub line: ActLine,
    pub on: LegalDate,
    pub replaced_by: Vec<ActLine>,
    pub replaces: Vec<ActLine>,
    /// Other acts of the same number.
    pub twins: Vec<ActLine>,
    pub rules: &'static [Cited],
    /// The act is a catalogue of secrets.
    pub catalogue: Option<Catalogue<'static>>,
}

impl App {
    /// The acts that fit, best first, then newest first.
    pub fn acts(&self, who: &Who, ask: &ActAsk) -> Result<ActsFound, AppError> {
        who.require(Action::AskLaw)?;
        let on = match ask.on {
            Some(on) => on,
            None => self.today()?,
        };
        let mut acts: Vec<&'static ActRecord> = self
            .law
            .acts()
            .iter()
            .filter(|act| ask.kind.is_none_or(|kind| kind == act.kind))
            .collect();
        acts.sort_by_key(|act| std::cmp::Reverse(act.date));
        let texts: Vec<Text> = acts.iter().map(|act| text(act)).collect();
        let hits =
            search::with_every_word(&Query::new(&ask.words), &texts.iter().collect::<Vec<_>>());
        let mut days_unknown = 0;
        let mut found = Vec::with_capacity(hits.len());
        for act in hits.iter().filter_map(|hit| acts.get(hit.place)) {
            let line = line(self.law, act, on);
            if ask.in_force_only && !matches!(line.force, Force::InForce | Force::Partly { .. }) {
                days_unknown += usize::from(line.force == Force::Unknown);
                continue;
            }
            found.push(line);
        }
        Ok(ActsFound {
            on,
            acts: found,
            days_unknown,
            total: self.law.acts().len(),
        })
    }

    /// The act of a key as it stands in addresses.
    pub fn act(&self, who: &Who, key: &str, on: Option<LegalDate>) -> Result<ActPage, AppError> {
        who.require(Action::AskLaw)?;
        let on = match on {
            Some(on) => on,
            None => self.today()?,
        };
        let law = self.law;
        let act = law
            .acts()
            .iter()
            .find(|act| key_of(act) == key)
            .ok_or(AppError::Absent)?;
        let lines = |fits: &dyn Fn(&ActRecord) -> bool| {
            law.acts()
                .iter()
                .filter(|other| fits(other))
                .map(|other| line(law, other, on))
                .collect::<Vec<_>>()
        };
        let date = act.date.map_or_else(String::new, |date| date.to_string());
        Ok(ActPage {
            replaced_by: lines(&|other| Some(&other.number) == act.replaced_by.as_ref()),
            replaces: lines(&|other| {
                other.replaced_by.as_ref() == Some(&act.number) && other.date <= act.date
            }),
            twins: lines(&|other| other.number == act.number && other != act),
            rules: cited::rules(&act.number, &date),
            catalogue: law.catalogue(&act.number, act.date),
            line: line(law, act, on),
            on,
        })
    }
}

fn line(law: &Pack, act: &'static ActRecord, on: LegalDate) -> ActLine {
    ActLine {
        act,
        key: key_of(act),
        force: law.force(act, on),
    }
}

/// Number, kind, title and issuer are searched; the issuer counts less.
fn text(act: &ActRecord) -> Text {
    let own = format!("{} {} {}", act.number, act.kind.label_vi(), act.title_vi);
    Text::new(&own, &act.issuer_vi)
}

/// Number and date of an act as one part of an address: `02-ct-ttg.2019-11-15`. Where
/// the date is not known, the issuer stands in its place.
pub fn key_of(act: &ActRecord) -> String {
    let slug = |text: &str| vanban::text::words(text).join("-");
    let number = slug(&act.number);
    match act.date {
        Some(date) => format!("{number}.{date}"),
        None => format!("{number}.{}", slug(&act.issuer_vi)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_act_has_an_address_of_its_own() {
        let pack = Pack::embedded().unwrap();
        let keys: BTreeSet<String> = pack.acts().iter().map(key_of).collect();
        assert_eq!(keys.len(), pack.acts().len());
        assert!(keys.contains("02-ct-ttg.2018-07-04") && keys.contains("02-ct-ttg.2019-11-15"));
        let plain = |key: &String| {
            key.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
        };
        assert!(keys.iter().all(plain), "{keys:?}");
    }
}
