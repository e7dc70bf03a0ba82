//! Questions and answers as JSON: the contract of `law ask`.
//!
//! A question is one object; every key it does not know is refused, so that a
//! mistyped key never changes an answer silently. The answer holds `answer`
//! (`yes`, `no`, `unknown` or an object), for `may` also `delegate`, then
//! `because` (citations with evidence) and `notes`.

mod answers;
mod conduct;
mod json;
mod library;
mod question;

use self::question::Question;
use crate::{limits, pack::Pack};

/// The question cannot be understood. The law's "unknown" is an answer, not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Not one JSON object, or longer than the limit.
    #[error("the question is not one JSON object: {0}")]
    Json(String),
    /// A key that this question does not have.
    #[error("unknown key `{key}`")]
    Key {
        /// The key as given.
        key: String,
        /// What to write instead.
        help: String,
    },
    /// A key that must be there.
    #[error("the question has no `{0}`")]
    Missing(&'static str),
    /// A value outside the vocabulary or of the wrong type.
    #[error("`{key}` cannot be `{value}`")]
    Value {
        /// The key.
        key: &'static str,
        /// The value as given.
        value: String,
        /// What to write instead.
        help: String,
    },
}

impl AskError {
    /// Stable code of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "ASK-JSON",
            Self::Key { .. } => "ASK-KEY",
            Self::Missing(_) => "ASK-MISSING",
            Self::Value { .. } => "ASK-VALUE",
        }
    }

    /// The remedy, for the line after the message.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Json(_) => {
                r#"for example {"ask":"term","level":"mat","determined":"2024-02-29"}"#.to_owned()
            }
            Self::Key { help, .. } | Self::Value { help, .. } => help.clone(),
            Self::Missing(key) => format!("add `{key}`"),
        }
    }
}

/// Answers a question. Question and answer are JSON texts (contract.md, `law ask`).
///
/// # Errors
/// [`AskError`] when the question cannot be understood; each has a code and a remedy.
pub fn answer(pack: &Pack, question: &str) -> Result<String, AskError> {
    if question.len() > limits::QUESTION_BYTES_MAX {
        return Err(AskError::Json(format!(
            "longer than {} bytes",
            limits::QUESTION_BYTES_MAX
        )));
    }
    let question = Question::read(question)?;
    let reply = answers::reply(pack, &question)?;
    serde_json::to_string(&reply).map_err(|error| AskError::Json(error.to_string()))
}
