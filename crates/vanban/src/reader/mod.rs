//! The reader of administrative documents: lines to [`Document`].
//!
//! The layouts are those of Decree 30/2020/NĐ-CP, of the Party, and web copies of both. A
//! document of another layout keeps its paragraphs and gets form `other`.

mod actors;
mod citations;
mod clean;
mod closing;
mod deadlines;
mod document;
mod duties;
mod header;
pub mod kinds;
mod markers;
mod page;
mod paragraphs;
mod sections;
mod tokens;

pub use document::{
    Citation, Deadline, DeadlineKind, Document, Duty, Every, Form, Recipient, Section, Signer,
    Warning,
};

use crate::error::ReadError;
use crate::formats::{self, Note, Source};
use citations::Unit;
use closing::Closing;
use header::Header;
use paragraphs::{Paragraph, Wrapping};
use sections::Node;

/// Reads a document from the bytes of a file. The name only helps to tell text from HTML.
///
/// # Errors
/// [`ReadError`] if the bytes hold no readable text; an unusual document is no error.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Document, ReadError> {
    Ok(understand(formats::load(bytes, file_name)?))
}

/// Understands what was read. Never fails.
#[must_use]
pub fn understand(source: Source) -> Document {
    let mut notes = source.notes;
    let lines = clean::clean(&source.lines, &mut notes);
    let mut document = match header::read(&lines) {
        Some(header) => official(&lines, &notes, header),
        None => page::read(&lines, &notes),
    };
    if lines.iter().any(|line| line.contains('\u{fffd}')) {
        document.warnings.push(Warning {
            code: "TEXT-LOSS",
            at: "header".to_owned(),
            text: "Tệp có ký tự không đọc được; cần đối chiếu với bản gốc.".to_owned(),
        });
    }
    document
}

fn official(lines: &[String], notes: &[Note], header: Header) -> Document {
    let wrapping = Wrapping::of(lines);
    let closing = closing::part(lines.get(header.body..).unwrap_or(&[]));
    let paragraphs = paragraphs::paragraphs(&closing.body, wrapping);
    let (preamble, nodes) = body(&paragraphs);
    let annexes = annex(&closing, wrapping);
    let units = units(&header, &preamble, &nodes, &annexes, notes);
    let cited = citations::all(&units);

    let form = form(&header, &closing, &preamble);
    let directive =
        matches!(header.type_code.as_deref(), Some("CT" | "CV" | "CĐ")) || form == Form::Dang;
    let duties = duties::collect(&nodes, directive, &duties::charged_by(&preamble));
    let mut warnings = header.warnings.clone();
    warnings.extend(citations::warnings(&cited));
    warnings.extend(duties.iter().filter_map(impossible_day));
    let sections = nodes.iter().chain(&annexes).map(Node::section).collect();
    Document {
        form,
        issuer: header.issuer.clone().or_else(|| issuer_in(&preamble)),
        type_code: header.type_code,
        number: header.number,
        place: header.place,
        date: header.date,
        title: header.title,
        level: header.level,
        bases: citations::distinct(&cited),
        sections,
        duties,
        recipients: closing.recipients,
        signer: closing.signer,
        warnings,
    }
}

/// A deadline whose day does not exist, such as 31/6.
fn impossible_day(duty: &Duty) -> Option<Warning> {
    let due = duty
        .deadline
        .as_ref()
        .filter(|due| matches!(due.kind, DeadlineKind::Before | DeadlineKind::By))?;
    (due.date.is_none() && due.month_day.is_none()).then(|| Warning {
        code: "DUE-DATE",
        at: duty.at.clone(),
        text: format!(
            "Thời hạn “{}” không có trong lịch; cần kiểm tra lại.",
            due.text
        ),
    })
}

/// Parts the body into preamble and section tree.
fn body(paragraphs: &[Paragraph]) -> (Vec<String>, Vec<Node>) {
    let from = paragraphs.iter().position(|paragraph| {
        paragraph
            .marker
            .as_ref()
            .is_some_and(|mark| mark.rank < markers::Rank::Dash)
    });
    let Some(from) = from else {
        let texts = paragraphs
            .iter()
            .map(|paragraph| paragraph.text.clone())
            .collect();
        return (texts, Vec::new());
    };
    let (preamble, rest) = paragraphs.split_at(from);
    (
        preamble
            .iter()
            .map(|paragraph| paragraph.text.clone())
            .collect(),
        sections::tree(rest, ""),
    )
}

/// What stands after the signature, as sections under `PL1`.
fn annex(closing: &Closing, wrapping: Wrapping) -> Vec<Node> {
    let paragraphs = paragraphs::paragraphs(&closing.annex, wrapping);
    let Some(first) = paragraphs.first() else {
        return Vec::new();
    };
    let children = sections::tree(paragraphs.get(1..).unwrap_or(&[]), "PL1");
    vec![Node {
        label: "PL1".to_owned(),
        rank: None,
        heading: Some(first.text.clone()),
        paragraphs: Vec::new(),
        children,
    }]
}

fn form(header: &Header, closing: &Closing, preamble: &[String]) -> Form {
    let authority = closing
        .signer
        .as_ref()
        .and_then(|signer| signer.authority.as_deref())
        .unwrap_or("");
    let party = authority.starts_with("T/M")
        || preamble
            .iter()
            .any(|text| text.contains("Tỉnh ủy yêu cầu") || text.contains("Thành ủy yêu cầu"));
    match header::form(header) {
        Some(form) => form,
        None if party => Form::Dang,
        None => Form::Other,
    }
}

/// The issuer as the preamble names it: "Ủy ban nhân dân tỉnh A ban hành kế hoạch".
fn issuer_in(preamble: &[String]) -> Option<String> {
    const VERBS: [&str; 4] = [" ban hành ", " yêu cầu ", " xây dựng ", " chỉ thị"];
    const STARTS: [&str; 6] = [
        "Ủy ban nhân dân ",
        "UBND ",
        "Ban Thường vụ ",
        "Thường trực ",
        "Công an ",
        "Sở ",
    ];
    for text in preamble {
        for verb in VERBS {
            let Some((before, _)) = text.split_once(verb) else {
                continue;
            };
            let at = STARTS.iter().filter_map(|start| before.rfind(start)).max();
            if let Some(name) = at
                .and_then(|at| before.get(at..))
                .filter(|name| name.split(' ').count() <= 12 && !name.contains([',', ';']))
            {
                return Some(name.trim().to_owned());
            }
        }
    }
    None
}

/// Every text of the document with its place.
fn units(
    header: &Header,
    preamble: &[String],
    nodes: &[Node],
    annexes: &[Node],
    notes: &[Note],
) -> Vec<Unit> {
    let mut out = Vec::new();
    if let Some(title) = &header.title {
        out.push(Unit {
            at: "title".to_owned(),
            text: title.clone(),
        });
    }
    for text in preamble {
        out.push(Unit {
            at: "preamble".to_owned(),
            text: text.clone(),
        });
    }
    for node in nodes.iter().chain(annexes) {
        node_units(node, &mut out);
    }
    note_units(notes, &mut out);
    out
}

fn node_units(node: &Node, out: &mut Vec<Unit>) {
    for text in node.heading.iter().chain(&node.paragraphs) {
        out.push(Unit {
            at: node.label.clone(),
            text: text.clone(),
        });
    }
    for child in &node.children {
        node_units(child, out);
    }
}

fn note_units(notes: &[Note], out: &mut Vec<Unit>) {
    out.extend(notes.iter().map(|note| Unit {
        at: format!("fn{}", note.mark),
        text: note.text.clone(),
    }));
}
