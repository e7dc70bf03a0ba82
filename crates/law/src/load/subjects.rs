//! Small subjects: terms, extension, notices, reports, subject line, fields,
//! prohibitions, forms, catalogues, regimes.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    source::{Node, Text, choose},
    value::{Context, EVIDENCE, Loaded, citations, dated, period},
};
use crate::{
    date::Round,
    diagnostic::{Diagnostic, nearest},
    limits,
    rules::{
        CarrierTerm, CatalogueRule, DueKey, DueRule, ExtensionRule, FormRule, LevelFields,
        NoticeRule, Prohibition, Regime, SubjectUse, TermYears, YearDay,
    },
    terms_of_art::{Carrier, Evidence, Level},
};

/// Values of one subject as read.
pub type Values<K, T> = Vec<(K, Loaded<T>)>;

/// Codes of the levels, for messages.
pub fn level_codes() -> Vec<&'static str> {
    Level::ALL.iter().map(|level| level.code()).collect()
}

fn round(node: &Node<'_>, context: &mut Context<'_>) -> Option<Round> {
    node.word("round", Round::parse, &["down", "up"], context.log)
}

fn small(number: i64) -> Option<i32> {
    i32::try_from(number).ok()
}

/// Reads `subject = "terms"`.
pub fn terms(root: &Node<'_>, context: &mut Context<'_>, values: &mut Values<Level, TermYears>) {
    for node in root.tables_some("value", context.log) {
        let level = node.word("level", Level::parse, &level_codes(), context.log);
        let loaded = dated(&node, context, |context, _| {
            let years = node.integer("term_years", 1..=limits::YEARS_MAX, context.log);
            let round = round(&node, context);
            let in_catalogue_only = node.flag("in_catalogue_only", context.log);
            Some(TermYears {
                years: small(years?)?,
                round: round?,
                in_catalogue_only,
            })
        });
        node.finish(context.log);
        values.extend(level.zip(loaded));
    }
}

/// Reads `subject = "carriers"`.
pub fn carriers(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<Carrier, CarrierTerm>,
) {
    let codes: Vec<&str> = Carrier::ALL.iter().map(|carrier| carrier.code()).collect();
    for node in root.tables_some("value", context.log) {
        let texts = node.texts("carriers", context.log);
        let loaded = dated(&node, context, |context, _| {
            let parse = |code: &str| match code {
                "fixed" => Some(CarrierTerm::Fixed),
                "may_be_shorter" => Some(CarrierTerm::MayBeShorter),
                "while_in_use" => Some(CarrierTerm::WhileInUse),
                _ => None,
            };
            node.word(
                "term",
                parse,
                &["fixed", "may_be_shorter", "while_in_use"],
                context.log,
            )
        });
        node.finish(context.log);
        let Some(loaded) = loaded else { continue };
        for text in &texts {
            let carrier = choose(text, "carrier", Carrier::parse, &codes, context.log);
            values.extend(carrier.map(|carrier| (carrier, loaded.clone())));
        }
    }
}

/// Reads `subject = "extension"`.
pub fn extension(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<Level, ExtensionRule>,
) {
    for node in root.tables_some("value", context.log) {
        let level = node.word("level", Level::parse, &level_codes(), context.log);
        let loaded = dated(&node, context, |context, _| {
            let years = node.integer("years_max", 1..=limits::YEARS_MAX, context.log);
            let days = node.integer("decide_before_days", 0..=3_660, context.log);
            let round = round(&node, context);
            Some(ExtensionRule {
                years_max: small(years?)?,
                decide_before_days: small(days?)?,
                round: round?,
            })
        });
        node.finish(context.log);
        values.extend(level.zip(loaded));
    }
}

/// Reads `subject = "notices"`: `days = 15`, or 0 for "at once".
pub fn notices(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<String, NoticeRule>,
) {
    for node in root.tables_some("value", context.log) {
        let act = node.text("act", context.log);
        let loaded = dated(&node, context, |context, _| {
            let days = node.integer("days", 0..=366, context.log)?;
            Some(NoticeRule { days: small(days)? })
        });
        node.finish(context.log);
        values.extend(act.map(|act| act.value).zip(loaded));
    }
}

/// A day of the year such as `12-15`.
fn year_day(
    node: &Node<'_>,
    key: &'static str,
    year_offset: i16,
    context: &mut Context<'_>,
) -> Option<YearDay> {
    let text = node.text(key, context.log)?;
    let parsed = text
        .value
        .split_once('-')
        .and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
    let day = parsed.filter(|(month, day)| crate::date::LegalDate::new(2023, *month, *day).is_ok());
    if day.is_none() {
        let message = format!("`{}` is not a day of every year", text.value);
        context.log.push(Diagnostic::new(
            "LAW-TYPE",
            &text.place,
            message,
            "write month and day: `12-15`",
        ));
    }
    day.map(|(month, day)| YearDay {
        year_offset,
        month,
        day,
    })
}

/// Reads `subject = "due"`: national rules, or a province's own.
pub fn due(root: &Node<'_>, context: &mut Context<'_>, values: &mut Values<DueKey, DueRule>) {
    let province = root
        .text_opt("province", context.log)
        .map(|text| text.value);
    if province.is_some() {
        root.text("province_vi", context.log);
        root.flag("fictional", context.log);
    }
    for node in root.tables_some("value", context.log) {
        let duty = node.text("duty", context.log);
        let bodies = node.texts("bodies", context.log);
        let loaded = dated(&node, context, |context, _| {
            let year_before = node.flag("from_year_before", context.log);
            let from = year_day(&node, "from", if year_before { -1 } else { 0 }, context);
            let to = year_day(&node, "to", 0, context);
            let by = year_day(&node, "by", 0, context);
            let before = node.flag("before", context.log);
            Some(DueRule {
                from: from?,
                to: to?,
                by: by?,
                before,
            })
        });
        node.finish(context.log);
        let (Some(duty), Some(loaded)) = (duty, loaded) else {
            continue;
        };
        for body in bodies {
            let key = DueKey {
                province: province.clone(),
                duty: duty.value.clone(),
                body: body.value,
            };
            values.push((key, loaded.clone()));
        }
    }
}

/// Reads `subject = "subject_line"`.
pub fn subject_line(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<Level, SubjectUse>,
) {
    let all = [
        SubjectUse::Allowed,
        SubjectUse::ConsentInWriting,
        SubjectUse::Forbidden,
    ];
    let codes: Vec<&str> = all.iter().map(|rule| rule.code()).collect();
    for node in root.tables_some("value", context.log) {
        let level = node.word("level", Level::parse, &level_codes(), context.log);
        let loaded = dated(&node, context, |context, _| {
            node.word(
                "rule",
                |code| all.into_iter().find(|rule| rule.code() == code),
                &codes,
                context.log,
            )
        });
        node.finish(context.log);
        values.extend(level.zip(loaded));
    }
}

/// Reads the fields (lĩnh vực) of `subject = "levels"`, then which level may occur in which.
pub fn levels(
    root: &Node<'_>,
    context: &mut Context<'_>,
    fields: &mut BTreeMap<String, String>,
    values: &mut Values<Level, LevelFields>,
) {
    for node in root.tables_some("field", context.log) {
        let id = node.text("id", context.log);
        let label = node.text("label_vi", context.log);
        node.finish(context.log);
        if let (Some(id), Some(label)) = (id, label)
            && fields.insert(id.value.clone(), label.value).is_some()
        {
            context.log.push(Diagnostic::new(
                "LAW-DUP",
                &id.place,
                format!("the field `{}` is given twice", id.value),
                "keep one",
            ));
        }
    }
    for node in root.tables_some("value", context.log) {
        let level = node.word("level", Level::parse, &level_codes(), context.log);
        let loaded = dated(&node, context, |context, _| {
            if node.flag("all_fields", context.log) {
                return Some(LevelFields {
                    fields: fields.keys().cloned().collect(),
                });
            }
            let named = node.texts("fields", context.log);
            Some(LevelFields {
                fields: named
                    .iter()
                    .filter_map(|text| known_field(text, fields, context))
                    .collect(),
            })
        });
        node.finish(context.log);
        values.extend(level.zip(loaded));
    }
}

fn known_field(
    text: &Text,
    fields: &BTreeMap<String, String>,
    context: &mut Context<'_>,
) -> Option<String> {
    if fields.contains_key(&text.value) {
        return Some(text.value.clone());
    }
    let help = nearest(&text.value, fields.keys().map(String::as_str)).map_or_else(
        || "declare it as `[[field]]`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    context.log.push(Diagnostic::new(
        "LAW-WORD",
        &text.place,
        format!("unknown field `{}`", text.value),
        help,
    ));
    None
}

/// Reads `subject = "prohibitions"`.
pub fn prohibitions(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<String, Prohibition>,
) {
    for node in root.tables_some("value", context.log) {
        let kind = node.text("kind", context.log);
        let loaded = dated(&node, context, |context, _| {
            Some(Prohibition {
                text_vi: node.text("text_vi", context.log)?.value,
            })
        });
        node.finish(context.log);
        values.extend(kind.map(|kind| kind.value).zip(loaded));
    }
}

/// Reads `subject = "forms"`.
pub fn forms(root: &Node<'_>, context: &mut Context<'_>, values: &mut Values<String, FormRule>) {
    for node in root.tables_some("value", context.log) {
        let form = node.text("form", context.log);
        let loaded = dated(&node, context, |context, _| {
            let title = node.text("title_vi", context.log);
            let drawing = node.word("drawing", Evidence::parse, EVIDENCE, context.log);
            Some(FormRule {
                title_vi: title?.value,
                drawing: drawing?,
            })
        });
        node.finish(context.log);
        values.extend(form.map(|form| form.value).zip(loaded));
    }
}

/// Reads `subject = "catalogues"`.
pub fn catalogues(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<String, CatalogueRule>,
) {
    for node in root.tables_some("value", context.log) {
        let field = node.text("field", context.log);
        let loaded = dated(&node, context, |context, _| {
            Some(CatalogueRule {
                field_vi: node.text("field_vi", context.log)?.value,
            })
        });
        node.finish(context.log);
        values.extend(field.map(|field| field.value).zip(loaded));
    }
}

/// Reads `subject = "regimes"`.
pub fn regimes(root: &Node<'_>, context: &mut Context<'_>, regimes: &mut Vec<Regime>) {
    let mut seen = BTreeSet::new();
    for node in root.tables_some("regime", context.log) {
        let id = node.text("id", context.log);
        let label = node.text("label_vi", context.log);
        let period = period(&node, context.log);
        let evidence = node.word("evidence", Evidence::parse, EVIDENCE, context.log);
        let because = citations(&node, evidence.unwrap_or(Evidence::Unknown), context);
        let transition_missing = node
            .text_opt("transition_missing", context.log)
            .map(|text| text.value);
        node.finish(context.log);
        let (Some(id), Some(label), Some(period)) = (id, label, period) else {
            continue;
        };
        if !seen.insert(id.value.clone()) {
            context.log.push(Diagnostic::new(
                "LAW-DUP",
                &id.place,
                format!("the regime `{}` is given twice", id.value),
                "keep one",
            ));
        }
        regimes.push(Regime {
            id: id.value,
            label_vi: label.value,
            period,
            because,
            transition_missing,
        });
    }
}
