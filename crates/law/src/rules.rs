//! The shapes a value of the law pack can have. Closed on purpose: the data
//! chooses among these shapes and never brings conditions of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    citation::Citation,
    date::{LegalDate, Round},
    terms_of_art::{Act, ActKind, Evidence, Level, Rank, Tier},
    timeline::Period,
};

/// A value with its time and its source. No value means: the text is not at hand.
#[derive(Debug, Clone)]
pub struct Dated<T> {
    /// Name of the value, unique in the pack.
    pub id: String,
    /// When it holds.
    pub period: Period,
    /// Where it stands; never empty.
    pub because: Vec<Citation>,
    /// Remarks for the reader, Vietnamese.
    pub notes: Vec<String>,
    /// The text that would give the value, when there is none.
    pub missing: Option<String>,
    /// The value.
    pub value: Option<T>,
}

/// An answer: a value or "unknown", always with its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<T> {
    /// The answer; `None` is "unknown", and then a note names the missing text.
    pub value: Option<T>,
    /// Where it stands in the law.
    pub because: Vec<Citation>,
    /// Remarks for the reader, Vietnamese.
    pub notes: Vec<String>,
}

impl<T> Finding<T> {
    /// "Unknown" because nothing in the pack is in force on the day.
    #[must_use]
    pub fn nothing_in_force(subject_vi: &str, on: LegalDate, start: Option<LegalDate>) -> Self {
        let since = start.map_or_else(String::new, |start| {
            format!(" (dữ liệu bắt đầu từ {})", start.day_month_year())
        });
        let note = format!(
            "Không có quy định nào về {subject_vi} có hiệu lực ngày {}{since}.",
            on.day_month_year()
        );
        Self {
            value: None,
            because: Vec::new(),
            notes: vec![note],
        }
    }

    /// "Unknown" with the sources and the missing text of a value.
    #[must_use]
    pub fn text_missing<U>(dated: &Dated<U>) -> Self {
        let missing = dated
            .missing
            .iter()
            .map(|text| format!("Thiếu văn bản: {text}."));
        Self {
            value: None,
            because: dated.because.clone(),
            notes: missing.chain(dated.notes.iter().cloned()).collect(),
        }
    }

    /// The weakest evidence among the sources; `Unknown` without any.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.because
            .iter()
            .map(|citation| citation.evidence)
            .min()
            .unwrap_or(Evidence::Unknown)
    }
}

/// A legal act (văn bản) of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRecord {
    /// Number as printed: `29/2018/QH14`.
    pub number: String,
    /// Date of the act, if known.
    pub date: Option<LegalDate>,
    /// Kind of act.
    pub kind: ActKind,
    /// Title, Vietnamese.
    pub title_vi: String,
    /// Issuer, Vietnamese.
    pub issuer_vi: String,
    /// First day in force, if known.
    pub in_force_from: Option<LegalDate>,
    /// First day on which some articles were already in force.
    pub partly_from: Option<LegalDate>,
    /// Last day in force; `None` when in force or not known.
    pub in_force_to: Option<LegalDate>,
    /// Number of the act that replaced it.
    pub replaced_by: Option<String>,
    /// Evidence for this record.
    pub evidence: Evidence,
    /// An invented act of the sample province.
    pub fictional: bool,
    /// Remark, Vietnamese.
    pub note: Option<String>,
}

/// A set of rules that governs records made in its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regime {
    /// `2018` or `2025`.
    pub id: String,
    /// Name, Vietnamese.
    pub label_vi: String,
    /// When acts fall under it.
    pub period: Period,
    /// Its founding act.
    pub because: Vec<Citation>,
    /// The text on transition that is not at hand, for records made under an earlier regime.
    pub transition_missing: Option<String>,
}

/// A post (chức vụ).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Title folded to ASCII snake case, with its body: `giam_doc_so`.
    pub id: String,
    /// Title, Vietnamese.
    pub label_vi: String,
    /// Where it stands in the state.
    pub tier: Tier,
    /// What its holder is to the body.
    pub rank: Rank,
    /// The head whose deputy this is.
    pub deputy_of: Option<String>,
    /// First day the post exists; `None` when older than the records.
    pub valid_from: Option<LegalDate>,
    /// Last day the post exists.
    pub valid_to: Option<LegalDate>,
    /// Evidence for the post and its dates.
    pub evidence: Evidence,
    /// Where title and dates come from, Vietnamese.
    pub source: String,
}

impl Post {
    /// Whether the post exists on a day.
    #[must_use]
    pub fn exists_on(&self, day: LegalDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// Length of protection for a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermYears {
    /// Years from the day of determination.
    pub years: i32,
    /// Rounding for a day that does not exist.
    pub round: Round,
    /// Holds only for items that are still in a catalogue (transition).
    pub in_catalogue_only: bool,
}

/// How a carrier's term runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierTerm {
    /// The full term of the level.
    Fixed,
    /// At most the term of the level; a shorter one is written on the carrier.
    MayBeShorter,
    /// Until the body stops using the place.
    WhileInUse,
}

/// Rule of extension for a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtensionRule {
    /// Longest single extension, in years.
    pub years_max: i32,
    /// The decision stands at least so many days before the end.
    pub decide_before_days: i32,
    /// Rounding for a day that does not exist.
    pub round: Round,
}

/// Time for a written notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeRule {
    /// Days from the decision; 0 is "at once".
    pub days: i32,
}

/// A day of the year, relative to the report's year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearDay {
    /// Years to add to the report's year: -1, 0 or 1.
    pub year_offset: i16,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month.
    pub day: i8,
}

/// A report's window and its due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueRule {
    /// First day of the data.
    pub from: YearDay,
    /// Last day of the data.
    pub to: YearDay,
    /// The day the text names.
    pub by: YearDay,
    /// The text says "before" that day, so the day itself is late.
    pub before: bool,
}

/// Key of a report rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueKey {
    /// A province's own rule; `None` is national.
    pub province: Option<String>,
    /// Duty: `annual_report`.
    pub duty: String,
    /// Body that reports: `ubnd_tinh`.
    pub body: String,
}

/// Whether the subject line (trích yếu) may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectUse {
    /// It may be written.
    Allowed,
    /// Only with the consent, kept in writing, of the person who determined the secret.
    ConsentInWriting,
    /// It must not be written.
    Forbidden,
}

impl SubjectUse {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ConsentInWriting => "consent_in_writing",
            Self::Forbidden => "forbidden",
        }
    }
}

/// Fields in which a level may occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelFields {
    /// Codes of fields.
    pub fields: BTreeSet<String>,
}

/// A prohibited act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prohibition {
    /// The act in words, Vietnamese.
    pub text_vi: String,
}

/// A statutory form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRule {
    /// Title, Vietnamese.
    pub title_vi: String,
    /// How far its drawing is known.
    pub drawing: Evidence,
}

/// A catalogue decision of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueRule {
    /// The field, Vietnamese.
    pub field_vi: String,
}

/// Whether the competent person may delegate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delegate {
    /// Yes, to a deputy, in writing.
    ToDeputy,
    /// The post itself acts only when its head delegated in writing.
    FromHead,
    /// No.
    No,
}

impl Delegate {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ToDeputy => "to_deputy",
            Self::FromHead => "from_head",
            Self::No => "no",
        }
    }
}

/// Yes, no, or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The text is missing.
    Unknown,
}

impl Verdict {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Yes, Self::No, Self::Unknown]
            .into_iter()
            .find(|verdict| verdict.code() == code)
    }
}

/// What a rule of competence says of some posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// May they.
    pub verdict: Verdict,
    /// May they delegate; `None` when the text does not say.
    pub delegate: Option<Delegate>,
    /// Where it stands.
    pub because: Vec<Citation>,
    /// Remarks, Vietnamese.
    pub notes: Vec<String>,
}

/// Who is competent for an act at a level.
#[derive(Debug, Clone, Default)]
pub struct Competence {
    /// Posts named.
    pub posts: BTreeMap<String, Grant>,
    /// Ranks named ("the head of the body").
    pub ranks: BTreeMap<Rank, Grant>,
    /// The same persons as for another act, at a level (`None`: the level asked).
    pub same_as: Option<(Act, Option<Level>)>,
    /// Posts not named, by tier.
    pub others: BTreeMap<Tier, Verdict>,
    /// Article on delegation, cited where delegation is answered.
    pub delegate_because: Vec<Citation>,
    /// The text that would settle the unknown ones.
    pub missing: Option<String>,
}
