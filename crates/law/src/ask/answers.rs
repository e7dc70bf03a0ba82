//! One function for each kind of question.

use serde::Serialize;

use super::{
    AskError, conduct,
    json::{Json, citation},
    library,
    question::{Question, not_valid},
};
use crate::{
    book::{BookEdition, Column},
    citation::Citation,
    date::LegalDate,
    may::May,
    pack::{Pack, answer},
    rules::{Finding, Verdict},
    stamp::{Outline, Stamp},
    term::{Extension, Term},
    terms_of_art::{Act, BookKind, Carrier, Level},
};

/// Kinds of question.
const KINDS: &[&str] = &[
    "term",
    "extend",
    "may",
    "due",
    "notify",
    "form",
    "catalogue",
    "violation",
    "level",
    "subject",
    "book",
    "stamp",
    "post",
    "procedure",
    "envelope",
    "meeting",
    "handling",
    "definition",
    "box",
    "citation",
];

/// The answer as it is written.
#[derive(Debug, Serialize)]
pub struct Reply {
    answer: Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    delegate: Option<Json>,
    because: Vec<Json>,
    notes: Vec<String>,
}

impl Reply {
    /// The reply of a finding; without a value it is "unknown".
    pub fn of<T>(finding: Finding<T>, show: impl FnOnce(T) -> Json) -> Self {
        Self::new(
            finding.value.map_or(Json::text("unknown"), show),
            &finding.because,
            finding.notes,
        )
    }

    /// A reply with its sources and remarks.
    pub fn new(answer: Json, because: &[Citation], notes: Vec<String>) -> Self {
        Self {
            answer,
            delegate: None,
            because: because.iter().map(citation).collect(),
            notes,
        }
    }
}

/// Answers one question.
pub fn reply(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    match question.text("ask")? {
        "term" => term(pack, question),
        "extend" => extend(pack, question),
        "may" => may(pack, question),
        "due" => due(pack, question),
        "notify" => notify(pack, question),
        "form" => form(pack, question),
        "catalogue" => catalogue(pack, question),
        "violation" => violation(pack, question),
        "level" => level_in_field(pack, question),
        "subject" => subject(pack, question),
        "book" => book(pack, question),
        "stamp" => stamp(pack, question),
        "post" => post(pack, question),
        "procedure" => conduct::procedure(pack, question),
        "envelope" => conduct::envelope(pack, question),
        "meeting" => conduct::meeting(pack, question),
        "handling" => conduct::handling(pack, question),
        "definition" => conduct::definition(pack, question),
        "box" => conduct::layout_box(pack, question),
        "citation" => library::citation(pack, question),
        other => Err(not_valid("ask", other, KINDS)),
    }
}

/// The level of a question.
pub fn level(question: &Question) -> Result<Level, AskError> {
    let codes: Vec<&str> = Level::ALL.iter().map(|level| level.code()).collect();
    question.word("level", Level::parse, &codes)
}

/// The carrier; a question without one is about a document.
fn carrier(question: &Question) -> Result<Carrier, AskError> {
    if question.text_opt("carrier")?.is_none() {
        return Ok(Carrier::Document);
    }
    let codes: Vec<&str> = Carrier::ALL.iter().map(|carrier| carrier.code()).collect();
    question.word("carrier", Carrier::parse, &codes)
}

fn term(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["level", "carrier", "determined", "in_catalogue", "on"])?;
    let (level, carrier, determined) = (
        level(question)?,
        carrier(question)?,
        question.day("determined")?,
    );
    let mut finding = match question.flag("in_catalogue")? {
        Some(true) => pack.term_in_catalogue(level, carrier, determined),
        _ => pack.term(level, carrier, determined),
    };
    if let Some(on) = question.day_opt("on")? {
        finding.notes.extend(pack.transition_note(determined, on));
    }
    Ok(Reply::of(finding, show_term))
}

fn show_term(term: Term) -> Json {
    let mut pairs = vec![
        ("until", Json::day(term.until)),
        ("extend_decide_by", Json::day(term.extend_decide_by)),
    ];
    if term.until.is_none() {
        pairs.push(("ends", Json::text("when_no_longer_used")));
    }
    if term.shorter_allowed {
        pairs.push(("shorter_allowed", Json::Bool(true)));
    }
    Json::Object(pairs)
}

fn extend(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["level", "carrier", "until", "decided"])?;
    let (level, carrier) = (level(question)?, carrier(question)?);
    let finding = pack.extend(
        level,
        carrier,
        question.day("until")?,
        question.day("decided")?,
    );
    Ok(Reply::of(finding, show_extension))
}

fn show_extension(extension: Extension) -> Json {
    if !extension.in_time {
        return Json::text("no");
    }
    Json::Object(vec![
        ("until_max", Json::day(extension.until_max)),
        ("decide_by", Json::day(Some(extension.decide_by))),
        ("notify_by", Json::day(extension.notify_by)),
    ])
}

fn may(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["act", "level", "post", "on", "delegated"])?;
    let acts: Vec<&str> = Act::ALL.iter().map(|act| act.code()).collect();
    let act = question.word("act", Act::parse, &acts)?;
    let (level, post, on) = (
        level(question)?,
        question.text("post")?,
        question.day("on")?,
    );
    let may = if question.flag("delegated")? == Some(true) {
        pack.may_delegated(act, level, post, on)
    } else {
        pack.may(act, level, post, on)
    };
    let May {
        answer,
        delegate,
        because,
        notes,
    } = may.map_err(|unknown| unknown_post(pack, &unknown.0))?;
    let mut reply = Reply::new(Json::text(answer.code()), &because, notes);
    reply.delegate = Some(Json::text_or_null(delegate.map(|delegate| delegate.code())));
    Ok(reply)
}

fn unknown_post(pack: &Pack, post: &str) -> AskError {
    let posts: Vec<&str> = pack.posts().map(|post| post.id.as_str()).collect();
    not_valid("post", post, &posts)
}

fn due(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["duty", "body", "year", "province"])?;
    let (duty, body, year) = (
        question.text("duty")?,
        question.text("body")?,
        question.year("year")?,
    );
    let duties: Vec<&str> = pack.due_keys().map(|key| key.duty.as_str()).collect();
    let bodies: Vec<&str> = pack.due_keys().map(|key| key.body.as_str()).collect();
    let provinces: Vec<&str> = pack
        .due_keys()
        .filter_map(|key| key.province.as_deref())
        .collect();
    known("duty", duty, duties)?;
    known("body", body, bodies)?;
    let province = question.text_opt("province")?;
    if let Some(province) = province {
        known("province", province, provinces)?;
    }
    let finding = match province {
        Some(province) => pack.due_in_province(province, duty, body, year),
        None => pack.due(duty, body, year),
    };
    let own = province.is_some_and(|province| pack.has_own_due(province, duty, body));
    Ok(Reply::of(finding, |due| {
        let mut pairs = vec![
            ("from", Json::day(Some(due.from))),
            ("to", Json::day(Some(due.to))),
            ("by", Json::day(Some(due.by))),
        ];
        if own {
            pairs.push(("scope", Json::text("province")));
        }
        Json::Object(pairs)
    }))
}

/// Refuses a word that the pack does not have.
pub fn known(key: &'static str, value: &str, mut valid: Vec<&str>) -> Result<(), AskError> {
    valid.sort_unstable();
    valid.dedup();
    if valid.contains(&value) {
        Ok(())
    } else {
        Err(not_valid(key, value, &valid))
    }
}

fn notify(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["act", "decided"])?;
    let act = question.text("act")?;
    known("act", act, pack.notice_acts().collect())?;
    let finding = pack.notify(act, question.day("decided")?);
    Ok(Reply::of(finding, |notice| {
        let mut pairs = vec![("by", Json::day(Some(notice.by)))];
        if notice.at_once {
            pairs.push(("at_once", Json::Bool(true)));
        }
        Json::Object(pairs)
    }))
}

/// What a question of a subject with little data says about itself.
fn short_question(question: &Question, keys: &[&str], mut notes: Vec<String>) -> Vec<String> {
    let unknown = question.unknown_keys(keys);
    if !unknown.is_empty() {
        notes.push(format!(
            "Không dùng đến: {}; câu hỏi này hiểu: {}.",
            unknown.join(", "),
            keys.join(", ")
        ));
    }
    notes
}

/// "Unknown" for a question that lacks the key that would find a value.
fn lacking(question: &Question, keys: &[&str]) -> Reply {
    let notes = vec![format!("Câu hỏi chưa đủ: cần {}.", keys.join(", "))];
    Reply::new(
        Json::text("unknown"),
        &[],
        short_question(question, keys, notes),
    )
}

fn form(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    let keys = ["form", "on"];
    let (Some(form), Some(on)) = (question.text_opt("form")?, question.day_opt("on")?) else {
        return Ok(lacking(question, &keys));
    };
    let mut finding = pack.form(form, on);
    finding.notes = short_question(question, &keys, finding.notes);
    Ok(Reply::of(finding, |rule| {
        Json::Object(vec![
            ("form", Json::text(form)),
            ("title", Json::text(rule.title_vi)),
            ("drawing", Json::text(rule.drawing.code())),
        ])
    }))
}

/// By field the decision is known, its items are not all: always "unknown", citing the
/// decision. By number the record of the decision.
fn catalogue(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    if question.text_opt("number")?.is_some() {
        return library::catalogue(pack, question);
    }
    let keys = ["field", "on"];
    let (Some(field), Some(on)) = (question.text_opt("field")?, question.day_opt("on")?) else {
        return Ok(lacking(question, &keys));
    };
    let found = answer(
        pack.catalogues.get(field),
        "danh mục của lĩnh vực này",
        on,
        |rule| Some(rule.clone()),
    );
    let mut notes = found.notes;
    if let Some(rule) = found.value {
        notes.push(format!(
            "Thiếu văn bản: các mục của danh mục bí mật nhà nước về {}.",
            rule.field_vi
        ));
    }
    Ok(Reply::new(
        Json::text("unknown"),
        &found.because,
        short_question(question, &keys, notes),
    ))
}

fn violation(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    let keys = ["kind", "on"];
    let (Some(kind), Some(on)) = (question.text_opt("kind")?, question.day_opt("on")?) else {
        return Ok(lacking(question, &keys));
    };
    let mut finding = pack.prohibition(kind, on);
    if finding.value.is_some() {
        finding
            .notes
            .push("Chế tài chưa có trong dữ liệu.".to_owned());
    }
    finding.notes = short_question(question, &keys, finding.notes);
    Ok(Reply::of(finding, |rule| {
        Json::Object(vec![
            ("prohibited", Json::Bool(true)),
            ("text", Json::text(rule.text_vi)),
            ("sanction", Json::Null),
        ])
    }))
}

fn level_in_field(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["level", "field", "on"])?;
    let (level, field, on) = (
        level(question)?,
        question.text("field")?,
        question.day("on")?,
    );
    known(
        "field",
        field,
        pack.fields().keys().map(String::as_str).collect(),
    )?;
    let finding = pack.level_in_field(level, field, on);
    Ok(Reply::of(finding, |allowed| {
        Json::text(if allowed {
            Verdict::Yes.code()
        } else {
            Verdict::No.code()
        })
    }))
}

fn subject(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["level", "on"])?;
    let rule = pack.subject_rule(level(question)?, question.day("on")?);
    let shown = rule.rule.map_or(Json::text("unknown"), |rule| {
        Json::Object(vec![("rule", Json::text(rule.code()))])
    });
    Ok(Reply::new(shown, &rule.because, rule.notes))
}

fn book(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["book", "on"])?;
    let kinds: Vec<&str> = BookKind::ALL.iter().map(|kind| kind.code()).collect();
    let kind = question.word("book", BookKind::parse, &kinds)?;
    let finding = answer(
        pack.books.get(&kind),
        "mẫu sổ này",
        question.day("on")?,
        |edition| Some(edition.clone()),
    );
    Ok(Reply::of(finding, |edition| show_book(&edition)))
}

fn show_book(edition: &BookEdition) -> Json {
    let column = |column: &Column| {
        Json::Object(vec![
            ("key", Json::text(&column.key)),
            ("label", Json::text(&column.label_vi)),
            ("width_mm", Json::Whole(i64::from(column.width_mm))),
            ("evidence", Json::text(column.evidence.code())),
        ])
    };
    Json::Object(vec![
        ("edition", Json::text(&edition.id)),
        ("title", Json::text(&edition.title_vi)),
        ("official", Json::Bool(edition.official)),
        (
            "columns",
            Json::List(edition.columns.iter().map(column).collect()),
        ),
    ])
}

fn stamp(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["stamp", "on"])?;
    let (stamp, on) = (question.text("stamp")?, question.day("on")?);
    known(
        "stamp",
        stamp,
        pack.stamps.keys().map(String::as_str).collect(),
    )?;
    Ok(Reply::of(pack.stamp(stamp, on), |stamp| show_stamp(&stamp)))
}

fn show_stamp(stamp: &Stamp) -> Json {
    let (width, height, diameter) = match stamp.outline {
        Some(Outline::Rectangle {
            width_mm,
            height_mm,
        }) => (Json::Number(width_mm), Json::Number(height_mm), Json::Null),
        Some(Outline::Circle { diameter_mm }) => {
            (Json::Null, Json::Null, Json::Number(diameter_mm))
        }
        None => (Json::Null, Json::Null, Json::Null),
    };
    Json::Object(vec![
        ("generation", Json::text(&stamp.generation)),
        ("label", Json::text(&stamp.label_vi)),
        ("width_mm", width),
        ("height_mm", height),
        ("diameter_mm", diameter),
        (
            "rows",
            Json::List(stamp.rows.iter().map(|row| Json::text(&row.text)).collect()),
        ),
        ("geometry", Json::text(stamp.geometry.code())),
    ])
}

fn post(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["post", "on"])?;
    let id = question.text("post")?;
    let on: LegalDate = question.day("on")?;
    let post = pack.post(id).ok_or_else(|| unknown_post(pack, id))?;
    let exists = if post.exists_on(on) {
        Verdict::Yes
    } else {
        Verdict::No
    };
    let note = format!(
        "{} ({}: {}).",
        post.label_vi,
        post.evidence.label_vi(),
        post.source
    );
    Ok(Reply::new(Json::text(exists.code()), &[], vec![note]))
}
