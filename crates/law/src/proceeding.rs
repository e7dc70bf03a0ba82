//! What an act must leave behind: papers with their particulars, the council,
//! the dossier, notices and reports. The keys are stable, so that the program can
//! check that a form holds what the law asks for.

use crate::{
    citation::Citation,
    date::LegalDate,
    pack::{Pack, answer},
    rules::Finding,
    terms_of_art::{Act, BookKind, Proceeding, Timing, TwoPersons},
    timeline::Timeline,
};

/// Something that must be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particular {
    /// Stable key, ASCII snake case: `purpose`.
    pub key: String,
    /// Words on a form, Vietnamese.
    pub label_vi: String,
    /// When it is needed, Vietnamese (`nếu có`); `None`: always.
    pub when_vi: Option<String>,
}

/// A paper of a proceeding: request, decision, minutes, the place on the document itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Stable key: `request`, `request_person`, `minutes`.
    pub key: String,
    /// Its name, Vietnamese.
    pub label_vi: String,
    /// Number of the statutory form (mẫu), if there is one.
    pub form: Option<String>,
    /// When it is needed, Vietnamese; `None`: always.
    pub when_vi: Option<String>,
    /// What it must hold, in the order of the text; empty when the text is not at hand or names nothing.
    pub particulars: Vec<Particular>,
    /// Where it stands.
    pub because: Vec<Citation>,
}

/// A council (hội đồng) that reviews and reports to the one who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Council {
    /// Its name, Vietnamese.
    pub label_vi: String,
    /// Members by stable key: `chair`, `keeper`, `related_bodies`.
    pub members: Vec<Particular>,
    /// Where it stands.
    pub because: Vec<Citation>,
}

/// Something that must be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDuty {
    /// Stable key: `incident`, `return`.
    pub key: String,
    /// What is reported, Vietnamese.
    pub what_vi: String,
    /// To whom, Vietnamese.
    pub to_vi: String,
    /// When.
    pub timing: Timing,
    /// Where it stands.
    pub because: Vec<Citation>,
}

/// Written notice of the act to those concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeDuty {
    /// Key of the rule of notice, as [`Pack::notify`] takes it.
    pub key: String,
    /// Days from the decision, 0 is "at once"; `None` when the rule is not known on the day.
    pub days: Option<i32>,
}

/// What the law asks of a proceeding on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// Papers, in the order in which they arise.
    pub papers: Vec<Paper>,
    /// Papers kept together as the file (hồ sơ gồm), by stable key.
    pub dossier: Vec<Particular>,
    /// The council, if the law wants one.
    pub council: Option<Council>,
    /// Written notice, if the law wants one.
    pub notice: Option<NoticeDuty>,
    /// Reports.
    pub reports: Vec<ReportDuty>,
    /// Whether two different people are needed.
    pub two_persons: TwoPersons,
    /// The act whose competence decides; `None` when nobody's permission is needed.
    pub competence: Option<Act>,
    /// Stamps put on the carrier, by code; of the three level stamps the one that fits.
    pub stamps: Vec<String>,
    /// Books in which it is entered.
    pub books: Vec<BookKind>,
    /// The text that would complete this; `None` when nothing known is missing.
    pub missing: Option<String>,
}

impl Procedure {
    /// Where its parts stand, in order, repeated ones too.
    fn citations(&self) -> impl Iterator<Item = &Citation> {
        let papers = self.papers.iter().flat_map(|paper| &paper.because);
        let council = self.council.iter().flat_map(|council| &council.because);
        let reports = self.reports.iter().flat_map(|report| &report.because);
        papers.chain(council).chain(reports)
    }

    /// A paper by its key.
    #[must_use]
    pub fn paper(&self, key: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.key == key)
    }
}

impl Paper {
    /// The particulars that are always needed and not among the keys given: what a form
    /// still lacks.
    #[must_use]
    pub fn lacking<'a>(&'a self, held: &[&str]) -> Vec<&'a Particular> {
        self.particulars
            .iter()
            .filter(|one| one.when_vi.is_none() && !held.contains(&one.key.as_str()))
            .collect()
    }
}

impl Pack {
    /// What the law asks of a proceeding on a day. "Unknown" when the text is not at
    /// hand; when only a part is known, [`Procedure::missing`] and a note name the rest.
    #[must_use]
    pub fn procedure(&self, proceeding: Proceeding, on: LegalDate) -> Finding<Procedure> {
        let line = self.procedures.get(&proceeding);
        let mut finding = answer(line, "thủ tục này", on, |procedure| {
            Some(procedure.clone())
        });
        if let Some(procedure) = &mut finding.value {
            let parts = procedure.citations().cloned().collect::<Vec<_>>();
            for citation in parts {
                if !finding.because.contains(&citation) {
                    finding.because.push(citation);
                }
            }
            procedure.missing = line
                .and_then(|line| line.at(on))
                .and_then(|dated| dated.missing.clone());
            finding.notes.extend(
                procedure
                    .missing
                    .iter()
                    .map(|text| format!("Thiếu văn bản: {text}.")),
            );
            if let Some(notice) = &mut procedure.notice {
                let rule = self.notices.get(&notice.key);
                notice.days = rule
                    .and_then(|line: &Timeline<_>| line.at(on))
                    .and_then(|dated| dated.value.as_ref())
                    .map(|rule| rule.days);
            }
        }
        finding
    }
}
