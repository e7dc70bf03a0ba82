//! Questions about how an act is done: procedures, envelopes, meetings, rules, words, boxes.

use super::{
    AskError,
    answers::{Reply, known, level},
    json::{Json, citation},
    question::Question,
};
use crate::{
    citation::Citation,
    conduct::{Envelope, EnvelopeLayer, MeetingRule, Requirement},
    pack::Pack,
    proceeding::{Council, Paper, Particular, Procedure, ReportDuty},
    terms_of_art::{Act, Proceeding},
};

fn texts(items: &[String]) -> Json {
    Json::List(items.iter().map(Json::text).collect())
}

fn citations(because: &[Citation]) -> Json {
    Json::List(because.iter().map(citation).collect())
}

fn particulars(items: &[Particular]) -> Json {
    let one = |item: &Particular| {
        let mut pairs = vec![
            ("key", Json::text(&item.key)),
            ("label", Json::text(&item.label_vi)),
        ];
        if let Some(when) = &item.when_vi {
            pairs.push(("when", Json::text(when)));
        }
        Json::Object(pairs)
    };
    Json::List(items.iter().map(one).collect())
}

/// What a proceeding must leave behind.
pub fn procedure(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["act", "on"])?;
    let codes: Vec<&str> = Proceeding::ALL.iter().map(|one| one.code()).collect();
    let proceeding = question.word("act", Proceeding::parse, &codes)?;
    let finding = pack.procedure(proceeding, question.day("on")?);
    Ok(Reply::of(finding, |procedure| show_procedure(&procedure)))
}

fn show_procedure(procedure: &Procedure) -> Json {
    let notice = procedure.notice.as_ref().map_or(Json::Null, |notice| {
        let days = notice.days.map(i64::from);
        Json::Object(vec![
            ("key", Json::text(&notice.key)),
            ("days", days.map_or(Json::Null, Json::Whole)),
        ])
    });
    let books = procedure.books.iter().map(|book| Json::text(book.code()));
    Json::Object(vec![
        (
            "papers",
            Json::List(procedure.papers.iter().map(show_paper).collect()),
        ),
        ("dossier", particulars(&procedure.dossier)),
        (
            "council",
            procedure.council.as_ref().map_or(Json::Null, show_council),
        ),
        ("notice", notice),
        (
            "reports",
            Json::List(procedure.reports.iter().map(show_report).collect()),
        ),
        ("two_persons", Json::text(procedure.two_persons.code())),
        (
            "competence",
            Json::text_or_null(procedure.competence.map(Act::code)),
        ),
        ("stamps", texts(&procedure.stamps)),
        ("books", Json::List(books.collect())),
        ("complete", Json::Bool(procedure.missing.is_none())),
    ])
}

fn show_paper(paper: &Paper) -> Json {
    Json::Object(vec![
        ("key", Json::text(&paper.key)),
        ("label", Json::text(&paper.label_vi)),
        ("form", Json::text_or_null(paper.form.as_deref())),
        ("when", Json::text_or_null(paper.when_vi.as_deref())),
        ("particulars", particulars(&paper.particulars)),
        ("because", citations(&paper.because)),
    ])
}

fn show_council(council: &Council) -> Json {
    Json::Object(vec![
        ("label", Json::text(&council.label_vi)),
        ("members", particulars(&council.members)),
        ("because", citations(&council.because)),
    ])
}

fn show_report(report: &ReportDuty) -> Json {
    Json::Object(vec![
        ("key", Json::text(&report.key)),
        ("what", Json::text(&report.what_vi)),
        ("to", Json::text(&report.to_vi)),
        ("timing", Json::text(report.timing.code())),
        ("because", citations(&report.because)),
    ])
}

/// How a level is packed.
pub fn envelope(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["level", "on"])?;
    let finding = pack.envelope(level(question)?, question.day("on")?);
    Ok(Reply::of(finding, |envelope| show_envelope(&envelope)))
}

fn show_envelope(envelope: &Envelope) -> Json {
    let layer = |layer: &EnvelopeLayer| {
        Json::Object(vec![
            ("place", Json::text(layer.place.code())),
            ("letter", Json::text_or_null(layer.letter.as_deref())),
            ("stamps", texts(&layer.stamps)),
            ("shows", particulars(&layer.shows)),
            ("sealed", Json::Bool(layer.sealed)),
        ])
    };
    let opener = envelope
        .named_opener
        .as_ref()
        .map_or(Json::Null, |(stamp, place)| {
            Json::Object(vec![
                ("stamp", Json::text(stamp)),
                ("on", Json::text(place.code())),
            ])
        });
    Json::Object(vec![
        ("letter", Json::text_or_null(envelope.letter())),
        (
            "layers",
            Json::List(envelope.layers.iter().map(layer).collect()),
        ),
        ("named_opener", opener),
        ("material", Json::text(&envelope.material_vi)),
    ])
}

/// The rules of a meeting.
pub fn meeting(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["level", "on"])?;
    let finding = pack.meeting(level(question)?, question.day("on")?);
    Ok(Reply::of(finding, |rule| show_meeting(&rule)))
}

fn show_meeting(rule: &MeetingRule) -> Json {
    let requirement = |one: &Requirement| {
        Json::Object(vec![
            ("key", Json::text(&one.key)),
            ("label", Json::text(&one.label_vi)),
            ("when", Json::text_or_null(one.when_vi.as_deref())),
            ("because", citations(&one.because)),
        ])
    };
    Json::Object(vec![
        ("devices", Json::text(rule.devices.code())),
        ("attendee_check", Json::Bool(rule.attendee_check)),
        (
            "seal_daily_from_days",
            Json::Whole(i64::from(rule.seal_daily_from_days)),
        ),
        ("recover_documents", Json::Bool(rule.recover_documents)),
        (
            "requirements",
            Json::List(rule.requirements.iter().map(requirement).collect()),
        ),
    ])
}

/// A standing rule by its key.
pub fn handling(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["rule", "on"])?;
    let rule = question.text("rule")?;
    known("rule", rule, pack.handling_keys().collect())?;
    let finding = pack.handling(rule, question.day("on")?);
    Ok(Reply::of(finding, |rule| {
        Json::Object(vec![
            ("text", Json::text(rule.text_vi)),
            ("timing", Json::text(rule.timing.code())),
        ])
    }))
}

/// A word of the law by its key.
pub fn definition(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["term", "on"])?;
    let term = question.text("term")?;
    known("term", term, pack.definition_keys().collect())?;
    let finding = pack.definition(term, question.day("on")?);
    Ok(Reply::of(finding, |definition| {
        Json::Object(vec![
            ("term", Json::text(definition.term_vi)),
            ("text", Json::text(definition.text_vi)),
        ])
    }))
}

/// A box of the layout of a page.
pub fn layout_box(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["box", "on"])?;
    let code = question.text("box")?;
    known("box", code, pack.boxes.keys().map(String::as_str).collect())?;
    let finding = pack.layout_box(code, question.day("on")?);
    Ok(Reply::of(finding, |found| {
        Json::Object(vec![
            ("box", Json::text(code)),
            ("label", Json::text(found.label_vi)),
            ("position", Json::text(found.position_vi)),
        ])
    }))
}
