//! Questions about acts: what a citation means, and the record of a catalogue decision.

use super::{AskError, answers::Reply, json::Json, question::Question};
use crate::{
    catalogue::{Catalogue, CatalogueItem},
    check::{CitationCheck, CitationFault},
    citation::Citation,
    pack::Pack,
    rules::ActRecord,
};

/// Checks a citation by number, or a law by its name.
pub fn citation(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["number", "name", "date", "on"])?;
    let on = question.day("on")?;
    let check = match question.text_opt("name")? {
        Some(name) => pack.check_law_name(name, on),
        None => pack.check_citation(question.text("number")?, question.day_opt("date")?, on),
    };
    let acts: Vec<&ActRecord> = match &check.act {
        Some(act) => vec![act],
        None => check.candidates.iter().collect(),
    };
    let because: Vec<Citation> = acts.iter().map(|act| whole(act)).collect();
    let answer = if check.candidates.is_empty() {
        Json::text("unknown")
    } else {
        show_check(&check)
    };
    let mut notes = check.messages_vi();
    if let [act] = acts.as_slice() {
        notes.extend(act.note.clone());
    }
    Ok(Reply::new(answer, &because, notes))
}

/// The citation of an act as a whole.
fn whole(act: &ActRecord) -> Citation {
    Citation {
        kind: act.kind,
        act: act.number.clone(),
        date: act.date.map_or_else(String::new, |date| date.to_string()),
        article: "toàn văn".to_owned(),
        clause: None,
        point: None,
        evidence: act.evidence,
    }
}

fn show_check(check: &CitationCheck) -> Json {
    let faults = check.faults.iter().map(CitationFault::code);
    let dates = check.candidates.iter().map(|act| Json::day(act.date));
    let mut pairs = vec![
        ("clear", Json::Bool(check.is_clear())),
        ("faults", Json::List(faults.map(Json::text).collect())),
        (
            "force",
            Json::text_or_null(check.force.as_ref().map(|force| force.code())),
        ),
        ("replaced_by", Json::text_or_null(check.replaced_by())),
    ];
    if let Some(act) = &check.act {
        pairs.push(("number", Json::text(&act.number)));
        pairs.push(("date", Json::day(act.date)));
        pairs.push(("title", Json::text(&act.title_vi)));
    } else {
        pairs.push(("dates", Json::List(dates.collect())));
    }
    Json::Object(pairs)
}

/// The record of a catalogue decision by its number.
pub fn catalogue(pack: &Pack, question: &Question) -> Result<Reply, AskError> {
    question.only(&["number", "date"])?;
    let number = question.text("number")?;
    let Some(catalogue) = pack.catalogue(number, question.day_opt("date")?) else {
        let note = format!("Không có danh mục bí mật nhà nước nào của quyết định {number}.");
        return Ok(Reply::new(Json::text("unknown"), &[], vec![note]));
    };
    let mut because = catalogue.because.to_vec();
    because.extend(
        catalogue
            .items()
            .iter()
            .filter(|item| item.article.is_some())
            .map(|item| catalogue.cite(item)),
    );
    let missing = catalogue.missing();
    let notes = catalogue.notes.iter().cloned();
    let notes = notes.chain(missing.map(|text| format!("Thiếu văn bản: {text}.")));
    Ok(Reply::new(
        show_catalogue(&catalogue),
        &because,
        notes.collect(),
    ))
}

fn show_catalogue(catalogue: &Catalogue<'_>) -> Json {
    let item = |item: &CatalogueItem| {
        Json::Object(vec![
            ("level", Json::text(item.level.code())),
            ("article", Json::text_or_null(item.article.as_deref())),
            ("clause", Json::text_or_null(item.clause.as_deref())),
            ("point", Json::text_or_null(item.point.as_deref())),
            ("text", Json::text(&item.text_vi)),
            ("evidence", Json::text(item.evidence.code())),
        ])
    };
    Json::Object(vec![
        ("number", Json::text(&catalogue.act.number)),
        ("date", Json::day(catalogue.act.date)),
        ("field", Json::text(catalogue.field)),
        ("field_label", Json::text(catalogue.field_vi)),
        ("issuer", Json::text(&catalogue.act.issuer_vi)),
        ("from", Json::day(Some(catalogue.period.from))),
        ("to", Json::day(catalogue.period.to)),
        ("replaced_by", Json::text_or_null(catalogue.replaced_by())),
        (
            "items",
            Json::List(catalogue.items().iter().map(item).collect()),
        ),
        ("complete", Json::Bool(catalogue.missing().is_none())),
        ("evidence", Json::text(catalogue.evidence().code())),
    ])
}
