//! Names that point to other subjects: stamps, forms, notices. They are checked when
//! every file was read.

use super::source::{Log, Text};
use crate::{
    date::LegalDate,
    diagnostic::{Diagnostic, nearest},
    pack::Pack,
};

/// A name and the subject that must know it.
#[derive(Debug)]
pub enum Reference {
    /// A stamp by code.
    Stamp(Text),
    /// A statutory form by number.
    Form(Text),
    /// A rule of notice by key.
    Notice(Text),
    /// A catalogue decision by number and date.
    Catalogue(Text, LegalDate),
}

/// Reports names that no subject knows.
pub fn check(pack: &Pack, references: &[Reference], log: &mut Log) {
    for reference in references {
        match reference {
            Reference::Stamp(text) => known("stamp", text, pack.stamps.keys(), log),
            Reference::Form(text) => known("form", text, pack.forms.keys(), log),
            Reference::Notice(text) => known("notice", text, pack.notices.keys(), log),
            Reference::Catalogue(text, date) => catalogue(pack, text, *date, log),
        }
    }
}

fn catalogue(pack: &Pack, text: &Text, date: LegalDate, log: &mut Log) {
    if pack.catalogue(&text.value, Some(date)).is_some() {
        return;
    }
    log.push(Diagnostic::new(
        "LAW-WORD",
        &text.place,
        format!("`{}` is not a catalogue decision", text.value),
        "add the decision to `rules/catalogues.toml` first",
    ));
}

fn known<'a>(
    what: &str,
    text: &Text,
    names: impl Iterator<Item = &'a String> + Clone,
    log: &mut Log,
) {
    if names.clone().any(|name| *name == text.value) {
        return;
    }
    let help = nearest(&text.value, names.map(String::as_str)).map_or_else(
        || format!("add the {what} to its own file first"),
        |near| format!("did you mean `{near}`?"),
    );
    log.push(Diagnostic::new(
        "LAW-WORD",
        &text.place,
        format!("unknown {what} `{}`", text.value),
        help,
    ));
}
