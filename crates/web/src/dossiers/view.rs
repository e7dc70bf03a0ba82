//! A step's fields as a form shows them, and its values in words.

use std::collections::BTreeMap;

use app::App;
use app::rows::CopyRow;
use domain::dossier::{Field, Input, Step};
use law::LegalDate;

use crate::i18n::T;
use crate::shell;

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
    let choice = |code: &str, words: String| (code.to_owned(), words, value == code);
    let (kind, options) = match field.input {
        Input::Text => ("text", Vec::new()),
        Input::Long => ("long", Vec::new()),
        Input::Day | Input::AnyDay => ("date", Vec::new()),
        Input::Count | Input::CountOrNone => ("number", Vec::new()),
        Input::Yes => ("yes", Vec::new()),
        Input::Choice(codes) => (
            "select",
            codes
                .iter()
                .map(|code| choice(code, t.s(format!("choice-{code}"))))
                .collect(),
        ),
        Input::Level => (
            "select",
            law::Level::ALL
                .iter()
                .rev()
                .map(|level| choice(level.code(), level.label_vi().to_owned()))
                .collect(),
        ),
        Input::Sphere => (
            "select",
            app.law
                .fields()
                .iter()
                .map(|(code, label)| choice(code, label.clone()))
                .collect(),
        ),
        Input::Post => {
            let on = typed
                .get("on")
                .and_then(|day| LegalDate::parse(day).ok())
                .or_else(|| app.today().ok());
            let posts = on.map(|on| app.law.posts_on(on)).unwrap_or_default();
            (
                "select",
                posts
                    .into_iter()
                    .map(|post| choice(&post.id, post.label_vi.clone()))
                    .collect(),
            )
        }
        Input::Copies => (
            "copies",
            copies
                .iter()
                .map(|copy| {
                    let code = format!("{}:{}", copy.id, copy.moves);
                    let picked = value.split(',').any(|part| part == code);
                    let holder = t.s(format!("holder-{}", copy.holder_kind));
                    let words = format!("{} – {holder} {}", copy.label, copy.holder_name);
                    (code, words.trim_end().to_owned(), picked)
                })
                .collect(),
        ),
    };
    Shown {
        name: field.name,
        label: t.s(format!("df-{}", field.name)),
        needed: field.needed,
        kind,
        value,
        options,
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
    step.fields
        .iter()
        .filter_map(|field| {
            let value = values.get(field.name).filter(|value| !value.is_empty())?;
            let label = t.s(format!("df-{}", field.name));
            Some((label, words(app, t, field, copies, value)))
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
