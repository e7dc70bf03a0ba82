//! Reading a question strictly.

use serde_json::{Map, Value};

use super::AskError;
use crate::{date::LegalDate, diagnostic::nearest};

/// A question: one JSON object.
#[derive(Debug)]
pub struct Question {
    map: Map<String, Value>,
}

impl Question {
    /// Reads the text as one object.
    pub fn read(text: &str) -> Result<Self, AskError> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| AskError::Json(error.to_string()))?;
        match value {
            Value::Object(map) => Ok(Self { map }),
            other => Err(AskError::Json(format!("found {}", kind(&other)))),
        }
    }

    /// Refuses every key outside the list.
    pub fn only(&self, known: &[&str]) -> Result<(), AskError> {
        let unknown = self
            .map
            .keys()
            .find(|key| *key != "ask" && !known.contains(&key.as_str()));
        let Some(key) = unknown else { return Ok(()) };
        let help = nearest(key, known.iter().copied()).map_or_else(
            || format!("known here: {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Err(AskError::Key {
            key: key.clone(),
            help,
        })
    }

    /// Keys outside the list, for questions that answer in spite of them.
    pub fn unknown_keys(&self, known: &[&str]) -> Vec<&str> {
        self.map
            .keys()
            .map(String::as_str)
            .filter(|key| *key != "ask" && !known.contains(key))
            .collect()
    }

    /// An optional text; `null` is absent.
    pub fn text_opt(&self, key: &'static str) -> Result<Option<&str>, AskError> {
        match self.map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(key, other, "write it as a text")),
        }
    }

    /// A text.
    pub fn text(&self, key: &'static str) -> Result<&str, AskError> {
        self.text_opt(key)?.ok_or(AskError::Missing(key))
    }

    /// A word of a vocabulary.
    pub fn word<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        valid: &[&str],
    ) -> Result<T, AskError> {
        let text = self.text(key)?;
        parse(text).ok_or_else(|| not_valid(key, text, valid))
    }

    /// An optional day.
    pub fn day_opt(&self, key: &'static str) -> Result<Option<LegalDate>, AskError> {
        let Some(text) = self.text_opt(key)? else {
            return Ok(None);
        };
        let refused = |_| AskError::Value {
            key,
            value: text.to_owned(),
            help: "write a day of the calendar as `YYYY-MM-DD`".to_owned(),
        };
        LegalDate::parse(text).map(Some).map_err(refused)
    }

    /// A day.
    pub fn day(&self, key: &'static str) -> Result<LegalDate, AskError> {
        self.day_opt(key)?.ok_or(AskError::Missing(key))
    }

    /// An optional truth value.
    pub fn flag(&self, key: &'static str) -> Result<Option<bool>, AskError> {
        match self.map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(other) => Err(wrong(key, other, "write `true` or `false`")),
        }
    }

    /// A year, 1 to 9999.
    pub fn year(&self, key: &'static str) -> Result<i16, AskError> {
        let value = self.map.get(key).ok_or(AskError::Missing(key))?;
        let year = value.as_i64().filter(|year| (1..=9999).contains(year));
        year.and_then(|year| i16::try_from(year).ok())
            .ok_or_else(|| wrong(key, value, "write a year such as 2025"))
    }
}

/// The refusal of a word outside a vocabulary, with the nearest valid one.
pub fn not_valid(key: &'static str, value: &str, valid: &[&str]) -> AskError {
    let help = nearest(value, valid.iter().copied()).map_or_else(
        || format!("one of: {}", valid.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    AskError::Value {
        key,
        value: value.to_owned(),
        help,
    }
}

fn wrong(key: &'static str, value: &Value, help: &str) -> AskError {
    AskError::Value {
        key,
        value: value.to_string(),
        help: help.to_owned(),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
