//! A page of a news site, and anything else without an official header.

use super::citations::{self, Unit};
use super::closing::is_person;
use super::document::{Document, Form, Signer};
use super::duties;
use super::paragraphs::{Paragraph, Wrapping, paragraphs};
use super::sections::{self, Node};
use super::tokens;
use super::{node_units, note_units};
use crate::formats::Note;
use crate::text::{fold, is_capitals};

/// Lines at the start in which the date line of a page is looked for.
const HEAD_LINES_MAX: usize = 30;

/// Longest part of the stamp line, in characters: a time, a count of readers.
const STAMP_CHARS_MAX: usize = 40;

/// Reads a page.
pub(crate) fn read(lines: &[String], notes: &[Note]) -> Document {
    let stamp = lines
        .iter()
        .take(HEAD_LINES_MAX)
        .position(|line| is_stamp(line));
    match stamp {
        Some(at) => news(lines, notes, at),
        None => other(lines, notes),
    }
}

/// The line of a news site that says when a page was posted.
fn is_stamp(line: &str) -> bool {
    let folded = fold(line);
    [
        "ngay dang",
        "dang ngay",
        "luot xem",
        "cap nhat luc",
        "cap nhat:",
        "ngay cap nhat",
    ]
    .iter()
    .any(|words| folded.contains(words))
        && line.len() < 200
}

fn news(lines: &[String], notes: &[Note], stamp: usize) -> Document {
    let (head, rest) = lines.split_at(stamp);
    let wrapping = Wrapping::of(lines);
    let title = headline(head, wrapping);
    let date = rest.first().and_then(|line| {
        let words = tokens::tokens(line);
        (0..words.len()).find_map(|at| tokens::day(&words, at).and_then(|(day, _)| day.iso()))
    });
    let from = rest
        .iter()
        .position(|line| line.chars().count() > STAMP_CHARS_MAX && !is_stamp(line))
        .unwrap_or(rest.len());
    let mut body: Vec<String> = rest.get(from..).unwrap_or(&[]).to_vec();
    let signer = take_author(&mut body);
    let nodes: Vec<Node> = paragraphs(&body, wrapping)
        .into_iter()
        .enumerate()
        .map(|(index, paragraph)| Node::leaf(format!("p{}", index + 1), paragraph.text))
        .collect();
    let duties = duties::of_page(&nodes);
    let units = page_units(title.as_deref(), &nodes, notes);
    let cited = citations::all(&units);
    Document {
        form: Form::Web,
        type_code: None,
        number: None,
        issuer: None,
        place: None,
        date,
        title,
        level: None,
        bases: citations::distinct(&cited),
        sections: nodes.iter().map(Node::section).collect(),
        duties,
        recipients: Vec::new(),
        signer,
        warnings: citations::warnings(&cited),
    }
}

/// The last paragraph before the stamp that is not in capitals.
fn headline(head: &[String], wrapping: Wrapping) -> Option<String> {
    paragraphs(head, wrapping)
        .into_iter()
        .rev()
        .map(|paragraph| paragraph.text)
        .find(|text| !is_capitals(text))
}

/// Takes the author's line from the end of a page.
fn take_author(body: &mut Vec<String>) -> Option<Signer> {
    let at = body.iter().rposition(|line| !line.is_empty())?;
    let line = body.get(at).filter(|line| is_person(line))?.clone();
    body.truncate(at);
    Some(Signer {
        authority: None,
        title: None,
        name: Some(line),
    })
}

fn page_units(title: Option<&str>, nodes: &[Node], notes: &[Note]) -> Vec<Unit> {
    let mut units: Vec<Unit> = title
        .map(|title| Unit {
            at: "title".to_owned(),
            text: title.to_owned(),
        })
        .into_iter()
        .collect();
    for node in nodes {
        node_units(node, &mut units);
    }
    note_units(notes, &mut units);
    units
}

/// A document of no known layout: its paragraphs as sections, its first line as title.
fn other(lines: &[String], notes: &[Note]) -> Document {
    let found: Vec<Paragraph> = paragraphs(lines, Wrapping::of(lines));
    let title = found
        .first()
        .filter(|first| first.marker.is_none() && first.text.chars().count() <= 200)
        .map(|first| first.text.clone());
    let rest = found.get(usize::from(title.is_some())..).unwrap_or(&[]);
    let nodes = sections::tree(rest, "");
    let duties = duties::collect(&nodes, false, &[]);
    let units = page_units(title.as_deref(), &nodes, notes);
    let cited = citations::all(&units);
    Document {
        form: Form::Other,
        type_code: None,
        number: None,
        issuer: None,
        place: None,
        date: None,
        title,
        level: None,
        bases: citations::distinct(&cited),
        sections: nodes.iter().map(Node::section).collect(),
        duties,
        recipients: Vec::new(),
        signer: None,
        warnings: citations::warnings(&cited),
    }
}
