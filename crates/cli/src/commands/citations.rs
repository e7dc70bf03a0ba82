//! `khien law check-citations`: what a document cites, against the law pack.

use std::path::Path;

use anyhow::Context as _;
use app::Clock as _;
use domain::library::citations::{self, Checked, DocumentCheck, Verdict};
use serde_json::{Value, json};

use crate::say;

/// Checks a file; 1 when there is something to look at.
pub fn run(file: &Path, as_json: bool, on: Option<&str>) -> anyhow::Result<u8> {
    let bytes = super::import::read_file(file)?;
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let document = vanban::reader::read(&bytes, &name)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    let pack = super::law::pack()?;
    let today = match on {
        Some(day) => law::LegalDate::parse(day).with_context(|| format!("`{day}` is no day"))?,
        None => app::clock::vietnam_day(crate::real::RealClock.now())?,
    };
    let check = citations::check(pack, &document, today);
    if as_json {
        say::data(&serde_json::to_string_pretty(&value(&check))?)?;
    } else {
        tell(&check)?;
    }
    Ok(u8::from(!check.is_clear()))
}

fn value(check: &DocumentCheck) -> Value {
    let warnings = check
        .warnings
        .iter()
        .map(|warning| json!({ "code": warning.code, "at": warning.at, "text": warning.text }));
    json!({
        "on": check.on.to_string(),
        "dated": check.dated,
        "citations": check.citations.iter().map(citation).collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
    })
}

fn citation(one: &Checked) -> Value {
    let check = &one.check;
    let act = check.act.as_ref().map(|act| {
        json!({
            "number": act.number, "date": act.date.map(|date| date.to_string()), "title": act.title_vi,
        })
    });
    json!({
        "kind": one.cited.kind, "number": one.cited.number, "date": one.cited.date,
        "title": one.cited.title, "at": one.cited.at, "verdict": one.verdict.code(),
        "faults": check.faults.iter().map(law::CitationFault::code).collect::<Vec<_>>(),
        "force": check.force.as_ref().map(law::Force::code), "replaced_by": check.replaced_by(),
        "act": act, "messages": check.messages_vi(),
    })
}

fn tell(check: &DocumentCheck) -> anyhow::Result<()> {
    let source = if check.dated {
        ""
    } else {
        " (today: the document has no date)"
    };
    say::note(&format!("judged on {}{source}", check.on));
    for one in &check.citations {
        let number = one.cited.number.as_deref();
        let name = number.or(one.cited.title.as_deref());
        let name = name.unwrap_or(&one.cited.kind);
        let date = one.cited.date.as_deref().unwrap_or("–");
        say::data(&format!(
            "{}\t{}\t{name}\t{date}\t{}",
            one.verdict.code(),
            one.cited.at,
            one.check.messages_vi().join(" ")
        ))?;
    }
    for warning in &check.warnings {
        say::data(&format!(
            "{}\t{}\t{}",
            warning.code, warning.at, warning.text
        ))?;
    }
    say::note(&format!(
        "{} citations: {} agree, {} cannot be compared, {} to look at; {} warnings",
        check.citations.len(),
        check.count(Verdict::Clear),
        check.count(Verdict::NotKnown),
        check.count(Verdict::Wrong),
        check.warnings.len()
    ));
    Ok(())
}
