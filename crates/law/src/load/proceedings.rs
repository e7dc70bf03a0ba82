//! Procedures: papers, council, dossier, reports.

use std::collections::BTreeSet;

use super::{
    references::Reference,
    source::{Node, Text, choose},
    value::{Context, Loaded, citations, dated},
};
use crate::{
    citation::Citation,
    diagnostic::Diagnostic,
    proceeding::{Council, NoticeDuty, Paper, Particular, Procedure, ReportDuty},
    terms_of_art::{Act, BookKind, Evidence, Proceeding, Timing, TwoPersons},
};

/// Reads `subject = "procedures"`.
pub fn procedures(
    root: &Node<'_>,
    context: &mut Context<'_>,
    references: &mut Vec<Reference>,
    values: &mut Vec<(Proceeding, Loaded<Procedure>)>,
) {
    let codes: Vec<&str> = Proceeding::ALL.iter().map(|one| one.code()).collect();
    for node in root.tables_some("value", context.log) {
        let act = node.word("act", Proceeding::parse, &codes, context.log);
        let loaded = dated(&node, context, |context, because| {
            procedure(&node, because, context, references)
        });
        node.finish(context.log);
        values.extend(act.zip(loaded));
    }
}

fn procedure(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
    references: &mut Vec<Reference>,
) -> Option<Procedure> {
    let two: Vec<&str> = TwoPersons::ALL.iter().map(|one| one.code()).collect();
    let two_persons = node.word("two_persons", TwoPersons::parse, &two, context.log);
    let competence = node.text_opt("competence", context.log);
    let acts: Vec<&str> = Act::ALL.iter().map(|act| act.code()).collect();
    let competence =
        competence.and_then(|text| choose(&text, "competence", Act::parse, &acts, context.log));
    let kinds: Vec<&str> = BookKind::ALL.iter().map(|kind| kind.code()).collect();
    let books = node.texts("books", context.log);
    let books = books
        .iter()
        .filter_map(|text| choose(text, "book", BookKind::parse, &kinds, context.log))
        .collect();
    let stamps = node.texts("stamps", context.log);
    references.extend(stamps.iter().cloned().map(Reference::Stamp));
    let notice = node.text_opt("notice", context.log);
    references.extend(notice.iter().cloned().map(Reference::Notice));
    let papers = node.tables("paper", context.log);
    let papers: Vec<Paper> = papers
        .iter()
        .filter_map(|paper| read_paper(paper, because, context, references))
        .collect();
    let reports = node.tables("report", context.log);
    let reports = reports
        .iter()
        .filter_map(|report| read_report(report, because, context))
        .collect();
    let council = node.table("council", context.log);
    Some(Procedure {
        papers,
        dossier: particulars(node, "dossier", context),
        council: council.and_then(|council| read_council(&council, because, context)),
        notice: notice.map(|text| NoticeDuty {
            key: text.value,
            days: None,
        }),
        reports,
        two_persons: two_persons?,
        competence,
        stamps: stamps.into_iter().map(|text| text.value).collect(),
        books,
        missing: None,
    })
}

fn read_paper(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
    references: &mut Vec<Reference>,
) -> Option<Paper> {
    let key = node.text("key", context.log);
    let label = node.text("label_vi", context.log);
    let form = node.text_opt("form", context.log);
    references.extend(form.iter().cloned().map(Reference::Form));
    let when_vi = node.text_opt("when_vi", context.log).map(|text| text.value);
    let particulars = particulars(node, "particular", context);
    let because = own_citations(node, because, context);
    node.finish(context.log);
    Some(Paper {
        key: stable_key(key?, context)?,
        label_vi: label?.value,
        form: form.map(|text| text.value),
        when_vi,
        particulars,
        because,
    })
}

fn read_report(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
) -> Option<ReportDuty> {
    let key = node.text("key", context.log);
    let what = node.text("what_vi", context.log);
    let to = node.text("to_vi", context.log);
    let timing = timing(node, context);
    let because = own_citations(node, because, context);
    node.finish(context.log);
    Some(ReportDuty {
        key: stable_key(key?, context)?,
        what_vi: what?.value,
        to_vi: to?.value,
        timing: timing?,
        because,
    })
}

fn read_council(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
) -> Option<Council> {
    let label = node.text("label_vi", context.log);
    let members = particulars(node, "member", context);
    let because = own_citations(node, because, context);
    node.finish(context.log);
    Some(Council {
        label_vi: label?.value,
        members,
        because,
    })
}

/// Reads when a rule asks for something.
pub fn timing(node: &Node<'_>, context: &mut Context<'_>) -> Option<Timing> {
    let codes: Vec<&str> = Timing::ALL.iter().map(|timing| timing.code()).collect();
    node.word("timing", Timing::parse, &codes, context.log)
}

/// The citations of a part of a value; without its own it stands where the value stands.
pub fn own_citations(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
) -> Vec<Citation> {
    if !node.has("cite") {
        return because.to_vec();
    }
    let evidence = because.iter().map(|citation| citation.evidence).max();
    citations(node, evidence.unwrap_or(Evidence::Unknown), context)
}

/// Reads a list of keys with their words; no key stands twice in one list.
pub fn particulars(
    node: &Node<'_>,
    name: &'static str,
    context: &mut Context<'_>,
) -> Vec<Particular> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for entry in node.tables(name, context.log) {
        let key = entry.text("key", context.log);
        let label = entry.text("label_vi", context.log);
        let when_vi = entry
            .text_opt("when_vi", context.log)
            .map(|text| text.value);
        entry.finish(context.log);
        let (Some(key), Some(label)) = (key, label) else {
            continue;
        };
        let place = key.place.clone();
        let Some(key) = stable_key(key, context) else {
            continue;
        };
        if !seen.insert(key.clone()) {
            context.log.push(Diagnostic::new(
                "LAW-DUP",
                &place,
                format!("`{key}` is given twice in one list"),
                "keep one",
            ));
            continue;
        }
        found.push(Particular {
            key,
            label_vi: label.value,
            when_vi,
        });
    }
    found
}

/// A key that forms and rows may rely on: ASCII snake case.
pub fn stable_key(text: Text, context: &mut Context<'_>) -> Option<String> {
    let letters = text
        .value
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if letters
        && text
            .value
            .starts_with(|first: char| first.is_ascii_lowercase())
    {
        return Some(text.value);
    }
    context.log.push(Diagnostic::new(
        "LAW-TYPE",
        &text.place,
        format!("`{}` is not a key", text.value),
        "write small letters a to z, digits and `_`",
    ));
    None
}
