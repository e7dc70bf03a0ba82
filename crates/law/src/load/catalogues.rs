//! Texts of catalogue decisions: `catalogues/*.toml`.

use std::collections::BTreeMap;

use super::{
    references::Reference,
    source::Node,
    subjects::level_codes,
    value::{Context, EVIDENCE},
};
use crate::{
    catalogue::{CatalogueItem, CatalogueKey, CatalogueText},
    diagnostic::Diagnostic,
    terms_of_art::{Evidence, Level},
};

/// Reads one file: the decision it belongs to, then its items. An item that is known
/// only in part makes the file name the missing text.
pub fn read(
    root: &Node<'_>,
    context: &mut Context<'_>,
    references: &mut Vec<Reference>,
    texts: &mut BTreeMap<CatalogueKey, CatalogueText>,
) {
    let number = root.text("number", context.log);
    let date = root.date("date", context.log);
    let missing = root.text_opt("missing", context.log).map(|text| text.value);
    let nodes = root.tables_some("item", context.log);
    let items: Vec<CatalogueItem> = nodes
        .iter()
        .filter_map(|node| item(node, context))
        .collect();
    let (Some(number), Some(date)) = (number, date) else {
        return;
    };
    let place = root.place_of("date");
    if context
        .acts
        .find(&number, Some(date), &place, context.log)
        .is_none()
    {
        return;
    }
    let partly = items
        .iter()
        .any(|item| item.evidence != Evidence::Verified || item.article.is_none());
    if partly && missing.is_none() {
        context.log.push(Diagnostic::new(
            "LAW-UNKNOWN",
            &number.place,
            "items known only in part, but the missing text is not named".to_owned(),
            "add `missing = \"...\"`",
        ));
    }
    references.push(Reference::Catalogue(number.clone(), date));
    let text = CatalogueText { items, missing };
    let key = (number.value.clone(), Some(date));
    if texts.insert(key, text).is_some() {
        context.log.push(Diagnostic::new(
            "LAW-DUP",
            &number.place,
            format!("the items of `{}` are given twice", number.value),
            "keep one file for each decision",
        ));
    }
}

fn item(node: &Node<'_>, context: &mut Context<'_>) -> Option<CatalogueItem> {
    let id = node.text("id", context.log);
    if let Some(id) = &id {
        context.claim(id);
    }
    let level = node.word("level", Level::parse, &level_codes(), context.log);
    let part = |key: &'static str, context: &mut Context<'_>| {
        node.text_opt(key, context.log).map(|text| text.value)
    };
    let article = part("article", context);
    let clause = part("clause", context);
    let point = part("point", context);
    let text = node.text("text_vi", context.log);
    let evidence = node.word("evidence", Evidence::parse, EVIDENCE, context.log);
    node.finish(context.log);
    Some(CatalogueItem {
        id: id?.value,
        level: level?,
        article,
        clause,
        point,
        text_vi: text?.value,
        evidence: evidence?,
    })
}
