//! A step's fields as a form shows them, and its values in words.

use std::collections::BTreeMap;

use app::rows::CopyRow;
use app::{App, Who};
use domain::dossier::{Field, Input, Step};
use law::LegalDate;

use crate::i18n::T;
use crate::shell;

/// Longest value that an address gives a field.
const GIVEN_BYTES_MAX: usize = 1_000;

/// Today, the person's own post where a decider is asked for, and what the address
/// gives for fields that the step has.
pub fn first_values(
    app: &App,
    who: &Who,
    step: &Step,
    given: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut typed = BTreeMap::new();
    if let Ok(today) = app.today() {
        typed.insert("on".to_owned(), today.to_string());
    }
    let decides = step.fields.iter().any(|field| field.name == "decider_post");
    if decides && !who.actor.post.is_empty() {
        typed.insert("decider_post".to_owned(), who.actor.post.clone());
    }
    for (name, value) in given {
        if value.len() <= GIVEN_BYTES_MAX && step.fields.iter().any(|field| field.name == name) {
            typed.insert(name.clone(), value.clone());
        }
    }
    typed
}

/// One input of a form.
pub struct Shown {
    pub name: &'static str,
    pub label: String,
    pub needed: bool,
    /// `text`, `long`, `date`, `number`, `select`, `copies` or `yes`.
    pub kind: &'static str,
    pub value: String,
    /// Value, words, chosen.
    pub options: Vec<(String, String, bool)>,
}

/// The inputs of a step, with what was typed before.
pub fn shown(
    app: &App,
    t: T,
    step: &Step,
    copies: &[CopyRow],
    typed: &BTreeMap<String, String>,
) -> Vec<Shown> {
    step.fields
        .iter()
        .map(|field| one(app, t, field, copies, typed))
        .collect()
}

fn one(
    app: &App,
    t: T,
    field: &Field,
    copies: &[CopyRow],
    typed: &BTreeMap<String, String>,
) -> Shown {
    let value = typed.get(field.name).cloned().unwrap_or_default();
    let kind = match field.input {
        Input::Text => "text",
        Input::Long => "long",
        Input::Day | Input::AnyDay => "date",
        Input::Count | Input::CountOrNone => "number",
        Input::Yes => "yes",
        Input::Choice(_) | Input::Level | Input::Sphere | Input::Post | Input::Stamp => "select",
        Input::Copies => "copies",
    };
    let options = choices(app, t, field, copies, typed)
        .into_iter()
        .map(|(code, words)| {
            let chosen = value.split(',').any(|part| part == code);
            (code, words, chosen)
        })
        .collect();
    Shown {
        name: field.name,
        label: t.s(format!("df-{}", field.name)),
        needed: field.needed,
        kind,
        value,
        options,
    }
}

/// What may be picked in a field: code and words.
fn choices(
    app: &App,
    t: T,
    field: &Field,
    copies: &[CopyRow],
    typed: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    match field.input {
        Input::Choice(codes) => codes
            .iter()
            .map(|code| ((*code).to_owned(), t.s(format!("choice-{code}"))))
            .collect(),
        Input::Level => law::Level::ALL
            .iter()
            .rev()
            .map(|level| (level.code().to_owned(), level.label_vi().to_owned()))
            .collect(),
        Input::Sphere => app
            .law
            .fields()
            .iter()
            .map(|(code, label)| (code.clone(), label.clone()))
            .collect(),
        Input::Post => {
            let on = typed
                .get("on")
                .and_then(|day| LegalDate::parse(day).ok())
                .or_else(|| app.today().ok());
            on.map(|on| app.law.posts_on(on))
                .unwrap_or_default()
                .into_iter()
                .map(|post| (post.id.clone(), post.label_vi.clone()))
                .collect()
        }
        Input::Stamp => app
            .law
            .stamp_names()
            .into_iter()
            .map(|(code, label)| (code.to_owned(), label.to_owned()))
            .collect(),
        Input::Copies => copies
            .iter()
            .filter(|copy| !crate::documents::gone(copy))
            .map(|copy| {
                let holder = t.s(format!("holder-{}", copy.holder_kind));
                let words = format!("{} – {holder} {}", copy.label, copy.holder_name);
                (
                    format!("{}:{}", copy.id, copy.moves),
                    words.trim_end().to_owned(),
                )
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The values of a taken step in words, in the order of its form.
pub fn told(
    app: &App,
    t: T,
    step: &Step,
    copies: &[CopyRow],
    values: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let said = said(app, t, step, copies, values).into_iter();
    said.map(|(name, words)| (t.s(format!("df-{name}")), words))
        .collect()
}

/// As [`told`], with the names of the fields.
pub fn said(
    app: &App,
    t: T,
    step: &Step,
    copies: &[CopyRow],
    values: &BTreeMap<String, String>,
) -> Vec<(&'static str, String)> {
    step.fields
        .iter()
        .filter_map(|field| {
            let value = values.get(field.name).filter(|value| !value.is_empty())?;
            Some((field.name, words(app, t, field, copies, value)))
        })
        .collect()
}

fn words(app: &App, t: T, field: &Field, copies: &[CopyRow], value: &str) -> String {
    match field.input {
        Input::Text | Input::Long | Input::Count | Input::CountOrNone => value.replace('|', ", "),
        Input::Day | Input::AnyDay => shell::day(value),
        Input::Yes => t.s("yes"),
        Input::Choice(_) => t.s(format!("choice-{value}")),
        Input::Level => shell::level(value).to_owned(),
        Input::Sphere => app
            .law
            .fields()
            .get(value)
            .cloned()
            .unwrap_or_else(|| value.to_owned()),
        Input::Post => app
            .law
            .post(value)
            .map_or_else(|| value.to_owned(), |post| post.label_vi.clone()),
        Input::Stamp => app
            .law
            .stamp_names()
            .get(value)
            .map_or_else(|| value.to_owned(), |label| (*label).to_owned()),
        Input::Copies => value
            .split(',')
            .filter_map(|pair| pair.split_once(':'))
            .map(|(id, _)| {
                copies
                    .iter()
                    .find(|copy| copy.id.to_string() == id)
                    .map_or_else(|| id.to_owned(), |copy| copy.label.clone())
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::missing_keys;
    use domain::dossier::{Group, KINDS};

    /// Every word that the pages of the kinds ask for.
    fn keys() -> Vec<String> {
        let mut keys: Vec<String> = Group::ALL
            .into_iter()
            .map(|group| format!("group-{}", group.code()))
            .collect();
        for kind in KINDS {
            keys.push(format!("dossier-{}", kind.code));
            let states = kind.steps.iter().flat_map(|step| step.from);
            for state in states.chain(kind.closed) {
                keys.push(format!("dstate-{state}"));
            }
            for step in kind.steps {
                keys.push(format!("step-{}-{}", kind.code, step.code));
                for field in step.fields {
                    keys.push(format!("df-{}", field.name));
                    if let Input::Choice(codes) = field.input {
                        keys.extend(codes.iter().map(|code| format!("choice-{code}")));
                    }
                }
            }
        }
        keys
    }

    #[test]
    fn every_kind_step_state_field_and_choice_has_words_in_both_languages() {
        let keys = keys();
        assert!(keys.len() > 400, "{}", keys.len());
        for language in ["vi", "en"] {
            let missing = missing_keys(language, keys.iter().map(String::as_str));
            assert!(missing.is_empty(), "{language}: {missing:?}");
        }
    }
}
