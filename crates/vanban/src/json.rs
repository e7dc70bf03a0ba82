//! The JSON of `khien vanban read --json`. Names are stable: added to, never renamed.

use crate::reader::{Citation, Deadline, Document, Duty, Recipient, Section, Signer, Warning};
use serde_json::{Value, json};

/// A document in the shape of the command contract.
#[must_use]
pub fn document(document: &Document) -> Value {
    json!({
        "form": document.form.code(),
        "type": document.type_code,
        "number": document.number,
        "issuer": document.issuer,
        "place": document.place,
        "date": document.date,
        "title": document.title,
        "level": document.level,
        "bases": document.bases.iter().map(citation).collect::<Vec<_>>(),
        "sections": document.sections.iter().map(section).collect::<Vec<_>>(),
        "duties": document.duties.iter().map(duty).collect::<Vec<_>>(),
        "recipients": document.recipients.iter().map(recipient).collect::<Vec<_>>(),
        "signer": document.signer.as_ref().map(signer),
        "warnings": document.warnings.iter().map(warning).collect::<Vec<_>>(),
    })
}

fn citation(citation: &Citation) -> Value {
    json!({
        "kind": citation.kind,
        "number": citation.number,
        "date": citation.date,
        "title": citation.title,
        "issuer": citation.issuer,
        "at": citation.at,
    })
}

/// The tree has a bounded depth: Roman, number, number, letter, dash, plus.
fn section(section: &Section) -> Value {
    json!({
        "label": section.label,
        "heading": section.heading,
        "text": section.text,
        "children": section.children.iter().map(self::section).collect::<Vec<_>>(),
    })
}

fn duty(duty: &Duty) -> Value {
    json!({
        "at": duty.at,
        "actors": duty.actors,
        "with": duty.with,
        "text": duty.text,
        "deadline": duty.deadline.as_ref().map(deadline),
    })
}

fn deadline(deadline: &Deadline) -> Value {
    let mut value = json!({
        "date": deadline.date,
        "kind": deadline.kind.code(),
        "every": deadline.every.map(crate::reader::Every::code),
        "text": deadline.text,
    });
    if let Some(map) = value.as_object_mut() {
        if let Some(month_day) = &deadline.month_day {
            map.insert("month_day".to_owned(), json!(month_day));
        }
        if let Some(days) = deadline.days {
            map.insert("days".to_owned(), json!(days));
        }
    }
    value
}

fn recipient(recipient: &Recipient) -> Value {
    json!({ "name": recipient.name, "purpose": recipient.purpose })
}

fn signer(signer: &Signer) -> Value {
    json!({ "authority": signer.authority, "title": signer.title, "name": signer.name })
}

fn warning(warning: &Warning) -> Value {
    json!({ "code": warning.code, "at": warning.at, "text": warning.text })
}
