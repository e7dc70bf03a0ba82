//! How carriers are handled: envelopes, meetings, standing rules, words of the law
//! and the boxes of a page.

use crate::{
    citation::Citation,
    date::LegalDate,
    pack::{Pack, answer},
    proceeding::Particular,
    rules::{Finding, FormRule, Prohibition},
    terms_of_art::{DeviceRule, EnvelopePlace, Level, Timing},
};

/// One envelope of a consignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeLayer {
    /// Which one.
    pub place: EnvelopePlace,
    /// Letter written outside: `A`, `B` or `C`.
    pub letter: Option<String>,
    /// Stamps put on it, by code.
    pub stamps: Vec<String>,
    /// What is written on it, in order.
    pub shows: Vec<Particular>,
    /// Closed with the body's seal (niêm phong).
    pub sealed: bool,
}

/// How a level is packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Envelopes from the inside out.
    pub layers: Vec<EnvelopeLayer>,
    /// Stamp for a named opener, by code, and the envelope it goes on; `None` when the
    /// text gives no such stamp at this level.
    pub named_opener: Option<(String, EnvelopePlace)>,
    /// Paper and glue, Vietnamese.
    pub material_vi: String,
}

impl Envelope {
    /// The letter that stands for the level outside.
    #[must_use]
    pub fn letter(&self) -> Option<&str> {
        self.layers.iter().find_map(|layer| layer.letter.as_deref())
    }
}

/// Something a meeting needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Stable key: `closed_room`.
    pub key: String,
    /// In words, Vietnamese.
    pub label_vi: String,
    /// When it is needed, Vietnamese; `None`: always.
    pub when_vi: Option<String>,
    /// Where it stands.
    pub because: Vec<Citation>,
}

/// Rules of a meeting with secret content of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingRule {
    /// Devices of those attending.
    pub devices: DeviceRule,
    /// Those attending pass a security check.
    pub attendee_check: bool,
    /// The room is sealed after each day when the meeting lasts so many days or more.
    pub seal_daily_from_days: i32,
    /// Documents are recovered after the meeting.
    pub recover_documents: bool,
    /// Everything to be met, by stable key.
    pub requirements: Vec<Requirement>,
}

/// A standing rule of handling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlingRule {
    /// The rule in words, Vietnamese.
    pub text_vi: String,
    /// When it asks for something.
    pub timing: Timing,
}

/// A word of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The word, Vietnamese.
    pub term_vi: String,
    /// Its meaning, Vietnamese, paraphrased.
    pub text_vi: String,
}

/// A box (ô số) of the layout of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutBox {
    /// What stands in it, Vietnamese.
    pub label_vi: String,
    /// Where it lies, Vietnamese.
    pub position_vi: String,
}

impl Pack {
    /// How a level is packed on a day (Nghị định 26/2020/NĐ-CP Điều 4 khoản 1 điểm b).
    #[must_use]
    pub fn envelope(&self, level: Level, on: LegalDate) -> Finding<Envelope> {
        answer(self.envelopes.get(&level), "bì gửi", on, |rule| {
            Some(rule.clone())
        })
    }

    /// The rules of a meeting with secret content of a level on a day (Luật
    /// 29/2018/QH14 Điều 17, 18; Nghị định 26/2020/NĐ-CP Điều 6).
    #[must_use]
    pub fn meeting(&self, level: Level, on: LegalDate) -> Finding<MeetingRule> {
        let mut finding = answer(
            self.meetings.get(&level),
            "hội nghị, cuộc họp có nội dung bí mật",
            on,
            |rule| Some(rule.clone()),
        );
        let requirements = finding.value.iter().flat_map(|rule| &rule.requirements);
        let parts = requirements.flat_map(|one| one.because.clone());
        for citation in parts.collect::<Vec<_>>() {
            if !finding.because.contains(&citation) {
                finding.because.push(citation);
            }
        }
        finding
    }

    /// A standing rule by its key on a day.
    #[must_use]
    pub fn handling(&self, key: &str, on: LegalDate) -> Finding<HandlingRule> {
        answer(self.handling.get(key), "quy tắc này", on, |rule| {
            Some(rule.clone())
        })
    }

    /// Keys of the standing rules.
    pub fn handling_keys(&self) -> impl Iterator<Item = &str> {
        self.handling.keys().map(String::as_str)
    }

    /// A word of the law by its key on a day.
    #[must_use]
    pub fn definition(&self, term: &str, on: LegalDate) -> Finding<Definition> {
        answer(self.definitions.get(term), "khái niệm này", on, |rule| {
            Some(rule.clone())
        })
    }

    /// Keys of the words that are defined.
    pub fn definition_keys(&self) -> impl Iterator<Item = &str> {
        self.definitions.keys().map(String::as_str)
    }

    /// A box of the page by its code (`10a`) on a day (Nghị định 30/2020/NĐ-CP Phụ lục I).
    #[must_use]
    pub fn layout_box(&self, code: &str, on: LegalDate) -> Finding<LayoutBox> {
        answer(
            self.boxes.get(code),
            "ô này của thể thức",
            on,
            |rule| Some(rule.clone()),
        )
    }

    /// Codes of the boxes.
    pub fn layout_box_codes(&self) -> impl Iterator<Item = &str> {
        self.boxes.keys().map(String::as_str)
    }

    /// Numbers of the statutory forms.
    pub fn form_numbers(&self) -> impl Iterator<Item = &str> {
        self.forms.keys().map(String::as_str)
    }

    /// A statutory form by its number (`17`) on a day.
    #[must_use]
    pub fn form(&self, form: &str, on: LegalDate) -> Finding<FormRule> {
        answer(self.forms.get(form), "mẫu này", on, |rule| {
            Some(rule.clone())
        })
    }

    /// A prohibited act by its key on a day.
    #[must_use]
    pub fn prohibition(&self, kind: &str, on: LegalDate) -> Finding<Prohibition> {
        answer(self.prohibitions.get(kind), "hành vi này", on, |rule| {
            Some(rule.clone())
        })
    }

    /// Keys of the prohibited acts.
    pub fn prohibition_keys(&self) -> impl Iterator<Item = &str> {
        self.prohibitions.keys().map(String::as_str)
    }
}
