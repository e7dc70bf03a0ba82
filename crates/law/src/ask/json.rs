//! The answer as JSON with keys in a fixed order.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::{citation::Citation, date::LegalDate};

/// A JSON value whose objects keep the order they were written in.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// Truth value.
    Bool(bool),
    /// Whole number.
    Whole(i64),
    /// Number with a fraction.
    Number(f64),
    /// Text.
    Text(String),
    /// List.
    List(Vec<Json>),
    /// Object.
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A day, or `null`.
    pub fn day(day: Option<LegalDate>) -> Self {
        day.map_or(Self::Null, |day| Self::Text(day.to_string()))
    }

    /// A text, or `null`.
    pub fn text_or_null(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_none(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Whole(value) => to.serialize_i64(*value),
            Self::Number(value) => to.serialize_f64(*value),
            Self::Text(value) => to.serialize_str(value),
            Self::List(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(pairs) => {
                let mut map = to.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

/// A citation as the contract writes it; `point` only where there is one.
pub fn citation(citation: &Citation) -> Json {
    let date = (!citation.date.is_empty()).then_some(citation.date.as_str());
    let mut pairs = vec![
        ("act", Json::text(&citation.act)),
        ("date", Json::text_or_null(date)),
        ("article", Json::text(&citation.article)),
        ("clause", Json::text_or_null(citation.clause.as_deref())),
    ];
    if let Some(point) = &citation.point {
        pairs.push(("point", Json::text(point)));
    }
    pairs.push(("evidence", Json::text(citation.evidence.code())));
    Json::Object(pairs)
}
