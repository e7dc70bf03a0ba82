//! Books and stamps.

use super::{
    source::{Node, Text, choose},
    value::{Context, EVIDENCE, Loaded, dated},
};
use crate::{
    book::{BookEdition, COLUMN_KEYS, Column, CoverField},
    citation::Citation,
    diagnostic::{Diagnostic, nearest},
    limits,
    stamp::{Border, Outline, Stamp, StampRow},
    terms_of_art::{BookKind, Evidence},
};

/// Reads `subject = "books"`.
pub fn books(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Vec<(BookKind, Loaded<BookEdition>)>,
) {
    let kinds: Vec<&str> = BookKind::ALL.iter().map(|kind| kind.code()).collect();
    for node in root.tables_some("value", context.log) {
        let kind = node.word("book", BookKind::parse, &kinds, context.log);
        let loaded = dated(&node, context, |context, because| {
            edition(&node, because, context)
        });
        node.finish(context.log);
        let Some(mut loaded) = loaded else { continue };
        if let Some(edition) = &mut loaded.dated.value {
            edition.notes.clone_from(&loaded.dated.notes);
        }
        values.extend(kind.map(|kind| (kind, loaded)));
    }
}

fn edition(
    node: &Node<'_>,
    because: &[Citation],
    context: &mut Context<'_>,
) -> Option<BookEdition> {
    let id = node.text("edition", context.log);
    let title = node.text("title_vi", context.log);
    let official = node.flag("official", context.log);
    let nodes = node.tables_some("column", context.log);
    let columns: Vec<Column> = nodes
        .iter()
        .filter_map(|column| read_column(column, context))
        .collect();
    let cover = node.tables("cover", context.log);
    let cover = cover
        .iter()
        .filter_map(|field| read_cover(field, context))
        .collect();
    let sum: u32 = columns.iter().map(|column| column.width_mm).sum();
    if sum != limits::PAGE_USABLE_MM && columns.len() == nodes.len() {
        let message = format!(
            "the columns are {sum} mm wide together, the page gives {} mm",
            limits::PAGE_USABLE_MM
        );
        context.log.push(Diagnostic::new(
            "LAW-WIDTH",
            &node.place_of("edition"),
            message,
            "correct `width_mm` of the columns",
        ));
    }
    Some(BookEdition {
        id: id?.value,
        title_vi: title?.value,
        act: because.first()?.clone(),
        official,
        columns,
        cover,
        notes: Vec::new(),
    })
}

fn read_column(node: &Node<'_>, context: &mut Context<'_>) -> Option<Column> {
    let key = node.text("key", context.log);
    let also = node.texts("also", context.log);
    let label = node.text("label_vi", context.log);
    let width = node.integer(
        "width_mm",
        5..=i64::from(limits::PAGE_USABLE_MM),
        context.log,
    );
    let evidence = node.word("evidence", Evidence::parse, EVIDENCE, context.log);
    node.finish(context.log);
    let key = column_key(&key?, context)?;
    let also = also
        .iter()
        .filter_map(|text| column_key(text, context))
        .collect();
    Some(Column {
        key,
        also,
        label_vi: label?.value,
        width_mm: u32::try_from(width?).ok()?,
        evidence: evidence?,
    })
}

fn column_key(text: &Text, context: &mut Context<'_>) -> Option<String> {
    if COLUMN_KEYS.contains(&text.value.as_str()) {
        return Some(text.value.clone());
    }
    let help = nearest(&text.value, COLUMN_KEYS.iter().copied()).map_or_else(
        || format!("one of: {}", COLUMN_KEYS.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    context.log.push(Diagnostic::new(
        "LAW-COLUMN",
        &text.place,
        format!("unknown column `{}`", text.value),
        help,
    ));
    None
}

fn read_cover(node: &Node<'_>, context: &mut Context<'_>) -> Option<CoverField> {
    let keys = [
        "parent",
        "unit",
        "year",
        "date_range",
        "serial_range",
        "book_number",
    ];
    let key = node.word(
        "key",
        |code| {
            keys.iter()
                .find(|key| **key == code)
                .map(|key| (*key).to_owned())
        },
        &keys,
        context.log,
    );
    let label = node.text("label_vi", context.log);
    node.finish(context.log);
    Some(CoverField {
        key: key?,
        label_vi: label?.value,
    })
}

/// Reads `subject = "stamps"`.
pub fn stamps(
    root: &Node<'_>,
    context: &mut Context<'_>,
    values: &mut Vec<(String, Loaded<Stamp>)>,
) {
    for node in root.tables_some("value", context.log) {
        let stamp = node.text("stamp", context.log);
        let loaded = dated(&node, context, |context, _| read_stamp(&node, context));
        node.finish(context.log);
        let (Some(stamp), Some(mut loaded)) = (stamp, loaded) else {
            continue;
        };
        if let Some(value) = &mut loaded.dated.value {
            value.id.clone_from(&stamp.value);
        }
        values.push((stamp.value, loaded));
    }
}

fn read_stamp(node: &Node<'_>, context: &mut Context<'_>) -> Option<Stamp> {
    let generation = node.word(
        "generation",
        |code| {
            ["2015", "2020", "2026"]
                .contains(&code)
                .then(|| code.to_owned())
        },
        &["2015", "2020", "2026"],
        context.log,
    );
    let label = node.text("label_vi", context.log);
    let width = length(node, "width_mm", context);
    let height = length(node, "height_mm", context);
    let diameter = length(node, "diameter_mm", context);
    let outline = match (width.zip(height), diameter) {
        (Some((width_mm, height_mm)), None) => Some(Outline::Rectangle {
            width_mm,
            height_mm,
        }),
        (None, Some(diameter_mm)) => Some(Outline::Circle { diameter_mm }),
        _ => None,
    };
    let lines = node.integer_opt("border_lines", 1..=3, context.log);
    let gap_mm = length(node, "border_gap_mm", context);
    let letter_offset_mm = length(node, "letter_offset_mm", context);
    let border = lines.and_then(|lines| {
        Some(Border {
            lines: u8::try_from(lines).ok()?,
            gap_mm,
            letter_offset_mm,
        })
    });
    let rows = node
        .tables("row", context.log)
        .iter()
        .filter_map(|row| read_row(row, context))
        .collect();
    let font = node.text_opt("font", context.log).map(|text| text.value);
    let position_vi = node
        .text_opt("position_vi", context.log)
        .map(|text| text.value);
    let geometry = node.text("geometry", context.log);
    let geometry = geometry
        .and_then(|text| choose(&text, "evidence", Evidence::parse, EVIDENCE, context.log))?;
    if (geometry == Evidence::Unknown) != outline.is_none() {
        let message = "the outline and its evidence disagree".to_owned();
        let help = "a size needs `geometry = \"verified\"` or `\"secondary\"`; no size is `geometry = \"unknown\"`";
        context.log.push(Diagnostic::new(
            "LAW-STAMP",
            &node.place_of("geometry"),
            message,
            help,
        ));
    }
    Some(Stamp {
        id: String::new(),
        generation: generation?,
        label_vi: label?.value,
        outline,
        border,
        rows,
        font,
        position_vi,
        geometry,
    })
}

fn read_row(node: &Node<'_>, context: &mut Context<'_>) -> Option<StampRow> {
    let text = node.text("text", context.log);
    let size_pt = length(node, "size_pt", context);
    let height_mm = length(node, "height_mm", context);
    let bold = node.has("bold").then(|| node.flag("bold", context.log));
    node.finish(context.log);
    Some(StampRow {
        text: text?.value,
        size_pt,
        height_mm,
        bold,
    })
}

/// A length in whole units; stamps of the sources have no fractions.
fn length(node: &Node<'_>, key: &'static str, context: &mut Context<'_>) -> Option<f64> {
    let whole = node.integer_opt(key, 1..=200, context.log)?;
    i32::try_from(whole).ok().map(f64::from)
}
