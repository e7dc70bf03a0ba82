//! Placeholders of one XML part of a Word file: found, judged, filled. The part is
//! cut into elements and everything that holds no placeholder is written back byte
//! for byte, so that formatting stays as the unit made it.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::limits::{TEMPLATE_DEPTH_MAX, TEMPLATE_INFLATED_BYTES_MAX};

/// Values by placeholder, and lists whose items repeat a table row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    pub fields: BTreeMap<String, String>,
    pub lists: BTreeMap<String, Vec<BTreeMap<String, String>>>,
}

/// Names that a template may use: fields, and the fields of each list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    pub fields: BTreeSet<String>,
    pub lists: BTreeMap<String, BTreeSet<String>>,
}

/// Why a part is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Not well-formed, or deeper than the limit.
    Damaged,
    /// A document type declaration.
    DocType,
    /// Braces that do not close within their paragraph.
    Open {
        paragraph: usize,
    },
    Unknown {
        name: String,
        paragraph: usize,
    },
    /// A field of a list outside a table row, or two lists in one row.
    NotInRow {
        name: String,
        paragraph: usize,
    },
    /// Filled, the part is larger than the limit.
    TooLarge,
    /// An element that brings in other content.
    Foreign {
        element: String,
    },
}

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

enum Node<'x> {
    Raw(&'x str),
    /// Characters of a `w:t`, as they stand in the file.
    Text(&'x str),
    Element(Element<'x>),
}

struct Element<'x> {
    name: &'x str,
    open: &'x str,
    close: &'x str,
    nodes: Vec<Node<'x>>,
    /// Number of the paragraph in its part, from 1; 0 for other elements.
    paragraph: usize,
}

/// Judges every placeholder of a part.
pub fn check(xml: &str, names: &Names) -> Result<(), Wrong> {
    let root = parse(xml)?;
    judge(&root, names, false)
}

/// Fills a part that [`check`] has let through.
pub fn fill(xml: &str, values: &Values) -> Result<String, Wrong> {
    let root = parse(xml)?;
    let mut out = String::with_capacity(xml.len() * 2);
    write_nodes(&root.nodes, values, None, &mut out)?;
    Ok(out)
}

/// One item of a list, with the list's name.
type Item<'a> = Option<(&'a str, &'a BTreeMap<String, String>)>;

fn parse(xml: &str) -> Result<Element<'_>, Wrong> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Element<'_>> = vec![Element {
        name: "",
        open: "",
        close: "",
        nodes: Vec::new(),
        paragraph: 0,
    }];
    let mut paragraphs = 0;
    let mut from = 0;
    loop {
        let event = reader.read_event().map_err(|_| Wrong::Damaged)?;
        let to = usize::try_from(reader.buffer_position()).map_err(|_| Wrong::Damaged)?;
        let raw = xml.get(from..to).ok_or(Wrong::Damaged)?;
        from = to;
        match event {
            Event::Eof => break,
            Event::DocType(_) => return Err(Wrong::DocType),
            Event::Start(_) => {
                if open.len() > TEMPLATE_DEPTH_MAX {
                    return Err(Wrong::Damaged);
                }
                let name = name_of(raw);
                foreign(name)?;
                paragraphs += usize::from(name == "w:p");
                open.push(Element {
                    name,
                    open: raw,
                    close: "",
                    nodes: Vec::new(),
                    paragraph: if name == "w:p" { paragraphs } else { 0 },
                });
            }
            Event::End(_) => {
                let mut done = open.pop().ok_or(Wrong::Damaged)?;
                done.close = raw;
                let parent = open.last_mut().ok_or(Wrong::Damaged)?;
                parent.nodes.push(Node::Element(done));
            }
            other => {
                if matches!(other, Event::Empty(_)) {
                    foreign(name_of(raw))?;
                }
                let parent = open.last_mut().ok_or(Wrong::Damaged)?;
                let text = matches!(other, Event::Text(_) | Event::GeneralRef(_));
                parent.nodes.push(if text && parent.name == "w:t" {
                    Node::Text(raw)
                } else {
                    Node::Raw(raw)
                });
            }
        }
    }
    match open.pop() {
        Some(root) if open.is_empty() => Ok(root),
        _ => Err(Wrong::Damaged),
    }
}

fn name_of(raw: &str) -> &str {
    let inner = raw.trim_start_matches('<');
    inner
        .split(|c: char| c.is_whitespace() || c == '/' || c == '>')
        .next()
        .unwrap_or_default()
}

/// Elements that pull other files or programs into the document.
fn foreign(name: &str) -> Result<(), Wrong> {
    let local = name.rsplit(':').next().unwrap_or_default();
    let brings = ["altChunk", "OLEObject", "object", "control", "subDoc"];
    if brings.contains(&local) {
        return Err(Wrong::Foreign {
            element: name.to_owned(),
        });
    }
    Ok(())
}

/// The characters of a paragraph, and each text node's share of them. Text boxes inside it are
/// paragraphs of their own.
fn texts<'n, 'x>(nodes: &'n [Node<'x>], found: &mut Vec<&'n str>)
where
    'x: 'n,
{
    for node in nodes {
        match node {
            Node::Text(raw) => found.push(raw),
            Node::Element(element) if element.name != "w:p" => texts(&element.nodes, found),
            Node::Element(_) | Node::Raw(_) => {}
        }
    }
}

/// A placeholder in the characters of a paragraph: from, to, name.
fn placeholders(text: &str, paragraph: usize) -> Result<Vec<(usize, usize, String)>, Wrong> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(OPEN)) {
        let start = at + start;
        let inside = start + OPEN.len();
        let end = text
            .get(inside..)
            .and_then(|rest| rest.find(CLOSE))
            .ok_or(Wrong::Open { paragraph })?;
        let name = text.get(inside..inside + end).unwrap_or_default().trim();
        if name.contains(OPEN) {
            return Err(Wrong::Open { paragraph });
        }
        at = inside + end + CLOSE.len();
        found.push((start, at, name.to_owned()));
    }
    Ok(found)
}

fn plain(raw: &str) -> String {
    quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
}

fn paragraph_text(element: &Element<'_>) -> String {
    let mut found = Vec::new();
    texts(&element.nodes, &mut found);
    found.into_iter().map(plain).collect()
}

/// Placeholders in the paragraphs of a row, not in rows inside it.
fn of_row(element: &Element<'_>, found: &mut Vec<(String, usize)>) -> Result<(), Wrong> {
    for node in &element.nodes {
        let Node::Element(inner) = node else { continue };
        if inner.name == "w:tr" {
            continue;
        }
        if inner.name == "w:p" {
            for (_, _, name) in placeholders(&paragraph_text(inner), inner.paragraph)? {
                found.push((name, inner.paragraph));
            }
        }
        of_row(inner, found)?;
    }
    Ok(())
}

fn list_of(name: &str) -> Option<(&str, &str)> {
    name.split_once('.')
}

/// The list that a row repeats for.
fn row_list(row: &Element<'_>, is_list: impl Fn(&str) -> bool) -> Result<Option<String>, Wrong> {
    let mut found = Vec::new();
    of_row(row, &mut found)?;
    let mut list: Option<String> = None;
    for (name, paragraph) in found {
        let Some((own, _)) = list_of(&name).filter(|(own, _)| is_list(own)) else {
            continue;
        };
        match &list {
            Some(first) if first != own => return Err(Wrong::NotInRow { name, paragraph }),
            Some(_) => {}
            None => list = Some(own.to_owned()),
        }
    }
    Ok(list)
}

fn judge(element: &Element<'_>, names: &Names, in_row: bool) -> Result<(), Wrong> {
    let mut in_row = in_row;
    if element.name == "w:tr" {
        row_list(element, |own| names.lists.contains_key(own))?;
        in_row = true;
    }
    if element.name == "w:p" {
        let paragraph = element.paragraph;
        for (_, _, name) in placeholders(&paragraph_text(element), paragraph)? {
            let of_list =
                list_of(&name).and_then(|(list, field)| Some((names.lists.get(list)?, field)));
            let known = match of_list {
                Some((fields, field)) => fields.contains(field),
                None => names.fields.contains(&name),
            };
            if !known {
                return Err(Wrong::Unknown { name, paragraph });
            }
            if of_list.is_some() && !in_row {
                return Err(Wrong::NotInRow { name, paragraph });
            }
        }
    }
    for node in &element.nodes {
        if let Node::Element(inner) = node {
            judge(inner, names, in_row)?;
        }
    }
    Ok(())
}

fn write_nodes(
    nodes: &[Node<'_>],
    values: &Values,
    item: Item<'_>,
    out: &mut String,
) -> Result<(), Wrong> {
    for node in nodes {
        match node {
            Node::Raw(raw) | Node::Text(raw) => out.push_str(raw),
            Node::Element(element) => write(element, values, item, out)?,
        }
        if out.len() > TEMPLATE_INFLATED_BYTES_MAX {
            return Err(Wrong::TooLarge);
        }
    }
    Ok(())
}

fn write(
    element: &Element<'_>,
    values: &Values,
    item: Item<'_>,
    out: &mut String,
) -> Result<(), Wrong> {
    if element.name == "w:tr"
        && let Some(list) = row_list(element, |own| values.lists.contains_key(own))?
    {
        for one in values.lists.get(&list).into_iter().flatten() {
            out.push_str(element.open);
            write_nodes(&element.nodes, values, Some((&list, one)), out)?;
            out.push_str(element.close);
        }
        return Ok(());
    }
    out.push_str(element.open);
    if element.name == "w:p" {
        let shares = filled(element, values, item)?;
        if shares.iter().any(Option::is_some) {
            let mut shares = shares.into_iter();
            write_paragraph(&element.nodes, values, item, &mut shares, out)?;
        } else {
            write_nodes(&element.nodes, values, item, out)?;
        }
    } else {
        write_nodes(&element.nodes, values, item, out)?;
    }
    out.push_str(element.close);
    Ok(())
}

/// The new characters of each text node of a paragraph; `None` where nothing changes. A placeholder
/// that Word cut into several runs is written into the run in which it begins.
fn filled(
    element: &Element<'_>,
    values: &Values,
    item: Item<'_>,
) -> Result<Vec<Option<String>>, Wrong> {
    let mut raw = Vec::new();
    texts(&element.nodes, &mut raw);
    let parts: Vec<String> = raw.into_iter().map(plain).collect();
    let whole: String = parts.concat();
    let found = placeholders(&whole, element.paragraph)?;
    if found.is_empty() {
        return Ok(vec![None; parts.len()]);
    }
    let mut shares = Vec::with_capacity(parts.len());
    let mut at = 0;
    for part in &parts {
        let (from, to) = (at, at + part.len());
        at = to;
        let mut text = String::new();
        let mut here = from;
        let mut changed = false;
        for (start, end, name) in &found {
            if *end <= from || *start >= to {
                continue;
            }
            changed = true;
            text.push_str(whole.get(here..(*start).max(here)).unwrap_or_default());
            if *start >= from {
                text.push_str(value(name, values, item));
            }
            here = (*end).min(to);
        }
        text.push_str(whole.get(here..to).unwrap_or_default());
        shares.push(changed.then_some(text));
    }
    Ok(shares)
}

fn value<'a>(name: &str, values: &'a Values, item: Item<'a>) -> &'a str {
    let of_item = list_of(name).and_then(|(list, field)| {
        let (_, one) = item.filter(|(own, _)| *own == list)?;
        one.get(field)
    });
    of_item
        .or_else(|| values.fields.get(name))
        .map_or("", String::as_str)
}

fn write_paragraph(
    nodes: &[Node<'_>],
    values: &Values,
    item: Item<'_>,
    shares: &mut impl Iterator<Item = Option<String>>,
    out: &mut String,
) -> Result<(), Wrong> {
    for node in nodes {
        match node {
            Node::Raw(raw) => out.push_str(raw),
            Node::Text(raw) => match shares.next().flatten() {
                Some(text) => write_text(&text, out),
                None => out.push_str(raw),
            },
            Node::Element(element) if matches!(element.name, "w:p" | "w:tr") => {
                write(element, values, item, out)?;
            }
            Node::Element(element) => {
                let has_text = element
                    .nodes
                    .iter()
                    .any(|node| matches!(node, Node::Text(_)));
                out.push_str(if has_text { KEEP_BLANKS } else { element.open });
                write_paragraph(&element.nodes, values, item, shares, out)?;
                out.push_str(element.close);
            }
        }
    }
    Ok(())
}

/// A `w:t` that keeps blanks at its ends.
const KEEP_BLANKS: &str = "<w:t xml:space=\"preserve\">";

fn write_text(text: &str, out: &mut String) {
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push_str("</w:t><w:br/>");
            out.push_str(KEEP_BLANKS);
        }
        let allowed: String = line
            .chars()
            .filter(|c| !c.is_control() || *c == '\t')
            .collect();
        out.push_str(&quick_xml::escape::escape(&allowed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Names {
            fields: set(&["ten_don_vi", "nam"]),
            lists: BTreeMap::from([
                ("dong".to_owned(), set(&["so", "ten"])),
                ("ban".to_owned(), set(&["so"])),
            ]),
        }
    }

    fn values() -> Values {
        let map = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        Values {
            fields: map(&[("ten_don_vi", "Sở A & <B>"), ("nam", "2026")]),
            lists: BTreeMap::from([(
                "dong".to_owned(),
                vec![map(&[("so", "1"), ("ten", "x\ny")]), map(&[("so", "2")])],
            )]),
        }
    }

    fn p(text: &str) -> String {
        format!("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn a_value_is_escaped_and_the_run_keeps_its_formatting() {
        let xml = format!(
            "<w:body>{}{}</w:body>",
            p("Đơn vị: {{ten_don_vi}}."),
            p("giữ")
        );
        check(&xml, &names()).expect("known names");
        let made = fill(&xml, &values()).expect("filled");
        assert_eq!(
            made,
            "<w:body><w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">Đơn vị: Sở A &amp; &lt;B&gt;.</w:t></w:r></w:p><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>giữ</w:t></w:r></w:p></w:body>"
        );
        Reader::from_str(&made).read_event().expect("well-formed");
    }

    #[test]
    fn a_placeholder_cut_into_runs_is_filled_in_its_first_run() {
        let xml = "<w:p><w:r><w:t>Năm {</w:t></w:r><w:r><w:i/><w:t>{na</w:t></w:r><w:proofErr/><w:r><w:t>m}} hết</w:t></w:r></w:p>";
        check(xml, &names()).expect("known names");
        let made = fill(xml, &values()).expect("filled");
        let text: String = made
            .split('<')
            .filter_map(|part| part.split_once('>'))
            .map(|(_, text)| text)
            .collect();
        assert_eq!(text, "Năm 2026 hết");
        assert!(made.contains("<w:i/>"), "{made}");
    }

    #[test]
    fn a_row_repeats_for_each_item_of_its_list() {
        let row = format!(
            "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
            p("Đầu {{nam}}"),
            p("{{dong.so}}"),
            p("{{dong.ten}}")
        );
        check(&row, &names()).expect("known names");
        let made = fill(&row, &values()).expect("filled");
        assert_eq!(made.matches("<w:tr>").count(), 3);
        assert!(
            made.contains("x</w:t><w:br/><w:t xml:space=\"preserve\">y"),
            "{made}"
        );
    }

    #[test]
    fn what_is_not_known_is_named_with_its_place() {
        let wrong = |xml: &str| check(xml, &names()).expect_err("a refusal");
        let body = format!("<w:body>{}{}</w:body>", p("một"), p("{{so_mat}}"));
        assert_eq!(
            wrong(&body),
            Wrong::Unknown {
                name: "so_mat".to_owned(),
                paragraph: 2
            }
        );
        assert_eq!(wrong(&p("{{nam")), Wrong::Open { paragraph: 1 });
        assert_eq!(wrong(&p("{{a {{nam}}")), Wrong::Open { paragraph: 1 });
        assert!(matches!(wrong(&p("{{dong.so}}")), Wrong::NotInRow { .. }));
        let two = format!("<w:tr>{}{}</w:tr>", p("{{dong.so}}"), p("{{ban.so}}"));
        assert!(matches!(wrong(&two), Wrong::NotInRow { .. }));
        assert!(matches!(wrong(&p("{{dong.gi}}")), Wrong::Unknown { .. }));
        assert_eq!(wrong("<!DOCTYPE a><w:p/>"), Wrong::DocType);
        assert_eq!(wrong("<w:p>"), Wrong::Damaged);
        assert!(matches!(
            wrong("<w:body><w:altChunk r:id=\"x\"/></w:body>"),
            Wrong::Foreign { .. }
        ));
        let deep = "<a>".repeat(TEMPLATE_DEPTH_MAX + 2);
        assert_eq!(wrong(&deep), Wrong::Damaged);
    }
}
