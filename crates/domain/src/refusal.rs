//! A "no" with its reason: stable code, the words' key in `locales`, the
//! values to put into the sentence, the field to mend and the legal basis.

use std::collections::BTreeMap;

/// Why an act is refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable, e.g. `BOOK-04`. The sentence is `refusal-book-04` in `locales`.
    pub code: &'static str,
    /// Values for the sentence. Never a word of a secret's content.
    pub args: BTreeMap<&'static str, String>,
    /// The form field that has to change, by its input name.
    pub field: Option<&'static str>,
    pub because: Vec<law::Citation>,
}

impl Refusal {
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            args: BTreeMap::new(),
            field: None,
            because: Vec::new(),
        }
    }

    #[must_use]
    pub fn on(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    #[must_use]
    pub fn because(mut self, citations: impl IntoIterator<Item = law::Citation>) -> Self {
        self.because.extend(citations);
        self
    }

    /// The key of the sentence: `BOOK-04` → `refusal-book-04`.
    pub fn message_key(&self) -> String {
        format!("refusal-{}", self.code.to_ascii_lowercase())
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused: {}", self.code)
    }
}

impl std::error::Error for Refusal {}
