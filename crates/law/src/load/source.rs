//! Reading one TOML table with the place of every value.
//!
//! Each getter reports what is wrong and returns `None`; [`Node::finish`]
//! reports keys nobody asked for.

use std::{cell::RefCell, collections::BTreeSet, ops::Range, sync::Arc};

use toml::de::{DeTable, DeValue};

use crate::{
    date::LegalDate,
    diagnostic::{Diagnostic, Place, nearest},
};

/// Diagnostics found so far.
pub type Log = Vec<Diagnostic>;

/// A file of the pack.
#[derive(Debug, Clone)]
pub struct File {
    /// Path inside the pack.
    pub path: Arc<str>,
    /// Text of the file.
    pub text: Arc<str>,
}

impl File {
    /// A place in this file.
    #[must_use]
    pub fn place(&self, span: Range<usize>) -> Place {
        Place {
            path: Arc::clone(&self.path),
            text: Arc::clone(&self.text),
            span,
        }
    }
}

/// A text value and where it stands.
#[derive(Debug, Clone)]
pub struct Text {
    /// The value.
    pub value: String,
    /// Where it stands.
    pub place: Place,
}

/// A table of a file while it is read.
#[derive(Debug)]
pub struct Node<'a> {
    file: &'a File,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Node<'a> {
    /// A table that stands at `span`.
    #[must_use]
    pub fn new(file: &'a File, table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self {
            file,
            table,
            span,
            known: RefCell::default(),
        }
    }

    /// Where the table begins.
    #[must_use]
    pub fn place(&self) -> Place {
        self.file.place(self.span.clone())
    }

    /// Where the value of a key stands, or the table if it is absent.
    #[must_use]
    pub fn place_of(&self, key: &str) -> Place {
        let value = self.table.get(key);
        value.map_or_else(|| self.place(), |value| self.file.place(value.span()))
    }

    /// Whether the key is present.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The text of a key without reading it: for messages about the whole file.
    #[must_use]
    pub fn peek(&self, key: &str) -> Option<&str> {
        self.table.get(key)?.get_ref().as_str()
    }

    fn get(&self, key: &'static str) -> Option<(&'a DeValue<'a>, Range<usize>)> {
        self.known.borrow_mut().insert(key);
        let value = self.table.get(key)?;
        Some((value.get_ref(), value.span()))
    }

    fn wrong(
        &self,
        span: Range<usize>,
        key: &str,
        wanted: &str,
        found: &DeValue<'_>,
        log: &mut Log,
    ) {
        let message = format!("`{key}` must be {wanted}, found {}", found.type_str());
        log.push(Diagnostic::new(
            "LAW-TYPE",
            &self.file.place(span),
            message,
            format!("write `{key}` as {wanted}"),
        ));
    }

    fn missing(&self, key: &str, log: &mut Log) {
        let code = match key {
            "valid_from" => "LAW-DATES",
            "evidence" => "LAW-EVIDENCE",
            "cite" => "LAW-CITE",
            _ => "LAW-MISSING",
        };
        let help = match key {
            "valid_from" => "every value says since when it holds: add `valid_from = YYYY-MM-DD`",
            "evidence" => "add `evidence = \"verified\"`, `\"secondary\"` or `\"unknown\"`",
            "cite" => {
                "name act, date, article and clause: add `cite = [{ act = \"...\", date = YYYY-MM-DD, article = \"...\" }]`"
            }
            _ => "add the key",
        };
        log.push(Diagnostic::new(
            code,
            &self.place(),
            format!("`{key}` is missing here"),
            help,
        ));
    }

    /// An optional text.
    pub fn text_opt(&self, key: &'static str, log: &mut Log) -> Option<Text> {
        let (value, span) = self.get(key)?;
        let Some(text) = value.as_str() else {
            self.wrong(span, key, "a text", value, log);
            return None;
        };
        if text.trim().is_empty() {
            let message = format!("`{key}` is empty");
            log.push(Diagnostic::new(
                "LAW-TYPE",
                &self.file.place(span),
                message,
                "write the text or drop the key",
            ));
            return None;
        }
        Some(Text {
            value: text.to_owned(),
            place: self.file.place(span),
        })
    }

    /// A text that must be there.
    pub fn text(&self, key: &'static str, log: &mut Log) -> Option<Text> {
        if !self.has(key) {
            self.get(key);
            self.missing(key, log);
            return None;
        }
        self.text_opt(key, log)
    }

    /// A list of texts; absent is empty.
    pub fn texts(&self, key: &'static str, log: &mut Log) -> Vec<Text> {
        let Some((value, span)) = self.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.as_array() else {
            self.wrong(span, key, "a list of texts", value, log);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(text) => texts.push(Text {
                    value: text.to_owned(),
                    place: self.file.place(item.span()),
                }),
                None => self.wrong(item.span(), key, "a list of texts", item.get_ref(), log),
            }
        }
        texts
    }

    /// An optional day.
    pub fn date_opt(&self, key: &'static str, log: &mut Log) -> Option<LegalDate> {
        let (value, span) = self.get(key)?;
        let day = value
            .as_datetime()
            .filter(|moment| moment.time.is_none() && moment.offset.is_none());
        let parsed = day.and_then(|day| LegalDate::parse(&day.to_string()).ok());
        if parsed.is_none() {
            self.wrong(span, key, "a date YYYY-MM-DD without quotes", value, log);
        }
        parsed
    }

    /// A day that must be there.
    pub fn date(&self, key: &'static str, log: &mut Log) -> Option<LegalDate> {
        if !self.has(key) {
            self.get(key);
            self.missing(key, log);
            return None;
        }
        self.date_opt(key, log)
    }

    /// An optional whole number within bounds.
    pub fn integer_opt(
        &self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
        log: &mut Log,
    ) -> Option<i64> {
        let (value, span) = self.get(key)?;
        let number = value
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        let Some(number) = number.filter(|number| bounds.contains(number)) else {
            let wanted = format!("a whole number from {} to {}", bounds.start(), bounds.end());
            self.wrong(span, key, &wanted, value, log);
            return None;
        };
        Some(number)
    }

    /// A whole number within bounds that must be there.
    pub fn integer(
        &self,
        key: &'static str,
        bounds: std::ops::RangeInclusive<i64>,
        log: &mut Log,
    ) -> Option<i64> {
        if !self.has(key) {
            self.get(key);
            self.missing(key, log);
            return None;
        }
        self.integer_opt(key, bounds, log)
    }

    /// A truth value; absent is `false`.
    pub fn flag(&self, key: &'static str, log: &mut Log) -> bool {
        let Some((value, span)) = self.get(key) else {
            return false;
        };
        value.as_bool().unwrap_or_else(|| {
            self.wrong(span, key, "`true` or `false`", value, log);
            false
        })
    }

    /// A word of a closed vocabulary that must be there.
    pub fn word<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        valid: &[&str],
        log: &mut Log,
    ) -> Option<T> {
        let text = self.text(key, log)?;
        choose(&text, key, parse, valid, log)
    }

    /// The tables of a list; absent is empty.
    pub fn tables(&self, key: &'static str, log: &mut Log) -> Vec<Node<'a>> {
        let Some((value, span)) = self.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.as_array() else {
            self.wrong(span, key, "a list of tables", value, log);
            return Vec::new();
        };
        let mut nodes = Vec::new();
        for item in items {
            match item.get_ref().as_table() {
                Some(table) => nodes.push(Node::new(self.file, table, item.span())),
                None => self.wrong(item.span(), key, "a list of tables", item.get_ref(), log),
            }
        }
        nodes
    }

    /// A list of tables that must be there and not be empty.
    pub fn tables_some(&self, key: &'static str, log: &mut Log) -> Vec<Node<'a>> {
        if !self.has(key) {
            self.get(key);
            self.missing(key, log);
            return Vec::new();
        }
        let nodes = self.tables(key, log);
        let empty = self
            .table
            .get(key)
            .and_then(|value| value.get_ref().as_array())
            .is_some_and(|items| items.is_empty());
        if empty {
            self.missing(key, log);
        }
        nodes
    }

    /// An optional table.
    pub fn table(&self, key: &'static str, log: &mut Log) -> Option<Node<'a>> {
        let (value, span) = self.get(key)?;
        let Some(table) = value.as_table() else {
            self.wrong(span, key, "a table", value, log);
            return None;
        };
        Some(Node::new(self.file, table, span))
    }

    /// Reports keys that no getter asked for.
    pub fn finish(&self, log: &mut Log) {
        let known = self.known.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if known.contains(name) {
                continue;
            }
            let help = nearest(name, known.iter().copied()).map_or_else(
                || {
                    format!(
                        "known here: {}",
                        known.iter().copied().collect::<Vec<_>>().join(", ")
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            log.push(Diagnostic::new(
                "LAW-KEY",
                &self.file.place(key.span()),
                format!("unknown key `{name}`"),
                help,
            ));
        }
    }
}

/// Reads a word of a closed vocabulary.
pub fn choose<T>(
    text: &Text,
    key: &str,
    parse: impl Fn(&str) -> Option<T>,
    valid: &[&str],
    log: &mut Log,
) -> Option<T> {
    let found = parse(&text.value);
    if found.is_none() {
        let help = nearest(&text.value, valid.iter().copied()).map_or_else(
            || format!("one of: {}", valid.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let code = if key == "evidence" {
            "LAW-EVIDENCE"
        } else {
            "LAW-WORD"
        };
        log.push(Diagnostic::new(
            code,
            &text.place,
            format!("unknown {key} `{}`", text.value),
            help,
        ));
    }
    found
}
