//! Checking what a document cites: is there such an act, is it the one meant, is it
//! in force on the day. Number and date together name an act.

use crate::{
    date::LegalDate, diagnostic::nearest, limits, pack::Pack, rules::ActRecord,
    terms_of_art::ActKind,
};

/// Whether an act is in force on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Force {
    /// In force.
    InForce,
    /// Only some articles are in force already.
    Partly {
        /// First day of the rest, if known.
        rest_from: Option<LegalDate>,
    },
    /// Not in force yet.
    NotYet {
        /// First day in force, or the day of the act.
        from: LegalDate,
    },
    /// No longer in force.
    Ended {
        /// Last day in force, if known.
        last: Option<LegalDate>,
        /// Number of the act that replaced it.
        replaced_by: Option<String>,
    },
    /// The library does not know its days.
    Unknown,
}

impl Force {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Partly { .. } => "partly",
            Self::NotYet { .. } => "not_yet",
            Self::Ended { .. } => "ended",
            Self::Unknown => "unknown",
        }
    }
}

/// What does not agree in a citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CitationFault {
    /// No act of the library bears the number.
    UnknownAct {
        /// The nearest number of the library: another year, or a slip of the pen.
        near: Option<String>,
    },
    /// The year in the number is not the year of the date cited.
    YearDisagrees {
        /// Year in the number.
        named: i16,
        /// Year of the date.
        dated: i16,
    },
    /// The library has the number with other dates.
    DateDisagrees {
        /// Those dates.
        known: Vec<LegalDate>,
    },
    /// The library has the number, but not its date, so that the date cited cannot be compared.
    DateNotKnown,
    /// Several acts bear the number, and the citation does not tell which.
    Ambiguous,
}

impl CitationFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownAct { .. } => "CITE-UNKNOWN",
            Self::YearDisagrees { .. } => "CITE-YEAR",
            Self::DateDisagrees { .. } => "CITE-DATE",
            Self::DateNotKnown => "CITE-DATE-NOT-KNOWN",
            Self::Ambiguous => "CITE-AMBIGUOUS",
        }
    }
}

/// The answer for one citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitationCheck {
    /// The number, or the name of a law, as asked.
    pub cited: String,
    /// The act meant; `None` when unknown, ambiguous or with another date.
    pub act: Option<ActRecord>,
    /// Acts that bear the number or the name, the one meant among them.
    pub candidates: Vec<ActRecord>,
    /// Whether the act meant is in force on the day; `None` without an act.
    pub force: Option<Force>,
    /// What does not agree; empty is good.
    pub faults: Vec<CitationFault>,
}

impl CitationCheck {
    /// Nothing disagrees and the act is in force.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.faults.is_empty() && self.force == Some(Force::InForce)
    }

    /// Number of the act that had replaced the one meant by the day asked.
    #[must_use]
    pub fn replaced_by(&self) -> Option<&str> {
        match &self.force {
            Some(Force::Ended { replaced_by, .. }) => replaced_by.as_deref(),
            _ => None,
        }
    }

    /// What a person should look at, one Vietnamese sentence each; empty when all is in order.
    #[must_use]
    pub fn messages_vi(&self) -> Vec<String> {
        let faults = self.faults.iter().map(|fault| self.fault_vi(fault));
        faults.chain(self.force_vi()).collect()
    }

    fn fault_vi(&self, fault: &CitationFault) -> String {
        let cited = &self.cited;
        match fault {
            CitationFault::UnknownAct { near: Some(near) } => {
                format!("Không có văn bản {cited} trong thư viện; gần nhất là {near}.")
            }
            CitationFault::UnknownAct { near: None } => {
                format!("Không có văn bản {cited} trong thư viện.")
            }
            CitationFault::YearDisagrees { named, dated } => format!(
                "Số {cited} ghi năm {named} nhưng văn bản được viện dẫn với ngày trong năm {dated}."
            ),
            CitationFault::DateDisagrees { known } => format!(
                "Ngày viện dẫn không khớp; thư viện có {cited} ngày {}.",
                days(known)
            ),
            CitationFault::DateNotKnown => {
                format!("Thư viện chưa có ngày của {cited} để so với ngày viện dẫn.")
            }
            CitationFault::Ambiguous => format!(
                "Có nhiều văn bản {cited} ({}); phải ghi ngày, tháng, năm để biết văn bản nào.",
                days(
                    &self
                        .candidates
                        .iter()
                        .filter_map(|act| act.date)
                        .collect::<Vec<_>>()
                )
            ),
        }
    }

    fn force_vi(&self) -> Option<String> {
        let name = self.act.as_ref().map(ActRecord::vi)?;
        match self.force.as_ref()? {
            Force::InForce => None,
            Force::Partly { .. } => Some(format!("{name} mới có hiệu lực một phần vào ngày này.")),
            Force::NotYet { from } => Some(format!(
                "{name} chưa có hiệu lực vào ngày này (từ {}).",
                from.day_month_year()
            )),
            Force::Ended { last, replaced_by } => {
                let last = last.map_or_else(String::new, |last| {
                    format!(" sau ngày {}", last.day_month_year())
                });
                let by = replaced_by
                    .as_ref()
                    .map_or_else(String::new, |by| format!(", được thay bằng {by}"));
                Some(format!("{name} không còn hiệu lực{last}{by}."))
            }
            Force::Unknown => Some(format!("Chưa biết ngày có hiệu lực của {name}.")),
        }
    }
}

fn days(dates: &[LegalDate]) -> String {
    let words: Vec<String> = dates.iter().map(|date| date.day_month_year()).collect();
    words.join(", ")
}

impl ActRecord {
    /// The act in Vietnamese words: `Chỉ thị 02/CT-TTg ngày 15/11/2019`.
    #[must_use]
    pub fn vi(&self) -> String {
        let date = self.date.map_or_else(String::new, |date| {
            format!(" ngày {}", date.day_month_year())
        });
        format!("{} {}{date}", self.kind.label_vi(), self.number)
    }
}

impl Pack {
    /// Checks a citation by number, and date if the document gives one, for a day: as a
    /// rule the date of the citing document. Blanks, case, the letter Đ and leading
    /// zeros of the number do not matter.
    #[must_use]
    pub fn check_citation(
        &self,
        number: &str,
        date: Option<LegalDate>,
        on: LegalDate,
    ) -> CitationCheck {
        let mut faults = Vec::new();
        if let (Some(named), Some(date)) = (year_in(number), date)
            && named != date.year()
        {
            faults.push(CitationFault::YearDisagrees {
                named,
                dated: date.year(),
            });
        }
        let key = number_key(number);
        let same: Vec<&ActRecord> = self
            .acts
            .iter()
            .filter(|act| number_key(&act.number) == key)
            .collect();
        let act = match (same.as_slice(), date) {
            ([], _) => {
                let near = self.near(&key);
                faults.push(CitationFault::UnknownAct { near });
                None
            }
            ([only], None) => Some(*only),
            (_, None) => {
                faults.push(CitationFault::Ambiguous);
                None
            }
            (_, Some(date)) => dated(&same, date, &mut faults),
        };
        self.checked(number, act, &same, on, faults)
    }

    /// Checks a law cited by its name alone (`Luật Bảo vệ bí mật nhà nước`). When laws of
    /// several years bear the name, the one in force on the day is meant.
    #[must_use]
    pub fn check_law_name(&self, name: &str, on: LegalDate) -> CitationCheck {
        let wanted = title_key(name);
        let law = |act: &&ActRecord| {
            matches!(
                act.kind,
                ActKind::Luat | ActKind::BoLuat | ActKind::PhapLenh
            ) && title_key(&act.title_vi) == wanted
        };
        let same: Vec<&ActRecord> = self.acts.iter().filter(law).collect();
        let mut in_force = same
            .iter()
            .filter(|act| self.force(act, on) == Force::InForce);
        let mut faults = Vec::new();
        let act = match (same.as_slice(), in_force.next(), in_force.next()) {
            ([], ..) => {
                faults.push(CitationFault::UnknownAct { near: None });
                None
            }
            ([only], ..) => Some(*only),
            (_, Some(one), None) => Some(*one),
            _ => {
                faults.push(CitationFault::Ambiguous);
                None
            }
        };
        self.checked(name, act, &same, on, faults)
    }

    fn checked(
        &self,
        cited: &str,
        act: Option<&ActRecord>,
        same: &[&ActRecord],
        on: LegalDate,
        faults: Vec<CitationFault>,
    ) -> CitationCheck {
        CitationCheck {
            cited: cited.chars().take(limits::NAME_CHARS_MAX).collect(),
            act: act.cloned(),
            candidates: same.iter().map(|act| (*act).clone()).collect(),
            force: act.map(|act| self.force(act, on)),
            faults,
        }
    }

    /// Whether an act of the library is in force on a day. An act that has a successor
    /// ends when the successor begins, even if its last day is not known.
    #[must_use]
    pub fn force(&self, act: &ActRecord, on: LegalDate) -> Force {
        let begins = act
            .in_force_from
            .or_else(|| self.catalogue_begins(act))
            .or(act.date.filter(|date| on < *date));
        if let Some(from) = begins.filter(|from| on < *from) {
            return match act.partly_from {
                Some(partly) if partly <= on => Force::Partly {
                    rest_from: Some(from),
                },
                _ => Force::NotYet { from },
            };
        }
        let replaced_by = act.replaced_by.clone();
        if let Some(last) = act.in_force_to {
            return if on > last {
                Force::Ended {
                    last: Some(last),
                    replaced_by,
                }
            } else {
                known(begins)
            };
        }
        match replaced_by.as_ref().map(|by| self.begins(by)) {
            Some(Some(next)) if next <= on => Force::Ended {
                last: None,
                replaced_by,
            },
            Some(None) => Force::Unknown,
            _ => known(begins),
        }
    }

    /// First day of the act of a number, if that is one act and its day is known.
    fn begins(&self, number: &str) -> Option<LegalDate> {
        let [act] = self.acts_of(number) else {
            return None;
        };
        act.in_force_from.or(act.date)
    }

    fn catalogue_begins(&self, act: &ActRecord) -> Option<LegalDate> {
        let mut catalogues = self.catalogues();
        let found = catalogues
            .find(|catalogue| catalogue.act.number == act.number && catalogue.act.date == act.date);
        found.map(|catalogue| catalogue.period.from)
    }

    /// The number of the library nearest to one that is not there; first the same number
    /// of another year.
    fn near(&self, key: &str) -> Option<String> {
        let keys: Vec<(String, &ActRecord)> = self
            .acts
            .iter()
            .map(|act| (number_key(&act.number), act))
            .collect();
        let year_apart = without_year(key).and_then(|wanted| {
            keys.iter()
                .find(|(other, _)| without_year(other).is_some_and(|other| other == wanted))
                .map(|(_, act)| act.number.clone())
        });
        year_apart.or_else(|| {
            let near = nearest(key, keys.iter().map(|(other, _)| other.as_str()))?;
            keys.iter()
                .find(|(other, _)| other == near)
                .map(|(_, act)| act.number.clone())
        })
    }
}

/// An act whose end is not reached: in force when its beginning is known.
const fn known(begins: Option<LegalDate>) -> Force {
    match begins {
        Some(_) => Force::InForce,
        None => Force::Unknown,
    }
}

/// The act of that date among those of one number.
fn dated<'a>(
    same: &[&'a ActRecord],
    date: LegalDate,
    faults: &mut Vec<CitationFault>,
) -> Option<&'a ActRecord> {
    let mut exact = same.iter().filter(|act| act.date == Some(date));
    match (exact.next(), exact.next()) {
        (Some(one), None) => return Some(one),
        (Some(_), Some(_)) => {
            faults.push(CitationFault::Ambiguous);
            return None;
        }
        (None, _) => {}
    }
    if let [only] = same
        && only.date.is_none()
    {
        faults.push(CitationFault::DateNotKnown);
        return Some(only);
    }
    let known = same.iter().filter_map(|act| act.date).collect();
    faults.push(CitationFault::DateDisagrees { known });
    None
}

/// The number as it is compared: no blanks, no case, D for Đ, no leading zeros.
pub(crate) fn number_key(number: &str) -> String {
    number
        .chars()
        .take(limits::NAME_CHARS_MAX)
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| {
            if matches!(letter, 'Đ' | 'đ') {
                'D'
            } else {
                letter
            }
        })
        .flat_map(char::to_uppercase)
        .skip_while(|letter| *letter == '0')
        .collect()
}

/// The four-digit year inside a number such as `29/2018/QH14`.
pub(crate) fn year_in(number: &str) -> Option<i16> {
    let year = number.split('/').nth(1)?.trim();
    let digits = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| year.parse().ok()).flatten()
}

/// The key without the year, so that numbers that differ only in it look alike.
fn without_year(key: &str) -> Option<String> {
    let year = year_in(key)?;
    Some(key.replacen(&format!("/{year}/"), "//", 1))
}

/// The name of a law as it is compared: lower case, single blanks, no `luật` in front,
/// the usual short form written out.
fn title_key(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .map(|word| {
            if word == "bmnn" {
                "bí mật nhà nước"
            } else {
                word
            }
        })
        .collect();
    let title = words.join(" ");
    title.strip_prefix("luật ").unwrap_or(&title).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_without_blanks_case_marks_and_zeros() {
        assert_eq!(number_key("02/CT- TTg"), number_key("2/ct-ttg"));
        assert_eq!(number_key("26/2020/ND-CP"), number_key("26/2020/NĐ-CP"));
        assert_ne!(number_key("02/CT-TTg"), number_key("12/CT-TTg"));
    }

    #[test]
    fn the_year_is_read_only_where_a_year_stands() {
        assert_eq!(year_in("29/2018/QH14"), Some(2018));
        assert_eq!(year_in("02/CT-TTg"), None);
        assert_eq!(without_year("1/2012/X"), without_year("1/2013/X"));
        assert_eq!(without_year("1/CT-X"), None);
    }

    #[test]
    fn a_law_is_known_by_its_short_name() {
        assert_eq!(
            title_key("Luật  Bảo vệ BMNN"),
            title_key("Bảo vệ bí mật nhà nước")
        );
    }
}
