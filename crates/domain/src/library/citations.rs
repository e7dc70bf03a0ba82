//! What a document cites, against the library: is there such an act, is it the one
//! meant, was it in force on the day of the document.

use law::{CitationCheck, CitationFault, Force, LegalDate, Pack};
use vanban::reader::{Citation, Document, Warning};

/// How much a person should care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Known, in force, nothing disagrees.
    Clear,
    /// The library cannot tell.
    NotKnown,
    /// Something disagrees, or the act was not in force.
    Wrong,
}

impl Verdict {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::NotKnown => "not_known",
            Self::Wrong => "wrong",
        }
    }
}

/// One citation with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub cited: Citation,
    pub check: CitationCheck,
    pub verdict: Verdict,
}

/// The check of a whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentCheck {
    /// The day for which the acts were asked.
    pub on: LegalDate,
    /// The document bears that day itself; else it is the day of asking.
    pub dated: bool,
    /// In the order of the document, each act once.
    pub citations: Vec<Checked>,
    /// What does not agree inside the document.
    pub warnings: Vec<Warning>,
}

impl DocumentCheck {
    /// How many citations came out one way.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.citations
            .iter()
            .filter(|one| one.verdict == verdict)
            .count()
    }

    /// Nothing to look at.
    pub fn is_clear(&self) -> bool {
        self.warnings.is_empty() && self.count(Verdict::Clear) == self.citations.len()
    }
}

/// Checks every citation for the day of the document, or for today when it has none.
pub fn check(pack: &Pack, document: &Document, today: LegalDate) -> DocumentCheck {
    let own_day = document.date.as_deref().and_then(day);
    let on = own_day.unwrap_or(today);
    let citations = document.bases.iter().map(|cited| {
        let check = match &cited.number {
            Some(number) => pack.check_citation(number, cited.date.as_deref().and_then(day), on),
            None => pack.check_law_name(cited.title.as_deref().unwrap_or(&cited.kind), on),
        };
        Checked {
            verdict: verdict(&check),
            cited: cited.clone(),
            check,
        }
    });
    DocumentCheck {
        on,
        dated: own_day.is_some(),
        citations: citations.collect(),
        warnings: document
            .warnings
            .iter()
            .filter(|warning| warning.code != "DUE-DATE")
            .cloned()
            .collect(),
    }
}

fn verdict(check: &CitationCheck) -> Verdict {
    let unsure = |fault: &CitationFault| {
        matches!(
            fault,
            CitationFault::UnknownAct { .. } | CitationFault::DateNotKnown
        )
    };
    if check.is_clear() {
        Verdict::Clear
    } else if check.faults.iter().any(|fault| !unsure(fault)) {
        Verdict::Wrong
    } else {
        match &check.force {
            Some(Force::Ended { .. } | Force::NotYet { .. }) => Verdict::Wrong,
            _ => Verdict::NotKnown,
        }
    }
}

fn day(iso: &str) -> Option<LegalDate> {
    LegalDate::parse(iso).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> DocumentCheck {
        let document = vanban::reader::read(text.as_bytes(), "a.txt").unwrap();
        let pack = Pack::embedded().unwrap();
        check(pack, &document, LegalDate::new(2024, 5, 1).unwrap())
    }

    const HEAD: &str = "ỦY BAN NHÂN DÂN\nTỈNH MẪU\n\nSố: 12/KH-UBND\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nTỉnh Mẫu, ngày 14 tháng 3 năm 2022\n\nKẾ HOẠCH\nBảo vệ bí mật nhà nước năm 2022\n\n";

    #[test]
    fn two_directives_of_one_number_are_told_apart_by_their_dates() {
        let found = checked(&format!(
            "{HEAD}Thực hiện Chỉ thị số 02/CT-TTg ngày 04/7/2018 của Thủ tướng Chính phủ; Chỉ thị số 02/CT-TTg ngày 15/11/2019 của Thủ tướng Chính phủ, UBND tỉnh ban hành Kế hoạch.\n"
        ));
        assert!(found.dated);
        let dates: Vec<String> = found
            .citations
            .iter()
            .filter_map(|one| one.check.act.as_ref()?.date.map(|date| date.to_string()))
            .collect();
        assert_eq!(dates, ["2018-07-04", "2019-11-15"]);
    }

    #[test]
    fn an_act_without_a_date_that_names_two_is_wrong_and_an_absent_one_is_not_known() {
        let found = checked(&format!(
            "{HEAD}Thực hiện Chỉ thị số 02/CT-TTg của Thủ tướng Chính phủ; Công văn số 987654/ABC-XYZ ngày 01/2/2021, UBND tỉnh ban hành Kế hoạch.\n"
        ));
        let verdicts: Vec<Verdict> = found.citations.iter().map(|one| one.verdict).collect();
        assert_eq!(verdicts, [Verdict::Wrong, Verdict::NotKnown]);
        assert!(!found.is_clear());
    }

    #[test]
    fn a_law_is_judged_for_the_day_of_the_document() {
        let early = checked(&format!(
            "{HEAD}Thực hiện Nghị định số 63/2026/NĐ-CP ngày 28/02/2026 của Chính phủ, UBND tỉnh ban hành Kế hoạch.\n"
        ));
        assert_eq!(early.on.to_string(), "2022-03-14");
        assert_eq!(early.citations[0].verdict, Verdict::Wrong);
        assert!(matches!(
            early.citations[0].check.force,
            Some(Force::NotYet { .. })
        ));
    }
}
