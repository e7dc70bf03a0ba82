//! `checks/markers/*.toml` as types. The fields are explained in `checks/markers/README.md`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::MarkerError;
use crate::report::Level;

/// One file of rules; several are merged.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    #[serde(default)]
    pub term: Vec<Term>,
    #[serde(default)]
    pub rule: Vec<Rule>,
    #[serde(default)]
    pub against: Vec<Against>,
    #[serde(default)]
    pub compounds: Compounds,
    /// What can make a line worth judging; filled when it is loaded.
    #[serde(skip)]
    pub triggers: Vec<Trigger>,
}

/// A term in a form that some rule looks for in text; several rules may share one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trigger {
    /// Place of the term in its file.
    pub term: usize,
    pub form: Form,
    pub case: Case,
    pub value: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub id: String,
    pub words: Vec<Word>,
    /// Letters whose presence makes a line worth reading.
    #[serde(default)]
    pub rare: Vec<String>,
    /// Spellings of those letters that stand in no clean text, so that they are looked for everywhere.
    #[serde(default)]
    pub always: Vec<String>,
    /// Never makes a line worth reading.
    #[serde(default)]
    pub support: bool,
    /// A colon or a number follows.
    #[serde(default)]
    pub colon: bool,
    /// As a neighbour it may stand anywhere in its line, not only at the start of a cell.
    #[serde(default)]
    pub anywhere: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    pub text: String,
    pub level: Option<Level>,
    /// Signs and case count too.
    #[serde(default)]
    pub exact: bool,
    /// Its letters in small, without anything between; filled when it is loaded.
    #[serde(skip)]
    pub letters: String,
    /// Its words in small.
    #[serde(skip)]
    pub parts: Vec<String>,
}

impl Word {
    fn fill(&mut self) {
        self.letters = squeezed(&self.text);
        let parts = self.text.split(|c: char| !c.is_alphanumeric());
        self.parts = parts
            .filter(|part| !part.is_empty())
            // Letter by letter, as lines are folded.
            .map(|part| part.chars().flat_map(char::to_lowercase).collect())
            .collect();
    }
}

/// Letters of a text in small, without anything between.
pub fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect()
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Nothing else in its cell or line.
    Alone,
    /// First in its cell or line.
    Starts,
    /// Last in its cell or line.
    Ends,
    /// Anywhere, as whole words.
    Inside,
    /// First, and followed by what `value` says.
    Label,
    /// Alone, or alone after a colon or an equals sign.
    Value,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    #[default]
    Any,
    Capitals,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The upper part of the first page, the top of later ones.
    Head,
    Box,
    /// Running head or foot.
    Running,
    Body,
    Table,
    Comment,
    Note,
    Annotation,
    Hidden,
    Deleted,
    Property,
    /// Name of a sheet, slide, bookmark or layer.
    Label,
    /// Name of a file.
    Name,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    /// For the reader of the file.
    #[serde(rename = "about")]
    pub _about: String,
    pub term: String,
    pub form: Form,
    #[serde(default)]
    pub case: Case,
    pub zones: BTreeSet<Zone>,
    pub value: Option<String>,
    /// Terms of which one stands at most `within` lines away.
    #[serde(default)]
    pub near: Vec<String>,
    #[serde(default)]
    pub within: u32,
    /// Rules of which one hit too.
    #[serde(default)]
    pub with: Vec<String>,
    /// Small letters of which some stand in the line.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Does not count in a list of all three levels.
    #[serde(default)]
    pub silenced_by_list: bool,
    /// Lifts others, is no finding itself.
    #[serde(default)]
    pub support: bool,
    pub score: u32,
}

impl Rule {
    /// Whether it judges the names of files and nothing else.
    pub fn is_of_names(&self) -> bool {
        self.zones.iter().all(|zone| *zone == Zone::Name)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Against {
    pub id: String,
    #[serde(rename = "about")]
    pub _about: String,
    pub term: String,
    pub form: Form,
    #[serde(default)]
    pub case: Case,
    pub zones: BTreeSet<Zone>,
    /// A term that stands in the document with nothing filled in after it.
    pub blank: Option<String>,
    pub lowers: u32,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compounds {
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub name_about: Vec<String>,
}

/// The value of a label that any number fills.
pub const DIGITS: &str = "digits";

impl File {
    /// Reads and merges files, and checks that every name that they use is there.
    pub fn merged(files: &[(&str, &str)]) -> Result<Self, MarkerError> {
        let mut all = Self::default();
        for (name, text) in files {
            let file: Self = toml::from_str(text).map_err(|problem| MarkerError {
                file: (*name).to_owned(),
                problem: problem.message().to_owned(),
            })?;
            all.term.extend(file.term);
            all.rule.extend(file.rule);
            all.against.extend(file.against);
            all.compounds.before.extend(file.compounds.before);
            all.compounds.after.extend(file.compounds.after);
            all.compounds.name_about.extend(file.compounds.name_about);
        }
        all.term
            .iter_mut()
            .flat_map(|term| &mut term.words)
            .for_each(Word::fill);
        all.check()?;
        all.triggers = all.triggers();
        Ok(all)
    }

    /// The triggers of all rules that judge text, each once.
    fn triggers(&self) -> Vec<Trigger> {
        let mut triggers = Vec::new();
        for rule in &self.rule {
            if rule.support || rule.is_of_names() {
                continue;
            }
            let Some(term) = self.term.iter().position(|term| term.id == rule.term) else {
                continue;
            };
            let trigger = Trigger {
                term,
                form: rule.form,
                case: rule.case,
                value: rule.value.clone(),
            };
            if !triggers.contains(&trigger) {
                triggers.push(trigger);
            }
        }
        triggers
    }

    /// The term of this name.
    pub fn term(&self, id: &str) -> Option<&Term> {
        self.term.iter().find(|term| term.id == id)
    }

    fn check(&self) -> Result<(), MarkerError> {
        let terms: BTreeSet<&str> = self.term.iter().map(|term| term.id.as_str()).collect();
        let rules: BTreeSet<&str> = self.rule.iter().map(|rule| rule.id.as_str()).collect();
        let against: BTreeSet<&str> = self
            .against
            .iter()
            .map(|against| against.id.as_str())
            .collect();
        let broken = |what: &str, name: &str| MarkerError {
            file: "checks/markers".to_owned(),
            problem: format!("{what} `{name}`"),
        };
        if terms.len() != self.term.len()
            || rules.len() != self.rule.len()
            || against.len() != self.against.len()
        {
            return Err(broken(
                "an identifier stands twice among",
                "rules and terms",
            ));
        }
        for rule in &self.rule {
            let named = std::iter::once(&rule.term).chain(&rule.near);
            let named = named.chain(rule.value.as_ref().filter(|value| *value != DIGITS));
            for term in named {
                if !terms.contains(term.as_str()) {
                    return Err(broken("unknown term", term));
                }
            }
            if let Some(other) = rule
                .with
                .iter()
                .find(|other| !rules.contains(other.as_str()))
            {
                return Err(broken("unknown rule", other));
            }
        }
        for against in &self.against {
            for term in std::iter::once(&against.term).chain(&against.blank) {
                if !terms.contains(term.as_str()) {
                    return Err(broken("unknown term", term));
                }
            }
        }
        Ok(())
    }
}
