//! Envelopes, meetings, standing rules, words of the law, boxes of the page.

use super::{
    proceedings::{own_citations, particulars, stable_key, timing},
    references::Reference,
    source::Node,
    subjects::{Values, level_codes},
    value::{Context, dated},
};
use crate::{
    citation::Citation,
    conduct::{
        Definition, Envelope, EnvelopeLayer, HandlingRule, LayoutBox, MeetingRule, Requirement,
    },
    terms_of_art::{DeviceRule, EnvelopePlace, Level},
};

/// Longest meeting that a rule of sealing may name, in days.
const MEETING_DAYS_MAX: i64 = 366;

fn place(node: &Node<'_>, key: &'static str, context: &mut Context<'_>) -> Option<EnvelopePlace> {
    let codes: Vec<&str> = EnvelopePlace::ALL.iter().map(|one| one.code()).collect();
    node.word(key, EnvelopePlace::parse, &codes, context.log)
}

/// Reads `subject = "envelopes"`.
pub fn envelopes(
    root: &Node<'_>,
    context: &mut Context<'_>,
    references: &mut Vec<Reference>,
    values: &mut Values<Level, Envelope>,
) {
    for node in root.tables_some("value", context.log) {
        let level = node.word("level", Level::parse, &level_codes(), context.log);
        let loaded = dated(&node, context, |context, _| {
            envelope(&node, context, references)
        });
        node.finish(context.log);
        values.extend(level.zip(loaded));
    }
}

fn envelope(
    node: &Node<'_>,
    context: &mut Context<'_>,
    references: &mut Vec<Reference>,
) -> Option<Envelope> {
    let material = node.text("material_vi", context.log);
    let opener = node.text_opt("named_opener", context.log);
    references.extend(opener.iter().cloned().map(Reference::Stamp));
    let opener_place = match &opener {
        Some(_) => place(node, "named_opener_on", context),
        None => None,
    };
    let layers = node.tables_some("layer", context.log);
    let layers = layers
        .iter()
        .filter_map(|layer| read_layer(layer, context, references))
        .collect();
    Some(Envelope {
        layers,
        named_opener: opener.map(|text| text.value).zip(opener_place),
        material_vi: material?.value,
    })
}

fn read_layer(
    node: &Node<'_>,
    context: &mut Context<'_>,
    references: &mut Vec<Reference>,
) -> Option<EnvelopeLayer> {
    let place = place(node, "place", context);
    let letter = node.text_opt("letter", context.log).map(|text| text.value);
    let stamps = node.texts("stamps", context.log);
    references.extend(stamps.iter().cloned().map(Reference::Stamp));
    let shows = particulars(node, "show", context);
    let sealed = node.flag("sealed", context.log);
    node.finish(context.log);
    Some(EnvelopeLayer {
        place: place?,
        letter,
        stamps: stamps.into_iter().map(|text| text.value).collect(),
        shows,
        sealed,
    })
}

/// Reads `subject = "meetings"`.
pub fn meetings(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<Level, MeetingRule>,
) {
    for node in root.tables_some("value", context.log) {
        let level = node.word("level", Level::parse, &level_codes(), context.log);
        let loaded = dated(&node, context, |context, because| {
            meeting(&node, because, context)
        });
        node.finish(context.log);
        values.extend(level.zip(loaded));
    }
}

fn meeting(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
) -> Option<MeetingRule> {
    let codes: Vec<&str> = DeviceRule::ALL.iter().map(|one| one.code()).collect();
    let devices = node.word("devices", DeviceRule::parse, &codes, context.log);
    let attendee_check = node.flag("attendee_check", context.log);
    let days = node.integer("seal_daily_from_days", 1..=MEETING_DAYS_MAX, context.log);
    let recover_documents = node.flag("recover_documents", context.log);
    let requirements = node.tables_some("requirement", context.log);
    let requirements = requirements
        .iter()
        .filter_map(|one| read_requirement(one, because, context))
        .collect();
    Some(MeetingRule {
        devices: devices?,
        attendee_check,
        seal_daily_from_days: i32::try_from(days?).ok()?,
        recover_documents,
        requirements,
    })
}

fn read_requirement(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
) -> Option<Requirement> {
    let key = node.text("key", context.log);
    let label = node.text("label_vi", context.log);
    let when_vi = node.text_opt("when_vi", context.log).map(|text| text.value);
    let because = own_citations(node, because, context);
    node.finish(context.log);
    Some(Requirement {
        key: stable_key(key?, context)?,
        label_vi: label?.value,
        when_vi,
        because,
    })
}

/// Reads `subject = "handling"`.
pub fn handling(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<String, HandlingRule>,
) {
    for node in root.tables_some("value", context.log) {
        let rule = node.text("rule", context.log);
        let loaded = dated(&node, context, |context, _| {
            let text = node.text("text_vi", context.log);
            let timing = timing(&node, context);
            Some(HandlingRule {
                text_vi: text?.value,
                timing: timing?,
            })
        });
        node.finish(context.log);
        let rule = rule.and_then(|rule| stable_key(rule, context));
        values.extend(rule.zip(loaded));
    }
}

/// Reads `subject = "definitions"`.
pub fn definitions(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Values<String, Definition>,
) {
    for node in root.tables_some("value", context.log) {
        let term = node.text("term", context.log);
        let loaded = dated(&node, context, |context, _| {
            let word = node.text("term_vi", context.log);
            let text = node.text("text_vi", context.log);
            Some(Definition {
                term_vi: word?.value,
                text_vi: text?.value,
            })
        });
        node.finish(context.log);
        let term = term.and_then(|term| stable_key(term, context));
        values.extend(term.zip(loaded));
    }
}

/// Reads `subject = "boxes"`.
pub fn boxes(root: &Node<'_>, context: &mut Context<'_>, values: &mut Values<String, LayoutBox>) {
    for node in root.tables_some("value", context.log) {
        let code = node.text("box", context.log);
        let loaded = dated(&node, context, |context, _| {
            let label = node.text("label_vi", context.log);
            let position = node.text("position_vi", context.log);
            Some(LayoutBox {
                label_vi: label?.value,
                position_vi: position?.value,
            })
        });
        node.finish(context.log);
        values.extend(code.map(|code| code.value).zip(loaded));
    }
}
