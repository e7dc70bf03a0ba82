//! The loaded pack and its questions.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    book::BookEdition,
    catalogue::{CatalogueKey, CatalogueText},
    citation::Citation,
    conduct::{Definition, Envelope, HandlingRule, LayoutBox, MeetingRule},
    date::LegalDate,
    diagnostic::Diagnostic,
    load,
    proceeding::Procedure,
    rules::{
        ActRecord, CarrierTerm, CatalogueRule, Competence, Dated, DueKey, DueRule, ExtensionRule,
        Finding, FormRule, LevelFields, NoticeRule, Post, Prohibition, Regime, SubjectUse,
        TermYears,
    },
    stamp::Stamp,
    terms_of_art::{Act, BookKind, Carrier, Level, Proceeding},
    timeline::Timeline,
};

/// A line of values of one key.
pub(crate) type Line<T> = Timeline<Dated<T>>;

/// The law pack: data, checked, in the order of time.
#[derive(Debug, Clone)]
pub struct Pack {
    pub(crate) regimes: Vec<Regime>,
    pub(crate) posts: BTreeMap<String, Post>,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) terms: BTreeMap<Level, Line<TermYears>>,
    pub(crate) carriers: BTreeMap<Carrier, Line<CarrierTerm>>,
    pub(crate) extension: BTreeMap<Level, Line<ExtensionRule>>,
    pub(crate) notices: BTreeMap<String, Line<NoticeRule>>,
    pub(crate) due: BTreeMap<DueKey, Line<DueRule>>,
    pub(crate) subject_line: BTreeMap<Level, Line<SubjectUse>>,
    pub(crate) levels: BTreeMap<Level, Line<LevelFields>>,
    pub(crate) prohibitions: BTreeMap<String, Line<Prohibition>>,
    pub(crate) forms: BTreeMap<String, Line<FormRule>>,
    pub(crate) catalogues: BTreeMap<String, Line<CatalogueRule>>,
    pub(crate) competence: BTreeMap<(Act, Level), Line<Competence>>,
    pub(crate) books: BTreeMap<BookKind, Line<BookEdition>>,
    pub(crate) stamps: BTreeMap<String, Line<Stamp>>,
    pub(crate) procedures: BTreeMap<Proceeding, Line<Procedure>>,
    pub(crate) envelopes: BTreeMap<Level, Line<Envelope>>,
    pub(crate) meetings: BTreeMap<Level, Line<MeetingRule>>,
    pub(crate) handling: BTreeMap<String, Line<HandlingRule>>,
    pub(crate) definitions: BTreeMap<String, Line<Definition>>,
    pub(crate) boxes: BTreeMap<String, Line<LayoutBox>>,
    pub(crate) catalogue_texts: BTreeMap<CatalogueKey, CatalogueText>,
    pub(crate) acts: Vec<ActRecord>,
}

/// What the law says of the subject line on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRule {
    /// The rule; `None` when it is not known on that day.
    pub rule: Option<SubjectUse>,
    /// Where it stands.
    pub because: Vec<Citation>,
    /// Remarks, Vietnamese.
    pub notes: Vec<String>,
}

impl Pack {
    /// Loads a pack from its files, given by path inside it (`rules/terms.toml`).
    ///
    /// # Errors
    /// Every refusal, each with file, line, caret and help.
    pub fn load(files: &BTreeMap<String, String>) -> Result<Self, Vec<Diagnostic>> {
        load::load(files)
    }

    /// The regime that governs an act done on a day.
    #[must_use]
    pub fn regime_on(&self, on: LegalDate) -> Option<&Regime> {
        self.regimes
            .iter()
            .find(|regime| regime.period.contains(on))
    }

    /// What is not known about a record of an earlier regime that is looked at on a day.
    #[must_use]
    pub fn transition_note(&self, made: LegalDate, on: LegalDate) -> Option<String> {
        let now = self.regime_on(on)?;
        if now.period.contains(made) || made > on {
            return None;
        }
        let missing = now.transition_missing.as_ref()?;
        Some(format!(
            "Xác định theo quy định trước {}. Thiếu văn bản: {missing}.",
            now.label_vi
        ))
    }

    /// Every post that exists on a day, by id.
    #[must_use]
    pub fn posts_on(&self, on: LegalDate) -> Vec<&Post> {
        self.posts
            .values()
            .filter(|post| post.exists_on(on))
            .collect()
    }

    /// A post by its id, whether it still exists or not.
    #[must_use]
    pub fn post(&self, id: &str) -> Option<&Post> {
        self.posts.get(id)
    }

    /// Every post ever, by id.
    pub fn posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.values()
    }

    /// The library of legal acts, by number.
    #[must_use]
    pub fn acts(&self) -> &[ActRecord] {
        &self.acts
    }

    /// The acts that bear a number; more than one when a number was used twice.
    #[must_use]
    pub fn acts_numbered(&self, number: &str) -> Vec<&ActRecord> {
        self.acts_of(number).iter().collect()
    }

    /// The same as a slice: the acts stand in the order of their numbers.
    pub(crate) fn acts_of(&self, number: &str) -> &[ActRecord] {
        let from = self
            .acts
            .partition_point(|act| act.number.as_str() < number);
        let to = self
            .acts
            .partition_point(|act| act.number.as_str() <= number);
        self.acts.get(from..to).unwrap_or_default()
    }

    /// Fields of Điều 7 by code, with their Vietnamese names.
    #[must_use]
    pub const fn fields(&self) -> &BTreeMap<String, String> {
        &self.fields
    }

    /// The edition of a book to be kept on a day; `None` when none is in force.
    #[must_use]
    pub fn book_edition(&self, kind: BookKind, on: LegalDate) -> Option<&BookEdition> {
        self.books.get(&kind)?.at(on)?.value.as_ref()
    }

    /// Whether the subject line of a level may be written on a day.
    #[must_use]
    pub fn subject_rule(&self, level: Level, on: LegalDate) -> SubjectRule {
        let line = self.subject_line.get(&level);
        let finding = answer(line, "việc ghi trích yếu", on, |rule| Some(*rule));
        SubjectRule {
            rule: finding.value,
            because: finding.because,
            notes: finding.notes,
        }
    }

    /// The stamps in use on a day, by code.
    #[must_use]
    pub fn stamps_on(&self, on: LegalDate) -> Vec<&Stamp> {
        self.stamps
            .values()
            .filter_map(|line| line.at(on)?.value.as_ref())
            .collect()
    }

    /// First days of the generations of stamps, oldest first; a generation is called by its year.
    #[must_use]
    pub fn stamp_generations(&self) -> Vec<LegalDate> {
        let lines = self.stamps.values();
        let days = lines.flat_map(|line| line.iter().map(|(period, _)| period.from));
        days.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Codes of all stamps, each with its name in the newest generation that gives one.
    #[must_use]
    pub fn stamp_names(&self) -> BTreeMap<&str, &str> {
        self.stamps
            .iter()
            .map(|(id, line)| {
                let known = line.iter().filter_map(|(_, dated)| dated.value.as_ref());
                let name = known.last().map_or(id, |stamp| &stamp.label_vi);
                (id.as_str(), name.as_str())
            })
            .collect()
    }

    /// A stamp on a day.
    #[must_use]
    pub fn stamp(&self, id: &str, on: LegalDate) -> Finding<Stamp> {
        answer(self.stamps.get(id), "mẫu dấu này", on, |stamp| {
            Some(stamp.clone())
        })
    }

    /// Whether a level may occur in a field: `Some(true)` yes, `Some(false)` no.
    #[must_use]
    pub fn level_in_field(&self, level: Level, field: &str, on: LegalDate) -> Finding<bool> {
        answer(
            self.levels.get(&level),
            "phạm vi của độ mật",
            on,
            |rule| Some(rule.fields.contains(field)),
        )
    }

    /// The rule of competence in force for an act at a level.
    pub(crate) fn competence_at(
        &self,
        key: (Act, Level),
        on: LegalDate,
    ) -> Option<&Dated<Competence>> {
        self.competence.get(&key)?.at(on)
    }

    /// Where a rule of competence points to another act.
    pub(crate) fn same_as(&self, key: (Act, Level), on: LegalDate) -> Option<(Act, Option<Level>)> {
        self.competence_at(key, on)?.value.as_ref()?.same_as
    }
}

/// The value of a line on a day as a finding: nothing in force and missing texts are "unknown".
pub(crate) fn answer<T, U>(
    line: Option<&Line<T>>,
    subject_vi: &str,
    on: LegalDate,
    read: impl FnOnce(&T) -> Option<U>,
) -> Finding<U> {
    let start = line.and_then(Timeline::start);
    let Some(dated) = line.and_then(|line| line.at(on)) else {
        return Finding::nothing_in_force(subject_vi, on, start);
    };
    match &dated.value {
        Some(value) => Finding {
            value: read(value),
            because: dated.because.clone(),
            notes: dated.notes.clone(),
        },
        None => Finding::text_missing(dated),
    }
}
