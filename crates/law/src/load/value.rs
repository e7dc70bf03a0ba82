//! What every value of the pack has in common: name, time, source, evidence.

use std::collections::BTreeMap;

use super::{
    acts::Acts,
    source::{Log, Node, Text, choose},
};
use crate::{
    citation::Citation,
    date::LegalDate,
    diagnostic::{Diagnostic, Place},
    rules::Dated,
    terms_of_art::Evidence,
    timeline::{Period, Seam, Timeline},
};

/// Codes of evidence, for messages.
pub const EVIDENCE: &[&str] = &["verified", "secondary", "unknown"];

/// What the readers of values share.
#[derive(Debug)]
pub struct Context<'a> {
    /// Acts of the library.
    pub acts: &'a Acts,
    /// Names of values so far.
    pub ids: BTreeMap<String, Place>,
    /// Diagnostics so far.
    pub log: &'a mut Log,
}

impl Context<'_> {
    /// Reports a name that was given before.
    pub fn claim(&mut self, id: &Text) {
        if let Some(first) = self.ids.get(&id.value) {
            let earlier = Diagnostic::new("", first, String::new(), "");
            let message = format!("the name `{}` is given twice", id.value);
            let help = format!(
                "first given at {}:{}:{}; choose another name",
                earlier.path, earlier.line, earlier.column
            );
            self.log
                .push(Diagnostic::new("LAW-DUP", &id.place, message, help));
            return;
        }
        self.ids.insert(id.value.clone(), id.place.clone());
    }
}

/// A value as read, with the place of its period for messages about time.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The value.
    pub dated: Dated<T>,
    /// Where its `valid_from` stands.
    pub place: Place,
}

/// Reads the head of a value and then its payload with `payload`. A value
/// marked unknown has no payload but names the missing text.
pub fn dated<T>(
    node: &Node<'_>,
    context: &mut Context<'_>,
    payload: impl FnOnce(&mut Context<'_>, &[Citation]) -> Option<T>,
) -> Option<Loaded<T>> {
    let id = node.text("id", context.log);
    if let Some(id) = &id {
        context.claim(id);
    }
    let period = period(node, context.log);
    let evidence = node.word("evidence", Evidence::parse, EVIDENCE, context.log);
    let transition = node.flag("transition", context.log);
    let because = citations(node, evidence.unwrap_or(Evidence::Unknown), context);
    let notes = node
        .texts("notes", context.log)
        .into_iter()
        .map(|note| note.value)
        .collect();
    let missing = node.text_opt("missing", context.log).map(|text| text.value);
    let value = if evidence == Some(Evidence::Unknown) {
        if missing.is_none() {
            let help = "name the text that would give the value: add `missing = \"...\"`";
            context.log.push(Diagnostic::new(
                "LAW-UNKNOWN",
                &node.place_of("evidence"),
                "a value marked `unknown` does not name the missing text".to_owned(),
                help,
            ));
        }
        None
    } else {
        Some(payload(context, &because))
    };
    evidence?;
    let (id, period) = (id?.value, period?);
    if !transition {
        in_force(&period, &because, node, context);
    }
    let value = match value {
        Some(payload) => Some(payload?),
        None => None,
    };
    Some(Loaded {
        dated: Dated {
            id,
            period,
            because,
            notes,
            missing,
            value,
        },
        place: node.place_of("valid_from"),
    })
}

/// Reads `valid_from` and `valid_to`.
pub fn period(node: &Node<'_>, log: &mut Log) -> Option<Period> {
    let from = node.date("valid_from", log);
    let to = node.date_opt("valid_to", log);
    let from = from?;
    if let Some(to) = to
        && to < from
    {
        let message = format!("the value ends on {to}, before it begins on {from}");
        log.push(Diagnostic::new(
            "LAW-ORDER",
            &node.place_of("valid_to"),
            message,
            "swap or correct the dates",
        ));
        return None;
    }
    Some(Period { from, to })
}

/// Reads the citations of a table; each act must be in the library under that date.
pub fn citations(node: &Node<'_>, evidence: Evidence, context: &mut Context<'_>) -> Vec<Citation> {
    let tables = node.tables_some("cite", context.log);
    tables
        .iter()
        .filter_map(|cite| citation(cite, evidence, context))
        .collect()
}

fn citation(cite: &Node<'_>, evidence: Evidence, context: &mut Context<'_>) -> Option<Citation> {
    let number = cite.text("act", context.log);
    let date = cite.date_opt("date", context.log);
    let article = cite.text("article", context.log);
    let clause = cite.text_opt("clause", context.log).map(|text| text.value);
    let point = cite.text_opt("point", context.log).map(|text| text.value);
    let own = cite.text_opt("evidence", context.log);
    let own =
        own.and_then(|text| choose(&text, "evidence", Evidence::parse, EVIDENCE, context.log));
    cite.finish(context.log);
    let act = context
        .acts
        .find(&number?, date, &cite.place_of("date"), context.log)?;
    Some(Citation {
        kind: act.kind,
        act: act.number.clone(),
        date: act.date.map_or_else(String::new, |date| date.to_string()),
        article: article?.value,
        clause,
        point,
        evidence: own.unwrap_or(evidence),
    })
}

/// A value must not begin before its act, nor outlast it.
fn in_force(period: &Period, because: &[Citation], node: &Node<'_>, context: &mut Context<'_>) {
    for citation in because
        .iter()
        .filter(|citation| citation.evidence != Evidence::Unknown)
    {
        let Some(act) = context.acts.of(citation) else {
            continue;
        };
        let begins = act.partly_from.or(act.in_force_from);
        if begins.is_some_and(|begins| period.from < begins) {
            let begins = begins.map(|day| day.to_string()).unwrap_or_default();
            let message = format!(
                "the value holds {} but `{}` is in force only from {begins}",
                period.words(),
                act.number
            );
            context.log.push(Diagnostic::new(
                "LAW-FORCE",
                &node.place_of("valid_from"),
                message,
                "correct `valid_from`, or the act's dates",
            ));
        }
        let outlasts = |ends: LegalDate| period.to.is_none_or(|to| to > ends);
        if let Some(ends) = act.in_force_to.filter(|ends| outlasts(*ends)) {
            let message = format!(
                "the value holds {} but `{}` ended on {ends}",
                period.words(),
                act.number
            );
            context.log.push(Diagnostic::new(
                "LAW-FORCE",
                &node.place_of("valid_to"),
                message,
                format!("end the value on {ends} and add the next one"),
            ));
        }
    }
}

/// Values of several keys, each key in the order of time; gaps and overlaps are reported.
pub fn lines<K: Ord, T>(
    subject: &str,
    name: impl Fn(&K) -> String,
    values: Vec<(K, Loaded<T>)>,
    log: &mut Log,
) -> BTreeMap<K, Timeline<Dated<T>>> {
    let mut by_key: BTreeMap<K, Vec<(Period, Loaded<T>)>> = BTreeMap::new();
    for (key, loaded) in values {
        by_key
            .entry(key)
            .or_default()
            .push((loaded.dated.period, loaded));
    }
    let mut lines = BTreeMap::new();
    for (key, values) in by_key {
        let line = Timeline::new(values);
        for (seam, loaded) in line.seams() {
            log.push(seam_message(
                &format!("{subject} `{}`", name(&key)),
                seam,
                loaded,
            ));
        }
        lines.insert(key, line.map(|loaded| loaded.dated));
    }
    lines
}

fn seam_message<T>(what: &str, seam: Seam, loaded: &Loaded<T>) -> Diagnostic {
    let id = &loaded.dated.id;
    match seam {
        Seam::Overlap(day) => {
            let message = format!("{what} has two values on {day}");
            Diagnostic::new(
                "LAW-OVERLAP",
                &loaded.place,
                message,
                format!("end the earlier value the day before `{id}` begins"),
            )
        }
        Seam::Gap(first, Some(last)) => {
            let message = format!("{what} has no value from {first} to {last}");
            let help = "close the gap; if the text is not at hand, add a value with `evidence = \"unknown\"` that names it";
            Diagnostic::new("LAW-GAP", &loaded.place, message, help)
        }
        Seam::Gap(first, None) => {
            let message = format!("{what} has no value from {first} on");
            let help = format!(
                "drop `valid_to` of `{id}`, or add what follows; if the text is not at hand, a value with `evidence = \"unknown\"`"
            );
            Diagnostic::new("LAW-GAP", &loaded.place, message, help)
        }
    }
}
