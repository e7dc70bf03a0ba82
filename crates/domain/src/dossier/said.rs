//! What a person said in a step, read and checked field by field.

use std::collections::BTreeMap;

use law::{LegalDate, Level};

use super::{Field, Input};
use crate::{Ctx, Refusal, limits};

/// The values of one step: trimmed, NFC, and of the kind their field asks for.
/// Days are ISO text, levels and choices codes, copies `id:moves` with commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    values: BTreeMap<&'static str, String>,
    on: Option<LegalDate>,
}

impl Said {
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    pub fn day(&self, name: &str) -> Option<LegalDate> {
        LegalDate::parse(self.text(name)).ok()
    }

    pub fn count(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or(0)
    }

    pub fn level(&self, name: &str) -> Option<Level> {
        Level::parse(self.text(name))
    }

    /// Copies picked: id and the moves that the form showed.
    pub fn copies(&self, name: &str) -> Vec<(i64, i64)> {
        pairs(self.text(name)).unwrap_or_default()
    }

    /// All values by name, for the record.
    pub fn values(&self) -> &BTreeMap<&'static str, String> {
        &self.values
    }

    /// The day of the step: the field `on`, or today when the step has none.
    pub(crate) fn on(&self, ctx: Ctx<'_>) -> LegalDate {
        self.on.unwrap_or(ctx.today)
    }
}

/// Reads the values of a step.
///
/// # Errors
/// `ACT-03` a needed value is missing; `ACT-04` not one of the list; `BOOK-01`,
/// `BOOK-02` day; `BOOK-10` too long.
pub(super) fn read(
    ctx: Ctx<'_>,
    fields: &'static [Field],
    raw: &BTreeMap<String, String>,
) -> Result<Said, Refusal> {
    let mut said = Said::default();
    for field in fields {
        let text = raw.get(field.name).map_or("", String::as_str).trim();
        let text = vanban::text::nfc(text);
        if text.is_empty() {
            if field.needed {
                return Err(Refusal::new("ACT-03")
                    .on(field.name)
                    .arg("field", field.name));
            }
            continue;
        }
        let value = one(ctx, field, text)?;
        said.values.insert(field.name, value);
    }
    said.on = said.day("on");
    Ok(said)
}

fn one(ctx: Ctx<'_>, field: &Field, text: String) -> Result<String, Refusal> {
    let wrong = || {
        Refusal::new("ACT-04")
            .on(field.name)
            .arg("field", field.name)
            .arg("text", text.chars().take(60).collect::<String>())
    };
    match field.input {
        Input::Text => bounded(field, text, limits::FIELD_CHARS_MAX),
        Input::Long => bounded(field, text, limits::RESULT_CHARS_MAX),
        Input::Day | Input::AnyDay => day(ctx, field, &text),
        Input::Count | Input::CountOrNone => {
            let least = i64::from(field.input == Input::Count);
            text.parse::<i64>()
                .ok()
                .filter(|n| (least..=limits::NUMBER_MAX).contains(n))
                .map(|n| n.to_string())
                .ok_or_else(wrong)
        }
        Input::Post => {
            let known = ctx.law.post(&text).is_some();
            if known { Ok(text) } else { Err(wrong()) }
        }
        Input::Level => {
            if Level::parse(&text).is_some() {
                Ok(text)
            } else {
                Err(wrong())
            }
        }
        Input::Sphere => {
            let known = ctx.law.fields().contains_key(&text);
            if known { Ok(text) } else { Err(wrong()) }
        }
        Input::Stamp => {
            let known = ctx.law.stamp_names().contains_key(text.as_str());
            if known { Ok(text) } else { Err(wrong()) }
        }
        Input::Copies => {
            if pairs(&text).is_some() {
                Ok(text)
            } else {
                Err(wrong())
            }
        }
        Input::Yes => {
            if text == "yes" {
                Ok(text)
            } else {
                Err(wrong())
            }
        }
        Input::Choice(codes) => {
            if codes.contains(&text.as_str()) {
                Ok(text)
            } else {
                Err(wrong())
            }
        }
    }
}

fn bounded(field: &Field, text: String, max: usize) -> Result<String, Refusal> {
    let chars = text.chars().count();
    if chars > max {
        return Err(Refusal::new("BOOK-10")
            .on(field.name)
            .arg("field", field.name)
            .arg("chars", chars)
            .arg("max", max));
    }
    Ok(text)
}

fn day(ctx: Ctx<'_>, field: &Field, text: &str) -> Result<String, Refusal> {
    let date = LegalDate::parse(text)
        .map_err(|_| Refusal::new("BOOK-02").on(field.name).arg("text", text))?;
    if field.input == Input::Day && date > ctx.today {
        return Err(Refusal::new("BOOK-01")
            .on(field.name)
            .arg("date", date.day_month_year())
            .arg("today", ctx.today.day_month_year()));
    }
    Ok(date.to_string())
}

/// `12:3,14:1` as pairs; `None` when it is anything else, names a copy twice or is too long.
fn pairs(text: &str) -> Option<Vec<(i64, i64)>> {
    let mut out = Vec::new();
    for part in text.split(',') {
        let (id, moves) = part.trim().split_once(':')?;
        let id = id.parse().ok()?;
        if out.iter().any(|(picked, _)| *picked == id) {
            return None;
        }
        out.push((id, moves.parse().ok()?));
    }
    let most = usize::try_from(limits::COPIES_MAX).unwrap_or(usize::MAX);
    (out.len() <= most).then_some(out)
}
